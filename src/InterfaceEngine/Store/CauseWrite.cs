using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// Why a message needs somebody. Messages of a practice with the same state, code, cell and text have one cause in
/// common: what mends one mends all.
/// </summary>
/// <param name="State">Refused, quarantined, held or parked.</param>
/// <param name="Code">The deciding code, e.g. <c>MAP501</c>. No patient value.</param>
/// <param name="Place">Where in the first such message, e.g. <c>PID-7</c>; encrypted.</param>
/// <param name="Cell">The deciding mapping cell; encrypted.</param>
/// <param name="Text">What was found and what was expected; encrypted.</param>
internal sealed record CauseWrite(MessageState State, string Code, string? Place, string? Cell, string Text)
{
    private const byte Format = 1;

    /// <summary>Encodes what is kept sealed into a rented buffer; the caller disposes it.</summary>
    public DocumentWriter Encode()
    {
        var writer = new DocumentWriter(512);
        writer.Byte(Format);
        writer.Text(Place ?? "");
        writer.Text(Cell ?? "");
        writer.Text(Text);
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no cause of a format this engine reads.</exception>
    public static (string? Place, string? Cell, string Text) Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var (place, cell, text) = (reader.Text(), reader.Text(), reader.Text());
        reader.End();
        return (place.Length == 0 ? null : place, cell.Length == 0 ? null : cell, text);
    }
}

/// <summary>A cause as it is kept.</summary>
/// <param name="Practice">Null when the practice is unknown.</param>
/// <param name="Messages">Messages that stand still for it now; 0 when it is closed.</param>
/// <param name="Sightings">Messages that ever did.</param>
internal sealed record StoredCause(
    EngineId Id, string? Practice, MessageState State, string Code, string? Place, string? Cell, string Text, long FirstSeen, long LastSeen, long Messages, long Sightings)
{
    /// <summary>The text in a list of one whose own was altered.</summary>
    public const string Damaged = "can't be opened: it was altered outside the engine";
}

/// <summary>Messages that wait for one reference.</summary>
/// <param name="Practice">The practice.</param>
/// <param name="Messages">How many wait for it.</param>
/// <param name="Oldest">The one that waits longest.</param>
/// <param name="Since">When that was received, UTC milliseconds.</param>
internal sealed record AwaitedReference(string Practice, long Messages, EngineId Oldest, long Since);
