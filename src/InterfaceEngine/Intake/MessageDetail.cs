using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Core.Reconciliation;

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
internal sealed record RecordOutcome(string Type, string ExternalId, string Id, string Did, IReadOnlyList<string> Fields)
{
    /// <summary>
    /// Where the message and what was stored said different things: of a row of a file all of it, of a message what was kept. Null when there is none.
    /// </summary>
    public IReadOnlyList<OutcomeDifference>? Differences { get; init; }
}

/// <param name="Field">The field.</param>
/// <param name="Ours">What was stored; a patient's value.</param>
/// <param name="Theirs">What the message says; null when it clears the field.</param>
/// <param name="Won"><c>ours</c> or <c>theirs</c>.</param>
/// <param name="Why">What decided; <see cref="DifferenceReason"/> in the words people read.</param>
/// <param name="Source">Who wrote ours last, or confirmed it; null where nobody did.</param>
/// <param name="At">When that happened, UTC milliseconds.</param>
/// <param name="Message">The message that did it.</param>
internal sealed record OutcomeDifference(string Field, string? Ours, string? Theirs, string Won, string Why, string? Source, long? At, string? Message)
{
    public static OutcomeDifference Of(FieldDifference difference) => new(
        difference.Field, difference.Ours, difference.Theirs, difference.IsTaken ? "theirs" : "ours", Words(difference.Reason),
        difference.Writer?.Source, difference.Writer?.EventTime, difference.Writer?.Message.ToString());

    private static string Words(DifferenceReason reason) => reason switch
    {
        DifferenceReason.Newer => "theirs is newer",
        DifferenceReason.HigherRank => "the status of theirs ranks higher",
        DifferenceReason.Preferred => "the source of theirs comes first",
        DifferenceReason.Older => "ours is newer",
        DifferenceReason.Rank => "the status of ours ranks higher",
        DifferenceReason.Source => "the source of ours comes first",
        DifferenceReason.Held => "another source wrote ours: a person decides",
        DifferenceReason.Review => "a change of it is reviewed: a person decides",
        DifferenceReason.Closed => "the record has ended",
        DifferenceReason.Format => "another format is preferred",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}

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
