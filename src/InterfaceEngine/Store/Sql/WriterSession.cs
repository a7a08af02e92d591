using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>What the writer counts in memory inside a transaction; put back when a unit or the whole is rolled back.</summary>
/// <param name="Sequence">Of the last change.</param>
/// <param name="AuditSequence">Of the last audit row.</param>
/// <param name="AuditChain">The last audit row's chain.</param>
/// <param name="Ledger">Of the last seal and entry of the ledger.</param>
internal readonly record struct WriterMark(long Sequence, long AuditSequence, byte[] AuditChain, LedgerMark Ledger);

/// <summary>What one process at a time may do, and nobody while it is done.</summary>
internal enum StoreLock
{
    /// <summary>Entering a node.</summary>
    Nodes,

    /// <summary>Closing days and runs; whoever stores messages keeps them open together (<see cref="WriterSession.Lock(StoreLock)"/>).</summary>
    Books,
}

/// <summary>The writer's connection with its prepared statements. Used by one thread at a time.</summary>
internal abstract class WriterSession
{
    protected WriterSession(SqlDatabase database, KeyRing keys, StoreOptions options)
    {
        Database = database;
        Ledger = new LedgerWriter(this, keys);
        MessageCounts = new DayCounts(database, Ledger);
        Numbers = new NumberWriter(this);
        DeliveryCounts = new CountTable(database.Prepare("""
            INSERT INTO delivery_counts (destination, state, deliveries) VALUES (?1, ?2, ?3)
            ON CONFLICT (destination, state) DO UPDATE SET deliveries = delivery_counts.deliveries + excluded.deliveries
            """));
        QueuedCounts = new CountTable(database.Prepare("""
            INSERT INTO delivery_queued (destination, deliveries) VALUES (?1, ?3)
            ON CONFLICT (destination) DO UPDATE SET deliveries = delivery_queued.deliveries + excluded.deliveries
            """));
        Deliveries = new DeliveryWriter(this);
        Leases = new LeaseWriter(this);
        Nodes = new NodeWriter(this);
        Batches = new BatchWriter(this);
        Aliases = new AliasTable(database);
        Units = new UnitWriter(this, options);
        Audit = new AuditWriter(this, keys);
    }

    public SqlDatabase Database { get; }

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

    public NodeWriter Nodes { get; }

    public BatchWriter Batches { get; }

    /// <summary>Prepared when the first file comes.</summary>
    public FileWriter Files => field ??= new FileWriter(this);

    /// <summary>Prepared when the first connection remembers something.</summary>
    public ConnectionWriter Connections => field ??= new ConnectionWriter(this);

    /// <summary>Prepared when something is first to be dropped.</summary>
    public RetentionWriter Retention => field ??= new RetentionWriter(this);

    public WriterMark Mark { get; set; }

    /// <summary>The transaction's time, UTC milliseconds.</summary>
    public long Now { get; private set; }

    /// <summary>The name under which this process is entered as a node; empty where it has the store for itself.</summary>
    public abstract string Node { get; }

    /// <summary>Keeps other nodes from doing the same until the end of the transaction.</summary>
    public abstract void Lock(StoreLock what);

    /// <summary>Keeps other nodes from changing anything of a practice until the end of the transaction.</summary>
    public abstract void Lock(string practice);

    /// <summary>The sequence of the practice's next change: one after the last that is, or will be, committed.</summary>
    public abstract long NextSequence(string practice);

    /// <summary>
    /// Whether units may still be committed of which this process believes that they failed: the line broke, and the server goes on
    /// with what it has.
    /// </summary>
    public virtual bool MayStillCommit() => false;

    /// <inheritdoc cref="FileRowWriter.Confirm"/>
    public virtual bool[] ConfirmRows(FileRun run, KeyedHash[] hashes, bool[] isSettled) => Files.Rows.Confirm(run, hashes, isSettled);

    /// <summary>Whether a statement was refused for what its row holds, and so would be again.</summary>
    public abstract bool IsOfRow(Exception failure);

    protected void BeginAt(long now)
    {
        Now = now;
        Batches.ResetTo(0);
        MessageCounts.ResetTo(0);
        DeliveryCounts.ResetTo(0);
        QueuedCounts.ResetTo(0);
    }

    /// <summary>What was gathered in memory, before the commit.</summary>
    protected void WriteCounts()
    {
        Batches.WriteCounts();
        MessageCounts.Write();
        DeliveryCounts.Write();
        QueuedCounts.Write();
    }

    /// <summary>Goes on after the last rows of each chain that are stored.</summary>
    /// <param name="sequence">Of the last change; 0 where the database counts them.</param>
    protected void ResumeAfter(long sequence)
    {
        Mark = new WriterMark(sequence, 0, [], new LedgerMark(-1, [], 0, []));
        Audit.Resume();
        Ledger.Resume();
    }

    /// <summary>Runs one unit; what it wrote is undone when it says false or throws.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="isAlone">It has the transaction for itself: the transaction is what is undone, and no savepoint is paid for.</param>
    public bool TryUnit(Func<WriterSession, bool> unit, bool isAlone)
    {
        var mark = Mark;
        var (named, messages, deliveries, queued) = (Batches.Mark, MessageCounts.Mark, DeliveryCounts.Mark, QueuedCounts.Mark);
        if (!isAlone)
        {
            BeginUnit();
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
                Batches.ResetTo(named);
                MessageCounts.ResetTo(messages);
                DeliveryCounts.ResetTo(deliveries);
                QueuedCounts.ResetTo(queued);
                UndoUnit(isAlone);
            }
        }

        if (isKept && !isAlone)
        {
            EndUnit();
        }

        return isKept;
    }

    /// <summary>Marks the place to which <see cref="UndoUnit"/> goes back.</summary>
    protected abstract void BeginUnit();

    protected abstract void EndUnit();

    /// <summary>Undoes what a unit wrote.</summary>
    /// <param name="isAlone">It has the transaction for itself.</param>
    protected abstract void UndoUnit(bool isAlone);
}
