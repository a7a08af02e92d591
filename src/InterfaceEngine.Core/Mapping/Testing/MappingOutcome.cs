using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Core.Mapping.Testing;

/// <summary>What a case's message, or all rows of its file together, came to.</summary>
internal sealed record MappingOutcome(string Verdict, IReadOnlyList<IncomingRecord> Records, IReadOnlyList<MappingNote> Notes)
{
    public static MappingOutcome Of(IReadOnlyList<MappedMessage> messages) => new(
        messages.Any(message => message.IsRejected) ? "rejected"
            : messages.Any(message => message.IsHeld) ? "held"
            : messages.All(message => !message.IsMapped) ? "ignored"
            : "accepted",
        [.. messages.SelectMany(message => message.Records).Where(record => !record.IsEmptyList)],
        [.. messages.SelectMany(message => message.Notes)]);
}
