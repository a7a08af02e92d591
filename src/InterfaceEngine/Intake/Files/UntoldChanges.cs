using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>
/// What was changed on our side and waits to be told. A file or an answer that is made meanwhile does not know of it, however late it is made: what it says of such a
/// record counts from just before that change, so that it takes nothing of it back, and all else is taken over.
/// </summary>
internal sealed class UntoldChanges
{
    /// <summary>By how much a value's time, which has whole seconds, and the commit take it away from its delivery's.</summary>
    private const long MadeBefore = 60_000;

    private readonly Dictionary<EngineId, long> _first;

    private UntoldChanges(Dictionary<EngineId, long> first) => _first = first;

    public static UntoldChanges None { get; } = new([]);

    /// <param name="store">Where deliveries are kept.</param>
    /// <param name="run">What is read: an answer to what we told knows of the changes until then.</param>
    /// <param name="loaded">The records that its rows name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async ValueTask<UntoldChanges> LoadAsync(IRowStore store, RowRun run, LoadedRecords loaded, CancellationToken cancellationToken)
    {
        var changed = loaded.ByAlias.Values.Where(record => record.Fields.Any(IsOurs)).DistinctBy(record => record.Id).ToList();
        if (changed.Count == 0)
        {
            return None;
        }

        var waiting = await store.WaitingAsync(run.Run.Practice, cancellationToken);
        var first = new Dictionary<EngineId, long>();
        foreach (var record in changed)
        {
            if (waiting.TryGetValue(record.Id, out var since))
            {
                var times = record.Fields.Where(IsOurs).Select(field => field.Cause!.EventTime).Where(time => time >= since - MadeBefore && time > run.NotBefore).ToList();
                if (times.Count > 0)
                {
                    first[record.Id] = times.Min();
                }
            }
        }

        return new UntoldChanges(first);
    }

    /// <summary>The latest time from which a row may count; null for its own.</summary>
    public long? LatestFor(MappedBody body, LoadedRecords loaded)
    {
        if (_first.Count == 0)
        {
            return null;
        }

        var times = body.Mapped.Records
            .Select(record => OwnIds.Stored(record, alias => loaded.ByAlias.GetValueOrDefault(alias)))
            .Where(stored => stored is not null && _first.ContainsKey(stored.Id)).Select(stored => _first[stored!.Id]).ToList();
        return times.Count == 0 ? null : times.Min() - 1;
    }

    private static bool IsOurs(StoredField field) => field.Cause is { IsOfCommand: true };
}
