namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A real PostgreSQL server (<see cref="PostgresNode"/>) with a database for each test. Started once for all tests that ask for
/// it, and stopped by its guard when the test process ends, which has no time to clean up by itself.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <inheritdoc cref="PostgresNode.Program"/>
    public const string Program = PostgresNode.Program;

    private static readonly Lazy<Task<PostgresServer>> _shared = new(StartAsync);
    private static int _databases;

    private readonly PostgresNode _node;

    private PostgresServer(PostgresNode node) => _node = node;

    public int Port => _node.Port;

    /// <summary>The server that all tests share, each with a database of its own.</summary>
    public static Task<PostgresServer> SharedAsync() => _shared.Value;

    public static async Task<PostgresServer> StartAsync() =>
        new(await PostgresNode.StartNewAsync("max_connections=200", "shared_buffers=64MB", "wal_level=logical"));

    /// <summary>Makes an empty database and tells how to reach it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await _node.AskAsync($"CREATE DATABASE {name}");
        return Address(name);
    }

    public string Address(string database) => _node.Address(database);

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
