using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Flags and notes that stand beside a value, of which one interface knows nothing: it takes none away while it tells of the same value.</summary>
public sealed class BesideTheValueTests
{
    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);
    private int _day = 1;

    [Fact]
    public void What_one_interface_does_not_have_is_not_cleared_by_it_and_telling_again_changes_nothing()
    {
        Feed("102", "H", "fasting");
        Results("102");
        Fhir("102");
        (Field("value.flags"), Field("value.notes"), Field("value.range")).Should().Be(("high", "fasting", "70-99"));
        var told = _shelf.Values();
        for (var round = 0; round < 2; round++)
        {
            Feed("102", "H", "fasting");
            Results("102");
            Fhir("102");
        }

        _shelf.Values().Should().Equal(told);
    }

    [Fact]
    public void Another_value_stands_without_the_flags_and_notes_of_the_former_one()
    {
        Feed("102", "H", "fasting");
        Fhir("90");

        (Field("value.text"), Field("value.flags"), Field("value.notes"), Field("value.range")).Should().Be(("90", null, null, null));
    }

    [Fact]
    public void Who_said_a_flag_takes_it_away()
    {
        Feed("102", "H", "fasting");
        Feed("102", "", "");
        (Field("value.flags"), Field("value.notes")).Should().Be((null, null));

        Fhir("102", ""","interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}]""");
        Results("102");
        Field("value.flags").Should().Be("high");
        Fhir("102");
        Field("value.flags").Should().BeNull();
    }

    [Fact]
    public void The_N_of_a_text_is_no_flag_and_that_of_a_number_is()
    {
        Results("none seen", ""","abnormalflag":"N","abnormalhl7code":"" """);
        Field("value.flags").Should().BeNull();

        Results("102", ""","abnormalflag":"N" """);
        Field("value.flags").Should().Be("normal");
    }

    private string? Field(string name) => _shelf.Values().Where(pair => pair.Key.Record.StartsWith("observation ", StringComparison.Ordinal) && pair.Key.Field == name).Select(pair => pair.Value).SingleOrDefault();

    private void Feed(string value, string flag, string note)
    {
        var at = Instant.FromUtc(2026, 1, ++_day, 0, 0);
        var said = note.Length == 0 ? "" : $"NTE|1||{note}\r";
        var body = $"MSH|^~\\&|ATHENANET|195900|PS||202601050930||ORU^R01|7|P|2.3.1\rPID|1||34772^^^ATHENA||DOE^JANE||19750822|F\rOBR|1||5501|24323-8^Panel^LN|||202601010800||||||||||||||||||F\rOBX|1|NM|2345-7^Glucose^LN||{value}|mg/dL|70-99|{flag}|||F\r{said}";
        Apply(_reader.Read(Hl7Message.Parse(Encoding.ASCII.GetBytes(body)), new ReadContext(at, at)));
    }

    private void Results(string value, string more = "") =>
        Apply($$"""{"results":[{"labresultid":"5501","description":"Panel","resultstatus":"FINAL","analytes":[{"analyteid":"71","analytename":"Glucose","loinc":"2345-7","value":"{{value}}","units":"mg/dL"{{more}}}]}]}""");

    private void Fhir(string value, string more = "") => Apply(
        $$$"""{"resourceType":"Observation","id":"o-1","status":"final","subject":{"reference":"Patient/34772"},"code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}],"text":"Glucose"},"basedOn":[{"identifier":{"value":"5501"}}],"valueQuantity":{"value":{{{value}}},"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}{{{more}}}}""");

    private void Apply(string document) => Apply(_reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "GET /chart/34772/labresults", new ReadContext(Instant.FromUtc(2026, 1, ++_day, 0, 0))));

    private void Apply(MappedMessage read) => _shelf.Apply(read, read.EventTime).Should().BeTrue();
}
