using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Opens a listening TCP socket at an address from settings.</summary>
internal static class ListenerSocket
{
    private const int Backlog = 512;

    /// <param name="host">An address, <c>localhost</c>, a host name, or <c>*</c> for every address.</param>
    /// <param name="port">0 takes any free port.</param>
    /// <exception cref="SocketException">The name is unknown, or the address can't be had.</exception>
    public static Socket Open(string host, int port)
    {
        var address = Resolve(host);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Elsewhere this would also forbid to take the port again right after a restart.
                socket.ExclusiveAddressUse = true;
            }

            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
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
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is unknown",
        var error => error.ToString(),
    };

    private static IPAddress Resolve(string host)
    {
        if (host == "*")
        {
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host)[0];
    }
}
