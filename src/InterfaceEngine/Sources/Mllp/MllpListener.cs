using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Health;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// The listening socket of a source. It is open while the node is ready and closed while it is not, so that who connects is
/// refused at once and turns elsewhere; then it takes the same port again.
/// </summary>
internal sealed partial class MllpListener(string source, IPEndPoint listens, Readiness readiness, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromSeconds(1);

    private readonly string _check = $"listener {source}";
    private readonly OnceAMinute _failures = new(time);
    private volatile Socket? _socket;
    private IPEndPoint? _address;

    public bool IsOpen => _socket is not null;

    /// <summary>Takes the port; who connects waits until <see cref="RunAsync"/> runs.</summary>
    /// <returns>The address, with the port that was taken where settings say 0.</returns>
    /// <exception cref="SocketException">The address can't be had.</exception>
    public IPEndPoint Bind()
    {
        if (_address is null)
        {
            _socket = ListenerSocket.Open(listens);
            _address = (IPEndPoint)_socket.LocalEndPoint!;
            readiness.Report(_check, null, ReadinessEffect.NotReady);
        }

        return _address;
    }

    /// <summary>Hands on who connects, until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Action<Socket> take, CancellationToken cancellationToken)
    {
        var address = Bind();
        while (true)
        {
            Log.ListeningStarted(logger, source, address);
            await AcceptWhileReadyAsync(_socket!, take, cancellationToken);
            _socket = null;
            Log.ListeningPaused(logger, source, address);
            _socket = await ReopenAsync(address, cancellationToken);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private async Task AcceptWhileReadyAsync(Socket socket, Action<Socket> take, CancellationToken cancellationToken)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepting = AcceptAsync(socket, take, closing.Token);
        await Task.WhenAny(accepting, readiness.WaitAsync(isOpen: false, closing.Token));
        await closing.CancelAsync();
        try
        {
            await accepting;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TakeConnected(socket, take);
            socket.Dispose();
        }
    }

    private async Task AcceptAsync(Socket socket, Action<Socket> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                take(await socket.AcceptAsync(cancellationToken));
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The sender gave up while it waited.
            }
            catch (SocketException exception)
            {
                // This process has no file handle left, for one: it may have some again soon.
                if (_failures.IsDue())
                {
                    Log.AcceptFailed(logger, source, exception.SocketErrorCode);
                }

                await Task.Delay(AcceptRetryDelay, time, cancellationToken);
            }
        }
    }

    /// <summary>Takes those who had connected before the listener closes, who would see a reset otherwise.</summary>
    private static void TakeConnected(Socket socket, Action<Socket> take)
    {
        try
        {
            while (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                take(socket.Accept());
            }
        }
        catch (SocketException)
        {
            // They gave up meanwhile, or there is no file handle left: they connect again.
        }
    }

    /// <summary>Takes the port again once the node is ready. That another program has it meanwhile keeps this node from being ready, and no other listener closed.</summary>
    private async Task<Socket> ReopenAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        while (true)
        {
            await readiness.WaitAsync(isOpen: true, cancellationToken);
            try
            {
                var socket = ListenerSocket.Open(address);
                readiness.Report(_check, null, ReadinessEffect.NotReady);
                return socket;
            }
            catch (SocketException exception)
            {
                readiness.Report(_check, $"can't listen on {address} again: {ListenerSocket.Explain(exception)}", ReadinessEffect.NotReady);
                await Task.Delay(ReopenDelay, time, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} listens on {Address}")]
        public static partial void ListeningStarted(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Source} closed its listener on {Address}, for the node takes no new connections; those that are open go on")]
        public static partial void ListeningPaused(ILogger logger, string source, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} could not accept a connection: {Error}")]
        public static partial void AcceptFailed(ILogger logger, string source, SocketError error);
    }
}
