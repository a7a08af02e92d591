namespace InterfaceEngine.Tests.Support;

/// <summary>
/// Two real PostgreSQL servers, a primary and a replica that follows it, for tests of what happens when the primary is gone:
/// <c>await pair.Primary.KillAsync(); await pair.PromoteAsync();</c>
/// </summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private const string ReplicaName = "replica";

    private readonly bool _isSynchronous;

    private PostgresPair(PostgresNode primary, PostgresNode replica, bool isSynchronous) => (Primary, Replica, _isSynchronous) = (primary, replica, isSynchronous);

    /// <summary>Takes writes, unless it was killed or stopped.</summary>
    public PostgresNode Primary { get; private set; }

    /// <summary>Follows the primary; after <see cref="PromoteAsync"/> the one that was the primary, as it was left.</summary>
    public PostgresNode Replica { get; private set; }

    /// <param name="isSynchronous">Whether a commit waits until it is on the replica's disk as well.</param>
    /// <param name="syncsDisk">False for tests that need many servers and no promise; the engine refuses such a server.</param>
    public static async Task<PostgresPair> StartAsync(bool isSynchronous, bool syncsDisk = true)
    {
        var primary = await PostgresNode.StartNewAsync("max_connections=100", "shared_buffers=32MB", "wal_level=logical", $"fsync={(syncsDisk ? "on" : "off")}");
        var pair = new PostgresPair(primary, await PostgresNode.StartReplicaAsync(primary, ReplicaName), isSynchronous);
        await pair.FollowAsync();
        return pair;
    }

    /// <summary>Makes an empty database and tells how it is reached on whichever server is the primary.</summary>
    public async Task<string> NewDatabaseAsync(string name = "engine")
    {
        await Primary.AskAsync($"CREATE DATABASE {name}");
        return PostgresNode.Address(name, Primary, Replica);
    }

    /// <summary>
    /// Makes the replica the primary, as a person or a supervisor does once the former one is gone for certain. It waits for no
    /// replica of its own: there is none.
    /// </summary>
    public async Task PromoteAsync()
    {
        await Replica.PromoteAsync();
        (Primary, Replica) = (Replica, Primary);
    }

    /// <summary>Throws the other server's data away and has it follow the primary from a new copy, so that there are two again.</summary>
    /// <remarks>It comes back on another port: clients that know both find the primary, and reach nothing at the old one.</remarks>
    public async Task ReplaceReplicaAsync()
    {
        await Replica.DisposeAsync();
        Replica = await PostgresNode.StartReplicaAsync(Primary, ReplicaName);
        await FollowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }

    /// <summary>Ends when the replica follows. Only then may commits wait for it, or none would ever end.</summary>
    private async Task FollowAsync()
    {
        await UntilAsync("state = 'streaming'");
        await Primary.AskAsync($"ALTER SYSTEM SET synchronous_standby_names = '{(_isSynchronous ? ReplicaName : "")}'");
        await Primary.AskAsync("SELECT pg_reload_conf()");
        await UntilAsync(_isSynchronous ? "sync_state = 'sync'" : "sync_state = 'async'");
    }

    private Task UntilAsync(string isSo) => RunningEngine.UntilAsync(async () =>
        await Primary.AskAsync($"SELECT count(*) FROM pg_stat_replication WHERE application_name = '{ReplicaName}' AND {isSo}") is 1L);
}
