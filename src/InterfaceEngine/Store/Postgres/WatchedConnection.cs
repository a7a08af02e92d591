using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// A connection that commits, and hears when a commit that waited for its replica was told not to wait any more: PostgreSQL calls
/// that a success with a warning, but the commit is on one machine only, and would be lost with it.
/// </summary>
internal sealed class WatchedConnection : IAsyncDisposable
{
    private volatile bool _isOnlyHere;

    private WatchedConnection(NpgsqlConnection inner)
    {
        Inner = inner;
        inner.Notice += Hear;
    }

    public NpgsqlConnection Inner { get; }

    public static async Task<WatchedConnection> OpenAsync(NpgsqlDataSource source) => new(await source.OpenConnectionAsync());

    /// <exception cref="NotReplicatedException">It is.</exception>
    public void ThrowIfOnlyHere()
    {
        if (_isOnlyHere)
        {
            throw new NotReplicatedException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Inner.Notice -= Hear;
        await Inner.DisposeAsync();
    }

    private void Hear(object sender, NpgsqlNoticeEventArgs told)
    {
        if (told.Notice is { SqlState: "01000", InvariantSeverity: "WARNING" })
        {
            _isOnlyHere = true;
        }
    }
}

/// <summary>What was committed is not on the replica that it has to be on: nothing may be promised of it.</summary>
internal sealed class NotReplicatedException() : NpgsqlException("The commit was not waited for until its replica had it.");
