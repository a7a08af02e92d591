using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using NodaTime;

namespace InterfaceEngine.Intake;

/// <summary>
/// Records that are made or changed on our side, of whatever type. The change, what tells of it and the audit commit together or not at all. What comes
/// from a sender never passes here, so nothing is echoed.
/// </summary>
internal sealed class RecordDesk(IEngineStore store, LiveMappings mappings, IReadOnlyList<Practice> practices, IReadOnlyList<OutboundAddress> addresses, IdSource ids, TimeProvider time)
{
    /// <summary>What such a change came in.</summary>
    public const string Format = "Practice Studio";

    /// <summary>How often a change is made again from what is stored when another came first.</summary>
    private const int AttemptsMax = 5;

    public IEngineStore Store => store;

    public OutboundMessages Outbound { get; } = new(mappings, addresses, ids);

    public Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public EngineId NextId() => ids.Next();

    public Practice PracticeOf(string id) => practices.First(practice => practice.Id == id);

    /// <summary>How a practice's tables keep records of a type.</summary>
    /// <exception cref="ChangeRefusedException">They do not.</exception>
    public DeskTables TablesOf(string practice, string type)
    {
        var live = mappings.Current;
        return live.Set.For(practice) is { } maps && maps.Find(type) is { } map
            ? new DeskTables(live, maps, map)
            : throw new ChangeRefusedException($"The tables of practice {practice} have no {type}s.");
    }

    /// <summary>Makes a change, from what is stored when it is committed.</summary>
    /// <param name="change">What is wanted.</param>
    /// <param name="type">Of which type of records.</param>
    /// <param name="command">What the change log names as its source.</param>
    /// <param name="want">What it comes to, from what is stored; asked again when another change came first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ChangeRefusedException">It breaks a rule, changes nothing, or can't be told.</exception>
    public async Task<MadeRecord> ChangeAsync(OwnChange change, string type, string command, Func<IStoreReader, DeskTables, WantedRecord> want, CancellationToken cancellationToken)
    {
        var to = Outbound.For(change.Practice, change.Destination, type);
        for (var attempt = 1; ; attempt++)
        {
            // One set to the end, though another may be swapped in meanwhile.
            var tables = TablesOf(change.Practice, type);
            var wanted = await store.ReadAsync(reader => want(reader, tables), cancellationToken);
            if (wanted.IsThere)
            {
                return await ShowAsync(change, type, wanted, cancellationToken);
            }

            if (wanted.Stored is { } stored)
            {
                RecordTag.Check(change.Seen, stored);
            }

            var (unit, made) = Make(change, type, command, tables, wanted, Told(to, wanted.Vendor));
            var result = await store.CommitAsync(unit, cancellationToken);
            if (result.Outcome == CommitOutcome.Committed)
            {
                return made;
            }

            if (attempt == AttemptsMax)
            {
                throw new ChangeRefusedException("It changed meanwhile, again and again. Nothing was changed; try again.");
            }
        }
    }

    /// <summary>What was made before by the same key tells of a patient, so it is audited as a look is.</summary>
    private async Task<MadeRecord> ShowAsync(OwnChange change, string type, WantedRecord wanted, CancellationToken cancellationToken)
    {
        var there = wanted.Stored!;
        await store.AskAsync(
            change.Audit with { Subject = $"{type} {there.Id}, made before" },
            reader =>
            {
                reader.Shown(there);
                return 0;
            },
            cancellationToken);
        return new MadeRecord(there, wanted.Tell(there, []).Message, [], []) { IsRepeat = true };
    }

    private (CommitUnit Unit, MadeRecord Made) Make(OwnChange change, string type, string command, DeskTables tables, WantedRecord wanted, IReadOnlyList<OutboundAddress> to)
    {
        var (now, map, practice) = (Now, tables.Map, PracticeOf(change.Practice));
        if (wanted.Verb != Verb.Cancel && Broken(map, wanted, now.InZone(practice.Zone).Date) is { Count: > 0 } broken)
        {
            throw new ChangeRefusedException(string.Join(" ", broken), ChangeRefusal.Wrong);
        }

        var incoming = new IncomingRecord { Definition = map.Definition, Verb = wanted.Verb, Aliases = wanted.Aliases, Fields = wanted.Fields.Incoming, Format = Format };
        var cause = new Cause(ids.Next(), EventTime(wanted.Stored), Cause.CommandPrefix + command, tables.Live.Hash);
        var result = Reconciler.Reconcile(change.Practice, wanted.Stored, incoming, cause, wanted.Id);
        if (result.Outcome is ReconciledOutcome.Held or ReconciledOutcome.Refused || result.Notes.Any(note => note.Code is ReconciliationCodes.Stale or ReconciliationCodes.RequiredKept or ReconciliationCodes.Closed))
        {
            throw new ChangeRefusedException("Nothing was changed: " + string.Join(" ", result.Notes.Select(note => note.Reason)));
        }

        if (result.Changes.Count == 0 && !wanted.IsToldAnyway)
        {
            throw new ChangeRefusedException("It is so already: nothing would change, and nothing is sent.");
        }

        var work = new RecordWork(map.Definition, wanted.Stored) { WhileAwaitingNumber = wanted.WhileAwaitingNumber, IsOfTooManyNamesakes = wanted.IsOfTooManyNamesakes };
        if (result.Changes.Count > 0)
        {
            work.Take(result);
        }

        var record = work.Current!;
        var cleared = result.Changes.Where(field => field.After is null).Select(field => new ClearedField(record.Id, field.Name)).ToHashSet();
        var told = wanted.Tell(record, [.. result.Changes.Select(field => field.Name)]) with { At = Instant.FromUnixTimeMilliseconds(cause.EventTime), Cleared = cleared };
        var deliveries = to.Select(address => Outbound.Delivery(told, address, practice, now, tables.Live)).ToList();
        var unit = new CommitUnit
        {
            Practice = change.Practice,
            Records = work.ToWrite() is { } write ? [write] : [],
            Deliveries = deliveries,
            DeliveryDecisions = wanted.Needless,
            Audit = change.Audit with { Subject = $"{type} {record.Id}{string.Concat(wanted.Needless.Select(order => $", delivery {order.Delivery} dismissed"))}" },
        };
        return (unit, new MadeRecord(record, told.Message, result.Changes, deliveries));
    }

