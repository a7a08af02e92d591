namespace InterfaceEngine.Destinations.Mllp;

/// <summary>How sending a message failed.</summary>
internal enum MllpFailure
{
    /// <summary>No connection could be made: the receiver does not have the message.</summary>
    NotConnected,

    /// <summary>The receiver did not take all of the message in time.</summary>
    NotSent,

    /// <summary>No reply came in time.</summary>
    NoReply,

    /// <summary>The receiver closed the connection before its reply was whole.</summary>
    Closed,

    /// <summary>What came back is no reply: too large, or a new frame inside an unfinished one.</summary>
    BrokenReply,
}

/// <summary>
/// A message got no reply. Unless it is <see cref="MllpFailure.NotConnected"/> the receiver may have it all the same:
/// send the same bytes again, so that it can tell that they are the same. The message holds no content.
/// </summary>
internal sealed class MllpClientException(MllpFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public MllpFailure Failure { get; } = failure;
}
