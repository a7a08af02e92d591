using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

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
