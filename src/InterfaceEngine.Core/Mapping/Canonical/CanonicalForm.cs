using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Core.Mapping.Canonical;

/// <summary>How a cell or a header's value is said in JSON. In every form <c>-</c> is null, and what is empty is not there.</summary>
internal enum CanonicalForm
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>A whole number, or a text where it is none.</summary>
    Number,

    /// <summary>Texts that the file separates by commas.</summary>
    List,

    /// <summary>Texts that the file separates by semicolons.</summary>
    Rules,

    /// <summary>A code, without its quotes.</summary>
    Code,

    /// <summary>Codes that the file separates by commas, without their quotes.</summary>
    Codes,
}

/// <summary>Between a cell's text and its JSON.</summary>
internal static class CanonicalForms
{
    /// <summary>What would cut a list of codes otherwise, or keep it from being cut.</summary>
    private static readonly SearchValues<char> _cuts = SearchValues.Create(",'\"[]()");

    /// <summary>What a cell says; null for <c>-</c>.</summary>
    public static JsonNode? ToJson(this CanonicalForm form, SourceText cell) => (form, cell) switch
    {
        (_, { IsDash: true }) => null,
        (CanonicalForm.Number, _) when int.TryParse(cell.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == cell.Text => number,
        (CanonicalForm.List, _) => Array(cell, ",", unquotes: false),
        (CanonicalForm.Rules, _) => Array(cell, ";", unquotes: false),
        (CanonicalForm.Code, _) => CodesFileRow.Unquoted(cell.Text),
        (CanonicalForm.Codes, _) => Array(cell, ",", unquotes: true),
        _ => cell.Text,
    };

    /// <summary>The cell's text; empty for an empty text or list.</summary>
    /// <exception cref="CanonicalException">It is not of this form.</exception>
    public static string ToCell(this CanonicalForm form, JsonNode? json, string path)
    {
        switch (form)
        {
            case var _ when json is null:
                return "-";
            case CanonicalForm.Number when json.GetValueKind() == JsonValueKind.Number:
                return json.ToJsonString();
            case CanonicalForm.List or CanonicalForm.Rules or CanonicalForm.Codes:
                var items = json as JsonArray ?? throw new CanonicalException(path, "is not a list of texts");
                return string.Join(form == CanonicalForm.Rules ? "; " : ", ", items.Select((item, at) => form == CanonicalForm.Codes ? Quoted(Text(item, $"{path}/{at}"), isListed: true) : Text(item, $"{path}/{at}")));
            case CanonicalForm.Code:
                return Quoted(Text(json, path), isListed: false);
            default:
                return Text(json, path);
        }
    }

    /// <summary>A text of one line.</summary>
    /// <exception cref="CanonicalException">It is none.</exception>
    public static string Text(JsonNode? json, string path)
    {
        var text = json?.GetValueKind() == JsonValueKind.String ? json.GetValue<string>().Trim() : throw new CanonicalException(path, "is not a text");
        return text.AsSpan().IndexOfAny(TableFormatter.LineEnds) < 0 ? text : throw new CanonicalException(path, "has several lines, and a cell has one");
    }

    private static JsonArray Array(SourceText cell, string separator, bool unquotes) =>
        [.. cell.Split(separator).Select(part => JsonValue.Create(unquotes ? CodesFileRow.Unquoted(part.Text) : part.Text))];

    /// <summary>In quotes where the code would otherwise be cut, or taken for something else.</summary>
    private static string Quoted(string code, bool isListed) =>
        code.Length == 0 || code is "-" || code[0] is '\'' or '`' || (isListed && code.AsSpan().IndexOfAny(_cuts) >= 0) ? $"'{code.Replace("'", "''", StringComparison.Ordinal)}'" : code;
}

/// <summary>Something in a JSON document that can't become a mapping file.</summary>
/// <param name="path">Where, as a JSON pointer: <c>/fields/3/rule</c>.</param>
/// <param name="problem">What is wrong there, to be read after the path.</param>
public sealed class CanonicalException(string path, string problem) : Exception($"{(path.Length == 0 ? "the document" : path)} {problem}")
{
    /// <summary>Where, as a JSON pointer; empty for the document as a whole.</summary>
    public string Path { get; } = path;
}
