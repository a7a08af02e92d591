namespace InterfaceEngine.Control;

/// <param name="Capabilities">
/// As the guides name them: <c>bulkExport</c>, <c>diagnosticReports</c>, <c>carePlans</c>, <c>encounters</c>, <c>appointments</c>, <c>documentReferences</c>,
/// <c>communications</c>, <c>tasks</c>.
/// </param>
/// <param name="RateLimit">For people, e.g. <c>8 requests/second</c>.</param>
internal sealed record EhrCapabilitiesAnswer(string Connection, IReadOnlyDictionary<string, bool> Capabilities, string RateLimit) : ControlAnswer
{
    /// <summary>Types of resources that the server gives.</summary>
    public IReadOnlyList<string> ResourceTypes { get; init; } = [];

    /// <summary>Where the server says otherwise than the profile.</summary>
    public IReadOnlyList<string> Disagreements { get; init; } = [];
}

/// <summary>One bulk export, as the guides show it and with what became of its rows.</summary>
internal sealed record EhrBulkAnswer(string Id, string Connection, string Status, DateTimeOffset StartedAt) : ControlAnswer
{
    /// <summary>Where the vendor tells how far it is. It may be as good as a key, so it is shown to who may start exports alone.</summary>
    public string? StatusUrl { get; init; }

    /// <summary>Addresses of the files; null until it is complete.</summary>
    public IReadOnlyList<string>? OutputUrls { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Why it failed; no patient data.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The vendor's words, e.g. <c>6% Completed</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>What it takes, in the engine's own steps: <c>requested</c>, <c>exporting</c>, <c>loading</c>, <c>loaded</c>, <c>failed</c>, <c>cancelled</c>.</summary>
    public required string Step { get; init; }

    public IReadOnlyList<string> ResourceTypes { get; init; } = [];

    public DateTimeOffset? Since { get; init; }

    /// <summary>What people should know of it, e.g. types that were left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Its files and what became of their rows.</summary>
    public IReadOnlyList<EhrBulkFileView> Files { get; init; } = [];
}

/// <param name="Type">Type of resource; <c>Bundle</c> of the deleted ones, <c>OperationOutcome</c> of errors.</param>
/// <param name="State"><c>waiting</c>, <c>fetched</c>, <c>loaded</c>, <c>skipped</c> or <c>failed</c>.</param>
/// <param name="Rows">How many rows were read; null before.</param>
/// <param name="Refused">How many of them were refused: they wait in the error queue, and count for nothing until somebody replays them.</param>
/// <param name="Stated">How many the server said; null when it did not.</param>
/// <param name="Run">The run that took them; null before.</param>
internal sealed record EhrBulkFileView(string Type, string State, long? Rows, long Refused, long? Stated, string? Run, string? Problem);

/// <param name="Jobs">The newest hundred, without their files: whoever asks for one is told of those.</param>
internal sealed record EhrBulksAnswer(IReadOnlyList<EhrBulkAnswer> Jobs) : ControlAnswer;

/// <param name="StandardResources">How many came of the standard types.</param>
/// <param name="EnhancedResources">How many of the vendor's enhanced ones.</param>
internal sealed record EhrSyncAnswer(string Connection, long StandardResources, long EnhancedResources) : ControlAnswer
{
    public long Total => StandardResources + EnhancedResources;

    public IReadOnlyList<EhrSyncTypeView> Types { get; init; } = [];

    /// <summary>Where the next one goes on, by the server's clock.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What people should know of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>How the last synchronisation of all patients went.</summary>
/// <param name="State"><c>never</c>, <c>running</c>, <c>done</c>, or <c>broken off</c> when the engine ended meanwhile; the next goes on where it was.</param>
internal sealed record EhrSyncStateAnswer(string Connection, string State) : ControlAnswer
{
    public DateTimeOffset? BeganAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What came; null until it is done.</summary>
    public EhrSyncAnswer? Result { get; init; }
}

/// <param name="Fetched">How many came.</param>
/// <param name="Skipped">Why none was asked for, or not all; null when they were.</param>
internal sealed record EhrSyncTypeView(string Type, bool IsEnhanced, long Fetched, long Created, long Updated, long Refused, string? Skipped)
{
    /// <summary>Those that contradict what is known: a person decides.</summary>
    public long Held { get; init; }

    /// <summary>Those that wait for a patient of whom nobody has told yet.</summary>
    public long Parked { get; init; }

    /// <summary>It should have come, and did not, or not to its end.</summary>
    public bool HasFailed { get; init; }
}

internal sealed record EhrChangedAnswer(string Connection, IReadOnlyList<EhrChangedView> Feeds) : ControlAnswer;

/// <summary>What a look at one feed of what changed brought.</summary>
/// <param name="Rows">New ones.</param>
/// <param name="Again">Those that had been handed out before.</param>
/// <param name="LeftOut">Of both those that are no record: open slots.</param>
/// <param name="Until">Everything that was handed out until then is taken, by the vendor's clock; null when the look came to nothing.</param>
/// <param name="Problem">Why it came to nothing; null when it did not.</param>
internal sealed record EhrChangedView(string Feed, long Rows, long Again, long LeftOut, long Created, long Updated, long Refused, DateTimeOffset? Until, string? Problem);

internal sealed record EhrPatientsAnswer(string Connection, IReadOnlyList<EhrPatientView> Patients) : ControlAnswer
{
    /// <summary>There are more.</summary>
    public bool HasMore { get; init; }
}

/// <summary>A patient as the vendor knows it.</summary>
internal sealed record EhrPatientView(string Id, string? FirstName, string? LastName, string? BirthDate, string? Sex)
{
    public string? Phone { get; init; }

