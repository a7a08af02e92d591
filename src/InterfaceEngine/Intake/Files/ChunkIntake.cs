using System.Runtime.ExceptionServices;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Brings the rows of one chunk to the store: those of which nothing has changed are confirmed; the others are mapped in parallel, loaded by one
/// question, reconciled in parallel, and committed together. What lost a race, or names a record that an earlier row writes, goes round again.
/// A row that makes the engine itself fail is found and quarantined alone: nobody would send it again, and the file would be stopped by it for ever.
/// </summary>
internal sealed partial class ChunkIntake(RowRun run, IRowStore store, IdSource ids, ILogger logger)
{
    /// <summary>How often rows of a chunk go round before the store counts as failing. Each round settles a row at least, unless others write its records.</summary>
    private const int RoundsMax = FileRowChunk.RowsMax + 100;

    private static readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>How many rows of the run were refused.</summary>
    public long Refused { get; private set; } = run.Run.Counts.Refused;

    /// <summary>
    /// Does all that can be done before the chunk is committed, beside the commit of the one before it. What that one changes meanwhile is found
    /// by the commit, as whatever others change is; only that a row has nothing new to say can't be told before the rows before it have said theirs.
    /// </summary>
    /// <param name="chunk">Its rows.</param>
    /// <param name="bodyOf">The message that a row makes.</param>
    /// <param name="before">The commit of the chunk before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">The store failed; rows that were not confirmed stay pending.</exception>
    public async Task<PreparedChunk> PrepareAsync(FileRowChunk chunk, Func<ReadOnlySpan<byte>, byte[]> bodyOf, Task before, CancellationToken cancellationToken)
    {
        var isNoted = chunk.IsPending;
        var left = Enumerable.Range(0, chunk.Count).ToArray();
        if (!isNoted && run.MayConfirm)
        {
            await before;
            left = await ConfirmAsync(chunk, cancellationToken);
            isNoted = true;
        }

        var tasks = Map(chunk, left, bodyOf);
        var (writes, waiting) = await ReconcileAsync(tasks, cancellationToken);
        return new PreparedChunk(chunk, tasks, writes, waiting, isNoted);
    }

    /// <exception cref="StoreUnavailableException">The store failed; the rows that are not committed stay pending.</exception>
    public async Task CommitAsync(PreparedChunk prepared, CancellationToken cancellationToken)
    {
        var (chunk, tasks, writes, waiting, isNoted) = prepared;
        for (var round = 1; tasks.Count > 0; round++)
        {
            if (round > RoundsMax)
            {
                throw new StoreUnavailableException("rows of a file lost too many races for their records");
            }

            if (round > 1)
            {
                (writes, waiting) = await ReconcileAsync(tasks, cancellationToken);
            }

            if (waiting.Count > 0 && !isNoted)
            {
                // What is left for the next round must be known to be pending before the position moves past it.
                var unconfirmed = (await ConfirmAsync(chunk, cancellationToken)).Select(chunk.NumberOf).ToHashSet();
                writes.RemoveAll(write => !unconfirmed.Contains(write.Number));
                waiting.RemoveAll(task => !unconfirmed.Contains(task.Number));
                isNoted = true;
            }

            var results = await store.CommitAsync(new RowChunk { Run = run.Run.Id, Reader = run.Run.Reader, Practice = run.Run.Practice, Rows = writes, Position = chunk.Last }, cancellationToken);
            isNoted = true;
            Refused += writes.Zip(results).Count(pair => pair is { First.Outcome: RowOutcome.Refused, Second.Outcome: CommitOutcome.Committed });
            tasks = Again(tasks, writes, results, waiting);
        }
    }

