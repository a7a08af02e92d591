using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Batches;

/// <summary>
/// Takes a batch or a file of messages: each message goes its own way to its own verdict and is committed by itself, so a bad
/// one does not sink the others, and what was taken before a failure is recognised when the batch is sent again.
/// </summary>
internal sealed class BatchIntake(IMessageIntake intake)
{
    private static readonly FrameFault CutOff = new("the file ends inside this message");

    /// <summary>Reads the stream to its end. One message is in memory at a time.</summary>
    /// <param name="stream">The batch, with or without framing.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="onReceipt">Called for each message when it is committed, in their order.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <exception cref="StoreUnavailableException">The store failed. What was committed before stays, and the batch is kept as interrupted.</exception>
    /// <exception cref="IOException">The stream can't be read any further. The same holds.</exception>
    /// <exception cref="OperationCanceledException">It was stopped. The same holds.</exception>
    public async ValueTask<BatchReceipt> AcceptAsync(Stream stream, BatchOrigin origin, Action<BatchedReceipt> onReceipt, CancellationToken cancellationToken)
    {
        var run = new BatchRun(await BeginAsync(origin, cancellationToken), origin, onReceipt);
        var isRead = false;
        try
        {
            await ReadAsync(run, stream, cancellationToken);
            isRead = true;
        }
        finally
        {
            if (!isRead)
            {
                await InterruptAsync(run);
            }
        }

        run.Tally.End();
        var batch = run.Summary(run.Tally.Verdict);
        await intake.EndBatchAsync(batch, cancellationToken);
        return new BatchReceipt(batch, run.Tally.Header);
    }

    private async ValueTask<EngineId> BeginAsync(BatchOrigin origin, CancellationToken cancellationToken)
    {
        var isBegun = false;
        try
        {
            var id = await intake.BeginBatchAsync(origin.Source.Name, origin.File is not null, cancellationToken);
            isBegun = true;
            return id;
        }
        finally
        {
            if (!isBegun)
            {
                // Something came and got no answer; how many messages it has nobody has looked.
                origin.Numbers?.NextUnanswered();
            }
        }
    }

    private async ValueTask ReadAsync(BatchRun run, Stream stream, CancellationToken cancellationToken)
    {
        var reader = new BatchReader(stream, run.Origin.MessageBytesMax);
        for (var part = await reader.ReadAsync(cancellationToken); part is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = await reader.ReadAsync(cancellationToken);
            run.Tally.Add(part);
            if (part.Kind == BatchPartKind.Message)
            {
                // The trailer is missing and the last segment has no end: the rest of this message never came.
                var isCutOff = next is null && run.Tally.IsOpen && part.Bytes.Span[^1] is not ((byte)'\r' or (byte)'\n');
                run.Took(part, await AcceptAsync(run, part, isCutOff, cancellationToken));
            }

            part = next;
        }
    }

    private async ValueTask<Receipt> AcceptAsync(BatchRun run, BatchPart part, bool isCutOff, CancellationToken cancellationToken)
    {
        var origin = run.Origin;
        var fault = part.IsOversize ? new FrameFault($"message is larger than {origin.MessageBytesMax} bytes") : isCutOff ? CutOff : null;
        var number = origin.Numbers?.Next();
        var isStored = false;
        try
        {
            var message = new IncomingMessage(part.Bytes, origin.Source, fault) { Number = number ?? default, Batch = run.Id, Sender = origin.Sender };
            var receipt = await intake.AcceptAsync(message, cancellationToken);
            isStored = true;
            return receipt;
        }
        finally
        {
            if (number is { } taken)
            {
                origin.Numbers!.Settle(taken, isStored);
            }
        }
    }

    /// <summary>Says that the batch broke off. If the store does not take even that, the next start of the engine says it.</summary>
    private async ValueTask InterruptAsync(BatchRun run)
    {
        try
        {
            await intake.EndBatchAsync(run.Summary(BatchVerdict.Interrupted), CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Whatever broke the batch off is being thrown, and says more.
        }
    }
}

/// <summary>Where a batch comes from.</summary>
/// <param name="Source">The source, whose settings hold for each message.</param>
/// <param name="MessageBytesMax">The largest message that is taken whole, in bytes.</param>
internal sealed record BatchOrigin(SourceBinding Source, int MessageBytesMax)
{
    /// <summary>Numbers each message; null where no source does.</summary>
    public SourceNumbers? Numbers { get; init; }

    /// <summary>Takes replies that come later.</summary>
    public IReplyTaker? Sender { get; init; }

    /// <summary>The file's name; null for what came over a connection.</summary>
    public string? File { get; init; }
}

/// <summary>One message of a batch is on disk.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Header">The first FHS or BHS so far; null when there is none.</param>
/// <param name="Number">Counts the messages of the batch, from 1.</param>
/// <param name="Offset">Where it begins in the stream, in bytes.</param>
/// <param name="Receipt">Its receipt.</param>
internal sealed record BatchedReceipt(EngineId Batch, BatchPart? Header, long Number, long Offset, Receipt Receipt);

/// <summary>What a batch held and what became of it.</summary>
internal sealed record BatchSummary
{
    public required EngineId Id { get; init; }

    public required string Source { get; init; }

    public required BatchVerdict Verdict { get; init; }

    /// <summary>How many messages its trailers state; null when none does.</summary>
    public required long? Stated { get; init; }

    /// <summary>How many of its messages are on disk.</summary>
    public required long Found { get; init; }

    public required IReadOnlyDictionary<MessageState, long> States { get; init; }

    public required BatchDetail Detail { get; init; }
}

/// <summary>A batch is on disk, and what it was.</summary>
/// <param name="Batch">What it held.</param>
/// <param name="Header">The first FHS or BHS; null when there is none.</param>
internal sealed record BatchReceipt(BatchSummary Batch, BatchPart? Header);
