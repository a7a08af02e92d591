using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace InterfaceEngine.Tests;

/// <summary>What a node says while its database is gone, or does not answer: a real PostgreSQL, killed and locked.</summary>
public sealed class NodeHealthTests
{
    private static readonly HealthOptions _impatient = new() { StoreInterval = TimeSpan.FromMilliseconds(100), StoreTimeout = TimeSpan.FromSeconds(1) };

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_node_whose_database_is_killed_is_not_ready_until_it_is_back()
    {
        await using var server = await PostgresServer.NewNodeAsync();
        await using var node = await Node.StartAsync(server);

        await server.KillAsync();
        await node.UntilAsync(ReadinessState.NotReady);
        await Soon.HoldsAsync(() => node.Problem.Should().MatchRegex("^(The store can.t be read: PostgreSQL |no answer for 1 seconds)"));
        await server.StartAsync();

        await node.UntilAsync(ReadinessState.Ready);
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_node_whose_database_does_not_answer_in_time_is_not_ready_until_it_does_and_says_so_without_waiting_for_it()
    {
        await using var server = await PostgresServer.NewNodeAsync();
        await using var node = await Node.StartAsync(server);
        await using var locking = NpgsqlDataSource.Create(server.Address("postgres"));
        await using var connection = await locking.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE leases", connection, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        await node.UntilAsync(ReadinessState.NotReady);
        await Soon.HoldsAsync(() => node.Problem.Should().Be("no answer for 1 seconds"));
        await transaction.RollbackAsync();

        await node.UntilAsync(ReadinessState.Ready);
    }

    /// <summary>A store on a server, and the node's look at it.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly PostgresStore _store;
        private readonly NodeHealth _health;
        private readonly Task _watching;

        private Node(PostgresStore store, NodeHealth health)
        {
            _store = store;
            _health = health;
            _health.Started();
            _watching = health.WatchAsync(store, _stop.Token);
        }

        public string? Problem => _health.Readiness.Now.Checks.Single(check => check.Name == "store").Problem;

        public static async Task<Node> StartAsync(PostgresNode server)
        {
            var options = new StoreOptions { Connection = server.Address("postgres"), LockTimeout = TimeSpan.FromMinutes(5), StatementTimeout = TimeSpan.FromMinutes(5) };
            var store = await PostgresStore.OpenAsync(options, _ => StoreFolder.Key, new IdSource(TimeProvider.System, Random.Shared), TimeProvider.System, default);
            return new Node(store, await NodeHealth.StartAsync(_impatient, NullLoggerFactory.Instance, TimeProvider.System, default));
        }

        public Task UntilAsync(ReadinessState state) => RunningEngine.UntilAsync(() => Task.FromResult(_health.Readiness.Now.State == state));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAny(_watching);
            await _health.DisposeAsync();
            await _store.DisposeAsync();
            _stop.Dispose();
        }
    }
}
