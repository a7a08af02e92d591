using InterfaceEngine.Protection;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sql;
using Npgsql;
using NpgsqlTypes;

namespace InterfaceEngine.Store.Copy;

/// <summary>A PostgreSQL database as one end of a copy.</summary>
internal sealed class PostgresEnd : CopyEnd
{
    /// <summary>Node names have no spaces, so no engine goes by this name.</summary>
    private const string Node = "store copy";

    /// <summary>What a connection of a copy is called in the database.</summary>
    private const string Application = $"InterfaceEngine {Node}";

    /// <summary>Held while a database is filled, or moved away. Any number that nobody else uses.</summary>
    private const long CopyLock = 0x49456E67_0007;

    private const string Barrier = "engine_store_has_moved";

    /// <summary>Months that get a part of their own at most; what is older lies together.</summary>
    private const int MonthsMax = 240;

    private const int PartitionAttempts = 20;

    /// <summary>How often it is looked whether an engine is connected before that is believed: the server takes a moment to see that one has gone.</summary>
    private const int Looks = 20;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;

    private PostgresEnd(NpgsqlDataSource source, PostgresDatabase database, string place)
        : base(database, place)
    {
        (_source, _connection) = (source, database.Connection);
    }

    protected override string FoundByPractice => $"{StoreTable.Practice} = ANY (ARRAY(SELECT DISTINCT practice_id FROM practice_keys))";

    /// <summary>Opens a database that holds a store.</summary>
    /// <param name="options">Where.</param>
    /// <param name="masterKey">The one that opens it.</param>
    /// <param name="isAlone">No other copy may be at work on it.</param>
    /// <exception cref="StoreOpenException">It can't be reached, holds none, or it is of another schema or master key.</exception>
    public static PostgresEnd OpenSource(StoreOptions options, MasterKey masterKey, bool isAlone) => Open(options, isAlone, (connection, place) =>
    {
        using var table = new NpgsqlCommand("SELECT to_regclass('schema_version') IS NOT NULL", connection);
        if (table.ExecuteScalar() is not true)
        {
            throw new StoreOpenException($"{place}: there is no store.");
        }

        using var last = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM schema_version", connection);
        if ((long)last.ExecuteScalar()! is var schema && schema != PostgresSchema.Version)
        {
            throw new StoreOpenException($"{place}: the store has schema {schema}, and this program copies schema {PostgresSchema.Version}. Start this version's engine on it once, which brings it up to date.");
        }

        KeyRing.Load(new PostgresDatabase(connection), masterKey, place).Dispose();
    });

    /// <summary>Opens a database to be filled, and makes the schema in it where there is none.</summary>
    /// <param name="options">Where.</param>
    /// <param name="masterKey">The one that opens the store.</param>
    /// <param name="time">For the schema of a new one.</param>
    /// <exception cref="StoreOpenException">It can't be reached, is too old, does not sync what it commits, is of another master key, or another copy is at work on it.</exception>
    public static PostgresEnd OpenTarget(StoreOptions options, MasterKey masterKey, TimeProvider time) => Open(options, isAlone: true, (connection, place) =>
    {
        PostgresAddress.CheckAsync(connection, place, CancellationToken.None).GetAwaiter().GetResult();
        PostgresSchema.OpenAsync(connection, place, _ => masterKey, time.GetUtcNow().ToUnixTimeMilliseconds(), CancellationToken.None).GetAwaiter().GetResult().Dispose();
        // Enough for a process that is killed; every change of a mark is synced, and everything before it.
        Execute(connection, "SET synchronous_commit = off");
    });