    /// <summary>
    /// Who is told of what is one vendor's: no other is, by calls. Where nobody is told over that connection any more it may have another name by now, and all are
    /// told as before.
    /// </summary>
    private static IReadOnlyList<OutboundAddress> Told(IReadOnlyList<OutboundAddress> to, string? vendor) =>
        vendor is null || to.All(address => address.Connection != vendor) ? to : [.. to.Where(address => address.Connection is null || address.Connection == vendor)];

    /// <summary>What the change breaks. What was broken before, as a vendor sent it, is none of whoever changes something else.</summary>
    private static List<string> Broken(RecordMap map, WantedRecord wanted, LocalDate today)
    {
        var before = wanted.Stored is null ? [] : RecordRules.Broken(map, wanted.Stored.Fields.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!), today);
        return [.. RecordRules.Broken(map, wanted.Fields.Over(wanted.Stored), today).Except(before)];
    }

    /// <summary>
    /// Now, as senders tell it: in whole seconds, so that what one of them changes within this second, behind us, is not older. But what is
    /// changed was looked at, so its change is later than everything that is known of it, though a sender's clock ran ahead.
    /// </summary>
    private long EventTime(StoredRecord? stored) =>
        Math.Max(Now.ToUnixTimeSeconds() * 1_000, stored?.Fields.Max(field => field.Cause?.EventTime) ?? 0);
}

/// <summary>What one change goes by.</summary>
/// <param name="Live">The mapping set.</param>
/// <param name="Maps">The practice's maps.</param>
/// <param name="Map">Its table of the record's type.</param>
internal sealed record DeskTables(LiveMapping Live, PracticeMaps Maps, RecordMap Map);

/// <summary>What a change comes to, from what is stored.</summary>
/// <param name="Stored">The record as it is stored; null for a new one.</param>
/// <param name="Fields">What is said of it.</param>
/// <param name="Verb">What is done to it.</param>
/// <param name="Aliases">The names that it has then.</param>
/// <param name="Id">Our id of it.</param>
internal sealed record WantedRecord(StoredRecord? Stored, SaidFields Fields, Verb Verb, IReadOnlyList<RecordAlias> Aliases, EngineId Id)
{
    /// <summary>Says what happened, from the record as it is then and the names of the fields that changed.</summary>
    public Func<StoredRecord, IReadOnlyList<string>, OutboundChange> Tell { get; init; } = (_, _) => throw new InvalidOperationException("nobody has said what is told of it");

    /// <summary>It was made before, by the same key: <see cref="Stored"/> is the answer.</summary>
    public bool IsThere { get; init; }

    /// <summary>Destinations are told though no value changes.</summary>
    public bool IsToldAnyway { get; init; }

    /// <summary>The connection whose vendor alone is told of it by calls, as of a visit in a slot of that vendor's; null for all.</summary>
    public string? Vendor { get; init; }

    /// <summary>Deliveries that are not to be sent any more.</summary>
    public IReadOnlyList<DeliveryDecision> Needless { get; init; } = [];

    /// <summary>See <see cref="RecordWork.WhileAwaitingNumber"/>.</summary>
    public LookUpKey? WhileAwaitingNumber { get; init; }

    /// <summary>See <see cref="RecordWork.IsOfTooManyNamesakes"/>.</summary>
    public bool IsOfTooManyNamesakes { get; init; }
}

/// <summary>What became of a change; it is on disk.</summary>
/// <param name="Record">The record as it is now.</param>
/// <param name="Event">The event that tells of it.</param>
/// <param name="Changes">The values that changed.</param>
/// <param name="Deliveries">One for each destination; none when the practice has none.</param>
internal sealed record MadeRecord(StoredRecord Record, string Event, IReadOnlyList<FieldChange> Changes, IReadOnlyList<DeliveryWrite> Deliveries)
{
    /// <summary>It was made with this key before: nothing was changed, and nobody is told again.</summary>
    public bool IsRepeat { get; init; }
}
