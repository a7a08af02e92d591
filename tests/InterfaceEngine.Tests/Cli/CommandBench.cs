using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;

namespace InterfaceEngine.Tests.Cli;

/// <summary>
/// Runs command lines in this process, over a store of the test's own: settings in a temporary folder, nobody at the
/// terminal, no engine running. Messages that are taken up again are only noted.
/// </summary>
internal sealed class CommandBench : IDisposable, IMessageReplay
{
    private readonly StoreFolder _folder = new();

    public CommandBench()
    {
        Samples = new StoreSamples(Clock);
        WriteSettings("""
            {
              "Data": "data",
              "Practices": {
                "1959": { "Zone": "America/Chicago", "Profile": "guide" },
                "1960": { "Zone": "America/Chicago", "Profile": "athena" }
              },
              "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } }
            }
            """);
    }

    public string Root => _folder.Root;

    public StoreClock Clock { get; } = new();

    public StoreSamples Samples { get; }

    /// <summary>Messages that a command had taken up again, and whether against a hold.</summary>
    public List<(EngineId Message, Acceptance Accepted, AuditEntry? Audit)> Replays { get; } = [];

    /// <summary>What taking a message up again does.</summary>
    public Func<IEngineStore, EngineId, Task>? OnReplay { get; set; }

    private SqliteStore? Store { get; set; }

    public void WriteSettings(string json) => File.WriteAllText(Path.Combine(Root, "appsettings.json"), json);

    public string WriteFile(string name, string content)
    {
        File.WriteAllBytes(Path.Combine(Root, name), System.Text.Encoding.Latin1.GetBytes(content));
        return name;
    }

    public async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false)
        {
            WorkingFolder = Root,
            Environment = [],
            Time = Clock,
            Actor = "maria",
        };
        var code = await new EngineCommandLine(terminal, OpenAsync).RunAsync(arguments, CancellationToken.None);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>Puts something into the store before a command looks at it.</summary>
    public async Task<CommitResult> CommitAsync(CommitUnit unit)
    {
        await using var store = _folder.Open(Clock);
        return await store.CommitAsync(unit, default);
    }

    /// <summary>The store, while no command runs.</summary>
    public IEngineStore OpenStore() => _folder.Open(Clock);

    /// <summary>Does what the engine's other parts do with the store, before a command looks at it.</summary>
    public async Task WithStoreAsync(Func<IEngineStore, Task> action)
    {
        await using var store = _folder.Open(Clock);
        await action(store);
    }

    public async Task<T> ReadAsync<T>(Func<IStoreReader, T> question)
    {
        await using var store = _folder.Open(Clock);
        return await store.ReadAsync(question, default);
    }

    public async ValueTask<Receipt> ReplayAsync(EngineId message, Acceptance accepted, AuditEntry? audit, CancellationToken cancellationToken)
    {
        Replays.Add((message, accepted, audit));
        if (OnReplay is not null)
        {
            await OnReplay(Store!, message);
        }

        return new Receipt(message, MessageState.Applied, default);
    }

    public async ValueTask DismissAsync(StoredMessage message, AuditEntry audit, CancellationToken cancellationToken) =>
        await Store!.CommitAsync(MessageUnit.Dismiss(message, Replies.None, audit), cancellationToken);

    public ValueTask GiveUpAsync(EngineId message, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Receipt> TryAsync(EngineId message, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Receipt(message, MessageState.Applied, default));

    public ValueTask<Receipt> CorrectAsync(EngineId original, ReadOnlyMemory<byte> body, AuditEntry? audit, bool isTrial, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Receipt(original, MessageState.Applied, default));

    public void Dispose() => _folder.Dispose();

    private Task<IControl> OpenAsync(EngineSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        Store = _folder.Open(Clock);
        var operations = new EngineOperations(new EngineParts
        {
            Store = Store,
            Replay = this,
            Practices = settings.Practices,
            Data = settings.Data,
            Keys = "a test's key",
            Mapping = () => new MappingStatus(settings.Mappings, "7f3a2c", 0, 1),
            Sources = () => [],
            Outside = OutsidePlaces.Of(settings),
            Time = time,
        });
        return Task.FromResult<IControl>(new Closing(operations, Store));
    }

    /// <summary>Closes the store with the command.</summary>
    private sealed class Closing(EngineOperations operations, IEngineStore store) : IControl
    {
        public Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken cancellationToken) => operations.AskAsync(request, cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}

/// <summary>How a command ended and what it wrote.</summary>
internal sealed record Ran(int Code, string Out, string Error);
