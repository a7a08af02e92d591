using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>
/// What a message's sender is answered: one reply in original mode; in enhanced mode the accept acknowledgement, the
/// application's reply, both or neither, as MSH-15 and MSH-16 ask.
/// </summary>
internal sealed record Replies
{
    /// <summary>Nobody is answered.</summary>
    public static readonly Replies None = new();

    /// <summary>The reply of original mode, or the accept acknowledgement; empty when none is asked for.</summary>
    public ReadOnlyMemory<byte> First { get; init; }

    /// <summary>What <see cref="First"/> says, or would say if it were asked for; null when the message is never answered.</summary>
    public AcknowledgementCode? Code { get; private init; }

    /// <summary>The application's reply of enhanced mode; empty when none is asked for, or it is not given yet.</summary>
    public ReadOnlyMemory<byte> Application { get; private init; }

    /// <summary>The application's reply on its way to a destination; null when it goes back over the connection.</summary>
    public DeliveryWrite? Delivery { get; private init; }

    /// <summary>The message whose application's reply is given once it is applied; null when nothing is owed.</summary>
    public EngineId? OwedFor { get; private init; }

    /// <summary>The application's reply as far as the connection has to carry it.</summary>
    public ReadOnlyMemory<byte> OnConnection => Delivery is null ? Application : default;

    public static Replies To(Arrival arrival, Practice? practice, Verdict verdict, TimeProvider time)
    {
        if (verdict.Answer is not { } answer)
        {
            return None;
        }

        var mode = AcknowledgementMode.Of(verdict.Message);
        if (verdict.Earlier is { } earlier)
        {
            return Again(arrival, mode, earlier);
        }

        // A sender compares our MSH-7 with its own clock: it gets the practice's local time.
        var sentAt = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(practice?.Zone ?? DateTimeZone.Utc).ToDateTimeOffset();
        var replies = new Replies { Code = mode.IsEnhanced ? verdict.Accept : answer };
        foreach (var code in mode.Answers(verdict.Accept, answer))
        {
            replies = !mode.IsEnhanced ? replies with { First = Application(null) }
                : code is AcknowledgementCode.CA or AcknowledgementCode.CE or AcknowledgementCode.CR ? replies with { First = Accept(code) }
                : replies with { Application = Application(arrival.Source.ApplicationReplies is null ? AcknowledgementCondition.Never : AcknowledgementCondition.Always) };
        }

        if (verdict.IsWaiting && IsOwedWhenApplied(arrival.Source, mode))
        {
            return replies with { Application = default, OwedFor = arrival.Id };
        }

        return replies.Application.IsEmpty || arrival.Source.ApplicationReplies is not { } elsewhere
            ? replies
            : replies with { Delivery = Deliver(arrival.Id, verdict.Event, replies.Application, elsewhere.Destination) };

        // A CA says that it was taken, whatever is wrong with it.
        AcknowledgementContent Said(AcknowledgementCode code) => code == AcknowledgementCode.CA
            ? new AcknowledgementContent(code) { SequenceNumber = arrival.Place?.Answer }
            : new AcknowledgementContent(code) { Text = verdict.Text, Faults = verdict.Faults, SequenceNumber = arrival.Place?.Answer };

        byte[] Accept(AcknowledgementCode code) => Acknowledgement.Build(
            verdict.Message, Said(code), $"{arrival.Id}C", sentAt);

        byte[] Application(AcknowledgementCondition? asks) => Acknowledgement.Build(
            verdict.Message, Said(answer) with { Asks = asks }, arrival.Id.ToString(), sentAt);
    }

    /// <summary>Whether the sender of a kept message still waits for its application's reply.</summary>
    public static bool IsOwed(StoredMessage kept, SourceBinding? source) =>
        source is not null
        && Verdict.Waits(kept.State)
        && kept.ApplicationReply.IsEmpty
        && Hl7Message.TryParseHeader(kept.Body, out var header)
        && IsOwedWhenApplied(source, AcknowledgementMode.Of(header));

    /// <summary>The application's reply for a message that its sender waits to see applied, and a person dismissed.</summary>
    public static Replies OfDismissed(StoredMessage kept, SourceBinding source, Practice? practice, TimeProvider time) =>
        Late(kept, source, practice, time, AcknowledgementCode.AE, "it was dismissed and is not applied");

    /// <summary>The application's reply for a message whose corrected copy was applied.</summary>
    public static Replies OfCorrected(StoredMessage kept, SourceBinding source, Practice? practice, TimeProvider time) =>
        Late(kept, source, practice, time, AcknowledgementCode.AA, "it was applied as a person corrected it");

    private static Replies Late(StoredMessage kept, SourceBinding source, Practice? practice, TimeProvider time, AcknowledgementCode code, string text)
    {
        var head = Hl7Message.TryParseHeader(kept.Body, out var header) ? header : null;
        var sentAt = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(practice?.Zone ?? DateTimeZone.Utc).ToDateTimeOffset();
        var asks = source.ApplicationReplies is null ? AcknowledgementCondition.Never : AcknowledgementCondition.Always;
        var reply = Acknowledgement.Build(head, new AcknowledgementContent(code) { Text = text, Asks = asks }, kept.Id.ToString(), sentAt);
        return new Replies
        {
            Code = code,
            Application = reply,
            Delivery = source.ApplicationReplies is { } elsewhere ? Deliver(kept.Id, kept.Event, reply, elsewhere.Destination) : null,
        };
    }

    /// <summary>A resend gets what its original got. What went to a destination is on its way there already.</summary>
    private static Replies Again(Arrival arrival, AcknowledgementMode mode, EarlierReceipt earlier) => new()
    {
        First = earlier.Reply,
        Code = mode.IsEnhanced ? AcknowledgementCode.CA : AcknowledgementCode.AA,
        Application = arrival.Source.ApplicationReplies is null ? earlier.ApplicationReply : default,
        OwedFor = earlier.ApplicationReply.IsEmpty && IsOwedWhenApplied(arrival.Source, mode) ? earlier.Message : null,
    };

    private static bool IsOwedWhenApplied(SourceBinding source, AcknowledgementMode mode) =>
        source.Acknowledge == AcknowledgePolicy.OnApplied && mode is { IsEnhanced: true, Application: not AcknowledgementCondition.Never };

    /// <summary>Replies need no order among themselves, and one that is held holds no other: each has a lane of its own.</summary>
    private static DeliveryWrite Deliver(EngineId message, string @event, ReadOnlyMemory<byte> reply, string destination) => new()
    {
        Id = message,
        Destination = destination,
        Lane = message.ToString(),
        Event = @event.IndexOf('^', StringComparison.Ordinal) is > 0 and var at ? $"ACK{@event[at..]}" : "ACK",
        ControlId = message.ToString(),
        Body = reply,
        Message = message,
    };
}
