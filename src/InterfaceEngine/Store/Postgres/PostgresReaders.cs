using System.Data;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>Questions, each in a read transaction that sees one moment.</summary>
internal sealed class PostgresReaders(NpgsqlDataSource source, KeyRing keys, StoreOptions options, int most) : IStoreReaders, IDisposable
{
    private readonly SemaphoreSlim _room = new(most);
    private readonly VerifiedChains _verified = new();

    /// <summary>As many connections as may be read on at once; loads share them, so that some are left for the writer.</summary>
    public SemaphoreSlim Room => _room;

    public async ValueTask<T> ReadAsync<TState, T>(TState state, Func<StoreReader, TState, T> question, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            using var database = new PostgresDatabase(await source.OpenConnectionAsync(cancellationToken));
            await using var transaction = await database.Connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            return await Task.Run(() => question(new StoreReader(database, keys, options) { Verified = _verified }, state), CancellationToken.None);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw new StoreUnavailableException($"The store can't be read: {failure.InWords()}.", failure);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();
}
