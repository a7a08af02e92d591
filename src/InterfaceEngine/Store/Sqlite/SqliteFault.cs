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

    /// <summary>The disk, the memory or a lock failed: what else is in the transaction is in doubt too.</summary>
    public bool IsOfTheWhole => (Code & 0xFF) is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_BUSY or raw.SQLITE_LOCKED
        or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL or raw.SQLITE_INTERRUPT;

    /// <summary>A row breaks a rule of the schema, or is too large.</summary>
    public bool IsOfRow => (Code & 0xFF) is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG;

    /// <summary>The file is no database of SQLite's, or its pages don't fit together.</summary>
    public bool IsDamage => (Code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
