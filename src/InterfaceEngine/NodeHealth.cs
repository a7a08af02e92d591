using System.Net;
using InterfaceEngine.Control;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>How this node is: what speaks against new connections, who is told of it, and how it says goodbye.</summary>
internal sealed class NodeHealth : IAsyncDisposable
{
    private const string StoreCheck = "store";

    private readonly HealthOptions _options;
    private readonly HealthServer? _server;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;

    private NodeHealth(HealthOptions options, Readiness readiness, HealthServer? server, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        Readiness = readiness;
        _server = server;
        _time = time;
        _loggers = loggers;
    }

    /// <summary>Whoever knows a reason against new connections reports it here.</summary>
    public Readiness Readiness { get; }

    /// <summary>Where health is answered over HTTP; null for nowhere.</summary>
    public IPEndPoint? Address => _server?.Address;

    public ReadinessStatus Status
    {
        get
        {
            var now = Readiness.Now;
            return new ReadinessStatus(now.State.InWords(), now.Since, [.. now.Checks.Select(check => new ReadinessCheckView(check.Name, check.Problem, check.Since))]);
        }
    }

    /// <summary>Answers from now on; the node is starting until <see cref="Started"/>.</summary>
    /// <exception cref="HealthStartException">The address can't be had.</exception>
    public static async Task<NodeHealth> StartAsync(HealthOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var readiness = new Readiness(time, loggers.CreateLogger<Readiness>());
        var server = options.Listens is { } listens ? await HealthServer.StartAsync(listens, readiness, time, loggers, cancellationToken) : null;
        return new NodeHealth(options, readiness, server, time, loggers);
    }

    /// <summary>The mapping set is loaded, the store open and the listeners are bound.</summary>
    public void Started()
    {
        Readiness.Report(StoreCheck, null);
        Readiness.Started();
    }

    /// <summary>Asks the store whether it answers, until it is cancelled. That it can commit is shown by what <see cref="Nodes.NodeKeeper"/> commits.</summary>
    public Task WatchAsync(IEngineStore store, CancellationToken cancellationToken)
    {
        return new WatchedCheck(StoreCheck, AskAsync, _options.StoreInterval, _options.StoreTimeout, Readiness, _time, _loggers.CreateLogger<WatchedCheck>()).RunAsync(cancellationToken);

        async Task<string?> AskAsync(CancellationToken token)
        {
            try
            {
                await store.ReadAsync(reader => reader.Leases().Count, token);
                return null;
            }
            catch (StoreUnavailableException failure)
            {
                return failure.Message;
            }
        }
    }

    /// <summary>
    /// Closes the listeners, and gives whoever asks for this node's health the time to learn of it, unless what is open ends
    /// before: its senders connect again, and should reach another node then.
    /// </summary>
    /// <param name="ended">Ends when no connection is open any more.</param>
    public async Task DrainAsync(Task ended)
    {
        Readiness.Drain();
        if (_server is not null)
        {
            await Task.WhenAny(ended, Task.Delay(_options.DrainFor, _time));
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
