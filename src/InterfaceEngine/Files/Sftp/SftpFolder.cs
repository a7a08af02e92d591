namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// A folder of a server. Links that leave it are the server's matter: it decides what its user may see. A file is synced where the server
/// offers that (OpenSSH's does); no server offers to sync the folder.
/// </summary>
internal sealed class SftpFolder : IFileFolder
{
    private const string PosixRename = "posix-rename@openssh.com";
    private const string Sync = "fsync@openssh.com";
    private const string Room = "statvfs@openssh.com";

    private const uint ForReading = 1;
    private const uint HasMode = 4;
    private const uint ForWritingANewFile = 0x02 | 0x08 | 0x20;
    private const int HandleBytesMax = 256;

    private readonly SftpConnection _connection;
    private readonly string _folder;
    private readonly FolderLimits _limits;
    private readonly IAsyncDisposable? _owned;
    private readonly FileReaders _readers;

    /// <param name="connection">The server; closed with this.</param>
    /// <param name="folder">The folder on the server; one without a leading <c>/</c> is taken from where the server puts us. Empty is that place itself.</param>
    /// <param name="limits">What is put up with.</param>
    /// <param name="owned">What made the connection, ended with it.</param>
    /// <param name="readers">Who can read what is written.</param>
    public SftpFolder(SftpConnection connection, string folder, FolderLimits limits, IAsyncDisposable? owned = null, FileReaders readers = FileReaders.Owner)
    {
        _readers = readers;
        _connection = connection;
        _folder = Trim(folder);
        _limits = limits;
        _owned = owned;
    }

    public string Location => LocationOf(_connection.Address, _folder);

    /// <summary>A server's folder, for people.</summary>
    public static string LocationOf(string address, string folder) =>
        Trim(folder) is { Length: > 0 } trimmed ? $"{address}{(trimmed.StartsWith('/') ? "" : "/")}{trimmed}" : address;

    /// <summary>Connects to the server.</summary>
    /// <param name="options">The server.</param>
    /// <param name="folder">The folder on it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileFaultException">It can't be reached, does not know us, or is not who it was.</exception>
    public static async Task<IFileFolder> ConnectAsync(SftpOptions options, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var ssh = SshProcess.Start(options);
        try
        {
            var connection = await SftpConnection.OpenAsync(ssh.Output, ssh.Input, options.Address, options.ConnectTimeout, options.SilenceTimeout, time, ssh.ExplainAsync, cancellationToken);
            return new SftpFolder(connection, folder, options.Limits, ssh, options.Readers);
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    public async Task<FolderListing> ListAsync(string path, CancellationToken cancellationToken)
    {
        var where = At(path);
        var handle = await OpenAsync(_connection.Request(SftpKind.OpenFolder).Text(Full(path)), where, "listing the folder", cancellationToken);
        try
        {
            var listing = new SftpListing(_limits, where);
            while (true)
            {
                using var reply = await _connection.AskAsync(_connection.Request(SftpKind.ReadFolder).Bytes(handle), cancellationToken);
                if (SftpStatus.CodeOf(reply) == SftpStatus.EndOfFile)
                {
                    return listing.Whole();
                }

                if (reply.Kind != SftpKind.Name)
                {
                    throw await FaultAsync(reply, where, "listing the folder");
                }

                if (await _connection.ParseAsync(reply, listing.Add) == 0)
                {
                    throw await _connection.BreakAsync("a listing goes on with nothing in it");
                }
            }
        }
        finally
        {
            await _connection.ReleaseAsync(handle);
        }
    }

    public async Task<FolderEntry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        var (_, name) = PlacePath.Parent(path);
        return await LookAsync(SftpKind.LinkStat, path, cancellationToken) is { } found
            ? new FolderEntry(name, found.IsFile, found.IsFile ? found.Size ?? 0 : 0, found.Time)
            : null;
    }

    public async Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        PlacePath.Parent(path);
        if (await LookAsync(SftpKind.LinkStat, path, cancellationToken) is { IsFile: false, Mode: not null })
        {
            throw new FileFaultException(FileFault.Refused, $"{Location}: what is to be read is no regular file.");
        }

        var handle = await OpenAsync(_connection.Request(SftpKind.Open).Text(Full(path)).Number(ForReading).Number(0), Location, "opening a file", cancellationToken);
        try
        {
            using var reply = await _connection.AskAsync(_connection.Request(SftpKind.FileStat).Bytes(handle), cancellationToken);
            return await AttributesAsync(reply, "looking at a file") is { Size: { } size }
                ? new SftpReadStream(_connection, handle, size, Location)
                : throw new FileFaultException(FileFault.Refused, $"{Location}: the server does not say how large a file is, so nobody could tell whether all of it was read.");
        }
        catch
        {
            await _connection.ReleaseAsync(handle);
            throw;
        }
    }

