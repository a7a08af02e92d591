using System.Globalization;
using System.Text;

namespace InterfaceEngine.Api;

/// <summary>Metrics in the text form of Prometheus, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a family; its lines follow.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="kind"><c>counter</c>, <c>gauge</c> or <c>summary</c>.</param>
    /// <param name="help">What it is, for people.</param>
    public void Family(string name, string kind, string help) =>
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');

    /// <summary>One value.</summary>
    /// <param name="name">The family, or a part of it (<c>_sum</c>).</param>
    /// <param name="tags">As <c>Tags</c> writes them; empty for none.</param>
    /// <param name="value">The value.</param>
    public void Line(string name, string tags, double value)
    {
        _text.Append(name);
        if (tags.Length > 0)
        {
            _text.Append('{').Append(tags).Append('}');
        }

        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Names and values of one series, sorted by name: <c>endpoint="GET /health",status="200"</c>.</summary>
    public static string Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
    {
        0 => "",
        1 => One(tags[0]),
        _ => string.Join(',', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(One)),
    };

    /// <inheritdoc cref="Tags(ReadOnlySpan{KeyValuePair{string, object?}})"/>
    public static string Tags(params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(One(new(name, value)));
        }

        return text.ToString();
    }

    public override string ToString() => _text.ToString();

    private static string One(KeyValuePair<string, object?> tag) => $"{tag.Key.Replace('.', '_')}=\"{Escaped(Convert.ToString(tag.Value, CultureInfo.InvariantCulture))}\"";

    private static string? Escaped(string? value) => value?
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
