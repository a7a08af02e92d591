namespace InterfaceEngine.Store.Sql;

/// <summary>Runs what writes, one after the other, each in a transaction of its own or one that it shares.</summary>
internal interface IStoreWriter
{
    /// <summary>Runs an action; returns after the sync. It may run twice, when the transaction had to be run again.</summary>
    /// <exception cref="StoreUnavailableException">Nothing of it is stored.</exception>
    Task<T> RunAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken);

    /// <summary>Runs a job; returns after the sync.</summary>
    /// <exception cref="StoreUnavailableException">Nothing of it is stored.</exception>
    Task<T> RunAsync<T>(WriterJob<T> job, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="RunAsync{T}(Func{WriterSession, T}, CancellationToken)"/>, for what touches leases and nodes only: where several processes write, it waits for none of the
    /// units.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing of it is stored.</exception>
    Task<T> RunApartAsync<T>(Func<WriterSession, T> action, CancellationToken cancellationToken);
}

/// <summary>Runs questions, several at a time, each in a read transaction of its own.</summary>
internal interface IStoreReaders
{
    /// <exception cref="StoreUnavailableException">No connection could be had, or reading failed.</exception>
    ValueTask<T> ReadAsync<TState, T>(TState state, Func<StoreReader, TState, T> question, CancellationToken cancellationToken);
}
