using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace InterfaceEngine.Files.Sftp;

/// <summary>
/// The host keys of servers: which one a server shows, which were accepted, and how one is accepted. Nothing is ever accepted without
/// the fingerprint, which a person got from whoever runs the server.
/// </summary>
internal static class HostKeys
{
    private const int FileBytesMax = 4 * 1024 * 1024;

    /// <summary>Asks the server for its key. Nobody logs in, and nothing is kept.</summary>
    /// <exception cref="FileFaultException">It came to no key.</exception>
    public static async Task<HostKey> ShownAsync(SftpOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("ie-").FullName;
        try
        {
            var file = Path.Combine(folder, "shown");
            var ending = await SshProcess.ShowHostKeyAsync(options, file, time, cancellationToken);
            return (File.Exists(file) ? Parse(await File.ReadAllLinesAsync(file, cancellationToken)) : []) is [var shown, ..] ? shown : throw ending;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The keys that were accepted for this server; none when there are none yet.</summary>
    /// <exception cref="FileFaultException">The file can't be read.</exception>
    public static async Task<IReadOnlyList<HostKey>> AcceptedAsync(SftpOptions options, CancellationToken cancellationToken)
    {
        SshArguments.Check(options);
        return File.Exists(options.KnownHosts) ? Parse(await FindAsync(options, cancellationToken)) : [];
    }

    /// <summary>Accepts the key that the server shows now, if it is the one that is meant, in place of those before it.</summary>
    /// <param name="options">The server.</param>
    /// <param name="fingerprint">As whoever runs the server told it: <c>SHA256:…</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileFaultException">The server shows another key (<see cref="FileFault.HostKeyChanged"/>), or can't be reached.</exception>
    public static async Task<HostKey> AcceptAsync(SftpOptions options, string fingerprint, TimeProvider time, CancellationToken cancellationToken)
    {
        var shown = await ShownAsync(options, time, cancellationToken);
        if (shown.Fingerprint != fingerprint)
        {
            throw new FileFaultException(FileFault.HostKeyChanged, $"{options.Address}: the server shows the key {shown.Fingerprint}, and {fingerprint} was to be accepted. Nothing was changed. Ask whoever runs the server which is right.");
        }

        var gone = (await AcceptedAsync(options, cancellationToken)).Select(key => key.Line).ToHashSet();
        var lines = File.Exists(options.KnownHosts) ? await File.ReadAllLinesAsync(options.KnownHosts, cancellationToken) : [];
        await using var folder = new LocalFolder(Path.GetDirectoryName(options.KnownHosts)!);
        await folder.WriteAsync(Path.GetFileName(options.KnownHosts), async (stream, token) =>
        {
            await using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (var line in lines.Where(line => !gone.Contains(line)).Append($"{options.KnownAs} {shown.Kind} {shown.Key}"))
            {
                await writer.WriteAsync($"{line}\n".AsMemory(), token);
            }
        }, replaces: true, cancellationToken);
        return shown;
    }

    /// <summary>The lines of the known-hosts file that are for this server: names may be hashed there, so OpenSSH finds them.</summary>
    private static async Task<string[]> FindAsync(SftpOptions options, CancellationToken cancellationToken)
    {
        if (new FileInfo(options.KnownHosts).Length > FileBytesMax)
        {
            throw new FileFaultException(FileFault.Setup, $"{options.KnownHosts}: the file has more than {FileBytesMax} bytes, and holds no host keys of ours then.");
        }

        using var process = Start(options);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        await error;
        return output.Split('\n');
    }

    private static Process Start(SftpOptions options)
    {
        try
        {
            return Process.Start(ChildProcess.Of(options.KeyProgram, ["-F", options.KnownAs, "-f", options.KnownHosts]))!;
        }
        catch (Win32Exception)
        {
            throw new FileFaultException(FileFault.Setup, $"The program {options.KeyProgram} can't be started. Install OpenSSH's client (package openssh-client).");
        }
    }

    private static List<HostKey> Parse(IEnumerable<string> lines) =>
        [.. lines.Select(HostKey.TryParse).OfType<HostKey>()];
}

/// <summary>One host key.</summary>
/// <param name="Kind">Its kind, such as <c>ssh-ed25519</c>.</param>
/// <param name="Key">The key itself, in base 64.</param>
/// <param name="Line">The line of the file that it stands in.</param>
internal sealed record HostKey(string Kind, string Key, string Line)
{
    /// <summary>What people compare: <c>SHA256:</c> and 43 characters, as OpenSSH shows it.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Key))).TrimEnd('=')}";

    /// <summary>Null for a remark, an empty line, or a line of another form.</summary>
    public static HostKey? TryParse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 3 && !line.StartsWith('#') && !line.StartsWith('@') && Convert.TryFromBase64String(words[2], new byte[words[2].Length], out _) ? new HostKey(words[1], words[2], line) : null;
    }
}
