using System.Text;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Tests.Core.Json;

public sealed class JsonBodyTests
{
    [Fact]
    public void Values_are_found_by_name_and_keep_how_they_are_written()
    {
        var root = Parse("{'a': [1.50, 'x\\u0041y', true, null], 'b': {'c': 'Zoë'}}").Root;

        root["a"u8].Kind.Should().Be(JsonItemKind.Array);
        Texts(root["a"u8]).Should().Equal("1.50", "xAy", "true", "");
        root["b"u8]["c"u8].TryDecode(out var text).Should().BeTrue();
        text.Should().Be("Zoë");
        root["b"u8]["c"u8].Says("Zoë"u8).Should().BeTrue();
        root["nothing"u8].IsPresent.Should().BeFalse();
        root["a"u8]["c"u8].IsPresent.Should().BeFalse("a list has no names");
    }

    [Fact]
    public void A_name_with_an_escape_is_the_name_it_stands_for() =>
        Parse("{'\\u0061b': 1}").Root["ab"u8].IsPresent.Should().BeTrue();

    [Theory]
    [InlineData("{'name': [{'given': ['DOE]}]}", "name[1].given")]
    [InlineData("{'name': [{'a': 1}, {'given': ['x'", "name[2].given")]
    [InlineData("{'name': [{'given': 012}]}", "name[1].given")]
    [InlineData("{'a': 1,}", "")]
    [InlineData("[1, 2] 3", "")]
    [InlineData("{'a': 'tab\tROE'}", "a")]
    [InlineData("/* remark */ {}", "")]
    [InlineData("", "")]
    public void What_is_no_JSON_is_refused_with_its_place_and_without_its_content(string text, string path)
    {
        var refusal = Refusal(text);

        refusal.Path.Should().Be(path);
        refusal.Message.Should().NotContainAny("DOE", "ROE", "012");
    }

    [Fact]
    public void A_document_that_is_cut_off_says_so() => Refusal("{'name': [{'given': ['x']}").Reason.Should().Be("the document ends here, inside what is open.");

    [Theory]
    [InlineData("{'name': [{'family': 'Doe', 'use': 'x', 'family': 'Roe'}]}", "name[1]", "the property family stands twice.")]
    [InlineData("{'a': 1, '\\u0061': 2}", "", "the property a stands twice.")]
    [InlineData("{'JOHN DOE': 1, 'JOHN DOE': 2}", "", "the property ? stands twice.")]
    [InlineData("{'123-45-6789': 1, '123-45-6789': 2}", "", "the property ? stands twice.")]
    [InlineData("{'12345': {'a': 1, 'a': 2}}", "?", "the property a stands twice.")]
    [InlineData("{'E-34772': {'language6392code': 1, 'language6392code': 2}}", "?", "the property language6392code stands twice.")]
    [InlineData("{'_line': {'a': 1, 'a': 2}}", "_line", "the property a stands twice.")]
    public void A_property_that_stands_twice_is_refused(string text, string path, string reason)
    {
        var refusal = Refusal(text);

        refusal.Path.Should().Be(path);
        refusal.Reason.Should().Be(reason);
    }

    [Fact]
    public void Twice_is_found_among_many_properties_too()
    {
        var many = string.Join(",", Enumerable.Range(0, 100_000).Select(number => $"'p{number}': 1"));

        Parse($"{{{many}}}").Count.Should().Be(100_001);
        Refusal($"{{{many}, 'p7': 2}}").Reason.Should().Be("the property p7 stands twice.");
    }

    [Fact]
    public void Depth_is_limited()
    {
        Parse(new string('[', 64) + new string(']', 64)).Count.Should().Be(64);
        Refusal(new string('[', 100_000)).Reason.Should().Be("deeper than 64 objects and arrays.");
    }

    [Fact]
    public void The_number_of_values_and_the_length_are_limited()
    {
        var limits = new JsonLimits { ItemsMax = 3, BytesMax = 20 };

        ((Action)(() => JsonBody.Parse("[1,2,3]"u8.ToArray(), limits))).Should().Throw<JsonBodyException>().Which.Reason.Should().Be("more than 3 values.");
        ((Action)(() => JsonBody.Parse(new byte[21], limits))).Should().Throw<JsonBodyException>().Which.Reason.Should().Be("21 bytes; at most 20 are taken.");
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused_at_their_place()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"name\":\"Zoë\"}");

        ((Action)(() => JsonBody.Parse(bytes))).Should().Throw<JsonBodyException>().Which.Message.Should().Be("byte 11: a byte that is no UTF-8.");
    }

    [Theory]
    [InlineData("'\\uD83D\\uDE00'", true)]
    [InlineData("'\\uD83D'", false)]
    [InlineData("'\\uDE00\\uD83D'", false)]
    [InlineData("'\\uD83Dx'", false)]
    public void A_surrogate_without_its_other_half_is_no_text(string text, bool isText) => Parse(text).Root.TryDecode(out _).Should().Be(isText);

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_document() => JsonBody.Parse("\uFEFF{\"a\":1}"u8.ToArray()).Root["a"u8].IsPresent.Should().BeTrue();

    [Fact]
    public void The_path_of_a_byte_is_known()
    {
        var body = Parse("{'name': [{'use': 'x'}, {'given': ['Ann', 'Lee']}]}");

        body.PathOf(body.Bytes.Span.IndexOf("Lee"u8)).Should().Be("name[2].given[2]");
    }

    [Fact]
    public void A_draft_gives_out_what_it_was_made_of_byte_for_byte()
    {
        const string Text = "{\"a\":[1.50,\"\\u0041\\/\",true,null,{}],\"b\":{\"c\":1e3}}";

        Encoding.UTF8.GetString(JsonDraft.From(JsonBody.Parse(Encoding.UTF8.GetBytes(Text)).Root).ToBytes().Span).Should().Be(Text);
    }

    [Fact]
    public void What_a_draft_is_given_is_escaped_and_else_as_it_is()
    {
        var draft = JsonDraft.NewObject();
        draft.Set("a", JsonDraft.Of("\"Zoë\"\n東京\\"));
        draft.Set("n", JsonDraft.Number("5.40"));

        Encoding.UTF8.GetString(draft.ToBytes().Span).Should().Be("{\"a\":\"\\\"Zoë\\\"\\n東京\\\\\",\"n\":5.40}");
    }

    private static JsonBody Parse(string text) => JsonBody.Parse(Encoding.UTF8.GetBytes(text.Replace('\'', '"')));

    private static JsonBodyException Refusal(string text) => ((Action)(() => Parse(text))).Should().Throw<JsonBodyException>().Which;

    private static List<string> Texts(JsonItem list)
    {
        var texts = new List<string>();
        foreach (var item in list)
        {
            texts.Add(item.TryDecode(out var text) ? text : "?");
        }

        return texts;
    }
}
