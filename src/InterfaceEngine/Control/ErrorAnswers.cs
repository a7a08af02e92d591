namespace InterfaceEngine.Control;

/// <summary>What messages stand still for, newest cause first.</summary>
/// <param name="Before">The id with which the page before ended.</param>
internal sealed record ListErrorsRequest(string? Practice, string? Before = null, int Limit = 100) : ControlRequest<ErrorsAnswer>;

/// <summary>One cause, its messages, and the first of them as an example.</summary>
internal sealed record ShowErrorRequest(string Id, string? After = null, int Limit = 50) : ControlRequest<ErrorAnswer>;

/// <summary>
/// Takes messages up again in the order in which they came, a page at a time, or says what that would give. One that
/// fails keeps no other from its turn.
/// </summary>
/// <param name="Ids">Causes and messages.</param>
/// <param name="IsTrial">Store nothing.</param>
/// <param name="After">The message with which the page before ended.</param>
internal sealed record RetryErrorsRequest(IReadOnlyList<string> Ids, bool IsTrial, string? After = null, int Limit = 50) : ControlRequest<RetryAnswer>(TimeSpan.FromMinutes(10));

/// <summary>Decides that messages are never applied, a page at a time. Needs a reason.</summary>
internal sealed record DismissErrorsRequest(IReadOnlyList<string> Ids, string? After = null, int Limit = 100) : ControlRequest<RetryAnswer>(TimeSpan.FromMinutes(10));

/// <summary>What parked messages wait for, longest first.</summary>
internal sealed record ListParkedRequest(string? Practice, int Limit = 100) : ControlRequest<ParkedAnswer>;

/// <param name="Next">Goes into <c>--before</c> for the next page; null on the last.</param>
internal sealed record ErrorsAnswer(IReadOnlyList<CauseView> Causes, string? Next) : ControlAnswer;

/// <param name="Next">Goes into <c>--after</c> for the next page; null on the last.</param>
internal sealed record ErrorAnswer(CauseView Cause, IReadOnlyList<string> Messages, MessageView? Example, string? Next) : ControlAnswer;

/// <param name="State">Of its messages: refused, quarantined, held or parked.</param>
/// <param name="Count">Messages that stand still for it now.</param>
/// <param name="Seen">Messages that ever did.</param>
internal sealed record CauseView(
    string Id, string? Practice, string State, string Code, string? Place, string? Cell, string Text, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Count, long Seen);

/// <param name="Results">Each message and the state it has now, or would have.</param>
/// <param name="Next">Goes into the next request's <c>After</c>; null when none is left.</param>
internal sealed record RetryAnswer(IReadOnlyList<RetryView> Results, string? Next) : ControlAnswer;

/// <param name="Passes">It needs nobody any more.</param>
/// <param name="Problem">Why it could not be taken up.</param>
internal sealed record RetryView(string Message, string State, bool Passes, string? Problem);

internal sealed record ParkedAnswer(IReadOnlyList<ParkedView> References) : ControlAnswer;

/// <param name="Reference">The id of the patient whom nobody has sent.</param>
/// <param name="Days">How long the oldest has waited.</param>
internal sealed record ParkedView(string Practice, string? Reference, long Count, DateTimeOffset Since, int Days, string Oldest);
