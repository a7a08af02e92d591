using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.Rest;

/// <summary>What the front desk does with an appointment: in, out, and its notes.</summary>
internal static class FrontDeskCalls
{
    public static IEnumerable<RestCall> All =>
    [
        new("POST", "/appointments/{appointmentid}/startcheckin", request => Move(request, VendorAppointment.Future, VendorAppointment.Future, null)),
        new("POST", "/appointments/{appointmentid}/checkin", request => Move(request, VendorAppointment.Future, VendorAppointment.CheckedIn, "CheckIn")),
        new("POST", "/appointments/{appointmentid}/cancelcheckin", request => Move(request, VendorAppointment.CheckedIn, VendorAppointment.Future, "UpdateAppointment")),
        new("POST", "/appointments/{appointmentid}/checkout", request => Move(request, VendorAppointment.CheckedIn, VendorAppointment.CheckedOut, "CheckOut")),
        new("GET", "/appointments/{appointmentid}/notes", request => AppointmentCalls.Of(request, visit => request.Page("notes", [.. visit.Notes.Select(AppointmentRow.Note)], 1_500, 5_000))),
        new("POST", "/appointments/{appointmentid}/notes", AddNote),
        new("PUT", "/appointments/{appointmentid}/notes/{noteid}", request => OfNote(request, (visit, place) =>
            visit.Notes[place] = visit.Notes[place] with { Text = request["notetext"] })),
        new("DELETE", "/appointments/{appointmentid}/notes/{noteid}", request => OfNote(request, (visit, place) => visit.Notes.RemoveAt(place))),
    ];

    private static VendorAnswer Move(RestRequest request, char from, char to, string? name) => AppointmentCalls.Of(request, visit =>
    {
        if (visit.Status != from)
        {
            return VendorAnswer.Json(new JsonObject { ["success"] = false, ["message"] = $"The appointment's status is {visit.Status}." });
        }

        visit.Status = to;
        if (name is not null)
        {
            visit.CheckedInAt = to == VendorAppointment.CheckedIn ? request.Practice.Now : visit.CheckedInAt;
            request.Practice.Tell(name, visit);
        }

        return request.Json(new JsonObject { ["success"] = true, ["message"] = "" });
    });

    private static VendorAnswer AddNote(RestRequest request) => AppointmentCalls.Of(request, visit =>
    {
        if (request.Missing("notetext") is { Count: > 0 } missing)
        {
            return RestErrors.Missing(missing);
        }

        AppointmentCalls.AddNote(visit, request["notetext"]);
        request.Practice.Tell("UpdateAppointment", visit);
        return request.Json(new JsonObject { ["success"] = true });
    });

    private static VendorAnswer OfNote(RestRequest request, Action<VendorAppointment, int> change) => AppointmentCalls.Of(request, visit =>
    {
        var place = visit.Notes.FindIndex(note => note.Id == request.Part("noteid"));
        if (place < 0)
        {
            return RestErrors.NotFound("note");
        }

        change(visit, place);
        request.Practice.Tell("UpdateAppointment", visit);
        return request.Json(new JsonObject { ["success"] = true });
    });
}
