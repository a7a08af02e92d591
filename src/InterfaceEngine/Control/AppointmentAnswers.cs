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
}

/// <summary>A delivery that waits to be sent.</summary>
internal sealed record QueuedDelivery(string Destination, string Event, string Id);

/// <summary>A message as the tables write it.</summary>
/// <param name="Text">The message, one segment a line; what there is of it when it may not be sent.</param>
/// <param name="IsRefused">Something can't be written, so it may not be sent.</param>
/// <param name="Notes">What was noticed, each with the deciding cell.</param>
internal sealed record WrittenAnswer(string Text, bool IsRefused, IReadOnlyList<string> Notes) : ControlAnswer;