    /// <returns>The places of those that were not confirmed.</returns>
    private async Task<int[]> ConfirmAsync(FileRowChunk chunk, CancellationToken cancellationToken)
    {
        var rows = new NumberedFingerprint[chunk.Count];
        for (var index = 0; index < rows.Length; index++)
        {
            rows[index] = new NumberedFingerprint(chunk.NumberOf(index), chunk.FingerprintOf(index));
        }

        var confirmed = await store.ConfirmAsync(
            new RowConfirmation { Run = run.Run.Id, Reader = run.Run.Reader, Practice = run.Run.Practice, Rows = rows, Position = chunk.Last }, cancellationToken);
        return [.. Enumerable.Range(0, rows.Length).Where(index => !confirmed[index])];
    }

    /// <summary>Reads each row from the message that it makes: what is kept is what was read. Ids are given in the order of the file.</summary>
    private List<RowTask> Map(FileRowChunk chunk, int[] left, Func<ReadOnlySpan<byte>, byte[]> bodyOf)
    {
        var given = left.Select(_ => ids.Next()).ToArray();
        var tasks = new RowTask[left.Length];
        InParallel(left.Length, place =>
        {
            var index = left[place];
            tasks[place] = Map(run.Arrival(given[place], chunk.NumberOf(index), bodyOf(chunk.RawOf(index))), chunk.FingerprintOf(index));
        });
        return [.. tasks];
    }

    private RowTask Map(Arrival arrival, ReadOnlyMemory<byte> fingerprint)
    {
        try
        {
            if (!FileRow.TryParse(arrival.Body, run.Run.Kind, arrival.Number.Value, out var row, out var fault))
            {
                return new RowTask(arrival, fingerprint) { Verdict = Verdict.UnreadableRow(fault) };
            }

            var body = MappedBody.Of(row, run.ReceivedAt, run.EventAt, run.Practice, run.Live);
            return new RowTask(arrival, fingerprint) { Body = body, Verdict = body.Foregone(run.Binding) };
        }
        catch (Exception failure) when (IsOurs(failure))
        {
            return new RowTask(arrival, fingerprint) { Verdict = Failed(arrival, failure) };
        }
    }

    /// <summary>
    /// What is committed of the rows now, and those that must wait for it. Where the engine fails, by a damaged record or a fault of its own, the first half is tried
    /// and the second waits, down to the row that fails alone.
    /// </summary>
    private async Task<(List<RowWrite> Writes, List<RowTask> Waiting)> ReconcileAsync(List<RowTask> tasks, CancellationToken cancellationToken)
    {
        try
        {
            return await ReconcileAllAsync(tasks, cancellationToken);
        }
        catch (Exception failure) when (IsOurs(failure))
        {
            if (tasks is [var alone])
            {
                return ([RowVerdicts.Write(run, alone, Failed(alone.Arrival, failure), null, LoadedRecords.Empty)], []);
            }
        }

        var half = tasks.Count / 2;
        var (writes, waiting) = await ReconcileAsync(tasks[..half], cancellationToken);
        return (writes, [.. waiting, .. tasks[half..]]);
    }

    private async Task<(List<RowWrite> Writes, List<RowTask> Waiting)> ReconcileAllAsync(List<RowTask> tasks, CancellationToken cancellationToken)
    {
        var records = tasks.Where(task => task.Verdict is null).SelectMany(task => task.Body!.Mapped.Records).ToList();
        var loaded = records.Count == 0 ? LoadedRecords.Empty : await store.LoadAsync(run.Run.Practice, MessageWork.Query(records, null), cancellationToken);
        var merged = await store.MergedAsync(run.Run.Practice, records, loaded, cancellationToken);
        var untold = await UntoldChanges.LoadAsync(store, run, loaded, cancellationToken);
        var (sorted, waiting) = Sort(tasks, loaded);
        var numbers = await NumbersAsync([.. sorted.Select(one => one.Before).OfType<SaidBefore>().Where(before => before.Contradicted is not null)], cancellationToken);
        var writes = new RowWrite[sorted.Count];
        InParallel(sorted.Count, place =>
        {
            var (task, before) = sorted[place];
            var (verdict, work) = task.Verdict is { } foregone ? (foregone, null)
                : before is { Contradicted: { } field } ? (RowVerdicts.Contradiction(field, numbers.GetValueOrDefault(before.First)), null)
                : before is not null ? (RowVerdicts.Duplicate(before.First), (MessageWork?)null)
                : task.Body!.Reconcile(task.Arrival, loaded, merged, ids, untold.LatestFor(task.Body, loaded));
            writes[place] = RowVerdicts.Write(run, task, verdict, work, loaded);
        });
        return ([.. writes], waiting);
    }

