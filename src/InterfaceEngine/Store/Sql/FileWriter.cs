using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Writes runs of files in the writer's transaction: how they begin, end and stand, and what people decide about them.</summary>
internal sealed class FileWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _find;
    private readonly SqlStatement _last;
    private readonly SqlStatement _insert;
    private readonly SqlStatement _takeUp;
    private readonly SqlStatement _goOn;
    private readonly SqlStatement _want;
    private readonly SqlStatement _isWanted;
    private readonly SqlStatement _wantNoMore;
    private readonly SqlStatement _move;
    private readonly SqlStatement _end;
    private readonly SqlStatement _state;
    private readonly SqlStatement _notePoll;

    public FileWriter(WriterSession session)
    {
        _session = session;
        Rows = new FileRowWriter(session);
        var database = session.Database;
        _find = database.Prepare($"SELECT {FileRunRow.Columns} FROM file_runs WHERE practice_id = ?1 AND run_id = ?2");
        _last = database.Prepare($"""
            SELECT {FileRunRow.Columns} FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND content = ?3 AND kind = ?4 AND state NOT IN ('refused', 'known')
            ORDER BY run_id DESC LIMIT 1
            """);
        _insert = database.Prepare("""
            INSERT INTO file_runs (run_id, practice_id, source, kind, content, size, rows, event_at, received_at, ended_at, state, position, pending, key_version, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, '', ?12, ?13)
            """);
        _takeUp = database.Prepare("""
            UPDATE file_runs SET size = ?3, rows = ?4, event_at = ?5, received_at = ?6, ended_at = NULL, state = 'running', key_version = ?7, detail = ?8
            WHERE practice_id = ?1 AND run_id = ?2
            """);
        _goOn = database.Prepare("UPDATE file_runs SET reader = reader + 1 WHERE practice_id = ?1 AND run_id = ?2");
        _want = database.Prepare("UPDATE file_runs SET is_wanted_again = 1 WHERE practice_id = ?1 AND run_id = ?2");
        _isWanted = database.Prepare("SELECT 1 FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND content = ?3 AND kind = ?4 AND is_wanted_again = 1 LIMIT 1");
        _wantNoMore = database.Prepare("UPDATE file_runs SET is_wanted_again = 0 WHERE practice_id = ?1 AND source = ?2 AND content = ?3 AND kind = ?4 AND is_wanted_again = 1");
        _move = database.Prepare("""
            UPDATE file_runs SET position = ?3, pending = ?4, created = ?5, updated = ?6, unchanged = ?7, confirmed = ?8, refused = ?9, held = ?10, parked = ?11, duplicate = ?12
            WHERE practice_id = ?1 AND run_id = ?2
            """);
        _end = database.Prepare("UPDATE file_runs SET state = ?3, ended_at = ?4, key_version = ?5, detail = ?6 WHERE practice_id = ?1 AND run_id = ?2");
        _state = database.Prepare("UPDATE file_runs SET state = ?3, ended_at = coalesce(ended_at, ?4) WHERE practice_id = ?1 AND run_id = ?2");
        _notePoll = database.Prepare("""
            INSERT INTO polls (source, due_at, started_at, ended_at, fault, files) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (source) DO UPDATE SET due_at = excluded.due_at, started_at = excluded.started_at, ended_at = excluded.ended_at, fault = excluded.fault, files = excluded.files
            """);
    }

    /// <summary>Its rows.</summary>
    public FileRowWriter Rows { get; }

    public FileRun Begin(FileRunStart start, PracticeKeys keys)
    {
        _session.Lock(start.Practice);
        if (start.State != FileRunState.Running)
        {
            return Insert(start, start.State, keys);
        }

        switch (Last(start, keys))
        {
            case { State: FileRunState.Running } broken:
                _session.Batches.GoOn(broken.Id);
                _goOn.Bind(1, broken.Practice).Bind(2, broken.Id.Value).Run();
                return broken with { Reader = broken.Reader + 1 };
            case { State: FileRunState.Released } released:
                return TakeUp(released.Id, start, keys);
            case { State: FileRunState.Held } held when !start.IsAgain:
                return held;
            case { State: FileRunState.Discarded } discarded when !start.IsAgain && !IsWanted(start):
                return discarded;
            case { } before when (!start.CountsFromFile || start.EventAt <= before.EventAt) && !start.IsAgain && !IsWanted(start):
                return Insert(start, FileRunState.Known, keys);
            default:
                return Insert(start, FileRunState.Running, keys);
        }
    }

    public bool[] Confirm(SealedConfirmation rows, PracticeKeys keys)
    {
        _session.Lock(keys.Practice);
        var run = FindRunning(rows.Run, rows.Reader, keys);
        bool[] isSettled = [.. rows.Numbers.Select(run.HasSettled)];
        var confirmed = _session.ConfirmRows(run, rows.Hashes, isSettled);
        var said = rows.Numbers.Where((_, index) => confirmed[index]).ToHashSet();
        long[] pending = [.. rows.Numbers.Where((_, index) => !confirmed[index] && !isSettled[index])];
        Move(run, rows.Position, run.Pending.With(pending).Without(said), run.Counts with { Confirmed = run.Counts.Confirmed + confirmed.LongCount(isConfirmed => isConfirmed) });
        return [.. confirmed.Zip(isSettled, (isConfirmed, wasSettled) => isConfirmed || wasSettled)];
    }

    public CommitResult[] Commit(SealedChunk chunk, PracticeKeys keys)
    {
        _session.Lock(keys.Practice);
        var run = FindRunning(chunk.Run, chunk.Reader, keys);
        var results = new CommitResult[chunk.Rows.Length];
        var (counts, stored, left) = (run.Counts, new HashSet<long>(), new List<long>());
        for (var index = 0; index < results.Length; index++)
        {
            var row = chunk.Rows[index];
            if (row.Unit.Message!.Write.ReceivedAt != run.ReceivedAt)
            {
                throw new InvalidOperationException($"row {row.Number} was not received with run {run.Id}");
            }

            results[index] = run.HasSettled(row.Number) ? new CommitResult(CommitOutcome.Duplicate, 0, []) : Rows.Write(run, row);
            switch (results[index].Outcome)
            {
                case CommitOutcome.Committed:
                    counts = counts.With(row.Outcome);
                    stored.Add(row.Number);
                    break;
                case not CommitOutcome.Duplicate:
                    left.Add(row.Number);
                    break;
            }
        }

        Move(run, chunk.Position, run.Pending.With(left).Without(stored), counts);
        return results;
    }

    public int End(FileRunEnd end, PracticeKeys keys, int batchKeyVersion, byte[] batchDetail)
    {
        _session.Lock(end.Practice);
        var run = FindRunning(end.Id, end.Reader, keys);
        if (end.State == FileRunState.Done && !run.Pending.IsEmpty)
        {
            throw new InvalidOperationException($"run {end.Id} can't be done while rows {run.Pending} are pending");
        }

        if (end.IsBroken)
        {
            _session.Batches.GoOn(end.Id);
        }

        _end.Bind(1, end.Practice).Bind(2, end.Id.Value).Bind(3, end.State.Text()).Bind(4, _session.Now)
            .Bind(5, keys.Current.Version).Bind(6, FileRunRow.Seal(end.Id.Value, end.Detail, keys.Current)).Run();
        return _session.Batches.End(end.Batch, batchKeyVersion, batchDetail);
    }

    /// <param name="decision">One that can be made.</param>
    /// <param name="keys">Of its practice.</param>
    /// <param name="audit">Written where it is made.</param>
    public bool Decide(FileDecision decision, PracticeKeys keys, AuditRow audit)
    {
        _session.Lock(decision.Practice);
        if (Find(decision.Run, keys)?.State != decision.From)
        {
            return false;
        }

        if (decision is { From: not FileRunState.Held, To: FileRunState.Released })
        {
            _want.Bind(1, decision.Practice).Bind(2, decision.Run.Value).Run();
        }
        else
        {
            _state.Bind(1, decision.Practice).Bind(2, decision.Run.Value).Bind(3, decision.To.Text()).Bind(4, _session.Now).Run();
            if (decision.From == FileRunState.Running)
            {
                _session.Batches.GiveUp(decision.Run);
            }
        }

        _session.Audit.Write(audit);
        return true;
    }

    public int Note(PollNote note)
    {
        _notePoll.Bind(1, note.Source).Bind(2, note.DueAt).Bind(3, note.StartedAt).Bind(5, note.Fault).Bind(6, note.Files);
        return (note.EndedAt is { } ended ? _notePoll.Bind(4, ended) : _notePoll.BindNull(4)).Run();
    }

    private FileRun Insert(FileRunStart start, FileRunState state, PracticeKeys keys)
    {
        var (id, key) = (start.Id.Value, keys.Current);
        _insert.Bind(1, id).Bind(2, start.Practice).Bind(3, start.Source).Bind(4, start.Kind).Bind(5, start.Content.Span).Bind(6, start.Size).Bind(7, start.Rows)
            .Bind(8, start.EventAt).Bind(9, start.ReceivedAt).Bind(11, state.Text()).Bind(12, key.Version).Bind(13, FileRunRow.Seal(id, start.Detail, key));
        if (state == FileRunState.Running)
        {
            _insert.BindNull(10).Run();
            BindContent(_wantNoMore, start).Run();
            _session.Batches.Begin(BatchOf(start.Id, start));
        }
        else
        {
            _insert.Bind(10, start.ReceivedAt).Run();
        }

        return Find(start.Id, keys)!;
    }

    /// <summary>One that was only noted is read now.</summary>
    private FileRun TakeUp(EngineId id, FileRunStart start, PracticeKeys keys)
    {
        var key = keys.Current;
        _takeUp.Bind(1, start.Practice).Bind(2, id.Value).Bind(3, start.Size).Bind(4, start.Rows).Bind(5, start.EventAt).Bind(6, start.ReceivedAt)
            .Bind(7, key.Version).Bind(8, FileRunRow.Seal(id.Value, start.Detail, key)).Run();
        _session.Batches.Begin(BatchOf(id, start));
        return Find(id, keys)!;
    }

    private static BatchStart BatchOf(EngineId id, FileRunStart start) => new(id, start.Source, IsFile: true, start.ReceivedAt);

    private void Move(FileRun run, long position, RowRanges pending, RowCounts counts) => _move
        .Bind(1, run.Practice).Bind(2, run.Id.Value).Bind(3, Math.Max(run.Position, position)).Bind(4, pending.ToString())
        .Bind(5, counts.Created).Bind(6, counts.Updated).Bind(7, counts.Unchanged).Bind(8, counts.Confirmed)
        .Bind(9, counts.Refused).Bind(10, counts.Held).Bind(11, counts.Parked).Bind(12, counts.Duplicate).Run();

    /// <summary>The last run of the same content that has a say in whether it is read again.</summary>
    private FileRun? Last(FileRunStart start, PracticeKeys keys) =>
        Read(BindContent(_last, start), keys);

    /// <summary>A person wants the content read again, whichever run of it was named.</summary>
    private bool IsWanted(FileRunStart start)
    {
        var isWanted = BindContent(_isWanted, start).Step();
        _isWanted.Reset();
        return isWanted;
    }

    private static SqlStatement BindContent(SqlStatement statement, FileRunStart start) =>
        statement.Bind(1, start.Practice).Bind(2, start.Source).Bind(3, start.Content.Span).Bind(4, start.Kind);

    private FileRun FindRunning(EngineId id, long reader, PracticeKeys keys)
    {
        var run = Find(id, keys);
        return run is not { State: FileRunState.Running } ? throw RunLostException.Ended(id, run?.State)
            : run.Reader != reader ? throw RunLostException.TakenUp(id)
            : run;
    }

    private FileRun? Find(EngineId id, PracticeKeys keys) => Read(_find.Bind(1, keys.Practice).Bind(2, id.Value), keys);

    private static FileRun? Read(SqlStatement row, PracticeKeys keys)
    {
        var run = row.Step() ? FileRunRow.Read(row, _ => keys) : null;
        row.Reset();
        return run;
    }
}
