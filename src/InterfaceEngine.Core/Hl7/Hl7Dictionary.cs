using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Names, types and structures of the standard, version 2.5.1, which holds all segments of 2.1 to 2.5: for messages to
/// people and checks of mappings, never for refusing a message. Z segments are unknown to it: anything goes in them.
/// Read from its resource the first time something is asked; messages are processed without it.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "A dictionary for people: what the names of the standard mean.")]
public static class Hl7Dictionary
{
    private static readonly Lazy<Content> Loaded = new(Load);

    /// <summary>All segments, by name.</summary>
    public static IReadOnlyCollection<Hl7SegmentDefinition> Segments => Loaded.Value.Segments.Values;

    /// <summary>A segment; null when the standard has none of this name.</summary>
    public static Hl7SegmentDefinition? Segment(string name) => Loaded.Value.Segments.GetValueOrDefault(name);

    /// <summary>A field; null when the standard has none there.</summary>
    public static Hl7FieldDefinition? Field(string segment, int number) => Segment(segment)?.Field(number);

    /// <summary>How many fields a segment has; null when the standard has no such segment.</summary>
    public static int? FieldCount(string segment) => Segment(segment)?.FieldCount;

    /// <summary>A data type; null when it is not known.</summary>
    public static Hl7DataType? DataType(string name) => Loaded.Value.DataTypes.GetValueOrDefault(name);

    /// <summary>
    /// The structure of an event, whatever MSH-9.3 says: <c>ADT_A01</c> for ADT A04. Null for an event the standard has not.
    /// </summary>
    public static string? StructureOf(string messageCode, string triggerEvent) =>
        Loaded.Value.Structures.GetValueOrDefault((messageCode, triggerEvent));

    private static Content Load()
    {
        var content = new Content();
        List<Hl7FieldDefinition> fields = [];
        List<Hl7ComponentDefinition> components = [];
        var segment = string.Empty;
        using var stream = typeof(Hl7Dictionary).Assembly.GetManifestResourceStream("hl7-dictionary.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            // S: segment, F: field of the segment before it, T: data type, C: component of the type before it, E: event.
            var cells = line.Split('\t');
            switch (cells[0])
            {
                case "S":
                    segment = cells[1];
                    fields = [];
                    content.Segments.Add(segment, new Hl7SegmentDefinition(segment, cells[2], fields));
                    break;
                case "F":
                    fields.Add(Field(segment, cells));
                    break;
                case "T":
                    components = [];
                    content.DataTypes.Add(cells[1], new Hl7DataType(cells[1], cells[2], components));
                    break;
                case "C":
                    components.Add(new Hl7ComponentDefinition(Number(cells[1]), cells[2], cells[3]));
                    break;
                default:
                    content.Structures.Add((cells[1], cells[2]), cells[3]);
                    break;
            }
        }

        return content;
    }

    private static Hl7FieldDefinition Field(string segment, string[] cells)
    {
        var flags = Cell(4) ?? string.Empty;
        return new Hl7FieldDefinition(
            segment,
            Number(cells[1]),
            cells[2],
            cells[3],
            flags.Contains('R', StringComparison.Ordinal),
            flags.Contains('*', StringComparison.Ordinal),
            Cell(5) is { } length ? Number(length) : null,
            Cell(6));

        string? Cell(int index) => cells.Length > index && cells[index].Length > 0 ? cells[index] : null;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Content
    {
        public SortedDictionary<string, Hl7SegmentDefinition> Segments { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Hl7DataType> DataTypes { get; } = new(StringComparer.Ordinal);

        public Dictionary<(string Code, string Event), string> Structures { get; } = [];
    }
}
