using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>
/// The path of one message: parse, identify, map, reconcile, commit. There is no queue between the steps: what is
/// in flight is in a transaction or in the store.
/// </summary>
internal sealed partial class MessageIntake(
    IEngineStore store, LiveMappings mappings, PracticeDirectory practices, IdSource ids, TimeProvider time, ILogger<MessageIntake> logger)
    : IMessageIntake, IMessageReplay
{
    /// <summary>How often a unit that lost a race is reconciled again before the store counts as failing.</summary>
    private const int AttemptsMax = 100;

    /// <summary>The longest control id that stands in the log.</summary>
    private const int LoggedLengthMax = 50;

    private readonly FailedBodies _failedBodies = new();
    /// <summary>What the settings say about the sources now, by name: kept messages are taken up again by it.</summary>
    public IReadOnlyDictionary<string, SourceBinding> Sources { get; init; } = new Dictionary<string, SourceBinding>();

    public MessageOptions Options { get; init; } = new();

    /// <summary>Who waits for the replies of messages that wait.</summary>
    public OwedReplies Owed { get; } = new();

    public async ValueTask<Receipt> AcceptAsync(IncomingMessage incoming, CancellationToken cancellationToken)
    {
        var receivedAt = incoming.Number.Run == 0 ? time.GetUtcNow() : incoming.Number.ReceivedAt;
        var arrival = new Arrival(ids.Next(), receivedAt, incoming.Source, incoming.Body) { Number = incoming.Number, Batch = incoming.Batch, Sender = incoming.Sender };
        try
        {
            return await AcceptAsync(arrival, incoming.Fault is { } fault ? Verdict.NotWhole(incoming.Body, fault) : null, cancellationToken);
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OperationCanceledException) && _failedBodies.IsSecond(incoming.Body.Span))
        {
            // It failed us twice: were we silent again, the sender would send it for ever.
            Log.MessageFailedTwice(logger, incoming.Source.Name, arrival.Id, new ExceptionPlace(failure));
            return await CommitVerdictAsync(arrival, null, Verdict.OurFailure(incoming.Body), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<EngineId> BeginBatchAsync(string source, bool isFile, CancellationToken cancellationToken)
    {
        var batch = new BatchStart(ids.Next(), source, isFile, time.GetUtcNow().ToUnixTimeMilliseconds());
        await store.Batches.BeginAsync(batch, cancellationToken);
        return batch.Id;
    }

    /// <inheritdoc/>
    public async ValueTask EndBatchAsync(BatchSummary batch, CancellationToken cancellationToken)
    {
        await store.Batches.EndAsync(
            new BatchEnd
            {
                Id = batch.Id,
                Verdict = batch.Verdict,
                Stated = batch.Stated,
                Found = batch.Found,
                States = batch.States,
                Detail = batch.Detail.ToJson(),
            },
            cancellationToken);
        Log.BatchEnded(logger, batch.Source, batch.Id, batch.Verdict, batch.Found, batch.Stated, batch.Detail.Problems.Count);
    }

    /// <param name="arrival">The body and how it came.</param>
    /// <param name="foregone">What becomes of it whatever it says; null when that is to be found out.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    private async ValueTask<Receipt> AcceptAsync(Arrival arrival, Verdict? foregone, CancellationToken cancellationToken)
    {
        if (foregone is not null)
        {
            return await CommitVerdictAsync(arrival, null, foregone, cancellationToken);
        }

        if (arrival.Row is { } origin)
        {
            return await AcceptRowAsync(arrival, origin, cancellationToken);
        }

        Hl7Message? message = null;
        Practice? practice = null;
        try
        {
            message = Hl7Message.Parse(arrival.Body);
            if (MessageRules.IsAcknowledgement(message))
            {
                return await CommitVerdictAsync(arrival, null, Verdict.NotAnswered(message), cancellationToken);
            }

            if (Filtered(arrival, message, arrival.Source.Filters, DateTimeZone.Utc) is { } foreign)
            {
                return await CommitVerdictAsync(arrival, null, foreign, cancellationToken);
            }

            practice = practices.Identify(message.SendingFacility, arrival.Source.Practices);
            if (practice.FallbackCharacterSet != Hl7ParseOptions.Default.FallbackCharacterSet)
            {
                // Only its practice says how a message is read that does not say so itself.
                message = Hl7Message.Parse(arrival.Body, new Hl7ParseOptions { FallbackCharacterSet = practice.FallbackCharacterSet });
            }

            // One set to the end, though another may be swapped in meanwhile.
            var live = mappings.Current;
            var early = Filtered(arrival, message, live.For(practice).Maps.Filters, practice.Zone);
            if (!arrival.HasPassedRules)
            {
                if (early is null)
                {
                    MessageRules.Check(message, arrival.Source);
                }

                if (arrival.Source.SequenceNumbers)
                {
                    arrival = arrival with { Place = await SequencePlace.FindAsync(store, arrival.Source, practice, message, cancellationToken) };
                }

                early = arrival.Place?.Verdict ?? early;
                if (early is null && live.For(practice).IsMapped(message))
                {
                    // An event that nobody reads is answered as such: its faults help nobody, and in enhanced mode it is not taken.
                    early = GrammarRules.Refusal(message, arrival.Source);
                }
            }

            return early is not null
                ? await CommitVerdictAsync(arrival, practice, early, cancellationToken)
                : await ApplyAsync(arrival, message, MappedBody.Of(message, arrival.ReceivedAt, practice, live), practice, live, cancellationToken);
        }
        catch (RejectedException refusal)
        {
            return await CommitVerdictAsync(arrival, practice, Verdict.Refused(message, refusal), cancellationToken);
        }
        catch (Hl7ParseException broken)
        {
            return await CommitVerdictAsync(arrival, practice, Verdict.Unreadable(arrival.Body, broken), cancellationToken);
        }
    }

    /// <summary>The verdict of the first filter that a message fits. What was acknowledged for good stays so, whatever filters came later.</summary>
    private static Verdict? Filtered(Arrival arrival, Hl7Message message, IReadOnlyList<FilterRow> filters, DateTimeZone zone) =>
        !arrival.WasAccepted && FilterRow.First(filters, message, Instant.FromDateTimeOffset(arrival.ReceivedAt), zone) is { } filter ? Verdict.Filtered(message, filter) : null;

    /// <summary>Maps it, and has it meet what is stored until that stands still.</summary>
    /// <param name="arrival">The body and how it came.</param>
    /// <param name="message">The message; null for a row of a file.</param>
    /// <param name="body">What it says.</param>
    /// <param name="practice">Whose it is.</param>
    /// <param name="live">The mapping set that read it.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    private async ValueTask<Receipt> ApplyAsync(
        Arrival arrival, Hl7Message? message, MappedBody body, Practice practice, LiveMapping live, CancellationToken cancellationToken)
    {
        if (body.Foregone(arrival.Source) is { } foregone)
        {
            return await CommitVerdictAsync(arrival, practice, foregone, cancellationToken, body.Mapped.IsMapped ? live : null);
        }

        var receipt = arrival.WasAccepted || message is null ? null : MessageRules.ReceiptKey(message);
        var query = body.Query(receipt);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var loaded = await store.LoadAsync(practice.Id, query, cancellationToken);
            if (message is not null && loaded.Earlier is { IsSameBody: true } earlier)
            {
                return await CommitVerdictAsync(arrival, practice, Verdict.Duplicate(message, earlier), cancellationToken);
            }

            var merged = await MergedPatients.LoadAsync(store, practice.Id, body.Mapped.Records, loaded, cancellationToken);
            var (verdict, work) = body.Reconcile(arrival, loaded, merged, ids);
            if (await TryCommitAsync(arrival, practice, verdict, work, verdict.IsAccepted ? receipt : null, live, cancellationToken) is { } committed)
            {
                return committed with { Charges = verdict.Detail.Charges };
            }

            arrival = await AgainAsync(arrival, cancellationToken);
        }

        throw new StoreUnavailableException($"a message lost {AttemptsMax} races for its records");
    }

    /// <summary>Commits a message that changes no record: refused, ignored, quarantined, a duplicate.</summary>
    private async ValueTask<Receipt> CommitVerdictAsync(
        Arrival arrival, Practice? practice, Verdict verdict, CancellationToken cancellationToken, LiveMapping? live = null)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (await TryCommitAsync(arrival, practice, verdict, null, null, live, cancellationToken) is { } receipt)
            {
                return receipt;
            }

            arrival = await AgainAsync(arrival, cancellationToken);
        }

        throw new StoreUnavailableException($"a message that changes no record lost {AttemptsMax} races");
    }

    /// <returns>Null when something it was made from has changed meanwhile; nothing is stored then.</returns>
    private async ValueTask<Receipt?> TryCommitAsync(
        Arrival arrival, Practice? practice, Verdict verdict, MessageWork? work, ReceiptKey? receipt, LiveMapping? live, CancellationToken cancellationToken)
    {
        if (arrival.IsTrial)
        {
            return new Receipt(arrival.Id, verdict.State, default) { Detail = verdict.Detail };
        }

        var replies = arrival is { Corrects: null, Row: null } ? Replies.To(arrival, practice, verdict, time) : Replies.None;
        if (!arrival.FormerReply.IsEmpty)
        {
            // A resend gets what its sender got when it was accepted.
            replies = replies with { First = arrival.FormerReply };
        }

        if (replies.OwedFor is { } message && arrival.Sender is { } sender)
        {
            Owed.Expect(message, sender);
        }

        var unit = MessageUnit.Write(arrival, practice, verdict, replies, work, receipt, live?.Hash);
        var result = await store.CommitAsync(unit, cancellationToken);
        if (replies.OwedFor is null && arrival is { Replaces: null, Sender: { } other })
        {
            // An attempt before this one would have let it wait.
            Owed.Forget(arrival.Id, other);
        }

        return result.Outcome switch
        {
            CommitOutcome.Committed => Done(arrival, practice, verdict, unit.Message!, replies),
            CommitOutcome.OutOfSequence => throw new StoreUnavailableException("another message of the same sender took its sequence number"),
            _ => null,
        };
    }

    private Receipt Done(Arrival arrival, Practice? practice, Verdict verdict, MessageWrite written, Replies replies)
    {
        if (arrival.IsReplyOwed)
        {
            Pay(arrival.Id, arrival.Source.Name, replies);
        }

        Log.MessageCommitted(
            logger, arrival.Source.Name, practice?.Id ?? "-", Loggable(written.Event), Loggable(written.ControlId), arrival.Id, written.State, written.Code ?? "-");
        foreach (var note in verdict.Detail.Notes)
        {
            if (note is { Severity: Details.Review, Code: MappingCodes.Check })
            {
                Log.CheckAsksForPerson(logger, arrival.Source.Name, practice?.Id ?? "-", arrival.Id, note.Cell ?? "-");
            }
        }

        return new Receipt(arrival.Id, written.State, replies.First)
        {
            ApplicationReply = replies.OnConnection,
            Answer = replies.Code,
            Faults = replies.Code is null or AcknowledgementCode.AA or AcknowledgementCode.CA ? [] : verdict.Faults,
            Code = written.Code,
            ControlId = written.ControlId,
        };
    }

    /// <summary>What a sender wrote into MSH, as far as it can stand in a log: a stranger's bytes must not write lines of their own.</summary>
    private static string Loggable(string text) =>
        text.Length is > 0 and <= LoggedLengthMax && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : "-";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source} {Practice} {EventType} {ControlId} {Message} {State} {Code}", EventName = "MessageCommitted")]
        public static partial void MessageCommitted(ILogger logger, string source, string practice, string eventType, string controlId, EngineId message, MessageState state, string code);

        [LoggerMessage(10, LogLevel.Warning, "{Source} {Practice} {Message} was applied and a person must look at it, by the check at {Cell}: see review list", EventName = "CheckAsksForPerson")]
        public static partial void CheckAsksForPerson(ILogger logger, string source, string practice, EngineId message, string cell);

        [LoggerMessage(9, LogLevel.Information, "{Source} batch {Batch} is {Verdict}: {Found} messages, {Stated} stated, {Problems} problems of its envelope", EventName = "BatchEnded")]
        public static partial void BatchEnded(ILogger logger, string source, EngineId batch, BatchVerdict verdict, long found, long? stated, int problems);

        [LoggerMessage(2, LogLevel.Critical, "{Source} {Message} failed twice inside the engine and is quarantined: {Place}", EventName = "MessageFailedTwice")]
        public static partial void MessageFailedTwice(ILogger logger, string source, EngineId message, ExceptionPlace place);

        [LoggerMessage(3, LogLevel.Warning, "{Source} {Message} has its verdict, and its sender is not connected here to hear of it; it hears where it is, and a resend gets the reply", EventName = "ReplyNotTaken")]
        public static partial void ReplyNotTaken(ILogger logger, string source, EngineId message);
    }
}

