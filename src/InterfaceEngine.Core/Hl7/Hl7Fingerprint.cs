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
    private const int PartCount = 3;

    /// <summary>Hashing a copy at once is quicker than piece by piece; above this size the copy would cost more.</summary>
    private const int CopiedBytesMax = 64 * 1024;

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
        if (message.Body.Length > CopiedBytesMax)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var part = 0; part < PartCount; part++)
            {
                hash.AppendData(Part(message, part));
            }

            hash.GetHashAndReset(destination);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(message.Body.Length);
        try
        {
            var length = 0;
            for (var part = 0; part < PartCount; part++)
            {
                var piece = Part(message, part);
                piece.CopyTo(rented.AsSpan(length));
                length += piece.Length;
            }

            SHA256.HashData(rented.AsSpan(0, length), destination);
        }
        finally
        {
            // The buffer goes to whoever rents next, and it held a patient's data.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>The body before, between and behind the fields that are left out.</summary>
    private static ReadOnlySpan<byte> Part(Hl7Message message, int part)
    {
        var (first, second) = (Range(message, SentAt), Range(message, SequenceNumber));
        return part switch
        {
            0 => message.Body[..first.Start],
            1 => message.Body[first.End..Math.Max(first.End, second.Start)],
            _ => message.Body[Math.Max(first.End, second.End)..],
        };
    }

    /// <summary>Where a field of MSH stands; an empty place at the end of MSH when it has none.</summary>
    private static (int Start, int End) Range(Hl7Message message, int number)
    {
        var header = message.GetSegment(0);
        var end = header.Range.Offset + header.Range.Length;
        return header.Field(number) is { IsPresent: true } field ? (field.Range.Offset, field.Range.Offset + field.Range.Length) : (end, end);
    }
}
