using System.Net;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Who may connect to a listener, and how it is encrypted.</summary>
internal sealed record MllpAccess
{
    /// <summary>Plain MLLP for everyone who reaches the address.</summary>
    public static MllpAccess Plain { get; } = new();

    /// <summary>The addresses that may connect; others are closed at once and counted. Behind a balancer, the senders' and not the balancer's. Default: all.</summary>
    public AddressRanges AllowFrom { get; init; } = AddressRanges.Everyone;

    /// <summary>
    /// Whether connections come through a balancer that says in a PROXY header, of version 1 or 2, for whom it connects. Then
    /// a connection without one is refused. Default: false.
    /// </summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>The balancers that are believed; others are closed at once and counted. Default: this machine.</summary>
    public AddressRanges ProxyFrom { get; init; } = AddressRanges.ThisMachine;

    /// <summary>Null for plain MLLP.</summary>
    public ListenerTlsOptions? Tls { get; init; }

    /// <summary>Whether a connection may come from this address at all, before it has said a word.</summary>
    public bool MayConnect(IPAddress address) => (ProxyProtocol ? ProxyFrom : AllowFrom).Contains(address);
}
