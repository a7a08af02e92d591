using System.Text;
using InterfaceEngine.Cli;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Cli;

/// <summary>A temporary folder with settings of the test's own, the shipped mappings, engines that run in it, and commands that are typed in it.</summary>
internal sealed class EngineFolder : IDisposable
{
    private const string FrontDesk = """
        "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } }
        """;

    private string _mappings = Path.Combine(RepositoryRoot.Path, "mappings");

    public EngineFolder() => WriteSettings(FrontDesk);

    public string Root { get; } = Directory.CreateTempSubdirectory("engine").FullName;

    /// <summary>Both ways in which a command is answered: by a running engine, and by itself.</summary>
    public static TheoryData<bool> Ways => [true, false];

    /// <param name="sections">What stands in the settings beside data, mappings, keys, practices and logging.</param>
    /// <param name="practices">The practices.</param>
    public void WriteSettings(string sections, string practices = """{ "1959": { "Name": "Springfield", "Zone": "America/Chicago", "Profile": "guide" } }""") =>
        File.WriteAllText(PathOf("appsettings.json"), $$"""
            {
              "Data": "data",
              "Mappings": "{{_mappings.Replace('\\', '/')}}",
              "Keys": { "MasterKeyFile": "keys/master.key", "MasterKeyVariable": "NO_SUCH_KEY" },
              "Practices": {{practices}},
              {{sections}},
              "Logging": { "ShowsOnConsole": false }
            }
            """);

    /// <summary>From now on settings name a mapping folder of the test's own: the shipped one with files beside.</summary>
    public void AddMappings(params (string Path, string Text)[] files)
    {
        foreach (var shipped in Directory.EnumerateFiles(_mappings, "*.md", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(PathOf("mappings"), Path.GetRelativePath(_mappings, shipped));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(shipped, copy);
        }

        _mappings = PathOf("mappings");
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(_mappings, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A file of Latin-1 text.</summary>
    public void Write(string name, string text) => File.WriteAllText(PathOf(name), text, Encoding.Latin1);

    /// <summary>An engine in this folder; null when it was only started once, so that there is a store.</summary>
    public async Task<EngineHost?> StartAsync(bool isRunning = true)
    {
        var host = await EngineHost.StartAsync(SettingsReader.Read(PathOf("appsettings.json"), [], null), NullLoggerFactory.Instance, TimeProvider.System, default);
        if (isRunning)
        {
            return host;
        }

        await host.DisposeAsync();
        return null;
    }

    public async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = Root, Environment = [], Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(arguments, default);
        return new Ran(code, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
