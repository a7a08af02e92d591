using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// Closes days and writes what happens to closed ones. Seals and entries are chained by keyed hashes, each kind for
/// itself, as the audit is.
/// </summary>
internal sealed class LedgerWriter
{
    private readonly WriterSession _session;
    private readonly KeyRing _keys;
    private readonly DaySeal _seal;
    private readonly SqlStatement _lastSeal;
    private readonly SqlStatement _insertSeal;
    private readonly SqlStatement _lastEntry;
    private readonly SqlStatement _insertEntry;
    private readonly SqlStatement _insertAcceptance;

    public LedgerWriter(WriterSession session, KeyRing keys)
    {
        _session = session;
        _keys = keys;
        var database = session.Database;
        _seal = new DaySeal(database.Prepare(DaySeal.SourceRows), database.Prepare(DaySeal.CountRows), database.Prepare(DaySeal.UnansweredRows));
        _lastSeal = database.Prepare("SELECT day, chain FROM ledger_seals ORDER BY day DESC LIMIT 1");
        _insertSeal = database.Prepare("INSERT INTO ledger_seals (day, sealed_at, chain) VALUES (?1, ?2, ?3)");
        _lastEntry = database.Prepare("SELECT sequence, chain FROM ledger_entries ORDER BY sequence DESC LIMIT 1");
        _insertAcceptance = database.Prepare("INSERT INTO ledger_acceptances (difference_id, accepted_at, key_version, detail) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _insertEntry = database.Prepare("""
            INSERT INTO ledger_entries (sequence, at, message_id, day, source, run_id, from_state, to_state, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
    }

    /// <summary>False when the difference was accepted before.</summary>
    public bool TryAccept(SealedUnit unit) => unit.Accepts is not { } accepted ||
        _insertAcceptance.Bind(1, accepted.Difference).Bind(2, _session.Now).Bind(3, unit.KeyVersion).Bind(4, accepted.Detail).Run() == 1;

    /// <summary>Goes on after the last rows that are stored.</summary>
    public void Resume()
    {
        var mark = new LedgerMark(-1, [], 0, []);
        if (_lastSeal.Step())
        {
            mark = mark with { SealedThrough = _lastSeal.Long(0), SealChain = _lastSeal.Blob(1).ToArray() };
            _lastSeal.Reset();
        }

        if (_lastEntry.Step())
        {
            mark = mark with { EntrySequence = _lastEntry.Long(0), EntryChain = _lastEntry.Blob(1).ToArray() };
            _lastEntry.Reset();
        }

        _session.Mark = _session.Mark with { Ledger = mark };
    }

    public bool IsSealed(long day) => day <= _session.Mark.Ledger.SealedThrough;

    /// <summary>
    /// Seals every day through <paramref name="last"/> that is not sealed yet, those without messages too, but none later
    /// than the newest day of either side.
    /// </summary>
    /// <returns>How many were sealed.</returns>
    public int Seal(long last)
    {
        _session.Lock(StoreLock.Books);
        // A clock that runs ahead for a moment would close days that have not been yet: every message of theirs would be an entry.
        last = Math.Min(last, Math.Max(_session.Database.Number("SELECT max(day) FROM source_days"), _session.Database.Number("SELECT max(day) FROM message_days")));
        var first = _session.Mark.Ledger.SealedThrough + 1;
        if (first == 0)
        {
            first = Math.Min(
                FirstDay("SELECT min(day) FROM source_days"),
                FirstDay("SELECT min(day) FROM message_days"));
        }

        for (var day = first; day <= last; day++)
        {
            var ledger = _session.Mark.Ledger;
            var chain = _seal.Chain(_keys.Engine, ledger.SealChain, day, _session.Now);
            _insertSeal.Bind(1, day).Bind(2, _session.Now).Bind(3, chain).Run();
            _session.Mark = _session.Mark with { Ledger = ledger with { SealedThrough = day, SealChain = chain } };
        }

        return (int)Math.Max(0, last - first + 1);

        long FirstDay(string sql) => _session.Database.Number(sql) is var day and > 0 ? day : last + 1;
    }

    /// <summary>A message of a sealed day came into a state.</summary>
    public void Enter(CountedMessage message, MessageState? from, MessageState to)
    {
        var ledger = _session.Mark.Ledger;
        var entry = new LedgerEntry(
            ledger.EntrySequence + 1, _session.Now, message.Id, LedgerDay.Of(message.ReceivedAt), message.Source, message.Run, from?.Text(), to.Text());
        var chain = entry.Chain(_keys.Engine, ledger.EntryChain);
        _insertEntry.Bind(1, entry.Sequence).Bind(2, entry.At).Bind(3, entry.Message).Bind(4, entry.Day).Bind(5, entry.Source).Bind(6, entry.Run)
            .Bind(7, entry.From).Bind(8, entry.To).Bind(9, chain).Run();
        _session.Mark = _session.Mark with { Ledger = ledger with { EntrySequence = entry.Sequence, EntryChain = chain } };
    }
}

/// <param name="SealedThrough">The last sealed day; -1 when none is.</param>
/// <param name="SealChain">Its chain.</param>
/// <param name="EntrySequence">Of the last entry.</param>
/// <param name="EntryChain">Its chain.</param>
internal sealed record LedgerMark(long SealedThrough, byte[] SealChain, long EntrySequence, byte[] EntryChain);

/// <summary>One move of one message of a sealed day.</summary>
internal sealed record LedgerEntry(long Sequence, long At, long Message, long Day, string Source, long Run, string? From, string To)
{
    /// <summary>The keyed hash that the entry must carry.</summary>
    public byte[] Chain(PracticeKeys engine, ReadOnlySpan<byte> before)
    {
        using var writer = new DocumentWriter(256);
        writer.Bytes(before);
        writer.Signed(Sequence);
        writer.Signed(At);
        writer.Signed(Message);
        writer.Signed(Day);
        writer.Text(Source);
        writer.Signed(Run);
        writer.Text(From ?? "");
        writer.Text(To);
        return engine.Hashing.Authenticate(writer.Written);
    }
}
