using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime.Text;

namespace InterfaceEngine.Intake;

/// <summary>
/// The slot that somebody chose for a visit: from then on it is that visit's alone, until the visit is moved out of it or ends. It is kept as a further
/// name of the visit, so of two who choose it at once one has it. A name stays with whoever had it, so who has the slot after him gets the next.
/// </summary>
/// <param name="reader">What is stored.</param>
/// <param name="change">What is wanted, with its slot.</param>
/// <param name="definition">Of visits.</param>
internal sealed class HeldSlot(IStoreReader reader, AppointmentChange change, RecordDefinition definition)
{
    /// <summary>Of the names by which a visit holds a slot.</summary>
    public const string System = "slot";

    /// <summary>How often one slot is chosen, left and chosen again.</summary>
    private const int HoldersMax = 200;

    /// <summary>The connection whose slot a visit is in; null where it was booked without one.</summary>
    public static string? ServerOf(StoredRecord visit) => Last(visit) is { Value: { } held } && held.Split(FieldValue.ListSeparator)[0] is { Length: > 0 } server ? server : null;

    /// <summary>Whether it is the slot that a visit chose last.</summary>
    public static bool IsHeldBy(StoredRecord visit, string server, string slot) => Last(visit) is { Value: { } held } && held.Split(FieldValue.ListSeparator) is [var its, var number, ..] && its == server && number == slot;

    /// <summary>The name by which a visit holds the slot from now on; none where none was chosen, or the visit has it already.</summary>
    /// <param name="visit">The visit; null for a new one.</param>
    /// <param name="wanted">The visit as it would be.</param>
    /// <exception cref="ChangeRefusedException">It is another visit's.</exception>
    public IEnumerable<RecordAlias> Take(StoredRecord? visit, IReadOnlyDictionary<string, string> wanted)
    {
        if (change.Slot is null)
        {
            return [];
        }

        for (var number = 1; number <= HoldersMax; number++)
        {
            var name = Name(number);
            if (reader.Record(change.Practice, name) is not { } holder)
            {
                return [name];
            }

            if (!IsIn(holder, name))
            {
                continue;
            }

            if (holder.Id == visit?.Id)
            {
                return [];
            }

            if (AppointmentDesk.Stands(definition, holder) && Overlaps(holder, wanted))
            {
                throw new ChangeRefusedException($"This slot is that of appointment {holder.Id} already. Nothing was changed: choose another.");
            }
        }

        throw new ChangeRefusedException("This slot was chosen and left too often. Nothing was changed: choose another.");
    }

    private RecordAlias Name(int number) => new(AppointmentDesk.Type, System, string.Join(FieldValue.ListSeparator, change.SlotServer, change.Slot, $"{number}"));

    /// <summary>The last that it chose: one that was moved to another slot has left this one.</summary>
    private static bool IsIn(StoredRecord holder, RecordAlias name) => Last(holder) == name;

    private static RecordAlias Last(StoredRecord visit) => visit.Aliases.LastOrDefault(alias => alias.System == System);

    /// <summary>One that was moved to another time, without choosing a slot there, has left it too.</summary>
    private static bool Overlaps(StoredRecord holder, IReadOnlyDictionary<string, string> wanted) =>
        At(holder["start_time"]) < At(wanted.GetValueOrDefault("end_time")) && At(wanted.GetValueOrDefault("start_time")) < At(holder["end_time"]);

    private static NodaTime.Instant At(string? text) => text is null ? NodaTime.Instant.MinValue : InstantPattern.ExtendedIso.Parse(text).Value;
}
