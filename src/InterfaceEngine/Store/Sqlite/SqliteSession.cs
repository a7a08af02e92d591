using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>The one writer's connection: many units in one transaction, each in a savepoint of its own.</summary>
internal sealed class SqliteSession : WriterSession
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;

    public SqliteSession(SqliteDatabase database, KeyRing keys, StoreOptions options)
        : base(database, keys, options)
    {
        Database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _savepoint = database.Prepare("SAVEPOINT unit");
        _release = database.Prepare("RELEASE unit");
        _rollbackTo = database.Prepare("ROLLBACK TO unit");
        ResumeAfter(LastSequence(database));
    }

    public new SqliteDatabase Database { get; }

    public override string Node => "";

    public override void Lock(StoreLock what)
    {
        // There is no other process.
    }

    public override void Lock(string practice)
    {
        // There is no other writer.
    }

    public override long NextSequence(string practice)
    {
        Mark = Mark with { Sequence = Mark.Sequence + 1 };
        return Mark.Sequence;
    }

    public override bool IsOfRow(Exception failure) => failure is SqliteFault { IsOfRow: true };

    public void Begin(long now)
    {
        BeginAt(now);
        _begin.Run();
    }

    /// <summary>Writes and syncs everything since <see cref="Begin"/>.</summary>
    public void Commit()
    {
        WriteCounts();
        _commit.Run();
    }

    public void Rollback()
    {
        // SQLite has done it already after a full disk or an I/O error.
        if (!Database.IsIdle)
        {
            Database.Execute("ROLLBACK");
        }
    }

    protected override void BeginUnit() => _savepoint.Run();

    protected override void EndUnit() => _release.Run();

    protected override void UndoUnit(bool isAlone)
    {
        if (Database.IsIdle)
        {
            // SQLite has undone it already.
        }
        else if (isAlone)
        {
            Rollback();
            _begin.Run();
        }
        else
        {
            _rollbackTo.Run();
            _release.Run();
        }
    }

    /// <summary>Of all practices: a practice has none without a key.</summary>
    private static long LastSequence(SqliteDatabase database) => database.Number("""
        SELECT max(max(
            coalesce((SELECT max(c.sequence) FROM changes c WHERE c.practice_id = k.practice_id), 0),
            coalesce((SELECT s.last FROM practice_sequences s WHERE s.practice_id = k.practice_id), 0)))
        FROM practice_keys k
        """);
}
