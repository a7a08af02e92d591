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

/// <summary>A vendor's insurance keeps its id while the plan changes: what the patient had before stays what it was, and has ended.</summary>
public sealed class MovingIdsTests
{
    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    [Fact]
    public void An_insurance_that_a_feed_has_ended_is_not_overwritten_by_the_one_that_replaced_it()
    {
        Feed("OLD");
        Tell(Coverage("c-1", "OLD"));
        Feed("NEW");
        Tell(Coverage("c-1", "NEW"));

        Plans().Should().Equal("NEW c-1 ", "OLD  2026-01-04T00:00:00Z");
        Field("OLD", "plan_name").Should().Be("Plan OLD");
        Field("NEW", "plan_name").Should().Be("Plan NEW");
    }

    [Fact]
    public void Where_a_resource_alone_tells_of_it_the_new_plan_is_another_insurance_and_the_former_has_ended()
    {
        Tell(Coverage("c-1", "OLD"));
        Tell(Coverage("c-1", "NEW"));

        Plans().Should().Equal("NEW c-1 ", "OLD  2026-01-03T00:00:00Z");

        Feed("NEW");
        Plans().Should().Equal(["NEW c-1 ", "OLD  2026-01-03T00:00:00Z"], "the feed knows it by its plan and number");
    }

    [Fact]
    public void AthenaNets_number_goes_to_the_other_insurance_as_well()
    {
        Feed("OLD");
        Tell(Insurances("77", "OLD"));
        Feed("NEW");
        Tell(Insurances("77", "NEW"));

        Plans("insurance_id").Should().Equal("NEW 77 ", "OLD  2026-01-04T00:00:00Z");

        Tell(Insurances("77", "THIRD"));
        Plans("insurance_id").Should().Equal("NEW  2026-01-06T00:00:00Z", "OLD  2026-01-04T00:00:00Z", "THIRD 77 ");
    }

    [Theory]
    [InlineData("fhir")]
    [InlineData("athenanet")]
    public void Told_again_it_changes_nothing(string way)
    {
        string Say(string plan) => way == "fhir" ? Coverage("c-1", plan) : Insurances("c-1", plan);
        Feed("OLD");
        Tell(Say("OLD"));
        Feed("NEW");
        Tell(Say("NEW"));
        var before = _shelf.Values();

        Tell(Say("NEW"));
        Feed("NEW");
        Tell(Say("NEW"));

        _shelf.Values().Where(pair => pair.Key.Field != PatientList.ListedAt).Should().Equal(before);
    }

    [Fact]
    public void What_is_told_late_of_the_former_plan_leaves_the_id_where_it_is()
    {
        Tell(Coverage("c-1", "NEW"), day: 9);
        Tell(Coverage("c-1", "OLD"), day: 5);

        Plans().Should().Equal("NEW c-1 ", "OLD  2026-01-09T00:00:00Z");

        Tell(Coverage("c-1", "OLD"), day: 5);
        Plans().Should().Equal("NEW c-1 ", "OLD  2026-01-09T00:00:00Z");
    }

    [Fact]
    public void Who_goes_back_to_the_former_plan_has_that_insurance_again()
    {
        Tell(Coverage("c-1", "OLD"));
        Tell(Coverage("c-1", "NEW"));
        Tell(Coverage("c-1", "OLD"));

        Plans().Should().Equal("NEW  2026-01-04T00:00:00Z", "OLD c-1 ");
    }

    [Fact]
    public void What_another_way_told_of_since_stands_and_loses_the_id_alone()
    {
        Tell(Coverage("c-1", "OLD"), day: 2);
        Feed("OLD", day: 8);
        Tell(Coverage("c-1", "NEW"), day: 5);

        Plans().Should().Equal("NEW c-1 ", "OLD  ");
    }

    [Fact]
    public void A_member_number_that_was_not_known_makes_no_other_insurance_of_it()
    {
        Tell(Coverage("c-1", "OLD", member: null));
        Tell(Coverage("c-1", "OLD"));

        Plans().Should().Equal("OLD c-1 ");
        Field("OLD", "member_id").Should().Be("M100");
    }

    [Fact]
    public void A_member_number_that_is_another_is_another_insurance()
    {
        Tell(Coverage("c-1", "OLD"));
        Tell(Coverage("c-1", "OLD", "M200"));

        Plans().Should().BeEquivalentTo("OLD c-1 ", "OLD  2026-01-03T00:00:00Z");
    }

    [Fact]
    public void The_deletion_of_a_resource_withdraws_what_has_its_id_now()
    {
        Tell(Coverage("c-1", "OLD"));
        Tell(Coverage("c-1", "NEW"));
        Apply("""{"resourceType":"Bundle","type":"transaction","meta":{"lastUpdated":"2026-01-28T00:00:00Z"},"entry":[{"request":{"method":"DELETE","url":"Coverage/c-1"}}]}""", null);

        (Field("NEW", "retracted_at"), Field("OLD", "retracted_at")).Should().Be(("2026-01-28T00:00:00Z", null));
    }

