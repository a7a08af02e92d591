using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Protection;

namespace InterfaceEngine.Store.Sql;

/// <summary>What connections remember: read on a reading connection, written through the writer.</summary>
internal sealed class SqlConnections(IStoreWriter writer, IStoreReaders readers, KeyRing keys) : IConnectionStore
{
    private const int NameLengthMax = 200;

    public Task<ConnectionDocument> FindAsync(ConnectionKey key, CancellationToken cancellationToken) =>
        readers.ReadAsync(key, static (reader, key) => reader.Connection(key), cancellationToken).AsTask();

    public async Task<bool> WriteAsync(IReadOnlyList<ConnectionWrite> writes, CancellationToken cancellationToken)
    {
        // Nodes that write the same documents take their locks in one order.
        var rows = new List<SealedConnectionWrite>(writes.Count);
        foreach (var write in writes.OrderBy(write => write.Key.Practice, StringComparer.Ordinal).ThenBy(write => write.Key.Connection, StringComparer.Ordinal)
            .ThenBy(write => write.Key.Kind, StringComparer.Ordinal).ThenBy(write => write.Key.Name, StringComparer.Ordinal))
        {
            rows.Add(await SealAsync(write, cancellationToken));
        }

        var job = new ConnectionJob(rows);
        return await writer.RunAsync(job, cancellationToken);
    }

    public Task<IReadOnlyList<ConnectionDocument>> ListAsync(string practice, string connection, string kind, string after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            (Key: new ConnectionKey(practice, connection, kind, after), limit), static (reader, asked) => reader.Connections(asked.Key, asked.limit), cancellationToken).AsTask();

    public Task<IReadOnlyList<ConnectionDocument>> DueAsync(string kind, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync((kind, limit), static (reader, asked) => reader.ConnectionsDue(asked.kind, asked.limit), cancellationToken).AsTask();

    public Task<int> DropAsync(string kind, long writtenBefore, int limit, CancellationToken cancellationToken) =>
        writer.RunAsync(session => session.Connections.Drop(kind, writtenBefore, limit), cancellationToken);

    /// <summary>Its place stands for the row: content that was copied to another name, connection or version does not open.</summary>
    internal static RowIdentity Identity(ConnectionKey key, long version)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Practice}\n{key.Connection}\n{key.Kind}\n{key.Name}"));
        return new RowIdentity(SealedKind.Connection, BinaryPrimitives.ReadInt64BigEndian(hash), version);
    }

    private async ValueTask<SealedConnectionWrite> SealAsync(ConnectionWrite write, CancellationToken cancellationToken)
    {
        var key = write.Key;
        if (key.Name.Length > NameLengthMax)
        {
            throw new ArgumentException($"A name of {key.Name.Length} characters is too long: {NameLengthMax} at most.", nameof(write));
        }

        if (write.Content is not { } content)
        {
            return new SealedConnectionWrite(key, write.Version, null, 0, null);
        }

        var current = (await keys.GetAsync(key.Practice, writer, cancellationToken)).Current;
        return new SealedConnectionWrite(key, write.Version, write.DueIn, current.Version, current.Seal(Identity(key, write.Version + 1), content.Span));
    }
}

/// <summary>Documents that are written together.</summary>
internal sealed class ConnectionJob(IReadOnlyList<SealedConnectionWrite> writes) : WriterJob<bool>
{
    public override int Size => writes.Sum(write => write.Content?.Length ?? 0);

    public override bool Run(WriterSession session) => Result = session.Connections.Write(writes);
}
