namespace InterfaceEngine.Store;

/// <summary>
/// Who does what only one may do, such as sending to a destination. A lease ends by itself; each new owner gets a
/// higher number, and what the store changes for an owner it changes only while that number is the last. Its time is told
/// by the store's clock, which all have in common.
/// </summary>
internal interface ILeaseStore
{
    /// <summary>Raised when a lease was given back, by whatever process. A hint that spares waiting, which may be missed. Must not wait.</summary>
    event Action? Freed;

    /// <summary>Takes a lease that nobody holds, whose time has run out, or that the owner has itself: it gets a new number. Null when another holds it.</summary>
    /// <param name="name">What it is for, e.g. <c>destination/athena</c>.</param>
    /// <param name="owner">Who takes it: a name that no two processes share.</param>
    /// <param name="lasts">From now; renew it in good time.</param>
    /// <param name="cancellationToken">Ends the wait for the writer.</param>
    /// <exception cref="StoreUnavailableException">The store failed: nobody got it.</exception>
    Task<Lease?> TakeAsync(string name, string owner, TimeSpan lasts, CancellationToken cancellationToken);

    /// <summary>Lets it last from now again. False when another took it meanwhile: stop at once.</summary>
    /// <exception cref="StoreUnavailableException">The store failed: it ends when it would have ended.</exception>
    Task<bool> RenewAsync(Lease lease, TimeSpan lasts, CancellationToken cancellationToken);

    /// <summary>Gives it back, so that another need not wait for its end. Of a lease that was lost, nothing changes.</summary>
    Task ReleaseAsync(Lease lease, CancellationToken cancellationToken);
}

/// <param name="Name">What it is for.</param>
/// <param name="Owner">Who took it.</param>
/// <param name="Number">The fencing number: one more for each owner.</param>
internal sealed record Lease(string Name, string Owner, long Number);

/// <summary>A lease as people see it.</summary>
/// <param name="EndsIn">By the store's clock; zero or less when nobody holds it.</param>
internal sealed record StoredLease(string Name, string Owner, long Number, TimeSpan EndsIn);
