namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>
/// A mapping file as Markdown: header lines, headings, tables and blocks, each with its line and column. Prose
/// and comments may stand anywhere and mean nothing.
/// </summary>
public sealed class MarkdownFile
{
    private MarkdownFile(string path, string[] lines, IReadOnlyList<MarkdownHeader> header, IReadOnlyList<MarkdownSection> sections)
    {
        Path = path;
        Lines = lines;
        Header = header;
        Sections = sections;
    }

    /// <summary>Relative to the mapping folder, with forward slashes.</summary>
    public string Path { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<MarkdownHeader> Header { get; }

    public IReadOnlyList<MarkdownSection> Sections { get; }

    /// <summary>The place for a problem of the file as a whole.</summary>
    public SourceText Start => new(Path, 1, 1, "");

    /// <summary>Reads a file that is not a mapping file, such as a list of samples; what can't be read is left out.</summary>
    public static MarkdownFile Parse(string path, string text) => Parse(path, text, new ProblemList());

    /// <summary>Reads a file; what can't be read is reported and left out.</summary>
    internal static MarkdownFile Parse(string path, string text, ProblemList problems)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var nul)
        {
            var line = text.AsSpan(0, nul).Count('\n');
            problems.Detail(MappingSeverity.Error, new SourceText(path, line + 1, nul - text.LastIndexOf('\n', nul), ""), MappingFileCodes.NoText, "the file has a NUL character, so it is no text.", "Save it as UTF-8.");
            lines = [""];
        }

