using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Values;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Tests.Core.Mapping.Values;
using InterfaceEngine.Tests.Core.Mapping.Writing;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Places whose id stands in a frame: <c>id like 'a-{practice}.E-{}'</c>, of practice 1959.</summary>
public sealed class FramedIdTests
{
    [Theory]
    [InlineData("a-1959.E-12345", "12345", null)]
    [InlineData("12345", "12345", null)]
    [InlineData("a-77.E-12345", "(kept)", MappingCodes.Frame)]
    public void A_place_with_a_frame_counts_before_one_without(string id, string expected, string? note)
    {
        var read = Read("id like 'a-{practice}.E-{}' or id", $$"""{ "resourceType": "Note", "key": "1", "id": "{{id}}" }""");

        read.Records.Single()["text"].ToString().Should().Be(expected);
        read.Notes.Select(one => one.Code).Should().Equal(note is null ? [] : [note]);
        read.Notes.Should().NotContain(one => one.Reason.Contains("12345", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_only_the_frame_may_stand_another_text_is_refused()
    {
        var read = Read("id like 'a-{practice}.E-{}'", """{ "resourceType": "Note", "key": "1", "id": "12345" }""");

        read.Records.Single()["text"].IsAbsent.Should().BeTrue();
        read.Notes.Single().Should().Match<MappingNote>(note => note.Code == MappingCodes.Frame && note.Reason == "not an id in its frame." && note.Found == "12345");
    }

    [Fact]
    public void A_reference_has_the_frame_round_its_id_alone() =>
        Read("subject[reference=Patient/*].reference like 'a-{practice}.E-{}'", """{ "resourceType": "Note", "key": "1", "subject": { "reference": "https://host/r4/Patient/a-1959.E-7/_history/2" } }""")
            .Records.Single()["text"].Text.Should().Be("7");

    [Fact]
    public void It_is_written_with_the_frame_of_the_first_place() =>
        Write(null).Should().Be("""{"resourceType":"Patient","id":"a-195900.E-34772","name":[{"use":"official","family":"Doe","given":["Jane"]}],"birthDate":"1975-08-22","gender":"female"}""");

    [Fact]
    public void Over_what_the_receiver_holds_a_plain_id_that_says_the_same_stays() =>
        Write(JsonBody.Parse("""{"resourceType":"Patient","id":"34772","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1975-08-22","gender":"female"}"""u8.ToArray()))
            .Should().StartWith("""{"resourceType":"Patient","id":"34772",""");

    [Fact]
    public void Under_As_it_holds_for_every_format_and_also_for_a_text()
    {
        var type = ValueTypes.Of(new AsClause("text", null, null, null, "a-1959.E-{}"), "US");

        new Reader(MapFormat.Csv).Read(type, "a-1959.E-12345").Should().Be("12345");
        new Reader(MapFormat.Csv).Refuses(type, "12345", MappingCodes.Frame);
        type.Write("12345", new WritingScope(MapFormat.Csv, DateTimeZone.Utc, _ => null)).Should().Be("a-1959.E-12345");
    }

    private static MappedMessage Read(string cell, string document)
    {
        var set = DesignExample.Load(("athenahealth/note.map.md", DesignExample.Map($"| Practice Studio | FHIR R4 | As | Rule |\n|---|---|---|---|\n| id | key | text | key |\n| text | {cell} | text | |\n\n## Messages\n\n| Message | Does | Sets |\n|---|---|---|\n| FHIR Note | create or update | |")));
        set.Problems.Where(problem => problem.File == "athenahealth/note.map.md").Should().BeEmpty();
        return new PracticeReader(set.For("1959")!).Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "", new ReadContext(Instant.FromUtc(2026, 1, 5, 12, 0)));
    }

    private static string Write(JsonBody? over)
    {
        var written = new PracticeWriter(Clinic.Set.For("195900")!).Write(new OutgoingDocument
        {
            Message = "FHIR Patient",
            Record = Clinic.Patient(),
            ExternalIdOf = _ => "34772",
            Instant = Clinic.Header.Instant,
            Over = over,
        });
        written.Notes.Should().BeEmpty();
        return Encoding.UTF8.GetString(written.Body.Span);
    }
}
