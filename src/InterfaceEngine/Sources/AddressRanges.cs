using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace InterfaceEngine.Sources;

/// <summary>The addresses that may connect, e.g. <c>10.1.0.0/16</c> and <c>::1</c>. No range at all means everyone.</summary>
internal sealed record AddressRanges(IReadOnlyList<IPNetwork> Ranges)
{
    public static AddressRanges Everyone { get; } = new([]);

    public static AddressRanges ThisMachine { get; } = new([new IPNetwork(new IPAddress([127, 0, 0, 0]), 8), new IPNetwork(IPAddress.IPv6Loopback, 128)]);

    public bool IsEveryone => Ranges.Count == 0;

    public bool Contains(IPAddress address)
    {
        if (IsEveryone)
        {
            return true;
        }

        // A listener on all addresses sees those of IPv4 in the clothes of IPv6.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var range in Ranges)
        {
            if (range.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one address, or one range in the notation of CIDR.</summary>
    /// <param name="reason">What is wrong with it.</param>
    public static bool TryParse(string text, out IPNetwork range, [NotNullWhen(false)] out string? reason)
    {
        range = default;
        reason = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            reason = $"{text} is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1";
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            reason = $"{text} has no prefix length of 0 to {bits} behind its stroke";
            return false;
        }

        var start = Masked(address, length);
        if (!start.Equals(address))
        {
            reason = $"{text} does not begin where its range does: {start}/{length}";
            return false;
        }

        range = new IPNetwork(start, length);
        return true;
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] &= (byte)(0xFF00 >> Math.Clamp(length - (index * 8), 0, 8));
        }

        return new IPAddress(bytes);
    }
}
