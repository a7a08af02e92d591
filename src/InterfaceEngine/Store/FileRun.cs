using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

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

internal sealed record FileRunEnd
{
    public required EngineId Id { get; init; }

    /// <summary>See <see cref="FileRun.Reader"/>: as the run was when it was begun.</summary>
    public required long Reader { get; init; }

    public required string Practice { get; init; }

    public required FileRunState State { get; init; }

    /// <summary>See <see cref="FileRunStart.Detail"/>: as it is known in the end.</summary>
    public required string Detail { get; init; }

    /// <summary>It broke off and nobody reads it: its batch may have its verdict from when its reader's end was seen.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The batch's verdict and detail.</summary>
    public required BatchEnd Batch { get; init; }
}