        problems.Know(path, lines);
        var reader = new Reader(path, lines, problems);
        return new MarkdownFile(path, lines, reader.ReadHeader(), reader.ReadSections());
    }

    /// <summary>The cells of a table's row, trimmed, a pair of backticks around one taken off.</summary>
    internal static List<SourceText> Cells(string path, int line, string text) =>
        [.. CellRanges(text).Select(range => Cell(path, line, text, range.Start, range.End))];

    /// <summary>Where the cells of a table's row stand, blanks included: what is between two bars.</summary>
    internal static List<(int Start, int End)> CellRanges(string text)
    {
        var ranges = new List<(int, int)>();
        var start = text.IndexOf('|', StringComparison.Ordinal) + 1;
        for (var index = start; index <= text.Length; index++)
        {
            if (index == text.Length ? text.AsSpan(start).IsWhiteSpace() : text[index] != '|' || text[index - 1] == '\\')
            {
                continue;
            }

            ranges.Add((start, index));
            start = index + 1;
        }

        return ranges;
    }

    private static SourceText Cell(string path, int line, string text, int start, int end)
    {
        var raw = text.AsSpan(start, end - start);
        var leading = raw.Length - raw.TrimStart().Length;
        raw = raw.Trim();
        if (raw.IsEmpty)
        {
            return new SourceText(path, line, start + 1 + (end > start ? 1 : 0), "");
        }

        if (raw.Length > 2 && raw[0] == '`' && raw.LastIndexOf('`') == raw.Length - 1 && !raw[1..^1].Contains('`'))
        {
            raw = raw[1..^1];
            leading++;
        }

        return new SourceText(path, line, start + leading + 1, raw.ToString());
    }

    /// <summary>One walk over the lines.</summary>
    private sealed class Reader(string path, string[] lines, ProblemList problems)
    {
        private readonly List<MarkdownSection> _sections = [];
        private int _at;
        private SourceText _title = new(path, 1, 1, "");
        private int _level;
        private List<MarkdownTable> _tables = [];
        private List<MarkdownBlock> _blocks = [];

        public List<MarkdownHeader> ReadHeader()
        {
            var header = new List<MarkdownHeader>();
            if (lines[0].Trim() != "---")
            {
                return header;
            }

            for (_at = 1; _at < lines.Length; _at++)
            {
                var line = lines[_at];
                if (IsTooLong(line))
                {
                    continue;
                }

                if (line.Trim() == "---")
                {
                    _at++;
                    return header;
                }

                // A comment begins with # after a blank, so that [#1] is none.
                var comment = line.AsSpan().TrimStart().StartsWith("#") ? 0 : line.IndexOf(" #", StringComparison.Ordinal);
                var whole = new SourceText(path, _at + 1, 1, comment < 0 ? line : line[..comment]);
                var colon = whole.Text.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                {
                    header.Add(new MarkdownHeader(whole.Trimmed(0, colon), whole.Trimmed(colon + 1, whole.Text.Length - colon - 1)));
                }
                else if (!whole.Text.AsSpan().IsWhiteSpace())
                {
                    problems.Error(whole.Trimmed(0, whole.Text.Length), MappingFileCodes.Header, "a header line is written key: value.");
                }
            }

            problems.Error(new SourceText(path, 1, 1, "---"), MappingFileCodes.Header, "the header has no end.", "Put a line --- below its last key.");
            return header;
        }

        public List<MarkdownSection> ReadSections()
        {
            while (_at < lines.Length)
            {
                var line = lines[_at];
                var trimmed = line.AsSpan().Trim();
                if (line.StartsWith("    ", StringComparison.Ordinal) || line.StartsWith('\t'))
                {
                    ReadIndented();
                }
                else if (trimmed.StartsWith("```") || trimmed.StartsWith("~~~"))
                {
                    ReadFenced(trimmed.ToString());
                }
                else if (trimmed.StartsWith("<!--"))
                {
                    SkipComment();
                }
                else if (trimmed.StartsWith("|"))
                {
                    ReadTable();
                }
                else
                {
                    ReadHeading(line);
                    _at++;
                }
            }

            _sections.Add(new MarkdownSection(_title, _level, _tables, _blocks));
            return _sections;
        }

        private void ReadHeading(string line)
        {
            var level = line.Length - line.AsSpan().TrimStart('#').Length;
            if (level is 0 or > 6 || level == line.Length || line[level] != ' ')
            {
                return;
            }

            _sections.Add(new MarkdownSection(_title, _level, _tables, _blocks));
            var whole = new SourceText(path, _at + 1, 1, line);
            _title = whole.Trimmed(level, whole.Text.Length - level);
            _level = level;
            _tables = [];
            _blocks = [];
        }

        private void ReadTable()
        {
            var isTooLong = IsTooLong(lines[_at]);
            var header = isTooLong ? [] : Cells(path, _at + 1, lines[_at]);
            var isTable = !isTooLong && _at + 1 < lines.Length && IsAlignment(lines[_at + 1]);
            if (!isTable && !isTooLong)
            {
                problems.Error(header.Count > 0 ? header[0] : new SourceText(path, _at + 1, 1, ""), MappingFileCodes.Table,
                    "the table has no line |---|---| under its header.", "Its rows are not read without it.");
            }

            if (isTable && header.Count == 0)
            {
                problems.Error(new SourceText(path, _at + 1, lines[_at].IndexOf('|', StringComparison.Ordinal) + 1, "|"), MappingFileCodes.Table, "the table's header has no cell.", "It is written | Column | Column |.");
                isTable = false;
                _at++;
            }

            var rows = new List<IReadOnlyList<SourceText>>();
            for (_at += isTable ? 2 : 1; _at < lines.Length && lines[_at].AsSpan().TrimStart().StartsWith("|"); _at++)
            {
                if (!isTable || IsTooLong(lines[_at]))
                {
                    continue;
                }

                if (rows.Count == MapLimits.RowsMax)
                {
                    problems.Detail(MappingSeverity.Error, new SourceText(path, _at + 1, 1, ""), MappingFileCodes.TooMuch, $"the table has more than {MapLimits.RowsMax} rows.", "The rows from here on are not read.");
                    isTable = false;
                    _tables.Add(new MarkdownTable(header, rows));
                    continue;
                }

                var cells = Cells(path, _at + 1, lines[_at]);

                if (cells.Count == header.Count)
                {
                    rows.Add(cells);
                    continue;
                }

                // Too many cells: the first surplus one; too few: the end of the row.
                var end = lines[_at].TrimEnd();
                var at = cells.Count > header.Count ? cells[header.Count] : new SourceText(path, _at + 1, end.Length, end[^1..]);
                problems.Error(at, MappingFileCodes.RaggedRow,
                    $"the table row has {cells.Count} cell{(cells.Count == 1 ? "" : "s")} and the header has {header.Count}.",
                    "A | inside a cell is written \\|.");
            }

            if (isTable)
            {
                _tables.Add(new MarkdownTable(header, rows));
            }
        }

        /// <summary>True for a row or a header's line that is refused for its length.</summary>
        private bool IsTooLong(string line)
        {
            if (line.Length <= MapLimits.RowLengthMax)
            {
                return false;
            }

            problems.Detail(MappingSeverity.Error, new SourceText(path, _at + 1, 1, ""), MappingFileCodes.TooMuch, $"the line has {line.Length} characters; a row has at most {MapLimits.RowLengthMax}.", "It is not read.");
            return true;
        }

        private static bool IsAlignment(string line)
        {
            var trimmed = line.AsSpan().Trim();
            return trimmed.StartsWith("|") && trimmed.Contains('-') && trimmed.IndexOfAnyExcept("|-: ") < 0;
        }

        private void ReadFenced(string open)
        {
            var fence = open[..(open.Length - open.AsSpan().TrimStart(open[0]).Length)];
            var first = _at + 1;
            var block = new List<SourceText>();
            for (_at++; _at < lines.Length; _at++)
            {
                var line = lines[_at];
                var trimmed = line.AsSpan().Trim();
                if (trimmed.StartsWith(fence) && trimmed.TrimStart(open[0]).IsEmpty)
                {
                    _at++;
                    _blocks.Add(new MarkdownBlock(open[fence.Length..].Trim(), first, block));
                    return;
                }

                block.Add(new SourceText(path, _at + 1, 1, line));
            }

            problems.Error(new SourceText(path, first, 1, open), MappingFileCodes.Table, "the block has no end.", $"Put a line {fence} below it.");
        }

        private void ReadIndented()
        {
            var first = _at + 1;
            var block = new List<SourceText>();
            for (; _at < lines.Length && (lines[_at].StartsWith("    ", StringComparison.Ordinal) || lines[_at].StartsWith('\t')); _at++)
            {
                var indent = lines[_at][0] == '\t' ? 1 : 4;
                if (!lines[_at].AsSpan().IsWhiteSpace())
                {
                    block.Add(new SourceText(path, _at + 1, indent + 1, lines[_at][indent..].TrimEnd()));
                }
            }

            if (block.Count > 0)
            {
                _blocks.Add(new MarkdownBlock("", first, block));
            }
        }

        private void SkipComment()
        {
            while (_at < lines.Length && !lines[_at++].Contains("-->", StringComparison.Ordinal))
            {
            }
        }
    }
}
