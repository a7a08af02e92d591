using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

public sealed class JsonReadingTests
{
    [Theory]
    [InlineData("{'id': '1', 'v': 'Oak'}", "Oak")]
    [InlineData("{'id': '1', 'v': 12}", "12")]
    [InlineData("{'id': '1', 'v': 1.50}", "1.50")]
    [InlineData("{'id': '1', 'v': true}", "true")]
    [InlineData("{'id': '1', 'v': ['Oak']}", "Oak")]
    [InlineData("[{'id': 1, 'v': [['Oak']]}]", "Oak")]
    [InlineData("{'id': '1', 'v': {'text': 'Oak'}}", "Oak")]
    [InlineData("{'id': '1', 'v': null}", "(cleared)")]
    [InlineData("{'id': '1', 'v': ''}", "(kept)")]
    [InlineData("{'id': '1', 'v': '  '}", "(kept)")]
    [InlineData("{'id': '1', 'v': []}", "(kept)")]
    [InlineData("{'id': '1'}", "(kept)")]
    [InlineData("{'id': '1', 'v': {'a': 1}}", "(kept)")]
    public void athenaNet_is_read_as_loosely_as_it_is_written(string document, string value) =>
        Athena().Row("v", athena: "v").ReadJson(document).Records.Single()["v"].ToString().Should().Be(value);

    [Theory]
    [InlineData("'v': ['Oak', 'Elm']")]
    [InlineData("'v': [{'text': 'Oak'}, {'text': 'Elm'}]")]
    public void Of_several_values_of_athenaNet_the_first_is_taken_and_said_so(string values)
    {
        var read = Athena().Row("v", athena: "v").Row("w", athena: "v[#2]").ReadJson($"{{'id': '1', {values}}}");

        read.Records.Single()["v"].Text.Should().Be("Oak");
        read.Notes.Single().Should().BeEquivalentTo(new { Code = "MAP539", Field = "v", Reason = "a list of several where one value is read: the first was taken." });
    }

    [Theory]
    [InlineData("[#2]", "b")]
    [InlineData("[use=home]", "c")]
    [InlineData("[use=home?]", "c")]
    [InlineData("[use=old?]", "a")]
    [InlineData("[use!=home,use!=work]", "a")]
    [InlineData("[use=ho*]", "c")]
    [InlineData("[use:=work]", "a")]
    [InlineData("[use=temp]", "(kept)")]
    [InlineData("[#9]", "(kept)")]
    [InlineData("", "a")]
    [InlineData("[type.coding.code=X]", "d")]
    public void A_selector_picks_the_element(string selector, string value)
    {
        const string Document = "{'resourceType': 'T', 'id': '1', 'a': [{'v': 'a'}, {'use': 'work', 'v': 'b'}, {'use': 'home', 'v': 'c'}, {'use': 'work', 'type': {'coding': [{'code': 'Y'}, {'code': 'X'}]}, 'v': 'd'}]}";

        Fhir().Row("v", fhir: $"a{selector}.v").ReadJson(Document).Records.Single()["v"].ToString().Should().Be(value);
    }

    [Theory]
    [InlineData("Patient/12", "12")]
    [InlineData("Patient/12/_history/3", "12")]
    [InlineData("https://host/fhir/r4/Patient/12", "12")]
    [InlineData("https://host/Patient/fhir/Patient/12", "12")]
    [InlineData("Practitioner/12", "(kept)")]
    [InlineData("#p1", "(kept)")]
    [InlineData("notPatient/12", "(kept)")]
    [InlineData("urn:uuid:Patient/12", "(kept)")]
    public void A_reference_is_read_as_its_id(string reference, string value) =>
        Fhir().Row("v", fhir: "subject[reference=Patient/*].reference").ReadJson($"{{'resourceType': 'T', 'id': '1', 'subject': {{'reference': '{reference}'}}}}").Records.Single()["v"].ToString().Should().Be(value);

