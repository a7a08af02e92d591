using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What has an id of its own at its sender is a record of its own, and who has none for it still means the same record.</summary>
public sealed class OwnIdsTests
{
    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    [Fact]
    public void Two_conditions_of_one_code_are_two_problems_and_stay_two()
    {
        Tell(Condition("d-1", "active", "2020-05-01"), Condition("d-2", "resolved", "2011-03-01"));
        Tell(Condition("d-2", "resolved", "2011-03-02"), Condition("d-1", "active", "2020-05-01"));

        Values("diagnosis", "diagnosed_at").Should().BeEquivalentTo(["2020-05-01", "2011-03-02"]);
        Values("diagnosis", "clinical_status").Should().BeEquivalentTo(["active", "resolved"]);
        Values("diagnosis", "resource_id").Should().BeEquivalentTo(["d-1", "d-2"]);
    }

    [Theory]
    [InlineData("AllergyIntolerance", "patient", "allergy")]
    [InlineData("MedicationRequest", "subject", "medication")]
    [InlineData("Immunization", "patient", "immunization")]
    [InlineData("Procedure", "subject", "procedure")]
    [InlineData("Coverage", "beneficiary", "coverage")]
    [InlineData("RelatedPerson", "patient", "contact")]
    [InlineData("Observation", "subject", "observation")]
    [InlineData("DiagnosticReport", "subject", "result")]
    public void So_are_two_resources_of_every_other_type(string type, string subject, string record)
    {
        string Resource(string id) => $$"""
            {"resourceType":"{{type}}","id":"{{id}}","status":"active","intent":"order","{{subject}}":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"100"}],"text":"One"},
             "medicationCodeableConcept":{"text":"One"},"vaccineCode":{"text":"One"},"subscriberId":"M1","name":[{"family":"Doe","given":["Jo"]}]}
            """;

        Tell(Resource("r-1"), Resource("r-2"));
        Tell(Resource("r-2"), Resource("r-1"));

        Records(record).Should().HaveCount(2);
    }

    [Fact]
    public void The_message_of_a_feed_tells_of_the_first_of_them()
    {
        Tell(Condition("d-1", "active", "2020-05-01"), Condition("d-2", "active", "2011-03-01"));
        Feed("DG1|1||I10^Hypertension^I10|Essential hypertension");

        Records("diagnosis").Should().HaveCount(2);
        Values("diagnosis", "name").Should().BeEquivalentTo(["Essential hypertension", "Hypertension"]);
    }

    [Fact]
    public void What_a_feed_told_first_is_the_resource_that_says_the_same()
    {
        Feed("DG1|1||I10^Hypertension^I10|Hypertension");
        Tell(Condition("d-1", "active", "2020-05-01"));
        Tell(Problems("""{"problemid":3834,"name":"Hypertension","code":"I10"}"""));

        Records("diagnosis").Should().ContainSingle();
        Values("diagnosis", "problem_id").Should().Equal("3834");
    }

    [Fact]
    public void Two_entries_of_athenaNets_problem_list_are_two_and_none_is_noted_as_lost()
    {
        var read = Tell(Problems("""{"problemid":3834,"name":"Hypertension","code":"I10"},{"problemid":3835,"name":"Hypertension","code":"I10","deactivateddate":"05/30/2025"}"""));

        Values("diagnosis", "clinical_status").Should().BeEquivalentTo(["active", "inactive"]);
        read.Notes.Should().NotContain(note => note.Code == MappingCodes.IdRepeated);
    }

    [Fact]
    public void A_code_that_was_corrected_is_the_same_problem()
    {
        Tell(Condition("d-1", "active", "2020-05-01"));
        Tell(Condition("d-1", "active", "2020-05-01", "I11.9"));

        Values("diagnosis", "code").Should().Equal("I11.9");
    }

    [Fact]
    public void One_that_was_corrected_to_what_another_says_leaves_that_alone()
    {
        Tell(Condition("d-1", "active", "2020-05-01"), Condition("d-2", "active", "2011-03-01", "I11.9"));
        Tell(Condition("d-2", "active", "2011-03-01"));

        Values("diagnosis", "code").Should().Equal("I10", "I10");
        Values("diagnosis", "diagnosed_at").Should().BeEquivalentTo(["2020-05-01", "2011-03-01"]);
    }

    [Fact]
    public void What_was_stored_before_ids_told_apart_is_found_and_is_the_resource_that_it_was_told_by()
    {
        var key = new RecordAlias("diagnosis", "athenahealth", string.Join(FieldValue.ListSeparator, "34772", "", "I10", ""));
        var old = Stored(key, ("patient_id", new EngineId(23).ToString()), ("resource_id", "d-1"), ("code", "I10"));

        Work(Condition("d-2", "active", "2011-03-01"), old).Records.Should().ContainSingle(record => record.IsCreated)
            .Which.Current!.Aliases.Should().Equal(key with { Value = $"{key.Value}{FieldValue.ListSeparator}d-2" }, new RecordAlias("diagnosis", "fhir", "d-2"));
        var same = Work(Condition("d-1", "active", "2020-05-01"), old).Records.Should().ContainSingle(record => record.IsChanged).Subject;
        (same.IsCreated, same.Stored).Should().Be((false, old));
        same.ToWrite()!.NewAliases.Should().Equal(new RecordAlias("diagnosis", "fhir", "d-1"));
    }

