namespace InterfaceEngine.Store;

/// <summary>Over what a sender's messages are numbered (MSH-13), within a practice. Kept as a keyed hash.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Sender">MSH-3 and MSH-4 joined by a line break.</param>
internal sealed record SequenceKey(string Source, string Sender);

/// <summary>
/// The last number that was taken, advanced with the message that bears it. <see cref="CommitOutcome.OutOfSequence"/> when
/// another message has advanced it meanwhile.
/// </summary>
/// <param name="Before">The last number as it was loaded; null when there was none.</param>
/// <param name="After">The number that is taken now; null forgets it, so that the sender counts anew.</param>
internal sealed record SequenceWrite(SequenceKey Key, long? Before, long? After);
