using System.Net;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Who is at the other end of a connection: whoever opened it, or, behind a balancer, whoever the balancer names.</summary>
/// <param name="socket">Who opened the connection; null when it is gone already.</param>
internal sealed class MllpPeer(IPEndPoint? socket)
{
    private volatile IPEndPoint? _named;

    /// <summary>Who opened the connection, which behind a balancer is the balancer.</summary>
    public IPEndPoint? Socket => socket;

    /// <summary>The sender's address without its port, for people.</summary>
    public string Host => (_named ?? socket)?.Address is { } address ? $"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}" : "unknown";

    /// <summary>Takes the sender's address from a balancer that is believed.</summary>
    public void Name(IPEndPoint sender) => _named = sender;

    /// <summary>For the log.</summary>
    public override string ToString() => _named is null ? $"{socket}" : $"{_named} through {socket}";
}