    /// <summary>A part for each month, so that what is old can be dropped by months here too.</summary>
    public override IReadOnlyList<string> MakeRoom(DateTimeOffset oldest, DateTimeOffset now)
    {
        var (month, first) = (PartitionedTable.MonthOf(oldest), PartitionedTable.MonthOf(now).AddMonths(-MonthsMax));
        return new Partitions(_connection) { IsAlone = true }.MakeAsync(month < first ? first : month, now, PartitionAttempts, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>How full the tables are, so that the first statements of an engine are planned by what is there.</summary>
    public override void Learn() => Execute(_connection, $"ANALYZE {string.Join(", ", StoreTables.All.Select(table => table.Name))}");

    public override IEnumerable<CopyRow> Read(CopyRange range)
    {
        var table = range.Table;
        using var statement = new PostgresStatement(_connection, $"SELECT {Columns(table)} FROM {table.Name} {Condition(range)} ORDER BY {Order(table)}");
        Bind(range, statement);
        using var reader = statement.Stream();
        var row = new CopyRow();
        while (reader.Read())
        {
            row.Clear();
            for (var column = 0; column < table.Columns.Count; column++)
            {
                Add(row, table.Columns[column].Kind, reader, column);
            }

            yield return row;
        }
    }

    public override void Replace(CopyRange range, IEnumerable<CopyRow> rows, string progress)
    {
        var table = range.Table;
        using var transaction = _connection.BeginTransaction();
        var into = table.Name;
        if (table.IsAppendOnly)
        {
            into = "copied_rows";
            Execute(_connection, $"CREATE TEMPORARY TABLE {into} (LIKE {table.Name}) ON COMMIT DROP");
        }
        else
        {
            using var delete = new PostgresStatement(_connection, $"DELETE FROM {table.Name} {Condition(range)}");
            Bind(range, delete);
            delete.Run();
        }

        using (var import = _connection.BeginBinaryImport($"COPY {into} ({Columns(table)}) FROM STDIN (FORMAT BINARY)"))
        {
            import.Timeout = TimeSpan.Zero;
            foreach (var row in rows)
            {
                import.StartRow();
                for (var column = 0; column < table.Columns.Count; column++)
                {
                    Write(import, table.Columns[column].Kind, row, column);
                }
            }

            import.Complete();
        }

        if (table.IsAppendOnly)
        {
            Execute(_connection, $"INSERT INTO {table.Name} ({Columns(table)}) SELECT {Columns(table)} FROM {into} ON CONFLICT DO NOTHING");
        }

        Statement("UPDATE store_marks SET progress = ?1").Bind(1, progress).Run();
        transaction.Commit();
    }

    public override void SetMark(StoreMark? mark)
    {
        using var transaction = _connection.BeginTransaction();
        Execute(_connection, "SET LOCAL synchronous_commit = on");
        StoreMark.Write(Database, mark);
        foreach (var table in StoreTables.All.Select(table => table.Name).Append("practice_sequences"))
        {
            // Waits for who is writing, and bars everybody from then on.
            Execute(_connection, $"DROP TRIGGER IF EXISTS {Barrier} ON {table}");
            if (mark is not null)
            {
                var but = mark.Kind == StoreMarkKind.Copying ? $"WHEN (current_setting('application_name') <> '{Application}')" : "";
                Execute(_connection, $"CREATE TRIGGER {Barrier} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT {but} EXECUTE FUNCTION engine_refuse_moved()");
            }
        }

        transaction.Commit();
    }

    public override void RefuseEngines()
    {
        using var sessions = new NpgsqlCommand("""
            SELECT count(DISTINCT (application_name, client_addr)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'InterfaceEngine%' AND application_name <> $1
            """, _connection)
        {
            Parameters = { new() { Value = Application } },
        };
        for (var look = 1; sessions.ExecuteScalar() is long and > 0 and var nodes; look++)
        {
            if (look == Looks)
            {
                throw new StoreOpenException($"{Place}: {nodes} {(nodes == 1 ? "engine is" : "engines are")} connected to this database. Stop every node first.");
            }

            Thread.Sleep(_betweenLooks);
        }
    }

    public override void Note(AuditEntry audit, MasterKey masterKey, long now)
    {
        using var keys = KeyRing.Load(Database, masterKey, Place);
        var session = new PostgresSession((PostgresDatabase)Database, keys, new StoreOptions { UsesServerTime = false });
        session.Begin(() => now);
        session.Audit.Write(UnitSealer.SealAudit(audit, [], keys.Engine));
        session.Commit();
    }

    public override void Dispose()
    {
        LetGo();
        base.Dispose();
        _source.Dispose();
    }

    /// <summary>The server sees a moment later that a connection was closed, and whoever goes on with the next step finds its lock by then.</summary>
    private void LetGo()
    {
        try
        {
            Execute(_connection, "SELECT pg_advisory_unlock_all()");
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            // The connection is lost, and its lock with it.
        }
    }

    protected override IEnumerable<CopyKey> Boundaries(CopyRange range, int rows)
    {
        // In one go, for not every table has an index of its order: so it is sorted once, and without its long columns.
        var table = range.Table;
        using var statement = new PostgresStatement(_connection, $"""
            SELECT {string.Join(", ", table.Key.Select(column => column.Name))} FROM (
                SELECT {string.Join(", ", table.Key.Select(column => column.Name))}, row_number() OVER (ORDER BY {Order(table)}) AS place FROM {table.Name} {Condition(range)}) AS placed
            WHERE place % {rows} = 0 ORDER BY place
            """);
        Bind(range, statement);
        var keys = new List<CopyKey>();
        while (statement.Step())
        {
            keys.Add(CopyKey.Read(table, statement));
        }

        return keys;
    }

    /// <summary>As bytes are ordered, whatever the database's language is.</summary>
    protected override string Ordered(StoreColumn column) => column.Kind == ColumnKind.Text ? $"""{column.Name} COLLATE "C" """.TrimEnd() : column.Name;

    private static PostgresEnd Open(StoreOptions options, bool isAlone, Action<NpgsqlConnection, string> prepare)
    {
        // A table as a whole takes longer than what an engine asks.
        options = options with { Node = Node, StatementTimeout = TimeSpan.Zero };
        var place = PostgresConnection.Place(options.Connection);
        var source = PostgresAddress.Open(options);
        try
        {
            var connection = source.OpenConnection();
            using var take = new NpgsqlCommand($"SELECT pg_try_advisory_lock({CopyLock})", connection);
            if (isAlone && take.ExecuteScalar() is not true)
            {
                throw new StoreOpenException($"{place}: another copy is at work on this database. Nothing was changed.");
            }

            prepare(connection, place);
            return new PostgresEnd(source, new PostgresDatabase(connection), place);
        }
        catch (Exception failure)
        {
            source.Dispose();
            if (failure is NpgsqlException)
            {
                throw new StoreOpenException($"{place}: {failure.InWords()}. Nothing was changed.", failure);
            }

            throw;
        }
    }

    private static void Add(CopyRow row, ColumnKind kind, NpgsqlDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
        {
            row.AddNull();
            return;
        }

        switch (kind)
        {
            case ColumnKind.Number:
                row.Add(reader.GetInt64(column));
                break;
            case ColumnKind.SmallNumber:
                row.Add(reader.GetInt32(column));
                break;
            case ColumnKind.Text:
                row.AddText(System.Text.Encoding.UTF8.GetBytes(reader.GetString(column)));
                break;
            case ColumnKind.Hash:
                var hash = KeyedHash.FromGuid(reader.GetGuid(column));
                row.AddHash(KeyedHash.Bytes(in hash));
                break;
            default:
                var place = row.AddBlob((int)reader.GetBytes(column, 0, null, 0, 0));
                reader.GetBytes(column, 0, place.Array!, place.Offset, place.Count);
                break;
        }
    }

    private static void Write(NpgsqlBinaryImporter import, ColumnKind kind, CopyRow row, int column)
    {
        if (row.IsNull(column))
        {
            import.WriteNull();
            return;
        }

        switch (kind)
        {
            case ColumnKind.Number:
                import.Write(row.Number(column), NpgsqlDbType.Bigint);
                break;
            case ColumnKind.SmallNumber:
                import.Write((int)row.Number(column), NpgsqlDbType.Integer);
                break;
            case ColumnKind.Text:
                import.Write(SharedNames.Text(row.Bytes(column).Span), NpgsqlDbType.Text);
                break;
            case ColumnKind.Hash:
                import.Write(KeyedHash.Read(row.Bytes(column).Span).ToGuid(), NpgsqlDbType.Uuid);
                break;
            default:
                import.Write(row.Bytes(column), NpgsqlDbType.Bytea);
                break;
        }
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
