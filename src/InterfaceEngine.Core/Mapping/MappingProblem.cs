using System.Text;

namespace InterfaceEngine.Core.Mapping;

/// <summary>Something to mend or to know in a mapping file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Code">Its code, e.g. <c>MAP201</c>; <see cref="MappingFileCodes"/> lists them.</param>
/// <param name="File">Path relative to the mapping folder; empty when no single place is to blame.</param>
/// <param name="Line">Counts from 1.</param>
/// <param name="Column">Counts from 1, into the cell.</param>
/// <param name="Length">How many characters are wrong; 0 for something that is missing.</param>
/// <param name="Text">What is wrong, in one sentence or two.</param>
/// <param name="Help">What to do, maybe in several lines; empty when the text says it.</param>
/// <param name="RowText">The row it stands in, cut down to its first cell and the one in question; empty when the help shows it.</param>
/// <param name="RowColumn">Where in <paramref name="RowText"/> it starts, from 1.</param>
public sealed record MappingProblem(
    MappingSeverity Severity,
    string Code,
    string File,
    int Line,
    int Column,
    int Length,
    string Text,
    string Help,
    string RowText,
    int RowColumn)
{
    /// <summary>What the mapping folder is called in texts.</summary>
    public const string Folder = "mappings/";

    /// <summary>One line, as a problem matcher of an editor reads it: <c>file:line:column: severity CODE text</c>.</summary>
    /// <param name="folder">What stands before the file, ending with a slash.</param>
    public string ToShortText(string folder = Folder) =>
        $"{(File.Length == 0 ? "" : $"{folder}{File}:{Line}:{Column}: ")}{Severity.ToString().ToLowerInvariant()} {Code} {Text}";

    /// <summary>The line, the row with carets under what is wrong, and what to do.</summary>
    /// <param name="folder">What stands before the file, ending with a slash.</param>
    public string ToText(string folder = Folder)
    {
        var text = new StringBuilder(ToShortText(folder));
        if (RowText.Length > 0)
        {
            text.Append("\n  ").Append(RowText).Append('\n')
                .Append(' ', RowColumn + 1).Append('^', Math.Clamp(Length, 1, Math.Max(1, RowText.Length - RowColumn + 1)));
        }

        foreach (var line in Help.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("\n  ").Append(line);
        }

        return text.ToString();
    }

    public override string ToString() => ToShortText();
}

/// <summary>How bad a problem is.</summary>
public enum MappingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>It loads; somebody should look.</summary>
    Warning,

    /// <summary>What it stands in does not load.</summary>
    Error,
}
