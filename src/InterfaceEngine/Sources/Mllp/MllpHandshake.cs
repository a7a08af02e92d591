using System.Net.Sockets;
using InterfaceEngine.Core.Hl7.Mllp;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>
/// How a connection begins: with a balancer's PROXY header or none, and with a TLS handshake or none. Who speaks plainly where TLS is spoken, or the other way
/// round, is known by the first byte, refused, counted and logged.
/// </summary>
/// <param name="tls">Null for plain MLLP.</param>
internal sealed partial class MllpHandshake(MllpAccess access, ListenerTls? tls, string source, MllpPeer peer, MllpConnectionClock clock, MllpCounters counters, ILogger logger)
{
    /// <summary>Learns who the sender is where a balancer says it, then shakes hands where the listener speaks TLS.</summary>
    /// <returns>The stream that messages come over; null when the connection was refused, or ended before it began.</returns>
    public async Task<Stream?> TryOpenAsync(Socket socket, Stream network, CancellationToken abandonToken)
    {
        if (access.ProxyProtocol && !await new MllpProxyHeader(access, source, peer, clock, counters, logger).TryReadAsync(socket, abandonToken))
        {
            return null;
        }

        return tls is null ? network : await ShakeHandsAsync(tls, socket, network, abandonToken);
    }

    private async Task<Stream?> ShakeHandsAsync(ListenerTls tls, Socket socket, Stream network, CancellationToken abandonToken)
    {
        clock.WaitForHandshake();
        try
        {
            var first = new byte[1];
            if (await socket.ReceiveAsync(first, SocketFlags.Peek, abandonToken) == 0)
            {
                return null;
            }

            if (first[0] == MllpFraming.Start)
            {
                Refuse("it speaks plain MLLP, and this listener speaks TLS");
                return null;
            }

            return await tls.AcceptAsync(network, abandonToken);
        }
        catch (TlsRefusedException refusal) when (clock.Overdue == MllpWait.Nothing)
        {
            Refuse(refusal.Message);
            return null;
        }
        catch (TlsRefusedException)
        {
            // The sweep closed the socket under the handshake; the end of the connection tells of it.
            return null;
        }
        finally
        {
            clock.Rest();
        }
    }

    /// <summary>Whether a plain connection begins as a TLS handshake does. No frame does, and no line break.</summary>
    /// <param name="first">What came first.</param>
    public bool RefusesTls(ReadOnlySpan<byte> first)
    {
        if (tls is not null || first is not ([0x16] or [0x16, 0x03, ..]))
        {
            return false;
        }

        Refuse("it speaks TLS, and this listener speaks plain MLLP");
        return true;
    }

    private void Refuse(string reason)
    {
        counters.HandshakeRefused();
        Log.HandshakeRefused(logger, source, peer, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refused the connection from {Peer}: {Reason}")]
        public static partial void HandshakeRefused(ILogger logger, string source, MllpPeer peer, string reason);
    }
}
