using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Grammar;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>What becomes of a message and what its sender is told, with the reasons.</summary>
internal sealed partial record Verdict
{
    private const int InternalError = 207;

    /// <summary>The code of a message that was not the next of its sender, or synchronised its numbers.</summary>
    public const string SequenceCode = "SEQ";

    /// <summary>The code of a message of which only the head was read.</summary>
    public const string NotWholeCode = "AR207";

    /// <summary>The code of a message that a filter set aside.</summary>
    private const string FilteredCode = "filtered";

    public required MessageState State { get; init; }

    /// <summary>The message as far as it could be read; null when not even its MSH could.</summary>
    public required Hl7Message? Message { get; init; }

    /// <summary>Null when no answer is to be given.</summary>
    public required AcknowledgementCode? Answer { get; init; }

    /// <summary>The first deciding code; null when all is well.</summary>
    public string? Code { get; init; }

    /// <summary>MSA-3.</summary>
    public string? Text { get; init; }

    /// <summary>ERR: every problem found.</summary>
    public IReadOnlyList<Hl7Fault> Faults { get; init; } = [];

    /// <summary>For a resend: what its original got, which is on disk.</summary>
    public EarlierReceipt? Earlier { get; init; }

    public MessageDetail Detail { get; init; } = new();

    /// <summary>It is taken up again as soon as a patient comes whom nobody has sent: parked, or held because it waited too long.</summary>
    public bool IsAwaiting { get; init; }

    public IReadOnlyList<ReviewWrite> Reviews { get; init; } = [];

    /// <summary>A resend gets the stored reply. A resent refusal is a new attempt, so that a mended mapping lets it pass.</summary>
    public bool IsAccepted => Accepts(State);

    /// <summary>It is kept, and applied when a patient comes or a person decides.</summary>
    public bool IsWaiting => Waits(State);

    /// <summary>
    /// Whether it was taken for the application, as the accept acknowledgement of enhanced mode says: CR when MSH-9, 11 or 12 is
    /// not served, CE when it can't be taken for another reason, CA for all else, bad content included.
    /// </summary>
    public AcknowledgementCode Accept =>
        Answer != AcknowledgementCode.AR && !IsOutOfSequence ? AcknowledgementCode.CA
        : Faults is [{ Code: >= Hl7ErrorCode.UnsupportedMessageType and <= Hl7ErrorCode.UnsupportedVersion }, ..] ? AcknowledgementCode.CR
        : AcknowledgementCode.CE;

    /// <summary>Its sequence number is not the one that is expected.</summary>
    public bool IsOutOfSequence { get; init; }

    /// <summary>
    /// The event, e.g. <c>ADT^A04</c>; empty when it can't be read or is not written as one: it stands in a plain
    /// column, and in a message whose fields are shifted MSH-9 may hold anything.
    /// </summary>
    public string Event => Message is { } message && EventForm().IsMatch(message.EventType) ? message.EventType : "";

    public string ControlId => Message?.ControlId ?? "";

    /// <summary>Whether a message in this state was acknowledged for good.</summary>
    public static bool Accepts(MessageState state) =>
        state is MessageState.Applied or MessageState.Unchanged or MessageState.Parked or MessageState.Ready or MessageState.Held;

    /// <summary>Whether a message in this state is applied later.</summary>
    public static bool Waits(MessageState state) => state is MessageState.Parked or MessageState.Ready or MessageState.Held;

    /// <summary>An acknowledgement that came where messages are expected: kept, and never acknowledged.</summary>
    public static Verdict NotAnswered(Hl7Message message) => new()
    {
        State = MessageState.Ignored,
        Message = message,
        Answer = null,
        Code = "ACK",
    };

    /// <summary>It is not for us, or may not come this way.</summary>
    public static Verdict Refused(Hl7Message? message, RejectedException refusal) => new()
    {
        State = MessageState.Refused,
        Message = message,
        Answer = refusal.IsRefusal ? AcknowledgementCode.AR : AcknowledgementCode.AE,
        Code = $"{(refusal.IsRefusal ? "AR" : "AE")}{refusal.Condition}",
        Text = refusal.Message,
        Faults = [Details.Fault(refusal.Place, refusal.Condition, refusal.Message)],
        Detail = Noted(new DetailNote("refused", $"{refusal.Condition}", refusal.Place, null, refusal.Message, null, null)),
    };

    /// <summary>It is no HL7 v2 message. AR with what is readable.</summary>
    public static Verdict Unreadable(ReadOnlyMemory<byte> body, Hl7ParseException broken) => new()
    {
        State = MessageState.Refused,
        Message = Head(body),
        Answer = AcknowledgementCode.AR,
        Code = $"AR{Hl7Fault.Of(broken).Code}",
        Text = broken.Reason,
        Faults = [Hl7Fault.Of(broken)],
        Detail = Noted(new DetailNote("refused", $"{Hl7Fault.Of(broken).Code}", broken.Place, null, broken.Reason, null, null)),
    };

