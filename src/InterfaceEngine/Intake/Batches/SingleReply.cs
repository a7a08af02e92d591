using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Batches;

/// <summary>
/// The answer to a batch for senders that read one acknowledgement only: AA when every message was taken and the envelope is
/// right; else AE, or AR when all that was not taken is not served here, with an ERR for every fault. In enhanced mode CA, CE
/// and CR. MSA-2 is the batch's control id, or that of its first message where it has none.
/// </summary>
internal static class SingleReply
{
    private const int FaultsMax = 100;

    /// <param name="batch">The batch.</param>
    /// <param name="receipts">Its messages, in their order.</param>
    /// <param name="now">MSH-7 of an answer to a batch whose messages got none.</param>
    public static byte[] Build(BatchReceipt batch, IReadOnlyList<Receipt> receipts, DateTimeOffset now)
    {
        var answered = receipts.LastOrDefault(receipt => !receipt.Reply.IsEmpty);
        var reply = answered is not null && Hl7Message.TryParseHeader(answered.Reply, out var parsed) ? parsed : null;
        var controlId = batch.Batch.Detail.ControlId is { Length: > 0 } said ? said : receipts.Count > 0 ? receipts[0].ControlId : "";
        var refused = receipts.Select((receipt, index) => (Receipt: receipt, Number: index + 1)).Where(one => !IsTaken(one.Receipt)).ToList();
        var isEnhanced = receipts.Any(receipt => receipt.Answer is AcknowledgementCode.CA or AcknowledgementCode.CE or AcknowledgementCode.CR);
        var content = new AcknowledgementContent(Code(batch, refused, isEnhanced))
        {
            Text = Text(batch, refused, receipts.Count),
            Faults = [.. Envelope(batch).Concat(refused.SelectMany(one => one.Receipt.Faults.Select(fault => fault with { Text = $"message {one.Number}: {fault.Text}" }))).Take(FaultsMax)],
        };
        return Acknowledgement.Build(AsMessage(batch, reply, controlId), content, batch.Batch.Id.ToString(), SentAt(reply, now));
    }

    private static bool IsTaken(Receipt receipt) => receipt.Answer is null or AcknowledgementCode.AA or AcknowledgementCode.CA;

    private static AcknowledgementCode Code(BatchReceipt batch, List<(Receipt Receipt, int Number)> refused, bool isEnhanced)
    {
        if (batch.Batch.Verdict == BatchVerdict.Complete && refused.Count == 0)
        {
            return isEnhanced ? AcknowledgementCode.CA : AcknowledgementCode.AA;
        }

        var isRejected = batch.Batch.Verdict == BatchVerdict.Complete && refused.TrueForAll(one => one.Receipt.Answer is AcknowledgementCode.AR or AcknowledgementCode.CR);
        return (isEnhanced, isRejected) switch
        {
            (false, false) => AcknowledgementCode.AE,
            (false, true) => AcknowledgementCode.AR,
            (true, false) => AcknowledgementCode.CE,
            _ => AcknowledgementCode.CR,
        };
    }

    private static string? Text(BatchReceipt batch, List<(Receipt Receipt, int Number)> refused, int messages)
    {
        var texts = new List<string>();
        if (refused.Count > 0)
        {
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{refused.Count} of {messages} messages not taken: {string.Join(", ", refused.Take(FaultsMax).Select(one => one.Number))}"));
        }

        texts.AddRange(batch.Batch.Detail.Problems);
        return texts.Count == 0 ? null : string.Join("; ", texts);
    }

    private static IEnumerable<Hl7Fault> Envelope(BatchReceipt batch) =>
        batch.Batch.Detail.Problems.Select(problem => new Hl7Fault("BTS", 1, null, null, Hl7ErrorCode.SegmentSequence, problem));

    /// <summary>The batch's header as a message to answer: who sent it is said there, the version by its messages.</summary>
    private static Hl7Message? AsMessage(BatchReceipt batch, Hl7Message? reply, string controlId)
    {
        var (separator, encoding) = batch.Header is { } header ? (header.Separator, header.Field(2))
            : reply is not null ? ((char)reply.Delimiters.Field, reply.Delimiters.EncodingCharacters)
            : ('|', Hl7Delimiters.Standard.EncodingCharacters);
        string[] fields =
        [
            "MSH", encoding, Party(3, 5), Party(4, 6), Party(5, 3), Party(6, 4), "", "", "", controlId, OfReply(11), OfReply(12), "", "", "", "", "", OfReply(18),
        ];
        return Hl7Message.TryParseHeader(Encoding.Latin1.GetBytes(string.Join(separator, fields) + "\r"), out var message) ? message : null;

        string Party(int inHeader, int inReply) => batch.Header?.Field(inHeader) ?? OfReply(inReply);

        string OfReply(int field) => reply?.GetSegment(0).Field(field).Decode() ?? "";
    }

    /// <summary>When its messages were answered, in their practice's local time.</summary>
    private static DateTimeOffset SentAt(Hl7Message? reply, DateTimeOffset now) =>
        DateTime.TryParseExact(reply?.GetSegment(0).Field(7).Decode(), "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, TimeSpan.Zero)
            : now;
}