    [Fact]
    public void A_feed_that_names_all_coverage_ends_neither_of_two_policies_of_one_number()
    {
        Tell(Coverage("c-1", "2024"), Coverage("c-2", "2025"), Coverage("c-3", "2025", "OTHER"));
        Feed($"IN1|1|P9^Gold|1|Payer{new string('|', 32)}M100");

        Records("coverage").Should().HaveCount(3);
        Values("coverage", "ended_at").Should().ContainSingle("only what the feed does not name has ended");
    }

    [Fact]
    public void One_of_two_that_is_deleted_goes_alone()
    {
        Tell(Condition("d-1", "active", "2020-05-01"), Condition("d-2", "active", "2011-03-01"));
        Tell("""{"resourceType":"Bundle","type":"transaction","meta":{"lastUpdated":"2026-01-28T00:00:00Z"},"entry":[{"request":{"method":"DELETE","url":"Condition/d-2"}}]}""");

        Values("diagnosis", "retracted_at").Should().ContainSingle();
    }

    private static string Condition(string id, string status, string onset, string code = "I10") => $$"""
        {"resourceType":"Condition","id":"{{id}}","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"{{status}}"}]},
         "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"{{code}}"}],"text":"Hypertension"},"subject":{"reference":"Patient/34772"},"onsetDateTime":"{{onset}}"}
        """;

    private static string Coverage(string id, string year, string plan = "P9") => $$"""
        {"resourceType":"Coverage","id":"{{id}}","status":"active","subscriberId":"M100","beneficiary":{"reference":"Patient/34772"},"period":{"start":"{{year}}-01-01"},
         "class":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"plan"}]},"value":"{{plan}}"}]}
        """;

    private static string Problems(string problems) => $$"""{"problems":[{{problems}}],"totalcount":2}""";

    private void Feed(string segment)
    {
        var body = Encoding.ASCII.GetBytes($"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ADT^A08|{_day}|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\r{segment}\r");
        Apply(_reader.Read(Hl7Message.Parse(body), new ReadContext(Instant.FromUtc(2026, 1, ++_day, 0, 0), Instant.FromUtc(2026, 1, _day, 0, 0))));
    }

    private void Tell(params string[] resources)
    {
        _day++;
        foreach (var resource in resources)
        {
            Read(resource);
        }
    }

    private MappedMessage Tell(string document)
    {
        _day++;
        return Read(document);
    }

    private MappedMessage Read(string document)
    {
        var at = Instant.FromUtc(2026, 1, _day, 0, 0);
        return Apply(_reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "GET /chart/34772/problems", new ReadContext(at, document.Contains("DELETE", StringComparison.Ordinal) ? null : at)));
    }

    private MappedMessage Apply(MappedMessage read)
    {
        _shelf.Apply(read, read.EventTime).Should().BeTrue();
        return read;
    }

    private static StoredRecord Stored(RecordAlias alias, params (string Name, string Value)[] fields) => new()
    {
        Id = new EngineId(5),
        Practice = "195900",
        Type = alias.Type,
        Version = 1,
        Aliases = [alias],
        Fields = [.. fields.Select(field => new StoredField(field.Name, field.Value, new Cause(new EngineId(1), 1, "test", ""), null, ByteRange.None))],
    };

    private MessageWork Work(string document, StoredRecord stored)
    {
        var read = _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "", new ReadContext(Instant.FromUtc(2026, 1, 20, 0, 0)));
        var patient = new StoredRecord { Id = new EngineId(23), Practice = "195900", Type = "patient", Version = 1, Aliases = [new RecordAlias("patient", "athenahealth", "34772")], Fields = [] };
        var loaded = new LoadedRecords { ByAlias = new Dictionary<RecordAlias, StoredRecord> { [patient.Aliases[0]] = patient, [stored.Aliases[0]] = stored }, ByLookUp = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>() };
        return MessageWork.Run("195900", ConflictRules.None, read, loaded, MergedPatients.None, new Cause(new EngineId(9), read.EventTime, "test", ""), new IdSource(TimeProvider.System, new Random(0)), Acceptance.None);
    }

    private List<string> Records(string type) => [.. _shelf.Values().Keys.Where(key => key.Record.StartsWith(type + " ", StringComparison.Ordinal)).Select(key => key.Record).Distinct()];

    private List<string> Values(string type, string field) => [.. _shelf.Values().Where(pair => pair.Key.Field == field && pair.Key.Record.StartsWith(type + " ", StringComparison.Ordinal)).Select(pair => pair.Value)];
}
