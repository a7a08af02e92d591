namespace InterfaceEngine.Control;

/// <param name="Source">As what source the file comes.</param>
internal sealed record ImportBegunAnswer(string Source) : ControlAnswer;

/// <summary>What became of a file's messages since the answer before.</summary>
/// <param name="Messages">How many there were so far, in all.</param>
/// <param name="NotTaken">Those that were refused or quarantined.</param>
/// <param name="Replies">Goes on with the file of answers.</param>
internal sealed record ImportProgressAnswer(long Messages, IReadOnlyList<NotTakenView> NotTaken, ReadOnlyMemory<byte> Replies) : ControlAnswer;

/// <summary>The file was taken to its end.</summary>
internal sealed record ImportedAnswer(BatchView Batch, IReadOnlyList<NotTakenView> NotTaken, ReadOnlyMemory<byte> Replies) : ControlAnswer;

/// <summary>A message of a file that was refused or quarantined.</summary>
/// <param name="Number">Counts the messages of the file, from 1.</param>
/// <param name="Offset">Where it begins in the file, in bytes from 0.</param>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Code">Why.</param>
/// <param name="Message">Its id in the store.</param>
internal sealed record NotTakenView(long Number, long Offset, string ControlId, string State, string? Code, string Message);
