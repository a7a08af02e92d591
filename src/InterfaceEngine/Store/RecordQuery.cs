using InterfaceEngine.Core.Records;
using InterfaceEngine.Store.Sqlite;
using SQLitePCL;

namespace InterfaceEngine.Store;

/// <summary>
/// A database in memory, filled with one practice's decrypted records, for a person's query: a table per record type,
/// a column per field (dots become underscores: <c>address_line1</c>), all text, plus <c>record_id</c>,
/// <c>external_id</c> and <c>record_version</c>. Nothing of it reaches the disk, and a query can only read.
/// </summary>
internal sealed class RecordQuery : IDisposable
{
    private static readonly string[] _ownColumns = ["record_id", "external_id", "record_version"];

    private readonly sqlite3 _database;

    public RecordQuery()
    {
        _ = SqliteLibrary.Version;
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_MEMORY | raw.SQLITE_OPEN_NOMUTEX;
        Check(raw.sqlite3_open_v2(":memory:", out _database, Flags, null));

        // Large sorts would otherwise spill patients' data into temporary files.
        Execute("PRAGMA temp_store = MEMORY");
    }

    /// <summary>Makes the table of one type.</summary>
    /// <param name="type">The record type.</param>
    /// <param name="fields">Fields that have a column even when no record holds them.</param>
    /// <param name="records">What to put in.</param>
    public void Add(string type, IEnumerable<string> fields, IReadOnlyCollection<StoredRecord> records)
    {
        var names = fields.Concat(records.SelectMany(record => record.Fields.Select(field => field.Name)))
            .Distinct(StringComparer.OrdinalIgnoreCase).Where(name => !_ownColumns.Contains(Column(name), StringComparer.OrdinalIgnoreCase)).ToList();
        Execute($"CREATE TABLE {Quote(type)} ({string.Join(", ", _ownColumns.Concat(names.Select(Column)).Select(Quote))})");
        Execute("BEGIN");
        using var insert = Prepare($"INSERT INTO {Quote(type)} VALUES ({string.Join(", ", Enumerable.Repeat("?", _ownColumns.Length + names.Count))})");
        foreach (var record in records)
        {
            Check(raw.sqlite3_bind_text(insert, 1, record.Id.ToString()));
            Check(raw.sqlite3_bind_text(insert, 2, record.ExternalId.Replace(FieldValue.ListSeparator, '/')));
            Check(raw.sqlite3_bind_int64(insert, 3, record.Version));
            for (var index = 0; index < names.Count; index++)
            {
                var parameter = _ownColumns.Length + index + 1;
                var value = record[names[index]]?.Replace(FieldValue.ListSeparator.ToString(), ", ", StringComparison.Ordinal);
                Check(value is null ? raw.sqlite3_bind_null(insert, parameter) : raw.sqlite3_bind_text(insert, parameter, value));
            }

            Check(raw.sqlite3_step(insert));
            Check(raw.sqlite3_reset(insert));
        }

        Execute("COMMIT");
    }

    /// <summary>Runs one reading statement.</summary>
    /// <param name="limit">How many rows are read at most.</param>
    /// <exception cref="RecordQueryException">It is not SQL, not one statement, or does anything but read.</exception>
    public RecordQueryResult Run(string sql, int limit, CancellationToken cancellationToken)
    {
        Check(raw.sqlite3_set_authorizer(_database, AllowReading, null));

        // Asked every so many steps of SQLite's machine, so that a statement that would run for ever ends.
        raw.sqlite3_progress_handler(_database, 10_000, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        var code = raw.sqlite3_prepare_v2(_database, sql, out var statement, out var rest);
        using (statement)
        {
            if (code != raw.SQLITE_OK)
            {
                throw Refused(_database, code);
            }

            if (statement is null || statement.IsInvalid || !string.IsNullOrWhiteSpace(rest))
            {
                throw new RecordQueryException("One SQL statement is expected.");
            }

            return Read(_database, statement, limit);
        }
    }

    public void Dispose() => _database.Dispose();

    private static RecordQueryResult Read(sqlite3 handle, sqlite3_stmt statement, int limit)
    {
        var count = raw.sqlite3_column_count(statement);
        var columns = Enumerable.Range(0, count).Select(index => raw.sqlite3_column_name(statement, index).utf8_to_string()).ToList();
        var rows = new List<IReadOnlyList<string?>>();
        int step;
        while ((step = raw.sqlite3_step(statement)) == raw.SQLITE_ROW && rows.Count < limit)
        {
            var row = new string?[count];
            for (var index = 0; index < count; index++)
            {
                row[index] = raw.sqlite3_column_type(statement, index) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(statement, index).utf8_to_string();
            }

            rows.Add(row);
        }

        return step is raw.SQLITE_DONE or raw.SQLITE_ROW ? new RecordQueryResult(columns, rows, step == raw.SQLITE_ROW) : throw Refused(handle, step);
    }

    /// <summary>Reading tables and calling functions; not ATTACH (a way to the disk), PRAGMA, writing, or loading code.</summary>
    private static int AllowReading(object? data, int action, string? first, string? second, string? database, string? trigger) =>
        action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => raw.SQLITE_OK,
            raw.SQLITE_FUNCTION when !"load_extension".Equals(second, StringComparison.OrdinalIgnoreCase) => raw.SQLITE_OK,
            _ => raw.SQLITE_DENY,
        };

    private static RecordQueryException Refused(sqlite3 handle, int code) => code switch
    {
        raw.SQLITE_AUTH => new RecordQueryException("A query can only read: SELECT, WITH or VALUES."),
        raw.SQLITE_INTERRUPT => new RecordQueryException("The query was stopped."),
        _ => new RecordQueryException($"SQL: {raw.sqlite3_errmsg(handle).utf8_to_string()}."),
    };

    private void Execute(string sql)
    {
        using var statement = Prepare(sql);
        Check(raw.sqlite3_step(statement));
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        return statement;
    }

    private static void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new InvalidOperationException($"The database in memory failed with SQLite {code}.");
        }
    }

    private static string Column(string field) => field.Replace('.', '_');

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <param name="Rows">Values as text; null for SQL's NULL.</param>
/// <param name="IsCut">There were more rows than the limit.</param>
internal sealed record RecordQueryResult(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, bool IsCut);

/// <summary>A query that is not run; the message is for the person who asked.</summary>
internal sealed class RecordQueryException(string message) : Exception(message);
