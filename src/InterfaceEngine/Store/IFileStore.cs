using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// Files of rows. A run is one reading of one file; it is a batch (<see cref="IBatchStore"/>) with more to it: how far it came, what became
/// of its rows, and which rows were confirmed without a message of their own. Rows that say something new, or are bad, are messages of
/// the batch; rows that say what they said the last time are only confirmed.
/// </summary>
internal interface IFileStore
{
    /// <summary>
    /// Begins a run, or goes on with the one that broke off: same practice, source, kind and content, not ended. Whoever begins what another has
    /// begun takes it over: what that one still brings is refused with <see cref="RunLostException"/>.
    /// </summary>
    /// <returns>
    /// The run as it is now, and only a <see cref="FileRunState.Running"/> one may be read: what is held stays <see cref="FileRunState.Held"/>, what a person
    /// decided against stays <see cref="FileRunState.Discarded"/>, and content that came to an end before is noted as <see cref="FileRunState.Known"/>, unless a person
    /// wants it again or the file is newer: it may take back what others have said since. Its event time is what its rows count from.
    /// </returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing of the file may be taken.</exception>
    Task<FileRun> BeginAsync(FileRunStart start, CancellationToken cancellationToken);

    /// <summary>
    /// Confirms the rows of which the store knows that nothing has changed: the same row was in force when it was last read, by the same source and
    /// mapping set, and nobody has written its records since. One transaction, which also moves the run's position.
    /// </summary>
    /// <returns>
    /// For each row, whether it was confirmed, or settled before, and is not counted again. The others are <see cref="FileRun.Pending"/> now; the same row a
    /// second time in one file is.
    /// </returns>
    /// <exception cref="RunLostException">The run is not running any more, or another's.</exception>
    Task<bool[]> ConfirmAsync(RowConfirmation confirmation, CancellationToken cancellationToken);

    /// <summary>
    /// Commits rows together: one transaction and one sync, a savepoint for each row. A row whose records changed since they were read, or
    /// that breaks a rule of the schema, is left out alone and stays pending; the others, the counts and the position are stored.
    /// </summary>
    /// <returns>
    /// One result for each row, in their order. <see cref="CommitOutcome.Conflict"/> is to be reconciled again, <see cref="CommitOutcome.Broken"/> can't be
    /// stored as it is, and <see cref="CommitOutcome.Duplicate"/> is not pending: it was committed before, and is not counted again.
    /// </returns>
    /// <exception cref="RunLostException">The run is not running any more, or another's: nothing is stored.</exception>
    Task<CommitResult[]> CommitAsync(RowChunk chunk, CancellationToken cancellationToken);

    /// <summary>The run has come to its end, or to a stop. Ends its batch as well.</summary>
    /// <exception cref="RunLostException">The run is not running any more, or another's.</exception>
    /// <exception cref="InvalidOperationException">Rows are pending of one that is said to be done.</exception>
    Task EndAsync(FileRunEnd end, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what a person decided about a run, audited in the same transaction. Held becomes released or discarded, running (broken off) discarded, done
    /// undone; to release one that has come to an end is to want its content <see cref="FileRun.IsWantedAgain"/>, and its state stays.
    /// </summary>
    /// <returns>False when it is in another state by now.</returns>
    /// <exception cref="ArgumentException">No such decision can be made.</exception>
    Task<bool> DecideAsync(FileDecision decision, CancellationToken cancellationToken);

    /// <summary>Keeps when a source was last looked at, so that a run missed while nobody was there is made up for once.</summary>
    Task NotePollAsync(PollNote note, CancellationToken cancellationToken);
}

/// <summary>States as they are written in the database and shown.</summary>
internal static class FileRunStates
{
    private static readonly string[] _texts = [.. Enum.GetValues<FileRunState>().Select(state => state.ToString().ToLowerInvariant())];

    public static string Text(this FileRunState state) => _texts[(int)state];

