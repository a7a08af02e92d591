using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Compiling;
using InterfaceEngine.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>Which value of a document a path means when it is written over, beside what reading takes.</summary>
public sealed class JsonTargetTests
{
    [Theory]
    [InlineData("v", "a", "a")]
    [InlineData("v[#1]", "a", "a")]
    [InlineData("v[#2]", "a", null)]
    public void A_value_that_stands_without_a_list_is_its_first_only(string path, string held, string? found)
    {
        var (document, target) = (JsonDraft.NewObject(), JsonTarget.Of(JsonPathParser.Parse(path, out _)!, null, isList: false));
        document.Set("v", JsonDraft.Of(held));

        (target.Find(document)?.Text).Should().Be(found);
    }

    [Fact]
    public void A_shorter_list_keeps_what_stands_beside_its_other_items_in_its_place()
    {
        var document = Document("{'name': [{'given': ['A', 'B', 'C'], '_given': [{'id': 'a'}, {'id': 'b'}]}]}");

        Target("name.given", "Patient", isList: true).PutAll(document, [JsonDraft.Of("X"), JsonDraft.Of("B")]).Should().BeNull();

        Text(document).Should().Be("{'name':[{'given':['X','B'],'_given':[null,{'id':'b'}]}]}");
    }

    [Fact]
    public void What_stands_beside_the_items_of_a_list_goes_when_nothing_is_left_of_it()
    {
        var document = Document("{'name': [{'given': ['A', 'B'], '_given': [null, {'id': 'b'}]}]}");

        Target("name.given", "Patient", isList: true).PutAll(document, [JsonDraft.Of("A")]).Should().BeNull();

        Text(document).Should().Be("{'name':[{'given':['A']}]}");
    }

    [Fact]
    public void A_code_that_was_picked_by_its_system_keeps_it_when_it_changes()
    {
        var document = Document("{'maritalStatus': {'coding': [{'system': 'urn:o', 'code': '9'}, {'system': 'http://loinc.org', 'version': '2', 'code': '1', 'display': 'Old'}]}}");

        Target("maritalStatus.coding[system=http://loinc.org].code", "Patient", isList: false).Put(document, JsonDraft.Of("2")).Should().BeNull();

        Text(document).Should().Be("{'maritalStatus':{'coding':[{'system':'urn:o','code':'9'},{'system':'http://loinc.org','code':'2'}]}}");
    }

    [Fact]
    public void Codes_of_a_list_that_were_picked_by_their_system_keep_it()
    {
        var document = Document("{'code': {'coding': [{'system': 'http://loinc.org', 'code': '1', 'display': 'Old'}]}}");

        Target("code.coding[system=http://loinc.org].code", "Observation", isList: true).PutAll(document, [JsonDraft.Of("2"), JsonDraft.Of("3")]).Should().BeNull();

        Text(document).Should().Be("{'code':{'coding':[{'system':'http://loinc.org','code':'2'},{'system':'http://loinc.org','code':'3'}]}}");
    }

    private static JsonTarget Target(string path, string? resource, bool isList) => JsonTarget.Of(JsonPathParser.Parse(path, out _)!, resource, isList);

    private static JsonDraft Document(string json) => JsonDraft.From(JsonBody.Parse(Encoding.UTF8.GetBytes(json.Replace('\'', '"'))).Root);

    private static string Text(JsonDraft document) => Encoding.UTF8.GetString(document.ToBytes().Span).Replace('"', '\'');
}
