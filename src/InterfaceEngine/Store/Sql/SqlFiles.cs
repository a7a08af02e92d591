using System.Text;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>Files of rows, through the writer.</summary>
/// <param name="writer">Everything is written through it.</param>
/// <param name="keys">Seals and hashes.</param>
/// <param name="sealer">Makes rows of units.</param>
/// <param name="tell">Told of each unit that is committed.</param>
internal sealed class SqlFiles(IStoreWriter writer, KeyRing keys, UnitSealer sealer, Action<CommitUnit, CommitResult> tell) : IFileStore
{
    /// <summary>Decisions that can be made, by the state they lead to.</summary>
    private static readonly Dictionary<FileRunState, FileRunState[]> _decisions = new()
    {
        [FileRunState.Released] = [FileRunState.Held, FileRunState.Refused, FileRunState.Discarded, FileRunState.Known, FileRunState.Done, FileRunState.Undone],
        [FileRunState.Discarded] = [FileRunState.Held, FileRunState.Released, FileRunState.Running],
        [FileRunState.Undone] = [FileRunState.Done],
    };

    public async Task<FileRun> BeginAsync(FileRunStart start, CancellationToken cancellationToken)
    {
        if (start.State is FileRunState.Done or FileRunState.Released or FileRunState.Discarded or FileRunState.Undone)
        {
            throw new ArgumentException($"No run begins as {start.State.Text()}.", nameof(start));
        }

        var ofPractice = await keys.GetAsync(start.Practice, writer, cancellationToken);
        return await writer.RunAsync(session => session.Files.Begin(start, ofPractice), cancellationToken);
    }

    public async Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken)
    {
        var ofPractice = await keys.GetAsync(confirmation.Practice, writer, cancellationToken);
        var rows = new SealedConfirmation(confirmation, ofPractice.Hashing);
        return await writer.RunAsync(session => session.Files.Confirm(rows, ofPractice), cancellationToken);
    }

    public async Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken)
    {
        var ofPractice = await keys.GetAsync(chunk.Practice, writer, cancellationToken);
        var results = await writer.RunAsync(new ChunkJob(new SealedChunk(chunk, sealer, ofPractice), ofPractice), cancellationToken);
        for (var index = 0; index < results.Length; index++)
        {
            if (results[index].Outcome == CommitOutcome.Committed)
            {
                tell(chunk.Rows[index].Unit, results[index]);
            }
        }

        return results;
    }

    public async Task EndAsync(FileRunEnd end, CancellationToken cancellationToken)
    {
        if (end.State is not (FileRunState.Done or FileRunState.Refused))
        {
            throw new ArgumentException($"No run ends as {end.State.Text()}.", nameof(end));
        }

        var ofPractice = await keys.GetAsync(end.Practice, writer, cancellationToken);
        var key = keys.Engine.Current;
        var detail = key.Seal(new RowIdentity(SealedKind.Batch, end.Id.Value), Encoding.UTF8.GetBytes(end.Batch.Detail));
        await writer.RunAsync(session => session.Files.End(end, ofPractice, key.Version, detail), cancellationToken);
    }

    public async Task<bool> DecideAsync(FileDecision decision, CancellationToken cancellationToken)
    {
        if (!_decisions.TryGetValue(decision.To, out var from) || !from.Contains(decision.From))
        {
            throw new ArgumentException($"A run that is {decision.From.Text()} can't become {decision.To.Text()}.", nameof(decision));
        }

        var ofPractice = await keys.GetAsync(decision.Practice, writer, cancellationToken);
        var ofAudit = await keys.GetAsync(decision.Audit.Practice ?? "", writer, cancellationToken);
        var audit = UnitSealer.SealAudit(decision.Audit, [], ofAudit);
        return await writer.RunAsync(session => session.Files.Decide(decision, ofPractice, audit), cancellationToken);
    }

    public Task NotePollAsync(PollNote note, CancellationToken cancellationToken) => writer.RunAsync(session => session.Files.Note(note), cancellationToken);
}

/// <summary>Rows of a file that are committed together.</summary>
internal sealed class ChunkJob(SealedChunk chunk, PracticeKeys keys) : WriterJob<CommitResult[]>
{
    public SealedChunk Chunk => chunk;

    public PracticeKeys Keys => keys;

    public override int Size => chunk.Size;

    public override StoreCounters Counted => Result.Aggregate(default(StoreCounters), static (counted, result) => counted + CommitJob.Of(result.Outcome));

    public override bool Run(WriterSession session)
    {
        Result = session.Files.Commit(chunk, keys);
        return true;
    }
}
