using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>A person's word that a difference of the ledger is known and explained. It stays in every account, as accepted.</summary>
/// <param name="Difference">The difference's id; another one of the same day has another.</param>
/// <param name="AcceptedAt">UTC milliseconds; given by the store.</param>
/// <param name="Actor">Who; encrypted, as what follows.</param>
/// <param name="Reason">Why.</param>
/// <param name="Text">What the difference said then. No patient data.</param>
internal sealed record LedgerAcceptance(EngineId Difference, long AcceptedAt, string Actor, string Reason, string Text)
{
    private const byte Format = 1;

    /// <summary>Encodes what is kept sealed into a rented buffer; the caller disposes it.</summary>
    public DocumentWriter Encode()
    {
        var writer = new DocumentWriter(512);
        writer.Byte(Format);
        writer.Text(Actor);
        writer.Text(Reason);
        writer.Text(Text);
        return writer;
    }

    /// <exception cref="InvalidDataException">The bytes are no acceptance of a format this engine reads.</exception>
    public static (string Actor, string Reason, string Text) Decode(ReadOnlySpan<byte> document)
    {
        var reader = new DocumentReader(document, Format);
        var (actor, reason, text) = (reader.Text(), reader.Text(), reader.Text());
        reader.End();
        return (actor, reason, text);
    }
}
