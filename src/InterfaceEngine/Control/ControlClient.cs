using System.Net.Sockets;
using System.Text.Json;

namespace InterfaceEngine.Control;

/// <summary>Asks a running engine through its socket.</summary>
internal sealed class ControlClient : IControl
{
    /// <summary>A page of a hundred thousand wide rows fits.</summary>
    private const int AnswerBytesMax = 1024 * 1024 * 1024;

    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(5);

    private readonly string _data;
    private readonly LineChannel _channel;

    private ControlClient(string data, LineChannel channel)
    {
        _data = data;
        _channel = channel;
    }

    /// <summary>The engine that runs on a data folder; null when none does (no socket, or one left by an engine that was killed).</summary>
    /// <exception cref="ControlException">There is an engine, and this user can't talk to it.</exception>
    public static async Task<ControlClient?> TryConnectAsync(string data, CancellationToken cancellationToken)
    {
        if (ControlPath.Find(data) is not { } path)
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_connectTimeout);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), timeout.Token);
            return new ControlClient(data, new LineChannel(socket));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new ControlException($"An engine runs on {data} under another account. Work as that account, e.g. with sudo -u.", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw Silent(data, _connectTimeout, error);
        }
        catch (SocketException)
        {
            // Nobody listens: the file is what a killed engine left. The folder's lock decides whether that is so.
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(request.AnswersWithin);
        try
        {
            await _channel.WriteAsync(request, ControlJson.Line.ControlRequest, timeout.Token);
            return await _channel.ReadAsync(ControlJson.Line.ControlAnswer, AnswerBytesMax, timeout.Token)
                ?? throw new ControlException($"The engine on {_data} closed the connection before it answered. It may have been stopped: ask again.");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(_data, request.AnswersWithin, error);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new ControlException($"The engine on {_data} closed the connection before it answered. It may have been stopped: ask again.", error);
        }
        catch (JsonException error)
        {
            throw new ControlException($"The engine on {_data} gave an answer that this version does not know. Is it of another version?", error);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private static ControlException Silent(string data, TimeSpan waited, Exception cause) =>
        new($"The engine on {data} did not answer within {waited.TotalSeconds:0} seconds. Its log says what it is doing.", cause);
}
