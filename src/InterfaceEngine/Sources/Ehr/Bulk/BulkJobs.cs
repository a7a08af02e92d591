using System.Text.Json;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Bulk;

/// <summary>
/// The exports of a connection as they are kept: each a document, one that names the export under way for each level, and one for each level that says up to which
/// moment each type was loaded, and when it was last loaded as a whole. Versions tell whether somebody else has written meanwhile.
/// </summary>
internal sealed class BulkJobs(IConnectionStore store, string practice, string connection)
{
    private const string JobKind = "bulk job";
    private const string OpenKind = "bulk open";
    private const string SinceKind = "bulk since";
    private const string FullKind = "bulk full";
    private const int PageMax = 200;

    /// <summary>An export may name thousands of files, so that few of them are in memory at once.</summary>
    private const int JobsAtOnce = 10;

    /// <summary>One export; null when there is none of this id.</summary>
    public async Task<KeptJob?> FindAsync(string id, CancellationToken cancellationToken) =>
        Kept(await store.FindAsync(Key(JobKind, id), cancellationToken));

    /// <summary>The newest of them, newest first, without their files.</summary>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<KeptJob>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        List<KeptJob> newest = [];
        for (var (page, after) = (JobsAtOnce, ""); page == JobsAtOnce;)
        {
            var documents = await store.ListAsync(practice, connection, JobKind, after, JobsAtOnce, cancellationToken);
            (page, after) = (documents.Count, documents.Count > 0 ? documents[^1].Key.Name : after);
            newest = [.. newest.Concat(documents.Select(Kept).OfType<KeptJob>().Select(kept => kept with { Job = kept.Job with { Files = [] } }))
                .OrderByDescending(kept => kept.Job.StartedAt).ThenBy(kept => kept.Job.Id, StringComparer.Ordinal).Take(limit)];
        }