    /// <summary>Tells those apart that the file has spoken of before, and those that must wait for an earlier one.</summary>
    private (List<(RowTask Task, SaidBefore? Before)> Sorted, List<RowTask> Waiting) Sort(List<RowTask> tasks, LoadedRecords loaded)
    {
        var claims = new RowClaims();
        var (sorted, waiting) = (new List<(RowTask, SaidBefore?)>(tasks.Count), new List<RowTask>());
        foreach (var task in tasks)
        {
            var before = task.Verdict is null ? SaidBefore.Find(task.Body!, loaded, run) : null;
            if (task.Verdict is not null || before is not null || claims.TryClaim(task.Body!, loaded))
            {
                sorted.Add((task, before));
            }
            else
            {
                waiting.Add(task);
            }
        }

        return (sorted, waiting);
    }

    /// <summary>The numbers of the rows that said otherwise first.</summary>
    private async Task<Dictionary<EngineId, long?>> NumbersAsync(IReadOnlyList<SaidBefore> contradicted, CancellationToken cancellationToken)
    {
        var firsts = contradicted.Select(before => before.First).Where(id => id.Value > run.Run.Id.Value).Distinct().ToList();
        return firsts.Count == 0 ? [] : await store.NumbersAsync(firsts, cancellationToken);
    }

    private static List<RowTask> Again(List<RowTask> tasks, List<RowWrite> writes, CommitResult[] results, List<RowTask> waiting)
    {
        var outcomes = writes.Zip(results).ToDictionary(pair => pair.First.Number, pair => pair.Second.Outcome);
        var again = waiting.Select(task => task.Number).ToHashSet();
        return [.. tasks
            .Where(task => again.Contains(task.Number) || outcomes.GetValueOrDefault(task.Number) is CommitOutcome.Conflict or CommitOutcome.Broken)
            .Select(task => outcomes.GetValueOrDefault(task.Number) != CommitOutcome.Broken ? task
                : task.Verdict?.Code == RowVerdicts.CanNotBeStored ? throw new StoreUnavailableException("a row can't be kept, not even as one that is refused")
                : task with { Verdict = RowVerdicts.Broken() })];
    }

    private Verdict Failed(Arrival arrival, Exception failure)
    {
        Log.RowFailed(logger, run.Run.Source, run.Run.Id, arrival.Number.Value, new ExceptionPlace(failure));
        return Verdict.OurFailure(arrival.Body);
    }

    /// <summary>It is for the engine itself to answer for: neither the store is away, nor has anybody asked to stop.</summary>
    private static bool IsOurs(Exception failure) => failure is not (StoreUnavailableException or OperationCanceledException);

    /// <summary>Throws what was thrown first, as it is.</summary>
    private static void InParallel(int count, Action<int> action)
    {
        try
        {
            Parallel.For(0, count, _parallel, action);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "{Source} row {Row} of run {Run} failed inside the engine and is quarantined: {Place}", EventName = "RowFailed")]
        public static partial void RowFailed(ILogger logger, string source, EngineId run, long row, ExceptionPlace place);
    }
}

/// <summary>A chunk that is ready to be committed.</summary>
/// <param name="Chunk">Its rows as they stand in the file.</param>
/// <param name="Tasks">Those that are not confirmed.</param>
/// <param name="Writes">What is committed of them first.</param>
/// <param name="Waiting">Those that wait for an earlier one.</param>
/// <param name="IsNoted">The store knows them as pending.</param>
internal sealed record PreparedChunk(FileRowChunk Chunk, List<RowTask> Tasks, List<RowWrite> Writes, List<RowTask> Waiting, bool IsNoted);
