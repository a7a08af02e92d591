using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Tests.Intake;

/// <summary>
/// Two values of one code in one order, which a feed tells apart by sub-id or by order, athenaNet by order and FHIR by ids of its own. They are two records, whoever tells of
/// them, where what they hold says which is which.
/// </summary>
public sealed class SeveralValuesTests
{
    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    public static TheoryData<string> Orders =>
    [
        .. from feed in new[] { "feed", "plain feed" }
           from order in new[] { "?,athenanet,fhir", "?,fhir,athenanet", "athenanet,?,fhir", "athenanet,fhir,?", "fhir,?,athenanet", "fhir,athenanet,?" }
           select order.Replace("?", feed, StringComparison.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Orders))]
    public void They_are_two_records_and_a_correction_reaches_the_one_that_is_meant(string order)
    {
        var ways = order.Split(',');

        // All of it twice: what was joined stays so.
        foreach (var way in ways.Concat(ways))
        {
            Tell(way, "Normal", "No blasts seen");
            Values("value.text").Should().BeEquivalentTo(["Normal", "No blasts seen"]);
        }

        // Whoever tells first of a correction: the others tell the same later, each by names of its own.
        foreach (var way in Enumerable.Reverse(ways))
        {
            Tell(way, "Normal", "Blasts seen");
            Pairs("value.text").Should().BeEquivalentTo(["o-1 Normal", "o-2 Blasts seen"], "{0} says which", way);
        }

        Pairs("former_value.text").Should().BeEquivalentTo(["o-2 No blasts seen"]);
        Pairs("other_code").Should().BeEquivalentTo(["o-1 71", "o-2 72"]);
        if (ways.Contains("feed"))
        {
            Pairs("sub_id").Should().BeEquivalentTo(["o-1 1", "o-2 2"]);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_resource_finds_its_value_in_whatever_order_resources_come(string order)
    {
        foreach (var way in order.Split(','))
        {
            Tell(way == "fhir" ? "fhir backwards" : way, "101", "140");
        }

        Pairs("value.text").Should().BeEquivalentTo(["o-1 101", "o-2 140"]);
        Values("value.text").Should().HaveCount(2);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Of_two_that_hold_the_same_any_will_do_but_not_where_a_sub_id_says_what_belongs_to_each(string order)
    {
        var ways = order.Split(',');
        foreach (var way in ways.Concat(ways))
        {
            Tell(way, "101", "101");
        }

        Values("value.text").Should().HaveCount(ways.Contains("feed") ? 4 : 2);
        Values("resource_id").Should().BeEquivalentTo(["o-1", "o-2"]);
        Pairs("other_code").Should().HaveCount(2).And.OnlyContain(pair => pair.StartsWith("o-", StringComparison.Ordinal), "athenaNet and FHIR have no sub-ids");
    }

    [Theory]
    [InlineData("101", "140", "101", "150")]
    [InlineData("101", "", "101", "140")]
    public void What_holds_something_else_or_nothing_yet_stays_apart(string first, string second, string one, string other)
    {
        Tell("feed", first, second);
        Tell("fhir", one, other);

        // Of the two only a value that nobody else can be is found; one of which nothing is known yet may be either.
        Values("resource_id").Should().BeEquivalentTo(["o-1", "o-2"]);
        Records().Should().HaveCount(second.Length == 0 ? 4 : 3);
        Values("value.text").Should().Contain([first, one, other]);
    }

    [Fact]
    public void A_value_alone_in_its_code_is_found_whatever_its_sub_id_if_it_holds_the_same()
    {
        Feed(Obx("101", "1"));
        Tell(Value("o-1", "101"));
        Records().Should().ContainSingle();

        Tell(Value("o-1", "120"));
        Pairs("sub_id").Should().Equal("o-1 1");
        Values("value.text").Should().Equal("120");
    }

    [Fact]
    public void A_value_of_another_unit_is_another()
    {
        Tell("plain feed", "101", "140");
        Tell(Value("o-1", "101", "mmol/L"));

        Records().Should().HaveCount(3);
    }

    [Fact]
    public void A_feeds_value_with_a_sub_id_is_not_its_own_without_one()
    {
        Feed(Obx("101"));
        Feed(Obx("101"), Obx("101", "1"));

        Records().Should().HaveCount(2);
    }

    [Theory]
    [InlineData("plain feed")]
    [InlineData("athenanet")]
    public void A_list_in_another_order_or_with_one_more_changes_nothing_of_the_others(string way)
    {
        Tell(way, "101", "140");
        var before = Pairs("value.text", "key");

        Tell(way, "140", "101");
        Pairs("value.text", "key").Should().Equal(before);

        Tell(way, "90", "101", "140");
        Pairs("value.text", "key").Should().Contain(before).And.HaveCount(3);

        Tell(way, "90", "101", "150");
        Values("value.text").Should().BeEquivalentTo(["90", "101", "150"]);
        Values("former_value.text").Should().Equal("140");
    }

    [Fact]
    public void Of_more_than_a_person_writes_the_order_alone_tells_which_is_which()
    {
        var values = Enumerable.Range(1, 201).Select(number => $"{number}").ToArray();
        Tell("athenanet", values);
        Tell("athenanet", [.. Enumerable.Reverse(values)]);

        Records().Should().HaveCount(201);
        Values("former_value.text").Should().HaveCount(200, "the one in the middle is where it was");
    }

    [Fact]
    public void Of_two_that_held_the_same_a_list_corrects_the_one_that_changed()
    {
        Tell("athenanet", "101", "101");
        Tell("athenanet", "101", "140");
        Tell("fhir", "101", "140");

        Pairs("value.text").Should().BeEquivalentTo(["o-1 101", "o-2 140"]);
        Pairs("former_value.text").Should().Equal("o-2 101");
    }

    private void Tell(string way, params string[] values)
    {
        switch (way)
        {
            case "feed":
                Feed([.. values.Select((value, index) => Obx(value, $"{index + 1}"))]);
                break;
            case "plain feed":
                Feed([.. values.Select(value => Obx(value))]);
                break;
            case "athenanet":
                var analytes = values.Select((value, index) => $$"""{"analyteid":"{{71 + index}}","analytename":"Leukocyte morphology","loinc":"11156-7","value":"{{value}}"{{(IsNumber(value) ? ",\"units\":\"mg/dL\"" : "")}}}""");
                Apply(Read($$"""{"results":[{"labresultid":"5501","description":"Blood count","resultstatus":"FINAL","analytes":[{{string.Join(',', analytes)}}]}]}""", "GET /chart/34772/labresults"));
                break;
            default:
                var resources = values.Select((value, index) => Value($"o-{index + 1}", value));
                foreach (var resource in way == "fhir backwards" ? resources.Reverse() : resources)
                {
                    Tell(resource);
                }

                break;
        }
    }

    private static bool IsNumber(string value) => value.Length > 0 && char.IsAsciiDigit(value[0]);

    private static string Obx(string value, string sub = "") => $"OBX|1|{(IsNumber(value) ? "NM" : "ST")}|11156-7^Leukocyte morphology^LN|{sub}|{value}|{(IsNumber(value) ? "mg/dL" : "")}||N|||F";

    private static string Value(string id, string value, string unit = "mg/dL") => $$"""
        {"resourceType":"Observation","id":"{{id}}","status":"final","subject":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://loinc.org","code":"11156-7"}],"text":"Leukocyte morphology"},
         "basedOn":[{"identifier":{"value":"5501"} }],{{(IsNumber(value) ? $$"""
            "valueQuantity":{"value":{{value}},"unit":"{{unit}}","system":"http://unitsofmeasure.org","code":"{{unit}}"}
            """ : $"\"valueString\":\"{value}\"")}} }
        """;

    private void Feed(params string[] segments) => Apply(_reader.Read(
        Hl7Message.Parse(Encoding.ASCII.GetBytes(
            $"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ORU^R01|7|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\rOBR|1||5501|58410-2^Blood count^LN|||202601010800||||||||||||||||||F\r{string.Join('\r', segments)}\r")),
        new ReadContext(At(), At())));

    private void Tell(string resource) => Apply(Read(resource));

    private MappedMessage Read(string document, string call = "") => _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), call, new ReadContext(At()));

    private Instant At() => Instant.FromUtc(2026, 1, 1, 0, 0) + Duration.FromHours(_day);

    private void Apply(MappedMessage read)
    {
        _day++;
        _shelf.Apply(read, read.EventTime).Should().BeTrue();
    }

    private List<string> Records() => [.. _shelf.Values().Keys.Where(key => key.Record.StartsWith("observation ", StringComparison.Ordinal)).Select(key => key.Record).Distinct()];

    private List<string> Values(string field) => [.. _shelf.Values().Where(pair => pair.Key.Field == field && pair.Key.Record.StartsWith("observation ", StringComparison.Ordinal)).Select(pair => pair.Value)];

    /// <summary>A field's value of each record that has one, behind the resource of the record, or behind its first name.</summary>
    private List<string> Pairs(string field, string by = "resource_id") =>
        [.. Records().Where(record => _shelf.Values().ContainsKey((record, field))).Select(record => $"{(by == "key" ? record : _shelf.Values().GetValueOrDefault((record, by)))} {_shelf.Values()[(record, field)]}").Order(StringComparer.Ordinal)];
}
