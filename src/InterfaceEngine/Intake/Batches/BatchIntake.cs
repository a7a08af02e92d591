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
    /// <param name="stream">The batch, without framing.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="onReceipt">Called for each message when it is committed, in their order.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <exception cref="StoreUnavailableException">The store failed. What was committed before stays; nothing is said of the batch.</exception>
    /// <exception cref="IOException">The stream can't be read any further. The same holds.</exception>
    public async ValueTask<BatchReceipt> AcceptAsync(Stream stream, BatchOrigin origin, Action<Receipt> onReceipt, CancellationToken cancellationToken)
    {
        var reader = new BatchReader(stream, origin.MessageBytesMax);
        var tooLarge = new FrameFault($"message is larger than {origin.MessageBytesMax} bytes");
        var tally = new BatchTally();
        var states = new Dictionary<MessageState, long>();
        var charges = new List<IReadOnlyList<ChargeTotal>>();
        for (var part = await reader.ReadAsync(cancellationToken); part is not null;)
        {
            var next = await reader.ReadAsync(cancellationToken);
            tally.Add(part);
            if (part.Kind == BatchPartKind.Message)
            {
                // The trailer is missing and the last segment has no end: the rest of this message never came.
                var isCutOff = next is null && tally.IsOpen && part.Bytes.Span[^1] is not ((byte)'\r' or (byte)'\n');
                var receipt = await AcceptAsync(part, origin, part.IsOversize ? tooLarge : isCutOff ? CutOff : null, cancellationToken);
                states[receipt.State] = states.GetValueOrDefault(receipt.State) + 1;
                if (receipt.Charges.Count > 0)
                {
                    charges = [ChargeTotals.Sum([.. charges, receipt.Charges])];
                }

                onReceipt(receipt);
            }

            part = next;
        }

        tally.End();
        var batch = new BatchSummary
        {
            Source = origin.Source.Name,
            Stated = tally.Stated,
            Found = tally.Found,
            States = states,
            Detail = new BatchDetail
            {
                ControlId = tally.Header?.BatchControlId ?? "",
                File = origin.File,
                Problems = tally.Problems,
                Charges = ChargeTotals.Sum(charges),
            },
        };
        return new BatchReceipt(await intake.KeepBatchAsync(batch, cancellationToken), batch, tally.Header);
    }

    private async ValueTask<Receipt> AcceptAsync(BatchPart part, BatchOrigin origin, FrameFault? fault, CancellationToken cancellationToken)
    {
        var number = origin.Numbers?.Next();
        var isStored = false;
        try
        {
            var receipt = await intake.AcceptAsync(new IncomingMessage(part.Bytes, origin.Source, fault) { Number = number ?? default, Sender = origin.Sender }, cancellationToken);
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

    /// <summary>The file's name; empty for what came over a connection.</summary>
    public string File { get; init; } = "";
}

/// <summary>What a batch held and what became of it.</summary>
internal sealed record BatchSummary
{
    public required string Source { get; init; }

    /// <summary>How many messages its trailers state; null when none does.</summary>
    public required long? Stated { get; init; }

    public required long Found { get; init; }

    public required IReadOnlyDictionary<MessageState, long> States { get; init; }

    public required BatchDetail Detail { get; init; }

    /// <summary>Its envelope is closed and every count in it is right.</summary>
    public bool IsWhole => Detail.Problems.Count == 0;
}

/// <summary>A batch is on disk, and what it was.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Batch">What it held.</param>
/// <param name="Header">The first FHS or BHS; null when there is none.</param>
internal sealed record BatchReceipt(EngineId Id, BatchSummary Batch, BatchPart? Header);
