using System.Globalization;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>A numbered message's place in the sequence of its sender (MSH-13), where the listener asks for it.</summary>
/// <param name="Answer">MSA-4 of its acknowledgement.</param>
/// <param name="Write">What advances with the message when it is accepted.</param>
/// <param name="Verdict">What becomes of a message that is not the next of its sender; null for the next.</param>
internal sealed record SequencePlace(long Answer, SequenceWrite Write, Verdict? Verdict)
{
    /// <summary>Finds the place.</summary>
    /// <exception cref="RejectedException">MSH-13 is missing or no number.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public static async ValueTask<SequencePlace> FindAsync(IEngineStore store, SourceBinding source, Practice practice, Hl7Message message, CancellationToken cancellationToken)
    {
        var number = Number(message);
        var key = new SequenceKey(source.Name, $"{message.SendingApplication}\n{message.SendingFacility}");
        var loaded = await store.LoadAsync(practice.Id, new LoadQuery(MessageRules.ReceiptKey(message), [], []) { Sequence = key }, cancellationToken);
        var (step, answer) = SequenceProtocol.Judge(number, loaded.LastSequenceNumber);
        var verdict = step switch
        {
            SequenceStep.Expected => null,
            SequenceStep.Start or SequenceStep.Reset => Verdict.Synchronised(message),
            SequenceStep.Earlier when loaded.Earlier is { IsSameBody: true } earlier => Verdict.Duplicate(message, earlier),
            _ => Verdict.OutOfSequence(message, number, answer, isEarlier: step == SequenceStep.Earlier),
        };
        var taken = step switch
        {
            SequenceStep.Expected => number,
            SequenceStep.Reset => (long?)null,
            _ => loaded.LastSequenceNumber,
        };
        return new SequencePlace(answer, new SequenceWrite(key, loaded.LastSequenceNumber, taken), verdict);
    }

    private static long Number(Hl7Message message)
    {
        var text = message.GetSegment(0).Field(13).Decode().Trim();
        if (text.Length == 0)
        {
            throw new RejectedException("MSH-13", "a sequence number is required here and was not given", Hl7ErrorCode.RequiredFieldMissing, isRefusal: false);
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= -1 and <= SequenceProtocol.NumberMax
            ? number
            : throw new RejectedException("MSH-13", $"a sequence number is a whole number of -1 to {SequenceProtocol.NumberMax}", Hl7ErrorCode.DataType, isRefusal: false);
    }
}
