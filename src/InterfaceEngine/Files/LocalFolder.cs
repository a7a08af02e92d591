namespace InterfaceEngine.Files;

/// <summary>
/// A folder of this machine, or of a share that is mounted here. A path that a symbolic link leads out of it is refused: whoever may
/// drop files here must not choose what else the engine reads or overwrites.
/// </summary>
internal sealed class LocalFolder : IFileFolder
{
    private readonly string _root;
    private readonly FolderLimits _limits;
    private readonly FileReaders _readers;

    /// <param name="root">The folder's path; it need not be there yet.</param>
    /// <param name="limits">What is put up with.</param>
    /// <param name="readers">Who can read what is written.</param>
    public LocalFolder(string root, FolderLimits? limits = null, FileReaders readers = FileReaders.Owner)
    {
        _readers = readers;
        _root = Path.GetFullPath(root);
        _limits = limits ?? new FolderLimits();
    }

    public string Location => _root;

    public Task<FolderListing> ListAsync(string path, CancellationToken cancellationToken) => Guard(At(path), "listing the folder", () =>
    {
        // A share may list a name twice while its folder changes: the later counts.
        var (entries, seen, leftOut, bytes) = (new Dictionary<string, FolderEntry>(StringComparer.Ordinal), 0, 0, 0L);
        foreach (var found in new DirectoryInfo(Inside(path)).EnumerateFileSystemInfos("*", _everything))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += found.Name.Length;
            if (++seen > _limits.EntriesMax || bytes > _limits.NameBytesMax)
            {
                throw new FileFaultException(FileFault.Protocol, $"{At(path)}: the folder holds more than {_limits.EntriesMax} entries, or their names have more than {_limits.NameBytesMax} bytes. Move what is done away.");
            }

            if (!PlacePath.IsName(found.Name))
            {
                leftOut++;
            }
            else if (Describe(found) is { } entry)
            {
                entries[entry.Name] = entry;
            }
        }

        return new FolderListing([.. entries.Values], leftOut);
    });

    public Task<FolderEntry?> FindAsync(string path, CancellationToken cancellationToken) => Guard(_root, "looking at a file", () => Look(Inside(path)));

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => Guard(_root, "opening a file", () =>
    {
        // Looked at once it is open: before, it could be exchanged for something else in between. A folder can't be opened on Windows.
        var file = Inside(path);
        return Look(file) is not { IsFile: false } && LocalFile.TryOpenRead(file) is { } stream
            ? (Stream)new LocalReadStream(stream, _root)
            : throw new FileFaultException(FileFault.Refused, $"{_root}: what is to be read is no regular file.");
    });

    public async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, bool replaces, CancellationToken cancellationToken)
    {
        var (folder, _) = PlacePath.Parent(path);
        var file = await Guard(_root, "writing a file", () => Inside(path));
        var temporary = Path.Combine(await Guard(_root, "writing a file", () => Inside(folder)), PlacePath.Temporary());
        try
        {
            var stream = await Guard(_root, "making a file", () => Create(temporary));
            await using (stream)
            {
                await using var guarded = new LocalWriteStream(stream, _root);
                await write(guarded, cancellationToken);
                await Guard(_root, "syncing a file", () => stream.Flush(flushToDisk: true));
            }

            await Guard(_root, "giving a file its name", () => Rename(temporary, file, replaces));
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    public Task MoveAsync(string from, string to, CancellationToken cancellationToken) => Guard(_root, "moving a file", () =>
    {
        var (source, target) = (Inside(from), Inside(to));
        Rename(source, target, replaces: false);
        FolderSync.Sync(Path.GetDirectoryName(source)!);
    });

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => Guard(_root, "deleting a file", () =>
    {
        var file = Inside(path);
        if (Look(file) is not null)
        {
            File.Delete(file);
            FolderSync.Sync(Path.GetDirectoryName(file)!);
        }
    });

    public Task MakeFolderAsync(string path, CancellationToken cancellationToken) => Guard(At(path), "making the folder", () =>
    {
        // One by one: the framework gives the mode to the last alone.
        Create(Inside(""), _readers);
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            Create(Inside(path[..end]), _readers);
        }

        Create(Inside(path), _readers);
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Hidden files are files, and a folder that may not be listed is said.</summary>
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false, MatchType = MatchType.Simple };

    private string At(string path) => path.Length == 0 ? _root : $"{_root}/{path}";

    /// <summary>The full path, once it is certain that it leads to somewhere in the place.</summary>
    private string Inside(string path)
    {
        var names = PlacePath.Split(path);
        var root = RealPath.Of(_root);
        if (names.Count == 0)
        {
            return root;
        }

        // The last name itself may be a link to anywhere: it is looked at, renamed and deleted as the link that it is, and never read.
        var folder = RealPath.Of(Path.Combine([root, .. names.Take(names.Count - 1)]));
        return folder == root || folder.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Path.Combine(folder, names[^1])
            : throw new FileFaultException(FileFault.Permission, $"{_root}: a symbolic link leads out of this folder, and it is not followed. Name the folder itself in the settings.");
    }

    private static void Create(string folder, FileReaders readers)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, readers.OfFolder());
        }
    }

    private FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = _readers.OfFile();
        }

        return new FileStream(path, options);
    }

    private static void Rename(string from, string to, bool replaces)
    {
        if (replaces)
        {
            File.Move(from, to, overwrite: true);
        }
        else
        {
            LocalFile.Move(from, to);
        }

        FolderSync.Sync(Path.GetDirectoryName(to)!);
    }

    /// <summary>Removes what was not finished. That it can't be removed is no news beside the failure before.</summary>
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static FolderEntry? Look(string path) => Describe(new FileInfo(path)) ?? Describe(new DirectoryInfo(path));

    /// <summary>Null when it is gone. A link is described as the link that it is.</summary>
    private static FolderEntry? Describe(FileSystemInfo found)
    {
        var attributes = found.Attributes;
        if (attributes == (FileAttributes)(-1) || !found.Exists)
        {
            return found.LinkTarget is null ? null : new FolderEntry(found.Name, false, 0, found.LastWriteTimeUtc);
        }

        // A pipe or a device, which the framework does not tell from a file, has no length.
        var isFile = (attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint | FileAttributes.Device)) == 0 && found is FileInfo file && (file.Length > 0 || LocalFile.IsRegular(file.FullName));
        return new FolderEntry(found.Name, isFile, isFile ? ((FileInfo)found).Length : 0, found.LastWriteTimeUtc);
    }

    private static Task<T> Guard<T>(string where, string what, Func<T> act)
    {
        try
        {
            return Task.FromResult(act());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Task.FromException<T>(LocalFaults.From(failure, where, what));
        }
        catch (FileFaultException fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private static Task<bool> Guard(string where, string what, Action act) => Guard(where, what, () =>
    {
        act();
        return true;
    });
}
