using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// A patient is with one provider once at a time: a second visit there would be none at the vendor, who knows the first by just these. Which visit it is, is kept as a
/// further name of it, so of two that are made at once one is. A name stays with whoever had it, so who comes to this time after him gets the next. What was booked under
/// an id that was merged into the patient's is hers as well.
/// </summary>
/// <param name="reader">What is stored.</param>
/// <param name="practice">Whose.</param>
/// <param name="definition">Of visits.</param>
internal sealed class VisitTime(IStoreReader reader, string practice, RecordDefinition definition)
{
    /// <summary>Of the names by which a visit has its time.</summary>
    public const string System = "time";

    private const string Start = "start_time";
    private const string Provider = "provider_id";
    private const string Patient = "patient_id";

    /// <summary>How often a patient comes to one time, and leaves it.</summary>
    private const int VisitsMax = 200;

    /// <summary>The name by which a visit has its time from now on; none where it has no time, or keeps the one that it had.</summary>
    /// <param name="visit">The visit; null for a new one.</param>
    /// <param name="patient">Whose, under whichever of her ids.</param>
    /// <param name="wanted">The visit as it would be.</param>
    /// <exception cref="ChangeRefusedException">The patient has another that stands there.</exception>
    public IEnumerable<RecordAlias> Take(StoredRecord? visit, StoredRecord patient, IReadOnlyDictionary<string, string> wanted)
    {
        var (start, provider) = (wanted.GetValueOrDefault(Start), wanted.GetValueOrDefault(Provider));
        bool IsThere(StoredRecord other) => other[Start] == start && other[Provider] == provider;
        if (start is null || (visit is not null && IsThere(visit)))
        {
            return [];
        }

        var survivor = MergedPatients.Survivor(reader, patient);
        var own = MergedPatients.Retired(reader, survivor).SelectMany(one => reader.Records(practice, new LookUpKey(AppointmentDesk.Type, Patient, one.Id.ToString())));
        if (own.FirstOrDefault(other => other.Id != visit?.Id && IsThere(other) && AppointmentDesk.Stands(definition, other)) is { } standing)
        {
            throw new ChangeRefusedException($"The patient has a visit with this provider at this time already, appointment {standing.Id}. Nothing was {(visit is null ? "booked" : "changed")}: change that one, or choose another time.");
        }

        for (var number = 1; number <= VisitsMax; number++)
        {
            var name = new RecordAlias(AppointmentDesk.Type, System, string.Join(FieldValue.ListSeparator, survivor.Id, start, provider, $"{number}"));
            if (reader.Record(practice, name) is null)
            {
                return [name];
            }
        }

        throw new ChangeRefusedException("This time was chosen and left too often for this patient. Nothing was changed: choose another.");
    }
}
