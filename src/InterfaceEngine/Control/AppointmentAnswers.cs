namespace InterfaceEngine.Control;

/// <summary>A change of an appointment that is on disk, with what tells of it.</summary>
/// <param name="Record">Our id of the visit.</param>
/// <param name="Event">The event that tells of it, e.g. <c>SIU^S12</c>.</param>
/// <param name="Aliases">The numbers the visit is known by.</param>
/// <param name="Changes">The values that changed.</param>
/// <param name="Deliveries">One for each destination; none when the practice has none.</param>
internal sealed record AppointmentAnswer(
    string Record, string Event, IReadOnlyList<AliasView> Aliases, IReadOnlyList<FieldChangeView> Changes, IReadOnlyList<QueuedDelivery> Deliveries) : ControlAnswer
{
    /// <summary>It was booked with this key before: nothing was changed or sent.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>How the visit is now, as the tables name it: <c>scheduled</c>, <c>cancelled</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The visit does not stand: it was cancelled, or missed.</summary>
    public bool IsOver { get; init; }
}

/// <summary>A delivery that waits to be sent.</summary>
internal sealed record QueuedDelivery(string Destination, string Event, string Id);

/// <summary>What the destinations were told, or are to be told, of a visit, the newest first.</summary>
/// <param name="Record">Our id of the visit.</param>
internal sealed record AppointmentDeliveriesAnswer(string Record, IReadOnlyList<VisitDeliveryView> Deliveries) : ControlAnswer;

/// <summary>How one of them stands, without what is in it.</summary>
/// <param name="State"><c>waiting</c>, <c>held</c> for a person, <c>delivered</c> or <c>dismissed</c>.</param>
/// <param name="Attempts">Those that failed since it was queued, or since a person had it retried.</param>
internal sealed record VisitDeliveryView(string Id, string Destination, string Event, string State, int Attempts, DateTimeOffset CreatedAt)
{
    /// <summary>What came back last, in short, e.g. <c>booked</c>, <c>no slot</c>, <c>AA</c>; null before the first attempt.</summary>
    public string? Code { get; init; }

    /// <summary>Why it is not delivered, where that is said in the engine's own words: what a receiver answered may speak of the patient, and whoever looks at the delivery sees it.</summary>
    public string? Reason { get; init; }

    /// <summary>For one that waits: not before.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When it was delivered or dismissed.</summary>
    public DateTimeOffset? SettledAt { get; init; }
}

/// <summary>A message as the tables write it.</summary>
/// <param name="Text">The message, one segment a line; what there is of it when it may not be sent.</param>
/// <param name="IsRefused">Something can't be written, so it may not be sent.</param>
/// <param name="Notes">What was noticed, each with the deciding cell.</param>
internal sealed record WrittenAnswer(string Text, bool IsRefused, IReadOnlyList<string> Notes) : ControlAnswer;
