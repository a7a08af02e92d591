namespace InterfaceEngine.Api.Tools;

/// <summary>What a language model says when it calls <c>lookup_patient</c>.</summary>
internal sealed record LookupPatientArguments
{
    public string? FirstName { get; init; }

    public required string LastName { get; init; }

    /// <summary>MM/DD/YYYY format.</summary>
    public string? DateOfBirth { get; init; }
}

/// <summary>What it says when it calls <c>check_ehr_availability</c>.</summary>
internal sealed record AvailabilityArguments
{
    public string? AppointmentType { get; init; }

    /// <summary>A day; MM/DD/YYYY or YYYY-MM-DD.</summary>
    public string? PreferredDate { get; init; }
}

/// <summary>What it says when it calls <c>create_ehr_appointment</c>.</summary>
internal sealed record CreateAppointmentArguments
{
    public required string PatientId { get; init; }

    /// <summary>Of a slot that was offered; its time needs no saying then.</summary>
    public string? SlotId { get; init; }

    /// <summary>By the clinic's clock, YYYY-MM-DDTHH:MM.</summary>
    public string? StartTime { get; init; }

    public string? AppointmentType { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What a tool gives back to the model.</summary>
/// <param name="Tool">As the model called it.</param>
internal sealed record ToolResult<T>(string Tool, T Result);

/// <param name="Found">How many may be meant; of more than five that are shown it says six, however many there are.</param>
/// <param name="IdentityVerified">Last name and birth date were said, they are one patient's alone, and so is the first name if it was said.</param>
/// <param name="Advice">What to ask the caller for next; null when nothing is missing.</param>
internal sealed record LookupPatientResult(int Found, bool IdentityVerified, IReadOnlyList<MaskedPatient> Patients, string? Advice);

/// <summary>A patient of whom no more is told than the caller said already: what was not said, or was said otherwise, is masked.</summary>
/// <param name="PatientId">For booking.</param>
/// <param name="FirstName">As it was said, or its first letter.</param>
/// <param name="LastName">As it was said, or its first letter.</param>
/// <param name="DateOfBirth">As it was said; else masked.</param>
/// <param name="Phone">The last four digits.</param>
internal sealed record MaskedPatient(string PatientId, string? FirstName, string? LastName, string? DateOfBirth, string? Phone);

internal sealed record AvailabilityResult(IReadOnlyList<OfferedSlot> Slots, bool HasMore);

/// <param name="SlotId">For booking.</param>
/// <param name="StartTime">With the clinic's offset.</param>
/// <param name="Provider">Whose time it is, as people call her; null where nobody says.</param>
/// <param name="Location">Where it is, as people call it; null where nobody says.</param>
internal sealed record OfferedSlot(string SlotId, DateTimeOffset StartTime, int DurationMinutes, string? AppointmentType, string? Provider, string? Location);

/// <param name="Status"><c>scheduled</c>; of a visit that is booked again by its key how it is by now. What was not booked, or does not stand any more, is a problem.</param>
internal sealed record CreateAppointmentResult(string AppointmentId, string PatientId, string? AppointmentType, string Status);
