using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

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

    /// <summary>The files as a kill would leave them now: nothing is closed, nothing is moved out of the log.</summary>
    public StoreFolder CopyAsKilled()
    {
        var copy = new StoreFolder();
        StoreFiles.Prepare(copy.Data);
        foreach (var name in (string[])["store.db", "store.db-wal"])
        {
            using var source = new FileStream(Path.Combine(Data, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(copy.Data, name));
            source.CopyTo(target);
        }

        return copy;
    }

    /// <summary>A folder and the files in it are their owner's only. Windows has no such bits.</summary>
    public static void AssertPrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.GetUnixFileMode(folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
