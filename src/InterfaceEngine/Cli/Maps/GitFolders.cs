using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;

namespace InterfaceEngine.Cli.Maps;

/// <summary>The mapping folder as it was at Git revisions, in temporary folders that go with this. Mapping files hold no patient data.</summary>
internal sealed class GitFolders : IDisposable
{
    private readonly List<string> _folders = [];

    /// <summary>Takes the mapping folder of the settings out of a revision.</summary>
    /// <returns>The folder it was taken out to.</returns>
    /// <exception cref="UsageException">The folder is not in a Git work tree, or there is no such revision.</exception>
    public async Task<string> TakeOutAsync(CommandContext context, string revision)
    {
        var folder = Path.GetFullPath(context.Settings.Mappings);
        var unknown = $"{revision}: no mapping set is called so. Say working, deployed, a folder, a hash of map history";
        if (revision.Length == 0 || revision[0] == '-' || revision.Any(character => char.IsWhiteSpace(character) || character == ':'))
        {
            throw new UsageException($"{unknown}, or a Git revision.");
        }

        if (!await RunAsync(folder, context.CancellationToken, "rev-parse", "--show-prefix"))
        {
            throw new UsageException($"{unknown}. A Git revision is none here: {folder} is not in a Git work tree, or the program git is missing.");
        }

        var target = Directory.CreateTempSubdirectory("mappings-").FullName;
        _folders.Add(target);
        var archive = Path.Combine(target, "archive");

        // Git takes the folder it is called in, and nothing above it.
        if (!await RunAsync(folder, context.CancellationToken, "archive", "--format=tar", "-o", archive, revision))
        {
            throw new UsageException($"{unknown}. Git knows no mapping folder at that revision either.");
        }

        var files = Path.Combine(target, "files");
        Directory.CreateDirectory(files);
        await TarFile.ExtractToDirectoryAsync(archive, files, overwriteFiles: false, context.CancellationToken);
        return files;
    }

    public void Dispose()
    {
        foreach (var folder in _folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>False when it failed or there is no git.</returns>
    private static async Task<bool> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await Task.WhenAll(git.StandardError.ReadToEndAsync(cancellationToken), git.StandardOutput.ReadToEndAsync(cancellationToken));
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
