using System.Data;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>Questions, each in a read transaction that sees one moment.</summary>
internal sealed class PostgresReaders(NpgsqlDataSource source, KeyRing keys, StoreOptions options, int most) : IStoreReaders, IAsyncDisposable
{
    private readonly VerifiedChains _verified = new();

    /// <summary>Loads share it.</summary>
    public ReadingRoom Room { get; } = new(most);

    public async ValueTask<T> ReadAsync<TState, T>(TState state, Func<StoreReader, TState, T> question, CancellationToken cancellationToken)
    {
        await Room.EnterAsync(cancellationToken);
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
            Room.Leave();
        }
    }

    public ValueTask DisposeAsync() => Room.DisposeAsync();
}
