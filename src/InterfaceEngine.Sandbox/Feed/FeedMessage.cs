namespace InterfaceEngine.Sandbox.Feed;

/// <summary>One message to send.</summary>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Event">MSH-9, e.g. <c>ADT^A04</c>.</param>
/// <param name="Lane">Whose it is: messages of one lane are sent in order, each after the one before was answered.</param>
/// <param name="Body">The bytes without framing.</param>
public sealed record FeedMessage(string ControlId, string Event, string Lane, ReadOnlyMemory<byte> Body);
