using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>The embedded store keeps every promise of the suite.</summary>
public sealed class SqliteStoreTests : EngineStoreConformance, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override Task<IEngineStore> OpenAsync() => Task.FromResult<IEngineStore>(_folder.Open(Clock));
}
