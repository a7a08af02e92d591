namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>Something that happened and is told in one message.</summary>
/// <param name="Trigger">MSH-9, e.g. <c>ADT^A04</c>.</param>
/// <param name="At">In the clinic's own time. Two events of one person are never in the same minute, which is all that athenahealth tells.</param>
/// <param name="Person">Whose, as known at that moment.</param>
public sealed record ClinicEvent(string Trigger, DateTime At, Person Person)
{
    /// <summary>From 1, in the order they are told.</summary>
    public long Number { get; init; }

    public Visit? Visit { get; init; }

    public LabReport? Report { get; init; }

    public IReadOnlyList<Charge> Charges { get; init; } = [];

    public ChartDocument? Document { get; init; }

    /// <summary>In a merge: the record that is given up; <see cref="Person"/> is the one that stays.</summary>
    public Person? Retired { get; init; }
}
