namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>Gathers problems and shows each with the row it stands in. The same problem is taken once.</summary>
internal sealed class ProblemList
{
    private readonly Dictionary<string, string[]> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<(string File, MappingSeverity Severity), int> _listed = [];
    private readonly HashSet<MappingProblem> _seen = [];
    private readonly List<MappingProblem> _problems = [];

    public IReadOnlyList<MappingProblem> Items => _problems;

    /// <summary>How many errors were reported, those that were known already included: tells whether a part of the work failed.</summary>
    public int Errors { get; private set; }

    /// <summary>Makes a file's lines known, so that a problem can show its row.</summary>
    public void Know(string path, string[] lines) => _lines[path] = lines;

    public void Error(SourceText at, string code, string text, string help = "") => Add(MappingSeverity.Error, at, code, text, help);

    public void Warning(SourceText at, string code, string text, string help = "") => Add(MappingSeverity.Warning, at, code, text, help);

    public void Note(SourceText at, string code, string text, string help = "") => Add(MappingSeverity.Note, at, code, text, help);

    /// <summary>A problem whose help shows the rows it is about.</summary>
    public void Detail(MappingSeverity severity, SourceText at, string code, string text, string help) => Add(severity, at, code, text, help, showsRow: false);

    /// <summary>In the order of the files and lines.</summary>
    public IReadOnlyList<MappingProblem> Sorted() =>
        [.. _problems.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    private void Add(MappingSeverity severity, SourceText at, string code, string text, string help, bool showsRow = true)
    {
        // Errors count when they are not listed: nothing is taken for sound.
        Errors += severity == MappingSeverity.Error ? 1 : 0;
        if (_listed.GetValueOrDefault((at.File, severity)) > MapLimits.ProblemsMax)
        {
            return;
        }

        var (row, column) = showsRow ? Row(at) : ("", 0);
        var problem = new MappingProblem(severity, code, at.File, at.Line, at.Column, at.Raw.Length, text, help, row, column);
        if (!_seen.Add(problem))
        {
            return;
        }

        var listed = _listed[(at.File, severity)] = _listed.GetValueOrDefault((at.File, severity)) + 1;
        if (listed <= MapLimits.ProblemsMax)
        {
            _problems.Add(problem);
        }
        else if (listed == MapLimits.ProblemsMax + 1)
        {
            _problems.Add(problem with
            {
                Code = MappingFileCodes.TooMuch,
                Length = 0,
                Text = $"{MapLimits.ProblemsMax} {severity.ToString().ToLowerInvariant()}s of this file are listed; there are more.",
                Help = "Mend those first.",
                RowText = "",
            });
        }
    }

    /// <summary>The row's first cell and the cell in question, for a wide row does not fit a terminal; or the line.</summary>
    private (string Row, int Column) Row(SourceText at)
    {
        if (!_lines.TryGetValue(at.File, out var lines) || at.Line > lines.Length)
        {
            return ("", 0);
        }

        var line = lines[at.Line - 1];
        if (!line.AsSpan().TrimStart().StartsWith("|"))
        {
            var leading = Math.Min(line.Length - line.AsSpan().TrimStart().Length, at.Column - 1);
            return (line[leading..].TrimEnd(), at.Column - leading);
        }

        var cells = MarkdownFile.Cells(at.File, at.Line, line);
        var index = cells.FindLastIndex(cell => cell.Column <= at.Column);
        if (index < 0 || cells[index].Column + cells[index].Raw.Length < at.Column)
        {
            return (line.Trim(), at.Column - (line.Length - line.AsSpan().TrimStart().Length));
        }

        var before = index == 0 ? "| " : $"| {cells[0].Raw} | ";
        return ($"{before}{cells[index].Raw} |", before.Length + 1 + at.Column - cells[index].Column);
    }
}
