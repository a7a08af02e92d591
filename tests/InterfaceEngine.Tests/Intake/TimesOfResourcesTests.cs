using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Tests.Core.Mapping;
using InterfaceEngine.Tests.Core.Reconciliation;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What a resource says counts at its own time, and what the document round it says (a list) at that of the document.</summary>
public sealed class TimesOfResourcesTests
{
    private readonly RecordShelf _shelf = new("1959");

    [Fact]
    public void A_full_list_that_names_an_old_item_for_the_first_time_does_not_end_it()
    {
        Apply(At("2026-01-05"), Item("c1", "2024-01-01"), Item("c2", "2025-06-01"));
        Apply(At("2026-01-06"), Item("c1", "2024-01-01"), Item("c2", "2025-06-01"), Item("c3", "2025-01-01"));

        Ended().Should().BeEmpty();
    }

    [Fact]
    public void What_a_full_list_no_longer_names_ends_when_the_list_was_told()
    {
        Apply(At("2026-01-05"), Item("c1", "2024-01-01"), Item("c2", "2025-06-01"));
        Apply(At("2026-01-06"), Item("c1", "2024-01-01"));
        Apply(At("2026-01-05") + 1, Item("c1", "2024-01-01"), Item("c4", "2025-12-31"));

        Ended().Should().BeEquivalentTo(["c2 2026-01-06T00:00:00Z", "c4 2026-01-06T00:00:00Z"], "of the newer list c4 was none, however new it was");
    }

    [Fact]
    public void A_merge_counts_when_the_resource_that_tells_it_was_changed()
    {
        Apply(At("2019-01-01"), Person("A", "2019-01-01"), Person("B", "2019-01-01"));

        Apply(At("2026-01-01"), Person("A", "2020-01-01", "B"));

        _shelf.Values().Where(value => value.Key.Field == Merging.AbsorbedAt).Select(value => value.Value).Should().Equal("2020-01-01T00:00:00Z");
    }

    [Fact]
    public void An_AL1_confirms_nothing_that_FHIR_calls_unconfirmed()
    {
        const string Resource = """
            {"resourceType":"AllergyIntolerance","id":"al-2","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"patient":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"7980"}],"text":"Penicillin"},
             "clinicalStatus":{"coding":[{"code":"inactive"}]},"verificationStatus":{"coding":[{"code":"unconfirmed"}]}}
            """;
        const string Admission = "MSH|^~\\&|ATHENA|1|PS|195900|20260115100000||ADT^A08|AL-1|P|2.3\rPID|1||34772||Garcia^Maria||19750822|F\rAL1|1|DA|7980^Penicillin^RXNORM|SV|Hives";
        var (reader, context) = (new PracticeReader(ShippedMappingsTests.Load().For("195900")!), new ReadContext(InstantPattern.General.Parse("2026-02-01T00:00:00Z").Value));
        var (told, named) = (reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(Resource)), "", context), reader.Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(Admission)), context));

        foreach (var message in new[] { told, named, told })
        {
            _shelf.Apply(message, message.EventTime).Should().BeTrue();
        }

        _shelf.Values().Where(value => value.Key.Record.StartsWith("allergy", StringComparison.Ordinal)).Select(value => $"{value.Key.Field} {value.Value}")
            .Should().Contain(["status active", "verification unconfirmed"]);
    }

    private IEnumerable<string> Ended() => _shelf.Values().Where(value => value.Key.Field == PatientList.EndedAt).Select(value => $"{value.Key.Record.Split(' ')[^1]} {value.Value}");

    private void Apply(long eventTime, params IncomingRecord[] records) =>
        _shelf.Apply(new MappedMessage { Records = records, Notes = [], EventTime = eventTime, IsMapped = true }, eventTime).Should().BeTrue();

    private static IncomingRecord Item(string id, string changed) => new()
    {
        Definition = Tables.Coverage,
        Verb = Verb.CreateOrUpdate,
        Format = "FHIR R4",
        Aliases = [new RecordAlias("coverage", "athenahealth", id)],
        Fields = [Field(Tables.Coverage, "member_id", id)],
        List = ListKind.Full,
        Owner = "34772",
        EventTime = At(changed),
    };

    private static IncomingRecord Person(string id, string changed, params string[] retires) => new()
    {
        Definition = Tables.Patient,
        Verb = retires.Length > 0 ? Verb.Merge : Verb.CreateOrUpdate,
        Format = "FHIR R4",
        Aliases = [new RecordAlias("patient", "athenahealth", id)],
        Fields = [Field(Tables.Patient, "external_id", id), Field(Tables.Patient, "first_name", "JANE"), Field(Tables.Patient, "last_name", "DOE"), Field(Tables.Patient, "date_of_birth", "1975-08-22")],
        Retires = retires,
        EventTime = At(changed),
    };

    private static IncomingField Field(RecordDefinition definition, string name, string value) =>
        new(definition.Find(name)!, FieldValue.Of(value), new CellReference("test.map.md", 1, 1), new ByteRange(1, 2));

    private static long At(string day) => InstantPattern.General.Parse(day + "T00:00:00Z").Value.ToUnixTimeMilliseconds();
}
