using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Rows of a file that are committed together: those that are plain in one round trip, in halves when one of them can't be; the others, and
/// who stood alone and was refused, one by one as what is not plain is. Each transaction moves the run with the rows it holds.
/// </summary>
/// <param name="source">The connections.</param>
/// <param name="job">The rows, and who waits for them.</param>
/// <param name="now">The clock, UTC milliseconds.</param>
/// <param name="options">Limits.</param>
internal sealed class PlainChunk(NpgsqlDataSource source, ChunkJob job, Func<long> now, StoreOptions options)
{
    private readonly SealedRow[] _rows = job.Chunk.Rows;
    private readonly CommitResult?[] _results = new CommitResult?[job.Chunk.Rows.Length];

    /// <summary>Commits them, and answers who waits.</summary>
    /// <param name="count">Counts what was done.</param>
    /// <param name="runRest">Runs what is not plain; answers its job.</param>
    public async Task CommitAsync(Action<StoreCounters> count, Func<ChunkJob, Task> runRest)
    {
        try
        {
            await WriteAsync(Plain(), count);
            int[] rest = [.. Enumerable.Range(0, _rows.Length).Where(index => _results[index] is null)];
            if (rest.Length > 0)
            {
                var others = new ChunkJob(job.Chunk.Of([.. rest.Select(index => _rows[index])]), job.Keys);
                await runRest(others);
                var results = await others.Answer;
                for (var index = 0; index < rest.Length; index++)
                {
                    _results[rest[index]] = results[index];
                }
            }

            job.Complete([.. _results.Select(result => result!)]);
        }
        catch (Exception failure)
        {
            job.Fail(failure.IsOfTheServer() || failure is PostgresException ? PostgresFaults.Unavailable(failure) : failure);
        }
    }

    /// <summary>The plain ones. Of two that touch the same thing the second could only be given back.</summary>
    private int[] Plain()
    {
        var touched = new HashSet<object>();
        return [.. Enumerable.Range(0, _rows.Length).Where(index => PlainUnits.IsPlain(_rows[index].Unit) && PlainUnits.Touched(_rows[index].Unit).All(touched.Add))];
    }

    private async Task WriteAsync(int[] places, Action<StoreCounters> count)
    {
        if (places.Length == 0)
        {
            return;
        }

        try
        {
            await using var connection = await WatchedConnection.OpenAsync(source);
            if (FindRun(connection.Inner) is not { State: FileRunState.Running } run || run.Reader != job.Chunk.Reader)
            {
                // What is not plain tells why.
                return;
            }

            int[] due = [.. places.Where(place => !run.HasSettled(_rows[place].Number) && _rows[place].Unit.Message!.Write.ReceivedAt == run.ReceivedAt)];
            if (due.Length == 0)
            {
                return;
            }

            SealedRow[] rows = [.. due.Select(place => _rows[place])];
            var left = _rows.Where((row, place) => _results[place] is null && row.Number > run.Position).Select(row => row.Number);
            var time = now();
            var sequences = await new PlainUnits([.. rows.Select(row => row.Unit)], time, options)
            {
                Rows = new PlainRows(run, rows, job.Chunk.Position, left),
            }.WriteAsync(connection.Inner);
            connection.ThrowIfOnlyHere();
            count(new StoreCounters { Transactions = 1, Units = due.Length });
            for (var index = 0; index < due.Length; index++)
            {
                _results[due[index]] = new CommitResult(CommitOutcome.Committed, sequences[index], []);
            }
        }
        catch (PostgresException failure) when (failure.IsAboutUnits() && places.Length > 1)
        {
            var half = places.Length / 2;
            await WriteAsync(places[..half], count);
            await WriteAsync(places[half..], count);
        }
        catch (PostgresException failure) when (failure.IsAboutUnits() || failure.IsPassing())
        {
            // What is not plain tells what is wrong with them, and waits where somebody holds what they need.
        }
    }

    private FileRun? FindRun(NpgsqlConnection connection)
    {
        // The database is not to be closed with its statement: the connection is used again.
        using var row = new PostgresDatabase(connection).Prepare($"SELECT {FileRunRow.Columns} FROM file_runs WHERE practice_id = ?1 AND run_id = ?2");
        return row.Bind(1, job.Keys.Practice).Bind(2, job.Chunk.Run.Value).Step() ? FileRunRow.Read(row, _ => job.Keys) : null;
    }
}
