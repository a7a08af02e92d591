using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>An appointment, which at athenahealth is a slot that somebody has.</summary>
public sealed class VendorAppointment
{
    public const char Open = 'o';
    public const char Future = 'f';
    public const char CheckedIn = '2';
    public const char CheckedOut = '3';
    public const char Charged = '4';
    public const char Cancelled = 'x';

    public required string Id { get; init; }

    public required string Department { get; set; }

    public required string Provider { get; set; }

    /// <summary>The number of its type; what a slot is made for while nobody has it.</summary>
    public required string Type { get; set; }

    /// <summary>By the department's own clock.</summary>
    public required DateTime Start { get; set; }

    public required int Minutes { get; set; }

    /// <summary><c>o f 2 3 4 x</c>.</summary>
    public char Status { get; internal set; } = Open;

    /// <summary>Whose; empty while nobody's.</summary>
    public string Patient { get; internal set; } = "";

    public bool IsFrozen { get; internal set; }

    /// <summary>The number of the reason; empty for none.</summary>
    public string Reason { get; internal set; } = "";

    /// <summary>The reason in words, as a client of FHIR said it; empty for none.</summary>
    public string ReasonText { get; internal set; } = "";

    public List<(string Id, string Text, bool IsOnSchedule)> Notes { get; } = [];

    public DateTimeOffset LastModified { get; internal set; }

    /// <summary>When it was booked; null while nobody's.</summary>
    public DateTimeOffset? ScheduledAt { get; internal set; }

    public string ScheduledBy { get; internal set; } = "";

    public DateTimeOffset? CancelledAt { get; internal set; }

    public string CancelledBy { get; internal set; } = "";

    /// <summary>The number of why it was cancelled; empty for none.</summary>
    public string CancelReason { get; internal set; } = "";

    public bool IsNoShow { get; internal set; }

    /// <summary>Where it was moved to; empty for nowhere.</summary>
    public string RescheduledTo { get; internal set; } = "";

    public DateTimeOffset? CheckedInAt { get; internal set; }

    /// <summary>What a client of FHIR calls it, as it said so; null for nothing.</summary>
    public JsonArray? Identifier { get; internal set; }

    /// <summary>Why it was cancelled, as a client of FHIR said; null for nothing.</summary>
    public JsonObject? CancelationReason { get; internal set; }

    public int Version { get; internal set; } = 1;
}
