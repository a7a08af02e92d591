namespace InterfaceEngine.Destinations.Ehr;

/// <summary>A destination that is told by calls over a connection.</summary>
internal sealed record CalledDestinationOptions
{
    /// <summary>The connection over which it is told.</summary>
    public required string Connection { get; init; }

    /// <summary>
    /// Of athenaNet: where nobody chose a slot and none is open at the wanted time, one is made. Default: no; then the booking is held for a person, since a
    /// schedule that was kept free of slots was perhaps meant to be.
    /// </summary>
    public bool MakesSlots { get; init; }

    /// <summary>
    /// The reason that a cancellation gives: of athenaNet the vendor's number (<c>GET /appointmentcancelreasons</c>), of FHIR a code of
    /// <c>appointment-cancellation-reason</c>. Null, the default, gives none by athenaNet and <c>other</c> by FHIR.
    /// </summary>
    public string? CancelReason { get; init; }

    /// <summary>
    /// How long one change is tried where the vendor fails or gives no answer, before it is held for a person. Default 24 hours. While the connection
    /// can't be used at all (switched off, no token, its rate used up) no time passes and no attempt counts.
    /// </summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromHours(24);
}
