using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Store.Copy;

/// <summary>An embedded store as one end of a copy.</summary>
internal sealed class SqliteEnd : CopyEnd
{
    /// <summary>What one transaction writes at most before it is committed, so that the log stays small.</summary>
    private const long TransactionBytesMax = 64 * 1024 * 1024;

    private readonly SqliteDatabase _database;
    private readonly FolderLock? _lock;

    private SqliteEnd(SqliteDatabase database, string place, FolderLock? folderLock)
        : base(database, place)
    {
        (_database, _lock) = (database, folderLock);
    }

    protected override string FoundByPractice => "";

    /// <summary>Opens a store to read it, beside an engine that may be running on it.</summary>
    /// <exception cref="StoreOpenException">There is none, or it is of another schema or master key.</exception>
    public static SqliteEnd OpenSource(StoreOptions options, MasterKey masterKey)
    {
        var folder = Path.GetFullPath(options.Folder);
        RefuseOtherSchema(folder, masterKey);
        return new SqliteEnd(SqliteFile.OpenReader(Path.Combine(folder, StoreFiles.Database), options), folder, null);
    }

    /// <summary>Opens a store, or makes it, and holds its folder: no engine runs on it meanwhile.</summary>
    /// <param name="options">Where.</param>
    /// <param name="masterKey">The one that opens it.</param>
    /// <param name="mayMake">False refuses where there is none yet.</param>
    /// <param name="time">For the schema of a new one.</param>
    /// <exception cref="StoreOpenException">An engine runs on it, or as for <see cref="OpenSource"/>.</exception>
    public static SqliteEnd OpenAlone(StoreOptions options, MasterKey masterKey, bool mayMake, TimeProvider time)
    {
        var folder = Path.GetFullPath(options.Folder);
        if (!mayMake || StoreFiles.Exists(folder))
        {
            RefuseOtherSchema(folder, masterKey);
        }

        StoreFiles.Prepare(folder);
        var folderLock = FolderLock.Take(folder);
        try
        {
            var database = SqliteFile.Open(folder, options, masterKey, time);
            // Enough for a process that is killed; every change of a mark is synced.
            database.Execute("PRAGMA synchronous = NORMAL");
            database.Execute($"PRAGMA wal_autocheckpoint = {options.CheckpointPages}");
            return new SqliteEnd(database, folder, folderLock);
        }
        catch (Exception failure)
        {
            folderLock.Dispose();
            if (failure is SqliteFault fault)
            {
                throw SqliteFile.Explain(folder, fault);
            }

            throw;
        }
    }

    /// <summary>A file grows by itself.</summary>
    public override IReadOnlyList<string> MakeRoom(DateTimeOffset oldest, DateTimeOffset now) => [];

    public override void Learn()
    {
        // Its statements name the index or the order that they want.
    }

