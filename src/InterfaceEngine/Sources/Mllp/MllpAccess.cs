using InterfaceEngine.Tls;

namespace InterfaceEngine.Sources.Mllp;

/// <summary>Who may connect to a listener, and how it is encrypted.</summary>
internal sealed record MllpAccess
{
    /// <summary>Plain MLLP for everyone who reaches the address.</summary>
    public static MllpAccess Plain { get; } = new();

    /// <summary>The addresses that may connect; others are closed at once and counted. Default: all.</summary>
    public AddressRanges AllowFrom { get; init; } = AddressRanges.Everyone;

    /// <summary>Null for plain MLLP.</summary>
    public ListenerTlsOptions? Tls { get; init; }
}
