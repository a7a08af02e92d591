using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>
/// Writes rows of files, and what is known of those that are wholly in force: a keyed hash of the row beside each of its records and the
/// version that record has with it. As long as all of them have these versions, nobody else has written them, and the same row says
/// nothing new.
/// </summary>
internal sealed class FileRowWriter
{
    private readonly WriterSession _session;
    private readonly SqlStatement _find;
    private readonly SqlStatement _confirm;
    private readonly SqlStatement _forget;
    private readonly SqlStatement _remember;

    public FileRowWriter(WriterSession session)
    {
        _session = session;
        var database = session.Database;
        _find = database.Prepare($"""
            SELECT c.record_id, c.version, c.records, c.source, c.run_id, r.version FROM confirmed_rows c {database.Using("confirmed_rows_by_hash")}
            {database.JoinInOrder} records r ON r.record_id = c.record_id AND r.practice_id = c.practice_id
            WHERE c.practice_id = ?1 AND c.row_hash = ?2
            """);
        _confirm = database.Prepare("""
            UPDATE confirmed_rows SET run_id = ?4, confirmed_at = CASE WHEN confirmed_at < ?5 THEN ?5 ELSE confirmed_at END
            WHERE practice_id = ?1 AND record_id = ?2 AND row_hash = ?3
            """);
        _forget = database.Prepare("DELETE FROM confirmed_rows WHERE practice_id = ?1 AND record_id = ?2 AND version < ?3");
        _remember = database.Prepare("""
            INSERT INTO confirmed_rows (practice_id, record_id, row_hash, source, version, records, said_at, confirmed_at, run_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
            ON CONFLICT (practice_id, record_id, row_hash) DO UPDATE SET
                version = excluded.version, records = excluded.records, said_at = excluded.said_at, confirmed_at = excluded.confirmed_at, run_id = excluded.run_id
            """);
    }

    /// <summary>Writes one row in a savepoint of its own; whatever is wrong with it leaves the others alone.</summary>
    public CommitResult Write(FileRun run, SealedRow row)
    {
        var result = new CommitResult(CommitOutcome.Broken, 0, []);
        try
        {
            _session.TryUnit(
                session =>
                {
                    result = session.Units.Write(row.Unit);
                    if (result.Outcome != CommitOutcome.Committed)
                    {
                        return false;
                    }

                    Remember(run, row);
                    return true;
                },
                isAlone: false);
            return result;
        }
        catch (Exception failure) when (_session.IsOfRow(failure))
        {
            return new CommitResult(CommitOutcome.Broken, 0, []);
        }
    }

    /// <summary>Says of each row whether nothing has changed since it was last read, and keeps that it was said again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="hashes">Of the rows.</param>
    /// <param name="isSettled">Rows that are not asked for: they are not confirmed once more.</param>
    public bool[] Confirm(FileRun run, ReadOnlySpan<KeyedHash> hashes, bool[] isSettled)
    {
        var confirmed = new bool[hashes.Length];
        var records = new List<long>();
        for (var index = 0; index < hashes.Length; index++)
        {
            records.Clear();
            ref readonly var hash = ref hashes[index];
            confirmed[index] = !isSettled[index] && IsInForce(run, in hash, records);
            if (confirmed[index])
            {
                foreach (var record in records)
                {
                    _confirm.Bind(1, run.Practice).Bind(2, record).Bind(3, in hash).Bind(4, run.Id.Value).Bind(5, run.EventAt).Run();
                }
            }
        }

        return confirmed;
    }

    /// <summary>All records that the row spoke of are known, of the versions that they had with it. What this run has read or confirmed is not confirmed once more.</summary>
    private bool IsInForce(FileRun run, ref readonly KeyedHash hash, List<long> records)
    {
        var (isInForce, parts) = (true, 0L);
        _find.Bind(1, run.Practice).Bind(2, in hash);
        while (_find.Step())
        {
            records.Add(_find.Long(0));
            parts = _find.Long(2);
            isInForce &= _find.Long(1) == _find.Long(5) && _find.Name(3) == run.Source && _find.Long(4) != run.Id.Value;
        }

        return isInForce && records.Count > 0 && records.Count == parts;
    }

    private void Remember(FileRun run, SealedRow row)
    {
        if (row.Hash is not { } hash)
        {
            return;
        }

        foreach (var (record, version) in row.Records)
        {
            // What was known of it under its former versions can never be confirmed again.
            if (version > 1)
            {
                _forget.Bind(1, run.Practice).Bind(2, record.Value).Bind(3, version).Run();
            }

            _remember.Bind(1, run.Practice).Bind(2, record.Value).Bind(3, in hash).Bind(4, run.Source).Bind(5, version).Bind(6, row.Records.Count)
                .Bind(7, run.EventAt).Bind(8, run.Id.Value).Run();
        }
    }
}
