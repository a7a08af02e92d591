using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <content>Kept messages: taken up again, corrected, given up.</content>
internal sealed partial class MessageIntake
{
    /// <summary>Takes up a kept message again, in place: its own id and event time decide, so it never overtakes what came later.</summary>
    public ValueTask<Receipt> ReplayAsync(EngineId message, Acceptance accepted, AuditEntry? audit, CancellationToken cancellationToken) =>
        ReplayAsync(message, accepted, audit, isTrial: false, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken) =>
        ReplayAsync(message, Acceptance.None, null, isTrial: true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Receipt> CorrectAsync(EngineId original, ReadOnlyMemory<byte> body, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken)
    {
        // The id next to its original's: of events at one time, the copy stands where the original stood.
        var (kept, id) = await store.ReadAsync(reader => (reader.Message(original), FreeAfter(reader, original)), cancellationToken);
        if (kept is null)
        {
            throw new KeyNotFoundException($"there is no message {original}");
        }

        var row = await OriginAsync(kept, cancellationToken);
        var arrival = new Arrival(id, DateTimeOffset.FromUnixTimeMilliseconds(kept.ReceivedAt), Reopened.BindingOfCopy(kept, Sources.GetValueOrDefault(kept.Source)), body)
        {
            Corrects = new Original(kept.Id, kept.State),
            Row = row,
            Number = row is null ? default : new SourceNumber(0, kept.Number, default),
            IsTrial = isTrial,
            Audit = audit,
        };
        var receipt = await AcceptAsync(arrival, null, cancellationToken);
        if (!isTrial && Replies.IsOwed(kept, Sources.GetValueOrDefault(kept.Source)))
        {
            await AnswerForCopyAsync(kept, receipt, cancellationToken);
        }

        return receipt;
    }

    /// <inheritdoc/>
    public async ValueTask DismissAsync(StoredMessage message, AuditEntry audit, CancellationToken cancellationToken)
    {
        var listener = Sources.GetValueOrDefault(message.Source);
        var replies = Replies.IsOwed(message, listener) ? Replies.OfDismissed(message, listener!, Practice(message), time) : Replies.None;
        var unit = MessageUnit.Dismiss(message, replies, audit);
        if ((await store.CommitAsync(unit, cancellationToken)).Outcome != CommitOutcome.Committed)
        {
            throw new MessageMovedException(message.Id);
        }

        Pay(message.Id, message.Source, replies);
    }

    /// <inheritdoc/>
    public async ValueTask GiveUpAsync(EngineId message, CancellationToken cancellationToken)
    {
        var kept = await FindAsync(message, cancellationToken);
        var arrival = Reopened.Arrival(kept, Sources.GetValueOrDefault(kept.Source), isReplyOwed: false, DateTimeOffset.FromUnixTimeMilliseconds(kept.ReceivedAt)) with
        {
            Row = await OriginAsync(kept, cancellationToken),
        };
        await CommitVerdictAsync(arrival, Practice(kept), Verdict.OurFailure(kept.Body), cancellationToken);
    }

    private async ValueTask<Receipt> ReplayAsync(EngineId message, Acceptance accepted, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken)
    {
        var kept = await FindAsync(message, cancellationToken);
        var listener = Sources.GetValueOrDefault(kept.Source);
        var receivedAt = DateTimeOffset.FromUnixTimeMilliseconds(kept.ReceivedAt);
        var arrival = Reopened.Arrival(kept, listener, Replies.IsOwed(kept, listener), receivedAt) with
        {
            Row = await OriginAsync(kept, cancellationToken),
            Number = new SourceNumber(kept.Run, kept.Number, receivedAt),
            IsOverdue = time.GetUtcNow() - receivedAt >= Options.ParkedFor,
            IsTrial = isTrial,
            Accepted = accepted,
            Audit = audit,
        };
        return await AcceptAsync(arrival, Reopened.Foregone(kept), cancellationToken);
    }

    /// <summary>The sender of a message waits to hear that it was applied, and its corrected copy was, or waits itself.</summary>
    private async ValueTask AnswerForCopyAsync(StoredMessage original, Receipt copy, CancellationToken cancellationToken)
    {
        if (copy.State is not (MessageState.Applied or MessageState.Unchanged))
        {
            Owed.Move(original.Id, copy.Message);
            return;
        }

        var replies = Replies.OfCorrected(original, Sources[original.Source], Practice(original), time);
        await store.CommitAsync(MessageUnit.Dismiss(original with { State = MessageState.Dismissed }, replies, audit: null), cancellationToken);
        Pay(original.Id, original.Source, replies);
    }

    /// <summary>Gives a reply to whoever waits for it here, or has the other nodes look whether somebody does there.</summary>
    private void Pay(EngineId message, string source, Replies replies)
    {
        if (!replies.OnConnection.IsEmpty && !Owed.TryPay(message, replies.OnConnection))
        {
            Log.ReplyNotTaken(logger, source, message);
            store.Signals.Raise(StoreSignal.Answered);
        }
    }

    /// <summary>The way of a kept row of a file: nobody waits for an answer, and its file says when it counts from.</summary>
    private async ValueTask<Receipt> AcceptRowAsync(Arrival arrival, RowOrigin origin, CancellationToken cancellationToken)
    {
        var practice = practices.TryFind(arrival.Source.Practices[0], out var own) ? own : throw new KeyNotFoundException($"there is no practice {arrival.Source.Practices[0]}");
        if (!FileRow.TryParse(arrival.Body, origin.Kind, arrival.Number.Value, out var row, out var fault))
        {
            return await CommitVerdictAsync(arrival, practice, Verdict.UnreadableRow(fault), cancellationToken);
        }

        var live = mappings.Current;
        return await ApplyAsync(arrival, null, MappedBody.Of(row, arrival.ReceivedAt, origin.EventAt, practice, live), practice, live, cancellationToken);
    }

    /// <summary>Which file a kept message is a row of; null for an HL7 message. Where its run is not kept any more, it counts from its receipt.</summary>
    private async ValueTask<RowOrigin?> OriginAsync(StoredMessage kept, CancellationToken cancellationToken)
    {
        if (!FileRow.IsKind(kept.Event))
        {
            return null;
        }

        var run = EngineId.TryParse(kept.ControlId, out var id) ? id : EngineId.None;
        var file = await store.ReadAsync(reader => reader.FileRun(run), cancellationToken);
        return new RowOrigin(run, kept.Event, Instant.FromUnixTimeMilliseconds(file?.EventAt ?? kept.ReceivedAt));
    }

    private async ValueTask<StoredMessage> FindAsync(EngineId message, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => reader.Message(message), cancellationToken) ?? throw new KeyNotFoundException($"there is no message {message}");

    private Practice? Practice(StoredMessage message) => message.Practice is { } id && practices.TryFind(id, out var practice) ? practice : null;

    /// <summary>
    /// A commit that met a conflict is made anew: under another id where its own was taken meanwhile, and not at all when it is the kept
    /// message itself that has changed, for then every new attempt would meet it too.
    /// </summary>
    /// <exception cref="MessageMovedException">It has left the state it was read in.</exception>
    private async ValueTask<Arrival> AgainAsync(Arrival arrival, CancellationToken cancellationToken)
    {
        var (kept, state) = arrival.Corrects is { } original ? (original.Id, (MessageState?)original.State) : (arrival.Id, arrival.Replaces);
        if (state is not null && await store.ReadAsync(reader => reader.Message(kept)?.State, cancellationToken) != state)
        {
            throw new MessageMovedException(kept);
        }

        if (arrival.Replaces is not null || await store.ReadAsync(reader => reader.Message(arrival.Id), cancellationToken) is null)
        {
            return arrival;
        }

        if (arrival.Sender is { } sender)
        {
            Owed.Forget(arrival.Id, sender);
        }

        return arrival with { Id = arrival.Corrects is null ? ids.Next() : await store.ReadAsync(reader => FreeAfter(reader, arrival.Id), cancellationToken) };
    }

    /// <summary>The next id that is no message's, nor a cause's: people name both to the same commands.</summary>
    private static EngineId FreeAfter(IStoreReader reader, EngineId taken)
    {
        var next = new EngineId(taken.Value + 1);
        while (reader.Message(next) is not null || reader.Cause(next) is not null)
        {
            next = new EngineId(next.Value + 1);
        }

        return next;
    }
}
