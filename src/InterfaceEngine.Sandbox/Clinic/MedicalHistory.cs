namespace InterfaceEngine.Sandbox.Clinic;

/// <summary>What a practice's chart has of one person from before the day: the same for the same person everywhere.</summary>
public sealed record MedicalHistory
{
    public IReadOnlyList<VitalSigns> Vitals { get; init; } = [];

    public IReadOnlyList<Problem> Problems { get; init; } = [];

    public IReadOnlyList<Medication> Medications { get; init; } = [];

    /// <summary>The person's allergy, with a number and a date; empty where there is none.</summary>
    public IReadOnlyList<KnownAllergy> Allergies { get; init; } = [];

    public IReadOnlyList<Vaccination> Vaccinations { get; init; } = [];

    public IReadOnlyList<Treatment> Treatments { get; init; } = [];

    public IReadOnlyList<FiledReport> Reports { get; init; } = [];

    public IReadOnlyList<Visit> Visits { get; init; } = [];

    public IReadOnlyList<ChartDocument> Documents { get; init; } = [];

    public IReadOnlyList<Plan> Plans { get; init; } = [];

    public IReadOnlyList<PortalMessage> Messages { get; init; } = [];

    public IReadOnlyList<Errand> Errands { get; init; } = [];
}

/// <summary>What was measured at a visit. Times here and below are of the practice's first department's clock.</summary>
public sealed record VitalSigns(string Id, DateTime At, int Systolic, int Diastolic, int Pulse, decimal Kilograms, decimal Centimetres, decimal Celsius);

/// <param name="Code">ICD-10-CM.</param>
/// <param name="IsOver">It is resolved.</param>
public sealed record Problem(string Id, string Code, string Text, DateOnly Since, bool IsOver);

/// <param name="Code">RxNorm.</param>
/// <param name="Dose">As it is told to the patient.</param>
/// <param name="IsOver">It is not taken any more.</param>
public sealed record Medication(string Id, string Code, string Text, string Dose, DateOnly Since, bool IsOver, Provider Prescriber);

public sealed record KnownAllergy(string Id, string Code, string Text, string Severity, string Reaction, DateOnly Since);

/// <param name="Code">CVX.</param>
public sealed record Vaccination(string Id, string Code, string Text, DateOnly On, string Lot);

/// <param name="Code">CPT.</param>
public sealed record Treatment(string Id, string Code, string Text, DateTime At, Provider By);

/// <summary>A laboratory's report of one order. <see cref="LabPanel.FillerId"/> is the chart's number of it.</summary>
/// <param name="Status"><c>P</c> preliminary, <c>F</c> final, <c>C</c> corrected.</param>
public sealed record FiledReport(LabPanel Panel, DateTime Collected, DateTime Reported, Provider OrderedBy, char Status = 'F');

/// <summary>What is to be done over the next months.</summary>
public sealed record Plan(string Id, string Title, string Text, DateOnly From, DateOnly To);

/// <summary>A word to the patient over the portal.</summary>
public sealed record PortalMessage(string Id, string Topic, string Text, DateTime Sent, DateTime Received);

/// <summary>Something that somebody has to do for the patient.</summary>
/// <param name="JoinLink">Where a visit over video is joined; empty for other errands.</param>
public sealed record Errand(string Id, string Text, string Note, DateTime Written, DateOnly From, DateOnly To, bool IsDone, string JoinLink);
