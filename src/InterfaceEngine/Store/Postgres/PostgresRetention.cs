using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>The months' parts of a PostgreSQL store.</summary>
internal sealed class PostgresRetention(NpgsqlDataSource source, TimeProvider time) : IRetentionStore
{
    private const int AttemptsMax = 20;

    public async Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await new Partitions(connection).MakeAheadAsync(time.GetUtcNow(), AttemptsMax, cancellationToken);
        }
        catch (Exception failure) when (failure.IsOfTheServer() || failure is PostgresException)
        {
            throw new StoreUnavailableException($"The months ahead can't be made ready: {failure.InWords()}.", failure);
        }
    }
}
