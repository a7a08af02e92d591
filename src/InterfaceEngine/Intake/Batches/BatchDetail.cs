using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Intake.Batches;

/// <summary>What people are shown of a batch beside its counts; kept encrypted.</summary>
internal sealed record BatchDetail
{
    /// <summary>BHS-11 or FHS-11 of the first header; empty when there is none.</summary>
    public string ControlId { get; init => field = value ?? ""; } = "";

    /// <summary>The file's name; empty for what came over a connection.</summary>
    public string File { get; init => field = value ?? ""; } = "";

    /// <summary>What is wrong with the envelope.</summary>
    public IReadOnlyList<string> Problems { get; init => field = value ?? []; } = [];

    /// <summary>What the charges of its applied messages come to.</summary>
    public IReadOnlyList<ChargeTotal> Charges { get; init => field = value ?? []; } = [];

    public static BatchDetail FromJson(string json) => JsonSerializer.Deserialize(json, BatchJson.Default.BatchDetail)!;

    public string ToJson() => JsonSerializer.Serialize(this, BatchJson.Default.BatchDetail);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchDetail))]
internal sealed partial class BatchJson : JsonSerializerContext;
