using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Changed;

/// <summary>How far a feed of what changed was read.</summary>
internal sealed record ChangedCursor
{
    /// <summary>Everything that the vendor handed out until then is on disk, by the vendor's clock; null before the first look.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A look was begun and did not come to its end: what the vendor handed out since <see cref="Until"/> may be lost.</summary>
    public bool IsOpen { get; init; }

    /// <summary>When a row came last, by the vendor's clock; null before.</summary>
    public DateTimeOffset? RowsAt { get; init; }

    /// <summary>Why the last look came to nothing; null when it did not. Nothing of a patient.</summary>
    public string? Fault { get; init; }
}

/// <summary>One as it is kept.</summary>
/// <param name="Version">With which it was read; 0 for one that was never written.</param>
internal readonly record struct KeptCursor(ChangedCursor Cursor, long Version);

/// <summary>Keeps them: a document for each feed of a connection.</summary>
internal sealed class ChangedCursors(IConnectionStore store, string practice, string connection)
{
    private const string Kind = "changed";

    public async Task<KeptCursor> FindAsync(string feed, CancellationToken cancellationToken)
    {
        var document = await store.FindAsync(Key(feed), cancellationToken);
        return new KeptCursor(document.Version == 0 ? new ChangedCursor() : JsonSerializer.Deserialize(document.Content.Span, ChangedJson.Default.ChangedCursor)!, document.Version);
    }

    /// <exception cref="ChangedBusyException">Somebody else has written it meanwhile, so that another reads the feed.</exception>
    public async Task<KeptCursor> WriteAsync(string feed, KeptCursor before, ChangedCursor cursor, CancellationToken cancellationToken) =>
        await store.WriteAsync([new ConnectionWrite(Key(feed), before.Version, JsonSerializer.SerializeToUtf8Bytes(cursor, ChangedJson.Default.ChangedCursor))], cancellationToken)
            ? new KeptCursor(cursor, before.Version + 1)
            : throw new ChangedBusyException(connection, feed);

    private ConnectionKey Key(string feed) => new(practice, connection, Kind, feed);
}

/// <summary>Another reads the feed now: what one was given the other does not get.</summary>
internal sealed class ChangedBusyException(string connection, string feed) : Exception($"{connection}: the changed {feed} are being read: one reads at a time.");

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChangedCursor))]
internal sealed partial class ChangedJson : JsonSerializerContext;
