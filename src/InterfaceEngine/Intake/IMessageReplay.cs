using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>Takes up kept messages again: parked ones whose patient came, held ones a person accepted, mended ones.</summary>
internal interface IMessageReplay
{
    /// <param name="message">The kept message.</param>
    /// <param name="accepted">What a person has looked at and wants applied.</param>
    /// <param name="audit">Who asked and why; null when the engine resumes a message by itself.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    /// <exception cref="MessageMovedException">It left its state meanwhile; nothing was done.</exception>
    ValueTask<Receipt> ReplayAsync(EngineId message, Acceptance accepted, AuditEntry? audit, CancellationToken cancellationToken);

    /// <summary>
    /// Applies a corrected copy in place of a kept message: with its original's time of receipt and its place in the order
    /// of arrival. The original is dismissed in the same transaction. Nobody is answered.
    /// </summary>
    /// <param name="original">The kept message.</param>
    /// <param name="body">The copy.</param>
    /// <param name="audit">Who corrected it and why.</param>
    /// <param name="isTrial">Only say what would become of it, and store nothing.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    /// <exception cref="MessageMovedException">The original left its state meanwhile; nothing was done.</exception>
    ValueTask<Receipt> CorrectAsync(EngineId original, ReadOnlyMemory<byte> body, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken);

    /// <summary>Says what taking a message up again would give, with the mappings and records as they are now, and stores nothing.</summary>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken);

    /// <summary>
    /// A person's word that a message is never applied; of a held one, its review item is closed with it. A sender that waits
    /// to hear that it was applied is told that it was not.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    /// <exception cref="MessageMovedException">It left its state meanwhile; nothing was done.</exception>
    ValueTask DismissAsync(StoredMessage message, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>Puts a message that fails inside the engine whenever it is taken up before a person.</summary>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    /// <exception cref="MessageMovedException">It left its state meanwhile; nothing was done.</exception>
    ValueTask GiveUpAsync(EngineId message, CancellationToken cancellationToken);
}

/// <summary>A kept message has left the state it was read in: look at it again.</summary>
internal sealed class MessageMovedException(EngineId message) : Exception($"message {message} changed meanwhile: look at it again");
