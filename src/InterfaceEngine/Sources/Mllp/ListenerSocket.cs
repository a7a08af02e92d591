using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Opens a listening TCP socket.</summary>
internal static class ListenerSocket
{
    private const int Backlog = 512;

    /// <exception cref="SocketException">The address can't be had; see <see cref="Explain"/>.</exception>
    public static Socket Open(IPEndPoint listens)
    {
        var socket = new Socket(listens.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Elsewhere this would also forbid to take the port again right after a restart.
                socket.ExclusiveAddressUse = true;
            }

            if (listens.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(listens);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why <see cref="Open"/> failed, in words an operator can act on.</summary>
    public static string Explain(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is in use by another program or another source",
        SocketError.AddressNotAvailable => "this machine has no such address",
        SocketError.AccessDenied => "the port may not be used by this account",
        var error => error.ToString(),
    };
}