    /// <summary>A row of a file, or its corrected copy, that is no row any more.</summary>
    public static Verdict UnreadableRow(string fault) => new()
    {
        State = MessageState.Quarantined,
        Message = null,
        Answer = null,
        Code = MappingCodes.Row,
        Detail = Noted(new DetailNote(Details.Refused, MappingCodes.Row, null, null, fault, null, null)),
    };

    /// <summary>Only its head was read: it is larger than the source takes.</summary>
    public static Verdict NotWhole(ReadOnlyMemory<byte> head, FrameFault fault) => new()
    {
        State = MessageState.Refused,
        Message = Head(head),
        Answer = AcknowledgementCode.AR,
        Code = NotWholeCode,
        Text = fault.Reason,
        Faults = [Hl7Fault.OfMessage(InternalError, fault.Reason)],
        Detail = Noted(new DetailNote("refused", $"{InternalError}", null, null, fault.Reason, null, null)),
    };

    /// <summary>It made the engine fail twice.</summary>
    public static Verdict OurFailure(ReadOnlyMemory<byte> body) => new()
    {
        State = MessageState.Quarantined,
        Message = Head(body),
        Answer = AcknowledgementCode.AE,
        Code = $"AE{InternalError}",
        Text = "application internal error",
        Faults = [Hl7Fault.OfMessage(InternalError)],
        Detail = Noted(new DetailNote("refused", $"{InternalError}", null, null, "the engine failed on this message twice; its log says where", null, null)),
    };

    /// <summary>It is not after the grammar of its version, and its source is strict. An event that the version has not gets AR.</summary>
    public static Verdict NotOfGrammar(Hl7Message message, GrammarReport report)
    {
        var first = report.Faults.FirstOrDefault(fault => fault.Code >= Hl7ErrorCode.UnsupportedMessageType) ?? report.Faults[0];
        var answer = first.Code >= Hl7ErrorCode.UnsupportedMessageType ? AcknowledgementCode.AR : AcknowledgementCode.AE;
        var notes = report.Faults.Concat(report.Warnings)
            .Select(fault => new DetailNote(fault.IsWarning ? "warning" : Details.Refused, $"{fault.Code}", fault.Place, null, fault.Text, null, null)).ToList();
        if (report.IsCut)
        {
            notes.Add(new DetailNote("note", $"{first.Code}", null, null, "there are more faults than are listed", null, null));
        }

        return new Verdict
        {
            State = MessageState.Refused,
            Message = message,
            Answer = answer,
            Code = $"{answer}{first.Code}",
            Text = $"not after {report.Against}: {first}",
            Faults = [.. report.Faults.Select(fault => fault.ToFault())],
            Detail = new MessageDetail { Notes = notes },
        };
    }

    /// <summary>A filter says that it is not for us.</summary>
    public static Verdict Filtered(Hl7Message message, FilterRow filter) => new()
    {
        State = MessageState.Ignored,
        Message = message,
        Answer = AcknowledgementCode.AA,
        Code = FilteredCode,
        Detail = Noted(new DetailNote("note", FilteredCode, null, null, $"not for us: {filter.Reason}", null, filter.Cell?.ToString() ?? filter.When)),
    };

    /// <summary>No mapping reads its event.</summary>
    public static Verdict NotMapped(Hl7Message? message, UnmappedEventPolicy policy)
    {
        const string reason = "no mapping reads this event";
        var condition = 201;
        var detail = Noted(new DetailNote("note", $"{condition}", "MSH-9", null, reason, null, null));
        return policy == UnmappedEventPolicy.Ignore
            ? new Verdict { State = MessageState.Ignored, Message = message, Answer = AcknowledgementCode.AA, Code = "201", Detail = detail }
            : new Verdict
            {
                State = MessageState.Refused,
                Message = message,
                Answer = AcknowledgementCode.AR,
                Code = "AR201",
                Text = reason,
                Faults = [Details.Fault("MSH-9", condition, reason)],
                Detail = detail,
            };
    }

    /// <summary>A resend of a message that was accepted.</summary>
    public static Verdict Duplicate(Hl7Message message, EarlierReceipt earlier) => new()
    {
        State = MessageState.Duplicate,
        Message = message,
        Answer = AcknowledgementCode.AA,
        Earlier = earlier,
        Detail = new MessageDetail { Earlier = earlier.Message.ToString() },
    };

    /// <summary>It only starts or resets the sequence numbers of its sender, and is no data.</summary>
    public static Verdict Synchronised(Hl7Message message) => new()
    {
        State = MessageState.Ignored,
        Message = message,
        Answer = AcknowledgementCode.AA,
        Code = SequenceCode,
        Detail = Noted(new DetailNote("note", SequenceCode, "MSH-13", null, "it synchronises sequence numbers and is no data", null, null)),
    };

