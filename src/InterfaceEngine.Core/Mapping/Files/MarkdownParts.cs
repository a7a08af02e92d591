namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>A line <c>key: value</c> between the <c>---</c> lines.</summary>
public sealed record MarkdownHeader(SourceText Key, SourceText Value);

/// <summary>Everything under one heading, up to the next; the first section of a file has no heading.</summary>
/// <param name="Title">The heading's words; empty above the first heading.</param>
/// <param name="Level">How many <c>#</c>; 0 above the first heading.</param>
public sealed record MarkdownSection(SourceText Title, int Level, IReadOnlyList<MarkdownTable> Tables, IReadOnlyList<MarkdownBlock> Blocks);

/// <summary>A table. Every row has as many cells as the header.</summary>
public sealed record MarkdownTable(IReadOnlyList<SourceText> Header, IReadOnlyList<IReadOnlyList<SourceText>> Rows);

/// <summary>A fenced or indented block.</summary>
/// <param name="Language">The word after the fence, e.g. <c>hl7</c>; empty for an indented block.</param>
/// <param name="Line">Of the fence or of the first line.</param>
/// <param name="Lines">The lines without the block's own indentation.</param>
public sealed record MarkdownBlock(string Language, int Line, IReadOnlyList<SourceText> Lines)
{
    /// <summary>The lines joined by line feeds.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Raw));
}
