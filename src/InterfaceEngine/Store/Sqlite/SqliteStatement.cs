using System.Text;
using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using SQLitePCL;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>A prepared statement of SQLite.</summary>
internal sealed class SqliteStatement : SqlStatement
{
    private const int TextOnStack = 256;

    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _handle;

    /// <summary>
    /// The text that each parameter is bound to. SQLite keeps it when the statement is run again, and most are the same then: a
    /// practice, a source, a type.
    /// </summary>
    private readonly string?[] _texts;

    public SqliteStatement(SqliteDatabase database, sqlite3_stmt handle)
    {
        _database = database;
        _handle = handle;
        _texts = new string?[raw.sqlite3_bind_parameter_count(handle) + 1];
    }

    /// <summary>Its text.</summary>
    public string Sql => raw.sqlite3_sql(_handle).utf8_to_string();

    public override SqliteStatement Bind(int parameter, long value)
    {
        _texts[parameter] = null;
        _database.Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    public override SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _texts[parameter] = null;

        // SQLite takes an empty span for null.
        _database.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0) : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    /// <summary>A place for so many bytes, which an <see cref="SqliteBlob"/> fills.</summary>
    public SqliteStatement BindZeros(int parameter, int length)
    {
        _texts[parameter] = null;
        _database.Check(raw.sqlite3_bind_zeroblob(_handle, parameter, length));
        return this;
    }

    public override SqliteStatement Bind(int parameter, ref readonly KeyedHash hash) => Bind(parameter, KeyedHash.Bytes(in hash));

    public override SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }

        if (ReferenceEquals(_texts[parameter], value))
        {
            return this;
        }

        if (value.Length is 0 or > TextOnStack / 3)
        {
            _database.Check(raw.sqlite3_bind_text(_handle, parameter, value));
        }
        else
        {
            Span<byte> utf8 = stackalloc byte[TextOnStack];
            _database.Check(raw.sqlite3_bind_text(_handle, parameter, utf8[..Encoding.UTF8.GetBytes(value, utf8)]));
        }

        _texts[parameter] = value;
        return this;
    }

    public override SqliteStatement BindNull(int parameter)
    {
        _texts[parameter] = null;
        _database.Check(raw.sqlite3_bind_null(_handle, parameter));
        return this;
    }

    public override bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_handle);
            return false;
        }

        var fault = _database.Fault(code);
        raw.sqlite3_reset(_handle);
        throw fault;
    }

    public override int Run()
    {
        while (Step())
        {
        }

        return _database.Changes;
    }

    /// <summary>Leaves the remaining rows unread, so that no read transaction is held open.</summary>
    public override void Reset() => raw.sqlite3_reset(_handle);

    /// <summary>What the column really holds in this row: a file says of a column only what it should hold.</summary>
    public SqliteType TypeOf(int column) => (SqliteType)raw.sqlite3_column_type(_handle, column);

    public override bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public override long Long(int column) => raw.sqlite3_column_int64(_handle, column);

    public override ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_handle, column);

    public override string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(_handle, column).utf8_to_string();

    // SQLite gives a text's bytes when it is asked for a blob.
    public override string Name(int column) => SharedNames.Text(Blob(column));

    public override KeyedHash Hash(int column) => KeyedHash.Read(Blob(column));

    public override void Dispose() => _handle.Dispose();
}

/// <summary>SQLite's own numbers for what it keeps.</summary>
internal enum SqliteType
{
    Number = 1,
    Fraction = 2,
    Text = 3,
    Blob = 4,
    Null = 5,
}
