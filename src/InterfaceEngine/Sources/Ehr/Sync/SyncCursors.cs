using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Sync;

/// <summary>How far a type is synchronised.</summary>
internal sealed record SyncCursor
{
    /// <summary>What a server wrote just before it was asked may not be found yet: the next run begins so much earlier. What comes twice changes nothing.</summary>
    public static TimeSpan Overlap { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Everything until then was taken, by the vendor's clock; null when it never was.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Of a run that is not done: the moment at which it began, by the vendor's clock; null when none is.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>Of a run that is not done: from which moment it asks; null when from the beginning. One that asks from another begins at the first patient.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of a run that is not done: our id of the last patient all of whose resources were taken; 0 for none.</summary>
    public long After { get; init; }

    /// <summary>Patients who could not be asked for, by our id, with the moment from which they are to be asked; null from the beginning. The others go on without them.</summary>
    public IReadOnlyDictionary<long, DateTimeOffset?> Missed { get; init => field = value ?? new Dictionary<long, DateTimeOffset?>(); } = new Dictionary<long, DateTimeOffset?>();

    /// <summary>Whom the last run that was done asked for; null before there was one.</summary>
    public SyncedPatients? Known { get; init; }

    /// <summary>Of a run that is not done: whom it asked for.</summary>
    public SyncedPatients? Knowing { get; init; }

    /// <summary>Of a run that is not done: so many more could not be asked for that it took not everything.</summary>
    public bool HasGaps { get; init; }

    /// <summary>As a run leaves it that is done: it never goes back.</summary>
    /// <param name="began">When the run began, by the vendor's clock.</param>
    /// <param name="now">Our clock.</param>
    public SyncCursor Ended(DateTimeOffset began, DateTimeOffset now)
    {
        var until = VendorTime.Believed(began, now) - Overlap;
        return new SyncCursor { Until = Until > until ? Until : until, Missed = Missed, Known = Known };
    }
}

/// <summary>
/// Whom a run asked for: whoever had a record when it began. Clocks of nodes differ, and what is committed late has an early id, so of those who were made shortly
/// before the time alone does not tell.
/// </summary>
/// <param name="At">When the run began, by our clock.</param>
/// <param name="Fresh">Our ids of those who were made shortly before or later and were asked for.</param>
internal sealed record SyncedPatients(DateTimeOffset At, IReadOnlyList<long> Fresh)
{
    /// <summary>More are not remembered, and are asked for from the beginning once more.</summary>
    private const int FreshMax = 2_000;

    private static readonly TimeSpan _shortly = TimeSpan.FromMinutes(5);

    /// <summary>Our ids of those who were there, and could not be asked for, since the vendor had given them no number yet.</summary>
    public IReadOnlyList<long> Unnumbered { get; init => field = value ?? []; } = [];

    public bool Has(SyncPatient patient) => !Unnumbered.Contains(patient.Record) && (!IsFresh(patient) || Fresh.Contains(patient.Record));

    public SyncedPatients With(SyncPatient patient) =>
        !patient.HasNumber ? Unnumbered.Count < FreshMax ? this with { Unnumbered = [.. Unnumbered, patient.Record] } : this
        : IsFresh(patient) && Fresh.Count < FreshMax ? this with { Fresh = [.. Fresh, patient.Record] } : this;

    private bool IsFresh(SyncPatient patient) => patient.MadeAt > At - _shortly;
}

/// <summary>Keeps them: a document for each type of a connection.</summary>
internal sealed class SyncCursors(IConnectionStore store, string practice, string connection)
{
    private const string Kind = "sync";

    public async Task<KeptCursor> FindAsync(string type, CancellationToken cancellationToken)
    {
        var key = new ConnectionKey(practice, connection, Kind, type);
        var document = await store.FindAsync(key, cancellationToken);
        var cursor = document.Version == 0 ? new SyncCursor() : JsonSerializer.Deserialize(document.Content.Span, SyncJson.Default.SyncCursor)!;
        return new KeptCursor(store, key, cursor, document.Version);
    }
}

/// <summary>How far a type is synchronised, as it stands in the store.</summary>
internal sealed class KeptCursor(IConnectionStore store, ConnectionKey key, SyncCursor cursor, long version)
{
    private long _version = version;

    public SyncCursor Now { get; private set; } = cursor;

    /// <exception cref="SyncBusyException">Somebody else has written it meanwhile.</exception>
    public async Task WriteAsync(SyncCursor next, CancellationToken cancellationToken)
    {
        if (!await store.WriteAsync([new ConnectionWrite(key, _version, JsonSerializer.SerializeToUtf8Bytes(next, SyncJson.Default.SyncCursor))], cancellationToken))
        {
            throw new SyncBusyException(key.Connection);
        }

        (Now, _version) = (next, _version + 1);
    }
}

/// <summary>Another synchronisation of the connection runs.</summary>
internal sealed class SyncBusyException(string connection) : Exception($"{connection} is being synchronised: one goes at a time.");

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SyncCursor))]
[JsonSerializable(typeof(SyncState))]
internal sealed partial class SyncJson : JsonSerializerContext;
