using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Destinations.Mllp;

/// <summary>A receiver's reply.</summary>
/// <param name="Body">The raw bytes without framing.</param>
/// <param name="Elapsed">From the first byte sent to the last received; connecting is not counted.</param>
internal readonly record struct MllpReply(ReadOnlyMemory<byte> Body, TimeSpan Elapsed);

/// <summary>
/// Sends one message at a time over one connection and reads its reply. Connects when it has to. After any failure
/// the connection is closed, so that a late reply can't be taken for the next message's; the next send connects anew.
/// Holds a socket and a small buffer, no thread: many can run at once.
/// </summary>
/// <param name="tls">Shared by the clients of one destination; null for plain MLLP.</param>
internal sealed class MllpClient(MllpClientOptions options, TimeProvider time, SenderTls? tls = null) : IDisposable
{
    private MllpClientConnection? _connection;
    private int _isSending;

    /// <summary>
    /// How often a receiver sent something nobody asked for, such as a reply after its time. It was matched to
    /// nothing: the connection was closed before the next message.
    /// </summary>
    public int StrayReplies { get; private set; }

    /// <summary>
    /// Connects unless it is connected. <see cref="SendAsync"/> does it by itself; call it to learn early whether
    /// anyone listens.
    /// </summary>
    /// <exception cref="MllpClientException">No connection could be made in time.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(new DnsEndPoint(options.Host, options.Port), either.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            _connection = new MllpClientConnection(tls is null ? stream : await tls.ConnectAsync(stream, options.Host, either.Token), options.ReplyBytesMax);
        }
        catch (TlsRefusedException refusal)
        {
            socket.Dispose();
            throw Failed(MllpFailure.NotConnected, $"no TLS with the receiver: {refusal.Message}", refusal);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw Failed(MllpFailure.NotConnected, exception.SocketErrorCode.ToString(), exception);
        }
        catch (OperationCanceledException exception)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(MllpFailure.NotConnected, $"no connection within {options.ConnectTimeout}", exception);
        }
    }

    /// <summary>Sends a body and waits for its reply. One at a time.</summary>
    /// <exception cref="MllpClientException">There is no reply; the failure says why.</exception>
    /// <exception cref="ArgumentException">The body holds VT or FS, which no frame can carry. Nothing was sent.</exception>
    public async Task<MllpReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!MllpFraming.CanCarry(body.Span))
        {
            throw new ArgumentException("the body holds a byte 0x0B or 0x1C, which MLLP reserves for its frames", nameof(body));
        }

        if (Interlocked.Exchange(ref _isSending, 1) == 1)
        {
            throw new InvalidOperationException("this client still waits for a reply");
        }

        try
        {
            if (_connection is { } connection && !connection.IsInStep())
            {
                StrayReplies += connection.IsUnasked ? 1 : 0;
                Dispose();
            }

            await ConnectAsync(cancellationToken);
            return await ExchangeAsync(_connection!, body, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isSending, 0);
        }
    }

    /// <summary>Closes the connection. The next send opens another.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private async Task<MllpReply> ExchangeAsync(MllpClientConnection connection, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.SendTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        var (isSent, isWhole) = (false, false);
        try
        {
            await connection.SendAsync(body, either.Token);
            isSent = true;
            timeout.CancelAfter(options.ReplyTimeout);
            var frame = await connection.ReceiveAsync(either.Token);
            isWhole = frame?.Kind == MllpFrameKind.Whole;
            return frame switch
            {
                { Kind: MllpFrameKind.Whole } reply => new MllpReply(reply.Body, time.GetElapsedTime(started)),
                null => throw Failed(MllpFailure.Closed, "the connection was closed before the reply"),
                { Kind: MllpFrameKind.Oversize } => throw Failed(MllpFailure.BrokenReply, $"the reply is larger than {options.ReplyBytesMax} bytes"),
                _ => throw Failed(MllpFailure.BrokenReply, "a new frame began inside the reply"),
            };
        }
        catch (IOException exception)
        {
            throw Failed(MllpFailure.Closed, "the connection was lost before the reply", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw isSent
                ? Failed(MllpFailure.NoReply, $"no reply within {options.ReplyTimeout}", exception)
                : Failed(MllpFailure.NotSent, $"the message was not taken within {options.SendTimeout}", exception);
        }
        finally
        {
            if (!isWhole)
            {
                Dispose();
            }
        }
    }

    private void KeepAlive(Socket socket)
    {
        const int Probes = 3;
        var seconds = (int)options.KeepAlive.TotalSeconds;
        if (seconds > 0)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / Probes));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
    }

    private MllpClientException Failed(MllpFailure failure, string reason, Exception? innerException = null) =>
        new(failure, $"{options.Host}:{options.Port}: {reason}", innerException);
}
