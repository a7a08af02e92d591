using System.Runtime.CompilerServices;
using System.Text.Json;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>What a patient's chart holds, as documents for the intake: each with the patient and department that its answer leaves out.</summary>
internal sealed class AthenaChart(AthenaNetClient client)
{
    /// <summary>The call by which the maps list a visit, whichever call brought it.</summary>
    public const string EncounterKind = "GET /chart/encounter/{encounterid}";

    /// <summary>The call by which the maps list a part of the chart.</summary>
    public static string KindOf(string part) => $"GET /chart/{{patientid}}/{part}";

    public IAsyncEnumerable<AthenaDocumentPage> LabResultsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("labresults", "results", patient, department, cancellationToken);

    /// <summary>They come as a list of lists, one for each medication with its events.</summary>
    public IAsyncEnumerable<AthenaDocumentPage> MedicationsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("medications", "medications", patient, department, cancellationToken);

    /// <summary>Those that are over, too: their events say so, and what left the list would be taken for what is there still.</summary>
    public IAsyncEnumerable<AthenaDocumentPage> ProblemsAsync(string patient, string department, CancellationToken cancellationToken) =>
        client.Documents.OfAsync(Call("problems", patient, department, ("showinactive", "true")), "problems", Said(patient, department), cancellationToken);

    public IAsyncEnumerable<AthenaDocumentPage> VitalsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("vitals", "vitals", patient, department, cancellationToken);

    public IAsyncEnumerable<AthenaDocumentPage> VaccinesAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("vaccines", "vaccines", patient, department, cancellationToken);

    /// <summary>One document with all of them, and none where the patient has none: that nothing is known (<c>nkda</c>) is no allergy.</summary>
    /// <exception cref="EhrException">The answer is no object, or names no list and does not say either that there are none.</exception>
    public async IAsyncEnumerable<AthenaDocumentPage> AllergiesAsync(string patient, string department, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = Call("allergies", patient, department);
        var answer = await client.SendAsync(call, cancellationToken);
        var all = EhrBody.ReadOne(call, answer);
        if (all.ValueKind is not JsonValueKind.Object || !(all.TryGetProperty("allergies", out _) || all.IsTrue("nkda")))
        {
            throw answer.Failure(EhrFault.NotUnderstood, $"{call.Endpoint}: the answer ({(int)answer.Status}, {answer.Body.Length} bytes) has no list 'allergies'.");
        }

        var count = all.Objects("allergies").Count;
        yield return new AthenaDocumentPage(count == 0 ? [] : [AthenaDocument.Of(call, all, Said(patient, department))], answer.ServerTime) { Count = count };
    }

    /// <summary>Visits, as reading each of them would give it: the list names their state otherwise.</summary>
    public async IAsyncEnumerable<AthenaDocumentPage> EncountersAsync(string patient, string department, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var one = AthenaCalls.Get(EncounterKind["GET ".Length..]);
        await foreach (var page in client.PagesAsync(Call("encounters", patient, department), "encounters", cancellationToken))
        {
            yield return new AthenaDocumentPage([.. page.Rows.Select(row => AthenaDocument.Of(one, row, [.. Said(patient, department), .. State(row)]))], page.ServerTime);
        }
    }

    private static IEnumerable<(string Name, string Value)> State(JsonElement row) => row.Text("status") is { } status ? [("encounterstatus", status)] : [];

    private IAsyncEnumerable<AthenaDocumentPage> RowsAsync(string part, string list, string patient, string department, CancellationToken cancellationToken) =>
        client.Documents.OfAsync(Call(part, patient, department), list, Said(patient, department), cancellationToken);

    private static EhrCall Call(string part, string patient, string department, params (string Name, string? Value)[] further) =>
        AthenaCalls.Get($"/chart/{{patientid}}/{part}", [("departmentid", department), .. further]).With("patientid", patient);

    private static (string Name, string Value)[] Said(string patient, string department) => [("patientid", patient), ("departmentid", department)];
}