    public override IEnumerable<CopyRow> Read(CopyRange range)
    {
        var table = range.Table;
        var statement = (SqliteStatement)Statement($"SELECT {Columns(table)} FROM {table.Name} {Condition(range)} ORDER BY {Order(table)}");
        Bind(range, statement);
        var row = new CopyRow();
        try
        {
            while (statement.Step())
            {
                row.Clear();
                for (var column = 0; column < table.Columns.Count; column++)
                {
                    Add(row, table.Columns[column], statement, column, range);
                }

                yield return row;
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    public override void Replace(CopyRange range, IEnumerable<CopyRow> rows, string progress)
    {
        var table = range.Table;
        var insert = (SqliteStatement)Statement($"""
            INSERT INTO {table.Name} ({Columns(table)}) VALUES ({string.Join(", ", table.Columns.Select((_, index) => $"?{index + 1}"))}){(table.IsAppendOnly ? " ON CONFLICT DO NOTHING" : "")}
            """);
        _database.Execute("BEGIN IMMEDIATE");
        try
        {
            if (!table.IsAppendOnly)
            {
                var delete = Statement($"DELETE FROM {table.Name} {Condition(range)}");
                Bind(range, delete);
                delete.Run();
            }

            var bytes = 0L;
            foreach (var row in rows)
            {
                bytes += row.Length;
                if (bytes > TransactionBytesMax)
                {
                    _database.Execute("COMMIT");
                    _database.Execute("BEGIN IMMEDIATE");
                    bytes = row.Length;
                }

                Bind(insert, table, row);
                insert.Run();
            }

            Statement("UPDATE store_marks SET progress = ?1").Bind(1, progress).Run();
            _database.Execute("COMMIT");
        }
        finally
        {
            if (!_database.IsIdle)
            {
                _database.Execute("ROLLBACK");
            }
        }
    }

    public override void SetMark(StoreMark? mark)
    {
        _database.Execute("PRAGMA synchronous = FULL");
        _database.Execute("BEGIN IMMEDIATE");
        try
        {
            StoreMark.Write(_database, mark);
            _database.Execute("COMMIT");
        }
        finally
        {
            if (!_database.IsIdle)
            {
                _database.Execute("ROLLBACK");
            }

            _database.Execute("PRAGMA synchronous = NORMAL");
        }
    }

    /// <summary>The folder's lock has seen to it.</summary>
    public override void RefuseEngines()
    {
        if (_lock is null)
        {
            throw new InvalidOperationException("The folder is not held.");
        }
    }

    public override void Note(AuditEntry audit, MasterKey masterKey, long now)
    {
        using var keys = KeyRing.Load(_database, masterKey, Place);
        var session = new SqliteSession(_database, keys, new StoreOptions());
        session.Begin(now);
        session.Audit.Write(UnitSealer.SealAudit(audit, [], keys.Engine));
        session.Commit();
    }

    public override void Dispose()
    {
        base.Dispose();
        _lock?.Dispose();
    }

    protected override IEnumerable<CopyKey> Boundaries(CopyRange range, int rows)
    {
        // One after the other, so that the rows are read while their pages are still in memory.
        for (var next = range; ;)
        {
            var table = next.Table;
            var statement = Statement($"SELECT {Order(table)} FROM {table.Name} {Condition(next)} ORDER BY {Order(table)} LIMIT 1 OFFSET {rows - 1}");
            Bind(next, statement);
            if (!statement.Step())
            {
                yield break;
            }

            var key = CopyKey.Read(table, statement);
            statement.Reset();
            yield return key;
            next = next with { After = key };
        }
    }

    protected override string Ordered(StoreColumn column) => column.Name;

    private static void RefuseOtherSchema(string folder, MasterKey masterKey)
    {
        if (!StoreFiles.Exists(folder))
        {
            throw new StoreOpenException($"{folder}: there is no store.");
        }

        try
        {
            if (SqliteFile.Inspect(Path.Combine(folder, StoreFiles.Database), folder, masterKey) is var schema && schema != SqliteSchema.Version)
            {
                throw new StoreOpenException($"{folder}: the store has schema {schema}, and this program copies schema {SqliteSchema.Version}. Start this version's engine on it once, which brings it up to date.");
            }
        }
        catch (SqliteFault fault)
        {
            throw SqliteFile.Explain(folder, fault);
        }
    }

    private static void Add(CopyRow row, StoreColumn column, SqliteStatement statement, int index, CopyRange range)
    {
        var type = statement.TypeOf(index);
        switch (column.Kind, type)
        {
            case (_, SqliteType.Null):
                row.AddNull();
                break;
            case (ColumnKind.Number or ColumnKind.SmallNumber, SqliteType.Number):
                row.Add(statement.Long(index));
                break;
            case (ColumnKind.Text, SqliteType.Text):
                row.AddText(statement.Blob(index));
                break;
            case (ColumnKind.Blob, SqliteType.Blob):
                row.AddBlob(statement.Blob(index));
                break;
            case (ColumnKind.Hash, SqliteType.Blob) when statement.Blob(index).Length == KeyedHash.Length:
                row.AddHash(statement.Blob(index));
                break;
            default:
                throw new StoreOpenException($"{range}: column {column.Name} holds {type} where {column.Kind} is expected: the file was altered outside the engine.");
        }
    }

    private static void Bind(SqliteStatement insert, StoreTable table, CopyRow row)
    {
        for (var index = 0; index < table.Columns.Count; index++)
        {
            if (row.IsNull(index))
            {
                insert.BindNull(index + 1);
                continue;
            }

            switch (table.Columns[index].Kind)
            {
                case ColumnKind.Number or ColumnKind.SmallNumber:
                    insert.Bind(index + 1, row.Number(index));
                    break;
                case ColumnKind.Text:
                    insert.Bind(index + 1, SharedNames.Text(row.Bytes(index).Span));
                    break;
                default:
                    insert.Bind(index + 1, row.Bytes(index).Span);
                    break;
            }
        }
    }
}