/// <summary>One body on its way: new, or taken up again.</summary>
internal sealed record Arrival(EngineId Id, DateTimeOffset ReceivedAt, SourceBinding Source, ReadOnlyMemory<byte> Body)
{
    /// <summary>Its place among all that its source received.</summary>
    public SourceNumber Number { get; init; }

    /// <summary>The batch it came in; null for one that came by itself, or is taken up again.</summary>
    public EngineId? Batch { get; init; }

    /// <summary>The state a kept message was read in; null for a new one.</summary>
    public MessageState? Replaces { get; init; }

    /// <summary>For a corrected copy: its original.</summary>
    public Original? Corrects { get; init; }

    /// <summary>A kept message that was acknowledged for good: its receipt is remembered already.</summary>
    public bool WasAccepted => Replaces is { } state && Verdict.Accepts(state);

    /// <summary>It passed its listener's rules when it came: they are not asked again.</summary>
    public bool HasPassedRules => Replaces is { } state && state != MessageState.Refused;

    /// <summary>What the sender of a kept message got when it was accepted; empty for all others.</summary>
    public ReadOnlyMemory<byte> FormerReply { get; init; }

    /// <summary>Its place in the sequence of its sender; null where messages are not numbered.</summary>
    public SequencePlace? Place { get; init; }

    /// <summary>Its sender still waits for the application's reply: the message is taken up again.</summary>
    public bool IsReplyOwed { get; init; }

    /// <summary>Who can be given that reply later; null when nobody can.</summary>
    public IReplyTaker? Sender { get; init; }

    /// <summary>It was received so long ago that it does not wait for its patient in silence any more.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>Only to see what would become of it: nothing is stored and nobody is answered.</summary>
    public bool IsTrial { get; init; }

    /// <summary>It is a row of a file, and of which; null for an HL7 message.</summary>
    public RowOrigin? Row { get; init; }

    /// <summary>What a person has looked at and wants applied.</summary>
    public Acceptance Accepted { get; init; }

    /// <summary>Who asked for a replay; null for the engine itself.</summary>
    public AuditEntry? Audit { get; init; }
}

/// <summary>The file that a row stands in.</summary>
/// <param name="Run">The file's run.</param>
/// <param name="Kind">The kind of file as the maps name it.</param>
/// <param name="EventAt">When the file was made: what its rows say counts from then.</param>
internal sealed record RowOrigin(EngineId Run, string Kind, Instant EventAt);
