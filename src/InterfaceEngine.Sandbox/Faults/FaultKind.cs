namespace InterfaceEngine.Sandbox.Faults;

/// <summary>A way to misbehave. What the sending side does and what the receiving side does stand side by side.</summary>
public enum FaultKind
{
    /// <summary>Sends a message, or a reply, in pieces with pauses between them.</summary>
    Split,

    /// <summary>
    /// Sends two messages in one packet, the second before the first is answered; a receiver puts a second reply that
    /// answers nothing into the packet of the first.
    /// </summary>
    Merge,

    /// <summary>Sends bytes that belong to no frame before the frame.</summary>
    Garbage,

    /// <summary>Sends an acknowledged message again, or a reply twice.</summary>
    Resend,

    /// <summary>A sender loses the reply, hangs up and sends the same bytes again; a receiver keeps the message and never answers.</summary>
    LostAck,

    /// <summary>A receiver answers when <see cref="FaultOptions.Late"/> is over. Not of a sender.</summary>
    LateAck,

    /// <summary>A receiver answers with another message's control id in MSA-2. Not of a sender.</summary>
    WrongAck,

    /// <summary>A receiver does not keep the message and answers AE. Not of a sender.</summary>
    Ae,

    /// <summary>A receiver does not keep the message and answers AR. Not of a sender.</summary>
    Ar,

    /// <summary>Writes in small pieces, and reads the next frame in small pieces, with pauses.</summary>
    Slow,

    /// <summary>Hangs up in the middle of a message, or in the middle of a reply.</summary>
    Drop,
}
