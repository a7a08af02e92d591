using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

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
