using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Ehr.AthenaNet;

/// <summary>The practice itself: departments, providers and the lists that others refer to.</summary>
internal sealed class AthenaPractice(AthenaNetClient client)
{
    /// <summary>More of one list than any practice has.</summary>
    private const int RowsMax = 100_000;

    /// <summary>Departments and providers as a practice's tables may have them.</summary>
    /// <param name="now">When it is asked, by which a department's offset tells its zone.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <exception cref="EhrException">It came to nothing.</exception>
    public async Task<VendorLists> ListsAsync(Instant now, CancellationToken cancellationToken)
    {
        var (departments, providers) = (await DepartmentsAsync(cancellationToken), await ProvidersAsync(cancellationToken));
        return new VendorLists([.. departments.Select(row => Department(row, now)).OfType<VendorRow>()], [.. providers.Select(Provider).OfType<VendorRow>()]);
    }

    public Task<IReadOnlyList<JsonElement>> DepartmentsAsync(CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/departments", ("showalldepartments", "true")), "departments", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> ProvidersAsync(CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/providers", ("showallproviderids", "true")), "providers", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> AppointmentTypesAsync(CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get("/appointmenttypes"), "appointmenttypes", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> AppointmentReasonsAsync(string department, string provider, CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/patientappointmentreasons", ("departmentid", department), ("providerid", provider)), "patientappointmentreasons", cancellationToken);

    public Task<IReadOnlyList<JsonElement>> CancelReasonsAsync(CancellationToken cancellationToken) =>
        RowsAsync(AthenaCalls.Get("/appointmentcancelreasons"), "appointmentcancelreasons", cancellationToken);

    /// <summary>A list that others refer to: <c>/languages</c>, <c>/races</c>, <c>/ethnicities</c>, <c>/customfields</c>. They come bare or under their name.</summary>
    public Task<IReadOnlyList<JsonElement>> ReferenceListAsync(string path, CancellationToken cancellationToken) => RowsAsync(AthenaCalls.Get(path), path.TrimStart('/'), cancellationToken);

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(EhrCall call, string list, CancellationToken cancellationToken) => (await client.ListAsync(call, list, RowsMax, cancellationToken)).Rows;

    private static VendorRow? Department(JsonElement row, Instant now) => row.Text("departmentid") is { } id
        ? new VendorRow(new Reference(row.Text("name") ?? "", id, null, null, row.Text("name") ?? row.Text("patientdepartmentname") ?? "", DepartmentZones.Of(row, now)))
        : null;

    private static VendorRow? Provider(JsonElement row) => row.Text("providerid") is not { } id ? null : new VendorRow(new Reference(
        row.Text("lastname") ?? row.Text("displayname") ?? "",
        id,
        row.Text("providerusername"),
        row.Text("npi") is { Length: 10 } npi && npi.All(char.IsAsciiDigit) ? npi : null,
        row.Text("displayname") ?? $"{row.Text("firstname")} {row.Text("lastname")}".Trim(),
        null));
}
