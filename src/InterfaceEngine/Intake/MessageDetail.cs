using System.Text.Json;
using System.Text.Json.Serialization;

namespace InterfaceEngine.Intake;

/// <summary>What a message did and what was noticed, as it is kept (encrypted) beside the message and shown to people.</summary>
internal sealed record MessageDetail
{
    // The setters take null for nothing: it is what the generated reader gives for a property that is not there.

    /// <summary>What it did to which records.</summary>
    public IReadOnlyList<RecordOutcome> Records { get; init => field = value ?? []; } = [];

    /// <summary>Everything that was noticed, refusals first.</summary>
    public IReadOnlyList<DetailNote> Notes { get; init => field = value ?? []; } = [];

    /// <summary>What its charges come to, by kind.</summary>
    public IReadOnlyList<ChargeTotal> Charges { get; init => field = value ?? []; } = [];

    /// <summary>For a duplicate, or an id used again for another body: the earlier message.</summary>
    public string? Earlier { get; init; }

    public bool IsEmpty => Records.Count == 0 && Notes.Count == 0 && Charges.Count == 0 && Earlier is null;

    /// <summary>Reads what <see cref="ToJson"/> wrote; null gives an empty detail.</summary>
    public static MessageDetail FromJson(string? json) =>
        json is null ? new MessageDetail() : JsonSerializer.Deserialize(json, DetailJson.Default.MessageDetail)!;

    public string? ToJson() => IsEmpty ? null : JsonSerializer.Serialize(this, DetailJson.Default.MessageDetail);
}

/// <param name="Type">The record type.</param>
/// <param name="ExternalId">The id people know.</param>
/// <param name="Id">Our own id.</param>
/// <param name="Did"><c>created</c>, <c>updated</c>, <c>ended</c> or <c>unchanged</c>.</param>
/// <param name="Fields">The fields whose values changed.</param>
internal sealed record RecordOutcome(string Type, string ExternalId, string Id, string Did, IReadOnlyList<string> Fields);

/// <param name="Severity"><c>refused</c>, <c>held</c>, <c>review</c>, <c>warning</c> or <c>note</c>.</param>
/// <param name="Code">E.g. <c>MAP501</c>.</param>
/// <param name="Place">Where in the message, e.g. <c>PID-7</c>.</param>
/// <param name="Field">The field concerned.</param>
/// <param name="Reason">What was found and what was done, without a patient's value.</param>
/// <param name="Found">The value itself, for a person who may see it.</param>
/// <param name="Cell">The deciding mapping cell.</param>
internal sealed record DetailNote(string Severity, string Code, string? Place, string? Field, string Reason, string? Found, string? Cell);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MessageDetail))]
internal sealed partial class DetailJson : JsonSerializerContext;
