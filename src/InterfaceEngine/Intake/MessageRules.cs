using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>What every message is asked before it is mapped: is it one to answer, may it come this way, was it here before.</summary>
internal static class MessageRules
{
    private const int UnsupportedProcessingId = 202;
    private const int UnsupportedVersion = 203;
    /// <summary>An acknowledgement is never acknowledged.</summary>
    public static bool IsAcknowledgement(Hl7Message message) => message.MessageCode is "ACK" or "MCF";

    /// <exception cref="RejectedException">Its version or processing id is not taken here.</exception>
    public static void Check(Hl7Message message, SourceBinding source)
    {
        if (message.Version is { Length: > 0 } version && !version.StartsWith("2.", StringComparison.Ordinal) && version != "2")
        {
            throw new RejectedException("MSH-12", "only HL7 versions 2.1 to 2.9 are taken", UnsupportedVersion, isRefusal: true);
        }

        if (message.ProcessingId is { Length: > 0 } processing && !source.ProcessingIds.Contains(processing))
        {
            throw new RejectedException(
                "MSH-11", $"only processing ids {string.Join(", ", source.ProcessingIds)} are taken here", UnsupportedProcessingId, isRefusal: true);
        }
    }

    /// <summary>How a resend of the message is recognised.</summary>
    public static ReceiptKey ReceiptKey(Hl7Message message)
    {
        var fingerprint = Hl7Fingerprint.Of(message);
        return message.ControlId.Length == 0
            ? new ReceiptKey(Convert.ToHexString(fingerprint), fingerprint)
            : new ReceiptKey($"{message.SendingApplication}\n{message.SendingFacility}\n{message.ControlId}", fingerprint);
    }
}