    /// <summary>Its sequence number is not the one that is expected: MSA-4 says which is.</summary>
    public static Verdict OutOfSequence(Hl7Message message, long number, long expected, bool isEarlier)
    {
        var reason = $"sequence number {number} came and {expected} is expected";
        return new Verdict
        {
            State = MessageState.Refused,
            Message = message,
            Answer = isEarlier ? AcknowledgementCode.AE : AcknowledgementCode.AR,
            Code = SequenceCode,
            Text = reason,
            IsOutOfSequence = true,
            Detail = Noted(new DetailNote("refused", SequenceCode, "MSH-13", null, "its sequence number is not the one that was expected", $"{number}, expected {expected}", null)),
        };
    }

    /// <summary>It came out of turn, which no retry mends: its sender sends it again when its turn has come.</summary>
    public static Verdict StillOutOfSequence(Hl7Message? head) => new()
    {
        State = MessageState.Refused,
        Message = head,
        Answer = AcknowledgementCode.AR,
        Code = SequenceCode,
        Text = "it came out of turn: its sender must send it again",
        IsOutOfSequence = true,
        Detail = Noted(new DetailNote("refused", SequenceCode, "MSH-13", null, "its sequence number is not the one that was expected", null, null)),
    };

    /// <summary>Its content can't be applied: every problem is named, not just the first.</summary>
    public static Verdict BadContent(Hl7Message? message, IReadOnlyList<DetailNote> notes, IReadOnlyList<ReviewWrite> reviews, BadContentPolicy policy)
    {
        var refusals = notes.Where(note => note.Severity == Details.Refused).ToList();
        var problems = refusals.Concat(notes.Where(note => note.Severity == "warning" && note.Place is not null)).ToList();
        var isRefused = policy == BadContentPolicy.Refuse;
        return new Verdict
        {
            State = isRefused ? MessageState.Refused : MessageState.Quarantined,
            Message = message,
            Answer = isRefused ? AcknowledgementCode.AE : AcknowledgementCode.AA,
            Code = refusals.Count > 0 ? refusals[0].Code : null,
            Text = isRefused && refusals.Count > 0 ? refusals[0].Reason : null,
            Faults = isRefused ? [.. problems.Select(note => Details.Fault(note.Place, Details.Condition(note.Code), note.Reason)).Distinct()] : [],
            Detail = new MessageDetail { Notes = notes },
            Reviews = reviews,
        };
    }

    /// <summary>A message that was mapped and reconciled.</summary>
    public static Verdict Of(
        Arrival arrival, Hl7Message? message, MappedMessage mapped, MessageWork work, IReadOnlyList<DetailNote> notes, EarlierReceipt? earlier, BadContentPolicy policy)
    {
        var reviews = Details.Reviews(mapped.Notes, work.Notes);
        if (work.IsRefused)
        {
            return BadContent(message, notes, reviews, policy);
        }

        var isHeld = work.IsHeld || (mapped.IsHeld && !arrival.Accepted.Contradiction);
        var waits = !isHeld && work.WaitsFor.Count > 0;
        var state = isHeld || (waits && arrival.IsOverdue) ? MessageState.Held
            : waits ? MessageState.Parked
            : work.HasChanged ? MessageState.Applied
            : MessageState.Unchanged;
        if (earlier is not null)
        {
            notes = [.. notes, new DetailNote("warning", "205", "MSH-10", null, "this control id was used before for another message; both are kept", null, null)];
        }

        if (waits)
        {
            notes = [.. work.WaitsFor.Select(patient => Details.Awaited(patient, arrival.IsOverdue)), .. notes];
        }

        return new Verdict
        {
            State = state,
            IsAwaiting = waits,
            Message = message,
            Answer = AcknowledgementCode.AA,
            Code = state is MessageState.Held ? notes.FirstOrDefault(note => note.Severity == Details.Held)?.Code : null,
            Detail = new MessageDetail
            {
                Records = state is MessageState.Applied or MessageState.Unchanged ? Details.Of(work.Records, isRow: message is null) : [],
                Notes = notes,
                Charges = state is MessageState.Applied or MessageState.Unchanged ? ChargeTotals.Of(mapped.Records) : [],
                Earlier = earlier?.Message.ToString(),
            },
            Reviews = isHeld ? [.. reviews, Details.HeldReview(arrival.Id, notes)] : reviews,
        };
    }

    /// <summary>The MSH of a body that can't be read whole, so that it can be answered.</summary>
    private static Hl7Message? Head(ReadOnlyMemory<byte> body) => Hl7Message.TryParseHeader(body, out var head) ? head : null;

    [GeneratedRegex(@"^[A-Z0-9]{3}(\^[A-Z0-9]{3})?\z")]
    private static partial Regex EventForm();

    private static MessageDetail Noted(DetailNote note) => new() { Notes = [note] };
}
