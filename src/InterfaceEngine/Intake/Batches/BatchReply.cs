using System.Buffers;
using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Intake.Batches;

/// <summary>
/// The answer to a batch: a batch of acknowledgements (HL7 2.3, §2.15): BHS, an MSH and MSA for each message, BTS with
/// their number. BHS-12 names the batch that is answered; BTS-2 says what is wrong with its envelope.
/// </summary>
internal static class BatchReply
{
    private const int CommentLengthMax = 80;

    /// <summary>
    /// Whether a batch is answered. One that answers another, or in which nothing asks for an answer, is not: two engines
    /// would acknowledge each other's acknowledgements for ever.
    /// </summary>
    public static bool IsDue(BatchReceipt batch, IReadOnlyList<Receipt> receipts) =>
        batch.Header?.AnswersControlId is null or "" && (receipts.Count == 0 || receipts.Any(receipt => !receipt.Reply.IsEmpty));

    /// <summary>The whole answer.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="receipts">Its messages, in their order.</param>
    public static byte[] Build(BatchReceipt batch, IReadOnlyList<Receipt> receipts)
    {
        var replies = receipts.Select(receipt => receipt.Reply).Where(reply => !reply.IsEmpty).ToList();
        var bytes = new ArrayBufferWriter<byte>(replies.Sum(reply => reply.Length) + 256);
        var head = Head(batch.Batch.Id, batch.Header, replies.FirstOrDefault());
        bytes.Write(head);
        foreach (var reply in replies)
        {
            bytes.Write(reply.Span);
        }

        bytes.Write(Tail(head, replies.Count, batch.Batch.Detail.Problems));
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Its BHS.</summary>
    /// <param name="batch">The batch that is answered.</param>
    /// <param name="header">Its first FHS or BHS; null when it has none.</param>
    /// <param name="first">The first reply: a batch without a header is answered in the delimiters of its messages.</param>
    public static byte[] Head(EngineId batch, BatchPart? header, ReadOnlyMemory<byte> first)
    {
        var (separator, encoding) = header is not null ? (header.Separator, header.Field(2))
            : Hl7Message.TryParseHeader(first, out var message) ? ((char)message.Delimiters.Field, message.Delimiters.EncodingCharacters)
            : ('|', Hl7Delimiters.Standard.EncodingCharacters);
        return Segment(separator, "BHS", encoding, Field(5), Field(6), Field(3), Field(4), "", "", "", "", batch.ToString(), Field(11));

        string Field(int number) => header?.Field(number) ?? "";
    }

    /// <summary>Its BTS.</summary>
    /// <param name="head">Its BHS.</param>
    /// <param name="replies">How many acknowledgements it has.</param>
    /// <param name="problems">What is wrong with the envelope of the batch that is answered.</param>
    public static byte[] Tail(ReadOnlySpan<byte> head, long replies, IReadOnlyList<string> problems)
    {
        var comment = string.Join("; ", problems);
        return Segment((char)head["BHS".Length], "BTS", replies.ToString(CultureInfo.InvariantCulture), comment.Length > CommentLengthMax ? comment[..CommentLengthMax] : comment);
    }

    private static byte[] Segment(char separator, params string[] fields) => Encoding.Latin1.GetBytes(string.Join(separator, fields).TrimEnd(separator) + "\r");
}
