using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>An invented clinic's records, and the shipped mappings that write them for each profile.</summary>
internal static class Clinic
{
    public static readonly EngineId PatientId = new(70001);
    public static readonly EngineId VisitId = new(80001);

    private const string Providers = """
        ---
        references: provider
        practice:   7
        ---

        | Practice Studio | athenahealth | NPI        | Name         |
        |-----------------|--------------|------------|--------------|
        | prov-johnson    | 27           | 1234567893 | Jane Johnson |

        """;

    private const string Locations = """
        ---
        references: location
        practice:   7
        ---

        | Practice Studio | athenahealth | Name   | Zone             |
        |-----------------|--------------|--------|------------------|
        | loc-main        | 1            | Main   | America/Chicago  |
        | loc-east        | 21           | East   | America/New_York |

        """;

    /// <summary>The shipped mappings; practice 7, of the standard profile, has a provider and two clinics.</summary>
    public static MappingSet Set { get; } = ShippedMappingsTests.Load(("practices/7/providers.ref.md", Providers), ("practices/7/locations.ref.md", Locations));

    public static StoredRecord Patient(params (string Name, string? Value)[] fields) => Record("patient", PatientId, [new RecordAlias("patient", "athenahealth", "34772")],
        [("external_id", "34772"), ("last_name", "Doe"), ("first_name", "Jane"), ("date_of_birth", "1975-08-22"), ("gender", "female"), .. fields]);

    public static StoredRecord Visit(params (string Name, string? Value)[] fields) => Visit([new RecordAlias("appointment", "placer", VisitId.ToString())], fields);

    public static StoredRecord Visit(RecordAlias[] aliases, params (string Name, string? Value)[] fields)
    {
        (string Name, string? Value)[] usual =
        [
            ("patient_id", PatientId.ToString()), ("provider_id", "prov-johnson"), ("appointment_type", "telehealth"),
            ("start_time", "2026-01-12T16:15:00Z"), ("end_time", "2026-01-12T16:30:00Z"), ("status", "scheduled"), ("location_id", "loc-main"),
        ];
        return Record("appointment", VisitId, aliases, [.. usual.Where(one => fields.All(field => field.Name != one.Name)), .. fields]);
    }

    public static WrittenMessage Write(string practice, string @event, params StoredRecord[] records) => Write(practice, @event, records, []);

    public static WrittenMessage Write(string practice, string @event, StoredRecord[] records, ClearedField[] cleared, OutgoingHeader? header = null) =>
        new PracticeWriter(Set.For(practice)!).Write(new OutgoingMessage
        {
            Event = @event,
            Records = records,
            ExternalIdOf = id => id == PatientId ? "34772" : null,
            Cleared = cleared.ToHashSet(),
            Header = header ?? Header,
        });

    public static OutgoingHeader Header { get; } = new()
    {
        SendingApplication = "PRACTICESTUDIO",
        SendingFacility = "PSSERVER",
        ReceivingApplication = "ATHENA",
        ReceivingFacility = "ATHENANET",
        ControlId = "0ABCDEFGHJKMN",
        Instant = InstantPattern.General.Parse("2026-01-05T15:30:00Z").Value,
    };

    public static string[] Segments(WrittenMessage message) => Text(message).TrimEnd('\r').Split('\r');

    public static string Text(WrittenMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    public static string At(WrittenMessage message, string path) => Hl7Path.Parse(path).Get(Hl7Message.Parse(message.Body)).Decode();

    public static StoredRecord Record(string type, EngineId id, RecordAlias[] aliases, (string Name, string? Value)[] fields) => new()
    {
        Id = id,
        Practice = "test",
        Type = type,
        Version = 1,
        Aliases = aliases,
        Fields = [.. fields.Select(field => new StoredField(field.Name, field.Value, null, null, ByteRange.None))],
    };
}
