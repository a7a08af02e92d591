using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Sandbox.Commands;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A folder in which a document's commands are tried, one after the other, as its reader would: the shipped settings,
/// mappings and samples, and no data yet. Only what would meet another engine of this machine differs: the master key
/// lies in the folder, and the engine takes a free port instead of the settings' own.
/// </summary>
internal sealed class DocumentWorkplace : IAsyncDisposable
{
    private const string Run = "run";
    private const string SandboxName = "sandbox";
    private const string ShippedAddress = "127.0.0.1:2575";

    /// <summary>Commands that need no running engine; all others are tried on one.</summary>
    private static readonly string[] _standAlone = ["demo", "map", "verify-durability"];

    /// <summary>Commands whose second word is a command too.</summary>
    private static readonly string[] _groups = ["map", "records", "messages", "review", "audit", "appointments", "patients", "errors", "deliveries", "documents", "batches", "files", "runs", "connectivity", "ehr", "keys", "ehr bulk", "ehr subscriptions"];

    private readonly string _folder = Directory.CreateTempSubdirectory("document-").FullName;
    private readonly Dictionary<string, string?> _environment;
    private EngineProcess? _engine;

    private DocumentWorkplace(string? own)
    {
        _environment = new Dictionary<string, string?>
        {
            ["INTERFACE_ENGINE__Keys__MasterKeyFile"] = Path.Combine(_folder, "keys", "master.key"),
            ["INTERFACE_ENGINE__Sources__front-desk__Port"] = "0",
        };
        if (own is null)
        {
            return;
        }

        CopyInto(_folder, Path.Combine(RepositoryRoot.Path, own));
        CopyInto(Path.Combine(_folder, "mappings"), Path.Combine(RepositoryRoot.Path, "mappings"));
    }

    public DocumentWorkplace()
        : this(null)
    {
        foreach (var folder in new[] { "mappings", "samples", "eng", "src" })
        {
            Directory.CreateSymbolicLink(Path.Combine(_folder, folder), Path.Combine(RepositoryRoot.Path, folder));
        }

        File.Copy(Path.Combine(RepositoryRoot.Path, "appsettings.json"), Path.Combine(_folder, "appsettings.json"));

        // What the mapping guide calls message.hl7 is a message of the reader's.
        File.Copy(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7"), Path.Combine(_folder, "message.hl7"));
    }

    /// <summary>A folder with settings and messages of its own, whose mapping tables are copies that may be changed.</summary>
    /// <param name="folder">Whose files it begins with, from the repository's root.</param>
    public static DocumentWorkplace OfItsOwn(string folder) => new(folder);

    /// <summary>Saves a file, as the reader's editor does.</summary>
    public Task WriteAsync(string path, string text) => File.WriteAllTextAsync(Path.Combine(_folder, path), text);

    /// <summary>Runs one command line of a document.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public async Task<(int Code, string Output)> RunAsync(string command)
    {
        if (command is "./eng/test" or "./eng/bench")
        {
            // They run this very test, and measure for minutes: that they are there and can be run must do.
            var script = Path.Combine(_folder, command);
            var canRun = File.Exists(script) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute));
            return (canRun ? 0 : 126, $"{script} is not there or can't be run");
        }

        if (command.StartsWith(SandboxName + ' ', StringComparison.Ordinal))
        {
            return await RunSandboxAsync(command);
        }

        var arguments = Arguments(command);
        if (arguments is [] or [Run, ..])
        {
            await StopAsync();
            _engine = await EngineProcess.StartAsync(_folder, _environment, arguments);
            return (0, "");
        }

        if (arguments[0] == "restore")
        {
            await StopAsync();
        }
        else if (!_standAlone.Contains(arguments[0]))
        {
            _engine ??= await EngineProcess.StartAsync(_folder, _environment, [Run]);
        }

