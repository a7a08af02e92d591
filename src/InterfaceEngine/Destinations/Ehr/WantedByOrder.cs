using System.Text.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr.AthenaNet;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>An order of a visit as its destination reads it.</summary>
/// <param name="Order">As it was written.</param>
/// <param name="Visit">Our id.</param>
/// <param name="Wanted">The visit in the vendor's numbers.</param>
/// <param name="Reason">Why the patient comes, in words; null when nothing is said.</param>
/// <param name="Notes">What is said to the clinic; null when nothing is.</param>
internal sealed record WantedByOrder(CallOrder Order, EngineId Visit, WantedVisit Wanted, string? Reason, string? Notes)
{
    /// <exception cref="FormatException">It is no order of a visit, or lacks what every visit has.</exception>
    public static WantedByOrder Of(CallOrder order)
    {
        using var document = JsonDocument.Parse(order.Call);
        var call = document.RootElement;

        // The names of the appendix and of the call that books, whichever of them the practice's tables write.
        var (reason, notes) = (call.Text("reason"), call.Text("bookingnote") ?? call.Text("note") ?? call.Text("appointmentnote"));
        if (!EngineId.TryParse(order.Visit, out var id) || (call.At("date", "starttime") ?? AthenaValues.ReadLocal(call.Text("starttime"))) is not { } start
            || call.Text("patientid") is not { } patient || call.Text("departmentid") is not { } department || call.Text("providerid") is not { } provider)
        {
            throw new FormatException("the order lacks the patient, the department, the provider or the time of the visit.");
        }

        var wanted = new WantedVisit
        {
            Patient = patient,
            Department = department,
            Provider = provider,
            Start = start,
            Type = call.Text("appointmenttypeid"),
            Minutes = call.Number("duration"),
            Reason = call.Text("reasonid"),

            // athenaNet takes a number for a reason, and a practice numbers its reasons itself: the words go with the note.
            Note = string.Join('\n', new[] { reason, notes }.OfType<string>()) is { Length: > 0 } text ? text : null,
        };
        return new WantedByOrder(order, id, wanted, reason, notes);
    }

    /// <summary>Whether a field is one of those that changed.</summary>
    public bool Changed(params string[] fields) => fields.Any(Order.Changed.Contains);
}
