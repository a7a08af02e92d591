using InterfaceEngine.Core.Records;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Rows of a file that are written as <see cref="PlainUnits"/>: what of them is remembered, and how far their run has come with them. The run must be
/// as it was read.
/// </summary>
/// <param name="run">As it was read.</param>
/// <param name="rows">Those that are committed.</param>
/// <param name="position">The run's position afterwards.</param>
/// <param name="left">Rows up to it that are not committed yet.</param>
internal sealed class PlainRows(FileRun run, IReadOnlyList<SealedRow> rows, long position, IEnumerable<long> left)
{
    public void AddTo(NpgsqlBatch batch)
    {
        AddConfirmed(batch);
        AddRun(batch);
    }

    private void AddConfirmed(NpgsqlBatch batch)
    {
        (SealedRow Row, EngineId Record, long Version)[] known = [.. rows.Where(row => row.Hash is not null).SelectMany(row => row.Records.Select(record => (row, record.Record, record.Version)))];
        if (known.Length == 0)
        {
            return;
        }

        (SealedRow Row, EngineId Record, long Version)[] former = [.. known.Where(one => one.Version > 1)];
        if (former.Length > 0)
        {
            new Columns().Texts(former, _ => run.Practice).Numbers(former, one => one.Record.Value).Numbers(former, one => one.Version).AddTo(batch, """
                DELETE FROM confirmed_rows c USING unnest($1, $2, $3) n (practice_id, record_id, version)
                WHERE c.practice_id = n.practice_id AND c.record_id = n.record_id AND c.version < n.version
                """);
        }

        new Columns()
            .Texts(known, _ => run.Practice)
            .Numbers(known, one => one.Record.Value)
            .Hashes(known, one => one.Row.Hash!.Value)
            .Texts(known, _ => run.Source)
            .Numbers(known, one => one.Version)
            .Numbers(known, one => one.Row.Records.Count)
            .Value(run.EventAt)
            .Value(run.Id.Value)
            .AddTo(batch, """
                INSERT INTO confirmed_rows (practice_id, record_id, row_hash, source, version, records, said_at, confirmed_at, run_id)
                SELECT n.*, $7, $7, $8 FROM unnest($1, $2, $3, $4, $5, $6) n
                ON CONFLICT (practice_id, record_id, row_hash) DO UPDATE SET
                    version = excluded.version, records = excluded.records, said_at = excluded.said_at, confirmed_at = excluded.confirmed_at, run_id = excluded.run_id
                """);
    }

    private void AddRun(NpgsqlBatch batch)
    {
        var counts = rows.Aggregate(default(RowCounts), (sum, row) => sum.With(row.Outcome));
        var pending = run.Pending.With(left).Without(rows.Select(row => row.Number).ToHashSet());
        var command = new NpgsqlBatchCommand($"""
            WITH moved AS (
                UPDATE file_runs SET position = $5, pending = $6, created = created + $7, updated = updated + $8, unchanged = unchanged + $9, refused = refused + $10,
                    held = held + $11, parked = parked + $12, duplicate = duplicate + $13
                WHERE practice_id = $1 AND run_id = $2 AND state = 'running' AND position = $3 AND pending = $4 AND reader = $14
                RETURNING 1)
            SELECT engine_require(count(*) = 1, '{Refusals.Conflict}') FROM moved
            """);
        foreach (object value in (object[])
        [
            run.Practice, run.Id.Value, run.Position, run.Pending.ToString(), Math.Max(run.Position, position), pending.ToString(),
            counts.Created, counts.Updated, counts.Unchanged, counts.Refused, counts.Held, counts.Parked, counts.Duplicate, run.Reader,
        ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
