using InterfaceEngine.Intake;

namespace InterfaceEngine.Control;

/// <param name="Next">Goes into <c>--before</c> for the next page; null on the last.</param>
internal sealed record BatchesAnswer(IReadOnlyList<BatchView> Batches, string? Next) : ControlAnswer;

/// <param name="Messages">As they are now.</param>
/// <param name="Next">Goes into <c>--after</c> for the next page; null on the last.</param>
internal sealed record BatchAnswer(BatchView Batch, IReadOnlyList<BatchMessageView> Messages, string? Next) : ControlAnswer;

/// <param name="IsFile">It was imported; else it came over a connection.</param>
/// <param name="Verdict"><c>complete</c>, <c>mismatch</c>, <c>cut off</c>, <c>interrupted</c> or <c>open</c>.</param>
/// <param name="Stated">How many messages its trailers state; null when none does.</param>
/// <param name="Found">How many there were; null when it was never read to an end.</param>
/// <param name="Stored">How many are in the store.</param>
/// <param name="States">What became of them when they were received.</param>
/// <param name="ControlId">BHS-11 or FHS-11.</param>
/// <param name="File">The file's name; empty for what came over a connection.</param>
/// <param name="Problems">What is wrong with the envelope.</param>
/// <param name="Charges">What the charges of its applied messages come to.</param>
internal sealed record BatchView(
    string Id,
    string Source,
    bool IsFile,
    DateTimeOffset ReceivedAt,
    string Verdict,
    long? Stated,
    long? Found,
    long? Stored,
    IReadOnlyDictionary<string, long> States,
    string ControlId,
    string File,
    IReadOnlyList<string> Problems,
    IReadOnlyList<ChargeTotal> Charges);

internal sealed record BatchMessageView(string Id, string? Practice, string Event, string ControlId, string State, string? Code, long Size);
