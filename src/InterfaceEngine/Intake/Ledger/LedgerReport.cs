using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Ledger;

/// <summary>What a check of the ledger found.</summary>
internal sealed record LedgerReport
{
    public required DateTimeOffset CheckedAt { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>The first day that was looked at (<see cref="LedgerDay"/>); 0 for all.</summary>
    public required long Since { get; init; }

    /// <summary>Rows were counted, not just both sides' counts compared.</summary>
    public required bool IsFull { get; init; }

    /// <summary>The last closed day.</summary>
    public required long? SealedThrough { get; init; }

    public required IReadOnlyList<SourceLine> Sources { get; init; }

    public required IReadOnlyList<DestinationLine> Destinations { get; init; }

    /// <summary>What came as batches and files; their messages are counted with their source.</summary>
    public required IReadOnlyList<BatchLine> Batches { get; init; }

    /// <summary>The rows of those files that hold rows.</summary>
    public required IReadOnlyList<FileLine> Files { get; init; }

    /// <summary>What retention has dropped since the beginning. It is counted above all the same.</summary>
    public required IReadOnlyList<DropSum> Dropped { get; init; }

    /// <summary>Empty when all is accounted for, or accepted; the first hundred.</summary>
    public required IReadOnlyList<LedgerDifference> Differences { get; init; }

    /// <summary>Differences that stand and were accepted by a person.</summary>
    public required IReadOnlyList<AcceptedDifference> Accepted { get; init; }
}

/// <summary>One source's messages: what it received is the sum of the rest.</summary>
/// <param name="Received">Frames and rows that it numbered, and what was stored before there were numbers.</param>
/// <param name="Corrected">Corrected copies, which a person brought; they are counted among the states too.</param>
/// <param name="States">Messages by state.</param>
/// <param name="Unanswered">Received and given no answer: nothing is stored, and the sender still has it.</param>
/// <param name="Interrupted">On their way when an engine was killed.</param>
/// <param name="OnTheirWay">Not settled when it was looked.</param>
/// <param name="Missing">What nothing accounts for; less than 0 when more is stored than was received.</param>
internal sealed record SourceLine(
    string Source, long Received, long Corrected, IReadOnlyDictionary<MessageState, long> States, long Unanswered, long Interrupted, long OnTheirWay, long Missing);

/// <summary>One destination's deliveries: what was queued is the sum of the states.</summary>
internal sealed record DestinationLine(string Destination, long Queued, IReadOnlyDictionary<DeliveryState, long> States);

/// <summary>One source's batches, or files: what was received is the sum of the verdicts.</summary>
internal sealed record BatchLine(string Source, bool IsFile, long Received, IReadOnlyDictionary<BatchVerdict, long> Verdicts);

/// <summary>The rows of one source's files: those it read are the sum of what became of them.</summary>
/// <param name="Files">How many files.</param>
/// <param name="Rows">Rows in them, as counted before the first of each was taken.</param>
/// <param name="Counts">What became of them.</param>
/// <param name="Left">Not read: of files that are being read, broke off or were given up.</param>
internal sealed record FileLine(string Source, long Files, long Rows, RowCounts Counts, long Left)
{
    /// <summary>What nothing accounts for; less than 0 when more was counted than the file holds.</summary>
    public long Missing => Rows - Counts.Total - Left;
}

/// <summary>Something that is not accounted for.</summary>
/// <param name="Day">The day of receipt; null where it is of no day.</param>
/// <param name="Name">The source or destination; null where it is of none.</param>
/// <param name="Subject">What it is about, without counts that go on while it stands: it makes the <see cref="Id"/>.</param>
/// <param name="Text">What was found and what was expected. No patient data.</param>
/// <param name="Numbers">The source's numbers concerned, as far as they are known; the first twenty ranges.</param>
/// <param name="Messages">Messages concerned, or among which those are; the first twenty.</param>
internal sealed record LedgerDifference(long? Day, string? Name, string Subject, string Text, IReadOnlyList<NumberRange> Numbers, IReadOnlyList<EngineId> Messages)
{
    /// <summary>The same at every check for as long as the difference stands; one that grows is another.</summary>
    public EngineId Id => IdOf(Day, Name, Subject);

    public static EngineId IdOf(long? day, string? name, string subject) =>
        new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{day}\n{name}\n{subject}")))) & long.MaxValue);
}

/// <summary>A difference that stands and that a person has explained.</summary>
/// <param name="Day">The day of receipt; null where it is of no day.</param>
/// <param name="Name">The source or destination; null where it is of none.</param>
/// <param name="Acceptance">Who accepted it, why, and what it said then.</param>
internal sealed record AcceptedDifference(long? Day, string? Name, LedgerAcceptance Acceptance);
