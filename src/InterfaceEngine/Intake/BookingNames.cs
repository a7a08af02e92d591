using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// What a booking is known by beside its numbers, so that one that is said again is not made again: the caller's own key, with what was said under
/// it; or, where the caller has no keys and says so, the patient with the slot and the time. They are kept as further names of the visit, so two that
/// come at once are one as well.
/// </summary>
/// <param name="reader">What is stored.</param>
/// <param name="change">The booking.</param>
/// <param name="patient">Whose it is.</param>
/// <param name="definition">Of visits.</param>
internal sealed class BookingNames(IStoreReader reader, AppointmentChange change, StoredRecord patient, RecordDefinition definition)
{
    private const string OnceSystem = "once";

    /// <summary>How often a patient may book one time anew after cancelling it.</summary>
    private const int AgainMax = 20;

    private readonly CallerKey _key = new(change, AppointmentDesk.Type);

    /// <summary>The visit that was booked so before, and stands for this booking; null when there is none.</summary>
    /// <param name="start">When it begins, as visits have it; null when only its slot is known.</param>
    /// <exception cref="ChangeRefusedException">The key is that of another booking, or is none.</exception>
    public StoredRecord? Find(string? start)
    {
        if (change.Key is not null)
        {
            return _key.Find(reader) is { } booked ? Checked(booked) : null;
        }

        return Times(start).Select(time => Latest(time).Visit).FirstOrDefault(visit => visit is not null && Stands(visit));
    }

    /// <summary>The names that a new visit gets.</summary>
    /// <param name="start">As of <see cref="Find"/>.</param>
    /// <exception cref="ChangeRefusedException">It was booked and cancelled too often.</exception>
    public IEnumerable<RecordAlias> New(string? start) => change.Key is not null ? _key.Names : Times(start).Select(time => Latest(time).Free);

    /// <summary>The names of a visit as whoever booked it is told them: none of those that are only kept to compare.</summary>
    public static IEnumerable<RecordAlias> Told(IReadOnlyList<RecordAlias> names) => CallerKey.Told(names).Where(name => name.System is not (OnceSystem or HeldSlot.System or VisitTime.System));

    private StoredRecord Checked(StoredRecord booked) => booked["patient_id"] != patient.Id.ToString()
        ? throw new ChangeRefusedException("This key is that of another patient's visit. Nothing was booked: give each booking a key of its own.")
        : !_key.IsOf(booked)
        ? throw new ChangeRefusedException($"This key is that of another booking, appointment {booked.Id}. Nothing was booked: give each booking a key of its own, and say the same under it when it is sent again.")
        : booked;

    /// <summary>The slot, and the time: each alone is enough to be the same.</summary>
    private IEnumerable<string> Times(string? start) => !change.IsOnce ? [] : new[] { change.Slot is { } slot ? $"slot {slot}" : null, start }.OfType<string>();

    /// <summary>The last visit of this patient that had a time, and the name that the next one gets.</summary>
    private (StoredRecord? Visit, RecordAlias Free) Latest(string time)
    {
        StoredRecord? last = null;
        for (var number = 1; number <= AgainMax; number++)
        {
            var name = Name(OnceSystem, patient.Id.ToString(), time, $"{number}");
            if (reader.Record(change.Practice, name) is not { } visit)
            {
                return (last, name);
            }

            last = visit;
        }

        return last is not null && Stands(last) ? (last, default(RecordAlias))
            : throw new ChangeRefusedException("This visit was booked and cancelled too often: book it under a key of its own.");
    }

    /// <summary>One that was cancelled, or is at another time now, does not stand for one that is wanted again.</summary>
    private bool Stands(StoredRecord visit) => AppointmentDesk.Stands(definition, visit)
        && visit.Aliases.Any(alias => alias.System == OnceSystem && alias.Value.Split(FieldValue.ListSeparator)[1] == visit["start_time"]);

    private static RecordAlias Name(string system, params string[] parts) => new(AppointmentDesk.Type, system, string.Join(FieldValue.ListSeparator, parts));
}
