using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>Base64 as addresses and signed statements have it: no padding, <c>-</c> and <c>_</c>.</summary>
internal static class Base64Text
{
    public static string Of(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <exception cref="FormatException">It is not such a text.</exception>
    public static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);

    /// <summary>The SHA-256 of a text: a name for what must not be shown.</summary>
    public static string HashOf(string text) => Of(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What nobody can guess.</summary>
    public static string Random(int bytes) => Of(RandomNumberGenerator.GetBytes(bytes));
}
