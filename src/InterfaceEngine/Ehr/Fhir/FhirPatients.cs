using System.Text.Json;

namespace InterfaceEngine.Ehr.Fhir;

/// <summary>Whom somebody looks for; what is null is not said.</summary>
internal sealed record FhirPersonQuery
{
    public string? Family { get; init; }

    public string? Given { get; init; }

    /// <summary>YYYY-MM-DD.</summary>
    public string? BirthDate { get; init; }

    /// <summary>Digits alone.</summary>
    public string? Phone { get; init; }

    public string? Email { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>A number by which somebody knows the patient: a medical record number.</summary>
    public string? Identifier { get; init; }

    /// <summary>By FHIR's names.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters =>
        new (string Name, string? Value)[]
            {
                ("family", Family),
                ("given", Given),
                ("birthdate", BirthDate),
                ("identifier", Identifier),
                ("phone", Phone),
                ("email", Email),
                ("address-postalcode", PostalCode),
            }
            .Where(one => !string.IsNullOrWhiteSpace(one.Value)).Select(one => KeyValuePair.Create(one.Name, one.Value!.Trim()));
}

/// <summary>A patient as a server's resource tells of one.</summary>
/// <param name="Id">The resource's.</param>
/// <param name="BirthDate">YYYY-MM-DD, or as much of it as is known.</param>
/// <param name="Gender">FHIR's word: <c>female</c>, <c>male</c>, <c>other</c>, <c>unknown</c>.</param>
internal sealed record FhirPerson(string Id, string? FirstName, string? LastName, string? BirthDate, string? Gender)
{
    public string? Phone { get; init; }

    public string? Email { get; init; }

    /// <summary>Null for one who was merged into another: that one is found as well.</summary>
    public static FhirPerson? Of(JsonElement patient)
    {
        if (FhirJson.Items(patient, "link").Any(link => FhirJson.Text(link, "type") == "replaced-by"))
        {
            return null;
        }

        var name = FhirJson.Items(patient, "name").OrderBy(one => FhirJson.Text(one, "use") switch { "official" => 0, "usual" => 1, null => 2, _ => 3 }).FirstOrDefault();
        var telecoms = FhirJson.Items(patient, "telecom").ToList();
        string? Said(string system) => telecoms.Where(one => FhirJson.Text(one, "system") == system && FhirJson.Text(one, "use") != "old")
            .OrderBy(one => FhirJson.Text(one, "use") switch { "mobile" => 0, "home" => 1, _ => 2 }).Select(one => FhirJson.Text(one, "value")).FirstOrDefault();
        var given = FhirJson.Items(name, "given").FirstOrDefault();
        return new FhirPerson(
            FhirJson.Text(patient, "id") ?? "",
            given.ValueKind is JsonValueKind.String ? given.GetString() : null,
            FhirJson.Text(name, "family"),
            FhirJson.Text(patient, "birthDate"),
            FhirJson.Text(patient, "gender"))
        {
            Phone = Said("phone"),
            Email = Said("email"),
        };
    }
}

/// <summary>Looks patients up at a FHIR server.</summary>
/// <param name="client">The server.</param>
/// <param name="actor">Who asks, for the log.</param>
internal sealed class FhirPatients(FhirClient client, string actor)
{
    /// <summary>Who looks for somebody is not served by more pages than that: they must say more of them.</summary>
    private const int PagesMax = 20;

    /// <summary>Who goes first when the rate is short.</summary>
    public CallPriority Priority { get; init; } = CallPriority.Interactive;

    /// <summary>Those whom what is said fits, all pages of them until there are more than are wanted.</summary>
    /// <exception cref="EhrException">The server did not say; <see cref="EhrFault.Invalid"/> when it says that it seeks by nothing that was said.</exception>
    public async Task<(IReadOnlyList<FhirPerson> Found, bool HasMore)> SearchAsync(FhirPersonQuery wanted, int limit, CancellationToken cancellationToken)
    {
        var known = await client.Connection.Discovery.CapabilitiesAsync(cancellationToken);
        var query = wanted.Parameters.Where(one => known?.Seeks("Patient", one.Key) != false).ToList();
        if (query.Count == 0)
        {
            var said = string.Join(", ", wanted.Parameters.Select(one => one.Key));
            throw new EhrException(EhrFault.Invalid, $"{client.Connection.Options.Id}: its server seeks patients by none of {said}. Say a name or a date of birth.");
        }

        var (found, pages) = (new List<FhirPerson>(), 0);
        await foreach (var page in client.SearchAsync(new FhirSearch("Patient", query) { Priority = Priority, Actor = actor }, cancellationToken))
        {
            found.AddRange(page.Resources.Where(one => one.Type == "Patient" && one.Id.Length > 0).Select(one => Fitting(one, wanted)).OfType<FhirPerson>());
            if (found.Count > limit || ++pages == PagesMax)
            {
                return ([.. found.Take(limit)], found.Count > limit || page.Next is not null);
            }
        }

        return (found, false);
    }

    /// <summary>Null for somebody whom what was said does not fit: a server may leave out a parameter that it does not know.</summary>
    private static FhirPerson? Fitting(FhirResource resource, FhirPersonQuery wanted)
    {
        using var document = JsonDocument.Parse(resource.Json);
        var patient = document.RootElement;
        bool Begins(string? said, string name, Func<JsonElement, IEnumerable<string?>> values) =>
            string.IsNullOrWhiteSpace(said) || FhirJson.Items(patient, name).SelectMany(values).Any(value => value?.StartsWith(said.Trim(), StringComparison.InvariantCultureIgnoreCase) == true);
        bool Is(string? said, string name, Func<string, string> form) =>
            string.IsNullOrWhiteSpace(said)
            || FhirJson.Items(patient, name).Select(one => FhirJson.Text(one, "value")).OfType<string>().Any(value => form(value).Equals(form(said), StringComparison.OrdinalIgnoreCase));

        return Begins(wanted.Family, "name", name => [FhirJson.Text(name, "family")])
            && Begins(wanted.Given, "name", name => FhirJson.Items(name, "given").Where(given => given.ValueKind is JsonValueKind.String).Select(given => given.GetString()))
            && (string.IsNullOrWhiteSpace(wanted.BirthDate) || FhirJson.Text(patient, "birthDate") == wanted.BirthDate)
            && Is(wanted.Phone, "telecom", Digits)
            && Is(wanted.Email, "telecom", text => text.Trim())
            && Is(wanted.Identifier, "identifier", text => text.Trim())
            && Begins(wanted.PostalCode, "address", address => [FhirJson.Text(address, "postalCode")])
                ? FhirPerson.Of(patient) : null;
    }

    /// <summary>The last ten, so that a country's code before them does not count.</summary>
    private static string Digits(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.Length > 10 ? digits[^10..] : digits;
    }
}
