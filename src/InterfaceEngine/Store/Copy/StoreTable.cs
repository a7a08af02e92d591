namespace InterfaceEngine.Store.Copy;

/// <summary>What a column holds, whichever database it is.</summary>
internal enum ColumnKind
{
    Number,

    /// <summary>A number that PostgreSQL keeps in four bytes.</summary>
    SmallNumber,

    Text,

    Blob,

    /// <summary>16 bytes, which PostgreSQL keeps as <c>uuid</c>.</summary>
    Hash,
}

internal sealed record StoreColumn(string Name, ColumnKind Kind);

/// <summary>A table as both databases have it: the same columns with the same values, the same key.</summary>
internal sealed record StoreTable
{
    public const string Practice = "practice_id";

    /// <param name="name">The table's.</param>
    /// <param name="key">The columns that name a row and order the rows, separated by commas.</param>
    /// <param name="columns">Every column with its kind.</param>
    public StoreTable(string name, string key, string columns)
    {
        Name = name;
        Columns = [.. columns.Split(',', StringSplitOptions.TrimEntries).Select(column => column.Split(' ')).Select(words => new StoreColumn(words[0], KindOf(words[1])))];
        IReadOnlyList<StoreColumn> named = [.. key.Split(',', StringSplitOptions.TrimEntries).Select(word => Columns.Single(column => column.Name == word))];
        IsByPractice = named[0].Name == Practice && named.Count > 1;
        Key = IsByPractice ? [.. named.Skip(1)] : named;
    }

    public string Name { get; }

    public IReadOnlyList<StoreColumn> Columns { get; }

    /// <summary>Orders the rows; within one practice, where they are read practice by practice.</summary>
    public IReadOnlyList<StoreColumn> Key { get; }

    /// <summary>The key begins with the practice in both databases, so that the rows are read practice by practice.</summary>
    public bool IsByPractice { get; }

    /// <summary>
    /// Only PostgreSQL's key begins with the practice, and the embedded store's is the rest of it: rows are read in the order of that
    /// rest, and PostgreSQL is told all practices, so that it finds them by its key.
    /// </summary>
    public bool IsFoundByPractice { get; init; }

    /// <summary>A trigger sees to it that rows are never changed or deleted.</summary>
    public bool IsAppendOnly { get; init; }

    private static ColumnKind KindOf(string word) => word switch
    {
        "number" => ColumnKind.Number,
        "small" => ColumnKind.SmallNumber,
        "text" => ColumnKind.Text,
        "blob" => ColumnKind.Blob,
        "hash" => ColumnKind.Hash,
        _ => throw new ArgumentException($"'{word}' is no kind of column", nameof(word)),
    };
}
