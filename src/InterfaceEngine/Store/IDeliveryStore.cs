using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Store;

/// <summary>
/// What a destination's owner asks of the store. Claiming writes nothing: the lease keeps others away, and the owner
/// remembers what is on its way. So a delivery costs one write, when it is settled.
/// </summary>
internal interface IDeliveryStore
{
    /// <summary>
    /// Raised after a commit that queued deliveries, or had one sent again. A hint that spares waiting: whoever sends
    /// looks from time to time as well. Called on the committing task; must not wait.
    /// </summary>
    event Action? Queued;

    /// <summary>Other processes may use the store at the same time.</summary>
    bool IsShared { get; }

    /// <summary>
    /// What may be sent now: of each lane its oldest delivery that is not settled, if it waits and is due. The longest
    /// due come first. Lanes that are held or not due cost nothing, however much waits behind their first.
    /// </summary>
    /// <param name="lease">The destination's.</param>
    /// <param name="destination">Its name.</param>
    /// <param name="scope">What is left out, and how many are taken.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    /// <returns>Null when the lease is lost.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<DeliveryClaim?> ClaimAsync(Lease lease, string destination, ClaimScope scope, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a claimed delivery is still to be sent: asked about one that was in hand for a while, for a person may
    /// have dismissed it. False, too, when the lease is lost.
    /// </summary>
    /// <param name="lease">The destination's.</param>
    /// <param name="destination">Its name.</param>
    /// <param name="delivery">What was claimed.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    ValueTask<bool> IsWaitingAsync(Lease lease, string destination, ClaimedDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Writes what became of attempts, all or nothing. Returns after the sync.</summary>
    /// <returns>False when the lease is lost: nothing was written, and its new owner sends them again.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: nothing was written.</exception>
    Task<bool> SettleAsync(Lease lease, IReadOnlyList<DeliverySettlement> settlements, CancellationToken cancellationToken);
}

/// <param name="OnTheirWay">
/// What the owner has not settled yet, as it was before this call: it is left out. (Not as it is afterwards: what was
/// settled while this question was being read may still look unsettled to it.)
/// </param>
/// <param name="TryTake">
/// Asked of each delivery that may be sent, by its lane (<see cref="ClaimedDelivery.Lane"/>) and in order; false leaves
/// it where it is. Called inside the read; must not wait.
/// </param>
/// <param name="Limit">How many at most.</param>
internal sealed record ClaimScope(IReadOnlySet<EngineId> OnTheirWay, Func<ulong, bool> TryTake, int Limit);

/// <param name="Deliveries">What may be sent now.</param>
/// <param name="NextDueIn">After what time the next delivery becomes due that is not yet; null when none waits.</param>
internal sealed record DeliveryClaim(IReadOnlyList<ClaimedDelivery> Deliveries, TimeSpan? NextDueIn);

/// <summary>A delivery to be sent.</summary>
internal sealed record ClaimedDelivery
{
    public required EngineId Id { get; init; }

    /// <summary>Null when the practice of its cause is unknown.</summary>
    public required string? Practice { get; init; }

    /// <summary>A number that all deliveries of its lane share, to keep them on one connection. Not the lane itself.</summary>
    public required ulong Lane { get; init; }

    public required string Event { get; init; }

    /// <summary>Attempts that failed since it was queued, or since a person had it retried.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long ago the first of these was settled, by the store's clock; null when there was none.</summary>
    public required TimeSpan? TriedFor { get; init; }

    public required string ControlId { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Which version of the practice's key it is sealed with, body and notes alike.</summary>
    public required int KeyVersion { get; init; }

    /// <summary>True when what is stored was altered outside the engine and can't be opened: it must be held, unsent.</summary>
    public bool IsDamaged { get; init; }
}

/// <summary>What became of one attempt.</summary>
internal sealed record DeliverySettlement
{
    /// <summary>The code of what can't be opened.</summary>
    public const string DamagedCode = "damaged";

    public required ClaimedDelivery Delivery { get; init; }

    /// <summary>
    /// Delivered, waiting for <see cref="RetryIn"/>, or held. If a person dismissed it while it was on its way,
    /// only delivered counts: then the receiver has it all the same.
    /// </summary>
    public required DeliveryState State { get; init; }

    /// <summary>The pause before the next attempt, from when this is written: it is the store's clock that tells when it is over. For waiting only.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>What came back in short, e.g. <c>AE 103</c>, <c>no reply</c>. No patient value.</summary>
    public required string Code { get; init; }

    /// <summary>Why it was not delivered, for people; encrypted. Null when it was.</summary>
    public string? Reason { get; init; }

    /// <summary>The receiver's reply as it came; encrypted. Empty when there was none.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }
}
