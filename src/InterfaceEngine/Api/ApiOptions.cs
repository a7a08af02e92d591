using System.Net;
using InterfaceEngine.Sources;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Api;

/// <summary>Where programs reach the engine over HTTP, who may, and what is put up with from them.</summary>
internal sealed record ApiOptions
{
    /// <summary>Where it listens; port 0 takes a free one. Null for nowhere, which is the default.</summary>
    public IPEndPoint? Listens { get; init; }

    /// <summary>How it is encrypted; null for plain HTTP, which only programs of this machine get.</summary>
    public ListenerTlsOptions? Tls { get; init; }

    /// <summary>The addresses that may ask; others are refused before anything else is looked at. Default: all.</summary>
    public AddressRanges AllowFrom { get; init; } = AddressRanges.Everyone;

    /// <summary>
    /// The proxies whose <c>X-Forwarded-For</c> is believed: then the last address in it is the caller's. Null for none, which is the
    /// default: the header is not looked at.
    /// </summary>
    public AddressRanges? ProxyFrom { get; init; }

    /// <summary>Connections that are open at once; more are closed. Default: 256.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>Largest body of a request. Default: 1 MiB.</summary>
    public int BodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How long the head of a request may take, and a TLS handshake. Default: 10 seconds.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay open without a request. Default: 2 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long what is being answered may take when the engine stops. Default: 10 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many keys that are none an address may try before it has to wait. Default: 10.</summary>
    public int BadKeysMax { get; init; } = 10;

    /// <summary>How long it has to wait then, and how long a bad key is remembered. Default: 1 minute.</summary>
    public TimeSpan LockedFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What a receptionist's kinds of visits (<c>new_patient</c>, <c>follow_up</c>, <c>physical</c>) are called in the tables of appointment types, or
    /// the vendor's numbers of them; a kind that is not named here goes by its own name.
    /// </summary>
    public IReadOnlyDictionary<string, string> AppointmentTypes { get; init; } = new Dictionary<string, string>();
}
