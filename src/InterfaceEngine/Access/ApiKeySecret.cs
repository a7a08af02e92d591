using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Access;

/// <summary>
/// A key by which a program is known: <c>ie_</c> and 256 random bits. It is shown once, when it is made; kept is its SHA-256, which is as good as the key's
/// own randomness, since nobody can guess 256 bits.
/// </summary>
/// <param name="Text">What the program shows.</param>
internal readonly record struct ApiKeySecret(string Text)
{
    public const string Prefix = "ie_";

    private const int RandomBytes = 32;

    /// <summary>What is kept of it.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static ApiKeySecret New() => new(Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>Nothing of the key: it must not get into a log by chance.</summary>
    public override string ToString() => $"{Prefix}…";
}
