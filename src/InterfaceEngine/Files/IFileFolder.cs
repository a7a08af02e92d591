namespace InterfaceEngine.Files;

/// <summary>
/// A place where files are dropped and fetched: a server's folder over SFTP, or a folder of this machine (a mounted share). Small on
/// purpose: what a poller and a writer need and no more. One conformance suite runs on every implementation. Paths are relative to the
/// place, with <c>/</c> between names; none may lead out of it. Used by one caller at a time.
/// </summary>
internal interface IFileFolder : IAsyncDisposable
{
    /// <summary>Where it is, without secrets: <c>sftp://drops@files.example.org:22/in</c>.</summary>
    string Location { get; }

    /// <summary>What a folder holds, in no order, without <c>.</c> and <c>..</c>. Names that can't be told from a path are left out and counted.</summary>
    /// <exception cref="FileFaultException">It can't be listed, or holds more entries than the limit.</exception>
    Task<FolderListing> ListAsync(string path, CancellationToken cancellationToken);

    /// <summary>One file or folder as it is now; null when there is none of this name.</summary>
    /// <exception cref="FileFaultException">It can't be looked at.</exception>
    Task<FolderEntry?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a file from its first byte to the size it had when it was opened: ending before is <see cref="FileFault.ConnectionLost"/>
    /// or <see cref="FileFault.Changed"/>, never a short file. Reading throws <see cref="FileFaultException"/>.
    /// </summary>
    Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file so that nobody ever sees a part of it: under a temporary name beside it, synced, then renamed. The temporary file is
    /// removed when it fails.
    /// </summary>
    /// <param name="path">Its name in the end.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replaces">Whether a file of this name gives way; else it is <see cref="FileFault.Exists"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, bool replaces, CancellationToken cancellationToken);

    /// <summary>Moves a file. What has the new name already stays: that is <see cref="FileFault.Exists"/>.</summary>
    Task MoveAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Deletes a file; one that is gone already is no fault.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes a folder, with those above it; one that is there already is no fault.</summary>
    Task MakeFolderAsync(string path, CancellationToken cancellationToken);
}

/// <param name="Entries">What it holds.</param>
/// <param name="LeftOut">How many entries have a name that is no name of a file (with <c>/</c> or a null byte, or no UTF-8).</param>
internal sealed record FolderListing(IReadOnlyList<FolderEntry> Entries, int LeftOut);

/// <param name="Name">Its own name, without folders.</param>
/// <param name="IsFile">A regular file; else a folder, a link or something else.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ModifiedAt">As the place says it; SFTP tells whole seconds.</param>
internal sealed record FolderEntry(string Name, bool IsFile, long Size, DateTimeOffset ModifiedAt);

/// <summary>Why a place can't be used, told apart so that somebody can act on it.</summary>
internal enum FileFault
{
    /// <summary>The server's name is not known.</summary>
    HostNotFound,

    /// <summary>Nothing answers at the address and port.</summary>
    Unreachable,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>The host key has not been accepted yet.</summary>
    HostKeyUnknown,

    /// <summary>The host key is another than the one that was accepted.</summary>
    HostKeyChanged,

    /// <summary>The server does not accept who we say we are.</summary>
    Authentication,

    /// <summary>Not allowed to whom we are.</summary>
    Permission,

    /// <summary>There is no such file or folder.</summary>
    NotFound,

    /// <summary>Something of this name is there already.</summary>
    Exists,

    /// <summary>No room is left, or a quota is used up.</summary>
    DiskFull,

    /// <summary>The file was changed while it was read.</summary>
    Changed,

    /// <summary>A packed or encrypted file can't be unpacked, or not within the limits. The same bytes will not do better.</summary>
    Damaged,

    /// <summary>The connection broke off.</summary>
    ConnectionLost,

    /// <summary>The other side does not keep to the protocol, or to our limits.</summary>
    Protocol,

    /// <summary>Something is missing or wrong on our side: no <c>ssh</c>, a key file that can't be read.</summary>
    Setup,

    /// <summary>The other side refused and said no more.</summary>
    Refused,
}

/// <summary>A place can't be used. The message says where, what was found and what to do; file names of patients' files stand in it no more than their content.</summary>
internal sealed class FileFaultException : Exception
{
    public FileFaultException(FileFault fault, string message)
        : base(message)
    {
        Fault = fault;
    }

    public FileFaultException(FileFault fault, string message, Exception innerException)
        : base(message, innerException)
    {
        Fault = fault;
    }

    public FileFault Fault { get; }
}
