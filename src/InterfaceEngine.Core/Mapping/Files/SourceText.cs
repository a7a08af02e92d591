using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// A piece of a mapping file with the place where it stands: a header's value, a table's cell, a block's line or
/// a part of one.
/// </summary>
/// <param name="File">Path relative to the mapping folder.</param>
/// <param name="Line">Counts from 1.</param>
/// <param name="Column">Counts from 1; of an empty cell, where its content would begin.</param>
/// <param name="Raw">As it stands in the file, <c>\|</c> included.</param>
public sealed record SourceText(string File, int Line, int Column, string Raw)
{
    /// <summary>What it says: <c>\|</c> is a bar.</summary>
    public string Text { get; } = Raw.Contains("\\|", StringComparison.Ordinal) ? Raw.Replace("\\|", "|", StringComparison.Ordinal) : Raw;

    public bool IsEmpty => Raw.Length == 0;

    /// <summary>The cell says that there is none, on purpose.</summary>
    public bool IsDash => Raw == "-";

    public CellReference Reference => new(File, Line, Column);

    /// <summary>A part of it, by place in <see cref="Text"/>.</summary>
    public SourceText Part(int start, int length)
    {
        var from = RawOffset(start);
        var to = RawOffset(start + length);
        return new SourceText(File, Line, Column + from, Raw[from..to]);
    }

    /// <summary>A part of it without the blanks around it.</summary>
    public SourceText Trimmed(int start, int length)
    {
        var text = Text.AsSpan(start, length);
        var leading = text.Length - text.TrimStart().Length;
        return Part(start + leading, text.Trim().Length);
    }

    /// <summary>Cuts at a separator, outside quotes and brackets; the parts are trimmed, empty ones left out.</summary>
    public IReadOnlyList<SourceText> Split(string separator)
    {
        var parts = new List<SourceText>();
        var start = 0;
        char quote = default;
        var depth = 0;
        for (var index = 0; index < Text.Length; index++)
        {
            var character = Text[index];
            if (quote != default)
            {
                quote = character == quote ? default : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character is '[' or '(')
            {
                depth++;
            }
            else if (character is ']' or ')')
            {
                depth--;
            }
            else if (depth <= 0 && string.CompareOrdinal(Text, index, separator, 0, separator.Length) == 0)
            {
                AddPart(parts, start, index);
                start = index + separator.Length;
                index = start - 1;
            }
        }

        AddPart(parts, start, Text.Length);
        return parts;
    }

    public override string ToString() => Text;

    private void AddPart(List<SourceText> parts, int start, int end)
    {
        var part = Trimmed(start, end - start);
        if (!part.IsEmpty)
        {
            parts.Add(part);
        }
    }

    private int RawOffset(int offset)
    {
        var raw = 0;
        for (var seen = 0; seen < offset && raw < Raw.Length; seen++)
        {
            raw += Raw[raw] == '\\' && raw + 1 < Raw.Length && Raw[raw + 1] == '|' ? 2 : 1;
        }

        return raw;
    }
}
