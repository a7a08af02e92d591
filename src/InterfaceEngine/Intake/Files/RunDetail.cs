using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Intake.Files;

/// <summary>What people are shown of a run beside its counts; kept sealed under the practice's key, for a file's name may be a patient's.</summary>
internal sealed record RunDetail
{
    /// <summary>The file's name without folders.</summary>
    public string File { get; init => field = value ?? ""; } = "";

    /// <summary>The names of its columns in their order; empty for JSON.</summary>
    public IReadOnlyList<string> Columns { get; init => field = value ?? []; } = [];

    /// <summary>What stands between two cells.</summary>
    public string Separator { get; init => field = value ?? ","; } = ",";

    /// <summary>Columns that no table reads, reported once for the file.</summary>
    public IReadOnlyList<string> ExtraColumns { get; init => field = value ?? []; } = [];

    /// <summary>What was noticed of the file as a whole.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    /// <summary>Of a file of messages, the batch that holds them; null for files of rows.</summary>
    public string? Messages { get; init; }

    /// <summary>Of a file of messages, its first header segment, byte by byte; null when it has none.</summary>
    public string? Header { get; init; }

    /// <summary>Why no row, or no further row, was taken; null when it was read.</summary>
    public string? Reason { get; init; }

    public static RunDetail FromJson(string json) => JsonSerializer.Deserialize(json, RunDetailJson.Default.RunDetail)!;

    public string ToJson() => JsonSerializer.Serialize(this, RunDetailJson.Default.RunDetail);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(string))]
internal sealed partial class RunDetailJson : JsonSerializerContext;
