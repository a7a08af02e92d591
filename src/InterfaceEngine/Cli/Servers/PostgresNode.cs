using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace InterfaceEngine.Cli.Servers;

/// <summary>
/// One real PostgreSQL server on loopback, with its data in a folder of its own, run as an ordinary user. It keeps its port when
/// it is started again, and never outlives the process that started it, however that ends.
/// </summary>
internal sealed class PostgresNode : IAsyncDisposable
{
    /// <summary>The program to look for: Debian keeps it outside of the path, in a folder of its version.</summary>
    public const string Program = "initdb";

    private const string Administrator = "engine";
    private const int AttemptsMax = 5;

    private readonly string _root;
    private readonly string[] _options;
    private Process? _process;

    private PostgresNode(string? folder, string[] options)
    {
        _root = folder is null ? Directory.CreateTempSubdirectory("engine-postgres-").FullName : Directory.CreateDirectory(folder).FullName;
        _options = options;
    }

    /// <summary>Where it listens, from its first start on.</summary>
    public int Port { get; private set; }

    public string HostAndPort => $"127.0.0.1:{Port}";

    /// <summary>Everything it keeps.</summary>
    public string Folder => _root;

    /// <summary>A program and its arguments that the server runs under from its next start on, e.g. strace, which can slow its disk down. It must become the server, or be its child.</summary>
    public IReadOnlyList<string> Under { get; set; } = [];

    private string Data => Path.Combine(_root, "data");

