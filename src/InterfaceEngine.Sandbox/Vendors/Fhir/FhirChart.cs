using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.Fhir;

/// <summary>A practice's resources: made of what it has of its people, and what clients wrote.</summary>
internal sealed class FhirChart(VendorPractice practice, FhirIds ids)
{
    private static readonly char[] _separators = ['-', '.'];

    private readonly ChartResources _resources = new(ids, practice.House);

    public FhirIds Ids => ids;

    public ChartResources Resources => _resources;

    /// <summary>Those of a type of one patient.</summary>
    public IEnumerable<FhirResource> Of(string type, VendorPatient patient) => Of(type, practice.SourceOf(patient));

    public IEnumerable<FhirResource> Of(string type, ChartSource source) => Of(type, source, _resources, practice.Written, practice.Withdrawn);

    /// <summary>Those that are made of a person, as clients changed them, and those that clients wrote; without what was withdrawn.</summary>
    public static IEnumerable<FhirResource> Of(
        string type, ChartSource source, ChartResources resources, IReadOnlyDictionary<(string Type, string Id), FhirResource> written, IReadOnlyDictionary<(string Type, string Id), DateTimeOffset> withdrawn) =>
        resources.Of(type, source).Select(made => written.GetValueOrDefault((type, made.Id)) ?? made)
            .Concat(written.Values.Where(one => one.Type == type && one.Patient == source.Person.Id && IsNew(one)))
            .Where(resource => !withdrawn.ContainsKey((type, resource.Id)));

    /// <summary>What there is now, to be read while the practice goes on.</summary>
    public FhirSnapshot Take() => new(_resources, practice.Sources(), new Dictionary<(string, string), FhirResource>(practice.Written), new Dictionary<(string, string), DateTimeOffset>(practice.Withdrawn));

    /// <summary>Those of a type, patient after patient.</summary>
    public IEnumerable<FhirResource> Of(string type) => practice.Sources().SelectMany(source => Of(type, source));

    public FhirResource? Find(string type, string id) =>
        practice.Withdrawn.ContainsKey((type, id)) ? null : practice.Written.GetValueOrDefault((type, id)) ?? (OwnerOf(id) is { } patient ? Of(type, patient).FirstOrDefault(resource => resource.Id == id) : null);

    /// <summary>The file of an attachment; null where there is none.</summary>
    public byte[]? File(string id) => OwnerOf(id) is { } patient ? _resources.File(id, practice.SourceOf(patient)) : null;

    /// <summary>A client wrote it first; the others are what clients made of what was there.</summary>
    private static bool IsNew(FhirResource written) => written.Id.StartsWith("w-", StringComparison.Ordinal);

    /// <summary>Every number of a chart begins with its patient's; an appointment's says nothing of it.</summary>
    private VendorPatient? OwnerOf(string id)
    {
        var plain = id.StartsWith($"a-{ids.Practice}.", StringComparison.Ordinal) ? id[(ids.Practice.Length + 3)..] : id;
        var number = plain.Split(_separators).FirstOrDefault(part => part.Length > 3 && part.All(char.IsAsciiDigit)) ?? "";
        return practice.Patient(number) ?? practice.Patient(practice.Schedule.Find(number)?.Patient ?? "") ?? (number.Length > 2 ? practice.Patient(number[..^2]) : null);
    }
}
