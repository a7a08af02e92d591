namespace InterfaceEngine.Store.Sql;

/// <summary>Writes the sources' side of the ledger in the writer's transaction.</summary>
internal sealed class NumberWriter
{
    /// <summary>What a message is told whose run was ended.</summary>
    public const string Ended = "This node was silent for so long that the others closed its books; it enters itself again. Nothing of this unit is stored.";

    private const string MayStillCommit = "A batch of messages whose line to the database broke may still be committed there: what became of them is noted afterwards.";
    private const string Unanswered = "unanswered";
    private const string Interrupted = "interrupted";

    private readonly WriterSession _session;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _nextNumber;
    private readonly SqlStatement _setDay;
    private readonly SqlStatement _settled;
    private readonly SqlStatement _end;
    private readonly SqlStatement _isOpen;
    private readonly SqlStatement _openRuns;
    private readonly SqlStatement _goneRuns;
    private readonly SqlStatement _lastDays;
    private readonly SqlStatement _closedNumbers;
    private readonly SqlStatement _stored;
    private readonly SqlStatement _storedWithDay;
    private readonly SqlStatement _unansweredOf;
    private readonly SqlStatement _insertUnanswered;

    public NumberWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _begin = database.Prepare("""
            INSERT INTO source_runs (run_id, node, source, first_number, settled_through, in_flight_max, started_at) VALUES (?1, ?2, ?3, ?4, ?4 - 1, ?5, ?6)
            """);
        _nextNumber = database.Prepare("SELECT last_number + 1 FROM source_runs WHERE node = ?1 AND source = ?2 AND ended_at IS NOT NULL ORDER BY run_id DESC LIMIT 1");
        _setDay = database.Prepare("""
            INSERT INTO source_days (day, source, run_id, first_number, last_number) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (day, source, run_id) DO UPDATE SET last_number = excluded.last_number WHERE source_days.last_number < excluded.last_number
            """);
        _settled = database.Prepare("UPDATE source_runs SET settled_through = ?2 WHERE run_id = ?1 AND settled_through < ?2");
        _end = database.Prepare("UPDATE source_runs SET last_number = ?2, ended_at = ?3 WHERE run_id = ?1 AND ended_at IS NULL");
        _isOpen = database.Prepare("SELECT 1 FROM source_runs WHERE run_id = ?1 AND ended_at IS NULL");
        _openRuns = database.Prepare("SELECT run_id, source, first_number, settled_through, in_flight_max FROM source_runs WHERE node = ?1 AND ended_at IS NULL");
        _goneRuns = database.Prepare($"""
            SELECT run_id, source, first_number, settled_through, in_flight_max FROM source_runs r
            WHERE ended_at IS NULL AND {database.IsGone("r.node")}
            """);
        _lastDays = database.Prepare("SELECT day, first_number, last_number FROM source_days WHERE source = ?1 AND run_id = ?2 ORDER BY day DESC LIMIT 2");
        _closedNumbers = database.Prepare("SELECT max(last_number) FROM source_days WHERE source = ?1 AND run_id = ?2 AND day <= ?3");
        _stored = database.Prepare("SELECT number FROM messages WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number");
        _storedWithDay = database.Prepare("SELECT number, received_at FROM messages WHERE run_id = ?1 AND number > ?2 ORDER BY number");
        _unansweredOf = database.Prepare("SELECT first_number, last_number FROM unanswered_numbers WHERE run_id = ?1 AND last_number >= ?2 ORDER BY first_number");
        _insertUnanswered = database.Prepare("""
            INSERT INTO unanswered_numbers (run_id, first_number, last_number, day, kind, noted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (run_id, first_number) DO UPDATE SET last_number = excluded.last_number, day = excluded.day, kind = excluded.kind, noted_at = excluded.noted_at
            """);
    }

    public SourceRun Begin(string source, int inFlightMax)
    {
        var first = _nextNumber.Bind(1, _session.Node).Bind(2, source).Step() ? _nextNumber.Long(0) : 1;
        _nextNumber.Reset();
        var run = new SourceRun(_session.Database.Number("SELECT max(run_id) FROM source_runs") + 1, source, first);
        _begin.Bind(1, run.Id).Bind(2, _session.Node).Bind(3, source).Bind(4, first).Bind(5, inFlightMax).Bind(6, _session.Now).Run();
        return run;
    }

    /// <summary>Refuses a message whose run was ended because its node had fallen silent: the books of that run are closed.</summary>
    /// <exception cref="StoreUnavailableException">It was.</exception>
    public void RequireOpen(long run)
    {
        if (run != 0 && IsEndedByOthers(run))
        {
            throw new StoreUnavailableException(Ended);
        }
    }

    /// <returns>False when the run was ended meanwhile: nothing is kept.</returns>
    /// <exception cref="StoreUnavailableException">Whether a number went unanswered can't be said yet.</exception>
    public bool Report(NumberReport report)
    {
        var run = report.Run;
        if (IsEndedByOthers(run.Id))
        {
            return false;
        }

        if (report.Unanswered.Count > 0 && _session.MayStillCommit())
        {
            throw new StoreUnavailableException(MayStillCommit);
        }

        foreach (var (day, numbers) in NotClosed(run, report.Days))
        {
            _setDay.Bind(1, day).Bind(2, run.Source).Bind(3, run.Id).Bind(4, numbers.First).Bind(5, numbers.Last).Run();
        }

        foreach (var (day, numbers) in report.Unanswered)
        {
            foreach (var missing in Missing(numbers, Stored(run.Id, numbers)))
            {
                Note(run.Id, day, missing, Unanswered);
            }
        }

        _settled.Bind(1, run.Id).Bind(2, report.SettledThrough).Run();
        if (report.IsFinal)
        {
            _end.Bind(1, run.Id).Bind(2, report.Days.Count == 0 ? run.First - 1 : report.Days[^1].Numbers.Last).Bind(3, _session.Now).Run();
        }

        return true;
    }

    /// <summary>What is said too late of a closed day counts on the day after: a node that could not reach the store for hours says it.</summary>
    private IEnumerable<DayNumbers> NotClosed(SourceRun run, IReadOnlyList<DayNumbers> days)
    {
        var closed = _session.Mark.Ledger.SealedThrough;
        if (days.All(day => day.Day > closed))
        {
            return days;
        }

        var known = _closedNumbers.Bind(1, run.Source).Bind(2, run.Id).Bind(3, closed).Step() && !_closedNumbers.IsNull(0) ? _closedNumbers.Long(0) : run.First - 1;
        _closedNumbers.Reset();
        return days.Where(day => day.Numbers.Last > known).Select(day => day.Day > closed
            ? day
            : new DayNumbers(closed + 1, day.Numbers with { First = Math.Max(day.Numbers.First, known + 1) }));
    }

    /// <summary>Of this node, before it begins any.</summary>
    public IReadOnlyList<(string Source, long Interrupted)> EndAbandoned() => EndAbandoned(_openRuns.Bind(1, _session.Node));

    /// <summary>Of nodes that fell silent.</summary>
    public IReadOnlyList<(string Source, long Interrupted)> EndThoseOfGoneNodes() => EndAbandoned(_goneRuns.Bind(9, _session.Now));

    private List<(string Source, long Interrupted)> EndAbandoned(SqlStatement open)
    {
        _session.Lock(StoreLock.Books);
        var runs = new List<(SourceRun Run, long SettledThrough, long InFlightMax)>();
        while (open.Step())
        {
            runs.Add((new SourceRun(open.Long(0), open.Text(1)!, open.Long(2)), open.Long(3), open.Long(4)));
        }

        return [.. runs.Select(run => (run.Run.Source, EndAbandoned(run.Run, run.SettledThrough, run.InFlightMax)))];
    }

    /// <summary>Whether another node has ended it. Where there is no other, nobody has.</summary>
    private bool IsEndedByOthers(long run)
    {
        if (_session.Node.Length == 0)
        {
            return false;
        }

        var isOpen = _isOpen.Bind(1, run).Step();
        _isOpen.Reset();
        return !isOpen;
    }

    private long EndAbandoned(SourceRun run, long settledThrough, long inFlightMax)
    {
        var days = DaysThroughEnd(run);
        var last = days.Count == 0 ? run.First - 1 : days[^1].Numbers.Last;
        var open = new NumberRange(settledThrough + 1, last);
        var known = Stored(run.Id, open);
        known.AddRange(UnansweredFrom(run.Id, open.First));
        known.Sort(static (left, right) => left.First.CompareTo(right.First));
        var missing = Missing(open, known).ToList();
        var count = missing.Sum(range => range.Count);
        var isExplained = count <= inFlightMax;
        foreach (var (day, numbers) in isExplained ? Within(missing, days) : [])
        {
            Note(run.Id, day, numbers, Interrupted);
        }

        _end.Bind(1, run.Id).Bind(2, last).Bind(3, _session.Now).Run();
        return isExplained ? count : 0;
    }

    /// <summary>
    /// The days' numbers from the last one that was reported, and beyond it as far as messages are stored. A number
    /// that is missing between two days counts to the later.
    /// </summary>
    private List<DayNumbers> DaysThroughEnd(SourceRun run)
    {
        var days = new List<DayNumbers>();
        var last = run.First - 1;
        _lastDays.Bind(1, run.Source).Bind(2, run.Id);
        while (_lastDays.Step())
        {
            days.Insert(0, new DayNumbers(_lastDays.Long(0), new NumberRange(_lastDays.Long(1), _lastDays.Long(2))));
            last = days[^1].Numbers.Last;
        }

        _storedWithDay.Bind(1, run.Id).Bind(2, last);
        while (_storedWithDay.Step())
        {
            var (number, day) = (_storedWithDay.Long(0), LedgerDay.Of(_storedWithDay.Long(1)));
            if (days.Count > 0 && days[^1].Day >= day)
            {
                days[^1] = days[^1] with { Numbers = days[^1].Numbers with { Last = number } };
            }
            else
            {
                days.Add(new DayNumbers(day, new NumberRange(last + 1, number)));
            }

            last = number;
        }

        foreach (var (day, numbers) in days)
        {
            _setDay.Bind(1, day).Bind(2, run.Source).Bind(3, run.Id).Bind(4, numbers.First).Bind(5, numbers.Last).Run();
        }

        return days;
    }

    private List<NumberRange> Stored(long run, NumberRange within)
    {
        var stored = new List<NumberRange>();
        _stored.Bind(1, run).Bind(2, within.First).Bind(3, within.Last);
        while (_stored.Step())
        {
            var number = _stored.Long(0);
            if (stored.Count > 0 && stored[^1].Last >= number - 1)
            {
                stored[^1] = stored[^1] with { Last = number };
            }
            else
            {
                stored.Add(new NumberRange(number, number));
            }
        }

        return stored;
    }

    private List<NumberRange> UnansweredFrom(long run, long first)
    {
        var ranges = new List<NumberRange>();
        _unansweredOf.Bind(1, run).Bind(2, first);
        while (_unansweredOf.Step())
        {
            ranges.Add(new NumberRange(_unansweredOf.Long(0), _unansweredOf.Long(1)));
        }

        return ranges;
    }

    /// <summary>What of <paramref name="within"/> no range of <paramref name="known"/>, which are in order, holds.</summary>
    private static IEnumerable<NumberRange> Missing(NumberRange within, List<NumberRange> known)
    {
        var next = within.First;
        foreach (var range in known)
        {
            if (range.First > next)
            {
                yield return new NumberRange(next, Math.Min(range.First - 1, within.Last));
            }

            next = Math.Max(next, range.Last + 1);
            if (next > within.Last)
            {
                yield break;
            }
        }

        if (next <= within.Last)
        {
            yield return new NumberRange(next, within.Last);
        }
    }

    private static IEnumerable<DayNumbers> Within(List<NumberRange> ranges, List<DayNumbers> days) =>
        from range in ranges
        from day in days
        let first = Math.Max(range.First, day.Numbers.First)
        let last = Math.Min(range.Last, day.Numbers.Last)
        where first <= last
        select new DayNumbers(day.Day, new NumberRange(first, last));

    /// <summary>Later than any seal of before, which is over what was noted until then (<see cref="DaySeal"/>).</summary>
    private void Note(long run, long day, NumberRange numbers, string kind) =>
        _insertUnanswered.Bind(1, run).Bind(2, numbers.First).Bind(3, numbers.Last).Bind(4, day).Bind(5, kind).Bind(6, _session.Now + 1).Run();
}
