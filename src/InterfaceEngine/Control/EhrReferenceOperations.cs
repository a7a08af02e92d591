using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;
using NodaTime;

namespace InterfaceEngine.Control;

/// <summary>The vendor's departments and providers beside the practice's own tables of them. What is new can be written into the mapping folder, to be deployed as always.</summary>
internal sealed class EhrReferenceOperations(EngineParts parts)
{
    private AppointmentDesk Desk => parts.Appointments ?? throw RequestException.Refused("No mappings are loaded, so there is nothing to compare with.");

    public async Task<EhrReferencesAnswer> CompareAsync(EhrReferencesRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        var client = connection.AthenaNet(request.Actor);
        var names = Desk.NamesOrRefuse(connection.Options.Practice);
        var now = Instant.FromDateTimeOffset(parts.Time.GetUtcNow());
        var (departments, providers) = await VendorConnections.AskedAsync(async () => (await client.Practice.DepartmentsAsync(cancellationToken), await client.Practice.ProvidersAsync(cancellationToken)));
        var locations = Sides("location", names.Locations, [.. departments.Select(row => Department(row, now)).OfType<Reference>()]);
        var people = Sides("provider", names.Providers, [.. providers.Select(Provider).OfType<Reference>()]);
        return new EhrReferencesAnswer(connection.Options.Id, [.. locations.Differences, .. people.Differences])
        {
            Written = request.IsWritten ? await WriteAsync(request, names, [locations, people], cancellationToken) : [],
        };
    }

    private static Reference? Department(JsonElement row, Instant now) => row.Text("departmentid") is { } id
        ? new Reference(row.Text("name") ?? "", id, null, null, row.Text("name") ?? row.Text("patientdepartmentname") ?? "", DepartmentZones.Of(row, now))
        : null;

    /// <summary>Until it has an id of ours, what that is made of stands there.</summary>
    private static Reference? Provider(JsonElement row) => row.Text("providerid") is not { } id ? null : new Reference(
        row.Text("lastname") ?? row.Text("displayname") ?? "",
        id,
        row.Text("providerusername"),
        row.Text("npi") is { Length: 10 } npi && npi.All(char.IsAsciiDigit) ? npi : null,
        row.Text("displayname") ?? $"{row.Text("firstname")} {row.Text("lastname")}".Trim(),
        null);

    private static Side Sides(string kind, ReferenceTable? table, IReadOnlyList<Reference> vendor)
    {
        var differences = new List<EhrReferenceView>();
        var added = new List<Reference>();
        foreach (var one in vendor.DistinctBy(row => row.VendorId))
        {
            if (table?.Rows.FirstOrDefault(row => row.VendorId == one.VendorId) is not { } listed)
            {
                // A name that another row has would make a table that nobody can load.
                var known = new ReferenceTable(kind, [.. table?.Rows ?? [], .. added]);
                var row = one with { Id = ReferenceRows.IdFor(kind, one.Id, one.VendorId!, id => known.Rows.Any(other => other.Id == id)) };
                added.Add(row with { UserName = IsKnown(known, row.UserName) ? null : row.UserName, Npi = IsKnown(known, row.Npi) ? null : row.Npi });
                differences.Add(View(kind, "new", row, null));
                continue;
            }

            var was = new List<string>();
            AddIfOther(was, "NPI", listed.Npi, one.Npi);
            AddIfOther(was, "user name", listed.UserName, one.UserName);
            AddIfOther(was, "zone", listed.Zone?.Id, one.Zone?.Id);
            if (was.Count > 0)
            {
                differences.Add(View(kind, "changed", one with { Id = listed.Id }, string.Join(", ", was)));
            }
        }

        differences.AddRange((table?.Rows ?? []).Where(row => row.VendorId is { } id && vendor.All(one => one.VendorId != id)).Select(row => View(kind, "gone", row, null)));
        return new Side(kind, differences, added);
    }

    private static bool IsKnown(ReferenceTable table, string? name) => name is not null && table.Find(name) is not null;

    /// <summary>Only what both say can differ: an analyst may leave a cell empty, and the vendor too.</summary>
    private static void AddIfOther(List<string> was, string what, string? listed, string? vendor)
    {
        if (listed is not null && vendor is not null && !listed.Equals(vendor, StringComparison.OrdinalIgnoreCase))
        {
            was.Add($"{what} {listed}");
        }
    }

    private static EhrReferenceView View(string kind, string change, Reference row, string? was) => new($"{kind}s", change, row.VendorId!, row.Name, row.Npi, row.Zone?.Id, was);

    private async Task<IReadOnlyList<string>> WriteAsync(EhrReferencesRequest request, VisitNames names, IReadOnlyList<Side> sides, CancellationToken cancellationToken)
    {
        if (parts.MappingFolder is not { } folder || !Directory.Exists(folder))
        {
            throw RequestException.Refused("This engine has no mapping folder to write into: run the command where the tables are.");
        }

        var practice = names.Practice;
        await parts.Store.AskAsync(request.Audit("ehr references", practice.Id, $"{request.Connection}: {sides.Sum(side => side.Added.Count)} new"), _ => 0, cancellationToken);
        var written = new List<string>();
        foreach (var side in sides.Where(side => side.Added.Count > 0))
        {
            var path = $"practices/{practice.Id}/{side.Kind}s.ref.md";
            var file = Path.Combine(folder, path);
            try
            {
                var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : null;
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file + ".new", ReferenceRows.Add(text, side.Kind, practice.Id, practice.Vendor, side.Added), cancellationToken);
                File.Move(file + ".new", file, overwrite: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw RequestException.Refused($"{path} can't be written: {failure.Message}");
            }

            written.Add(path);
        }

        return written;
    }

    /// <summary>What one table lacks.</summary>
    private sealed record Side(string Kind, IReadOnlyList<EhrReferenceView> Differences, IReadOnlyList<Reference> Added);
}
