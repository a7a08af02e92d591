using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// Deletes runs that are too old: batches, files of rows, and answers of vendors. One goes when none of its messages is there any more, so whoever looks at a
/// message finds what brought it; first go the names of its messages, a little at a time, for a file may have a million.
/// </summary>
internal sealed class RunRetentionWriter
{
    private const int RunsInTurn = 100;

    private readonly SqlStatement _note;
    private readonly SqlStatement _isNoted;
    private readonly SqlStatement _runs;
    private readonly SqlStatement _batch;
    private readonly SqlStatement _file;
    private readonly SqlStatement _isLast;
    private readonly SqlStatement _isLastRead;
    private readonly SqlStatement _messages;
    private readonly SqlStatement _deleteMessages;
    private readonly SqlStatement _countBatch;
    private readonly SqlStatement _countFile;
    private readonly SqlStatement[] _delete;

    public RunRetentionWriter(WriterSession session)
    {
        var database = session.Database;
        _isNoted = database.Prepare("SELECT 1 FROM run_drops WHERE older_than = ?1");
        _note = database.Prepare("""
            INSERT INTO run_drops (older_than, dropped_at, dropped) VALUES (?1, ?2, ?3)
            ON CONFLICT (older_than) DO UPDATE SET dropped_at = excluded.dropped_at, dropped = run_drops.dropped + excluded.dropped
            """);

        // A file that was not read, because it was known, has no batch; a batch of messages is no file of rows.
        _runs = database.Prepare($"""
            SELECT id FROM (
                SELECT id FROM (SELECT batch_id AS id FROM batches WHERE batch_id > ?1 AND batch_id < ?2 ORDER BY batch_id LIMIT {RunsInTurn}) b
                UNION SELECT id FROM (SELECT run_id AS id FROM file_runs WHERE run_id > ?1 AND run_id < ?2 ORDER BY run_id LIMIT {RunsInTurn}) f) r
            ORDER BY id LIMIT {RunsInTurn}
            """);
        _batch = database.Prepare("SELECT verdict, CASE WHEN found <> stored THEN 1 ELSE 0 END FROM batches WHERE batch_id = ?1");
        _file = database.Prepare($"""
            SELECT practice_id, source, kind, state, ended_at, is_wanted_again, CASE WHEN state IN ('done', 'undone') AND rows <> {FileRunRow.Counted} THEN 1 ELSE 0 END
            FROM file_runs WHERE run_id = ?1
            """);

        // With the last of its kind the next is compared; the last that was read says that the source has rows.
        _isLast = database.Prepare("SELECT 1 FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND kind = ?3 AND run_id > ?4 LIMIT 1");
        _isLastRead = database.Prepare("SELECT 1 FROM file_runs WHERE practice_id = ?1 AND source = ?2 AND kind = ?3 AND run_id > ?4 AND position > 0 LIMIT 1");
        _messages = database.Prepare($"""
            SELECT b.message_id, CASE WHEN EXISTS (SELECT 1 FROM messages WHERE messages.message_id = b.message_id) THEN 1 ELSE 0 END
            FROM batch_messages b WHERE b.batch_id = ?1 ORDER BY b.message_id LIMIT {RetentionWriter.RowsInTurn}
            """);
        _deleteMessages = database.Prepare("DELETE FROM batch_messages WHERE batch_id = ?1 AND message_id <= ?2");
        _countBatch = database.Prepare($"""
            INSERT INTO dropped_batches (day, source, is_file, verdict, batches)
                SELECT received_at / {LedgerDay.Milliseconds}, source, is_file, verdict, 1 FROM batches WHERE batch_id = ?1
            ON CONFLICT (day, source, is_file, verdict) DO UPDATE SET batches = dropped_batches.batches + 1
            """);
        _countFile = database.Prepare($"""
            INSERT INTO dropped_files (day, source, files, rows, unread, created, updated, unchanged, confirmed, refused, held, parked, duplicate)
                SELECT {FileRunRow.InDays} FROM file_runs WHERE run_id = ?1 AND {FileRunRow.IsCounted}
            ON CONFLICT (day, source) DO UPDATE SET
                {string.Join(", ", ((string[])["files", "rows", "unread", "created", "updated", "unchanged", "confirmed", "refused", "held", "parked", "duplicate"]).Select(column => $"{column} = dropped_files.{column} + excluded.{column}"))}
            """);
        _delete =
        [
            database.Prepare("DELETE FROM file_runs WHERE run_id = ?1"),
            database.Prepare("DELETE FROM batch_counts WHERE batch_id = ?1"),
            database.Prepare("DELETE FROM batches WHERE batch_id = ?1"),
        ];
    }

