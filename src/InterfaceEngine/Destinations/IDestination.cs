namespace InterfaceEngine.Destinations;

/// <summary>
/// One way to a destination, e.g. one connection. It makes one attempt and says what came of it; when to try again, and
/// whether, is not its business. Used by one task at a time.
/// </summary>
internal interface IDestination : IDisposable
{
    /// <summary>
    /// Makes sure that there is a way, e.g. connects. What can't be reached costs no message an attempt: it is asked
    /// for again until it can.
    /// </summary>
    /// <exception cref="UnreachableException">There is none now; the message says why.</exception>
    ValueTask ReachAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes one attempt. The same message is always sent as the same bytes. After an attempt without an answer the way
    /// is closed, so that a late answer is taken for no other message's.
    /// </summary>
    /// <exception cref="UnreachableException">The way was gone before anything was sent.</exception>
    /// <exception cref="OperationCanceledException">The attempt was broken off; the receiver may have the message.</exception>
    Task<AttemptResult> DeliverAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <param name="ControlId">MSH-10 of the body: an answer must name it.</param>
/// <param name="Body">The bytes, without framing.</param>
internal readonly record struct OutgoingMessage(string ControlId, ReadOnlyMemory<byte> Body);

internal enum AttemptOutcome
{
    /// <summary>The receiver has it, and said so.</summary>
    Delivered,

    /// <summary>To be sent again as it is.</summary>
    Retry,

    /// <summary>Sending it again unchanged does not help: a person decides.</summary>
    Refused,
}

/// <summary>What came of one attempt.</summary>
internal sealed record AttemptResult
{
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>In short what came back, e.g. <c>AA</c>, <c>AE 103</c>, <c>no reply</c>. Holds no text of the receiver's.</summary>
    public required string Code { get; init; }

    /// <summary>Why it was not delivered, in the receiver's words where it gave any: may hold a patient's value.</summary>
    public string? Reason { get; init; }

    /// <summary>The answer as it came; empty for none.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>For how long to try again; none of it for the other outcomes.</summary>
    public RetryLimit Limit { get; init; } = RetryLimit.None;

    /// <summary>False when the receiver gave no answer that can be read: it may be in trouble.</summary>
    public required bool IsAnswered { get; init; }
}

/// <summary>How often and how long one delivery is tried before it is held for a person.</summary>
/// <param name="AttemptsMax">Attempts in all; null for any number.</param>
/// <param name="For">From the first failed attempt on; null for any time.</param>
internal sealed record RetryLimit(int? AttemptsMax, TimeSpan? For)
{
    /// <summary>Goes on until it succeeds or a person says otherwise.</summary>
    public static RetryLimit None { get; } = new(null, null);
}

/// <summary>A destination can't be reached now. The message names host and cause and holds no content.</summary>
internal sealed class UnreachableException(string message, Exception? innerException = null) : Exception(message, innerException);
