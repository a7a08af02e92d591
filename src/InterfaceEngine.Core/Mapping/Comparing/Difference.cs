using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Comparing;

/// <summary>What another mapping set would mean for a message. The worst counts.</summary>
public enum MessageChange
{
    /// <summary>It would become the same.</summary>
    Same,

    /// <summary>Fields or records would be others.</summary>
    Changed,

    /// <summary>Something that could not be taken is taken, and nothing fails that did not.</summary>
    NewlyPassing,

    /// <summary>Something of it, or all of it, would not be taken any more.</summary>
    NewlyFailing,
}

/// <summary>
/// One thing that would be different in a message: a field, a record, or what becomes of the message as a whole.
/// Holds patients' values: whoever shows it shows <see cref="ValueShape"/>s of them.
/// </summary>
/// <param name="Type">The record type; <c>message</c> for the message as a whole.</param>
/// <param name="Field">The field; a word in brackets for what is no field: <c>(record)</c>, <c>(names)</c>.</param>
/// <param name="Before">How it is by the old set, in words without a value: <c>(empty)</c>, <c>value</c>, <c>(cleared)</c>, <c>MAP504</c>.</param>
/// <param name="After">How it would be by the new one.</param>
public sealed record Difference(string Type, string Field, string Before, string After)
{
    /// <summary>The value by the old set; null where there is none.</summary>
    public string? ValueBefore { get; init; }

    /// <summary>The value by the new set, or what was found in its place; null where there is none.</summary>
    public string? ValueAfter { get; init; }

    /// <summary>Where the new set, else the old one, looks for it: <c>PID-14</c>; empty where it is no place.</summary>
    public string Place { get; init; } = "";

    /// <summary>What the message newly fails by: a MAP code, or a word of <see cref="FailureReason"/>; null when it does not.</summary>
    public string? FailsBy { get; init; }

    /// <summary>It failed, and does not any more.</summary>
    public bool Passes { get; init; }

    /// <summary>The cell that decides by the new set, else by the old one; null when none is known.</summary>
    public CellReference? Cell { get; init; }

    /// <summary>What the two sets say differently, as far as it decides this.</summary>
    public Causes Causes { get; init; } = Causes.Unknown;
}

/// <summary>What a message fails by, or the comparison as a whole, where no note says it with a code.</summary>
public static class FailureReason
{
    /// <summary>No table reads its event any more.</summary>
    public const string Unmapped = "unmapped";

    /// <summary>A filter says that it is not for the practice.</summary>
    public const string Filtered = "filtered";

    /// <summary>A record that it made is not made any more.</summary>
    public const string NoRecord = "no-record";

    /// <summary>A required field is not told any more, or one that is not told became required: the record can't be made where it is not known yet.</summary>
    public const string Required = "required";

    /// <summary>More messages could not be compared than could: nothing is known of what becomes of them.</summary>
    public const string NotCompared = "not-compared";

    public static IReadOnlyList<string> All { get; } = [Unmapped, Filtered, NoRecord, Required, NotCompared];
}

/// <summary>What one message would become otherwise.</summary>
/// <param name="Change">All in all.</param>
/// <param name="Differences">What differs; empty when nothing does.</param>
/// <param name="Sent">What would be sent out otherwise of the records that it makes.</param>
public sealed record MessageDifference(MessageChange Change, IReadOnlyList<Difference> Differences, IReadOnlyList<SentDifference> Sent)
{
    public static MessageDifference None { get; } = new(MessageChange.Same, [], []);
}

/// <summary>A field that would be sent out otherwise in one format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Place">Where it stands there, as the cell that counts writes it.</param>
/// <param name="Change"><c>would be sent</c>, <c>would be sent otherwise</c> or <c>would not be sent any more</c>.</param>
public sealed record SentDifference(string Type, string Field, MapFormat Format, string Place, string Change);
