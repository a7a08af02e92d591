using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Files.Sftp;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// OpenSSH's server on a free port of loopback, for the user who runs the tests, with a host key and a client key made for it. Its
/// keys and files are gone when it is disposed; it ends with the tests at the latest.
/// </summary>
internal sealed class SshServer : IAsyncDisposable
{
    public const string Program = "sshd";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly string _program;
    private Process? _process;
    private int _server;
    private Task<string> _log = Task.FromResult("");

    private SshServer(string folder, string program)
    {
        _folder = folder;
        _program = program;
    }

    public static string Host => "127.0.0.1";

    public static string User => Environment.UserName;

    public int Port { get; private set; }

    /// <summary>A private key that the server takes, without a passphrase.</summary>
    public string KeyFile => Path.Combine(_folder, "client");

    /// <summary>A file with the server's host key, as <c>ssh</c> reads it.</summary>
    public string KnownHosts => Path.Combine(_folder, "known_hosts");

    /// <summary>The server's host key; its public half stands beside it (<c>.pub</c>).</summary>
    public string HostKey => Path.Combine(_folder, "host");

    /// <summary>Which public keys the server takes, one a line.</summary>
    public string AuthorizedKeys => Path.Combine(_folder, "authorized_keys");

    /// <summary>An empty folder that the user may write to.</summary>
    public string Root => Path.Combine(_folder, "root");

    /// <summary>Where Debian has the server's program: outside of an ordinary user's path.</summary>
    public static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);

    /// <summary>The server as the engine's settings name it.</summary>
    public SftpOptions ToOptions() => new() { Host = Host, Port = Port, User = User, KeyFile = KeyFile, KnownHosts = KnownHosts };

    /// <param name="subsystem">What serves files: <c>internal-sftp</c>, with its options, or a command; null when nothing does.</param>
    /// <param name="lines">More lines of its configuration; the first line of a word counts.</param>
    public static async Task<SshServer> StartAsync(string? subsystem = "internal-sftp", params string[] lines)
    {
        var server = new SshServer(Directory.CreateTempSubdirectory("sshd-").FullName, FindProgram() ?? throw new InvalidOperationException("sshd (package openssh-server) is missing"));
        Directory.CreateDirectory(server.Root);
        await MakeKeyAsync(server.HostKey);
        await MakeKeyAsync(server.KeyFile);
        File.Copy(server.KeyFile + ".pub", server.AuthorizedKeys);
        if (Environment.IsPrivilegedProcess)
        {
            // What root's server parts its privileges in; the package makes it at start of the machine.
            Directory.CreateDirectory("/run/sshd");
        }

        for (var attempt = 1; !await server.TryStartAsync(subsystem, lines); attempt++)
        {
            if (attempt == 5)
            {
                var log = await server._log;
                await server.DisposeAsync();
                throw new InvalidOperationException($"sshd did not start: {log}");
            }
        }

        return server;
    }

    /// <summary>Makes a key pair: <paramref name="file"/>, and its public half in <c>.pub</c>.</summary>
    public static Task MakeKeyAsync(string file, string passphrase = "") =>
        RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", file);

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {await error}");
        }
    }

    /// <summary>Ends every connection there is, as a crash of their processes would. Who connects again gets through.</summary>
    public void CutConnections()
    {
        foreach (var connection in ChildrenOf(_server))
        {
            EndTree(connection);
        }
    }

    /// <summary>Lets every connection stand still, as a machine that hangs does, until it is cut.</summary>
    public void FreezeConnections()
    {
        foreach (var process in ChildrenOf(_server).SelectMany(connection => ChildrenOf(connection).Append(connection)))
        {
            Process.Start("/bin/kill", ["-STOP", process.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        }
    }

    /// <summary>How many connections there are.</summary>
    public int Connections => ChildrenOf(_server).Count;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        if (_process is { } process)
        {
            CutConnections();
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            await _log;
            process.Dispose();
            _process = null;
        }
    }

    private async Task<bool> TryStartAsync(string? subsystem, string[] lines)
    {
        await StopAsync();
        Port = Ports.Free();
        var file = Path.Combine(_folder, "sshd_config");
        await File.WriteAllLinesAsync(file, [.. lines, .. Configuration(subsystem)]);
        await File.WriteAllTextAsync(KnownHosts, $"[{Host}]:{Port} {(await File.ReadAllTextAsync(HostKey + ".pub")).Trim()}\n");
        _process = Process.Start(Guarded(_program, file))!;
        _log = _process.StandardError.ReadToEndAsync();
        _server = int.Parse(await _process.StandardOutput.ReadLineAsync() ?? "0", CultureInfo.InvariantCulture);
        for (var waiting = Stopwatch.StartNew(); waiting.Elapsed < _patience && !_log.IsCompleted;)
        {
            if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Contains(new IPEndPoint(IPAddress.Loopback, Port)))
            {
                return true;
            }

            await Task.Delay(20);
        }

        return false;
    }

    private string[] Configuration(string? subsystem) =>
    [
        $"ListenAddress {Host}:{Port}",
        $"HostKey {HostKey}",
        $"AuthorizedKeysFile {AuthorizedKeys}",
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "UseDNS no",
        "PrintMotd no",
        "MaxStartups 200",
        "PermitRootLogin yes",
        .. subsystem is null ? Array.Empty<string>() : [$"Subsystem sftp {subsystem}"],
    ];

    /// <summary>The server under a guard that stops it when our end of its input is closed, so that it never outlives the tests, however they end.</summary>
    private static ProcessStartInfo Guarded(string program, string file) =>
        new("/bin/sh", ["-c", "\"$@\" & echo $!; exec 2>&-; read -r _; kill -TERM $!; wait $!", "guard", program, "-D", "-e", "-f", file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>The processes whose parent it is, as the operating system says in <c>/proc</c>.</summary>
    private static List<int> ChildrenOf(int parent)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                // "pid (name) state parent …": a name may hold anything, a closing parenthesis too.
                var words = File.ReadAllText(Path.Combine(folder, "stat"));
                if (words[(words.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
                {
                    children.Add(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return children;
    }

    private static void EndTree(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            // It ended meanwhile.
        }
    }
}
