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

/// <summary>An order, a value or a visit of which a feed, athenaNet and FHIR tell is one record, and what any of them tells apart is not.</summary>
public sealed class JoiningTests
{
    private const string Order = """{"results":[{"labresultid":"5501","description":"Metabolic panel","resultstatus":"FINAL","analytes":[{"analyteid":"71","analytename":"Glucose","loinc":"2345-7","value":"101"}]}]}""";

    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    [Theory]
    [InlineData("feed", "athenanet", "fhir")]
    [InlineData("feed", "fhir", "athenanet")]
    [InlineData("athenanet", "feed", "fhir")]
    [InlineData("athenanet", "fhir", "feed")]
    [InlineData("fhir", "feed", "athenanet")]
    [InlineData("fhir", "athenanet", "feed")]
    public void An_order_and_its_value_are_one_whoever_tells_of_them_first(params string[] order)
    {
        // All of it twice: what was joined stays so.
        foreach (var way in order.Concat(order))
        {
            switch (way)
            {
                case "feed":
                    Feed(Obr("5501", "24323-8"), Obx("2345-7", "101"));
                    break;
                case "athenanet":
                    Tell(Order, "GET /chart/34772/labresults");
                    break;
                default:
                    Tell(Report("r-1", "5501", "24323-8"));
                    Tell(Value("o-1", "5501", "2345-7", "101"));
                    break;
            }
        }

        Values("result", "order_number").Should().Equal("5501");
        Values("result", "service_code").Should().Equal("24323-8");
        Values("result", "resource_id").Should().Equal("r-1");
        Values("observation", "code").Should().Equal("2345-7");
        Values("observation", "other_code").Should().Equal("71");
        Values("observation", "resource_id").Should().Equal("o-1");
    }

    [Fact]
    public void Two_services_of_one_number_are_two_orders_and_each_resource_is_one_of_them()
    {
        Feed(Obr("5501", "24323-8"), Obr("5501", "58410-2", 2));
        Tell(Report("r-2", "5501", "58410-2"));
        Tell(Report("r-1", "5501", "24323-8"));

        Records("result").Should().HaveCount(2);
        Values("result", "resource_id").Should().BeEquivalentTo(["r-1", "r-2"]);
    }

    [Fact]
    public void Of_two_laboratories_that_gave_one_number_nobody_knows_which_is_meant()
    {
        Feed(Obr("5501^WEST", "24323-8"));
        Feed(Obr("5501^EAST", "24323-8"));
        Tell(Report("r-1", "5501", "24323-8"));

        Records("result").Should().HaveCount(3);
    }

    [Fact]
    public void A_number_with_whose_it_is_is_not_the_number_alone_of_the_same_feed()
    {
        Feed(Obr("5501^WEST", "24323-8"));
        Feed(Obr("5501", "24323-8"));
        Feed(Obr("5501^EAST", "24323-8"));

        Records("result").Should().HaveCount(3);
    }

    [Fact]
    public void The_second_laboratory_does_not_take_the_order_that_the_first_shares_with_a_resource()
    {
        Tell(Report("r-1", "5501", "24323-8"));
        Feed(Obr("5501^WEST", "24323-8"));
        Feed(Obr("5501^EAST", "24323-8"));

        Records("result").Should().HaveCount(2);
    }

    [Fact]
    public void Two_resources_with_one_number_are_two()
    {
        Feed(Obr("5501", "24323-8"), Obx("2345-7", "101"));
        Tell(Value("o-1", "5501", "2345-7", "101"));
        Tell(Value("o-2", "5501", "2345-7", "140"));
        Tell(Report("r-1", "5501", "24323-8"));
        Tell(Report("r-2", "5501", "24323-8"));

        Values("observation", "resource_id").Should().BeEquivalentTo(["o-1", "o-2"]);
        Values("result", "resource_id").Should().BeEquivalentTo(["r-1", "r-2"]);
    }

    [Fact]
    public void A_value_of_no_known_order_is_one_of_its_own()
    {
        Feed(Obr("5501", "24323-8"), Obx("2345-7", "101"));
        Tell(Value("5501", "", "2345-7", "101"));

        Records("observation").Should().HaveCount(2);
    }

