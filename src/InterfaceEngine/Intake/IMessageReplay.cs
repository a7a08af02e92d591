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
    /// <exception cref="StoreUnavailableException">The store failed, or the message left its state meanwhile; nothing was done.</exception>
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
    /// <exception cref="StoreUnavailableException">The store failed, or the original left its state meanwhile; nothing was done.</exception>
    ValueTask<Receipt> CorrectAsync(EngineId original, ReadOnlyMemory<byte> body, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken);

    /// <summary>Says what taking a message up again would give, with the mappings and records as they are now, and stores nothing.</summary>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken);
}
