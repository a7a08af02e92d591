namespace InterfaceEngine.Sandbox.Clinic;

public enum VisitStatus
{
    Scheduled,
    Cancelled,
    NoShow,
    CheckedIn,
    CheckedOut,

    /// <summary>The check-in was taken back: the patient did not come after all.</summary>
    TakenBack,

    /// <summary>The visit was begun by mistake, and there never was one.</summary>
    Deleted,
}

/// <summary>An appointment and, once the patient came, the visit: athenahealth gives both one number.</summary>
public sealed record Visit
{
    public required string Id { get; init; }

    public required Provider Provider { get; init; }

    public required Department Department { get; init; }

    public required VisitType Type { get; init; }

    /// <summary>In the clinic's own time.</summary>
    public required DateTime Start { get; init; }

    public required int Minutes { get; init; }

    /// <summary>Code and words.</summary>
    public required (string Code, string Text) Reason { get; init; }

    /// <summary>Empty for none.</summary>
    public string Note { get; init; } = "";

    public VisitStatus Status { get; init; }

    /// <summary>The patient came without an appointment, so no SIU ever tells of it.</summary>
    public bool IsWalkIn { get; init; }

    /// <summary>When the patient was checked in; null before.</summary>
    public DateTime? Arrived { get; init; }

    /// <summary>When the patient was checked out; null before.</summary>
    public DateTime? Left { get; init; }
}
