using System.Buffers.Text;
using System.Text;

namespace InterfaceEngine.Core.Json;

/// <summary>The escapes of JSON's texts (RFC 8259 §7). What they are written like is checked already.</summary>
internal static class JsonEscapes
{
    /// <returns>False when a surrogate has not its other half; it then stands as U+FFFD.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> raw, Span<char> buffer, out int length)
    {
        length = 0;
        var isText = true;
        while (!raw.IsEmpty)
        {
            var escape = raw.IndexOf((byte)'\\');
            var plain = escape < 0 ? raw : raw[..escape];
            length += Encoding.UTF8.GetChars(plain, buffer[length..]);
            raw = raw[plain.Length..];
            if (raw.IsEmpty)
            {
                break;
            }

            if (raw[1] != (byte)'u')
            {
                buffer[length++] = raw[1] switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', var other => (char)other };
                raw = raw[2..];
                continue;
            }

            var unit = Unit(raw);
            raw = raw[6..];
            if (!char.IsSurrogate(unit))
            {
                buffer[length++] = unit;
            }
            else if (char.IsHighSurrogate(unit) && raw.Length >= 6 && raw[0] == (byte)'\\' && raw[1] == (byte)'u' && char.IsLowSurrogate(Unit(raw)))
            {
                buffer[length++] = unit;
                buffer[length++] = Unit(raw);
                raw = raw[6..];
            }
            else
            {
                buffer[length++] = '\uFFFD';
                isText = false;
            }
        }

        return isText;
    }

    private static char Unit(ReadOnlySpan<byte> escape) => Utf8Parser.TryParse(escape[2..6], out ushort unit, out _, 'x') ? (char)unit : '\uFFFD';
}
