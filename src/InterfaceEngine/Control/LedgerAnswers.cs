namespace InterfaceEngine.Control;

/// <summary>Reconciles the ledger. Shows no patient data and is not audited.</summary>
/// <param name="Since">A day, <c>2026-02-01</c>, or days back, <c>7d</c>; null for all.</param>
/// <param name="Source">Only this source; null for all, and destinations.</param>
/// <param name="IsFull">Count rows too.</param>
internal sealed record LedgerRequest(string? Since, string? Source, bool IsFull) : ControlRequest<LedgerAnswer>(TimeSpan.FromMinutes(30));

/// <summary>Accepts a difference that stands: it is told as accepted from then on. Needs a reason.</summary>
/// <param name="Difference">Its id.</param>
internal sealed record AcceptDifferenceRequest(string Difference) : ControlRequest<DifferenceAcceptedAnswer>(TimeSpan.FromMinutes(30));

/// <summary>A difference is accepted, and on disk as such.</summary>
internal sealed record DifferenceAcceptedAnswer(LedgerDifferenceView Difference) : ControlAnswer;

/// <param name="Since">The first day that was looked at; null for all.</param>
/// <param name="ClosedThrough">The last closed day.</param>
/// <param name="IsBalanced">There is no difference but those that were accepted.</param>
/// <param name="Accepted">Differences that stand and were accepted.</param>
internal sealed record LedgerAnswer(
    DateTimeOffset CheckedAt,
    double Seconds,
    string? Since,
    bool IsFull,
    string? ClosedThrough,
    bool IsBalanced,
    IReadOnlyList<SourceLedgerView> Sources,
    IReadOnlyList<DestinationLedgerView> Destinations,
    IReadOnlyList<BatchLedgerView> Batches,
    IReadOnlyList<LedgerDifferenceView> Differences,
    IReadOnlyList<AcceptedDifferenceView> Accepted) : ControlAnswer
{
    /// <summary>What retention has dropped, by kind; it is counted all the same.</summary>
    public IReadOnlyList<DroppedView> Dropped { get; init; } = [];

    /// <summary>Rows of files, by source.</summary>
    public IReadOnlyList<FileLedgerView> Files { get; init; } = [];
}

/// <param name="What"><c>messages</c>, <c>changes</c>, <c>receipts</c> or <c>deliveries</c>.</param>
/// <param name="Rows">How many, all in all.</param>
/// <param name="Text">Since when and when last.</param>
internal sealed record DroppedView(string What, long Rows, string Text);

/// <param name="Missing">What nothing accounts for; less than 0 when more is stored than was received.</param>
internal sealed record SourceLedgerView(
    string Source, long Received, long Corrected, IReadOnlyDictionary<string, long> States, long Unanswered, long Interrupted, long OnTheirWay, long Missing);

internal sealed record DestinationLedgerView(string Destination, long Queued, IReadOnlyDictionary<string, long> States);

/// <param name="IsFile">Of files that were imported; else of batches that came over connections.</param>
internal sealed record BatchLedgerView(string Source, bool IsFile, long Received, IReadOnlyDictionary<string, long> Verdicts);

/// <param name="Files">Files whose rows were read.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Left">Not read (yet).</param>
/// <param name="Missing">What nothing accounts for; less than 0 when more was counted than was in them.</param>
internal sealed record FileLedgerView(
    string Source, long Files, long Rows, long Created, long Updated, long Unchanged, long Confirmed, long Refused, long Held, long Parked, long Duplicate, long Left, long Missing);

/// <param name="Id">The same at every check while the difference stands.</param>
/// <param name="Numbers">As <c>7</c> or <c>7-9</c>.</param>
internal sealed record LedgerDifferenceView(string Id, string? Day, string? Name, string Text, IReadOnlyList<string> Numbers, IReadOnlyList<string> Messages);

/// <param name="Text">What it said when it was accepted.</param>
internal sealed record AcceptedDifferenceView(string Id, string? Day, string? Name, string Text, DateTimeOffset AcceptedAt, string By, string Reason);

/// <summary>What the last check in the background found.</summary>
internal sealed record LedgerStatus(DateTimeOffset CheckedAt, bool IsFull, int Differences, int Accepted, string? ClosedThrough);
