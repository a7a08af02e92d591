namespace InterfaceEngine.Control;

/// <summary>How a destination does.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="State">
/// <c>connected</c>, <c>idle</c>, <c>backing off</c>, <c>waiting</c> while another process owns it, <c>stopped</c>, or
/// <c>not in the settings</c> when only the store knows it.
/// </param>
internal sealed record DestinationStatus(string Name, string Kind, string Address, IReadOnlyList<string> Practices, string State)
{
    /// <summary>When a reply last came since the start.</summary>
    public DateTimeOffset? LastReplyAt { get; init; }

    /// <summary>Why it backs off; null while it does not.</summary>
    public string? Reason { get; init; }

    /// <summary>The process that sends to it; null when none does.</summary>
    public string? Owner { get; init; }

    public long Waiting { get; init; }

    public long Held { get; init; }

    public long Delivered { get; init; }

    public long Dismissed { get; init; }

    /// <summary>When the oldest that waits was queued.</summary>
    public DateTimeOffset? OldestWaiting { get; init; }

    /// <summary>The certificates it uses; empty for plain MLLP.</summary>
    public IReadOnlyList<CertificateView> Certificates { get; init => field = value ?? []; } = [];

    /// <summary>Files of certificates that were changed and can't be used; the former ones stay in use.</summary>
    public IReadOnlyList<string> CertificateProblems { get; init => field = value ?? []; } = [];
}

/// <param name="Next">Goes into <c>--before</c> for the next page; null on the last.</param>
internal sealed record DeliveriesAnswer(IReadOnlyList<DeliveryView> Deliveries, string? Next) : ControlAnswer;

/// <param name="Body">What is sent, as text; bytes that are not UTF-8 are read as Latin 1.</param>
/// <param name="Reply">The last reply.</param>
internal sealed record DeliveryAnswer(DeliveryView Delivery, string Body, string Reply) : ControlAnswer;

/// <param name="Attempts">Those that were made since it was queued, or since a person had it retried; the one that delivered it too.</param>
/// <param name="NextAttemptAt">For one that waits: not before.</param>
/// <param name="Record">The record it tells of.</param>
/// <param name="Message">The message that caused it.</param>
internal sealed record DeliveryView(
    string Id,
    string? Practice,
    string Destination,
    string Event,
    string State,
    string? Code,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SettledAt,
    string? Record,
    string? Message,
    string ControlId,
    string? Reason,
    long Size);

/// <param name="Next">Goes into the request for the next page; null on the last.</param>
internal sealed record HeldDeliveriesAnswer(IReadOnlyList<HeldDeliveryView> Deliveries, string? Next) : ControlAnswer;

/// <param name="Code">What came back last.</param>
internal sealed record HeldDeliveryView(string Delivery, string Code);

/// <summary>What became of the deliveries a person decided about, in the order of the request.</summary>
internal sealed record DeliveryDecisionsAnswer(IReadOnlyList<DeliveryDecisionView> Deliveries) : ControlAnswer;

/// <param name="State">Its state now.</param>
/// <param name="IsDone">False when it was in no state for it; nothing was changed.</param>
internal sealed record DeliveryDecisionView(string Delivery, string State, bool IsDone);
