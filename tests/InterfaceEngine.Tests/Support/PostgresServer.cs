using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using Npgsql;

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
    private readonly Lazy<Task<string>> _template;

    private PostgresServer(PostgresNode node)
    {
        _node = node;
        _template = new(MakeTemplateAsync);
    }

    public int Port => _node.Port;

    /// <summary>The server that all tests share, each with a database of its own.</summary>
    public static Task<PostgresServer> SharedAsync() => _shared.Value;

    /// <remarks>Without its own cleaning up, which would hold a table just when a test is about what can be locked within milliseconds.</remarks>
    public static async Task<PostgresServer> StartAsync() =>
        new(await NewNodeAsync("max_connections=200", "shared_buffers=64MB", "wal_level=logical", "autovacuum=off"));

    /// <summary>A server of a test's own, in a temporary folder.</summary>
    /// <param name="options">As <c>postgres -c</c> takes them, e.g. <c>max_connections=5</c>.</param>
    public static Task<PostgresNode> NewNodeAsync(params string[] options) => PostgresNode.StartNewAsync(null, options);

    /// <summary>Makes an empty database and tells how to reach it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await _node.AskAsync($"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>Makes a database that has its tables already, which is much quicker than making them. It has no key yet: the first to open it makes one.</summary>
    /// <returns>How it is reached.</returns>
    public async Task<string> NewStoreAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await _node.AskAsync($"CREATE DATABASE {name} TEMPLATE {await _template.Value}");
        return Address(name);
    }

    public Task DropAsync(string address) => _node.AskAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(address).Database} WITH (FORCE)");

    public string Address(string database) => _node.Address(database);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task<string> MakeTemplateAsync()
    {
        const string Name = "engine_template";
        await _node.AskAsync($"CREATE DATABASE {Name}");
        await FillTemplateAsync(Name);

        // Whoever is still connected keeps a database from being copied, and the server sees a moment later that one has gone.
        await RunningEngine.UntilAsync(async () => await _node.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{Name}'") is 0L);
        return Name;
    }

    private async Task FillTemplateAsync(string name)
    {
        await using var source = NpgsqlDataSource.Create($"{Address(name)};Pooling=false");
        await using var connection = await source.OpenConnectionAsync();
        (await PostgresSchema.OpenAsync(connection, name, _ => StoreFolder.Key, now: 0, default)).Dispose();
        await using var forget = new NpgsqlCommand("DELETE FROM practice_keys", connection);
        await forget.ExecuteNonQueryAsync();
    }
}
