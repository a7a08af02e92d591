namespace InterfaceEngine.Store;

/// <summary>What happened in the store that somebody may be waiting for.</summary>
internal enum StoreSignal
{
    /// <summary>Deliveries were queued, or are to be sent again.</summary>
    Queued,

    /// <summary>Messages that were parked can be taken up.</summary>
    Ready,

    /// <summary>A parked message has its verdict, for which its sender may still be waiting.</summary>
    Answered,

    /// <summary>Somebody gave a lease back.</summary>
    Freed,

    /// <summary>Another mapping set is to be used.</summary>
    Mapping,
}

/// <summary>
/// Wakes whoever waits for something in the store, in this process and in the others that share it. A hint that spares
/// waiting: it may come late or not at all, so whoever listens looks from time to time as well.
/// </summary>
internal interface IStoreSignals
{
    /// <summary>Called on any thread; must not wait.</summary>
    event Action<StoreSignal>? Raised;

    /// <summary>Tells everybody, this process first. Never waits.</summary>
    void Raise(StoreSignal signal);
}
