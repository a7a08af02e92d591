using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Intake;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

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
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<MllpConnection, Task> _connections = new();
    private Socket? _listener;
    private ListenerTls? _tls;
    private long? _refusalToldAt;
    private long? _strangerToldAt;
    private long? _failureToldAt;

    public string Name => binding.Name;

    public MllpCounters Counters { get; } = new();

    /// <summary>The certificates in use; null for plain MLLP.</summary>
    public TlsStatus? Tls => _tls?.Status();

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
            _listener ??= ListenerSocket.Open(listens);
            return (IPEndPoint)_listener.LocalEndPoint!;
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
            await AcceptAsync(_listener!, intake, abandon.Token, cancellationToken);
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

    public void Dispose()
    {
        _listener?.Dispose();
        _tls?.Dispose();
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

            if (socket.RemoteEndPoint is IPEndPoint peer && !access.AllowFrom.Contains(peer.Address))
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
    }

    private void Serve(Socket socket, IMessageIntake intake, CancellationToken abandonToken)
    {
        var connection = new MllpConnection(socket, binding, numbers, limits, _tls, intake, Counters, time, logger);
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
            Log.AddressRefused(logger, Name, peer);
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
            await Task.WhenAll(_connections.Values).WaitAsync(timeout, time);
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

        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} stopped listening on {Address}")]
        public static partial void ListeningStopped(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} could not accept a connection: {Error}")]
        public static partial void AcceptFailed(ILogger logger, string source, SocketError error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections: {ConnectionsMax} are open, which is its limit")]
        public static partial void ConnectionsRefused(ILogger logger, string source, int connectionsMax);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refuses connections from addresses that AllowFrom does not name, such as {Peer}")]
        public static partial void AddressRefused(ILogger logger, string source, IPEndPoint peer);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} abandons {Connections} connections whose messages did not finish within {StopTimeout}")]
        public static partial void StopTimedOut(ILogger logger, string source, TimeSpan stopTimeout, int connections);
    }
}
