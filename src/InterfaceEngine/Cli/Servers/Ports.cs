using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Cli.Servers;

/// <summary>
/// Ports on loopback for what is ended and started again: below those that systems hand out for outgoing connections. While
/// nobody listens there, nobody else takes one, and no client's own connection can meet itself there.
/// </summary>
internal static class Ports
{
    private const int First = 12_000;
    private const int End = 32_000;
    private const int AttemptsMax = 100;

    private static readonly ConcurrentDictionary<int, bool> _given = new();

    /// <summary>A port that nobody listens on now, and that this process was not given before: who asked for it may not listen yet, or again.</summary>
    public static int Free()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (_given.TryAdd(port, true) || attempt >= AttemptsMax)
                {
                    return port;
                }
            }
            catch (SocketException) when (attempt < AttemptsMax)
            {
                // Taken: try another.
            }
        }
    }
}
