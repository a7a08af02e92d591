using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Control;

/// <summary>The practice's lists at athenahealth, for who fills tables and settings with its numbers.</summary>
internal sealed class EhrListOperations(EngineParts parts)
{
    private const string CustomFields = "customfields";

    private static readonly Dictionary<string, Listing> _lists = new(StringComparer.Ordinal)
    {
        ["departments"] = new("departmentid", "name")
        {
            Ask = (client, _, stop) => client.Practice.DepartmentsAsync(stop),
            More = row => row.Text("timezonename"),
            Ours = (names, number) => names.Locations?.Find(number)?.Id,
        },
        ["providers"] = new("providerid", "displayname")
        {
            Ask = (client, _, stop) => client.Practice.ProvidersAsync(stop),
            More = row => row.Text("npi") is { } npi ? $"NPI {npi}" : null,
            Ours = (names, number) => names.Providers?.Find(number)?.Id,
        },
        ["types"] = new("appointmenttypeid", "name")
        {
            Ask = (client, _, stop) => client.Practice.AppointmentTypesAsync(stop),
            More = row => row.Number("duration") is { } minutes ? $"{minutes} min" : null,
            Ours = (names, number) => names.TypeOf(number),
        },
        ["reasons"] = new("reasonid", "reason")
        {
            Ask = (client, of, stop) => client.Practice.AppointmentReasonsAsync(of.Department, of.Provider, stop),
            More = row => row.Text("reasontype"),
            IsOfProvider = true,
        },
        ["cancelreasons"] = new("reasonid", "name") { Ask = (client, _, stop) => client.Practice.CancelReasonsAsync(stop), More = row => row.IsTrue("noshow") ? "did not come" : null },
        [CustomFields] = new("customfieldid", "name")
        {
            Ask = (client, _, stop) => client.Practice.ReferenceListAsync("/customfields", stop),
            More = row => row.IsTrue("select") ? "one of a list" : row.Text("type"),
        },
        ["languages"] = new("iso6392code", "name") { Ask = (client, _, stop) => client.Practice.ReferenceListAsync("/languages", stop) },
        ["races"] = new("raceid", "name") { Ask = (client, _, stop) => client.Practice.ReferenceListAsync("/races", stop) },
        ["ethnicities"] = new("ethnicityid", "name") { Ask = (client, _, stop) => client.Practice.ReferenceListAsync("/ethnicities", stop) },
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => _lists.Keys;

    public async Task<EhrListAnswer> ShowAsync(EhrListRequest request, CancellationToken cancellationToken)
    {
        var connection = parts.ConnectionOf(request);
        if (!_lists.TryGetValue(request.List, out var listing))
        {
            throw RequestException.Usage($"There is no such list: there are {string.Join(", ", Names)}.");
        }

        if (request.Patient is not null && request.List != CustomFields)
        {
            throw RequestException.Usage($"Of a patient there are {CustomFields} alone.");
        }

        var (client, names) = (connection.AthenaNet(request.Actor), NamesOf(connection.Options.Practice));
        var of = Place(request, connection.Options, names, listing);
        var rows = await VendorConnections.AskedAsync(() => listing.Ask(client, of, cancellationToken));
        var answer = new EhrListAnswer(connection.Options.Id, request.List, [.. rows.Where(row => row.Text(listing.Id) is not null).Select(row => listing.View(row, names))]);
        return request.Patient is { } patient ? await OfPatientAsync(request, client, answer, patient, cancellationToken) : answer;
    }

    /// <summary>What a patient has in the practice's own fields. Who looked, and at whom, is on record before it is shown.</summary>
    private async Task<EhrListAnswer> OfPatientAsync(EhrListRequest request, AthenaNetClient client, EhrListAnswer fields, string patient, CancellationToken cancellationToken)
    {
        var options = client.Connection.Options;
        var records = new RecordOperations(parts);
        await parts.Store.AskAsync(
            request.Audit("ehr lists", options.Practice, $"{options.Id}: custom fields of {patient}"),
            reader =>
            {
                if (records.Find(reader, options.Practice, RecordDefinition.Patient, patient) is { } known)
                {
                    reader.Shown(known);
                }

                return 0;
            },
            cancellationToken);
        var values = await VendorConnections.AskedAsync(
            async () =>
            {
                var department = request.Department ?? AthenaPatients.DepartmentOf(await client.Patients.ReadAsync(patient, cancellationToken)) ?? options.DefaultDepartment
                    ?? throw RequestException.Usage("Say in which department (--department): the patient has none.");
                return await client.Patients.CustomFieldsAsync(patient, department, cancellationToken);
            },
            "There is no such patient at the vendor.");
        var said = values.Where(row => row.Text("customfieldid") is not null).ToLookup(row => row.Text("customfieldid"), row => row.Text("customfieldvalue") ?? row.Text("optionid"));
        return fields with { Rows = [.. fields.Rows.Where(row => said.Contains(row.Number)).Select(row => row with { More = string.Join(", ", said[row.Number].OfType<string>()) })] };
    }

    private static (string Department, string Provider) Place(EhrListRequest request, ConnectionOptions options, VisitNames? names, Listing listing)
    {
        var (department, provider) = (request.Department ?? options.DefaultDepartment, request.Provider ?? options.DefaultProvider);
        return !listing.IsOfProvider ? ("", "")
            : department is null || provider is null ? throw RequestException.Usage($"Say of whom: {request.List} are those of a department and a provider (--department, --provider).")
            : (VisitNames.NumberIn(names?.Locations, department), VisitNames.NumberIn(names?.Providers, provider));
    }

    /// <summary>Null where no tables read visits yet: whoever begins to write them needs the lists.</summary>
    private VisitNames? NamesOf(string practice)
    {
        try
        {
            return parts.Appointments?.NamesOf(practice);
        }
        catch (ChangeRefusedException)
        {
            return null;
        }
    }

    /// <param name="Id">What the vendor calls a row's number.</param>
    /// <param name="Name">What it calls its name.</param>
    private sealed record Listing(string Id, string Name)
    {
        public required Func<AthenaNetClient, (string Department, string Provider), CancellationToken, Task<IReadOnlyList<JsonElement>>> Ask { get; init; }

        public Func<JsonElement, string?> More { get; init; } = _ => null;

        public Func<VisitNames, string, string?> Ours { get; init; } = (_, _) => null;

        /// <summary>It is that of a department and a provider.</summary>
        public bool IsOfProvider { get; init; }

        public EhrListRow View(JsonElement row, VisitNames? names) => new(row.Text(Id)!, row.Text(Name) ?? "") { More = More(row), Ours = names is null ? null : Ours(names, row.Text(Id)!) };
    }
}
