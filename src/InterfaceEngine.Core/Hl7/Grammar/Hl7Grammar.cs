using System.Globalization;

namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// The grammar of one version: message structures, segments, data types and tables. Structures are read apart from the
/// rest, for the order of segments is looked at in every message and their content only where a listener is strict.
/// </summary>
/// <remarks>
/// The files under <c>Versions</c> are facts of the published standards. Where publications of one version disagree the
/// lenient reading stands there: a field is required only if all say so, repeats if any does, and has the greatest length.
/// TS.1 is written as DTM, whose form it has in every version. The files differ from the publications in two places.
/// Not required here: OBX-4 in 2.3.1, whose R is that of the waveforms' own OBX (7.18.3) and would refuse every ordinary
/// result; OBR-27 and ORC-7 in 2.3, where the field may repeat in OBR-27's next version and the chapter's text makes it
/// optional. And a composite field of 2.3 has the length that 2.3.1 gave it where that is greater: 2.3 kept lengths from
/// before those fields had components (PV1-3 with 12 characters).
/// </remarks>
public sealed class Hl7Grammar
{
    private readonly Lazy<MessageStructures> _structures;
    private readonly Lazy<Dictionary<int, GrammarSegment>> _segments;
    private readonly Lazy<Dictionary<string, GrammarType>> _types;
    private readonly Lazy<Dictionary<string, GrammarTable>> _tables;

    internal Hl7Grammar(Hl7Version version)
    {
        Version = version;
        _structures = new(() => MessageStructures.Read(Lines("structures")));
        _segments = new(ReadSegments);
        _types = new(ReadTypes);
        _tables = new(ReadTables);
    }

    public Hl7Version Version { get; }

    internal MessageStructures Structures => _structures.Value;

    internal IReadOnlyDictionary<string, GrammarType> Types => _types.Value;

    internal IReadOnlyDictionary<string, GrammarTable> Tables => _tables.Value;

    internal IReadOnlyDictionary<int, GrammarSegment> Segments => _segments.Value;

    /// <summary>The version as a person reads it: <c>HL7 2.3</c>.</summary>
    public override string ToString() => $"HL7 {Version}";

    /// <summary>A segment of the version; null where it has none of this name. Z segments belong to no version.</summary>
    internal GrammarSegment? Segment(int key) => _segments.Value.GetValueOrDefault(key);

    internal GrammarType? Type(string name) => _types.Value.GetValueOrDefault(name);

    internal GrammarTable? Table(string? number) => number is null ? null : _tables.Value.GetValueOrDefault(number);

    private IEnumerable<string[]> Lines(string part)
    {
        using var stream = typeof(Hl7Grammar).Assembly.GetManifestResourceStream($"hl7-grammar/{Version}/{part}.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }

    /// <summary>S: a segment; F: a field of it (number, type, R and *, length, table, name).</summary>
    private Dictionary<int, GrammarSegment> ReadSegments()
    {
        Dictionary<int, GrammarSegment> segments = [];
        List<GrammarField> fields = [];
        foreach (var cells in Lines("segments"))
        {
            if (cells[0] == "S")
            {
                fields = [];
                segments.Add(SegmentName.KeyOf(cells[1]), new GrammarSegment(cells[1], fields));
            }
            else
            {
                var isRequired = cells[3].Contains('R', StringComparison.Ordinal);
                var isRepeating = cells[3].Contains('*', StringComparison.Ordinal);
                fields.Add(new GrammarField(Number(cells[1]), cells[6], cells[2], isRequired, isRepeating, cells[4].Length == 0 ? null : Number(cells[4]), cells[5].Length == 0 ? null : cells[5]));
            }
        }

        return segments;
    }

    /// <summary>T: a data type; C: a component of it (number, type, name).</summary>
    private Dictionary<string, GrammarType> ReadTypes()
    {
        Dictionary<string, GrammarType> types = new(StringComparer.Ordinal);
        Dictionary<GrammarType, List<string>> names = [];
        List<string> components = [];
        foreach (var cells in Lines("types"))
        {
            if (cells[0] == "T")
            {
                components = [];
                types.Add(cells[1], new GrammarType(cells[1]));
                names.Add(types[cells[1]], components);
            }
            else
            {
                components.Add(cells[2]);
            }
        }

        foreach (var (type, parts) in names)
        {
            type.Components = [.. parts.Select(types.GetValueOrDefault)];
        }

        return types;
    }

    /// <summary>V: a table whose codes are all there are; U: one that sites add to.</summary>
    private Dictionary<string, GrammarTable> ReadTables() =>
        Lines("tables").ToDictionary(cells => cells[1], cells => new GrammarTable(cells[1], cells[2], cells[0] == "V", cells[3..].ToHashSet(StringComparer.Ordinal)), StringComparer.Ordinal);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A segment of one version.</summary>
internal sealed record GrammarSegment(string Name, IReadOnlyList<GrammarField> Fields)
{
    /// <summary>The field with a number; null when the version has none.</summary>
    public GrammarField? Field(int number)
    {
        // Nearly always they are numbered through.
        if (number <= Fields.Count && Fields[number - 1] is { } field && field.Number == number)
        {
            return field;
        }

        return Fields.FirstOrDefault(field => field.Number == number);
    }
}

/// <summary>A field of one version.</summary>
/// <param name="LengthMax">Characters of one repetition; null where the version gives none.</param>
internal sealed record GrammarField(int Number, string Name, string Type, bool IsRequired, bool IsRepeating, int? LengthMax, string? Table);

/// <summary>A data type of one version.</summary>
internal sealed class GrammarType(string name)
{
    public string Name { get; } = name;

    /// <summary>The types of its components, null for one that the version lacks; none for a primitive type.</summary>
    public IReadOnlyList<GrammarType?> Components { get; internal set; } = [];

    public bool IsPrimitive => Components.Count == 0;
}

/// <summary>A table of one version.</summary>
/// <param name="IsClosed">HL7's own tables hold all codes; those that users define hold suggestions.</param>
internal sealed record GrammarTable(string Number, string Name, bool IsClosed, IReadOnlySet<string> Codes);
