using System.Text.Json;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>The practice itself: departments, providers and the lists that others refer to.</summary>
internal sealed class AthenaPractice(AthenaNetClient client)
{
    /// <summary>More of one list than any practice has.</summary>
    private const int RowsMax = 100_000;

    public Task<IReadOnlyList<JsonElement>> DepartmentsAsync(CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get("/departments", ("showalldepartments", "true")), "departments", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> ProvidersAsync(CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get("/providers", ("showallproviderids", "true")), "providers", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> AppointmentTypesAsync(CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get("/appointmenttypes"), "appointmenttypes", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> AppointmentReasonsAsync(string department, string provider, CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/patientappointmentreasons", ("departmentid", department), ("providerid", provider)), "patientappointmentreasons", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> CancelReasonsAsync(CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/appointmentcancelreasons"), "appointmentcancelreasons", cancellationToken);

    /// <summary>A list that others refer to: <c>/languages</c>, <c>/races</c>, <c>/ethnicities</c>, <c>/customfields</c>. They come bare or under their name.</summary>
    public Task<IReadOnlyList<JsonElement>> ReferenceListAsync(string path, CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get(path), path.TrimStart('/'), cancellationToken);

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(EhrCall call, string list, CancellationToken cancellationToken) => (await client.ListAsync(call, list, RowsMax, cancellationToken)).Rows;
}
