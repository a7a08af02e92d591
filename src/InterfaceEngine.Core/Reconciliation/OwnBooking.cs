using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Reconciliation;

/// <summary>
/// A visit that is known by the placer's number alone: booked on our side, and the filler has not told its own number yet. The
/// filler's message about it may have its own number in SCH-1 as well, so it is known by what the visit is.
/// </summary>
public static class OwnBooking
{
    private const string Type = "appointment";
    private const string PatientId = "patient_id";

    private static readonly string[] _same = [PatientId, "start_time", "provider_id", "location_id"];

    /// <summary>The key under which a patient's visits without a filler's number are found.</summary>
    /// <param name="definition">The visit's definition.</param>
    /// <param name="patient">The patient's external id.</param>
    public static LookUpKey Key(RecordDefinition definition, string patient) => new(definition.Type, "awaits filler", patient);

    /// <summary>The key for the patient whom a visit names by the external id; null for what is no visit or names nobody.</summary>
    public static LookUpKey? Key(IncomingRecord said) => said.Type == Type && said[PatientId].Text is { } patient ? Key(said.Definition, patient) : null;

    /// <summary>True when the visit has no number of the filler's.</summary>
    public static bool Awaits(RecordDefinition definition, StoredRecord visit) => !visit.Aliases.Any(alias => alias.System == definition.IdSystem);

    /// <summary>
    /// True when a message that repeats the filler's number as the placer's tells of this visit: the same patient, start, provider
    /// and location. A visit that has ended is another, unless the message ends it too.
    /// </summary>
    /// <param name="visit">One that awaits its number.</param>
    /// <param name="said">The message, its patient as our id.</param>
    public static bool IsToldBy(StoredRecord visit, IncomingRecord said) =>
        said.Finders.Count > 0 && said.Aliases.All(alias => alias.System == said.Definition.IdSystem) && Awaits(said.Definition, visit)
        && Array.TrueForAll(_same, field => visit[field] is { } value && said[field].Text == value)
        && (said.Verb == Verb.Cancel || said.Definition.Find("status")?.ClosedValues.Contains(visit["status"] ?? "") != true);
}
