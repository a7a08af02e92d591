using InterfaceEngine.Intake;

namespace InterfaceEngine.Control;

/// <summary>What a person says of a patient on our side; the practice's destinations that take patients are told.</summary>
/// <param name="Practice">The practice.</param>
internal abstract record PatientRequest(string Practice) : ControlRequest<PatientAnswer>(TimeSpan.FromMinutes(10))
{
    /// <summary>By the names of the practice's table; what is not said stays as it is.</summary>
    public IReadOnlyList<SaidField>? Fields { get; init; }

    /// <summary>Where somebody new to the vendor is registered: our name of the location or the vendor's number; null takes the connection's own department.</summary>
    public string? Location { get; init; }

    /// <summary>She is another person than those of her name and birth date.</summary>
    public bool IsAnother { get; init; }

    /// <summary>Tell only this destination; null tells all of the practice's.</summary>
    public string? Destination { get; init; }
}

/// <summary>Registers a patient.</summary>
/// <param name="Practice">The practice.</param>
internal sealed record CreatePatientRequest(string Practice) : PatientRequest(Practice)
{
    /// <summary>The caller's own name for her: the same again is answered with the patient who is there. Null for none.</summary>
    public string? Key { get; init; }
}

/// <summary>Changes a patient.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Id">The vendor's number or our id.</param>
internal sealed record ChangePatientRequest(string Practice, string Id) : PatientRequest(Practice)
{
    /// <summary>The number that she has at the vendor, as somebody says who has looked; null when nobody does.</summary>
    public string? Number { get; init; }

    /// <summary>Only while she is as one of these names her; null for however she is.</summary>
    public IReadOnlyList<string>? Seen { get; init; }
}

/// <summary>A patient as she is on disk, with what tells of her.</summary>
/// <param name="Record">Our id.</param>
/// <param name="Event">The event that tells of it, e.g. <c>ADT^A28</c>.</param>
/// <param name="Aliases">The numbers she is known by.</param>
/// <param name="Changes">The values that changed.</param>
/// <param name="Deliveries">One for each destination; none when the practice has none that takes patients.</param>
internal sealed record PatientAnswer(
    string Record, string Event, IReadOnlyList<AliasView> Aliases, IReadOnlyList<FieldChangeView> Changes, IReadOnlyList<QueuedDelivery> Deliveries) : ControlAnswer
{
    /// <summary>She was registered with this key before: nothing was changed or sent.</summary>
    public bool IsRepeat { get; init; }
}
