using System.Runtime.CompilerServices;
using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>
/// The practice itself, as a server of FHIR tells of it: its places are Locations, its providers are Practitioners. What is no more than a help, PractitionerRoles and
/// Organizations, is asked for where the server says that it gives them, and left out where it does not let us.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="priority">Who goes first.</param>
/// <param name="actor">Who asks, for the log.</param>
internal sealed class FhirPractice(FhirClient client, CallPriority priority, string actor)
{
    /// <summary>More of one list than any practice has.</summary>
    private const int RowsMax = 100_000;

    private static readonly string[] _npi = ["http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"];
    private static readonly string[] _zone = ["http://hl7.org/fhir/StructureDefinition/timezone", "http://hl7.org/fhir/StructureDefinition/tz-code"];

    /// <summary>All pages of what the server lists; the ids are FHIR's as they stand.</summary>
    /// <exception cref="EhrException">It came to nothing, or the server lists neither.</exception>
    public async Task<VendorLists> ListsAsync(CancellationToken cancellationToken)
    {
        var server = await client.Connection.Discovery.CapabilitiesAsync(cancellationToken);
        bool Gives(string type) => server?.Can(type, "search-type") == true;

        // A server that does not say what it can do is asked for what every practice has.
        var (hasPlaces, hasPeople, hasRoles) = (server is null || Gives("Location"), server is null || Gives("Practitioner"), Gives("PractitionerRole"));
        return hasPlaces || hasPeople || hasRoles
            ? new VendorLists(hasPlaces ? await PlacesAsync(cancellationToken) : null, hasPeople || hasRoles ? await PeopleAsync(hasPeople, hasRoles, cancellationToken) : null)
            : throw new EhrException(
                EhrFault.Invalid,
                $"{client.Connection.Options.Id}: by its /metadata the server has no search for Location, Practitioner or PractitionerRole, so it lists neither places nor providers.");
    }

    private async Task<IReadOnlyList<VendorRow>> PlacesAsync(CancellationToken cancellationToken)
    {
        var (rows, owners) = (new List<VendorRow>(), new Dictionary<string, string>(StringComparer.Ordinal));
        await foreach (var (id, place) in AllAsync("Location", cancellationToken))
        {
            // A kind of place, such as "ambulance", is none.
            if (FhirJson.Text(place, "mode") != "kind")
            {
                var name = FhirJson.Text(place, "name") ?? FhirJson.Text(place, "description") ?? await OwnerAsync(FhirJson.Member(place, "managingOrganization"), owners, cancellationToken);
                rows.Add(new VendorRow(new Reference(name, id, null, null, name, ZoneOf(place)), FhirJson.Text(place, "status") != "inactive"));
            }
        }

        return rows;
    }

    /// <summary>A place without a name is called by whose it is; empty where nobody says.</summary>
    private async Task<string> OwnerAsync(JsonElement reference, Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        if (FhirJson.Text(reference, "display") is { Length: > 0 } said)
        {
            return said;
        }

        if (FhirIds.In(FhirJson.Text(reference, "reference"), "Organization") is not { } id)
        {
            return "";
        }

        if (!known.TryGetValue(id, out var name))
        {
            known[id] = name = await HelpAsync(async () => FhirJson.Text(Root(await client.ReadAsync("Organization", id, priority, cancellationToken)), "name")) ?? "";
        }

        return name;
    }

    private async Task<IReadOnlyList<VendorRow>> PeopleAsync(bool hasPeople, bool hasRoles, CancellationToken cancellationToken)
    {
        var people = new Dictionary<string, VendorRow>(StringComparer.Ordinal);
        if (hasPeople)
        {
            await foreach (var (id, person) in AllAsync("Practitioner", cancellationToken))
            {
                var (last, whole) = NameOf(person);
                people[id] = new VendorRow(new Reference(last, id, null, NpiOf(person), whole, null), IsActive(person));
            }
        }

        if (hasRoles)
        {
            var roles = new Dictionary<string, VendorRow>(StringComparer.Ordinal);
            if (hasPeople)
            {
                await HelpAsync(() => RolesAsync(roles, cancellationToken));
            }
            else
            {
                await RolesAsync(roles, cancellationToken);
            }

            foreach (var (id, role) in roles)
            {
                // What a role says of somebody who is listed is no more than what is missing there.
                people[id] = people.TryGetValue(id, out var person) ? Completed(person, role.Row) : role;
            }
        }

        return [.. people.Values];
    }

