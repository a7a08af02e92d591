using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Schedules;
using NodaTime;

namespace InterfaceEngine.Exports;

/// <summary>Which rows a file has.</summary>
internal enum ExportedRows
{
    /// <summary>All appointments of the days.</summary>
    All,

    /// <summary>Those that changed since the last export that succeeded, and those of days that it did not reach.</summary>
    Changed,
}

/// <summary>Where the number of rows is told.</summary>
internal enum ExportedCount
{
    None,

    /// <summary>In a last line: <c>TRAILER,120</c>.</summary>
    Trailer,

    /// <summary>In a file beside it, written after it: its name with <c>.count</c>.</summary>
    Sidecar,
}

/// <summary>Appointments that are written to a file by a schedule.</summary>
internal sealed record ExportOptions
{
    /// <summary>What a trailer begins with.</summary>
    public const string TrailerWord = "TRAILER";

    public required string Name { get; init; }

    /// <summary>The practice whose appointments they are.</summary>
    public required string Practice { get; init; }

    /// <summary>The folder of this machine; with a <see cref="Server"/> the folder there, or nothing for where it puts us.</summary>
    public required string Path { get; init; }

    /// <summary>The server, when it is one.</summary>
    public SftpOptions? Server { get; init; }

    /// <summary>When it is written, in the practice's zone.</summary>
    public required ISchedule Schedule { get; init; }

    /// <summary>The kind of file as the mappings name it. Default: <c>Schedule file</c>.</summary>
    public string File { get; init; } = "Schedule file";

    /// <summary>The file's name: <c>{date}</c> is the day it is written, <c>{time}</c> the time, both in the practice's zone. Default: <c>schedule-{date}.csv</c>.</summary>
    public string FileName { get; init; } = "schedule-{date}.csv";

    /// <summary>How many days before today it begins. Default: 0.</summary>
    public int DaysBack { get; init; }

    /// <summary>How many days after today it goes to. Default: 14.</summary>
    public int DaysAhead { get; init; } = 14;

    /// <summary>Which rows it has. Default: all.</summary>
    public ExportedRows Rows { get; init; }

    /// <summary>Where the number of rows is told. Default: nowhere.</summary>
    public ExportedCount Count { get; init; }

    /// <summary>Who can read the file where it is written. Default: the engine's user there, so whoever fetches it as another one needs the group.</summary>
    public FileReaders Readers { get; init; }

    /// <summary>The most rows of one file; more is a fault, and nothing is written. Default: 100,000.</summary>
    public int RowsMax { get; init; } = 100_000;

    /// <summary>Its name among what has a schedule, and among polls.</summary>
    public string Work => $"export {Name}";

    /// <summary>Where it goes, for people.</summary>
    public string Place => Server is null ? Path : SftpFolder.LocationOf(Server.Address, Path);

    /// <summary>The name of the file that is written at a time.</summary>
    public string NameAt(ZonedDateTime now) => FileName
        .Replace("{date}", now.ToString("uuuu-MM-dd", null), StringComparison.Ordinal)
        .Replace("{time}", now.ToString("HHmmss", null), StringComparison.Ordinal);
}
