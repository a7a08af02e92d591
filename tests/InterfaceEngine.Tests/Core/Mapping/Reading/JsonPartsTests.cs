using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Header <c>each:</c> for documents: every element of a list makes a record beside the one of the whole.</summary>
public sealed class JsonPartsTests
{
    private const string Rows = """
        | Practice Studio | FHIR R4                              | athenaNet                    | As          | Rule |
        |-----------------|--------------------------------------|------------------------------|-------------|------|
        | id              | read: id & '/' & first(code.text,'') | read: first(id, '') & '/' & name | text    | key  |
        | patient_id      | 'P'                                  | 'P'                          | ref patient |      |
        | what            | code.text                            | name                         | text        |      |
        | value           | valueString                          | value                        | text        |      |
        | note            | note.text                            | note                         | text        |      |
        | mark            | extension[url=m].valueString         |                              | text        |      |

        ## Messages

        | Message          | Does             | Sets |
        |------------------|------------------|------|
        | FHIR Observation | create or update |      |
        | GET /things      | create or update |      |

        """;

    [Fact]
    public void What_an_element_can_say_is_read_of_it_alone_and_the_rest_of_the_whole()
    {
        var read = Read("FHIR R4 component", """
            { "resourceType": "Observation", "id": "1", "code": { "text": "all" }, "valueString": "of all", "note": { "text": "shared" }, "extension": [ { "url": "m", "valueString": "x" } ],
              "component": [ { "code": { "text": "one" }, "valueString": "a", "extension": [ { "url": "m", "valueString": "of one" } ] }, { "code": { "text": "two" } }, null, "no object" ] }
            """);

        Texts(read, "what").Should().Equal("all", "one", "two");
        Texts(read, "value").Should().Equal("of all", "a", null);
        Texts(read, "note").Should().Equal("shared", "shared", "shared");
        Texts(read, "mark").Should().Equal("x", "x", "x");
        read.Records.Select(record => record.Part).Should().Equal(null, "component[1]", "component[2]");
    }

    [Fact]
    public void Of_athenaNet_an_element_says_what_it_has_and_the_whole_what_it_has_not()
    {
        var read = Read("athenaNet lines", """{ "name": "all", "value": "of all", "note": "shared", "lines": [ { "name": "one" }, { "name": "two", "value": "b", "note": null } ] }""");

        Texts(read, "what").Should().Equal("all", "one", "two");
        Texts(read, "value").Should().Equal("of all", "of all", "b");
        Texts(read, "note").Should().Equal("shared", "shared", null);
        read.Records[2]["note"].IsCleared.Should().BeTrue();
    }

    [Fact]
    public void An_element_without_a_list_round_it_is_the_only_one() =>
        Texts(Read("athenaNet lines", """{ "name": "all", "lines": { "name": "one" } }"""), "what").Should().Equal("all", "one");

    [Fact]
    public void Lists_in_a_list_are_gone_through_and_numbered_on()
    {
        var read = Read("athenaNet lines", """{ "name": "all", "lines": [ [ { "name": "one" }, { "name": "two" } ], [], [ [ { "name": "three" } ] ], { "name": "four" } ] }""");

        Texts(read, "what").Should().Equal("all", "one", "two", "three", "four");
        read.Records.Select(record => record.Part).Should().Equal(null, "lines[1]", "lines[2]", "lines[3]", "lines[4]");
    }

    [Fact]
    public void Of_athenaNet_whose_answers_differ_there_may_be_several_lists()
    {
        var read = Read("athenaNet lines, athenaNet readings", """{ "name": "all", "readings": [ [ { "name": "r" } ] ], "lines": [ { "name": "one" } ] }""");

        Texts(read, "what").Should().Equal("all", "one", "r");
        read.Records.Select(record => record.Part).Should().Equal(null, "lines[1]", "readings[1]");
    }

    [Fact]
    public void A_list_of_a_resource_that_R4_does_not_describe_so_says_what_it_has() =>
        Texts(Read("FHIR R4 piece", """{ "resourceType": "Observation", "id": "1", "code": { "text": "all" }, "piece": [ { "valueString": "a" } ] }"""), "what").Should().Equal("all", "all");

    [Fact]
    public void The_place_of_a_value_is_that_of_the_element()
    {
        const string Document = """{ "resourceType": "Observation", "id": "1", "code": { "text": "all" }, "component": [ { "code": { "text": "one" }, "valueString": "a" } ] }""";

        var field = Read("FHIR R4 component", Document).Records[1].Fields.Single(one => one.Definition.Name == "value");

        Document.Substring(field.Place.Offset, field.Place.Length).Should().Be("\"a\"");
    }

    [Theory]
    [InlineData("component")]
    [InlineData("FHIR R4 component, FHIR R4 other")]
    [InlineData("athenaNet lines, athenaNet lines")]
    [InlineData("HL7 v2 component")]
    [InlineData("CSV component")]
    [InlineData("FHIR R4 a.b")]
    [InlineData("OBX, OBR")]
    [InlineData("Rule component")]
    public void What_is_no_segment_and_no_list_of_a_format_is_refused(string each) =>
        DesignExample.Load(("athenahealth/note.map.md", Map(each))).Problems.Select(problem => problem.ToText())
            .Should().ContainSingle(text => text.Contains("MAP102 each: can't be", StringComparison.Ordinal) && text.Contains("each: OBX, FHIR R4 component.", StringComparison.Ordinal));

    private static IEnumerable<string?> Texts(MappedMessage read, string field) => read.Records.Select(record => record[field].Text);

    private static MappedMessage Read(string each, string document)
    {
        var set = DesignExample.Load(("athenahealth/note.map.md", Map(each)));
        set.Problems.Where(problem => problem.File == "athenahealth/note.map.md" && problem.Severity > MappingSeverity.Note).Should().BeEmpty();
        return new PracticeReader(set.For("1959")!).Read(JsonBody.Parse(Encoding.UTF8.GetBytes(document)), "GET /things", new ReadContext(Instant.FromUtc(2026, 1, 5, 12, 0)));
    }

    private static string Map(string each) => DesignExample.Map(Rows, $"map: note\neach: {each}");
}