    public static FileRunState Parse(string text)
    {
        var index = Array.IndexOf(_texts, text);
        return index >= 0 ? (FileRunState)index : throw new InvalidDataException($"'{text}' is no state of a file's run.");
    }
}

/// <summary>What became of a file as a whole.</summary>
internal enum FileRunState
{
    /// <summary>It is being read, or its reading broke off and will go on at its first row that is not committed.</summary>
    Running,

    /// <summary>Every row is committed, whatever its verdict.</summary>
    Done,

    /// <summary>A person must say whether it may be read (much smaller than usual).</summary>
    Held,

    /// <summary>A person said that it may be read; it is when it is seen next.</summary>
    Released,

    /// <summary>It can't be read as a whole (no header, a required column missing, no such kind, damaged): no row was taken. Or its reading was stopped: it was changed meanwhile, or too many rows were refused.</summary>
    Refused,

    /// <summary>A person decided that it is not to be read.</summary>
    Discarded,

    /// <summary>The same content of this time, or of a later one, came before: nothing was read.</summary>
    Known,

    /// <summary>A person took back what it had changed.</summary>
    Undone,
}

internal sealed record FileRunStart
{
    /// <summary>The batch's id for a new run.</summary>
    public required EngineId Id { get; init; }

    public required string Practice { get; init; }

    public required string Source { get; init; }

    /// <summary>The kind of file as the maps name it: <c>Patients file</c>. No patient value.</summary>
    public required string Kind { get; init; }

    /// <summary>SHA-256 of the file as it lay there, packed or not.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>In bytes, as it lay there.</summary>
    public required long Size { get; init; }

    /// <summary>How many rows it holds, as counted before the first was taken.</summary>
    public required long Rows { get; init; }

    /// <summary>When the file was made: what its rows say counts from then. UTC milliseconds.</summary>
    public required long EventAt { get; init; }

    /// <summary>When it was received. UTC milliseconds.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary><see cref="FileRunState.Running"/> for one that is read now; the others for what is only noted: held, refused, known.</summary>
    public FileRunState State { get; init; } = FileRunState.Running;

    /// <summary>
    /// What it says counts from its own time, so that the same content of a newer file is news. False for messages, which say themselves when they were: their
    /// content is known whatever the file's time.
    /// </summary>
    public bool CountsFromFile { get; init; } = true;

    /// <summary>A person wants the same content read once more: an ended run of it is no reason against a new one.</summary>
    public bool IsAgain { get; init; }

    /// <summary>JSON text for people: the file's name, its columns, what was noticed of it as a whole. Sealed under the practice's key.</summary>
    public required string Detail { get; init; }
}

/// <summary>A run as it is kept.</summary>
internal sealed record FileRun
{
    public required EngineId Id { get; init; }

    public required string Practice { get; init; }

    public required string Source { get; init; }

    public required string Kind { get; init; }

    public required ReadOnlyMemory<byte> Content { get; init; }

    public required long Size { get; init; }

    public required long Rows { get; init; }

    public required long EventAt { get; init; }

    public required long ReceivedAt { get; init; }

    /// <summary>UTC milliseconds; null while it runs. Of one that was only noted, when it was.</summary>
    public required long? EndedAt { get; init; }

    public required FileRunState State { get; init; }

    /// <summary>A person wants its content read once more: the next file that holds it begins a new run.</summary>
    public bool IsWantedAgain { get; init; }

    /// <summary>How often it was taken up again. Whoever took it up last reads it, and nobody else writes to it.</summary>
    public long Reader { get; init; }

    /// <summary>Rows up to this one were looked at; those among them that are not committed are <see cref="Pending"/>.</summary>
    public required long Position { get; init; }

    public required RowRanges Pending { get; init; }

    public required RowCounts Counts { get; init; }

    /// <summary>See <see cref="FileRunStart.Detail"/>; empty when it is damaged.</summary>
    public required string Detail { get; init; }

