namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>What a patient's chart holds, as documents for the intake: each with the patient and department that its answer leaves out.</summary>
internal sealed class AthenaChart(AthenaNetClient client)
{
    public IAsyncEnumerable<AthenaDocumentPage> LabResultsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("labresults", "results", patient, department, cancellationToken);

    /// <summary>They come as a list of lists, one for each medication with its events.</summary>
    public IAsyncEnumerable<AthenaDocumentPage> MedicationsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("medications", "medications", patient, department, cancellationToken);

    public IAsyncEnumerable<AthenaDocumentPage> ProblemsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("problems", "problems", patient, department, cancellationToken);

    public IAsyncEnumerable<AthenaDocumentPage> VitalsAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("vitals", "vitals", patient, department, cancellationToken);

    public IAsyncEnumerable<AthenaDocumentPage> VaccinesAsync(string patient, string department, CancellationToken cancellationToken) =>
        RowsAsync("vaccines", "vaccines", patient, department, cancellationToken);

    /// <summary>One document with all of them: whether there are none (<c>nkda</c>) is said beside the list.</summary>
    public async Task<AthenaDocumentPage> AllergiesAsync(string patient, string department, CancellationToken cancellationToken)
    {
        var call = Call("allergies", patient, department);
        var answer = await client.SendAsync(call, cancellationToken);
        return new AthenaDocumentPage([AthenaDocument.Of(call, EhrBody.ReadOne(call, answer), Said(patient, department))], answer.ServerTime);
    }

    private IAsyncEnumerable<AthenaDocumentPage> RowsAsync(string part, string list, string patient, string department, CancellationToken cancellationToken) =>
        client.Documents.OfAsync(Call(part, patient, department), list, Said(patient, department), cancellationToken);

    private static EhrCall Call(string part, string patient, string department) => AthenaCalls.Get($"/chart/{{patientid}}/{part}", ("departmentid", department)).With("patientid", patient);

    private static (string Name, string Value)[] Said(string patient, string department) => [("patientid", patient), ("departmentid", department)];
}
