using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Reading;

/// <summary>What a note means for the message.</summary>
public enum NoteSeverity
{
    /// <summary>Good to know; nothing was lost.</summary>
    Note,

    /// <summary>Something was not taken as it was sent: a field was kept, a time moved. The rest applies.</summary>
    Warning,

    /// <summary>The rest applies; a person should say what the value means (<see cref="MappingNote.ReviewKind"/>).</summary>
    Review,

    /// <summary>Nothing of the message is applied until a person decides.</summary>
    Hold,

    /// <summary>Nothing of the message is applied.</summary>
    Reject,
}

/// <summary>One thing that was noticed while a message was read (mapping design §9, codes MAP501 and up).</summary>
public sealed record MappingNote
{
    public required NoteSeverity Severity { get; init; }

    /// <summary>One of <see cref="MappingCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The field, or null when it concerns the record or the message.</summary>
    public string? Field { get; init; }

    /// <summary>The deciding cell of a mapping file; null when none decided.</summary>
    public CellReference? Cell { get; init; }

    /// <summary>The place as people write it: <c>PID-7</c>, <c>IN1[2]-36</c>, <c>column Phone</c>; empty when there is none.</summary>
    public string Path { get; init; } = "";

    /// <summary>Where in the message.</summary>
    public ByteRange Place { get; init; } = ByteRange.None;

    /// <summary>What is wrong, without any value of a patient's: fit for logs and for the sender's ERR.</summary>
    public required string Reason { get; init; }

    /// <summary>The value that was found, for the console only.</summary>
    public string? Found { get; init; }

    /// <summary>The reason with the values in it, for the console only; null when <see cref="Reason"/> says it all.</summary>
    public string? Sentence { get; init; }

    /// <summary>What was done: <c>phone_home kept.</c>; empty when there is nothing to say.</summary>
    public string Consequence { get; init; } = "";

    /// <summary><c>unknown code</c>, <c>unknown provider</c>, <c>unknown location</c>; null when no person is asked.</summary>
    public string? ReviewKind { get; init; }

    /// <summary>What makes it the same item for a person: table, format and code. May hold a patient's value.</summary>
    public string? ReviewKey { get; init; }

    /// <summary>
    /// The line for people, with the values: the place in the message first, the deciding cell last.
    /// <c>MSG 01J9…K2 PID-7 (byte 151): MAP501 19801345 is not a date: there is no month 13.   date_of_birth kept.   [patient.map.md:16]</c>
    /// </summary>
    /// <param name="subject">The message or row: <c>MSG 01J9…K2</c>, <c>FILE patients-0612.csv row 4</c>.</param>
    /// <param name="consequence">What was done, where more is known than when the message was read: <c>date_of_birth kept as 1980-05-15.</c></param>
    public string ToLine(string subject, string? consequence = null)
    {
        var path = Path.Length == 0 ? "" : " " + Path;
        var place = Place.IsNone ? "" : $" (byte {Place.Offset})";
        var done = consequence ?? Consequence;
        return $"{subject}{path}{place}: {Code} {Sentence ?? Reason}"
            + (done.Length == 0 ? "" : "   " + done)
            + (Cell is null ? "" : $"   [{Cell.File}:{Cell.Line}]");
    }
}
