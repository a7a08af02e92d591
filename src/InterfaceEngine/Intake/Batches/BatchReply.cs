using System.Buffers;
using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Intake.Batches;

/// <summary>
/// The answer to a batch: a batch of acknowledgements (HL7 2.3, §2.15): BHS, an MSH and MSA for each message, BTS with
/// their number. BHS-12 names the batch that is answered; BTS-2 says what is wrong with its envelope.
/// </summary>
internal static class BatchReply
{
    private const int CommentLengthMax = 80;

    /// <param name="receipt">The batch.</param>
    /// <param name="replies">The acknowledgements of its messages, in their order.</param>
    public static byte[] Build(BatchReceipt receipt, IReadOnlyList<ReadOnlyMemory<byte>> replies)
    {
        // A sender of a batch without a header is spoken to in the delimiters of the first answer, which are its own.
        var (separator, encoding) = receipt.Header is { } header ? ((char)header.Bytes.Span[3], header.Field(2))
            : replies.Count > 0 && Hl7Message.TryParseHeader(replies[0], out var first) ? ((char)first.Delimiters.Field, first.Delimiters.EncodingCharacters)
            : ('|', Hl7Delimiters.Standard.EncodingCharacters);
        var bytes = new ArrayBufferWriter<byte>(replies.Sum(reply => reply.Length) + 256);
        Segment("BHS", encoding, Field(5), Field(6), Field(3), Field(4), "", "", "", "", receipt.Batch.Id.ToString(), Field(11));
        foreach (var reply in replies)
        {
            bytes.Write(reply.Span);
        }

        var comment = string.Join("; ", receipt.Batch.Detail.Problems);
        Segment("BTS", replies.Count.ToString(CultureInfo.InvariantCulture), comment.Length > CommentLengthMax ? comment[..CommentLengthMax] : comment);
        return bytes.WrittenSpan.ToArray();

        string Field(int number) => receipt.Header?.Field(number) ?? "";

        void Segment(params string[] fields) => Encoding.Latin1.GetBytes(string.Join(separator, fields).TrimEnd(separator) + "\r", bytes);
    }
}
