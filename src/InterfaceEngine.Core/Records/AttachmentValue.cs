using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace InterfaceEngine.Core.Records;

/// <summary>
/// What a record keeps of a binary that came with a message: which, of what kind and how large. The bytes are kept
/// outside the record. Written <c>01JX… application/pdf 48213</c>, or <c>unreadable application/pdf</c> when the sender's
/// bytes could not be read.
/// </summary>
/// <param name="Id">The content's own id, made of its bytes: equal bytes have one id. Empty when it could not be read.</param>
/// <param name="MediaType">E.g. <c>application/pdf</c>.</param>
/// <param name="Size">In bytes.</param>
public readonly record struct AttachmentValue(string Id, string MediaType, long Size)
{
    /// <summary>Characters of an id: 160 bits of SHA-256 in Crockford's base 32.</summary>
    public const int IdLength = 32;

    private const string Unreadable = "unreadable";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int IdBytes = 20;

    private static readonly SearchValues<char> _digits = SearchValues.Create(Alphabet);

    public bool IsReadable => Id.Length > 0;

    /// <summary>The content was sent and could not be read; it is still in the message.</summary>
    public static AttachmentValue NotReadable(string mediaType) => new("", mediaType, 0);

    /// <summary>The id of content with this SHA-256.</summary>
    public static string IdOf(ReadOnlySpan<byte> sha256)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SHA256.HashSizeInBytes);
        Span<char> id = stackalloc char[IdLength];
        var bits = 0;
        var held = 0;
        var at = 0;
        foreach (var value in sha256[..IdBytes])
        {
            held = (held << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                id[at++] = Alphabet[(held >> (bits - 5)) & 31];
            }

            held &= (1 << bits) - 1;
        }

        return id.ToString();
    }

    /// <summary>True for what <see cref="IdOf"/> may have given, in capitals.</summary>
    public static bool IsId(string text) => text.Length == IdLength && !text.AsSpan().ContainsAnyExcept(_digits);

    /// <summary>Reads the written form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AttachmentValue value)
    {
        value = default;
        switch (text?.Split(' '))
        {
            case [Unreadable, { Length: > 0 } type]:
                value = NotReadable(type);
                return true;
            case [var id, { Length: > 0 } type, var size] when IsId(id) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes):
                value = new AttachmentValue(id, type, bytes);
                return true;
            default:
                return false;
        }
    }

    public override string ToString() =>
        IsReadable ? string.Create(CultureInfo.InvariantCulture, $"{Id} {MediaType} {Size}") : $"{Unreadable} {MediaType}";
}

/// <summary>A binary that a message carries, to be kept beside the records that name it.</summary>
/// <param name="Value">What the record keeps of it.</param>
/// <param name="Open">Reads its bytes out of the message, from the first; each call gives a stream of its own.</param>
public sealed record IncomingAttachment(AttachmentValue Value, Func<Stream> Open);