    public bool IsNoted(long before)
    {
        var isNoted = _isNoted.Bind(1, before).Step();
        _isNoted.Reset();
        return isNoted;
    }

    public void Note(long before, long now, long rows) => _note.Bind(1, before).Bind(2, now).Bind(3, rows).Run();

    public DropTurn Drop(Dropping dropping)
    {
        var (after, before, room, rows) = (dropping.After.Id, dropping.Before.ToUnixTimeMilliseconds(), RetentionWriter.RowsInTurn, 0L);
        var runs = RunsOf(after, IdSource.FirstAt(dropping.Before).Value);
        foreach (var run in runs)
        {
            if (room <= 0)
            {
                return new DropTurn(rows, dropping.After with { Id = after }, []);
            }

            if (IsOver(run, before))
            {
                if (TakeNames(run) is not { } names)
                {
                    // A message of it is still there.
                }
                else if (names == RetentionWriter.RowsInTurn)
                {
                    return new DropTurn(rows, dropping.After with { Id = after }, []);
                }
                else
                {
                    Delete(run);
                    (rows, room) = (rows + 1, room - names - 1);
                }
            }

            after = run;
        }

        return new DropTurn(rows, runs.Count == RunsInTurn ? dropping.After with { Id = after } : null, []);
    }

    private List<long> RunsOf(long after, long before)
    {
        var runs = new List<long>();
        for (_runs.Bind(1, after).Bind(2, before); _runs.Step();)
        {
            runs.Add(_runs.Long(0));
        }

        return runs;
    }

    /// <summary>It came to its end long enough ago, it adds up, and nobody waits for it or goes by it.</summary>
    private bool IsOver(long run, long before)
    {
        var stays = _batch.Bind(1, run).Step() && (_batch.Text(0) == BatchVerdict.Open.Text() || _batch.Int(1) != 0);
        _batch.Reset();
        if (stays || !_file.Bind(1, run).Step())
        {
            _file.Reset();
            return !stays;
        }

        var (practice, source, kind, state) = (_file.Text(0)!, _file.Text(1)!, _file.Text(2)!, FileRunStates.Parse(_file.Text(3)!));
        var isOver = !_file.IsNull(4) && _file.Long(4) < before && _file.Long(5) == 0 && _file.Int(6) == 0 && state is not (FileRunState.Running or FileRunState.Held or FileRunState.Released);
        _file.Reset();
        return isOver && HasLater(_isLast) && HasLater(_isLastRead);

        bool HasLater(SqlStatement later)
        {
            var hasAny = later.Bind(1, practice).Bind(2, source).Bind(3, kind).Bind(4, run).Step();
            later.Reset();
            return hasAny;
        }
    }

    /// <summary>Deletes names of its messages, which are gone.</summary>
    /// <returns>How many; null when one of them is still there.</returns>
    private int? TakeNames(long run)
    {
        var (names, last, isThere) = (0, 0L, false);
        for (_messages.Bind(1, run); _messages.Step(); names++)
        {
            last = _messages.Long(0);
            isThere |= _messages.Int(1) != 0;
        }

        if (!isThere && names > 0)
        {
            _deleteMessages.Bind(1, run).Bind(2, last).Run();
        }

        return isThere ? null : names;
    }

    private void Delete(long run)
    {
        _countBatch.Bind(1, run).Run();
        _countFile.Bind(1, run).Run();
        foreach (var delete in _delete)
        {
            delete.Bind(1, run).Run();
        }
    }
}
