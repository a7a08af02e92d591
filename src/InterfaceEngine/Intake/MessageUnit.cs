using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Puts a message, its verdict and its records into the one unit that is committed (step 6).</summary>
internal static class MessageUnit
{
    /// <param name="work">What it does to records; null when it does nothing.</param>
    /// <param name="receipt">Remembered so that a resend gets the stored reply; null when it is not accepted.</param>
    /// <param name="mappingSet">The hash of the set that read it; null when none did.</param>
    /// <param name="replies">What its sender is answered.</param>
    public static CommitUnit Write(
        Arrival arrival, Practice? practice, Verdict verdict, Replies replies, MessageWork? work, ReceiptKey? receipt, string? mappingSet)
    {
        var applies = verdict.State is MessageState.Applied or MessageState.Unchanged;
        return new CommitUnit
        {
            Practice = practice?.Id,
            Message = new MessageWrite
            {
                Id = arrival.Id,
                Replaces = arrival.Replaces,
                Corrects = arrival.Corrects,
                Source = arrival.Source.Name,
                ReceivedAt = arrival.ReceivedAt.ToUnixTimeMilliseconds(),
                Run = arrival.Number.Run,
                Number = arrival.Number.Value,
                Batch = arrival.Batch,
                Event = arrival.Row?.Kind ?? verdict.Event,
                State = verdict.State,
                Code = verdict.Code,
                MappingSet = mappingSet,
                Body = arrival.Body,
                Reply = replies.First,
                ApplicationReply = replies.Application,
                ControlId = arrival.Row?.Run.ToString() ?? verdict.ControlId,
                Detail = verdict.Detail.ToJson(),
            },
            Receipt = receipt,
            Sequence = verdict.Answer == AcknowledgementCode.AA ? arrival.Place?.Write : null,
            Records = applies && work is not null ? Writes(work) : [],
            Deliveries = replies.Delivery is { } delivery ? [delivery] : [],
            Reviews = verdict.Reviews,
            Closes = Closings(arrival, verdict),
            Cause = MessageCause.Of(verdict),
            Attachments = applies && work is not null ? work.Attachments : [],
            WaitsFor = verdict.IsAwaiting ? work!.WaitsFor : [],
            Audit = arrival.Audit,
        };
    }

    /// <summary>A kept message that is never applied; of a held one, its review item is closed with it.</summary>
    /// <param name="message">As it was read.</param>
    /// <param name="replies">What a sender is told that waits for it.</param>
    /// <param name="audit">Who decided, and why; null for what follows from another decision.</param>
    public static CommitUnit Dismiss(StoredMessage message, Replies replies, AuditEntry? audit) => new()
    {
        Practice = message.Practice,
        Message = new MessageWrite
        {
            Id = message.Id,
            Replaces = message.State,
            Source = message.Source,
            ReceivedAt = message.ReceivedAt,
            Event = message.Event,
            State = MessageState.Dismissed,
            Code = message.Code,
            MappingSet = message.MappingSet,
            Body = message.Body,
            Reply = message.Reply,
            ApplicationReply = replies.Application.IsEmpty ? message.ApplicationReply : replies.Application,
            ControlId = message.ControlId,
            Detail = message.Detail,
        },
        Deliveries = replies.Delivery is { } delivery ? [delivery] : [],
        Closes = message.State == MessageState.Held ? [Details.HeldClosing(message.Id, isApplied: false)] : [],
        Audit = audit,
    };

    /// <summary>A message that is held no more, or whose place a corrected copy takes, leaves no open item behind.</summary>
    private static IReadOnlyList<ReviewClosing> Closings(Arrival arrival, Verdict verdict) => arrival switch
    {
        { Replaces: MessageState.Held or MessageState.Ready } when verdict.State != MessageState.Held => [Details.HeldClosing(arrival.Id, verdict.State is MessageState.Duplicate || verdict.IsAccepted)],
        { Corrects: { State: MessageState.Held } original } => [Details.HeldClosing(original.Id, isApplied: false)],
        _ => [],
    };

    private static List<RecordWrite> Writes(MessageWork work)
    {
        var writes = new List<RecordWrite>(work.Records.Count);
        foreach (var record in work.Records)
        {
            if (record.ToWrite() is { } write)
            {
                writes.Add(write);
            }
        }

        return writes;
    }
}
