namespace InterfaceEngine.Core.Mapping.Files;

/// <summary>The columns of a field table.</summary>
public enum MapColumn
{
    Name,
    Hl7,
    Csv,
    AthenaNet,
    Fhir,
    As,
    Rule,
    When,
    Notes,
}

/// <summary>A <c>*.map.md</c> file as written: cells are not yet read, rows not yet merged.</summary>
internal sealed class MapFile
{
    public required MarkdownFile Markdown { get; init; }

    /// <summary>The record type, from the file's name.</summary>
    public required string Type { get; init; }

    /// <summary>Header keys in lower case and their values.</summary>
    public required IReadOnlyDictionary<string, SourceText> Header { get; init; }

    public required IReadOnlyList<MapFileRow> Rows { get; init; }

    /// <summary>The columns a field table of the file has.</summary>
    public required IReadOnlySet<MapColumn> Columns { get; init; }

    /// <summary>Rows of <c>Messages</c>: message, does, sets.</summary>
    public required IReadOnlyList<IReadOnlyList<SourceText>> Messages { get; init; }

    /// <summary>Rows of <c>Checks</c>: must hold, if not, say.</summary>
    public required IReadOnlyList<IReadOnlyList<SourceText>> Checks { get; init; }

    public required IReadOnlyList<SourceText> Equations { get; init; }

    /// <summary>Rows of <c>Not mapped</c>: source, why.</summary>
    public required IReadOnlyList<IReadOnlyList<SourceText>> NotMapped { get; init; }

    /// <summary>Rows of <c>Shortcuts</c>: name, what it stands for.</summary>
    public required IReadOnlyList<IReadOnlyList<SourceText>> Shortcuts { get; init; }

    /// <summary>The whole of a header's value, or null when the key is not there or says nothing.</summary>
    public SourceText? Find(string key) => Header.TryGetValue(key, out var value) && !value.IsEmpty ? value : null;
}

/// <summary>A row of a field table as written.</summary>
/// <param name="Name">The name cell, e.g. <c>race[]</c>, <c>(duration)</c>.</param>
/// <param name="Cells">The other cells by column; a column that the table does not have is not there.</param>
internal sealed record MapFileRow(SourceText Name, IReadOnlyDictionary<MapColumn, SourceText> Cells)
{
    /// <summary>The name without brackets.</summary>
    public string Field => Name.Text.TrimStart('(').TrimEnd(')').Replace("[]", "", StringComparison.Ordinal);

    public bool IsTransient => Name.Text.StartsWith('(');

    public bool IsList => Name.Text.Contains("[]", StringComparison.Ordinal);

    public string When => Cells.TryGetValue(MapColumn.When, out var when) ? when.Text : "";
}
