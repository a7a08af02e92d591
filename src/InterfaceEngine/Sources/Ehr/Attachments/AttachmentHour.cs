using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.Attachments;

/// <summary>The bytes of contents that were fetched over a connection in the hour that runs, by the store's clock: one count for all nodes, which a restart does not forget.</summary>
internal sealed class AttachmentHour(IConnectionStore store, ConnectionOptions connection)
{
    private const long Milliseconds = 3_600_000;

    private readonly ConnectionKey _key = new(connection.Practice, connection.Id, "attachments hour", "");

    /// <summary>Whether more may be fetched now.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task<bool> HasBytesLeftAsync(CancellationToken cancellationToken) => Of(await store.FindAsync(_key, cancellationToken)).Bytes < connection.Attachments.BytesPerHour;

    /// <summary>Counts what was fetched.</summary>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async Task AddAsync(long bytes, CancellationToken cancellationToken)
    {
        ConnectionDocument kept;
        FetchedBytes now;
        do
        {
            kept = await store.FindAsync(_key, cancellationToken);
            now = Of(kept);
        }
        while (!await store.WriteAsync([new ConnectionWrite(_key, kept.Version, (now with { Bytes = now.Bytes + bytes }).ToJson())], cancellationToken));
    }

    /// <summary>Of the hour that runs: it begins with its first content.</summary>
    private static FetchedBytes Of(ConnectionDocument kept) =>
        kept.Version > 0 && FetchedBytes.Parse(kept.Content) is var known && kept.Now >= known.Since && kept.Now - known.Since < Milliseconds ? known : new FetchedBytes(kept.Now, 0);
}

/// <param name="Since">When the hour began, UTC milliseconds by the store's clock.</param>
/// <param name="Bytes">What was fetched since.</param>
internal sealed record FetchedBytes(long Since, long Bytes)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AttachmentJson.Default.FetchedBytes);

    public static FetchedBytes Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, AttachmentJson.Default.FetchedBytes)!;
}