    /// <summary>The detail was altered outside the engine.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>A row was confirmed or committed.</summary>
    public bool HasSettled(long row) => row <= Position && !Pending.Contains(row);
}

/// <summary>What became of a run's rows. They are counted in the transactions that store them.</summary>
internal readonly record struct RowCounts
{
    /// <summary>At least one record is new.</summary>
    public long Created { get; init; }

    public long Updated { get; init; }

    /// <summary>Read, and nothing changed.</summary>
    public long Unchanged { get; init; }

    /// <summary>Known to be unchanged without reading it: no message is kept of it.</summary>
    public long Confirmed { get; init; }

    /// <summary>Refused or quarantined: they are in the rejects file.</summary>
    public long Refused { get; init; }

    public long Held { get; init; }

    /// <summary>They wait for their patient.</summary>
    public long Parked { get; init; }

    /// <summary>The same row stands in the file more than once.</summary>
    public long Duplicate { get; init; }

    /// <summary>Those of which a message is kept.</summary>
    public long Stored => Total - Confirmed;

    public long Total => Created + Updated + Unchanged + Confirmed + Refused + Held + Parked + Duplicate;

    public static RowCounts operator +(RowCounts left, RowCounts right) => new()
    {
        Created = left.Created + right.Created,
        Updated = left.Updated + right.Updated,
        Unchanged = left.Unchanged + right.Unchanged,
        Confirmed = left.Confirmed + right.Confirmed,
        Refused = left.Refused + right.Refused,
        Held = left.Held + right.Held,
        Parked = left.Parked + right.Parked,
        Duplicate = left.Duplicate + right.Duplicate,
    };

    /// <summary>With one more row of an outcome.</summary>
    public RowCounts With(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Created => this with { Created = Created + 1 },
        RowOutcome.Updated => this with { Updated = Updated + 1 },
        RowOutcome.Unchanged => this with { Unchanged = Unchanged + 1 },
        RowOutcome.Refused => this with { Refused = Refused + 1 },
        RowOutcome.Held => this with { Held = Held + 1 },
        RowOutcome.Parked => this with { Parked = Parked + 1 },
        _ => this with { Duplicate = Duplicate + 1 },
    };
}

/// <summary>What became of one row.</summary>
internal enum RowOutcome
{
    Created,
    Updated,
    Unchanged,
    Refused,
    Held,
    Parked,
    Duplicate,
}

/// <summary>Rows to be confirmed, in the order of the file.</summary>
internal sealed record RowConfirmation
{
    public required EngineId Run { get; init; }

    /// <summary>See <see cref="FileRun.Reader"/>: as the run was when it was begun.</summary>
    public required long Reader { get; init; }

    public required string Practice { get; init; }

    public required IReadOnlyList<NumberedFingerprint> Rows { get; init; }

    /// <summary>The last of them: the run's position afterwards.</summary>
    public required long Position { get; init; }
}

/// <param name="Number">The row's number in its file, from 1.</param>
/// <param name="Fingerprint">
/// SHA-256 of all that decides how the row is read: source, kind, mapping set, the columns and the cells. The store keeps it only as a keyed hash.
/// </param>
internal readonly record struct NumberedFingerprint(long Number, ReadOnlyMemory<byte> Fingerprint);

/// <summary>Rows that are committed together.</summary>
internal sealed record RowChunk
{
    public required EngineId Run { get; init; }

    /// <summary>See <see cref="FileRun.Reader"/>: as the run was when it was begun.</summary>
    public required long Reader { get; init; }

    public required string Practice { get; init; }

    public required IReadOnlyList<RowWrite> Rows { get; init; }

    /// <summary>The run's position afterwards: the last row that was looked at.</summary>
    public required long Position { get; init; }
}

/// <summary>One row and all it does.</summary>
internal sealed record RowWrite
{
    /// <summary>In its file, from 1.</summary>
    public required long Number { get; init; }

    public required RowOutcome Outcome { get; init; }

    /// <summary>Its message names the run as its batch, and was received when the run was (<see cref="FileRun.ReceivedAt"/>): so the ledger counts both on one day.</summary>
    public required CommitUnit Unit { get; init; }

    /// <summary>
    /// For a row that is wholly in force: every field it says has its value and its clock from it. Then the same row need only be confirmed
    /// the next time. Null for all others.
    /// </summary>
    public ReadOnlyMemory<byte>? Fingerprint { get; init; }

