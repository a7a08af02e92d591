using SQLitePCL;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>SQLite said no. Its messages name tables, columns and files, never values.</summary>
internal sealed class SqliteFault : Exception
{
    public SqliteFault(int code, string message)
        : base($"{message} (SQLite {code})")
    {
        Code = code;
    }

    /// <summary>The extended result code.</summary>
    public int Code { get; }

    /// <summary>A rule of the schema was broken: the unit's own fault, not the store's.</summary>
    public bool IsConstraint => (Code & 0xFF) == raw.SQLITE_CONSTRAINT;

    /// <summary>The file is no database of SQLite's, or its pages don't fit together.</summary>
    public bool IsDamage => (Code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    public bool IsFull => (Code & 0xFF) == raw.SQLITE_FULL;
}
