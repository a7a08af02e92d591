namespace InterfaceEngine.Files.Sftp;

/// <summary>A folder of a server that is connected to when it is first used, once. Whether it can be reached is told then.</summary>
internal sealed class SftpPlace(SftpOptions options, string folder, TimeProvider time) : IFileFolder
{
    private IFileFolder? _connected;

    public string Location => SftpFolder.LocationOf(options.Address, folder);

    public async Task<FolderListing> ListAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).ListAsync(path, cancellationToken);

    public async Task<FolderEntry?> FindAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).FindAsync(path, cancellationToken);

    public async Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).OpenReadAsync(path, cancellationToken);

    public async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, bool replaces, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).WriteAsync(path, write, replaces, cancellationToken);

    public async Task MoveAsync(string from, string to, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).MoveAsync(from, to, cancellationToken);

    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).DeleteAsync(path, cancellationToken);

    public async Task MakeFolderAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).MakeFolderAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => _connected?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<IFileFolder> ConnectAsync(CancellationToken cancellationToken) =>
        _connected ??= await SftpFolder.ConnectAsync(options, folder, time, cancellationToken);
}
