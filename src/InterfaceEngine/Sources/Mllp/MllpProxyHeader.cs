using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Reads the PROXY header that a connection begins with where the listener expects one, and not a byte more.</summary>
internal sealed partial class MllpProxyHeader(MllpAccess access, string source, MllpPeer peer, MllpConnectionClock clock, MllpCounters counters, ILogger logger)
{
    /// <summary>Learns from the balancer who the sender is.</summary>
    /// <returns>False when the connection was refused, or ended before it began.</returns>
    public async Task<bool> TryReadAsync(Socket socket, CancellationToken abandonToken)
    {
        clock.WaitForProxyHeader();
        try
        {
            return await ReadAsync(socket, abandonToken) is { } header && IsTaken(header);
        }
        catch (ProxyHeaderException wrong) when (clock.Overdue == MllpWait.Nothing)
        {
            Refuse(wrong.Message);
            return false;
        }
        catch (ProxyHeaderException)
        {
            // The sweep closed the socket within the header; the end of the connection tells of it.
            return false;
        }
        finally
        {
            clock.Rest();
        }
    }

    /// <summary>Looks at what came before it takes it: behind the header begins what is the sender's.</summary>
    /// <returns>Null when the connection ended without a word, as that of a check of the port does.</returns>
    private static async Task<ProxyHeader?> ReadAsync(Socket socket, CancellationToken abandonToken)
    {
        var buffer = new byte[ProxyHeader.BytesMax];
        for (var taken = 0; ;)
        {
            var seen = await socket.ReceiveAsync(buffer.AsMemory(taken), SocketFlags.Peek, abandonToken);
            if (seen == 0)
            {
                return taken == 0 ? null : throw new ProxyHeaderException($"it ended within its PROXY header, after {taken} bytes");
            }

            var header = ProxyHeader.Read(buffer.AsSpan(0, taken + seen));
            var end = header?.Length ?? (taken + seen);
            while (taken < end)
            {
                taken += await socket.ReceiveAsync(buffer.AsMemory(taken, end - taken), SocketFlags.None, abandonToken);
            }

            if (header is not null)
            {
                return header;
            }
        }
    }

    private bool IsTaken(ProxyHeader header)
    {
        if (header.Sender is { } sender)
        {
            peer.Name(sender);
        }

        // A balancer's own connection, such as a check, is nobody's whom AllowFrom could name.
        if (header.IsLocal || access.AllowFrom.IsEveryone || ((header.Sender ?? peer.Socket) is { } from && access.AllowFrom.Contains(from.Address)))
        {
            return true;
        }

        counters.AddressRefused();
        Log.SenderRefused(logger, source, peer);
        return false;
    }

    private void Refuse(string reason)
    {
        counters.HeaderRefused();
        Log.ProxyHeaderRefused(logger, source, peer, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refused the connection from {Peer}: {Reason}")]
        public static partial void ProxyHeaderRefused(ILogger logger, string source, MllpPeer peer, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} refused the connection from {Peer}: AllowFrom does not name the sender's address")]
        public static partial void SenderRefused(ILogger logger, string source, MllpPeer peer);
    }
}
