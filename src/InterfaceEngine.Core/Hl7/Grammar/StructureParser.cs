using System.Globalization;

namespace InterfaceEngine.Core.Hl7.Grammar;

/// <summary>
/// Reads the notation in which the standard writes a structure: <c>[ ]</c> may be missing, <c>{ }</c> may repeat,
/// <c>&lt;A|B&gt;</c> is one of several, everything else is a segment's name.
/// </summary>
internal ref struct StructureParser
{
    private readonly string _notation;
    private int _at;

    private StructureParser(string notation) => _notation = notation;

    /// <exception cref="FormatException">A bracket is missing, or a name is none.</exception>
    public static StructureNode Parse(string notation)
    {
        var parser = new StructureParser(notation);
        var root = Group(parser.Sequence('\0'), isOptional: false, isRepeating: false);
        return parser._at == notation.Length ? root : throw parser.Wrong("a bracket that was not opened");
    }

    private List<StructureNode> Sequence(char end)
    {
        var parts = new List<StructureNode>();
        while (true)
        {
            SkipBlanks();
            if (_at == _notation.Length || _notation[_at] is ']' or '}' or '>')
            {
                return _at < _notation.Length == (end != '\0') && (end == '\0' || _notation[_at] == end) ? parts : throw Wrong($"no {end}");
            }

            parts.Add(Part());
        }
    }

    private StructureNode Part() => _notation[_at] switch
    {
        '[' => Bracket(']', isOptional: true, isRepeating: false),
        '{' => Bracket('}', isOptional: false, isRepeating: true),
        '<' => Choice(),
        _ => Segment(),
    };

    private StructureNode Bracket(char end, bool isOptional, bool isRepeating)
    {
        _at++;
        var parts = Sequence(end);
        _at++;

        // {[NK1]}: both brackets are said of the one thing in them.
        return parts is [var only]
            ? new StructureNode(only.Kind, only.Name, only.Parts, only.IsOptional || isOptional, only.IsRepeating || isRepeating)
            : Group(parts, isOptional, isRepeating);
    }

    private StructureNode Choice()
    {
        var parts = new List<StructureNode>();
        do
        {
            _at++;
            parts.Add(Segment());
            SkipBlanks();
        }
        while (_at < _notation.Length && _notation[_at] == '|');

        return _at < _notation.Length && _notation[_at++] == '>'
            ? new StructureNode(StructureKind.Choice, string.Empty, parts, isOptional: false, isRepeating: false)
            : throw Wrong("no >");
    }

    private StructureNode Segment()
    {
        SkipBlanks();
        var name = _notation.AsSpan(_at, Math.Min(SegmentName.Length, _notation.Length - _at));
        if (SegmentName.KeyOf(name) == 0)
        {
            throw Wrong("no segment's name");
        }

        _at += SegmentName.Length;
        return new StructureNode(StructureKind.Segment, name.ToString(), [], isOptional: false, isRepeating: false);
    }

    private static StructureNode Group(List<StructureNode> parts, bool isOptional, bool isRepeating) =>
        new(StructureKind.Sequence, string.Empty, parts, isOptional, isRepeating);

    private void SkipBlanks()
    {
        while (_at < _notation.Length && _notation[_at] == ' ')
        {
            _at++;
        }
    }

    private readonly FormatException Wrong(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{_notation}' at {_at}: {what}"));
}