    [Fact]
    public void A_list_field_takes_every_element_that_fits_and_null_clears_it()
    {
        var map = Fhir().Row("v[]", fhir: "e[url=r].e[url=c].v");

        map.ReadJson("{'resourceType': 'T', 'id': '1', 'e': [{'url': 'x', 'e': [{'url': 'c', 'v': 'no'}]}, {'url': 'r', 'e': [{'url': 'c', 'v': 'a'}, {'url': 't', 'v': 'no'}, {'url': 'c', 'v': 'b'}, {'url': 'c', 'v': 'a'}]}]}")
            .Records.Single()["v"].ToString().Should().Be("a, b");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'e': null}").Records.Single()["v"].ToString().Should().Be("(cleared)");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'e': []}").Records.Single()["v"].ToString().Should().Be("(kept)");
    }

    [Fact]
    public void Null_among_values_holds_a_place_and_is_none() =>
        Fhir().Row("a.one", fhir: "line[#1]").Row("a.two", fhir: "line[#2]").ReadJson("{'resourceType': 'T', 'id': '1', 'line': [null, 'Apt 4']}")
            .Records.Single().Fields.Select(field => $"{field.Definition.Name} {field.Value}").Should().Equal("id 1", "a.one (cleared)", "a.two Apt 4");

    [Fact]
    public void A_code_is_found_by_the_systems_word_before_another_systems()
    {
        var map = Fhir().Codes("c", UnknownCode.Review, "yes=Y", "no=N").Row("v", fhir: "v", @as: "code c");

        map.ReadJson("{'resourceType': 'T', 'id': '1', 'v': {'coding': [{'system': 's', 'code': '?'}, {'code': 'N'}], 'text': 'Y'}}").Records.Single()["v"].Text.Should().Be("no");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'v': {'text': 'Y'}}").Records.Single()["v"].Text.Should().Be("yes");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'v': 'Y'}").Records.Single()["v"].Text.Should().Be("yes");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'v': {'coding': [{'code': '?'}]}}").Notes.Single().Code.Should().Be(MappingCodes.UnknownCode);
    }

    [Fact]
    public void A_quantity_is_read_with_comparator_unit_and_system()
    {
        var map = Fhir().Row("v", fhir: "valueQuantity", @as: "quantity");

        map.ReadJson("{'resourceType': 'T', 'id': '1', 'valueQuantity': {'value': 120.0, 'comparator': '<', 'unit': 'mmHg', 'system': 'http://unitsofmeasure.org', 'code': 'mm[Hg]'}}")
            .Records.Single()["v"].Text.Should().Be("<120.0 mm[Hg]|http://unitsofmeasure.org");
        map.ReadJson("{'resourceType': 'T', 'id': '1', 'valueQuantity': {'value': 1e999, 'unit': 'g'}}").Notes.Single().Code.Should().Be(MappingCodes.Number);
    }

    [Theory]
    [InlineData("'value': 5, 'code': 'mg'", "5 mg")]
    [InlineData("'value': 5, 'unit': 'milligram', 'code': 'mg'", "5 milligram")]
    [InlineData("'value': 5, 'unit': 'milligram', 'system': 'http://unitsofmeasure.org'", "5 milligram")]
    [InlineData("'value': 5, 'system': 'http://unitsofmeasure.org'", "5")]
    [InlineData("'value': 5, 'comparator': '=>', 'unit': 'mg'", "(kept)")]
    [InlineData("'value': 5, 'comparator': 'ad'", "(kept)")]
    public void A_quantity_loses_no_unit_and_makes_no_code_of_a_word(string quantity, string value) =>
        Fhir().Row("v", fhir: "valueQuantity", @as: "quantity").ReadJson($"{{'resourceType': 'T', 'id': '1', 'valueQuantity': {{{quantity}}}}}").Records.Single()["v"].ToString().Should().Be(value);

    [Fact]
    public void A_comparator_that_is_none_is_named() =>
        Fhir().Row("v", fhir: "valueQuantity", @as: "quantity").ReadJson("{'resourceType': 'T', 'id': '1', 'valueQuantity': {'value': 5, 'comparator': 'ad'}}").Notes.Single()
            .Should().BeEquivalentTo(new { Code = "MAP507", Reason = "not a quantity: its comparator is none of <=, >=, <, >.", Found = "ad", Consequence = "v kept." });

    [Fact]
    public void Two_places_are_joined_and_read_as_one() =>
        Athena().Row("v", athena: "date + starttime", @as: "instant").ReadJson("{'id': '1', 'date': '06/15/2023', 'starttime': '09:00'}").Records.Single()["v"].Text.Should().Be("2023-06-15T14:00:00Z");

    [Fact]
    public void A_condition_that_only_asks_of_HL7_says_nothing_of_a_document() =>
        Fhir().Row("v", hl7: "PID-2", fhir: "v", when: "HL7:PID-2 != HL7:PID-3").ReadJson("{'resourceType': 'T', 'id': '1', 'v': 'x'}").Records.Single()["v"].Text.Should().Be("x");

    [Fact]
    public void A_Bundle_and_an_envelope_make_a_record_of_each_object()
    {
        Fhir().ReadJson("{'resourceType': 'Bundle', 'entry': [{'resource': {'resourceType': 'T', 'id': '1'}}, {'resource': {'resourceType': 'Other', 'id': '2'}}, {'resource': {'resourceType': 'T', 'id': '3'}}]}")
            .Records.Select(record => record["id"].Text).Should().Equal("1", "3");
        Athena().ReadJson("{'things': [{'id': 1}, {'id': 2}], 'totalcount': 2, 'next': '/v1/1/things?offset=2'}").Records.Select(record => record["id"].Text).Should().Equal("1", "2");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("[1, 2]")]
    [InlineData("{'resourceType': 'Bundle', 'entry': [{'fullUrl': 'urn:x'}]}")]
    public void A_document_without_an_object_is_refused(string document)
    {
        var read = Athena().ReadJson(document);

        read.IsRejected.Should().BeTrue();
        read.Notes.Single().Should().BeEquivalentTo(new { Code = "MAP529", Reason = "the document holds no object that makes a record." });
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{'things': []}")]
    [InlineData("{'totalcount': 0, 'things': []}")]
    [InlineData("{'resourceType': 'Bundle', 'type': 'searchset', 'total': 0}")]
    [InlineData("{'resourceType': 'Bundle', 'entry': []}")]
    public void An_answer_that_found_nothing_is_no_fault(string document)
    {
        var read = Athena().ReadJson(document);

        read.Should().BeEquivalentTo(new { IsRejected = false, IsMapped = true, Records = Array.Empty<IncomingRecord>() });
        read.Notes.Single().Should().BeEquivalentTo(new { Severity = NoteSeverity.Note, Code = "MAP529", Reason = "the answer is empty: it makes no record." });
    }

    [Fact]
    public void The_only_page_need_not_say_that_it_is_one()
    {
        Athena().ReadJson("{'things': [{'id': 1}, {'id': 2}]}").Records.Select(record => record["id"].Text).Should().Equal("1", "2");
        Athena().ReadJson("{'id': 1, 'notes': [{'id': 2}]}").Records.Single()["id"].Text.Should().Be("1", "a record may have a list");
    }

    [Fact]
    public void A_resource_of_a_Bundle_has_its_own_time()
    {
        var read = Fhir().ReadJson("{'resourceType': 'Bundle', 'entry': [{'resource': {'resourceType': 'T', 'id': '1', 'meta': {'lastUpdated': '2023-06-01T10:00:00Z'}}}, {'resource': {'resourceType': 'T', 'id': '2', 'meta': {'lastUpdated': '2020-06-01T10:00:00Z'}}}, {'resource': {'resourceType': 'T', 'id': '3'}}]}");

        read.Records.Select(record => record.EventTime).Should().Equal(1685613600000, 1591005600000, 1893456000000);
        read.EventTime.Should().Be(1893456000000, "when it came");
    }

    [Fact]
    public void A_Bundle_is_as_old_as_it_says_itself_however_new_its_resources_are() =>
        Fhir().ReadJson("{'resourceType': 'Bundle', 'meta': {'lastUpdated': '2021-06-01T10:00:00Z'}, 'entry': [{'resource': {'resourceType': 'T', 'id': '1', 'meta': {'lastUpdated': '2023-06-01T10:00:00Z'}}}, {'resource': {'resourceType': 'T', 'id': '2', 'meta': {'lastUpdated': '2020-06-01T10:00:00Z'}}}]}")
            .EventTime.Should().Be(1622541600000);

    [Fact]
    public void A_resource_says_when_it_was_changed_and_is_not_believed_about_the_future()
    {
        Fhir().ReadJson("{'resourceType': 'T', 'id': '1', 'meta': {'lastUpdated': '2023-06-01T10:15:00.123-05:00'}}").EventTime.Should().Be(1685632500123);
        var ahead = Fhir().ReadJson("{'resourceType': 'T', 'id': '1', 'meta': {'lastUpdated': '2031-06-01T10:15:00Z'}}");
        ahead.EventTime.Should().Be(1893456000000, "the time of receipt");
        ahead.Notes.Single().Code.Should().Be(MappingCodes.EventAhead);
    }

    [Theory]
    [InlineData("{'resourceType': 'T', 'id': '1', 'v': {'secret': 'DOE'}}", "an object where one value is expected.")]
    [InlineData("{'resourceType': 'T', 'id': '1', 'v': [['DOE']]}", "a list where one value is expected.")]
    public void A_value_of_another_shape_keeps_the_field_and_says_nothing_of_its_content(string document, string reason)
    {
        var note = Fhir().Row("v", fhir: "v").ReadJson(document).Notes.Single();

        note.Should().BeEquivalentTo(new { Code = "MAP539", Path = "v", Reason = reason, Found = "", Consequence = "v kept." });
        note.Place.Offset.Should().BeGreaterThan(0);
    }

    [Fact]
    public void A_list_without_end_keeps_the_field_and_notes_it_once_for_all()
    {
        var map = Athena().Codes("c", UnknownCode.Review, "yes=Y").Row("v[]", athena: "v", @as: "code c");

        map.ReadJson($"{{'id': '1', 'v': '{string.Join("\\t", Enumerable.Repeat("x", 300_000))}'}}").Notes.Single().Should().BeEquivalentTo(new { Code = "MAP539", Reason = "a list of more than 1000 values." });
        map.ReadJson($"{{'id': '1', 'v': [{string.Join(',', Enumerable.Range(0, 1001).Select(_ => "'Y'"))}]}}").Records.Single()["v"].ToString().Should().Be("(kept)");
        map.ReadJson($"{{'id': '1', 'v': [{string.Join(',', Enumerable.Range(0, 1000).Select(_ => "'Y'"))}]}}").Records.Single()["v"].ToString().Should().Be("yes");
        map.ReadJson($"{{'id': '1', 'v': '{string.Join("\\t", Enumerable.Repeat("x", 1_000_000))}'}}").Notes.Single().Reason.Should().EndWith("a value has at most 1048576.");
    }

    [Fact]
    public void A_lone_surrogate_and_a_text_of_ten_megabytes_keep_the_field()
    {
        Fhir().Row("v", fhir: "v").ReadJson("{'resourceType': 'T', 'id': '1', 'v': 'a\\uD800'}").Notes.Single().Code.Should().Be(MappingCodes.Undecodable);
        Fhir().Row("v", fhir: "v").ReadJson($"{{'resourceType': 'T', 'id': '1', 'v': '{new string('x', 10_000_000)}'}}").Notes.Single()
            .Reason.Should().Be("10000002 bytes; a value has at most 1048576.");
    }

    private static TestMap Athena() => new TestMap("thing").Row("id", athena: "id", key: true).On("GET /things");

    private static TestMap Fhir() => new TestMap("thing").Row("id", fhir: "id", key: true).On("FHIR T");
}
