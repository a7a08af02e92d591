using System.Buffers;
using System.Security.Cryptography;

namespace InterfaceEngine.Core.Hl7;

/// <summary>
/// Tells whether two messages say the same: SHA-256 over the body without MSH-7 (time of sending) and MSH-13
/// (sequence number), which a sender may renew when it sends a message again.
/// </summary>
public static class Hl7Fingerprint
{
    private const int SentAt = 7;
    private const int SequenceNumber = 13;

    /// <summary>The 32 bytes of the fingerprint.</summary>
    public static byte[] Of(Hl7Message message)
    {
        var fingerprint = new byte[SHA256.HashSizeInBytes];
        Compute(message, fingerprint);
        return fingerprint;
    }

    /// <summary>Writes the 32 bytes of the fingerprint.</summary>
    public static void Compute(Hl7Message message, Span<byte> destination)
    {
        var body = message.Body;
        var rented = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            var header = message.GetSegment(0);
            var length = 0;
            var from = 0;
            foreach (var number in (ReadOnlySpan<int>)[SentAt, SequenceNumber])
            {
                if (header.Field(number) is { IsPresent: true } field)
                {
                    Copy(body[from..field.Range.Offset], rented, ref length);
                    from = field.Range.Offset + field.Range.Length;
                }
            }

            Copy(body[from..], rented, ref length);
            SHA256.HashData(rented.AsSpan(0, length), destination);
        }
        finally
        {
            // The buffer goes to whoever rents next, and it held a patient's data.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static void Copy(ReadOnlySpan<byte> piece, byte[] destination, ref int length)
    {
        piece.CopyTo(destination.AsSpan(length));
        length += piece.Length;
    }
}
