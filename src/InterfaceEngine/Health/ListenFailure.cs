using System.Net.Sockets;

namespace InterfaceEngine.Health;

/// <summary>Why a web server could not take its port, for the operator.</summary>
internal static class ListenFailure
{
    public static string Explain(Exception failure) => (failure as SocketException ?? failure.InnerException as SocketException ?? failure.InnerException?.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is in use by another program",
        SocketError.AddressNotAvailable => "this machine has no such address",
        SocketError.AccessDenied => "the port may not be used by this account",
        { } error => error.ToString(),
        null => failure.Message,
    };
}
