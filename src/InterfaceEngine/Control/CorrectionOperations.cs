using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>A corrected copy of a message that stands still: the original is never overwritten.</summary>
internal sealed class CorrectionOperations(EngineParts parts)
{
    /// <summary>Stores the copy only if it passes: a copy that is as bad as its original helps nobody.</summary>
    public async Task<CorrectionAnswer> CorrectAsync(CorrectMessageRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw RequestException.Usage("Say why with --reason TEXT: a corrected copy is not what its sender said, and the next person wants to know.");
        }

        var id = Views.ParseId(request.Id, "message");
        var original = await parts.Store.LookAsync(reader => reader.Message(id), cancellationToken) ?? throw await DroppedWords.NoMessageAsync(parts.Store, id, cancellationToken);
        if (original.State is not (MessageState.Refused or MessageState.Quarantined or MessageState.Held or MessageState.Parked))
        {
            throw RequestException.Refused($"Message {id} is {Views.Word(original.State)}: only one that is refused, quarantined, held or parked can be corrected.");
        }

        var trial = await parts.Replay.CorrectAsync(id, request.Body, audit: null, isTrial: true, cancellationToken);
        if (trial.State is not (MessageState.Applied or MessageState.Unchanged or MessageState.Parked))
        {
            var notes = trial.Detail?.Notes.Where(note => note.Severity is Details.Refused or Details.Held).Select(note => $"{note.Place}: {note.Reason}") ?? [];
            throw RequestException.Refused($"The corrected copy would be {Views.Word(trial.State)}, so nothing was stored. {string.Join(' ', notes)}".TrimEnd());
        }

        var receipt = await parts.Replay.CorrectAsync(id, request.Body, request.Audit("messages correct", original.Practice, $"message {id}"), isTrial: false, cancellationToken);
        return new CorrectionAnswer(id.ToString(), receipt.Message.ToString(), Views.Word(receipt.State));
    }
}

/// <summary>Applies a corrected copy in place of a message that stands still. Needs a reason.</summary>
/// <param name="Id">The original.</param>
/// <param name="Body">The copy.</param>
internal sealed record CorrectMessageRequest(string Id, byte[] Body) : ControlRequest<CorrectionAnswer>;

/// <param name="Message">The copy's id.</param>
/// <param name="State">What became of it.</param>
internal sealed record CorrectionAnswer(string Original, string Message, string State) : ControlAnswer;

/// <param name="Place">E.g. <c>PID-5</c>.</param>
internal sealed record DifferenceView(string Place, string? Before, string? After);
