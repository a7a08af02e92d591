using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>The embedded store keeps every promise of the suite.</summary>
public sealed class SqliteStoreTests : EngineStoreConformance, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override Task<IEngineStore> OpenAsync() => Task.FromResult<IEngineStore>(_folder.Open(Clock));
}

/// <summary>A data folder of a test's own.</summary>
internal sealed class StoreFolder : IDisposable
{
    public StoreFolder()
    {
        Root = Directory.CreateTempSubdirectory("engine-store-").FullName;
        Data = Path.Combine(Root, "data");
    }

    public string Root { get; }

    public string Data { get; }

    public string Database => Path.Combine(Data, "store.db");

    public static MasterKey Key { get; } = new([.. Enumerable.Range(0, 32).Select(number => (byte)number)], "a test's key", isNew: false);

    public SqliteStore Open(TimeProvider time, StoreOptions? options = null, MasterKey? key = null) =>
        SqliteStore.Open((options ?? new StoreOptions()) with { Folder = Data }, key ?? Key, new IdSource(time, new Random(2)), time);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