        return newest;
    }

    /// <summary>Those that are under way.</summary>
    public async Task<IReadOnlyList<KeptJob>> OpenAsync(CancellationToken cancellationToken)
    {
        var open = new List<KeptJob>();
        foreach (var document in await AllAsync(OpenKind, cancellationToken))
        {
            if (await FindAsync(JsonSerializer.Deserialize(document.Content.Span, BulkJson.Default.String)!, cancellationToken) is { Job.IsOver: false } job)
            {
                open.Add(job);
            }
        }

        return open;
    }

    /// <summary>Keeps a new export and that it is under way: one for each level at a time.</summary>
    /// <param name="dueIn">After how long somebody else may go on with it.</param>
    /// <returns>Null when another of its level is under way.</returns>
    public async Task<KeptJob?> BeginAsync(BulkJob job, TimeSpan dueIn, CancellationToken cancellationToken)
    {
        var open = await store.FindAsync(Key(OpenKind, job.Level), cancellationToken);
        if (open.Version > 0)
        {
            return null;
        }

        var isKept = await store.WriteAsync(
            [
                new ConnectionWrite(Key(JobKind, job.Id), 0, job.ToJson()) { DueIn = dueIn },
                new ConnectionWrite(open.Key, open.Version, JsonSerializer.SerializeToUtf8Bytes(job.Id, BulkJson.Default.String)),
            ],
            cancellationToken);
        return isKept ? await FindAsync(job.Id, cancellationToken) : null;
    }

    /// <summary>Keeps how far it is.</summary>
    /// <param name="dueIn">After how long something is to be done about it.</param>
    /// <exception cref="BulkMovedException">Somebody else has written it meanwhile.</exception>
    public async Task<KeptJob> WriteAsync(KeptJob kept, BulkJob next, TimeSpan dueIn, CancellationToken cancellationToken)
    {
        if (!await store.WriteAsync([new ConnectionWrite(Key(JobKind, next.Id), kept.Version, next.ToJson()) { DueIn = dueIn }], cancellationToken))
        {
            throw new BulkMovedException(next.Id);
        }

        return await FindAsync(next.Id, cancellationToken) ?? throw new BulkMovedException(next.Id);
    }

    /// <summary>Keeps that it is over, and together with that up to which moment its types were loaded.</summary>
    /// <param name="until">Of what is loaded now; null when not everything was.</param>
    /// <exception cref="BulkMovedException">Somebody else has written it meanwhile.</exception>
    public async Task<KeptJob> EndAsync(KeptJob kept, BulkJob next, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var open = await store.FindAsync(Key(OpenKind, next.Level), cancellationToken);
        var writes = new List<ConnectionWrite> { new(Key(JobKind, next.Id), kept.Version, next.ToJson()), new(open.Key, open.Version, null) };
        if (until is { } said)
        {
            var moment = VendorTime.Believed(said, kept.Now);
            var since = await store.FindAsync(Key(SinceKind, next.Level), cancellationToken);
            var times = Times(since);
            foreach (var type in next.Types)
            {
                var isKnown = times.TryGetValue(type, out var before);
                // Whoever asked from a later moment than was loaded up to leaves a gap, so that the next one begins before it.
                if (next.Since is not { } from || (isKnown && from <= before))
                {
                    times[type] = isKnown && before > moment ? before : moment;
                }
            }

            writes.Add(new ConnectionWrite(since.Key, since.Version, JsonSerializer.SerializeToUtf8Bytes(times, BulkJson.Default.DictionaryStringDateTimeOffset)));
            if (next.Since is null)
            {
                var full = await store.FindAsync(Key(FullKind, next.Level), cancellationToken);
                var whole = Times(full);
                foreach (var type in next.Types)
                {
                    whole[type] = kept.Now;
                }

                writes.Add(new ConnectionWrite(full.Key, full.Version, JsonSerializer.SerializeToUtf8Bytes(whole, BulkJson.Default.DictionaryStringDateTimeOffset)));
            }
        }

        return await store.WriteAsync(writes, cancellationToken)
            ? await FindAsync(next.Id, cancellationToken) ?? throw new BulkMovedException(next.Id)
            : throw new BulkMovedException(next.Id);
    }

    /// <summary>Up to which moment all of these types were loaded; null when one of them never was.</summary>
    public Task<DateTimeOffset?> SinceAsync(string level, IReadOnlyList<string> types, CancellationToken cancellationToken) => OldestAsync(SinceKind, level, types, cancellationToken);

    /// <summary>Since when none of these types was loaded as a whole, by our store's clock; null when one of them never was.</summary>
    public Task<DateTimeOffset?> FullAtAsync(string level, IReadOnlyList<string> types, CancellationToken cancellationToken) => OldestAsync(FullKind, level, types, cancellationToken);

    private async Task<DateTimeOffset?> OldestAsync(string kind, string level, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        var times = Times(await store.FindAsync(Key(kind, level), cancellationToken));
        return types.All(times.ContainsKey) && types.Count > 0 ? types.Min(type => times[type]) : null;
    }

    /// <summary>Forgets exports that were over long ago.</summary>
    public Task<int> DropAsync(DateTimeOffset before, CancellationToken cancellationToken) => store.DropAsync(JobKind, before.ToUnixTimeMilliseconds(), PageMax, cancellationToken);

    private async Task<List<ConnectionDocument>> AllAsync(string kind, CancellationToken cancellationToken)
    {
        var all = new List<ConnectionDocument>();
        while (true)
        {
            var page = await store.ListAsync(practice, connection, kind, all.Count == 0 ? "" : all[^1].Key.Name, PageMax, cancellationToken);
            all.AddRange(page);
            if (page.Count < PageMax)
            {
                return all;
            }
        }
    }

    private static Dictionary<string, DateTimeOffset> Times(ConnectionDocument document) =>
        document.Version == 0 ? [] : JsonSerializer.Deserialize(document.Content.Span, BulkJson.Default.DictionaryStringDateTimeOffset)!;

    private static KeptJob? Kept(ConnectionDocument document) => document.Version == 0
        ? null
        : new KeptJob(
            BulkJob.FromJson(document.Content),
            document.Version,
            document.DueAt is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null,
            DateTimeOffset.FromUnixTimeMilliseconds(document.Now));

    private ConnectionKey Key(string kind, string name) => new(practice, connection, kind, name);
}

/// <summary>An export as it was read.</summary>
/// <param name="Version">One more with each writing.</param>
/// <param name="DueAt">When something is to be done about it, by the store's clock; null when it is over.</param>
/// <param name="Now">The store's clock.</param>
internal sealed record KeptJob(BulkJob Job, long Version, DateTimeOffset? DueAt, DateTimeOffset Now)
{
    public bool IsDue => DueAt <= Now;
}

/// <summary>Somebody else goes on with the export, or gave it up: nothing more is done about it here.</summary>
internal sealed class BulkMovedException(string job) : Exception($"export {job} was gone on with elsewhere");
