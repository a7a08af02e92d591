using System.Net.Sockets;
using System.Text.Json;
using InterfaceEngine.Access;
using InterfaceEngine.Intake;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Control;

/// <summary>
/// Lets commands reach a running engine, over a socket that only its owner can open: one JSON request a line, one
/// JSON answer a line. The engine holds the data folder's lock before it starts this.
/// </summary>
internal sealed partial class ControlServer : IAsyncDisposable
{
    private const int RequestBytesMax = 1024 * 1024;
    private const int ConnectionsMax = 16;

    /// <summary>How long requests in work may take to finish when the engine stops; then they are cut off.</summary>
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _acceptRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _warningInterval = TimeSpan.FromMinutes(1);

    private readonly Func<IControl> _open;
    private readonly string _data;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutting = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _lock = new();
    private readonly Task _accepting;

    private ControlServer(Func<IControl> open, string data, Socket listener, ILogger logger)
    {
        _open = open;
        _data = data;
        _logger = logger;
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>Binds the socket of a data folder and answers until disposed.</summary>
    /// <param name="open">Opens what answers one connection; closed with it.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="logger">Where failures go.</param>
    public static ControlServer Start(Func<IControl> open, string data, ILogger<ControlServer> logger)
    {
        var path = ControlPath.Prepare(data);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            ControlPath.RestrictToOwner(path);
            listener.Listen(ConnectionsMax);
            return new ControlServer(open, data, listener, logger);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        Task[] open;
        lock (_lock)
        {
            open = [.. _connections];
        }

        _cutting.CancelAfter(_stopTimeout);
        await Task.WhenAll(open);
        _listener.Dispose();
        ControlPath.Clear(_data);
        _stopping.Dispose();
        _cutting.Dispose();
    }

    private async Task AcceptAsync()
    {
        long? toldAt = null;
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    Track(await _listener.AcceptAsync(_stopping.Token));
                }
                catch (SocketException error)
                {
                    // This process has no file handle left, for one: it may have some again soon. A line a minute says enough.
                    if (toldAt is not { } before || TimeProvider.System.GetElapsedTime(before) >= _warningInterval)
                    {
                        toldAt = TimeProvider.System.GetTimestamp();
                        Log.AcceptFailed(_logger, error);
                    }

                    await Task.Delay(_acceptRetryDelay, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Track(Socket socket)
    {
        lock (_lock)
        {
            if (_connections.Count >= ConnectionsMax)
            {
                socket.Dispose();
                return;
            }

            var connection = ServeAsync(socket);
            _connections.Add(connection);
            _ = connection.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        await using var channel = new LineChannel(socket);
        try
        {
            if (!PeerCredentials.AreOwners(socket))
            {
                Log.StrangerRefused(_logger);
                return;
            }

            await using var control = _open();
            while (await channel.ReadAsync(ControlJson.Line.ControlRequest, RequestBytesMax, _stopping.Token) is { } request)
            {
                var answer = await AnswerAsync(control, request, channel);
                await channel.WriteAsync(answer, ControlJson.Line.ControlAnswer, _cutting.Token);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or NotSupportedException)
        {
            await RefuseAsync(channel);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // The command went away, or the engine stops: nothing is owed.
            Log.ConnectionEnded(_logger);
        }
    }

    private async Task<ControlAnswer> AnswerAsync(IControl control, ControlRequest request, LineChannel channel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_cutting.Token);
        using var answered = new CancellationTokenSource();
        var watching = request is ILongQuestion ? EndWhenLeftAsync(channel, ending, answered.Token) : Task.CompletedTask;
        try
        {
            return await control.AskAsync(request, ending.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.RequestFailed(_logger, request.GetType().Name, new ExceptionPlace(error));
            return new FailureAnswer(FailureKind.Failed, $"The engine failed on this request ({error.GetType().Name}); its log says more.");
        }
        finally
        {
            await answered.CancelAsync();
            await watching;
        }
    }

    /// <summary>Who breaks a long question off does not leave its work to an engine that takes messages.</summary>
    private static async Task EndWhenLeftAsync(LineChannel channel, CancellationTokenSource ending, CancellationToken answered)
    {
        try
        {
            if (await channel.IsLeftAsync(answered))
            {
                await ending.CancelAsync();
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await ending.CancelAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RefuseAsync(LineChannel channel)
    {
        try
        {
            var answer = new FailureAnswer(FailureKind.Usage, "The engine does not know this request. Is it of another version?");
            await channel.WriteAsync(answer, ControlJson.Line.ControlAnswer, _cutting.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            Log.ConnectionEnded(_logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, EventName = "ControlAcceptFailed", Message = "The control socket could not take a connection")]
        public static partial void AcceptFailed(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, EventName = "ControlStrangerRefused", Message = "Another account tried the control socket and was refused")]
        public static partial void StrangerRefused(ILogger logger);

        [LoggerMessage(Level = LogLevel.Debug, EventName = "ControlConnectionEnded", Message = "A command ended its connection to the control socket")]
        public static partial void ConnectionEnded(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, EventName = "ControlRequestFailed", Message = "The request {Request} failed: {Place}")]
        public static partial void RequestFailed(ILogger logger, string request, ExceptionPlace place);
    }
}
