using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using SQLitePCL;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>How a connection may use the file.</summary>
internal enum SqliteAccess
{
    Read,
    Write,
    Create,
}

/// <summary>
/// One connection, used by one thread at a time. A thin layer over SQLite's own functions: blobs pass as spans and
/// statements stay prepared, which an ADO.NET command per row would not allow.
/// </summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteDatabase(sqlite3 handle)
    {
        _handle = handle;
    }

    public override string JoinInOrder => "CROSS JOIN";

    public override bool IsOlderThanGroups => true;

    public override string AndKeep => "";

    public override string Now(int parameter) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?{parameter}");

    public override string Rest(string table) => table;

    public override string Using(string index) => $"INDEXED BY {index}";

    /// <summary>No transaction is open.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(_handle) != 0;

    /// <summary>Rows that the last insert, update or delete touched.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>The text of every statement that was prepared.</summary>
    public IEnumerable<string> PreparedSql => _statements.Select(statement => statement.Sql);

    /// <exception cref="SqliteFault">The file can't be opened.</exception>
    public static SqliteDatabase Open(string path, SqliteAccess access, string? fileLayer = null)
    {
        _ = SqliteLibrary.Version;
        var flags = raw.SQLITE_OPEN_NOMUTEX | access switch
        {
            SqliteAccess.Read => raw.SQLITE_OPEN_READONLY,
            SqliteAccess.Write => raw.SQLITE_OPEN_READWRITE,
            _ => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
        };
        var code = raw.sqlite3_open_v2(path, out var handle, flags, fileLayer);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errstr(code).utf8_to_string();
            handle?.Dispose();
            throw new SqliteFault(code, message);
        }

        return new SqliteDatabase(handle);
    }

    public void Execute(string sql)
    {
        using var statement = new SqliteStatement(this, Compile(sql));
        while (statement.Step())
        {
        }
    }

    /// <summary>Runs several statements, separated by semicolons.</summary>
    public void ExecuteScript(string sql)
    {
        var rest = sql;
        while (!string.IsNullOrWhiteSpace(rest))
        {
            Check(raw.sqlite3_prepare_v2(_handle, rest, out var handle, out rest));
            if (handle is null || handle.IsInvalid)
            {
                continue;
            }

            using var statement = new SqliteStatement(this, handle);
            while (statement.Step())
            {
            }
        }
    }

    /// <summary>The first column of the first row as text; null when there is none.</summary>
    public string? Text(string sql)
    {
        using var statement = new SqliteStatement(this, Compile(sql));
        return statement.Step() ? statement.Text(0) : null;
    }

    public override SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(this, Compile(sql));
        _statements.Add(statement);
        return statement;
    }

    private SqliteBlob OpenBlob(string table, string column, long row)
    {
        Check(raw.sqlite3_blob_open(_handle, "main", table, column, row, 1, out var blob));
        return new SqliteBlob(this, blob);
    }

    public override void BindBody(SqlStatement statement, int parameter, MessageRow message) =>
        _ = message.Body is { } body ? statement.Bind(parameter, body) : ((SqliteStatement)statement).BindZeros(parameter, message.SealedBodyLength);

    public override void FillBody(string practice, MessageRow message)
    {
        var id = message.Write.Id.Value;
        using var blob = OpenBlob("messages", "body", id);
        message.Key.Seal(new RowIdentity(SealedKind.MessageBody, id), message.Write.Body.Span, blob.Write);
    }

    /// <summary>Pages written since the last question; what a checkpoint will have to move.</summary>
    public int TakePagesWritten()
    {
        const int CacheWrite = 9;
        raw.sqlite3_db_status(_handle, CacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Moves what it can of the write-ahead log into the database without waiting for readers.</summary>
    /// <returns>How many pages the log holds, moved or not.</returns>
    public int Checkpoint()
    {
        Check(raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _));
        return pages;
    }

    /// <summary>Moves all of the log into the database and cuts its file to nothing, once no reader needs it any more.</summary>
    /// <param name="wait">How long readers may take; new ones read the database and are no hindrance.</param>
    /// <param name="otherwise">The connection's time-out for everything else.</param>
    /// <returns>False when a reader took longer.</returns>
    public bool TryCutLog(TimeSpan wait, TimeSpan otherwise)
    {
        raw.sqlite3_busy_timeout(_handle, (int)wait.TotalMilliseconds);
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(_handle, (int)otherwise.TotalMilliseconds);
        if ((code & 0xFF) == raw.SQLITE_BUSY)
        {
            return false;
        }

        Check(code);
        return true;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Fault(code);
        }
    }

    public SqliteFault Fault(int code)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return new SqliteFault((extended & 0xFF) == (code & 0xFF) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    public override void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _handle.Dispose();
    }

    protected override string NotOnly(string node) => $"{node} <> '' AND ";

    protected override SqliteStatement Passing(string sql) => new(this, Compile(sql));

    private sqlite3_stmt Compile(string sql)
    {
        const uint Persistent = 1;
        Check(raw.sqlite3_prepare_v3(_handle, sql, Persistent, out var handle));
        return handle;
    }
}