    /// <summary>The records it speaks of, with the versions they have after it; of use with <see cref="Fingerprint"/> alone.</summary>
    public IReadOnlyList<(EngineId Record, long Version)> Records { get; init; } = [];
}

internal sealed record FileRunEnd
{
    public required EngineId Id { get; init; }

    /// <summary>See <see cref="FileRun.Reader"/>: as the run was when it was begun.</summary>
    public required long Reader { get; init; }

    public required string Practice { get; init; }

    public required FileRunState State { get; init; }

    /// <summary>See <see cref="FileRunStart.Detail"/>: as it is known in the end.</summary>
    public required string Detail { get; init; }

    /// <summary>The batch's verdict and detail.</summary>
    public required BatchEnd Batch { get; init; }
}

/// <param name="Run">Which run.</param>
/// <param name="Practice">Its practice.</param>
/// <param name="From">The state it was seen in.</param>
/// <param name="To">The state it gets.</param>
/// <param name="Audit">Who, and why.</param>
internal sealed record FileDecision(EngineId Run, string Practice, FileRunState From, FileRunState To, AuditEntry Audit);

/// <param name="Source">The source, or export.</param>
/// <param name="DueAt">The time of the schedule it was for, UTC milliseconds.</param>
/// <param name="StartedAt">UTC milliseconds.</param>
/// <param name="EndedAt">UTC milliseconds; null while it is under way.</param>
/// <param name="Fault">Why it failed, for people and logs; null when it did not. No patient data.</param>
/// <param name="Files">How many files it took.</param>
internal sealed record PollNote(string Source, long DueAt, long StartedAt, long? EndedAt, string? Fault, int Files)
{
    /// <summary>The time of a schedule that was met last; null when none was. One that failed, or broke off, was not met and is due again.</summary>
    /// <param name="store">Keeps the notes.</param>
    /// <param name="work">The source, or export.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DateTimeOffset?> FindMetAsync(IEngineStore store, string work, CancellationToken cancellationToken)
    {
        var notes = await store.LookAsync(reader => reader.PollNotes(), cancellationToken);
        return notes.FirstOrDefault(note => note.Source == work) is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last.Fault is null ? last.DueAt : last.DueAt - 1) : null;
    }
}

/// <summary>Files and their runs, inside one read transaction.</summary>
internal interface IFileReader
{
    /// <summary>Newest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="before">Only those with a smaller id; <see cref="EngineId.None"/> for the first page.</param>
    /// <param name="limit">How many at most.</param>
    IReadOnlyList<FileRun> FileRuns(FileRunQuery query, EngineId before, int limit);

    FileRun? FileRun(EngineId id);

    /// <summary>Runs of the same content, newest first: of one source, whatever the file's name was.</summary>
    IReadOnlyList<FileRun> FileRunsOf(string practice, string source, ReadOnlyMemory<byte> content, int limit);

    /// <summary>When each source was last looked at.</summary>
    IReadOnlyList<PollNote> PollNotes();

    /// <summary>Runs that came to their end and of whose rows not all, or too many, are accounted for.</summary>
    IReadOnlyList<FileRun> UnbalancedFileRuns(int limit);

    /// <summary>Files whose rows were read, by day of receipt and source, from a day on.</summary>
    IReadOnlyList<FileDay> FileDays(long since);

    /// <summary>Whether any row of a source can be confirmed: a first file need not ask.</summary>
    bool HasConfirmedRows(string practice, string source);
}

/// <param name="Day">See <see cref="LedgerDay"/>.</param>
/// <param name="Source">The source's name.</param>
/// <param name="Files">How many.</param>
/// <param name="Rows">How many rows they hold, as counted before the first of each was taken.</param>
/// <param name="Left">Rows that are not read: of those that are being read, broke off or were given up.</param>
/// <param name="Counts">What became of the rows.</param>
internal sealed record FileDay(long Day, string Source, long Files, long Rows, long Left, RowCounts Counts);

/// <param name="Practice">Null for all.</param>
/// <param name="Source">Null for all.</param>
/// <param name="State">Null for all.</param>
internal sealed record FileRunQuery(string? Practice, string? Source, FileRunState? State);
