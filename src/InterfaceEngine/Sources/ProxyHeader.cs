using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace InterfaceEngine.Sources;

/// <summary>
/// What a balancer says at the beginning of a connection of whom it speaks for: the PROXY protocol, versions 1 (a line of
/// text) and 2 (binary). Source: HAProxy's <c>doc/proxy-protocol.txt</c>.
/// </summary>
/// <param name="Length">In bytes; what follows is the sender's.</param>
/// <param name="Sender">Null when the balancer doesn't say, or speaks for itself.</param>
/// <param name="IsLocal">The balancer speaks for itself, as in a check.</param>
internal sealed record ProxyHeader(int Length, IPEndPoint? Sender, bool IsLocal)
{
    /// <summary>The longest header that is read: the addresses are 52 bytes of it at the most, the rest are a balancer's remarks, which are ignored.</summary>
    public const int BytesMax = 4096;

    /// <summary>The longest line of version 1, with its end.</summary>
    private const int LineBytesMax = 107;

    private const int FixedBytes = 16;
    private const int Tcp4Bytes = 12;
    private const int Tcp6Bytes = 36;

    private static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    private static ReadOnlySpan<byte> Word => "PROXY "u8;

    /// <summary>Reads the header at the beginning of <paramref name="bytes"/>.</summary>
    /// <returns>Null while more bytes are needed: then all of these belong to the header.</returns>
    /// <exception cref="ProxyHeaderException">It is none, or one that is not understood.</exception>
    public static ProxyHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        return IsBeginning(bytes, Signature) ? ReadBinary(bytes)
            : IsBeginning(bytes, Word) ? ReadLine(bytes)
            : throw new ProxyHeaderException("it begins without a PROXY header, which this listener expects of its balancer");
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected)
    {
        var length = Math.Min(bytes.Length, expected.Length);
        return bytes[..length].SequenceEqual(expected[..length]);
    }

    private static ProxyHeader? ReadLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0 ? bytes.Length >= LineBytesMax : end + 2 > LineBytesMax)
        {
            throw new ProxyHeaderException($"its PROXY header has no end within {LineBytesMax} bytes");
        }

        if (end < 0)
        {
            return null;
        }

        // UNKNOWN may be followed by anything.
        var words = Encoding.Latin1.GetString(bytes[Word.Length..end]).Split(' ');
        return words[0] switch
        {
            "UNKNOWN" => new ProxyHeader(end + 2, null, IsLocal: false),
            "TCP4" or "TCP6" when words.Length == 5 && Parse(words[0], words[2], words[4]) is not null && Parse(words[0], words[1], words[3]) is { } sender =>
                new ProxyHeader(end + 2, sender, IsLocal: false),
            _ => throw new ProxyHeaderException("its PROXY header of version 1 can't be read: expected TCP4 or TCP6, two addresses and two ports, or UNKNOWN"),
        };
    }

    private static IPEndPoint? Parse(string family, string address, string port) =>
        IPAddress.TryParse(address, out var parsed)
        && parsed.AddressFamily == (family == "TCP4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
        && IsPlain(parsed, address)
        && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(parsed, number)
            : null;

    /// <summary>Written in the one way that the protocol knows. Elsewhere <c>010.0.0.1</c> is 8.0.0.1 and <c>10.1</c> is 10.0.0.1, and nobody is let in by such an address.</summary>
    private static bool IsPlain(IPAddress parsed, string address) => parsed.AddressFamily is AddressFamily.InterNetwork
        ? parsed.ToString() == address
        : address.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.');

    private static ProxyHeader? ReadBinary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes)
        {
            return null;
        }

        var (command, family) = (bytes[12], bytes[13]);
        if (command is not (0x20 or 0x21))
        {
            throw new ProxyHeaderException($"its PROXY header has version and command 0x{command:X2}; expected 0x20 (LOCAL) or 0x21 (PROXY)");
        }

        var length = FixedBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (length > BytesMax)
        {
            throw new ProxyHeaderException($"its PROXY header has {length} bytes; at most {BytesMax} are read");
        }

        if (bytes.Length < length)
        {
            return null;
        }

        var addresses = bytes[FixedBytes..length];
        return (command, family) switch
        {
            (0x20, _) => new ProxyHeader(length, null, IsLocal: true),
            (_, 0x00) => new ProxyHeader(length, null, IsLocal: false),
            (_, 0x11) when addresses.Length >= Tcp4Bytes => new ProxyHeader(length, EndPoint(addresses[..4], addresses[8..]), IsLocal: false),
            (_, 0x21) when addresses.Length >= Tcp6Bytes => new ProxyHeader(length, EndPoint(addresses[..16], addresses[32..]), IsLocal: false),
            (_, 0x11 or 0x21) => throw new ProxyHeaderException($"its PROXY header has {addresses.Length} bytes of addresses; expected at least {(family == 0x11 ? Tcp4Bytes : Tcp6Bytes)}"),
            _ => throw new ProxyHeaderException($"its PROXY header is of protocol 0x{family:X2}; expected 0x11 (TCP over IPv4), 0x21 (TCP over IPv6) or 0x00"),
        };
    }

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) =>
        new(new IPAddress(address), BinaryPrimitives.ReadUInt16BigEndian(port));
}

/// <summary>A connection does not begin with a PROXY header that can be used; the message says why, for the log.</summary>
internal sealed class ProxyHeaderException(string message) : Exception(message);
