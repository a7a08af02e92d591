using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// The vendor's numbers of our visits. A visit has one, and another when the vendor moved it: then the number that it had stays its name, behind the
/// present one, and what is told of it by that name is no matter of the visit any more.
/// </summary>
internal sealed class VisitNumbers(IEngineStore store, LiveMappings mappings)
{
    /// <summary>How often a change is made again from what is stored when another came first.</summary>
    private const int AttemptsMax = 10;

    /// <summary>The vendor's number of a visit as it is now; null when it has none yet.</summary>
    public async Task<string?> FindAsync(string practice, EngineId visit, CancellationToken cancellationToken)
    {
        var system = SystemOf(practice);
        return await store.ReadAsync(reader => reader.Record(practice, visit)?.Aliases.Where(alias => alias.System == system).Select(alias => alias.Value).FirstOrDefault(), cancellationToken);
    }

    /// <summary>Gives a visit the number that it has from now on.</summary>
    /// <returns>Our id of another visit that has this number already; null when it was given, or the visit had it.</returns>
    public async Task<EngineId?> ChangeAsync(string practice, EngineId visit, string number, CancellationToken cancellationToken)
    {
        var name = new RecordAlias(AppointmentDesk.Type, SystemOf(practice), number);
        for (var attempt = 1; ; attempt++)
        {
            var (stored, holder, awaited) = await store.ReadAsync(
                reader => reader.Record(practice, visit) is { } found ? (found, reader.Record(practice, name), WhileAwaited(reader, found, name)) : (null, null, null), cancellationToken);
            if (stored is null || (holder is not null && holder.Id != visit))
            {
                return holder?.Id;
            }

            if (stored.Aliases.FirstOrDefault(alias => alias.System == name.System) == name)
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
                OldLookUps = awaited is { } key ? [key] : [],
            };
            var result = await store.CommitAsync(new CommitUnit { Practice = practice, Records = [write] }, cancellationToken);
            if (result.Outcome == CommitOutcome.Committed)
            {
                return null;
            }

            if (attempt == AttemptsMax)
            {
                throw new StoreUnavailableException("a visit changed again and again while it was given its number at the vendor.");
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

    /// <summary>Where a visit was found while it had no number; null for one that has.</summary>
    private LookUpKey? WhileAwaited(IStoreReader reader, StoredRecord visit, RecordAlias name) =>
        mappings.Current.Set.For(visit.Practice)?.Find(visit.Type)?.Definition is { } definition && OwnBooking.Awaits(definition, visit)
        && EngineId.TryParse(visit["patient_id"], out var id) && reader.Record(visit.Practice, id)?.Aliases.FirstOrDefault(alias => alias.System == name.System) is { } patient
            ? OwnBooking.Key(definition, patient.Value) : null;

    private string SystemOf(string practice) => mappings.Current.Set.For(practice)?.Find(AppointmentDesk.Type)?.Definition.IdSystem ?? "";
}
