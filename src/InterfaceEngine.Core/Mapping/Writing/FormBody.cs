using System.Text;
using InterfaceEngine.Core.Json;

namespace InterfaceEngine.Core.Mapping.Writing;

/// <summary>
/// A JSON object as a form (<c>application/x-www-form-urlencoded</c>): a list of texts as one text with tabs between, a list of objects
/// or an object as JSON in one field, what was removed as an empty one.
/// </summary>
internal static class FormBody
{
    public static ReadOnlyMemory<byte> Of(JsonDraft document)
    {
        var form = new StringBuilder();
        for (var index = 0; index < document.Count; index++)
        {
            form.Append(form.Length == 0 ? "" : "&").Append(Encoded(document.Names[index])).Append('=').Append(Encoded(Text(document.Values[index])));
        }

        return Encoding.ASCII.GetBytes(form.ToString());
    }

    private static string Text(JsonDraft value) => value.Kind switch
    {
        JsonItemKind.Null => "",
        JsonItemKind.Array when value.Values.All(item => item.IsScalar) => string.Join('\t', value.Values.Select(item => item.Text)),
        JsonItemKind.Array or JsonItemKind.Object => Encoding.UTF8.GetString(value.ToBytes().Span),
        _ => value.Text ?? "",
    };

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