    public string? Email { get; init; }

    /// <summary>How well it fits, by the vendor's own measure; null when it gave none.</summary>
    public double? Score { get; init; }
}

internal sealed record EhrSlotsAnswer(string Connection, IReadOnlyList<EhrSlotView> Slots) : ControlAnswer
{
    public bool HasMore { get; init; }
}

/// <param name="Id">The vendor's number: give it when booking.</param>
/// <param name="Start">With the clinic's offset.</param>
internal sealed record EhrSlotView(string Id, DateTimeOffset Start, int Minutes, string? Department, string? Provider, string? Type, string? TypeName)
{
    /// <summary>What the practice's tables call the place, for people; null where they do not list it.</summary>
    public string? DepartmentName { get; init; }

    /// <summary>What the practice's tables call the provider, for people; null where they do not list her.</summary>
    public string? ProviderName { get; init; }
}

/// <param name="Differences">What the vendor has and the tables in force have not, or otherwise.</param>
internal sealed record EhrReferencesAnswer(string Connection, IReadOnlyList<EhrReferenceView> Differences) : ControlAnswer
{
    /// <summary>The files of the mapping folder that have all that is new, now or since before; empty when nothing was to be written.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];
}

/// <param name="Kind"><c>providers</c> or <c>locations</c>.</param>
/// <param name="Change"><c>new</c>, <c>changed</c> or <c>gone</c>.</param>
internal sealed record EhrReferenceView(string Kind, string Change, string VendorId, string Name, string? Npi, string? Zone, string? Was);

/// <param name="List">Which list it is.</param>
internal sealed record EhrListAnswer(string Connection, string List, IReadOnlyList<EhrListRow> Rows) : ControlAnswer;

/// <param name="Number">As the vendor refers to it.</param>
/// <param name="Name">As the vendor calls it.</param>
internal sealed record EhrListRow(string Number, string Name)
{
    /// <summary>What the practice's tables make of the number; null where they do not know it, or do not read such a list.</summary>
    public string? Ours { get; init; }

    /// <summary>What else tells it apart: a length, a zone, a patient's value.</summary>
    public string? More { get; init; }
}

/// <param name="IsFrozen">How it is now.</param>
/// <param name="WasSo">It was so before, and nothing was changed.</param>
internal sealed record FreezeSlotAnswer(string Connection, string Slot, bool IsFrozen, bool WasSo) : ControlAnswer;

/// <param name="Address">Where the user signs in and consents, within ten minutes; good for one answer.</param>
internal sealed record ConsentAnswer(string Connection, string Address) : ControlAnswer;

internal sealed record ConnectionsAnswer(IReadOnlyList<ConnectionView> Connections) : ControlAnswer;

/// <param name="State"><c>ready</c>, <c>off</c>, <c>no consent yet</c>, <c>paused</c> or <c>failing</c>.</param>
internal sealed record ConnectionView(string Id, string Practice, string System, string Profile, string State)
{
    /// <summary>Why it is not ready, or not for everything; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Calls of the day; null where nothing limits them, and so nothing counts them.</summary>
    public long? UsedToday { get; init; }

    /// <summary>How many are allowed; null where there is no quota.</summary>
    public long? Quota { get; init; }

    public DateTimeOffset? PausedUntil { get; init; }

    public DateTimeOffset? LastAnswerAt { get; init; }

    /// <summary>The feeds of what changed that it follows.</summary>
    public IReadOnlyList<ChangedFeedView> Feeds { get; init; } = [];

    /// <summary>What the last comparison of the vendor's departments and providers with the practice's tables found; null before the first.</summary>
    public ReferencesView? References { get; init; }
}

/// <param name="At">When; null where none came to its end.</param>
/// <param name="New">The vendor has so many that the tables in force have not.</param>
/// <param name="Changed">So many have another NPI, user name or zone there.</param>
/// <param name="Gone">So many of the tables the vendor has not.</param>
/// <param name="Written">Tables of the mapping folder that have what is new and wait to be deployed.</param>
/// <param name="Problem">Why the last one came to nothing; null when it did not.</param>
internal sealed record ReferencesView(DateTimeOffset? At, int New, int Changed, int Gone, IReadOnlyList<string> Written, string? Problem);

/// <summary>How far one feed of what changed was read.</summary>
/// <param name="Until">Everything that was handed out until then is taken, by the vendor's clock; null before the first look.</param>
/// <param name="RowsAt">When a row came last; null before.</param>
/// <param name="IsOpen">A look did not come to its end: the next one asks again for what it may have been given.</param>
/// <param name="Problem">Why the last look came to nothing; null when it did not.</param>
internal sealed record ChangedFeedView(string Feed, DateTimeOffset? Until, DateTimeOffset? RowsAt, bool IsOpen, string? Problem);
