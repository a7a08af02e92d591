using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>What every place promises, on a real server.</summary>
[NeedsProgram(SshServer.Program)]
public sealed class SftpFolderTests : FileFolderConformance, IAsyncLifetime
{
    private SshServer _server = null!;

    internal override string Root => _server.Root;

    public async Task InitializeAsync() => _server = await SshServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal override Task<IFileFolder> OpenAsync(FolderLimits limits, FileReaders readers) =>
        SftpFolder.ConnectAsync(_server.ToOptions() with { Limits = limits, Readers = readers }, Root, TimeProvider.System, default);
}
