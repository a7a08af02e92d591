using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>A data folder with a real store and a copy of the shipped mapping folder; commands run on it as a person's do.</summary>
internal sealed class MapDiffStore
{
    private readonly string _settings;

    /// <param name="store">The settings of the store; empty for SQLite in the data folder.</param>
    public MapDiffStore(string store)
    {
        var shipped = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var file in Directory.EnumerateFiles(shipped, "*.md", SearchOption.AllDirectories))
        {
            Write(Path.GetRelativePath(shipped, file), File.ReadAllText(file));
        }

        _settings = Path.Combine(Root, "appsettings.json");
        File.WriteAllText(_settings, $$"""
            {
              "Data": "data",
              "Keys": { "MasterKeyFile": "keys/master.key", "MasterKeyVariable": "NO_SUCH_KEY" },
              {{store}}
              "Practices": {
                "1959": { "Zone": "America/Chicago", "Profile": "guide" },
                "195900": { "Zone": "America/Chicago", "Profile": "athena" }
              },
              "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } },
              "Logging": { "ShowsOnConsole": false }
            }
            """);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("map-diff-").FullName;

    public EngineSettings Settings => SettingsReader.Read(_settings, []);

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, "mappings", file));

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, "mappings", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Edit(string file, string from, string to)
    {
        var text = Read(file);
        text.Should().Contain(from);
        Write(file, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Starts an engine on the store once, which deploys the folder where nothing is deployed yet, and gives it messages.</summary>
    public async Task ReceiveAsync(params string[] messages)
    {
        await using var core = await EngineCore.OpenAsync(Settings, NullLoggerFactory.Instance, TimeProvider.System, default);
        foreach (var message in messages)
        {
            await core.Intake.AcceptAsync(new IncomingMessage(System.Text.Encoding.UTF8.GetBytes(message), core.Settings.Sources[0].Binding), default);
        }
    }

    public async Task<T> ReadAsync<T>(Func<IStoreReader, T> question)
    {
        await using var core = await EngineCore.OpenAsync(Settings, NullLoggerFactory.Instance, TimeProvider.System, default, isCommand: true);
        return await core.Store.ReadAsync(question, default);
    }

    /// <summary>Asks what commands ask, without one.</summary>
    public async Task<ControlAnswer> AskAsync(ControlRequest request)
    {
        await using var control = await StandAloneEngine.OpenAsync(Settings, TimeProvider.System, default);
        return await control.AskAsync(request, default);
    }

    /// <summary>Makes a set the one in use that this version does not understand.</summary>
    /// <returns>The name of the set.</returns>
    public async Task<string> DeployOfAnotherVersionAsync()
    {
        await using var core = await EngineCore.OpenAsync(Settings, NullLoggerFactory.Instance, TimeProvider.System, default, isCommand: true);
        Dictionary<string, string> files = new() { ["athenahealth/patient.map.md"] = Read("athenahealth/patient.map.md").Replace("| PID-16 ", "| PID-160 ", StringComparison.Ordinal) };
        var hash = InterfaceEngine.Core.Mapping.MappingSet.HashOf(files);
        await core.Store.KeepMappingSetAsync(hash, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(files), default);
        await core.Store.DeployMappingSetAsync(new SetDeployment(hash), default);
        return hash;
    }

    public Task<Ran> RunAsync(params string[] arguments) => RunAsync(_ => { }, arguments);

    /// <param name="beforeAsking">Is called with 1, 2, 3 … each time before the store is opened.</param>
    public async Task<Ran> RunAsync(Action<int> beforeAsking, params string[] arguments)
    {
        var asked = 0;
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = Root, Environment = [], Time = TimeProvider.System, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, OpenAsync).RunAsync(arguments, default);
        return new Ran(code, output.ToString(), error.ToString());

        Task<IControl> OpenAsync(EngineSettings settings, TimeProvider time, CancellationToken cancellationToken)
        {
            beforeAsking(++asked);
            return StandAloneEngine.OpenAsync(settings, time, cancellationToken);
        }
    }

    /// <summary>An A04 of an invented patient; what stands in PID-14 is given.</summary>
    public static string A04(int number, string mobile = "(217)523-5678") => string.Join('\r',
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|D{number}|P|2.3|",
        "EVN|A04|20220315142658|||",
        $"PID|1||77{number:0000}^^^ATHENA^MRN||QUIGLEYSON^ZEBEDEE^||19480927|M||White|987 WOMBAT LN^^CAPITALVILLE^IL^62799||(217)523-1234|{mobile}|ENG|M|||");

    public void Delete() => Directory.Delete(Root, recursive: true);
}
