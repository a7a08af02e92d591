using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Cli.Durability;

/// <summary>This very program, run as a child process.</summary>
/// <param name="command">The program and its first arguments; <c>run --settings FILE</c> is added.</param>
/// <param name="folder">Settings, and where its output goes.</param>
/// <param name="startTimeout">How long it may take until it listens.</param>
/// <param name="time">For the time-out.</param>
internal sealed class ChildEngine(IReadOnlyList<string> command, WorkFolder folder, TimeSpan startTimeout, TimeProvider time) : IEngineUnderTest
{
    private const int OutputShown = 2_000;
    private static readonly TimeSpan ConnectInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _outputLock = new();
    private bool _isDisposed;
    private Process? _process;

    /// <summary>How this very program is run.</summary>
    public static IReadOnlyList<string> OwnCommand { get; } = FindOwnCommand();

    /// <summary>Null before the start and after the end.</summary>
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    public bool IsRunning => ProcessId is not null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process?.Dispose();
        _process = Launch();
        var started = time.GetTimestamp();
        while (!await ListensAsync(cancellationToken))
        {
            if (_process.HasExited)
            {
                throw new EngineFailedException($"the engine ended with code {_process.ExitCode} before it listened:{Environment.NewLine}{LastOutput()}");
            }

            if (time.GetElapsedTime(started) > startTimeout)
            {
                throw new EngineFailedException($"the engine did not listen on port {folder.Port} within {startTimeout}:{Environment.NewLine}{LastOutput()}");
            }

            await Task.Delay(ConnectInterval, time, cancellationToken);
        }
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            // SIGKILL, at once: looking for its children first would give it time to finish what it does.
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            // With its children, should the command be a wrapper.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        lock (_outputLock)
        {
            _isDisposed = true;
        }
    }

    /// <summary>The shell's own <c>kill</c>, since not every system has the program.</summary>
    private async Task SignalAsync(string signal)
    {
        using var shell = Process.Start("/bin/sh", ["-c", "kill -s \"$1\" \"$2\"", "kill", signal, $"{ProcessId}"]);
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            throw new EngineFailedException($"the engine could not be sent the signal {signal}: it ended by itself:{Environment.NewLine}{LastOutput()}");
        }
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in command.Skip(1).Concat(["run", "--settings", folder.Settings]))
        {
            start.ArgumentList.Add(argument);
        }

        // What the environment sets would win over the check's own settings.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("INTERFACE_ENGINE__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        try
        {
            var process = new Process { StartInfo = start };
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.Start();
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception failure)
        {
            throw new EngineFailedException($"{command[0]} can't be started: {failure.Message}");
        }
    }

    private async Task<bool> ListensAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, folder.Port), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_outputLock)
        {
            // The last lines of a process may come when it is long gone, and its folder with it.
            if (_isDisposed || line is null)
            {
                return;
            }

            File.AppendAllText(folder.Output, line + Environment.NewLine);
        }
    }

    private string LastOutput()
    {
        lock (_outputLock)
        {
            var text = File.Exists(folder.Output) ? File.ReadAllText(folder.Output) : "";
            return text[Math.Max(0, text.Length - OutputShown)..].Trim();
        }
    }

    private static string[] FindOwnCommand()
    {
        const string Host = "dotnet";
        var assembly = typeof(ChildEngine).Assembly;
        return Environment.ProcessPath is not { } program ? [Host, assembly.Location]
            : Path.GetFileNameWithoutExtension(program) == assembly.GetName().Name ? [program]
            : Path.GetFileNameWithoutExtension(program) == Host ? [program, assembly.Location]
            : [Host, assembly.Location];
    }
}
