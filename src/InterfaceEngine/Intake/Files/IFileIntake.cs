using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// Takes one whole file. Two kinds: files of rows (CSV, JSON), which are surveyed before the first row is taken, and files of HL7 messages.
/// Called by a poller, which moves the file according to the outcome, and by <c>files import</c>. For one source by one caller at a time.
/// </summary>
internal interface IFileIntake
{
    /// <summary>
    /// Decides whether the file is read and reads it; goes on with a run of the same content that broke off. Returns when its last row is on disk,
    /// or when it is decided that none is taken.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store failed: the file stays where it is and is offered again.</exception>
    /// <remarks>What opening and reading throw goes through: the run stays <see cref="FileRunState.Running"/> and goes on the next time.</remarks>
    Task<FileOutcome> TakeAsync(OfferedFile file, CancellationToken cancellationToken);
}

/// <summary>A file as its place offers it. It may be opened more than once, one stream at a time.</summary>
internal sealed record OfferedFile
{
    public required string Practice { get; init; }

    /// <summary>The source's name in settings, or that of an import.</summary>
    public required string Source { get; init; }

    /// <summary>The kind of file as the maps name it: <c>Patients file</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name without folders. May hold a patient's name: it is kept sealed and never logged.</summary>
    public required string Name { get; init; }

    /// <summary>When the place says that it was written.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>It is known to contain what was so at this moment, by our clock, whatever its own time. Default: nothing is known.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>In bytes, as it lies there.</summary>
    public required long Size { get; init; }

    /// <summary>A person wants the same content read once more.</summary>
    public bool IsAgain { get; init; }

    /// <summary>Opens it as it lies there; its SHA-256 is over these bytes.</summary>
    public required Func<CancellationToken, Task<Stream>> OpenAsync { get; init; }

    /// <summary>What makes rows of those bytes where it is packed or encrypted; null where it is neither.</summary>
    public Func<Stream, Stream>? Unpack { get; init; }
}

/// <summary>What became of a file.</summary>
/// <param name="Run">As it is kept now: <see cref="FileRunState.Done"/>, <see cref="FileRunState.Held"/>, <see cref="FileRunState.Refused"/>, <see cref="FileRunState.Known"/> or <see cref="FileRunState.Discarded"/>; <see cref="FileRunState.Running"/> when another reader has taken it up meanwhile.</param>
/// <param name="Reason">Why no row was taken, or not to its end; null when it was read. Holds no patient's value.</param>
internal sealed record FileOutcome(FileRun Run, string? Reason);
