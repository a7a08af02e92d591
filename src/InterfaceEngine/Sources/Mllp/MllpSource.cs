using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// One MLLP listener. Every connection runs on its own task and has one message in flight, so replies come in the
/// order of the messages, and a sender that pipelines an A04 and its A08 gets them applied in that order. What it
/// sends ahead waits in the socket, whose buffer is the back-pressure.
/// </summary>
internal sealed partial class MllpSource(
    SourceBinding binding, IMessageIntake intake, SourceNumbers numbers, IPEndPoint listens, MllpLimits limits, MllpAccess access, TimeProvider time, ILogger<MllpSource> logger) : ISource, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<MllpConnection, Task> _connections = new();
    private readonly OnceAMinute _refusals = new(time);
    private readonly OnceAMinute _strangers = new(time);
    private MllpListener? _listener;
    private ListenerTls? _tls;

    public string Name => binding.Name;

    public MllpCounters Counters { get; } = new();

    /// <summary>Closes the listener while the node is not ready; connections that are open go on.</summary>
    public Readiness Readiness { get; init; } = new(time, NullLogger<Readiness>.Instance);

    /// <summary>Whether new connections are taken, for people.</summary>
    public string State => _listener is { IsOpen: true } ? "listening" : "closed: the node is not ready";

    /// <summary>The certificates in use; null for plain MLLP.</summary>
    public TlsStatus? Tls => _tls?.Status();

    /// <summary>How many connections are open, by their senders' addresses; one that has not named its sender yet is its balancer's.</summary>
    public IReadOnlyDictionary<string, int> Peers =>
        _connections.Keys.GroupBy(connection => connection.Peer.Host, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>
    /// Takes the port, so that senders can connect; they are served once <see cref="RunAsync"/> runs, which calls
    /// this itself if nobody did.
    /// </summary>
    /// <returns>The address, with the port that was taken where settings say 0.</returns>
    /// <exception cref="SourceStartException">The address can't be had, or a certificate can't be used.</exception>
    public IPEndPoint Bind()
    {
        try
        {
            _tls ??= access.Tls is { } options ? new ListenerTls(Name, options, time, logger) : null;
            _listener ??= new MllpListener(Name, listens, Readiness, time, logger);
            return _listener.Bind();
        }
        catch (SocketException exception)
        {
            throw new SourceStartException(
                $"source '{Name}' can't listen on {listens}: {ListenerSocket.Explain(exception)}", exception);
        }
        catch (CertificateException exception)
        {
            throw new SourceStartException($"source '{Name}' can't speak TLS: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Stopping takes at most <see cref="MllpLimits.StopTimeout"/> and a second.</remarks>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var address = Bind();
        using var abandon = new CancellationTokenSource();
        await using var sweep = time.CreateTimer(_ => CloseOverdue(), null, SweepInterval, SweepInterval);
        try
        {
            await _listener!.RunAsync(socket => Take(socket, abandon.Token), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            _listener!.Dispose();
            await StopAsync(abandon);
            _tls?.Dispose();
            Log.ListeningStopped(logger, Name, address);
        }
    }

    /// <summary>Ends when the connections that are open now have ended.</summary>
    public Task ConnectionsEndedAsync() => Task.WhenAll(_connections.Values);

    public void Dispose()
    {
        _listener?.Dispose();
        _tls?.Dispose();
    }

    private void Take(Socket socket, CancellationToken abandonToken)
    {
        if (socket.RemoteEndPoint is IPEndPoint peer && !access.MayConnect(peer.Address))
        {
            Refuse(socket, peer);
        }
        else if (_connections.Count >= limits.ConnectionsMax)
        {
            Refuse(socket);
        }
        else
        {
            Serve(socket, abandonToken);
        }
    }

    private void Serve(Socket socket, CancellationToken abandonToken)
    {
        var connection = new MllpConnection(socket, binding, numbers, limits, access, _tls, intake, Counters, time, logger);
        Counters.Opened();
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = served.Task;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await connection.RunAsync(abandonToken);
                }
                finally
                {
                    _connections.TryRemove(connection, out _);
                    Counters.Closed();
                    served.SetResult();
                }
            },
            CancellationToken.None);
    }

    private void Refuse(Socket socket)
    {
        // Counted first: whoever sees the connection closed finds it in the counters.
        Counters.Refused();
        socket.Dispose();
        if (_refusals.IsDue())
        {
            Log.ConnectionsRefused(logger, Name, limits.ConnectionsMax);
        }
    }

    private void Refuse(Socket socket, IPEndPoint peer)
    {
        Counters.AddressRefused();
        socket.Dispose();
        if (_strangers.IsDue())
        {
            Log.AddressRefused(logger, Name, access.ProxyProtocol ? nameof(access.ProxyFrom) : nameof(access.AllowFrom), peer);
        }
    }

    private void CloseOverdue()
    {
        var now = time.GetTimestamp();
        foreach (var (connection, _) in _connections)
        {
            connection.CloseIfOverdue(now);
        }
    }

    private async Task StopAsync(CancellationTokenSource abandon)
    {
        // All of them before one is closed, so that who sees one closed can know that the others take nothing more either.
        foreach (var (connection, _) in _connections)
        {
            connection.TakeNoMore();
        }

        foreach (var (connection, _) in _connections)
        {
            connection.Stop();
        }

        if (!await EndedWithinAsync(limits.StopTimeout))
        {
            Log.StopTimedOut(logger, Name, limits.StopTimeout, _connections.Count);
            await abandon.CancelAsync();
            foreach (var (connection, _) in _connections)
            {
                connection.Dispose();
            }

            await EndedWithinAsync(AbandonTimeout);
        }
    }

    private async Task<bool> EndedWithinAsync(TimeSpan timeout)
    {
        try
        {
            await ConnectionsEndedAsync().WaitAsync(timeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} stopped listening on {Address}")]
        public static partial void ListeningStopped(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections: {ConnectionsMax} are open, which is its limit")]
        public static partial void ConnectionsRefused(ILogger logger, string source, int connectionsMax);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections from addresses that {Setting} does not name, such as {Peer}")]
        public static partial void AddressRefused(ILogger logger, string source, string setting, IPEndPoint peer);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} abandons {Connections} connections whose messages did not finish within {StopTimeout}")]
        public static partial void StopTimedOut(ILogger logger, string source, TimeSpan stopTimeout, int connections);
    }
}
