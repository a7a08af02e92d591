using System.Buffers;
using System.Security.Cryptography;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Hl7;

/// <summary>How binary content is written in a message (ED-4, HL7 table 0299).</summary>
public enum EmbeddedEncoding
{
    /// <summary><c>A</c>: none; the text is the content.</summary>
    None,

    Hex,

    Base64,
}

/// <summary>
/// Binary content inside a message: places in its bytes and how they are written. It is never held as a whole: readers
/// decode it piece by piece straight from the message.
/// </summary>
public sealed class EmbeddedContent
{
    private const int PieceBytes = 64 * 1024;

    private readonly Hl7Message _message;
    private readonly ByteRange[] _places;

    /// <param name="message">The message.</param>
    /// <param name="places">Where the content stands, in order; the pieces make up one content.</param>
    /// <param name="encoding">How it is written.</param>
    public EmbeddedContent(Hl7Message message, IReadOnlyList<ByteRange> places, EmbeddedEncoding encoding)
    {
        _message = message;
        _places = [.. places];
        Encoding = encoding;
    }

    public EmbeddedEncoding Encoding { get; }

    /// <summary>From the first byte; each call gives a stream of its own.</summary>
    public Stream Open() => new EmbeddedStream(_message.Bytes, _places, Encoding, _message.Delimiters.Escape, Unescape);

    /// <summary>Reads it once to the end.</summary>
    /// <returns>Its size, its id and its first bytes; or where and why it can't be read.</returns>
    public EmbeddedMeasure Measure()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var content = Open();
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var head = "";
        var size = 0L;
        try
        {
            for (int read; (read = content.Read(piece, 0, PieceBytes)) > 0; size += read)
            {
                hash.AppendData(piece, 0, read);
                head = size == 0 ? System.Text.Encoding.Latin1.GetString(piece, 0, Math.Min(read, EmbeddedMeasure.HeadLength)) : head;
            }
        }
        catch (EmbeddedContentException broken)
        {
            return new EmbeddedMeasure(null, 0, head, broken.Place, broken.Message);
        }
        finally
        {
            piece.AsSpan(0, PieceBytes).Clear();
            ArrayPool<byte>.Shared.Return(piece);
        }

        return new EmbeddedMeasure(AttachmentValue.IdOf(hash.GetHashAndReset()), size, head, ByteRange.None, null);
    }

    /// <summary>The bytes that one escape stands for, in the message's own character set.</summary>
    private byte[] Unescape(ByteRange escape)
    {
        var raw = _message.Bytes.Span.Slice(escape.Offset, escape.Length);
        return Hl7Escapes.DecodeBytes(raw, _message.Delimiters);
    }
}

/// <summary>What reading embedded content once showed.</summary>
/// <param name="Id">Null when it can't be read.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Head">Its first bytes, each as a character: <c>%PDF-1.7</c>.</param>
/// <param name="Place">Where it can't be read.</param>
/// <param name="Fault">Why it can't be read; without the content.</param>
public sealed record EmbeddedMeasure(string? Id, long Size, string Head, ByteRange Place, string? Fault)
{
    public const int HeadLength = 8;
}

/// <summary>Embedded content that is not written as it says.</summary>
public sealed class EmbeddedContentException(ByteRange place, string message) : IOException(message)
{
    /// <summary>The first byte that can't be read.</summary>
    public ByteRange Place { get; } = place;
}
