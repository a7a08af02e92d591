using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>How far an export is.</summary>
internal enum BulkStep
{
    /// <summary>It is kept here; the vendor has not said yet where it tells how far it is.</summary>
    Requested,

    /// <summary>The vendor makes its files.</summary>
    Exporting,

    /// <summary>Its files are there, and are read one after the other.</summary>
    Loading,

    /// <summary>Everything was read.</summary>
    Loaded,

    /// <summary>It came to an end before everything was read. What was taken stays.</summary>
    Failed,

    /// <summary>Somebody gave it up. What was taken stays.</summary>
    Cancelled,
}

/// <summary>A bulk export, as it is kept in the store: everything that is needed to go on with it after a kill.</summary>
internal sealed record BulkJob
{
    public required string Id { get; init; }

    /// <summary>What is exported: <c>Patient</c>, <c>System</c>, or a group (<c>Group/a-1.c-195900</c>).</summary>
    public required string Level { get; init; }

    /// <summary>Types of resources, in the order of the alphabet.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>What changed since then, by the vendor's clock; null for everything.</summary>
    public DateTimeOffset? Since { get; init; }

    public BulkStep Step { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the vendor said that it begins, by our store's clock; null before.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>A kick-off was sent, and its answer is not kept. Found so after a kill, it is not known whether the vendor began.</summary>
    public bool IsAsked { get; init; }

    /// <summary>How often a kick-off's answer was lost.</summary>
    public int Lost { get; init; }

    /// <summary>Somebody gave it up; the vendor is yet to be told.</summary>
    public bool IsCancelling { get; init; }

    /// <summary>Where the vendor tells how far it is, byte for byte.</summary>
    public string? StatusUrl { get; init; }

    /// <summary>The vendor's words on how far it is.</summary>
    public string? Progress { get; init; }

    /// <summary>How often the vendor was asked how far it is and was not done.</summary>
    public int Polls { get; init; }

    /// <summary>Failures since something succeeded, which are tried again.</summary>
    public int Failures { get; init; }

    /// <summary>When something succeeded last.</summary>
    public required DateTimeOffset SucceededAt { get; init; }

    /// <summary>What went wrong; no patient data.</summary>
    public string? Problem { get; init; }

    /// <summary>What people should know of it: types that were left out, a level that the vendor has not, an answer that was lost.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    /// <summary>The moment that the export shows, by the vendor's clock; null until its files are there.</summary>
    public DateTimeOffset? TransactionTime { get; init; }

    /// <summary>When the vendor drops the files, by our store's clock; null when it did not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its files in the order in which they are read.</summary>
    public IReadOnlyList<BulkFile> Files { get; init => field = value ?? []; } = [];

    [JsonIgnore]
    public bool IsOver => Step is BulkStep.Loaded or BulkStep.Failed or BulkStep.Cancelled;

    public bool IsSameAs(BulkJob other) => Level == other.Level && Types.SequenceEqual(other.Types) && Since == other.Since;

    public static BulkJob FromJson(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, BulkJson.Default.BulkJob)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BulkJson.Default.BulkJob);
}

/// <summary>What a file of an export holds.</summary>
internal enum BulkContent
{
    /// <summary>Resources of one type.</summary>
    Resources,

    /// <summary>Bundles that name what the vendor has deleted.</summary>
    Deleted,

    /// <summary>OperationOutcomes: what the vendor could not export, or has to say.</summary>
    Outcomes,
}

/// <summary>What became of a file.</summary>
internal enum BulkFileState
{
    Waiting,
    Loaded,

    /// <summary>No table reads its type, or a person decided that its content is not to be read.</summary>
    Skipped,

    Failed,
}

/// <summary>One file of an export.</summary>
internal sealed record BulkFile
{
    /// <summary>Type of its resources: <c>Observation</c>; <c>Bundle</c> of the deleted ones, <c>OperationOutcome</c> of outcomes.</summary>
    public required string Type { get; init; }

    public BulkContent Content { get; init; }

    /// <summary>Where it is, byte for byte. It may be as good as a key.</summary>
    public required string Url { get; init; }

    /// <summary>How many resources the vendor says that it holds; null when it does not.</summary>
    public long? Stated { get; init; }

    public bool NeedsToken { get; init; }

    public BulkFileState State { get; init; }

    /// <summary>How many were read; null before.</summary>
    public long? Rows { get; init; }

    /// <summary>The run that took them; null before, and where none did.</summary>
    public string? Run { get; init; }

    /// <summary>How many of those rows were refused and wait in the error queue.</summary>
    public long Refused { get; init; }

    /// <summary>What is wrong with it; no patient data.</summary>
    public string? Problem { get; init; }

    /// <summary>Of outcomes: the vendor says that something could not be exported.</summary>
    public bool TellsOfErrors { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BulkJob))]
[JsonSerializable(typeof(Dictionary<string, DateTimeOffset>))]
[JsonSerializable(typeof(string))]
internal sealed partial class BulkJson : JsonSerializerContext;
