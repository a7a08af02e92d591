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
    SourceBinding binding, SourceNumbers numbers, IPEndPoint listens, MllpLimits limits, MllpAccess access, TimeProvider time, ILogger<MllpSource> logger) : ISource, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<MllpConnection, Task> _connections = new();
    private volatile Socket? _listener;
    private IPEndPoint? _address;
    private ListenerTls? _tls;
    private long? _refusalToldAt;
    private long? _strangerToldAt;
    private long? _failureToldAt;

    public string Name => binding.Name;

    public MllpCounters Counters { get; } = new();

    /// <summary>Closes the listener while the node is not ready; connections that are open go on.</summary>
    public Readiness Readiness { get; init; } = new(time, NullLogger<Readiness>.Instance);

    /// <summary>Whether new connections are taken, for people.</summary>
    public string State => _listener is not null ? "listening" : "closed: the node is not ready";

    /// <summary>The certificates in use; null for plain MLLP.</summary>
    public TlsStatus? Tls => _tls?.Status();

    /// <summary>How many connections are open, by their senders' addresses; one that has not named its sender yet is its balancer's.</summary>
    public IReadOnlyDictionary<string, int> Peers =>
        _connections.Keys.GroupBy(connection => connection.Peer.Host, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());

    private string Check => $"listener {Name}";

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
            if (_listener is null)
            {
                _listener = ListenerSocket.Open(listens);
                _address = (IPEndPoint)_listener.LocalEndPoint!;
                Readiness.Report(Check, null, closesListeners: false);
            }

            return _address!;
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
    public async Task RunAsync(IMessageIntake intake, CancellationToken cancellationToken)
    {
        var address = Bind();
        Log.ListeningStarted(logger, Name, address);
        using var abandon = new CancellationTokenSource();
        await using var sweep = time.CreateTimer(_ => CloseOverdue(), null, SweepInterval, SweepInterval);
        try
        {
            while (true)
            {
                await AcceptWhileReadyAsync(_listener!, intake, abandon.Token, cancellationToken);
                _listener = null;
                Log.ListeningPaused(logger, Name, address);
                _listener = await ReopenAsync(address, cancellationToken);
                Log.ListeningStarted(logger, Name, address);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            _listener?.Dispose();
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

    /// <summary>Takes connections until the node is not ready; then the listener is closed, so that who connects is refused at once and turns elsewhere.</summary>
    private async Task AcceptWhileReadyAsync(Socket listener, IMessageIntake intake, CancellationToken abandonToken, CancellationToken cancellationToken)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepting = AcceptAsync(listener, intake, abandonToken, closing.Token);
        await Task.WhenAny(accepting, Readiness.WaitAsync(isOpen: false, closing.Token));
        await closing.CancelAsync();
        try
        {
            await accepting;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TakeConnected(listener, intake, abandonToken);
            listener.Dispose();
        }
    }

    /// <summary>Takes those who had connected before the listener closes, who would see a reset otherwise.</summary>
    private void TakeConnected(Socket listener, IMessageIntake intake, CancellationToken abandonToken)
    {
        try
        {
            while (listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                Take(listener.Accept(), intake, abandonToken);
            }
        }
        catch (SocketException)
        {
            // They gave up meanwhile, or there is no file handle left: they connect again.
        }
    }

    /// <summary>Takes the same port again once the node is ready. That another program has it meanwhile keeps this node from being ready, and no other listener closed.</summary>
    private async Task<Socket> ReopenAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Readiness.WaitAsync(isOpen: true, cancellationToken);
            try
            {
                var listener = ListenerSocket.Open(address);
                Readiness.Report(Check, null, closesListeners: false);
                return listener;
            }
            catch (SocketException exception)
            {
                Readiness.Report(Check, $"can't listen on {address} again: {ListenerSocket.Explain(exception)}", closesListeners: false);
                await Task.Delay(ReopenDelay, time, cancellationToken);
            }
        }
    }

    private async Task AcceptAsync(
        Socket listener, IMessageIntake intake, CancellationToken abandonToken, CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(cancellationToken);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The sender gave up while it waited.
                continue;
            }
            catch (SocketException exception)
            {
                // This process has no file handle left, for one: it may have some again soon.
                if (IsToBeTold(ref _failureToldAt))
                {
                    Log.AcceptFailed(logger, Name, exception.SocketErrorCode);
                }

                await Task.Delay(AcceptRetryDelay, time, cancellationToken);
                continue;
            }

            Take(socket, intake, abandonToken);
        }
    }

    private void Take(Socket socket, IMessageIntake intake, CancellationToken abandonToken)
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
            Serve(socket, intake, abandonToken);
        }
    }

    private void Serve(Socket socket, IMessageIntake intake, CancellationToken abandonToken)
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
        if (IsToBeTold(ref _refusalToldAt))
        {
            Log.ConnectionsRefused(logger, Name, limits.ConnectionsMax);
        }
    }

    private void Refuse(Socket socket, IPEndPoint peer)
    {
        Counters.AddressRefused();
        socket.Dispose();
        if (IsToBeTold(ref _strangerToldAt))
        {
            Log.AddressRefused(logger, Name, access.ProxyProtocol ? nameof(access.ProxyFrom) : nameof(access.AllowFrom), peer);
        }
    }

    /// <summary>Once a minute: a flood of connections must not become a flood of log lines.</summary>
    private bool IsToBeTold(ref long? toldAt)
    {
        var now = time.GetTimestamp();
        if (toldAt is { } before && time.GetElapsedTime(before, now) < WarningInterval)
        {
            return false;
        }

        toldAt = now;
        return true;
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
        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} listens on {Address}")]
        public static partial void ListeningStarted(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} closed its listener on {Address}, for the node takes no new connections; those that are open go on")]
        public static partial void ListeningPaused(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} stopped listening on {Address}")]
        public static partial void ListeningStopped(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} could not accept a connection: {Error}")]
        public static partial void AcceptFailed(ILogger logger, string source, SocketError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections: {ConnectionsMax} are open, which is its limit")]
        public static partial void ConnectionsRefused(ILogger logger, string source, int connectionsMax);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections from addresses that {Setting} does not name, such as {Peer}")]
        public static partial void AddressRefused(ILogger logger, string source, string setting, IPEndPoint peer);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} abandons {Connections} connections whose messages did not finish within {StopTimeout}")]
        public static partial void StopTimedOut(ILogger logger, string source, TimeSpan stopTimeout, int connections);
    }
}
