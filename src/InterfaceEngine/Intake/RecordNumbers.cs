using System.Globalization;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// The vendor's numbers of our visits and patients, who have none before the vendor knows them. A visit has another when the vendor moved it: then the
/// number that it had stays its name, behind the present one, and what is told of it by that name is no matter of the visit any more.
/// </summary>
internal sealed class RecordNumbers(IEngineStore store, LiveMappings mappings)
{
    /// <summary>How often a change is made again from what is stored when another came first.</summary>
    private const int AttemptsMax = 10;

    /// <summary>The vendor's number of a record as it is now, of a merged patient the survivor's; null when it has none yet.</summary>
    public async Task<string?> FindAsync(string practice, string type, EngineId id, CancellationToken cancellationToken)
    {
        var system = SystemOf(practice, type);
        return await store.ReadAsync(
            reader => Now(reader, practice, type, id)?.Aliases.Where(alias => alias.System == system).Select(alias => alias.Value).FirstOrDefault(), cancellationToken);
    }

    /// <summary>Our id of the record that has a number; null when none does.</summary>
    public async Task<EngineId?> HolderAsync(string practice, string type, string number, CancellationToken cancellationToken)
    {
        var name = new RecordAlias(type, SystemOf(practice, type), number);
        return await store.ReadAsync(reader => reader.Record(practice, name)?.Id, cancellationToken);
    }

    /// <summary>The numbers of some that no record has, now or from before.</summary>
    public async Task<IReadOnlySet<string>> UnknownAsync(string practice, string type, IReadOnlyCollection<string> some, CancellationToken cancellationToken)
    {
        var system = SystemOf(practice, type);
        return await store.ReadAsync(reader => some.Where(number => reader.Record(practice, new RecordAlias(type, system, number)) is null).ToHashSet(StringComparer.Ordinal), cancellationToken);
    }

    /// <summary>Our id of the visit that has a number now, and has never had the next one; null when there is none.</summary>
    public async Task<EngineId?> LeavingAsync(string practice, string number, string next, CancellationToken cancellationToken)
    {
        var name = new RecordAlias(AppointmentDesk.Type, SystemOf(practice, AppointmentDesk.Type), number);
        return await store.ReadAsync(
            reader => reader.Record(practice, name) is { } visit && visit.Aliases.First(alias => alias.System == name.System) == name && !visit.Aliases.Contains(name with { Value = next }) ? (EngineId?)visit.Id : null,
            cancellationToken);
    }

    /// <summary>The vendor's numbers of a patient's visits that begin after a moment.</summary>
    /// <param name="practice">Whose.</param>
    /// <param name="patient">The vendor's number of the patient.</param>
    /// <param name="since">The moment; its whole day counts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<string>> VisitsOfAsync(string practice, string patient, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var system = SystemOf(practice, AppointmentDesk.Type);
        var name = new RecordAlias(RecordDefinition.Patient, SystemOf(practice, RecordDefinition.Patient), patient);
        var day = since.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return await store.ReadAsync<IReadOnlyList<string>>(
            reader => reader.Record(practice, name) is not { } found ? [] :
            [
                .. MergedPatients.Retired(reader, MergedPatients.Survivor(reader, found))
                    .SelectMany(one => reader.Records(practice, new LookUpKey(AppointmentDesk.Type, "patient_id", one.Id.ToString())))
                    .Where(visit => string.CompareOrdinal(visit["start_time"], day) >= 0)
                    .Select(visit => visit.Aliases.Where(alias => alias.System == system).Select(alias => alias.Value).FirstOrDefault()).OfType<string>(),
            ],
            cancellationToken);
    }

    /// <summary>Gives a record the number that it has from now on.</summary>
    /// <param name="practice">Whose it is.</param>
    /// <param name="type">Its type.</param>
    /// <param name="id">Our id of it.</param>
    /// <param name="number">The vendor's number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="audit">Who says so; null where the vendor does.</param>
    /// <returns>Our id of another record that has this number already; null when it was given, or the record had it.</returns>
    public async Task<EngineId?> ChangeAsync(string practice, string type, EngineId id, string number, CancellationToken cancellationToken, AuditEntry? audit = null)
    {
        var name = new RecordAlias(type, SystemOf(practice, type), number);
        for (var attempt = 1; ; attempt++)
        {
            var (stored, holder, found) = await store.ReadAsync(
                reader => Now(reader, practice, type, id) is { } now ? (now, reader.Record(practice, name), LookUps(reader, now, name)) : (null, null, default), cancellationToken);
            if (stored is null || (holder is not null && holder.Id != stored.Id))
            {
                return holder?.Id;
            }

            if (stored.Aliases is [var first, ..] && first == name)
            {
                return null;
            }

            var next = stored.WithAliases([name, .. stored.Aliases.Where(alias => alias != name)]).AsVersion(stored.Version + 1);
            var write = new RecordWrite
            {
                Next = next,
                ExpectedVersion = stored.Version,
                Confirmations = stored.Confirmations,
                NewAliases = holder is null ? [name] : [],
                OldLookUps = found.Over is { } key ? [key] : [],
            };
            var result = await store.CommitAsync(new CommitUnit { Practice = practice, Records = [write], LookUps = found.New, Audit = audit }, cancellationToken);
            if (result.Outcome == CommitOutcome.Committed)
            {
                return null;
            }

            if (attempt == AttemptsMax)
            {
                throw new StoreUnavailableException($"a {type} changed again and again while it was given its number at the vendor.");
            }
        }
    }

    /// <summary>True when a message names a visit by a number that it has no more.</summary>
    /// <param name="said">The message.</param>
    /// <param name="visit">The visit that one of its names found.</param>
    public static bool IsFormer(IncomingRecord said, StoredRecord visit)
    {
        var own = said.Definition.IdSystem;
        var named = said.Aliases.Where(alias => alias.System == own).ToList();
        return said.Type == AppointmentDesk.Type && named.Exists(visit.Aliases.Contains) && !named.Contains(visit.Aliases.First(alias => alias.System == own));
    }

    /// <summary>The record that counts: of a merged patient the survivor.</summary>
    private static StoredRecord? Now(IStoreReader reader, string practice, string type, EngineId id) =>
        reader.Record(practice, id) is not { } record ? null : type == RecordDefinition.Patient ? MergedPatients.Survivor(reader, record) : record;

    /// <summary>Where a visit was found while it had no number, and where visits of a patient who has one now are found while they have none.</summary>
    private (LookUpKey? Over, IReadOnlyList<LookUpWrite> New) LookUps(IStoreReader reader, StoredRecord record, RecordAlias name)
    {
        if (mappings.Current.Set.For(record.Practice)?.Find(AppointmentDesk.Type)?.Definition is not { } visits)
        {
            return (null, []);
        }

        if (record.Type == RecordDefinition.Patient)
        {
            return (null, [.. reader.Records(record.Practice, new LookUpKey(AppointmentDesk.Type, "patient_id", record.Id.ToString()))
                .Where(visit => OwnBooking.Awaits(visits, visit)).Select(visit => new LookUpWrite(visit.Id, OwnBooking.Key(visits, name.Value)))]);
        }

        return OwnBooking.Awaits(visits, record) && EngineId.TryParse(record["patient_id"], out var id) && reader.Record(record.Practice, id)?.Aliases.FirstOrDefault(alias => alias.System == name.System) is { Value: { } patient }
            ? (OwnBooking.Key(visits, patient), []) : (null, []);
    }

    private string SystemOf(string practice, string type) => mappings.Current.Set.For(practice)?.Find(type)?.Definition.IdSystem ?? "";
}
