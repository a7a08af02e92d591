using System.Globalization;
using System.Text.RegularExpressions;

namespace InterfaceEngine.Tests.Support;

/// <summary>One command line that a document shows.</summary>
/// <param name="Place">The document and line, for a failing test.</param>
/// <param name="Text">As it is written, without the comment.</param>
/// <param name="ExpectedCode">0, or what a comment behind it states: <c># exits with 1</c>.</param>
internal sealed record DocumentedCommand(string Place, string Text, int ExpectedCode);

/// <summary>
/// A Markdown document of the repository and what a test can hold it to. Commands are the lines of <c>sh</c> blocks,
/// indented lines and inline code that begin with <c>engine</c>, and the second column of the README's "I want to …".
/// The <c>bash</c> blocks of a document are one script, a walk-through that a test of its own runs from its first line to its last.
/// What names a command with a placeholder (<c>review accept ID</c>) is a form: it can't be run, but it must exist.
/// </summary>
internal sealed partial class Document
{
    private const string Shell = "sh";
    private const string Script = "bash";

    /// <summary>Whose commands belong to files that it shows, so that a test of its own runs all of it.</summary>
    public const string Tutorial = "docs/mapping-tutorial.md";

    private readonly string[] _lines;
    private readonly string?[] _fences;

    public Document(string path)
    {
        Name = path;
        _lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, path));
        _fences = [.. Fences(_lines)];
    }

    /// <summary>The README, the guides and what the samples' folders say, by path from the repository's root.</summary>
    public static IEnumerable<string> All() => new[] { "docs", "samples" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.md", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)
        .Prepend("README.md");

    public string Name { get; }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Commands that work as they stand, in the order of the document.</summary>
    public IEnumerable<DocumentedCommand> Commands()
    {
        var isTable = false;
        for (var index = 0; index < _lines.Length; index++)
        {
            var line = _lines[index];
            if (_fences[index] is { } fence)
            {
                if (fence == Shell && line.Trim() is { Length: > 0 } text && text[0] != '#')
                {
                    yield return Command(index, text);
                }

                continue;
            }

            isTable = line.StartsWith('#') ? line.StartsWith("## I want to", StringComparison.Ordinal) : isTable;
            if (IndentedForm().Match(line) is { Success: true } indented)
            {
                yield return Command(index, indented.Groups[1].Value);
            }
            else if (isTable && line.StartsWith('|'))
            {
                foreach (var span in Spans(line[line.IndexOf('|', 1)..]))
                {
                    yield return Command(index, span.StartsWith("./", StringComparison.Ordinal) ? span : $"engine {span}");
                }
            }
            else
            {
                foreach (var span in Spans(line).Where(span => span.StartsWith("engine ", StringComparison.Ordinal) && !PlaceholderForm().IsMatch(span)))
                {
                    yield return Command(index, span);
                }
            }
        }
    }

    /// <summary>The blocks of the document's walk-through, in its order.</summary>
    public IEnumerable<(string Place, string Text)> WalkThrough()
    {
        for (var index = 0; index < _lines.Length; index++)
        {
            var length = _fences[index..].TakeWhile(fence => fence == Script).Count();
            if (length > 0)
            {
                yield return (Place(index), string.Join('\n', _lines[index..(index + length)]));
                index += length;
            }
        }
    }

    /// <summary>Commands that are only named in the text, with or without placeholders.</summary>
    public IEnumerable<DocumentedCommand> Forms() =>
        from index in Enumerable.Range(0, _lines.Length)
        where _fences[index] is null
        from span in Spans(_lines[index])
        let isForm = span.StartsWith("engine ", StringComparison.Ordinal) ? PlaceholderForm().IsMatch(span) : GroupForm().IsMatch(span)
        where isForm
        select Command(index, span.StartsWith("engine ", StringComparison.Ordinal) ? span : $"engine {span}");

    /// <summary>Lines that look like commands of the engine in blocks that no test runs.</summary>
    public IEnumerable<string> CommandsInOtherBlocks() =>
        from index in Enumerable.Range(0, _lines.Length)
        where _fences[index] is not (null or Shell or Script) && CommandForm().IsMatch(_lines[index])
        select Place(index);

    /// <summary>Links into the repository: the path and the heading's anchor, either of which may be empty.</summary>
    public IEnumerable<(string Place, string Path, string Anchor)> Links() =>
        from index in Enumerable.Range(0, _lines.Length)
        where _fences[index] is null
        from Match link in LinkForm().Matches(_lines[index])
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal)
        let parts = target.Split('#', 2)
        select (Place(index), parts[0], parts.Length > 1 ? parts[1] : "");

    /// <summary>The anchors that a reader of Markdown makes of the headings.</summary>
    public IEnumerable<string> Anchors() =>
        from index in Enumerable.Range(0, _lines.Length)
        where _fences[index] is null && _lines[index].StartsWith('#')
        select NoAnchorForm().Replace(_lines[index].TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private DocumentedCommand Command(int index, string text)
    {
        var comment = CommentForm().Match(text);
        return new DocumentedCommand(
            Place(index),
            comment.Success ? text[..comment.Index].TrimEnd() : text,
            CodeForm().Match(comment.Value) is { Success: true } code ? int.Parse(code.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0);
    }

    private string Place(int index) => $"{Name}:{index + 1}";

    private static IEnumerable<string> Spans(string line) => SpanForm().Matches(line).Select(match => match.Groups[1].Value);

    /// <summary>For each line the word behind the fence of its block; null outside of blocks and for the fences themselves.</summary>
    private static IEnumerable<string?> Fences(string[] lines)
    {
        string? fence = null;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence is null ? line.Trim().Trim('`') : null;
                yield return null;
            }
            else
            {
                yield return fence;
            }
        }
    }

    [GeneratedRegex("^ {4,}(engine .+)$")]
    private static partial Regex IndentedForm();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex SpanForm();

    [GeneratedRegex("(^| )[A-Z][A-Z_]+\\b|…")]
    private static partial Regex PlaceholderForm();

    [GeneratedRegex("^(map|records|messages|audit|ehr|keys) [a-z]+( |$)|^review (list|accept|dismiss)( |$)")]
    private static partial Regex GroupForm();

    [GeneratedRegex("^\\s*(engine|dotnet run) ")]
    private static partial Regex CommandForm();

    [GeneratedRegex("\\]\\(([^)\\s]+)\\)")]
    private static partial Regex LinkForm();

    [GeneratedRegex("[^\\w\\- ]")]
    private static partial Regex NoAnchorForm();

    [GeneratedRegex("\\s#\\s.*$")]
    private static partial Regex CommentForm();

    [GeneratedRegex("exits with (\\d)")]
    private static partial Regex CodeForm();
}
