using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// What a kept message is asked when it is taken up again. One that was acknowledged for good passed its listener's rules then.
/// One that was refused is asked everything that its listener asks of a new one: a retry lets it pass if the mappings, the
/// settings or the stored records were mended, and for no other reason.
/// </summary>
internal static class Reopened
{
    /// <param name="kept">The kept message.</param>
    /// <param name="listener">Its source as the settings say it now; null when it is gone.</param>
    /// <param name="isReplyOwed">Its sender still waits for the application's reply.</param>
    /// <param name="receivedAt">When it came.</param>
    public static Arrival Arrival(StoredMessage kept, SourceBinding? listener, bool isReplyOwed, DateTimeOffset receivedAt)
    {
        var isRefused = kept.State == MessageState.Refused;
        var binding = Binding(kept, listener) with
        {
            // Unless its sender still waits for a reply, it was answered then: what was accepted can't be refused any more, it is quarantined.
            BadContent = isReplyOwed ? listener!.BadContent : isRefused ? BadContentPolicy.Refuse : BadContentPolicy.Quarantine,
            UnmappedEvent = isReplyOwed ? listener!.UnmappedEvent : isRefused ? UnmappedEventPolicy.Refuse : UnmappedEventPolicy.Ignore,
            Acknowledge = isReplyOwed ? listener!.Acknowledge : AcknowledgePolicy.OnCommit,
            ApplicationReplies = isReplyOwed ? listener!.ApplicationReplies : null,
        };
        return new Arrival(kept.Id, receivedAt, binding, kept.Body)
        {
            Replaces = kept.State,
            IsReplyOwed = isReplyOwed,
            FormerReply = Verdict.Accepts(kept.State) ? kept.Reply : default,
        };
    }

    /// <summary>A corrected copy comes the way its original came, and nobody is answered.</summary>
    public static SourceBinding BindingOfCopy(StoredMessage original, SourceBinding? listener) => Binding(original, listener) with
    {
        BadContent = BadContentPolicy.Quarantine,
        UnmappedEvent = UnmappedEventPolicy.Refuse,
        Acknowledge = AcknowledgePolicy.OnCommit,
        ApplicationReplies = null,
    };

    /// <summary>What nothing that was mended since can change; null for all others.</summary>
    public static Verdict? Foregone(StoredMessage kept) => kept switch
    {
        { State: MessageState.Refused, Code: Verdict.NotWholeCode } => Verdict.NotWhole(kept.Body, new FrameFault(Reason(kept))),
        { State: MessageState.Refused, Code: Verdict.SequenceCode } => Verdict.StillOutOfSequence(Head(kept)),
        _ => null,
    };

    private static SourceBinding Binding(StoredMessage kept, SourceBinding? listener)
    {
        var rules = listener ?? new SourceBinding { Name = kept.Source, Practices = [] };
        return rules with { Practices = kept.Practice is { } practice ? [practice] : rules.Practices, SequenceNumbers = false };
    }

    private static string Reason(StoredMessage kept) => MessageDetail.FromJson(kept.Detail).Notes is [var note, ..] ? note.Reason : "it did not come whole";

    private static Hl7Message? Head(StoredMessage kept) => Hl7Message.TryParseHeader(kept.Body, out var head) ? head : null;
}
