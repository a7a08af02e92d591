namespace InterfaceEngine.Store.Sqlite;

/// <summary>What the writer counts in memory inside a transaction; put back when a unit or the whole is rolled back.</summary>
/// <param name="Sequence">Of the last change.</param>
/// <param name="AuditSequence">Of the last audit row.</param>
/// <param name="AuditChain">The last audit row's chain.</param>
/// <param name="Ledger">Of the last seal and entry of the ledger.</param>
internal readonly record struct WriterMark(long Sequence, long AuditSequence, byte[] AuditChain, LedgerMark Ledger);

/// <summary>The writer's connection with its prepared statements. Used by the writer's thread only.</summary>
internal sealed class WriterSession
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;

    public WriterSession(SqliteDatabase database, KeyRing keys, StoreOptions options)
    {
        Database = database;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _savepoint = database.Prepare("SAVEPOINT unit");
        _release = database.Prepare("RELEASE unit");
        _rollbackTo = database.Prepare("ROLLBACK TO unit");
        Ledger = new LedgerWriter(this, keys);
        MessageCounts = new DayCounts(database, Ledger);
        Numbers = new NumberWriter(this);
        DeliveryCounts = new CountTable(database.Prepare("""
            INSERT INTO delivery_counts (destination, state, deliveries) VALUES (?1, ?2, ?3)
            ON CONFLICT (destination, state) DO UPDATE SET deliveries = deliveries + excluded.deliveries
            """));
        QueuedCounts = new CountTable(database.Prepare("""
            INSERT INTO delivery_queued (destination, deliveries) VALUES (?1, ?3)
            ON CONFLICT (destination) DO UPDATE SET deliveries = deliveries + excluded.deliveries
            """));
        Deliveries = new DeliveryWriter(this);
        Leases = new LeaseWriter(this);
        Batches = new BatchWriter(database);
        Aliases = new AliasTable(database);
        Units = new UnitWriter(this, options);
        Audit = new AuditWriter(this, keys);
        Mark = new WriterMark(database.Number("SELECT max(sequence) FROM changes"), 0, [], new LedgerMark(-1, [], 0, []));
        Audit.Resume();
        Ledger.Resume();
    }

    public SqliteDatabase Database { get; }

    public UnitWriter Units { get; }

    public AliasTable Aliases { get; }

    public AuditWriter Audit { get; }

    public DayCounts MessageCounts { get; }

    public NumberWriter Numbers { get; }

    public LedgerWriter Ledger { get; }

    /// <summary>Deliveries that were queued, whatever became of them.</summary>
    public CountTable QueuedCounts { get; }

    public DeliveryWriter Deliveries { get; }

    public CountTable DeliveryCounts { get; }

    public LeaseWriter Leases { get; }

    public BatchWriter Batches { get; }

    public WriterMark Mark { get; set; }

    /// <summary>The transaction's time, UTC milliseconds.</summary>
    public long Now { get; private set; }

    public void Begin(long now)
    {
        Now = now;
        MessageCounts.ResetTo(0);
        DeliveryCounts.ResetTo(0);
        QueuedCounts.ResetTo(0);
        _begin.Run();
    }

    /// <summary>Writes and syncs everything since <see cref="Begin"/>.</summary>
    public void Commit()
    {
        MessageCounts.Write();
        DeliveryCounts.Write();
        QueuedCounts.Write();
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

    /// <summary>Runs one unit; what it wrote is undone when it says false or throws.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="isAlone">It has the transaction for itself: the transaction is what is undone, and no savepoint is paid for.</param>
    public bool TryUnit(Func<WriterSession, bool> unit, bool isAlone)
    {
        var mark = Mark;
        var (messages, deliveries, queued) = (MessageCounts.Mark, DeliveryCounts.Mark, QueuedCounts.Mark);
        if (!isAlone)
        {
            _savepoint.Run();
        }

        var isKept = false;
        try
        {
            isKept = unit(this);
        }
        finally
        {
            if (!isKept)
            {
                Mark = mark;
                MessageCounts.ResetTo(messages);
                DeliveryCounts.ResetTo(deliveries);
                QueuedCounts.ResetTo(queued);
                if (!Database.IsIdle)
                {
                    Undo(isAlone);
                }
            }
        }

        if (isKept && !isAlone)
        {
            _release.Run();
        }

        return isKept;
    }

    private void Undo(bool isAlone)
    {
        if (isAlone)
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
}
