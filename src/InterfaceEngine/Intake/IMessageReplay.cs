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

    /// <summary>Says what taking a message up again would give, with the mappings and records as they are now, and stores nothing.</summary>
    /// <exception cref="KeyNotFoundException">There is no such message.</exception>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken);
}
