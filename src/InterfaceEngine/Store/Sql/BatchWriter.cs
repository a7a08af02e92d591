using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes batches, and which messages are theirs, in the writer's transaction.</summary>
internal sealed class BatchWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _received;
    private readonly SqlStatement _open;
    private readonly SqlStatement _end;
    private readonly SqlStatement _state;
    private readonly SqlStatement _abandon;
    private readonly SqlStatement _gone;
    private readonly SqlStatement _name;
    private readonly SqlStatement _count;
    private readonly SqlStatement _takeOver;
    private readonly SqlStatement _interrupted;
    private readonly SqlStatement _reopen;
    private readonly Dictionary<BatchVerdict, SqlStatement> _settled;
    private readonly List<long> _named = [];

    public BatchWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _begin = database.Prepare("INSERT INTO batches (batch_id, source, is_file, received_at, verdict, stored, node) VALUES (?1, ?2, ?3, ?4, 'open', 0, ?5)");
        _received = database.Prepare("""
            INSERT INTO batch_days (day, source, is_file, received, open) VALUES (?1, ?2, ?3, 1, 1)
            ON CONFLICT (day, source, is_file) DO UPDATE SET received = batch_days.received + 1, open = batch_days.open + 1
            """);
        _open = database.Prepare("SELECT source, is_file, received_at FROM batches WHERE batch_id = ?1 AND verdict = 'open'");
        _end = database.Prepare("UPDATE batches SET verdict = ?2, stated = ?3, found = ?4, key_version = ?5, detail = ?6 WHERE batch_id = ?1");
        _state = database.Prepare("INSERT INTO batch_counts (batch_id, state, messages) VALUES (?1, ?2, ?3)");
        _abandon = database.Prepare("SELECT batch_id FROM batches WHERE verdict = 'open' AND node = ?1");
        _gone = database.Prepare($"""
            SELECT batch_id FROM batches b WHERE verdict = 'open' AND {database.IsGone("b.node")}
            """);
        _name = database.Prepare("INSERT INTO batch_messages (batch_id, message_id) VALUES (?1, ?2)");
        _count = database.Prepare("UPDATE batches SET stored = stored + ?2 WHERE batch_id = ?1");
        _takeOver = database.Prepare("UPDATE batches SET verdict = 'open', node = ?2 WHERE batch_id = ?1");
        _interrupted = database.Prepare("SELECT source, is_file, received_at FROM batches WHERE batch_id = ?1 AND verdict = 'interrupted'");
        _reopen = database.Prepare("UPDATE batch_days SET open = open + 1, interrupted = interrupted - 1 WHERE day = ?1 AND source = ?2 AND is_file = ?3");
        _settled = Enum.GetValues<BatchVerdict>().Where(verdict => verdict != BatchVerdict.Open).ToDictionary(verdict => verdict, verdict =>
        {
            var column = Column(verdict);
            return database.Prepare($"UPDATE batch_days SET open = open - 1, {column} = {column} + 1 WHERE day = ?1 AND source = ?2 AND is_file = ?3");
        });
    }

    /// <summary>The column of <c>batch_days</c> that counts a verdict.</summary>
    public static string Column(BatchVerdict verdict) => verdict.Text().Replace(' ', '_');

    public int Begin(BatchStart batch)
    {
        _begin.Bind(1, batch.Id.Value).Bind(2, batch.Source).Bind(3, batch.IsFile ? 1 : 0).Bind(4, batch.ReceivedAt).Bind(5, _session.Node).Run();
        return _received.Bind(1, LedgerDay.Of(batch.ReceivedAt)).Bind(2, batch.Source).Bind(3, batch.IsFile ? 1 : 0).Run();
    }

    /// <summary>How many messages were named: a unit that is undone takes back what came after.</summary>
    public int Mark => _named.Count;

    /// <summary>A message that is stored in this transaction is of a batch.</summary>
    public void Name(EngineId batch, EngineId message)
    {
        _name.Bind(1, batch.Value).Bind(2, message.Value).Run();
        _named.Add(batch.Value);
    }

    /// <summary>Forgets what was named after <paramref name="mark"/>.</summary>
    public void ResetTo(int mark) => _named.RemoveRange(mark, _named.Count - mark);

    /// <summary>Counts what was named: once for each batch, before it is ended or the transaction is.</summary>
    public void WriteCounts()
    {
        foreach (var batch in _named.CountBy(batch => batch))
        {
            _count.Bind(1, batch.Key).Bind(2, batch.Value).Run();
        }

        _named.Clear();
    }

    /// <summary>A batch that broke off goes on, on this node; it may have been given its verdict meanwhile.</summary>
    public void GoOn(EngineId batch)
    {
        if (_interrupted.Bind(1, batch.Value).Step())
        {
            _reopen.Bind(1, LedgerDay.Of(_interrupted.Long(2))).Bind(2, _interrupted.Text(0)!).Bind(3, _interrupted.Int(1));
            _interrupted.Reset();
            _reopen.Run();
        }

        _takeOver.Bind(1, batch.Value).Bind(2, _session.Node).Run();
    }

    /// <summary>A batch that nobody will go on with; it may have its verdict already.</summary>
    public void GiveUp(EngineId batch)
    {
        var isOpen = _open.Bind(1, batch.Value).Step();
        _open.Reset();
        if (isOpen)
        {
            Interrupt(batch.Value);
        }
    }

    public int End(BatchEnd batch, int keyVersion, byte[] detail)
    {
        Settle(batch.Id.Value, batch.Verdict);
        _end.Bind(1, batch.Id.Value).Bind(2, batch.Verdict.Text()).Bind(4, batch.Found).Bind(5, keyVersion).Bind(6, detail);
        (batch.Stated is { } stated ? _end.Bind(3, stated) : _end.BindNull(3)).Run();
        foreach (var (state, messages) in batch.States.Where(count => count.Value > 0))
        {
            _state.Bind(1, batch.Id.Value).Bind(2, state.Text()).Bind(3, messages).Run();
        }

        return 1;
    }

    /// <summary>Of this node, before it begins any.</summary>
    public int EndAbandoned() => EndAbandoned(_abandon.Bind(1, _session.Node));

    /// <summary>Of nodes that fell silent.</summary>
    public int EndThoseOfGoneNodes() => EndAbandoned(_gone.Bind(9, _session.Now));

    private int EndAbandoned(SqlStatement rows)
    {
        var open = new List<long>();
        while (rows.Step())
        {
            open.Add(rows.Long(0));
        }

        open.ForEach(Interrupt);
        return open.Count;
    }

    private void Interrupt(long batch)
    {
        Settle(batch, BatchVerdict.Interrupted);
        _end.Bind(1, batch).Bind(2, BatchVerdict.Interrupted.Text()).BindNull(3).BindNull(4).BindNull(5).BindNull(6).Run();
    }

    /// <exception cref="InvalidOperationException">No such batch is open.</exception>
    private void Settle(long batch, BatchVerdict verdict)
    {
        if (!_open.Bind(1, batch).Step())
        {
            throw new InvalidOperationException($"batch {new EngineId(batch)} is not open");
        }

        _settled[verdict].Bind(1, LedgerDay.Of(_open.Long(2))).Bind(2, _open.Text(0)!).Bind(3, _open.Int(1)).Run();
        _open.Reset();
    }
}