    /// <summary>Makes a server with no database of ours and starts it.</summary>
    /// <param name="folder">A new folder; null takes a temporary one.</param>
    /// <param name="options">As <c>postgres -c</c> takes them, e.g. <c>max_connections=5</c>.</param>
    /// <exception cref="ServerFailedException">It can't be made or does not start; what it said.</exception>
    public static Task<PostgresNode> StartNewAsync(string? folder, string[] options) =>
        StartAsync(folder, options, null, node => RunAsync(Command(
            Program, "--pgdata", node.Data, "--username", Administrator, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")));

    /// <summary>Copies a running server and starts the copy, which follows it under a name.</summary>
    /// <param name="primary">The server to follow.</param>
    /// <param name="name">What the primary calls it.</param>
    /// <param name="folder">A new folder; null takes a temporary one.</param>
    /// <param name="port">Where an earlier one listened that clients know; null takes a free port.</param>
    public static Task<PostgresNode> StartReplicaAsync(PostgresNode primary, string name, string? folder = null, int? port = null) => StartAsync(
        folder,
        primary._options,
        port,
        node => RunAsync(Command(
            "pg_basebackup", "--pgdata", node.Data, "--dbname", $"host=127.0.0.1 port={primary.Port} user={Administrator} application_name={name}",
            "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")));

    /// <summary>How this server alone is reached.</summary>
    public string Address(string database) => $"Host=127.0.0.1;Port={Port};{Login(database)}";

    /// <summary>How whichever of these servers is the primary is reached. The client looks again every second; its own default is ten.</summary>
    public static string Address(string database, params PostgresNode[] nodes) =>
        $"Host={string.Join(',', nodes.Select(node => node.HostAndPort))};Target Session Attributes=primary;Host Recheck Seconds=1;{Login(database)}";

    /// <summary>Where Debian keeps the server's programs, newest version first; else the path's.</summary>
    public static string Find(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin", program))
            .FirstOrDefault(File.Exists) ?? program;

    /// <summary>Starts it on its former port, from what is on its disk.</summary>
    public async Task StartAsync()
    {
        _process = Launch(Guarded([
            "-D", Data, "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", "",
            .. _options.Prepend("log_min_messages=panic").SelectMany(option => (string[])["-c", option])]));
        if (!await AnswersAsync(_process))
        {
            await StopAsync();
            throw new ServerFailedException($"PostgreSQL did not start on port {Port}.");
        }
    }

    /// <summary>Kills every process of the server at once, as the end of its machine does. Nothing is said to its clients but that they are alone.</summary>
    public async Task KillAsync()
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        foreach (var process in (int[])[postmaster, .. ChildrenOf(postmaster)])
        {
            Kill(process);
        }

        await EndedAsync();
    }

    /// <summary>Stops it at once and without a checkpoint (<c>immediate</c>); its clients are told.</summary>
    public async Task StopAsync()
    {
        try
        {
            _process?.StandardInput.WriteLine("stop");
            _process?.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended by itself.
        }

        await EndedAsync();
    }

    /// <summary>Makes a replica a primary; ends when it takes writes.</summary>
    public async Task PromoteAsync()
    {
        if (await AskAsync("SELECT pg_promote(true, 60)") is not true)
        {
            throw new ServerFailedException("the replica did not become the primary within a minute");
        }
    }

    /// <summary>Asks one question of the administrator's.</summary>
    /// <returns>The first value of its first row; null for none.</returns>
    public async Task<object?> AskAsync(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(Address(database) + ";Pooling=false;Timeout=60;Command Timeout=300");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Lets go of it as the end of our process does, which no test can wait for: its guard then ends it and removes its folder.</summary>
    public Task ForsakeAsync()
    {
        _process?.StandardInput.Close();
        return EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private static async Task<PostgresNode> StartAsync(string? folder, string[] options, int? port, Func<PostgresNode, Task> fill)
    {
        var node = new PostgresNode(folder, options);
        try
        {
            await GiveToOrdinaryUserAsync(node._root);
            await fill(node);
            for (var attempt = 1; ; attempt++)
            {
                node.Port = port ?? Ports.Free();
                try
                {
                    await node.StartAsync();
                    return node;
                }
                catch (ServerFailedException) when (attempt < AttemptsMax)
                {
                    // Another program took the port meanwhile.
                }
            }
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    private static string Login(string database) => $"Username={Administrator};Database={database}";

    /// <summary>The server refuses to run as root, as CI does.</summary>
    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        string[] words = [Find(program), .. arguments];
        if (Environment.IsPrivilegedProcess)
        {
            words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. words];
        }

        return new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
    }

    /// <summary>
    /// The server under a guard that stops it when it is told to, or when our end of its input is closed without a word: then
    /// we are gone, however we ended, and it deletes the data as well. It ends with its server. The server's own
    /// output goes nowhere, so that nobody has to read it.
    /// </summary>
    private ProcessStartInfo Guarded(string[] arguments)
    {
        const string guard = """
            root=$1; shift; exec 3<&0
            "$@" </dev/null >/dev/null 2>&1 & server=$!
            (read -r word <&3 || : >"$root/forsaken"; kill -QUIT $server) & reader=$!
            wait $server; kill $reader 2>/dev/null
            if [ -e "$root/forsaken" ]; then rm -rf "$root"; fi
            """;
        var start = Command("/bin/sh", ["-c", guard, "guard", _root, .. Under, Find("postgres"), .. arguments]);
        start.RedirectStandardInput = true;
        return start;
    }

    private static Task GiveToOrdinaryUserAsync(string folder) => Environment.IsPrivilegedProcess
        ? RunAsync(new ProcessStartInfo("chown", ["postgres", folder]) { RedirectStandardError = true, RedirectStandardOutput = true })
        : Task.CompletedTask;

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Launch(start);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new ServerFailedException($"{start.FileName} {start.ArgumentList.FirstOrDefault(word => !word.StartsWith('-'))} ended with {process.ExitCode}: {await output}{await error}");
        }
    }

    private static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new ServerFailedException($"{start.FileName} can't be started: {failure.Message}");
        }
    }

    /// <summary>The processes that one process started, as Linux lists them: the fourth word of their state.</summary>
    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && StateOf(folder) is { } state && state[(state.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}")
            {
                yield return process;
            }
        }
    }

    private static string? StateOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }

    private static void Kill(int process)
    {
        try
        {
            using var killed = Process.GetProcessById(process);
            killed.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself, since the one before it is gone.
        }
    }

    private async Task EndedAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task<bool> AnswersAsync(Process process)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1) && !process.HasExited;)
        {
            try
            {
                await AskAsync("SELECT 1");
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50);
            }
        }

        return false;
    }
}

/// <summary>A server that we run ourselves can't be made, or does not do what it must; the message says what it said.</summary>
internal sealed class ServerFailedException(string message) : Exception(message);
