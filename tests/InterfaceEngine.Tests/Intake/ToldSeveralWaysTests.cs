using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Tests.Intake;

/// <summary>One value that a feed, athenaNet's list and FHIR tell by turns was never corrected, and a correction is seen whichever of them tells of it.</summary>
public sealed class ToldSeveralWaysTests
{
    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    public static TheoryData<string> Orders => new("feed athenanet fhir", "feed fhir athenanet", "athenanet feed fhir", "athenanet fhir feed", "fhir feed athenanet", "fhir athenanet feed");

    [Theory]
    [MemberData(nameof(Orders))]
    public void What_was_told_first_stays_and_nothing_is_former(string order)
    {
        var ways = order.Split(' ');
        Tell(ways[0], "102.0");
        var first = Value();

        foreach (var way in ways[1..].Concat(ways))
        {
            Tell(way, "102.0");
            Value().Should().Equal(first, "{0} tells of the same value", way);
        }

        first.Select(one => one.Key).Should().Contain(["value.quantity", "value.text", "value.unit"]).And.NotContain(name => name.StartsWith("former_value.", StringComparison.Ordinal));
        (first["value.text"], first["value.unit"], first["value.type"]).Should().Be(("102.0", "mg/dL", "number"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_number_below_what_can_be_measured_is_one_whoever_tells_it(string order)
    {
        var ways = order.Split(' ');
        Tell(ways[0], "<0.40");
        var first = Value();

        foreach (var way in ways[1..].Concat(ways))
        {
            Tell(way, "<0.40");
            Value().Should().Equal(first, "{0} tells of the same value", way);
        }

        (first["value.text"], first["value.unit"], first["value.type"]).Should().Be(("<0.40", "mg/dL", "number"));
    }

    [Theory]
    [InlineData("feed fhir", "100-200")]
    [InlineData("fhir feed", "100-200")]
    [InlineData("feed fhir", "1:128")]
    [InlineData("fhir feed", "1:128")]
    public void A_range_and_a_titre_are_one_by_feed_and_FHIR(string order, string value)
    {
        var ways = order.Split(' ');
        Tell(ways[0], value);
        var first = Value();

        foreach (var way in ways[1..].Concat(ways))
        {
            Tell(way, value);
            Value().Should().Equal(first, "{0} tells of the same value", way);
        }

        (first["value.text"], first["value.type"]).Should().Be((value, "structured"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_correction_is_seen_and_is_one(string order)
    {
        var ways = order.Split(' ');
        Tell(ways[0], "102");

        foreach (var way in ways[1..].Append(ways[0]))
        {
            Tell(way, "120");
        }

        (Value()["value.text"], Value()["former_value.text"], Value()["former_value.unit"]).Should().Be(("120", "102", "mg/dL"));
        Value()["value.quantity"].Should().StartWith("120 mg/dL");
    }

    [Fact]
    public void Another_unit_is_another_value()
    {
        Tell("feed", "102");
        Tell("fhir", "102", "mmol/L");

        Value()["value.quantity"].Should().Be("102 mmol/L|http://unitsofmeasure.org");
        Value()["former_value.unit"].Should().Be("mg/dL");
    }

    private void Tell(string way, string value, string unit = "mg/dL")
    {
        var at = Instant.FromUtc(2026, 1, ++_day, 0, 0);
        var read = way switch
        {
            "feed" => _reader.Read(
                Hl7Message.Parse(Encoding.ASCII.GetBytes($"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ORU^R01|7|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\rOBR|1||5501|24323-8^Panel^LN|||202601010800||||||||||||||||||F\rOBX|1|{(IsPlain(value) ? "NM" : "SN")}|2345-7^Glucose^LN||{Structured(value)}|{Unit(value, unit)}|||||F\r")),
                new ReadContext(at, at)),
            "athenanet" => Read($$"""{"results":[{"labresultid":"5501","description":"Panel","resultstatus":"FINAL","analytes":[{"analyteid":"71","analytename":"Glucose","loinc":"2345-7","value":"{{value}}","units":"{{unit}}"}]}]}""", "GET /chart/34772/labresults", at),
            _ => Read(
                $$$"""{"resourceType":"Observation","id":"o-1","status":"final","subject":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}],"text":"Glucose"},"basedOn":[{"identifier":{"value":"5501"}}],{{{Fhir(value, unit)}}}}""", "", at),
        };
        _shelf.Apply(read, read.EventTime).Should().BeTrue();
    }

    private static bool IsPlain(string value) => char.IsAsciiDigit(value[0]) && value.AsSpan().IndexOfAny("-:") < 0;

    /// <summary>A titre has no unit.</summary>
    private static string Unit(string value, string unit) => value.Contains(':', StringComparison.Ordinal) ? "" : unit;

    /// <summary>As HL7 writes it: <c>&lt;^0.40</c>, <c>^100^-^200</c>.</summary>
    private static string Structured(string value) => IsPlain(value) ? value : value[0] == '<' ? $"<^{value[1..]}" : $"^{value.Replace("-", "^-^", StringComparison.Ordinal).Replace(":", "^:^", StringComparison.Ordinal)}";

    private static string Fhir(string value, string unit)
    {
        string Quantity(string number) => $$"""{"value":{{number}},"unit":"{{unit}}","system":"http://unitsofmeasure.org","code":"{{unit}}"}""";
        return value.Split('-', ':') switch
        {
            [var low, var high] when value.Contains('-', StringComparison.Ordinal) => $$"""
                "valueRange":{"low":{{Quantity(low)}},"high":{{Quantity(high)}} }
                """,
            [var numerator, var denominator] => $$$"""
                "valueRatio":{"numerator":{"value":{{{numerator}}}},"denominator":{"value":{{{denominator}}}}}
                """,
            _ when value[0] == '<' => $$"""
                "valueQuantity":{"comparator":"<",{{Quantity(value[1..])[1..]}}
                """,
            _ => $"\"valueQuantity\":{Quantity(value)}",
        };
    }

    private MappedMessage Read(string document, string call, Instant at) => _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), call, new ReadContext(at));

    /// <summary>What is stored of the value, and of the one before.</summary>
    private SortedDictionary<string, string> Value() => new(
        _shelf.Values().Where(pair => pair.Key.Record.StartsWith("observation ", StringComparison.Ordinal) && pair.Key.Field.Contains("value.", StringComparison.Ordinal)).ToDictionary(pair => pair.Key.Field, pair => pair.Value),
        StringComparer.Ordinal);
}
