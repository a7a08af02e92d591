using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Cli.Servers;

/// <summary>The pair of servers does to its clients what a real one does, so that what tests prove with it is so.</summary>
public sealed class PostgresPairTests
{
    [RequiresProgramFact(PostgresNode.Program)]
    public async Task What_a_synchronous_pair_committed_is_on_the_replica_when_the_primary_is_killed_at_once()
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: true);
        await using var client = NpgsqlDataSource.Create(await pair.NewDatabaseAsync());
        await RunAsync(client, "CREATE TABLE kept (number int)");
        for (var number = 1; number <= 20; number++)
        {
            await RunAsync(client, $"INSERT INTO kept VALUES ({number})");
        }

        await pair.Primary.KillAsync();
        await pair.PromoteAsync();

        await RunningEngine.UntilAsync(async () => await CountAsync(client) == 20);
        await RunAsync(client, "INSERT INTO kept VALUES (21)");
        (await CountAsync(client)).Should().Be(21, "the client found the new primary by itself");
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task What_an_asynchronous_replica_had_not_received_is_lost_with_the_primary()
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: false);
        await using var client = NpgsqlDataSource.Create(await pair.NewDatabaseAsync());
        await RunAsync(client, "CREATE TABLE kept (number int)");
        await RunAsync(client, "INSERT INTO kept VALUES (1)");
        await RunningEngine.UntilAsync(async () => await pair.Primary.AskAsync("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()") is 1L);
        await pair.Replica.StopAsync();
        await RunAsync(client, "INSERT INTO kept VALUES (2)");

        await pair.Primary.KillAsync();
        await pair.Replica.StartAsync();
        await pair.PromoteAsync();

        await RunningEngine.UntilAsync(async () => await CountAsync(client) is not null);
        (await CountAsync(client)).Should().Be(1);
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_synchronous_primary_whose_replica_is_gone_commits_nothing_until_it_is_back()
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: true);
        await using var client = NpgsqlDataSource.Create(await pair.NewDatabaseAsync());
        await RunAsync(client, "CREATE TABLE kept (number int)");
        await pair.Replica.KillAsync();

        var committing = RunAsync(client, "INSERT INTO kept VALUES (1)");
        await RunningEngine.UntilAsync(async () => await pair.Primary.AskAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") is 1L);
        committing.IsCompleted.Should().BeFalse();
        await pair.Replica.StartAsync();

        await committing.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_killed_primary_comes_back_with_what_it_committed_and_its_port()
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: true);
        await using var client = NpgsqlDataSource.Create(await pair.NewDatabaseAsync());
        await RunAsync(client, "CREATE TABLE kept (number int)");
        await RunAsync(client, "INSERT INTO kept VALUES (1)");
        var port = pair.Primary.Port;

        await pair.Primary.KillAsync();
        (await CountAsync(client)).Should().BeNull("a replica alone takes no client that asks for a primary");
        await pair.Primary.StartAsync();

        await RunningEngine.UntilAsync(async () => await CountAsync(client) == 1);
        pair.Primary.Port.Should().Be(port);
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task After_a_promotion_there_can_be_two_again()
    {
        await using var pair = await PostgresPair.StartAsync(isSynchronous: true);
        await pair.NewDatabaseAsync();
        await pair.Primary.StopAsync();
        await pair.PromoteAsync();

        await pair.ReplaceReplicaAsync();

        await using var client = NpgsqlDataSource.Create(PostgresNode.Address("engine", pair.Replica, pair.Primary));
        await RunAsync(client, "CREATE TABLE kept AS SELECT 1 AS number");
        await pair.Primary.KillAsync();
        await pair.PromoteAsync();
        await RunningEngine.UntilAsync(async () => await CountAsync(client) == 1);
    }

    [RequiresProgramFact(PostgresNode.Program)]
    public async Task A_server_whose_tests_are_gone_ends_and_leaves_nothing()
    {
        var node = await PostgresServer.NewNodeAsync();

        await node.ForsakeAsync();

        Directory.Exists(node.Folder).Should().BeFalse();
        await node.Awaiting(one => one.AskAsync("SELECT 1")).Should().ThrowAsync<NpgsqlException>();
        await node.DisposeAsync();
    }

    private static async Task RunAsync(NpgsqlDataSource client, string sql)
    {
        await using var command = client.CreateCommand(sql);

        // A commit may wait for a replica that is only starting.
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Null while there is no primary.</summary>
    private static async Task<long?> CountAsync(NpgsqlDataSource client)
    {
        try
        {
            await using var command = client.CreateCommand("SELECT count(*) FROM kept");
            return (long?)await command.ExecuteScalarAsync();
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
