using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Compiling;

/// <summary>
/// Lays the files of one code table over one another: rows add; a code that is spelled again gets the new
/// spelling for writing and keeps the old ones for reading; a foreign code that is repeated changes its meaning;
/// <c>-</c> removes a format's spellings.
/// </summary>
internal sealed class CodeMerger(string name, ProblemList problems)
{
    private sealed class Row(CodesFileRow first)
    {
        public CodesFileRow First { get; } = first;

        public string Display { get; set; } = first.Display;

        public Dictionary<MapFormat, List<string>> Spellings { get; } = [];
    }

    private readonly List<Row> _rows = [];

    /// <summary>By format, the row that reads a foreign code.</summary>
    private readonly Dictionary<MapFormat, Dictionary<string, Row>> _owners = [];
    private Dictionary<string, Row> _byCode = [];
    private readonly Dictionary<string, SourceText> _header = new(StringComparer.OrdinalIgnoreCase);
    private IEqualityComparer<string> _comparer = StringComparer.Ordinal;

    /// <param name="files">In order, at least one.</param>
    public CodeTable Merge(IReadOnlyList<CodesFile> files)
    {
        foreach (var (key, value) in files.SelectMany(file => file.Header).Where(pair => !pair.Value.IsEmpty))
        {
            _header[key] = value;
        }

        var ignoresCase = IgnoresCase();
        _comparer = ignoresCase ? SpellingComparer.Instance : StringComparer.Ordinal;
        _byCode = new Dictionary<string, Row>(_comparer);
        foreach (var format in MapFormats.All)
        {
            _owners[format] = new Dictionary<string, Row>(_comparer);
        }

        foreach (var file in files)
        {
            AddFile(file);
        }

        var codes = _rows.Select(row => new Code(
            row.First.Value,
            row.Spellings.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value),
            row.Display,
            row.First.Code.Reference)).ToList();
        return new CodeTable(name, ignoresCase, _header.GetValueOrDefault("system")?.Text, Unknown(files[0].Markdown.Start), codes);
    }

    /// <summary>Reports the codes that a format in use can read but not write (MAP330).</summary>
    /// <param name="table">The merged table.</param>
    /// <param name="formats">Formats in which a row with this table has a place that is written.</param>
    /// <param name="sources">The files' rows, by line, to point into.</param>
    public static void CheckWritten(CodeTable table, IReadOnlySet<MapFormat> formats, IReadOnlyList<CodesFile> sources, ProblemList problems)
    {
        var rows = new Lazy<Dictionary<CellReference, CodesFileRow>>(() => sources.SelectMany(file => file.Rows).DistinctBy(row => row.Code.Reference).ToDictionary(row => row.Code.Reference));
        foreach (var code in table.Codes)
        {
            foreach (var format in MapFormats.All.Where(format => formats.Contains(format) && !code.Spellings.ContainsKey(format)))
            {
                var row = rows.Value[code.Reference];
                var missing = row.Cells.ContainsKey(format) ? "the cell is empty" : "the table has no such column";
                problems.Warning(row.Code, MappingFileCodes.CodeNotWritten, $"{code.Value} can be read but not written to {format.Title()}: {missing}.",
                    $"A record with {table.Name} {code.Value} will be refused when {Document(format)} is written. Put a code, or - if the format has none.");
            }
        }
    }

    private static string Document(MapFormat format) => format switch
    {
        MapFormat.Hl7 => "an HL7 message",
        MapFormat.Csv => "a CSV file",
        MapFormat.AthenaNet => "an athenaNet call",
        _ => "a FHIR resource",
    };

    private void AddFile(CodesFile file)
    {
        var ours = new Dictionary<string, SourceText>(_comparer);
        var foreign = MapFormats.All.ToDictionary(format => format, _ => new Dictionary<string, (string Code, SourceText At)>(_comparer));
        foreach (var row in file.Rows)
        {
            if (!ours.TryAdd(row.Value, row.Code))
            {
                problems.Error(row.Code, MappingFileCodes.CodeTwice, $"{row.Value} stands in line {ours[row.Value].Line} already.", "A code of ours may stand in one row only.");
                continue;
            }

            if (!_byCode.TryGetValue(row.Value, out var merged))
            {
                _byCode[row.Value] = merged = new Row(row);
                _rows.Add(merged);
            }

            merged.Display = row.Display.Length > 0 ? row.Display : merged.Display;
            foreach (var (format, cell) in row.Cells.Where(pair => !pair.Value.IsEmpty))
            {
                AddCell(merged, format, cell, foreign[format]);
            }
        }
    }

    private void AddCell(Row row, MapFormat format, SourceText cell, Dictionary<string, (string Code, SourceText At)> foreign)
    {
        var before = row.Spellings.GetValueOrDefault(format, []);
        if (cell.IsDash)
        {
            row.Spellings[format] = [];
            return;
        }

        var spellings = new List<string>();
        foreach (var part in CodesFileRow.Spellings(cell))
        {
            var spelling = CodesFileRow.Unquoted(part.Text);
            if (!foreign.TryAdd(spelling, (row.First.Value, part)))
            {
                var (code, at) = foreign[spelling];
                problems.Error(part, MappingFileCodes.CodeTwice, $"{spelling} is read as {code} (line {at.Line}) and as {row.First.Value} (line {part.Line}).", "A code may stand in one row only.");
                continue;
            }

            // What another row of an earlier file read is taken from it; a row that is left with nothing said nothing.
            if (_owners[format].TryGetValue(spelling, out var owner) && owner != row && owner.Spellings.TryGetValue(format, out var theirs)
                && theirs.RemoveAll(known => _comparer.Equals(known, spelling)) > 0 && theirs.Count == 0)
            {
                owner.Spellings.Remove(format);
            }

            _owners[format][spelling] = row;
            spellings.Add(spelling);
        }

        if (spellings.Count > 0 && CodeTable.IsPattern(spellings[0]))
        {
            problems.Error(cell, MappingFileCodes.CodeNotWritten, $"{spellings[0]} stands for many codes and can't be written.", "Put the code that is written first.");
        }

        spellings.AddRange(before.Where(known => !spellings.Contains(known, _comparer)));
        row.Spellings[format] = spellings;
    }

    private bool IgnoresCase()
    {
        switch (_header.GetValueOrDefault("match"))
        {
            case { Text: "ignore case" }:
                return true;
            case null or { Text: "exact" }:
                return false;
            case var match:
                problems.Error(match, MappingFileCodes.HeaderValue, $"match: can't be '{match.Text}'.", "Write match: ignore case, or match: exact.");
                return false;
        }
    }

    private UnknownPolicy Unknown(SourceText start)
    {
        var said = _header.GetValueOrDefault("unknown");
        if (said is null)
        {
            return new UnknownPolicy(UnknownCode.Review, null, false, start.Reference);
        }

        var words = said.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var reference = said.Reference;
        UnknownPolicy? policy = words switch
        {
            ["review"] => new(UnknownCode.Review, null, false, reference),
            ["review", "default", var code] => new(UnknownCode.Review, code, true, reference),
            ["reject"] => new(UnknownCode.Reject, null, false, reference),
            ["keep"] => new(UnknownCode.Keep, null, false, reference),
            ["=", var code] => new(UnknownCode.Replace, code, false, reference),
            ["=", var code, "default"] => new(UnknownCode.Replace, code, true, reference),
            _ => null,
        };
        if (policy is null)
        {
            problems.Error(said, MappingFileCodes.HeaderValue, $"unknown: can't be '{said.Text}'.",
                "Write review, reject, keep, = CODE, = CODE default (only where nothing is known), or review default CODE.");
        }
        else if (policy.Code is { } code && !_byCode.ContainsKey(code))
        {
            problems.Error(said, MappingFileCodes.NoSuchCode, $"{code} is not a code of {name}.", Suggestion.DidYouMean(code, _rows.Select(row => row.First.Value)));
        }

        return policy ?? new UnknownPolicy(UnknownCode.Review, null, false, reference);
    }
}