    public async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, bool replaces, CancellationToken cancellationToken)
    {
        var (folder, _) = PlacePath.Parent(path);
        var temporary = Full(folder.Length == 0 ? PlacePath.Temporary() : $"{folder}/{PlacePath.Temporary()}");
        if (!replaces)
        {
            await RefuseExistingAsync(path, cancellationToken);
        }

        var handle = await OpenAsync(_connection.Request(SftpKind.Open).Text(temporary).Number(ForWritingANewFile).Number(HasMode).Number((uint)_readers.OfFile()), Location, "making a file", cancellationToken);
        var isOpen = true;
        try
        {
            await using var stream = new SftpWriteStream(_connection, handle, FullOrRefusedAsync);
            await write(stream, cancellationToken);
            await stream.FinishAsync(cancellationToken);
            if (_connection.Extensions.Contains(Sync))
            {
                await DoAsync(_connection.Request(SftpKind.Extended).Text(Sync).Bytes(handle), "syncing a file", cancellationToken);
            }

            isOpen = false;
            await DoAsync(_connection.Request(SftpKind.Close).Bytes(handle), "closing a file", cancellationToken);
            await RenameAsync(temporary, path, replaces, cancellationToken);
        }
        catch
        {
            await RemoveAsync(temporary, isOpen ? handle : null);
            throw;
        }
    }

    public async Task MoveAsync(string from, string to, CancellationToken cancellationToken)
    {
        PlacePath.Parent(from);
        await RefuseExistingAsync(to, cancellationToken);
        await RenameAsync(Full(from), to, replaces: false, cancellationToken);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        PlacePath.Parent(path);
        using var reply = await _connection.AskAsync(_connection.Request(SftpKind.Remove).Text(Full(path)), cancellationToken);
        if (SftpStatus.CodeOf(reply) is not (SftpStatus.Ok or SftpStatus.NoSuchFile))
        {
            throw await FaultAsync(reply, Location, "deleting a file");
        }
    }

    public async Task MakeFolderAsync(string path, CancellationToken cancellationToken)
    {
        PlacePath.Split(path);
        var full = Full(path);
        if (full == "." || await IsFolderAsync(full, cancellationToken))
        {
            return;
        }

        for (var end = full.IndexOf('/', 1); ; end = full.IndexOf('/', end + 1))
        {
            var part = end < 0 ? full : full[..end];
            using var reply = await _connection.AskAsync(_connection.Request(SftpKind.MakeFolder).Text(part).Number(HasMode).Number((uint)_readers.OfFolder()), cancellationToken);
            if (SftpStatus.CodeOf(reply) != SftpStatus.Ok && !await IsFolderAsync(part, cancellationToken))
            {
                throw await LookAtAsync(SftpKind.LinkStat, part, cancellationToken) is null
                    ? await FaultAsync(reply, At(path), "making the folder")
                    : SftpStatus.Of(FileFault.Exists, 0, At(path), "making the folder");
            }

            if (end < 0)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        if (_owned is not null)
        {
            await _owned.DisposeAsync();
        }
    }

    private static string Trim(string folder) => folder.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : folder.StartsWith('/') ? "/" : "";

    private string At(string path) => path.Length == 0 ? Location : $"{Location.TrimEnd('/')}/{path}";

    /// <summary>The path as the server has it, once it is certain that it leads to somewhere in the place.</summary>
    private string Full(string path)
    {
        var names = PlacePath.Split(path);
        return names.Count == 0 ? _folder.Length == 0 ? "." : _folder
            : _folder.Length == 0 ? $"./{path}"
            : _folder == "/" ? $"/{path}" : $"{_folder}/{path}";
    }

    private async Task<byte[]> OpenAsync(SftpRequest request, string where, string what, CancellationToken cancellationToken)
    {
        using var reply = await _connection.AskAsync(request, cancellationToken);
        if (reply.Kind != SftpKind.Handle)
        {
            throw await FaultAsync(reply, where, what);
        }

        var handle = await _connection.ParseAsync(reply, static reply => new SftpFields(reply.Body.Span).Bytes().ToArray());
        return handle.Length is > 0 and <= HandleBytesMax ? handle : throw await _connection.BreakAsync($"a handle has {handle.Length} bytes, and 1 to {HandleBytesMax} are expected");
    }

    /// <summary>A request that is answered with a status alone.</summary>
    private async Task DoAsync(SftpRequest request, string what, CancellationToken cancellationToken)
    {
        using var reply = await _connection.AskAsync(request, cancellationToken);
        if (SftpStatus.CodeOf(reply) != SftpStatus.Ok)
        {
            throw await FaultAsync(reply, Location, what);
        }
    }

    private Task<SftpAttributes?> LookAsync(SftpKind kind, string path, CancellationToken cancellationToken) => LookAtAsync(kind, Full(path), cancellationToken);

    /// <summary>Null when there is nothing of this name.</summary>
    private async Task<SftpAttributes?> LookAtAsync(SftpKind kind, string full, CancellationToken cancellationToken)
    {
        using var reply = await _connection.AskAsync(_connection.Request(kind).Text(full), cancellationToken);
        return SftpStatus.CodeOf(reply) == SftpStatus.NoSuchFile ? null : await AttributesAsync(reply, "looking at a file");
    }

    private async Task<bool> IsFolderAsync(string full, CancellationToken cancellationToken) => await LookAtAsync(SftpKind.Stat, full, cancellationToken) is { IsFolder: true };

    private async Task<SftpAttributes> AttributesAsync(SftpReply reply, string what)
    {
        if (reply.Kind != SftpKind.Attributes)
        {
            throw await FaultAsync(reply, Location, what);
        }

        return await _connection.ParseAsync(reply, SftpAttributes.Read);
    }

    private async Task RefuseExistingAsync(string path, CancellationToken cancellationToken)
    {
        PlacePath.Parent(path);
        if (await LookAsync(SftpKind.LinkStat, path, cancellationToken) is not null)
        {
            throw SftpStatus.Of(FileFault.Exists, 0, Location, "giving a file its name");
        }
    }

    /// <summary>
    /// The plain rename of version 3 takes nobody's place. Where it alone is offered, a file that gives way is removed first. A server makes
    /// it of a second name, which Linux allows nobody for a file of another's that they may not write: then the name is looked at, and taken
    /// by the other rename, which allows it.
    /// </summary>
    private async Task RenameAsync(string from, string path, bool replaces, CancellationToken cancellationToken)
    {
        var to = Full(path);
        if (replaces && _connection.Extensions.Contains(PosixRename))
        {
            await TakeNameAsync(from, to, cancellationToken);
            return;
        }

        if (replaces)
        {
            await DeleteAsync(path, cancellationToken);
        }

        using var reply = await _connection.AskAsync(_connection.Request(SftpKind.Rename).Text(from).Text(to), cancellationToken);
        if (SftpStatus.CodeOf(reply) == SftpStatus.Ok)
        {
            return;
        }

        var fault = await FaultAsync(reply, Location, "giving a file its name");
        if (fault.Fault is not (FileFault.Refused or FileFault.Permission))
        {
            throw fault;
        }

        if (await LookAsync(SftpKind.LinkStat, path, cancellationToken) is not null)
        {
            throw SftpStatus.Of(FileFault.Exists, 0, Location, "giving a file its name");
        }

        if (!_connection.Extensions.Contains(PosixRename))
        {
            throw fault;
        }

        await TakeNameAsync(from, to, cancellationToken);
    }

    private Task TakeNameAsync(string from, string to, CancellationToken cancellationToken) =>
        DoAsync(_connection.Request(SftpKind.Extended).Text(PosixRename).Text(from).Text(to), "giving a file its name", cancellationToken);

    /// <summary>Removes what was not finished. That it can't be removed is no news beside the failure before.</summary>
    private async Task RemoveAsync(string temporary, byte[]? handle)
    {
        try
        {
            if (handle is not null)
            {
                (await _connection.AskAsync(_connection.Request(SftpKind.Close).Bytes(handle), CancellationToken.None)).Dispose();
            }

            (await _connection.AskAsync(_connection.Request(SftpKind.Remove).Text(temporary), CancellationToken.None)).Dispose();
        }
        catch (FileFaultException)
        {
        }
    }

    /// <summary>A reply that is not the one that was expected: a refusal, or none of the protocol's.</summary>
    private async Task<FileFaultException> FaultAsync(SftpReply reply, string where, string what) => reply.Kind == SftpKind.Status && SftpStatus.CodeOf(reply) != SftpStatus.Ok
        ? SftpStatus.ToFault(reply, where, what)
        : await _connection.BreakAsync($"a reply of kind {(byte)reply.Kind} answers another request");

    /// <summary>Version 3 has no code for a full disk: OpenSSH says "failure". How much room there is can be asked.</summary>
    private async Task<FileFaultException> FullOrRefusedAsync(SftpReply reply, CancellationToken cancellationToken)
    {
        var fault = await FaultAsync(reply, Location, "writing a file");
        if (fault.Fault != FileFault.Refused || !_connection.Extensions.Contains(Room))
        {
            return fault;
        }

        using var room = await _connection.AskAsync(_connection.Request(SftpKind.Extended).Text(Room).Text(Full("")), cancellationToken);
        return room.Kind == SftpKind.ExtendedReply && await _connection.ParseAsync(room, FreeBytes) < (ulong)_connection.WriteBytes ? SftpStatus.Of(FileFault.DiskFull, 0, Location, "writing a file") : fault;
    }

    /// <summary>OpenSSH's PROTOCOL, 3.4: block sizes, then blocks in all, free, and free to us.</summary>
    private static ulong FreeBytes(SftpReply room)
    {
        var fields = new SftpFields(room.Body.Span);
        fields.Long();
        var fragment = fields.Long();
        fields.Long();
        fields.Long();
        return fields.Long() * fragment;
    }
}
