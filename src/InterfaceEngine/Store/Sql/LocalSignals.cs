namespace InterfaceEngine.Store.Sql;

/// <summary>The signals of a store that one process has for itself.</summary>
internal sealed class LocalSignals : IStoreSignals
{
    public event Action<StoreSignal>? Raised;

    public void Raise(StoreSignal signal) => Raised?.Invoke(signal);
}
