using System.Text.Json.Serialization;

namespace InterfaceEngine.Cli.Maps;

/// <summary>What one message or row would become. The shape of <c>map run --json</c>.</summary>
internal sealed record Trial
{
    public required string File { get; init; }

    /// <summary>Counts the messages or rows of the file, from 1; 0 for what is said of the envelope of a batch.</summary>
    public required int Number { get; init; }

    /// <summary>The trigger event, or the kind of file.</summary>
    public string Event { get; init; } = "";

    public string ControlId { get; init; } = "";

    public string? Practice { get; init; }

    /// <summary>
    /// <c>mapped</c>; <c>ignored</c>: no table reads this event; <c>held</c>: a person would decide; <c>refused</c>: its
    /// content is bad, or it is nobody's here; <c>acknowledgement</c>: never mapped; <c>unreadable</c>: it is no message. Of an
    /// envelope <c>mismatch</c> or <c>cut off</c>.
    /// </summary>
    public required string Verdict { get; init; }

    /// <summary>Why, where the verdict alone does not say it.</summary>
    public string? Reason { get; init; }

    /// <summary>Taken apart to its sub-components and put together again, it gives the same bytes. Null where there is no message.</summary>
    public bool? WritesBack { get; init; }

    public IReadOnlyList<TrialRecord> Records { get; init; } = [];

    public IReadOnlyList<TrialNote> Notes { get; init; } = [];

    /// <summary>An answer that says that all is well.</summary>
    [JsonIgnore]
    public bool IsGood => Verdict is "mapped" or "ignored" or "acknowledgement" && WritesBack != false;
}

/// <param name="Does"><c>create</c>, <c>update</c>, <c>create or update</c>, <c>reschedule</c>, <c>cancel</c> or <c>fill</c>: what the tables say the event does.</param>
/// <param name="Part">The segment it came from, where the message makes several: <c>IN1[2]</c>.</param>
/// <param name="Missing">Fields without which it can't be made when it is not known yet.</param>
internal sealed record TrialRecord(string Type, string ExternalId, string Does, string? Part, IReadOnlyList<TrialField> Fields, IReadOnlyList<string> Missing);

/// <param name="Value">Null when the message clears it.</param>
/// <param name="Place">Where in the message, e.g. <c>PID-7</c>; empty for what the table itself gives.</param>
internal sealed record TrialField(string Name, string? Value, string Place, int Offset, int Length, string Cell);

internal sealed record TrialNote(string Severity, string Code, string? Field, string Place, string Text, string? Cell);
