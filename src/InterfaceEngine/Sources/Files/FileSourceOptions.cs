using InterfaceEngine.Files;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Schedules;

namespace InterfaceEngine.Sources.Files;

/// <summary>What a source of files looks for, when, and what it does with what it finds. Folders are below the source's place.</summary>
internal sealed record FileSourceOptions
{
    /// <summary>Whose rows they are.</summary>
    public required string Practice { get; init; }

    /// <summary>When the folder is looked at.</summary>
    public required ISchedule Schedule { get; init; }

    /// <summary>The folder that is looked at, not those below it. Default: the place itself.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Which names are taken. Default: all.</summary>
    public NamePattern Pattern { get; init; } = new("*");

    /// <summary>In which order files are taken. Default: by name, for most names begin with their date.</summary>
    public FileOrder Order { get; init; }

    /// <summary>What is in the files. Default: CSV.</summary>
    public FileFormat Format { get; init; }

    /// <summary>The kind of file as the maps name it, such as <c>Patients file</c>; for JSON athenaNet's call. Empty for HL7.</summary>
    public string File { get; init; } = "";

    /// <summary>When a file counts as whole. Default: when it has stood still for a while.</summary>
    public FinishedRule Finished { get; init; }

    /// <summary>With <see cref="FinishedRule.Unchanged"/>: how long size and time must have stood still, by our clock. Default: 30 seconds.</summary>
    public TimeSpan UnchangedFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>With <see cref="FinishedRule.Unchanged"/>: how long a poll goes on looking at files that still change. Then they wait for the next. Default: 1 hour.</summary>
    public TimeSpan GrowingFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>With <see cref="FinishedRule.Marker"/>: the ends of a marker's name, after the file's own (<c>x.csv.done</c>) or in place of its ending (<c>x.done</c>). Default: <c>.done</c>, <c>.ok</c>.</summary>
    public IReadOnlyList<string> Markers { get; init; } = [".done", ".ok"];

    /// <summary>The largest file that is taken, in bytes as it lies there. Default: 2 GiB.</summary>
    public long FileBytesMax { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How files that are packed are unpacked; null when they are read as they are. Default: by their first bytes.</summary>
    public UnpackOptions? Unpack { get; init; } = new();

    /// <summary>What is asked of files of rows.</summary>
    public RowFileRules Rows { get; init; } = new();

    /// <summary>The largest HL7 message of a file, in bytes. Default: 16 MiB.</summary>
    public int MessageBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>What is put up with from the place.</summary>
    public FolderLimits Limits { get; init; } = new();

    /// <summary>How many files are taken each time; the others wait for the next. Default: 1,000.</summary>
    public int FilesMax { get; init; } = 1_000;

    /// <summary>What happens to a file once its last row is on disk. Default: it is moved.</summary>
    public Afterwards Afterwards { get; init; }

    /// <summary>Where files go that were read, each into a folder of its day. Default: <c>done</c>.</summary>
    public string Done { get; init; } = "done";

    /// <summary>Where files go that can't be read, with the reason beside them. Default: <c>failed</c>.</summary>
    public string Failed { get; init; } = "failed";

    /// <summary>Who can read what is written back, and look into the folders that are made. Default: the engine's user at the place.</summary>
    public FileReaders Readers { get; init; }

    /// <summary>Where rows that were not taken go, ready to be corrected; null for nowhere. Default: nowhere.</summary>
    public string? Rejects { get; init; }

    /// <summary>Where what a file changed is told, field by field; null for nowhere. Default: nowhere.</summary>
    public string? Reports { get; init; }

    /// <summary>Where answers to HL7 files go; null for nowhere. Default: nowhere.</summary>
    public string? Replies { get; init; }

    /// <summary>By when a new file is expected, in the practice's zone; null for no such time. Default: null.</summary>
    public ISchedule? ExpectBy { get; init; }

    /// <summary>How long before <see cref="ExpectBy"/> a file may have come and count for it. Default: 12 hours.</summary>
    public TimeSpan ExpectWithin { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Both of them; null when no file is expected by any time.</summary>
    public Expectation? Expects => ExpectBy is null ? null : new Expectation(ExpectBy, ExpectWithin);

    /// <summary>The source whose files must have been read first; null for none. Default: none.</summary>
    public string? After { get; init; }

    /// <summary>How long it waits for that source. Then it goes on without it. Default: 2 hours.</summary>
    public TimeSpan AfterTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Waits after a failure: the first one. It doubles each time. Default: 30 seconds.</summary>
    public TimeSpan BackOffMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait after a failure; sooner when the schedule says so. Default: 15 minutes.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromMinutes(15);
}

internal enum FileOrder
{
    /// <summary>By name, letter by letter.</summary>
    Name,

    /// <summary>By the time at which they were written, then by name.</summary>
    Time,
}

internal enum FileFormat
{
    Csv,

    /// <summary>An array of objects, or an object a line.</summary>
    Json,

    /// <summary>Messages, with or without the segments of a batch.</summary>
    Hl7,
}

/// <summary>What says that a file is written to its end.</summary>
internal enum FinishedRule
{
    /// <summary>Its size and time have not changed for a while.</summary>
    Unchanged,

    /// <summary>A second file beside it.</summary>
    Marker,

    /// <summary>Its name: it is written under another one and renamed.</summary>
    Renamed,
}

internal enum Afterwards
{
    /// <summary>It goes to the folder for files that were read.</summary>
    Move,

    /// <summary>It stays. It is known by its content when it is seen again.</summary>
    Keep,

    /// <summary>It is deleted.</summary>
    Delete,
}