    [Theory]
    [InlineData("OLD", false)]
    [InlineData("NEW", true)]
    public void What_was_stored_when_an_id_was_one_items_for_good_is_found_by_it_while_it_is_the_same_insurance(string plan, bool isAnother)
    {
        var (named, key) = (new RecordAlias("coverage", "athenanet", "77"), new RecordAlias("coverage", "athenahealth", string.Join(FieldValue.ListSeparator, "34772", "OLD", "M100", "77")));
        var old = Stored([key, named], ("patient_id", new EngineId(23).ToString()), ("insurance_id", "77"), ("plan_id", "OLD"), ("member_id", "M100"));

        var work = Work(Insurances("77", plan), old);

        work.Records.Count(record => record.IsCreated).Should().Be(isAnother ? 1 : 0);
        var left = work.Records.Single(record => record.Stored == old);
        (left.Current!["plan_id"], left.Current["insurance_id"], left.Current["ended_at"] is not null).Should().Be(("OLD", isAnother ? null : "77", isAnother));
    }

    /// <summary>Plan, id and end of each insurance.</summary>
    private List<string> Plans(string id = "resource_id") =>
        [.. Records().Select(record => $"{record.Value["plan_id"]} {record.Value.GetValueOrDefault(id)} {record.Value.GetValueOrDefault("ended_at")}").Order(StringComparer.Ordinal)];

    private string? Field(string plan, string field) => Records().Values.Single(record => record["plan_id"] == plan).GetValueOrDefault(field);

    private Dictionary<string, Dictionary<string, string>> Records() => _shelf.Values().Where(pair => pair.Key.Record.StartsWith("coverage ", StringComparison.Ordinal))
        .GroupBy(pair => pair.Key.Record).ToDictionary(record => record.Key, record => record.ToDictionary(pair => pair.Key.Field, pair => pair.Value));

    private static string Coverage(string id, string plan, string? member = "M100") => $$"""
        {"resourceType":"Coverage","id":"{{id}}","status":"active",{{(member is null ? "" : $"\"subscriberId\":\"{member}\",")}}"beneficiary":{"reference":"Patient/34772"},
         "class":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"plan"}]},"value":"{{plan}}","name":"Plan {{plan}}"}]}
        """;

    private static string Insurances(string id, string plan) => $$"""
        {"patientid":"34772","insurances":[{"insuranceid":"{{id}}","insurancepackageid":"{{plan}}","insuranceplanname":"Plan {{plan}}","insuranceidnumber":"M100","sequencenumber":"1"}]}
        """;

    private void Feed(string plan, int? day = null)
    {
        var at = Instant.FromUtc(2026, 1, day ?? ++_day, 0, 0);
        var body = Encoding.ASCII.GetBytes($"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ADT^A08|{_day}|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\rIN1|1|{plan}^Plan {plan}|1|Payer{new string('|', 32)}M100\r");
        Apply(_reader.Read(Hl7Message.Parse(body), new ReadContext(at, at)));
    }

    private void Tell(string document, int? day = null) => Apply(document, Instant.FromUtc(2026, 1, day ?? ++_day, 0, 0));

    private void Apply(string document, Instant? at) => Apply(Read(document, at));

    private MappedMessage Read(string document, Instant? at) =>
        _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "GET /patients/34772/insurances", new ReadContext(at ?? Instant.FromUtc(2026, 1, 30, 0, 0), at));

    private void Apply(MappedMessage read) => _shelf.Apply(read, read.EventTime).Should().BeTrue();

    private static StoredRecord Stored(RecordAlias[] aliases, params (string Name, string Value)[] fields) => new()
    {
        Id = new EngineId(5),
        Practice = "195900",
        Type = "coverage",
        Version = 1,
        Aliases = aliases,
        Fields = [.. fields.Select(field => new StoredField(field.Name, field.Value, new Cause(new EngineId(1), 1, "test", ""), null, ByteRange.None))],
    };

    private MessageWork Work(string document, StoredRecord stored)
    {
        var read = Read(document, Instant.FromUtc(2026, 1, 20, 0, 0));
        var patient = new StoredRecord { Id = new EngineId(23), Practice = "195900", Type = "patient", Version = 1, Aliases = [new RecordAlias("patient", "athenahealth", "34772")], Fields = [] };
        var asked = MessageWork.Query(read.Records, null).Aliases;
        var loaded = new LoadedRecords
        {
            ByAlias = stored.Aliases.Select(alias => (alias, stored)).Append((patient.Aliases[0], patient)).Where(pair => asked.Contains(pair.Item1)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            ByLookUp = new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>>(),
        };
        return MessageWork.Run("195900", ConflictRules.None, read, loaded, MergedPatients.None, new Cause(new EngineId(9), read.EventTime, "test", ""), new IdSource(TimeProvider.System, new Random(0)), Acceptance.None);
    }
}