    [Fact]
    public void Another_patients_order_of_that_number_is_another()
    {
        Feed(Obr("5501", "24323-8"));
        Tell(Report("r-1", "5501", "24323-8").Replace("34772", "34773", StringComparison.Ordinal));

        Records("result").Should().HaveCount(2);
    }

    [Theory]
    [InlineData("athenahealth", "34772|r-1|24323-8|", "r-1")]
    [InlineData("athenahealth", "34772|5501||", null)]
    public void An_order_that_was_stored_by_another_key_is_the_one_that_a_feed_tells_of(string system, string key, string? resource)
    {
        var old = Stored(
            new RecordAlias("result", system, key.Replace('|', FieldValue.ListSeparator)),
            [("patient_id", new EngineId(23).ToString()), ("order_number", "5501"), .. resource is null ? Array.Empty<(string, string)>() : [("resource_id", resource)]]);

        Work(Said(Message(Obr("5501", "24323-8"))), old).Records.Should().ContainSingle(record => record.Current!.Type == "result").Which.Stored.Should().Be(old);
    }

    [Fact]
    public void An_analyte_that_was_stored_by_its_own_number_is_found_by_it_and_by_its_LOINC_code()
    {
        var old = Stored(
            new RecordAlias("observation", "athenahealth", string.Join(FieldValue.ListSeparator, "34772", "5501", "", "", "71", "")),
            [("patient_id", new EngineId(23).ToString()), ("order_number", "5501"), ("code", "71"), ("other_code", "2345-7")]);

        Work(Read(Order, "GET /chart/34772/labresults"), old).Records.Where(record => record.Current!.Type == "observation").Should().ContainSingle().Which.Stored.Should().Be(old);
        Work(Said(Message(Obr("5501", "24323-8"), Obx("2345-7", "101"))), old).Records.Where(record => record.Current!.Type == "observation").Should().ContainSingle().Which.Stored.Should().Be(old);
    }

    [Theory]
    [InlineData("o-1", "5501", false)]
    [InlineData("5501", "o-1", true)]
    public void A_list_that_names_fewer_than_before_is_looked_at_and_a_resource_which_names_just_one_is_not(string own, string other, bool isLookedAt)
    {
        RecordAlias[] names = [.. new[] { own, other }.Select(filler => new RecordAlias("observation", "athenahealth", $"34772|{filler}|||2345-7|".Replace('|', FieldValue.ListSeparator)))];
        var old = Stored(
            names[0],
            [("patient_id", new EngineId(23).ToString()), ("order_number", "5501"), ("resource_id", "o-1"), ("code", "2345-7"), ("value.text", "101"), ("value.unit", "mg/dL"), ("repeats", "2")]).WithAliases(names);
        var said = isLookedAt ? Read(Order.Replace("\"101\"", "\"120\"", StringComparison.Ordinal), "GET /chart/34772/labresults") : Read(Value("o-1", "5501", "2345-7", "120"));

        var work = Work(said, old);

        work.Records.Should().ContainSingle(record => record.Current!.Type == "observation").Which.Current!["value.text"].Should().Be("120");
        work.Notes.Any(note => note.Note.Code == ReconciliationCodes.FewerRepeats).Should().Be(isLookedAt);
    }

    [Theory]
    [InlineData("feed")]
    [InlineData("athenanet")]
    [InlineData("fhir")]
    public void A_visit_that_was_stored_under_the_id_in_its_frame_is_found_by_its_number(string way)
    {
        var old = Stored(new RecordAlias("encounter", "athenahealth", "a-195900.encounter-997681"), [("patient_id", new EngineId(23).ToString()), ("external_id", "a-195900.encounter-997681")]);
        var said = way switch
        {
            "feed" => Said($"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ADT^A03|7|P|2.3.1\rEVN|A03|202601050930\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\rPV1|1|O|1{new string('|', 16)}997681\r"),
            "athenanet" => Read("""{"encounterid":"997681","patientid":"34772","encounterstatus":"CLOSED"}""", "GET /chart/encounter/997681"),
            _ => Read("""{"resourceType":"Encounter","id":"a-195900.encounter-997681","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/34772"}}"""),
        };

        var visit = Work(said, old).Records.Should().ContainSingle(record => record.Current!.Type == "encounter").Subject;
        visit.Stored.Should().Be(old);
        visit.Current!.Aliases.Should().Contain(new RecordAlias("encounter", "athenahealth", "997681"));
    }

