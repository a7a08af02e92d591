using System.Globalization;
using System.Net;
using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A whole engine in this process, as <c>run</c> starts it: real listeners on free ports, a real store in a folder of its
/// own, the shipped mappings and the system's clock.
/// </summary>
internal sealed class RunningEngine : IAsyncDisposable
{
    private const int RecordsMax = 100_000;

    private readonly string _folder;

    private RunningEngine(string folder, EngineSettings settings)
    {
        _folder = folder;
        Settings = settings;
    }

    /// <summary>A December that is ahead, as <c>2026-12</c>: its days are booked by the world's clock, and at the sample practices all have one offset.</summary>
    public static string December { get; } = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.AddDays(33).Year}-12");

    public EngineSettings Settings { get; private set; }

    public EngineHost Host { get; private set; } = null!;

    /// <summary>Where practice 195900's feed is taken.</summary>
    public IPEndPoint Athena => AddressOf(TestEngine.Athena.Name);

    /// <summary>Where practice 1959's feed is taken.</summary>
    public IPEndPoint Guide => AddressOf(TestEngine.Guide.Name);

    /// <summary>Starts an engine.</summary>
    /// <param name="change">Other settings than a test's usual ones.</param>
    public static async Task<RunningEngine> StartAsync(Func<EngineSettings, EngineSettings>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("running-engine-").FullName;
        var settings = TestEngine.SettingsIn(folder);
        try
        {
            var engine = new RunningEngine(folder, change?.Invoke(settings) ?? settings);
            engine.Host = await OpenAsync(engine.Settings);
            return engine;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Stops the engine and starts it with other settings, on the same store.</summary>
    public Task RestartAsync(Func<EngineSettings, EngineSettings> change) => RestartAsync(settings => Task.FromResult(change(settings)));

    /// <summary>Stops the engine, does something to its store, and starts it with other settings.</summary>
    public async Task RestartAsync(Func<EngineSettings, Task<EngineSettings>> change)
    {
        await Host.DisposeAsync();
        Settings = await change(Settings);
        Host = await OpenAsync(Settings);
    }

    /// <summary>Messages by state, as the store counted them.</summary>
    public async Task<Dictionary<MessageState, long>> CountsAsync() =>
        (await Host.Core.Store.ReadAsync(reader => reader.MessageCounts(), default)).GroupBy(count => count.State).ToDictionary(group => group.Key, group => group.Sum(count => count.Count));

    /// <summary>Every message that is stored, newest first.</summary>
    public async Task<List<StoredMessage>> MessagesAsync()
    {
        const int PageSize = 500;
        var messages = new List<StoredMessage>();
        IReadOnlyList<StoredMessage> page;
        do
        {
            var before = messages.Count == 0 ? EngineId.None : messages[^1].Id;
            page = await Host.Core.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, before, PageSize)), default);
            messages.AddRange(page);
        }
        while (page.Count == PageSize);

        return messages;
    }

    /// <summary>All records of a type by the vendor's number.</summary>
    public async Task<Dictionary<string, StoredRecord>> RecordsAsync(string practice, string type) =>
        (await Host.Core.Store.ReadAsync(reader => reader.Records(practice, type, EngineId.None, RecordsMax), default)).ToDictionary(record => record.ExternalId);

    /// <summary>All records of a type that have no number of the vendor's own.</summary>
    public Task<IReadOnlyList<StoredRecord>> ListedAsync(string practice, string type) =>
        Host.Core.Store.ReadAsync(reader => reader.Records(practice, type, EngineId.None, RecordsMax), default).AsTask();

    /// <summary>Asks the running engine over its socket, as a command does.</summary>
    public async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer
    {
        await using var control = await ControlClient.TryConnectAsync(Settings.Data, default);
        var answer = await control!.AskAsync(request, default);
        return answer as TAnswer ?? throw new InvalidOperationException($"the engine answered {answer}");
    }

    /// <summary>Runs a command line as a person does beside the engine: it finds the engine by its settings and asks it over its socket.</summary>
    public async Task<(int Code, string Out, string Error)> CommandAsync(params string[] arguments)
    {
        File.WriteAllText(Settings.File, JsonSerializer.Serialize(new
        {
            Settings.Data,
            Settings.Mappings,
            Keys = new { Settings.Keys.MasterKeyFile, Settings.Keys.MasterKeyVariable },
            Practices = Settings.Practices.ToDictionary(practice => practice.Id, practice => new { Zone = practice.Zone.Id, practice.Profile }),
            Sources = Settings.Sources.ToDictionary(source => source.Name, source => (object)new { Kind = "mllp", Port = 0, source.Binding.Practices })
                .Concat(Settings.FileSources.ToDictionary(source => source.Name, Written)).ToDictionary(),
        }));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder, Environment = [], Time = TimeProvider.System, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(arguments, default);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Returns when it is so: for what other processes and connections bring about. Gives up after a minute.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the engine, and waits until it polls its sources of files: who asks for a poll before is told that another node does.</summary>
    private static async Task<EngineHost> OpenAsync(EngineSettings settings)
    {
        var host = await EngineHost.StartAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, default);
        await UntilAsync(() => Task.FromResult(host.Sources.All(source => !source.State.StartsWith("polled by another node", StringComparison.Ordinal))));
        return host;
    }

    /// <summary>What a command beside the engine needs to know of a source of files.</summary>
    private static object Written(FileSourceSettings source) => new
    {
        Kind = "folder",
        source.Path,
        source.Binding.Practices,
        source.Options.File,
        Every = "365d",
        Finished = source.Options.Finished.ToString(),
        Pattern = source.Options.Pattern.Text,
    };

    private IPEndPoint AddressOf(string source) => Host.Addresses.Single(one => one.Source == source).Address;
}
