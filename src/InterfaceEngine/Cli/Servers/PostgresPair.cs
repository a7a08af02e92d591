using System.Diagnostics;

namespace InterfaceEngine.Cli.Servers;

/// <summary>
/// Two real PostgreSQL servers, a primary and a replica that follows it, to see what happens when the primary is gone:
/// <c>await pair.Primary.KillAsync(); await pair.PromoteAsync();</c>
/// </summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private const string ReplicaName = "replica";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _askInterval = TimeSpan.FromMilliseconds(20);

    private readonly bool _isSynchronous;

    private PostgresPair(PostgresNode primary, PostgresNode replica, bool isSynchronous) => (Primary, Replica, _isSynchronous) = (primary, replica, isSynchronous);

    /// <summary>Takes writes, unless it was killed or stopped.</summary>
    public PostgresNode Primary { get; private set; }

    /// <summary>Follows the primary; after <see cref="PromoteAsync"/> the one that was the primary, as it was left.</summary>
    public PostgresNode Replica { get; private set; }

    /// <param name="isSynchronous">Whether a commit waits until it is on the replica's disk as well.</param>
    /// <param name="syncsDisk">False for tests that need many servers and no promise; the engine refuses such a server.</param>
    /// <param name="folder">A folder to make theirs in; null takes temporary ones.</param>
    /// <param name="options">More, as <c>postgres -c</c> takes them.</param>
    /// <exception cref="ServerFailedException">One can't be made or does not start.</exception>
    public static async Task<PostgresPair> StartAsync(bool isSynchronous, bool syncsDisk = true, string? folder = null, params string[] options)
    {
        var primary = await PostgresNode.StartNewAsync(
            In(folder, "first"), ["max_connections=100", "shared_buffers=32MB", "wal_level=logical", $"fsync={(syncsDisk ? "on" : "off")}", .. options]);
        try
        {
            var pair = new PostgresPair(primary, await PostgresNode.StartReplicaAsync(primary, ReplicaName, In(folder, "second")), isSynchronous);
            await pair.FollowAsync();
            return pair;
        }
        catch
        {
            await primary.DisposeAsync();
            throw;
        }
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
    /// <remarks>In the same place and on the same port, so that clients find it there.</remarks>
    public async Task ReplaceReplicaAsync()
    {
        await Replica.DisposeAsync();
        Replica = await PostgresNode.StartReplicaAsync(Primary, ReplicaName, Replica.Folder, Replica.Port);
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

    private async Task UntilAsync(string isSo)
    {
        for (var patience = Stopwatch.StartNew(); await Primary.AskAsync($"SELECT count(*) FROM pg_stat_replication WHERE application_name = '{ReplicaName}' AND {isSo}") is not 1L;)
        {
            if (patience.Elapsed > _patience)
            {
                throw new ServerFailedException($"the replica does not follow its primary after {_patience}: not {isSo}");
            }

            await Task.Delay(_askInterval);
        }
    }

    private static string? In(string? folder, string name) => folder is null ? null : Path.Combine(folder, name);
}
