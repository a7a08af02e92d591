using System.Security.Cryptography;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Nodes;

/// <summary>
/// Keeps this process among those that share the store: enters it before anything is taken or given an id, says again and again
/// that it lives, and leaves at the end. A process of which nothing was heard for too long may lose its place to another; it enters
/// again then, under another number, and takes no new connections meanwhile. What it was doing for a lease or in a run is
/// guarded by those.
/// </summary>
internal sealed partial class NodeKeeper : IAsyncDisposable
{
    private const string Check = "node";

    private readonly INodeStore _nodes;
    private readonly IdSource _ids;
    private readonly NodeOptions _options;
    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeKeeper> _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Signal _due = new();
    private Task _beating = Task.CompletedTask;
    private long _heardAt;
    private bool _hasLeft;

    private NodeKeeper(INodeStore nodes, IdSource ids, NodeIdentity identity, NodeOptions options, Readiness readiness, TimeProvider time, ILogger<NodeKeeper> logger)
    {
        _nodes = nodes;
        _ids = ids;
        _options = options;
        _readiness = readiness;
        _time = time;
        _logger = logger;
        Identity = identity;
    }

    public NodeIdentity Identity { get; }

    /// <summary>The hash of the mapping set it reads by; null before there is one.</summary>
    public Func<string?> MappingSet { get; set; } = () => null;

    /// <summary>Ends when it leaves, or with what keeps it from telling the others that it lives: they take it for dead then.</summary>
    public Task Completion => _beating;

    /// <summary>Enters this process, and keeps it entered from now on.</summary>
    /// <param name="nodes">Where the processes are.</param>
    /// <param name="ids">Gets the process's number, before the first id is asked of it.</param>
    /// <param name="identity">Who it is.</param>
    /// <param name="options">How often it says that it lives.</param>
    /// <param name="readiness">Where it reports that it lost its place, and what it tells the others of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Says when it lost its place.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreOpenException">A live process has the name, or too many are alive.</exception>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public static async Task<NodeKeeper> JoinAsync(
        INodeStore nodes, IdSource ids, NodeIdentity identity, NodeOptions options, Readiness readiness, TimeProvider time, ILogger<NodeKeeper> logger, CancellationToken cancellationToken)
    {
        var keeper = new NodeKeeper(nodes, ids, identity, options, readiness, time, logger);
        try
        {
            await keeper.EnterAsync(identity, cancellationToken);
        }
        catch (NodeTakenException taken)
        {
            throw new StoreOpenException(taken.Message, taken);
        }

        keeper._beating = keeper.BeatAsync();
        return keeper;
    }

    /// <summary>Names this process to the others: no two are the same, not even after a restart.</summary>
    public static string NewOwner() =>
        FormattableString.Invariant($"{Environment.MachineName}/{Environment.ProcessId}/{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>Tells the others before the next time is due, because there is something new to tell. Never waits.</summary>
    public void BeatSoon() => _due.Raise();

    /// <summary>Leaves: its leases are free at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_hasLeft)
        {
            return;
        }

        _hasLeft = true;
        await _ending.CancelAsync();
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _nodes.LeaveAsync(Identity, CancellationToken.None);
        }
        catch (StoreUnavailableException failure)
        {
            // It ends by itself.
            Log.NotLeft(_logger, failure.Message);
        }

        _ending.Dispose();
    }

    private async Task EnterAsync(NodeIdentity identity, CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        _ids.Node = await _nodes.JoinAsync(identity, _options.Life, cancellationToken);
        _heardAt = asked;
        Log.Joined(_logger, Identity.Name, _ids.Node);
    }

    private async Task BeatAsync()
    {
        try
        {
            using var timer = _time.CreateTimer(_ => _due.Raise(), null, _options.BeatEvery, _options.BeatEvery);
            while (true)
            {
                await _due.WaitAsync(_ending.Token);
                _readiness.Report(Check, await TryBeatAsync());
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
    }

    /// <returns>What speaks against new connections; null when nothing does.</returns>
    private async Task<string?> TryBeatAsync()
    {
        var asked = _time.GetTimestamp();
        try
        {
            if (await _nodes.BeatAsync(Identity, Report(), _options.Life, _ending.Token))
            {
                _heardAt = asked;
                return null;
            }

            Log.PlaceLost(_logger, Identity.Name);
            _readiness.Report(Check, "nothing was heard of this node for so long that it lost its place, and it enters again");
            await EnterAsync(Identity with { IsAgain = true }, _ending.Token);
            return null;
        }
        catch (StoreUnavailableException failure)
        {
            Log.NotHeard(_logger, failure.Message);
            return _time.GetElapsedTime(_heardAt) < _options.Life ? null : "the store could not be told for so long that this node lives that the others take it for dead";
        }
        catch (NodeTakenException taken)
        {
            Log.PlaceTaken(_logger, taken.Message);
            return taken.Message;
        }
    }

    /// <summary>What speaks against new connections beside this.</summary>
    private NodeReport Report()
    {
        var now = _readiness.Now;
        var problem = now.Checks.FirstOrDefault(check => check is { IsFine: false, Effect: ReadinessEffect.ClosesListeners } && check.Name != Check);
        return new NodeReport(MappingSet(), now.State == ReadinessState.Draining ? "draining" : problem is null ? null : $"{problem.Name}: {problem.Problem}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "This is node {Name}, and its ids carry number {Number}", EventName = "NodeJoined")]
        public static partial void Joined(ILogger logger, string name, int number);

        [LoggerMessage(2, LogLevel.Error, "Nothing was heard of this node {Name} for so long that it lost its place among the nodes; it enters again", EventName = "NodePlaceLost")]
        public static partial void PlaceLost(ILogger logger, string name);

        [LoggerMessage(3, LogLevel.Warning, "The store could not be told that this node lives and is told again: {Reason}", EventName = "NodeNotHeard")]
        public static partial void NotHeard(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Error, "This node can't enter again and tries again: {Reason}", EventName = "NodePlaceTaken")]
        public static partial void PlaceTaken(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Warning, "The store could not be told that this node ends; the others notice by themselves: {Reason}", EventName = "NodeNotLeft")]
        public static partial void NotLeft(ILogger logger, string reason);
    }
}