    private static string Obr(string filler, string service, int number = 1) => $"OBR|{number}||{filler}|{service}^Panel^LN|||202601010800||||||||||||||||||F";

    private static string Obx(string code, string value, string sub = "") => $"OBX|1|NM|{code}^Glucose^LN|{sub}|{value}|mg/dL|||||F";

    private static string Report(string id, string filler, string service) => $$"""
        {"resourceType":"DiagnosticReport","id":"{{id}}","status":"final","subject":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://loinc.org","code":"{{service}}"}]},
         "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FILL"}]},"value":"{{filler}}"}]}
        """;

    private static string Value(string id, string filler, string code, string value) => $$"""
        {"resourceType":"Observation","id":"{{id}}","status":"final","subject":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://loinc.org","code":"{{code}}"}],"text":"Glucose"},
         "basedOn":[{"identifier":{"value":"{{filler}}"} }],"valueQuantity":{"value":{{value}},"unit":"mg/dL"} }
        """;

    private static string Message(params string[] segments) =>
        $"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ORU^R01|7|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\r{string.Join('\r', segments)}\r";

    private void Feed(params string[] segments)
    {
        _day++;
        Apply(Said(Message(segments)));
    }

    private void Tell(string document, string call = "")
    {
        _day++;
        Apply(Read(document, call));
    }

    private MappedMessage Said(string message) => _reader.Read(Hl7Message.Parse(Encoding.ASCII.GetBytes(message)), new ReadContext(Instant.FromUtc(2026, 1, _day, 0, 0), Instant.FromUtc(2026, 1, _day, 0, 0)));

    private MappedMessage Read(string document, string call = "") => _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), call, new ReadContext(Instant.FromUtc(2026, 1, _day, 0, 0)));

    private void Apply(MappedMessage read) => _shelf.Apply(read, read.EventTime).Should().BeTrue();

    private static StoredRecord Stored(RecordAlias alias, (string Name, string Value)[] fields) => new()
    {
        Id = new EngineId(5),
        Practice = "195900",
        Type = alias.Type,
        Version = 1,
        Aliases = [alias],
        Fields = [.. fields.Select(field => new StoredField(field.Name, field.Value, new Cause(new EngineId(1), 1, "test", ""), null, ByteRange.None))],
    };

    /// <summary>What a message does to a record of the patient that is stored, and found by its number as the store finds it.</summary>
    private static MessageWork Work(MappedMessage read, StoredRecord stored)
    {
        var patient = new StoredRecord { Id = new EngineId(23), Practice = "195900", Type = "patient", Version = 1, Aliases = [new RecordAlias("patient", "athenahealth", "34772")], Fields = [] };
        var lookUps = stored["order_number"] is { } number ? new Dictionary<LookUpKey, IReadOnlyList<StoredRecord>> { [new LookUpKey(stored.Type, "order_number", number)] = [stored] } : [];
        var query = MessageWork.Query(read.Records, null);
        var loaded = new LoadedRecords
        {
            ByAlias = new[] { patient, stored }.Where(record => query.Aliases.Contains(record.Aliases[0])).ToDictionary(record => record.Aliases[0]),
            ByLookUp = lookUps.Where(pair => query.LookUps.Contains(pair.Key)).ToDictionary(),
        };
        return MessageWork.Run("195900", ConflictRules.None, read, loaded, MergedPatients.None, new Cause(new EngineId(9), read.EventTime, "test", ""), new IdSource(TimeProvider.System, new Random(0)), Acceptance.None);
    }

    private List<string> Records(string type) => [.. _shelf.Values().Keys.Where(key => key.Record.StartsWith(type + " ", StringComparison.Ordinal)).Select(key => key.Record).Distinct()];

    private List<string> Values(string type, string field) => [.. _shelf.Values().Where(pair => pair.Key.Field == field && pair.Key.Record.StartsWith(type + " ", StringComparison.Ordinal)).Select(pair => pair.Value)];
}
