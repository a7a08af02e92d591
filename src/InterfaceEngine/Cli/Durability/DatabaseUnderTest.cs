using InterfaceEngine.Cli.Servers;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// The check's own PostgreSQL, which syncs to its disk as a customer's does. Where its primary is to be killed it has a
/// synchronous replica: what is acknowledged is on both.
/// </summary>
internal sealed class DatabaseUnderTest : IAsyncDisposable
{
    private const string Name = "engine";

    private readonly PostgresNode? _alone;
    private readonly PostgresPair? _pair;

    private DatabaseUnderTest(PostgresNode? alone, PostgresPair? pair, string connection)
    {
        (_alone, _pair) = (alone, pair);
        Connection = connection;
    }

    /// <summary>How it is reached, whichever server is the primary.</summary>
    public string Connection { get; }

    private PostgresNode Primary => _pair?.Primary ?? _alone!;

    /// <summary>Makes a server, or two, with an empty database.</summary>
    /// <param name="root">The check's folder. It is opened for passing through, since the server may run as another user.</param>
    /// <param name="hasReplica">With a synchronous replica.</param>
    /// <param name="nodes">How many engines will connect.</param>
    /// <exception cref="CommandFailedException">There is no PostgreSQL here, or it does not start.</exception>
    public static async Task<DatabaseUnderTest> StartAsync(string root, bool hasReplica, int nodes)
    {
        const int ConnectionsOfNode = 20;
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        try
        {
            var connections = $"max_connections={ConnectionsOfNode * (nodes + 1)}";
            if (hasReplica)
            {
                var pair = await PostgresPair.StartAsync(isSynchronous: true, folder: root, options: connections);
                return new DatabaseUnderTest(null, pair, await pair.NewDatabaseAsync(Name));
            }

            var alone = await PostgresNode.StartNewAsync(Path.Combine(root, "first"), [connections, "shared_buffers=32MB"]);
            await alone.AskAsync($"CREATE DATABASE {Name}");
            return new DatabaseUnderTest(alone, null, alone.Address(Name));
        }
        catch (ServerFailedException failure)
        {
            throw new CommandFailedException(
                $"The check needs a PostgreSQL server of its own, 15 or later, and could not start one (Debian: apt-get install postgresql): {failure.Message.Trim()}");
        }
    }

    /// <summary>Stops the primary at once and without a checkpoint; its clients are told.</summary>
    public Task StopAsync() => Primary.StopAsync();

    public Task StartAgainAsync() => Primary.StartAsync();

    public Task KillPrimaryAsync() => Primary.KillAsync();

    /// <summary>Makes the replica the primary, which takes writes at once; then a new replica in the place of the former primary.</summary>
    public async Task FailOverAsync()
    {
        await _pair!.PromoteAsync();
        await _pair.ReplaceReplicaAsync();
    }

    public ValueTask DisposeAsync() => _pair?.DisposeAsync() ?? _alone!.DisposeAsync();
}