        return await InvokeAsync(arguments);
    }

    /// <summary>The help of the command that a form names, e.g. of <c>review accept ID</c>; code 2 when there is no such command.</summary>
    public async Task<(int Code, string Output)> HelpAsync(string form)
    {
        var arguments = Arguments(form);
        var depth = _groups.Contains(string.Join(' ', arguments.Take(2))) ? 3 : _groups.Contains(arguments[0]) ? 2 : 1;
        var words = arguments.Take(depth).ToList();
        var (code, output) = await InvokeAsync([.. words, "--help"]);

        // The help of a command that is not there is that of the nearest one that is. A place that the command above may name stands in between.
        return (Regex.Replace(output, " \\[<[A-Z]+>\\]", "").Contains($" {string.Join(' ', words)} ", StringComparison.Ordinal) ? code : 2, output);
    }

    /// <summary>Stops the engine, if one runs, as its service would, and holds it to its exit code.</summary>
    public async Task StopAsync()
    {
        if (_engine is { } engine)
        {
            _engine = null;
            await using (engine)
            {
                var code = await engine.TerminateAsync();
                code.Should().Be(0, "a stop is no failure, and it printed\n{0}", engine.Output);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is { } engine)
        {
            await engine.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static void CopyInto(string target, string source)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>What sends, sends to a running engine; files are written into the folder.</summary>
    private async Task<(int Code, string Output)> RunSandboxAsync(string command)
    {
        _engine ??= await EngineProcess.StartAsync(_folder, _environment, [Run]);
        var words = CommandLineParser.SplitCommandLine(command).Skip(1)
            .Select(word => word == ShippedAddress ? _engine.Address.ToString() : word.EndsWith(".hl7", StringComparison.Ordinal) ? Path.Combine(_folder, word) : word);
        await using var output = new StringWriter();
        var code = await new SandboxCommandLine(output, output, TimeProvider.System).RunAsync([.. words], CancellationToken.None);
        return (code, output.ToString());
    }

    private List<string> Arguments(string command)
    {
        const string Program = "dotnet run -c Release --project src/InterfaceEngine";
        var words = CommandLineParser.SplitCommandLine(
            command == Program ? "engine" : command.Replace(Program + " --", "engine", StringComparison.Ordinal)).ToList();
        words[0].Should().Be("engine", "no test knows how to run `{0}`", command);
        return [.. words.Skip(1).Select(word => word == ShippedAddress && _engine is { } engine ? engine.Address.ToString() : word)];
    }

    private async Task<(int Code, string Output)> InvokeAsync(IReadOnlyList<string> arguments)
    {
        var output = new StringBuilder();
        await using var writer = TextWriter.Synchronized(new StringWriter(output));
        var terminal = new Terminal(writer, writer, isInteractive: false)
        {
            WorkingFolder = _folder,
            Environment = _environment,
        };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(arguments, CancellationToken.None);
        return (code, output.ToString());
    }

    /// <summary>The program itself, as a process of its own.</summary>
    private sealed class EngineProcess : IAsyncDisposable
    {
        private const int Terminate = 15;
        private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

        private readonly Process _process;
        private readonly StringBuilder _output = new();
        private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private EngineProcess(ProcessStartInfo start)
        {
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, line) => Take(line.Data);
            _process.ErrorDataReceived += (_, line) => Take(line.Data);
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        /// <summary>Where its source listens.</summary>
        public IPEndPoint Address => _listening.Task.Result;

        public string Output
        {
            get
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }

        /// <summary>Starts it and waits until it says where it listens.</summary>
        public static async Task<EngineProcess> StartAsync(string folder, Dictionary<string, string?> environment, IReadOnlyList<string> arguments)
        {
            var start = new ProcessStartInfo(ChildEngine.OwnCommand[0])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var argument in ChildEngine.OwnCommand.Skip(1).Concat(arguments))
            {
                start.ArgumentList.Add(argument);
            }

            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            var engine = new EngineProcess(start);
            var ended = engine._process.WaitForExitAsync();
            await Task.WhenAny(engine._listening.Task, ended).WaitAsync(_timeout);
            engine._listening.Task.IsCompletedSuccessfully.Should().BeTrue("the engine should start, and it printed\n{0}", engine.Output);
            return engine;
        }

        public async Task<int> TerminateAsync()
        {
            Signal(_process.Id, Terminate).Should().Be(0, "the engine runs, and it printed\n{0}", Output);
            await _process.WaitForExitAsync().WaitAsync(_timeout);
            return _process.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
        }

        /// <summary>The start-up lines name each address: <c>Listening  127.0.0.1:2575  front-desk, …</c>.</summary>
        private void Take(string? line)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }

            if (line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Listening", var address, ..] && IPEndPoint.TryParse(address, out var found))
            {
                _listening.TrySetResult(found);
            }
        }

        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Signal(int process, int signal);
    }
}