    private static VendorRow Completed(VendorRow person, Reference role) =>
        person with { Row = person.Row with { Npi = person.Row.Npi ?? role.Npi, Name = person.Row.Name.Length > 0 ? person.Row.Name : role.Name } };

    private async Task<bool> RolesAsync(Dictionary<string, VendorRow> people, CancellationToken cancellationToken)
    {
        await foreach (var (_, role) in AllAsync("PractitionerRole", cancellationToken))
        {
            var reference = FhirJson.Member(role, "practitioner");
            if (FhirIds.In(FhirJson.Text(reference, "reference"), "Practitioner") is not { } id)
            {
                continue;
            }

            // Somebody has as many roles as places, and is there as long as one of them is.
            var (name, before) = (FhirJson.Text(reference, "display") ?? "", people.GetValueOrDefault(id));
            people[id] = new VendorRow(
                new Reference(before?.Row.Id ?? LastWord(name), id, null, before?.Row.Npi ?? NpiOf(role), before?.Row.Name ?? name, null), before?.IsActive == true || IsActive(role));
        }

        return true;
    }

    /// <summary>What is no more than a help and is not there, or not for us, is left out.</summary>
    private static async Task<T?> HelpAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.NotFound or EhrFault.Forbidden or EhrFault.Invalid)
        {
            return default;
        }
    }

    private async IAsyncEnumerable<(string Id, JsonElement Resource)> AllAsync(string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var page in client.SearchAsync(new FhirSearch(type, []) { Priority = priority, Actor = actor }, cancellationToken))
        {
            foreach (var one in page.Resources.Where(one => one.Type == type && one.Id.Length > 0))
            {
                if (++count > RowsMax)
                {
                    throw new EhrException(EhrFault.TooLarge, $"{client.Connection.Options.Id} GET /{type}: the server lists more than {RowsMax:N0}, which is more than any practice has.");
                }

                yield return (one.Id, Root(one));
            }
        }
    }

    /// <summary>FHIR R4 has no element for it; servers that say it use the standard's extension.</summary>
    private static DateTimeZone? ZoneOf(JsonElement place) => FhirJson.Items(place, "extension")
        .Where(one => _zone.Contains(FhirJson.Text(one, "url")))
        .Select(one => FhirJson.Text(one, "valueCode") ?? FhirJson.Text(one, "valueString"))
        .Select(name => name is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name))
        .FirstOrDefault(zone => zone is not null);

    private static string? NpiOf(JsonElement person) => FhirJson.Items(person, "identifier")
        .Where(one => _npi.Contains(FhirJson.Text(one, "system")))
        .Select(one => FhirJson.Text(one, "value"))
        .FirstOrDefault(npi => npi is { Length: 10 } && npi.All(char.IsAsciiDigit));

    private static bool IsActive(JsonElement person) => FhirJson.Member(person, "active").ValueKind is not JsonValueKind.False;

    /// <summary>The last name and the whole one: of several the official one, else the first.</summary>
    private static (string Last, string Whole) NameOf(JsonElement person)
    {
        var name = FhirJson.Items(person, "name").OrderBy(one => FhirJson.Text(one, "use") switch { "official" => 0, "old" => 2, _ => 1 }).FirstOrDefault();
        string Words(string element) => string.Join(' ', FhirJson.Items(name, element).Select(one => one.TextOrNull()).OfType<string>());
        var family = FhirJson.Text(name, "family") ?? "";
        var whole = FhirJson.Text(name, "text") ?? string.Join(' ', new[] { Words("given"), family }.Where(part => part.Length > 0)) + (Words("suffix") is { Length: > 0 } suffix ? $", {suffix}" : "");
        return (family.Length > 0 ? family : LastWord(whole), whole);
    }

    /// <summary>Of <c>Jane Johnson, MD</c> it is <c>Johnson</c>.</summary>
    private static string LastWord(string name) => name.Split(',')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";

    private static JsonElement Root(FhirResource resource)
    {
        using var document = JsonDocument.Parse(resource.Json);
        return document.RootElement.Clone();
    }
}
