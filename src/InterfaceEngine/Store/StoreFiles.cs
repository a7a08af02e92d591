namespace InterfaceEngine.Store;

/// <summary>Raised for a folder or file the store can't be opened from. Nothing was changed.</summary>
internal sealed class StoreOpenException : Exception
{
    public StoreOpenException(string message)
        : base(message)
    {
    }

    public StoreOpenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Names in the data folder, and owner-only files and folders.</summary>
internal static class StoreFiles
{
    public const string Database = "store.db";
    public const string Lock = "store.lock";
    public const string RestoreMark = "restore.pending";

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    private const UnixFileMode EveryMode = (UnixFileMode)0x1FF;

    /// <summary>Whether a store has been made in this folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Database));

    /// <summary>How large the write-ahead log of the store in this folder is.</summary>
    public static long LogBytes(string folder) => new FileInfo(Path.Combine(folder, Database) + "-wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Makes the folder for its owner only, or sees to it that one of ours is so.</summary>
    public static void Prepare(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, FolderMode);
            return;
        }

        if ((File.GetUnixFileMode(folder) & EveryMode & ~FolderMode) == 0)
        {
            return;
        }

        if (!Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new StoreOpenException($"{folder}: others may read this folder, and it holds other files. Give the engine a folder of its own, or make it private (chmod 700).");
        }

        File.SetUnixFileMode(folder, FolderMode);
    }

    /// <summary>A new file that only its owner can read.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = System.IO.FileMode.Create, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        return new FileStream(path, options);
    }

    /// <summary>Syncs what was written to a file by other means.</summary>
    public static void Sync(string path)
    {
        using var stream = new FileStream(path, System.IO.FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>
/// The data folder, held by one engine at a time: a second one, or a restore, is refused while it is held.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file)
    {
        _file = file;
    }

    /// <exception cref="StoreOpenException">Another engine holds it.</exception>
    public static FolderLock Take(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FolderLock(new FileStream(Path.Combine(folder, StoreFiles.Lock), options));
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StoreOpenException($"{folder}: this account may not write here.", failure);
        }
        catch (IOException failure)
        {
            throw new StoreOpenException($"{folder}: another engine is running on this data folder. Stop it first, or use another folder.", failure);
        }
    }

    public void Dispose() => _file.Dispose();
}
