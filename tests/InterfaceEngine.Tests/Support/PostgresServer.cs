using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A real PostgreSQL server on a free port of loopback, with its data in a temporary folder, run as an ordinary user. Started
/// once for all tests that ask for it, and stopped when the test process ends.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The program that tests look for: Debian keeps it outside of the path, in a folder of its version.</summary>
    public const string Program = "initdb";

    private const string Administrator = "engine";

    private static readonly Lazy<Task<PostgresServer>> _shared = new(StartSharedAsync);
    private static int _databases;

    private readonly string _root;
    private readonly Process _process;

    private PostgresServer(string root, Process process, int port)
    {
        _root = root;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The server that all tests share, each with a database of its own.</summary>
    public static Task<PostgresServer> SharedAsync() => _shared.Value;

    public static async Task<PostgresServer> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("engine-postgres-").FullName;
        GiveToOrdinaryUser(root);
        var data = Path.Combine(root, "data");
        await RunAsync(Command(Find(Program), "--pgdata", data, "--username", Administrator, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"));
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var process = Process.Start(Guarded(
                "-D", data, "-h", "127.0.0.1", "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-k", "",
                "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "log_min_messages=panic", "-c", "wal_level=logical"))!;
            var server = new PostgresServer(root, process, port);
            if (await server.IsReadyAsync())
            {
                return server;
            }

            if (attempt == 5)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException("PostgreSQL did not start.");
            }
        }
    }

    /// <summary>Makes an empty database and tells how to reach it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(Address("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return Address(name);
    }

    public string Address(string database) => $"Host=127.0.0.1;Port={Port};Username={Administrator};Database={database}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Where Debian keeps the server's programs, newest version first; else the path's.</summary>
    public static string Find(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin", program))
            .FirstOrDefault(File.Exists) ?? program;

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }

    /// <summary>The server refuses to run as root, as CI does.</summary>
    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        if (Environment.IsPrivilegedProcess)
        {
            start.FileName = "setpriv";
            foreach (var argument in (string[])["--reuid=postgres", "--regid=postgres", "--clear-groups", program])
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            start.FileName = program;
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>The server under a guard that stops it when our end of its input is closed, so that it never outlives the tests, however they end.</summary>
    private static ProcessStartInfo Guarded(params string[] arguments)
    {
        var start = Command("/bin/sh", ["-c", "\"$@\" & read -r _; kill -QUIT $!; wait $!", "guard", Find("postgres"), .. arguments]);
        start.RedirectStandardInput = true;
        return start;
    }

    private static void GiveToOrdinaryUser(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            RunAsync(new ProcessStartInfo("chown", ["postgres", folder]) { RedirectStandardError = true, RedirectStandardOutput = true }).GetAwaiter().GetResult();
        }
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {await output}{await error}");
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private async Task<bool> IsReadyAsync()
    {
        await using var source = NpgsqlDataSource.Create(Address("postgres") + ";Pooling=false;Timeout=2");
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited;)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
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
