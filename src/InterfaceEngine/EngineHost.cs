using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Exports;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Nodes;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>A running engine: its sources and destinations, the resuming of parked messages and the local control socket.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly List<MllpSource> _listeners = [];
    private readonly List<FilePoller> _pollers = [];
    private readonly List<RunningDestination> _destinations = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ReadyMessages _ready;
    private readonly PersonLookUps _persons;
    private readonly IReadOnlyList<SourceNumbers> _received;
    private readonly RepliesOfOthers _others;
    private readonly GoneNodes _gone;
    private readonly LedgerKeeper _ledger;
    private readonly RetentionKeeper _retention;
    private readonly ControlServer _control;
    private readonly DateTimeOffset _startedAt;
    private readonly FolderLock? _folder;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private Task _running = Task.CompletedTask;
    private Task? _stopped;

    private readonly MappingWatch _watch;

    private EngineHost(EngineCore core, FolderLock? folder, NodeHealth health, IReadOnlyList<SourceNumbers> numbers, bool deploysWhatIsSaved, ILoggerFactory loggers, TimeProvider time)
    {
        Core = core;
        _folder = folder;
        Health = health;
        _loggers = loggers;
        _time = time;
        _startedAt = time.GetUtcNow();
        _persons = new PersonLookUps(core.Store, core.Settings.Practices, loggers.CreateLogger<PersonLookUps>());
        _ready = new ReadyMessages(core.Store, core.Intake, time, loggers.CreateLogger<ReadyMessages>()) { ParkedFor = core.Settings.Messages.ParkedFor };
        _received = numbers;
        _others = new RepliesOfOthers(core.Store, core.Intake.Owed, time, loggers.CreateLogger<RepliesOfOthers>());
        _gone = new GoneNodes(core.Store, time, loggers.CreateLogger<GoneNodes>());
        _ledger = new LedgerKeeper(
            core.Store, _gone, new LedgerCheck(core.Store, core.Numbers.Now, time), core.Numbers, core.Settings.Ledger, time, loggers.CreateLogger<LedgerKeeper>());
        _watch = new MappingWatch(core.Settings, core.Store, core.Mappings, health.Readiness, time, loggers.CreateLogger<MappingWatch>()) { IsDeploying = deploysWhatIsSaved };
        var owner = core.Node.Identity.Owner;
        _retention = new RetentionKeeper(core.Store, core.Settings.Retention, owner, time, loggers.CreateLogger<RetentionKeeper>());
        try
        {
            foreach (var (source, ofSource) in core.Settings.Sources.Zip(numbers))
            {
                _listeners.Add(Catalog.Open(source, core.Intake, ofSource, health.Readiness, time, loggers));
                Addresses.Add((source.Binding.Name, _listeners[^1].Bind()));
            }

            _pollers.AddRange(core.Settings.FileSources.Select(source => FilePolling.Open(core, source, health.Readiness, time, loggers)));

            foreach (var destination in core.Settings.Destinations)
            {
                _destinations.Add(new RunningDestination(destination, owner, core, time, loggers));
            }

            _control = ControlServer.Start(() => new EngineOperations(Parts()), core.Settings.Data, loggers.CreateLogger<ControlServer>());
        }
        catch
        {
            _listeners.ForEach(source => source.Dispose());
            _destinations.ForEach(destination => destination.Dispose());
            throw;
        }
    }

    public EngineCore Core { get; }

    public NodeHealth Health { get; }

    /// <summary>Where programs reach it over HTTP; null for nowhere.</summary>
    public ApiServer? Api { get; private set; }

    /// <summary>The sources as they are now.</summary>
    public IReadOnlyList<SourceStatus> Sources =>
    [
        .. _listeners.Select((source, index) => SourceViews.Of(source, Core.Settings.Sources[index], Addresses[index].Address)),
        .. _pollers.Select((source, index) => SourceViews.Of(source, Core.Settings.FileSources[index])),
    ];

    /// <summary>The destinations as this node sees them now.</summary>
    public IReadOnlyList<DestinationStatus> Destinations => [.. _destinations.Select(destination => destination.Status)];

    /// <summary>Where each source that listens does.</summary>
    public List<(string Source, IPEndPoint Address)> Addresses { get; } = [];

    /// <summary>
    /// Opens the store, takes the ports and begins to take messages. Health is answered from the beginning, since opening may
    /// take a while: the process lives, and is not ready yet.
    /// </summary>
    /// <param name="settings">The engine's own.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="deploysWhatIsSaved">Mapping files are deployed as they are saved (<c>run --watch</c>).</param>
    public static async Task<EngineHost> StartAsync(
        EngineSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken, bool deploysWhatIsSaved = false)
    {
        var health = await NodeHealth.StartAsync(settings.Health, loggers, time, cancellationToken);
        FolderLock? folder = null;
        EngineCore? core = null;
        EngineHost host;
        try
        {
            folder = HoldFolder(settings);
            core = await EngineCore.OpenAsync(settings, loggers, time, cancellationToken, readiness: health.Readiness);
            var numbers = new List<SourceNumbers>();
            foreach (var source in settings.Sources)
            {
                numbers.Add(await core.Numbers.BeginAsync(source.Name, source.Limits.ConnectionsMax, cancellationToken));
            }

            host = new EngineHost(core, folder, health, numbers, deploysWhatIsSaved, loggers, time);
        }
        catch
        {
            if (core is not null)
            {
                await core.DisposeAsync();
            }

            folder?.Dispose();
            await health.DisposeAsync();
            throw;
        }

        host._running = host.RunAsync();
        try
        {
            host.Api = await ApiWork.StartAsync(core, host.Parts(), health.Readiness, loggers, cancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        ConnectionWork.Report(core, health.Readiness);
        health.Started();
        return host;
    }

    /// <summary>Ends when the engine was told to stop, or throws when one of its loops failed.</summary>
    public Task Completion => _running;

    /// <summary>
    /// Takes no new connections, and after a while (<see cref="HealthOptions.DrainFor"/>) no new frames, lets messages in
    /// flight finish and be acknowledged within the sources' stop time-outs, calls over HTTP be answered within theirs and deliveries within the
    /// destinations', then closes the store. Who asks again waits for the same end.
    /// </summary>
    public ValueTask DisposeAsync() => new(_stopped ??= StopAsync());

    private async Task StopAsync()
    {
        await Health.DrainAsync(Task.WhenAny(_running, Task.WhenAll(_listeners.Select(source => source.ConnectionsEndedAsync()))));
        await (Api?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        finally
        {
            _destinations.ForEach(destination => destination.Dispose());
            await _control.DisposeAsync();
            await Core.DisposeAsync();
            _folder?.Dispose();
            await Health.DisposeAsync();
            _stopping.Dispose();
        }
    }

    /// <summary>Of two engines in one data folder the second would take the first one's socket. The embedded store holds its folder itself.</summary>
    /// <exception cref="StoreOpenException">Another engine runs there.</exception>
    private static FolderLock? HoldFolder(EngineSettings settings)
    {
        if (!Catalog.KindOf(settings.Store).IsShared)
        {
            return null;
        }

        StoreFiles.Prepare(settings.Data);
        return FolderLock.Take(settings.Data);
    }

    /// <summary>Looks at a source's folder now. Null when another node polls it.</summary>
    public async Task<PolledFilesAnswer?> PollFilesAsync(string name, CancellationToken cancellationToken) =>
        await _pollers.First(poller => poller.Name == name).AskAsync(cancellationToken) is { } report ? FilePolling.Answer(name, report) : null;

    private async Task RunAsync()
    {
        var loops = _listeners.Concat<ISource>(_pollers).Select(source => source.RunAsync(_stopping.Token))
            .Concat(_destinations.Select(destination => destination.RunAsync(_stopping.Token)))
            .Concat(Core.Exports.Select(export => OnDutyAsync(export.Options.Work, new ScheduledExport(export, Core.Store, _time, _loggers.CreateLogger<ScheduledExport>()).RunAsync)))
            .Concat(ConnectionWork.Of(Core, _time, _loggers).Select(one => OnDutyAsync(one.Duty, one.Work)))
            .Append(UntilStopAsync(Core.Numbers.RunAsync))
            .Append(UntilStopAsync(Core.Sets.RunAsync))
            .Append(UntilStopAsync(_watch.RunAsync))
            .Append(UntilStopAsync(stop => Core.Node.Completion.WaitAsync(stop)))
            .Append(UntilStopAsync(_retention.RunAsync))
            .Append(UntilStopAsync(stop => Health.WatchAsync(Core.Store, stop)))
            .Append(UntilStopAsync(_others.RunAsync))
            .Append(OnDutyAsync("ready messages", _ready.RunAsync))
            .Append(OnDutyAsync("person look-ups", _persons.RunAsync))
            .Append(OnDutyAsync("ledger", stop => Task.WhenAll(_gone.RunAsync(stop), _ledger.RunAsync(stop)))).ToList();
        try
        {
            // A loop that ends takes the engine down: half an engine would look like a whole one.
            await Task.WhenAny(loops);
            await EndAsync(loops, isAskedFor: _stopping.IsCancellationRequested);
        }
        finally
        {
            foreach (var numbers in _received)
            {
                await Core.Numbers.EndAsync(numbers);
            }
        }
    }

    /// <summary>Ends what still runs. An end that nobody asked for is a failure, however the loop ended: whoever watches the engine is to start it again.</summary>
    private async Task EndAsync(List<Task> loops, bool isAskedFor)
    {
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException stray) when (!isAskedFor)
        {
            throw new InvalidOperationException("A part of the engine was cancelled, and nobody had asked for it.", stray);
        }

        if (!isAskedFor)
        {
            throw new InvalidOperationException("A part of the engine ended, and nobody had asked for it.");
        }
    }

    private async Task UntilStopAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>What one node does for all.</summary>
    private Task OnDutyAsync(string name, Func<CancellationToken, Task> work) =>
        UntilStopAsync(stop => new Duty(name, Core.Node.Identity.Owner, Core.Store.Leases, _time, _loggers.CreateLogger<Duty>()).RunAsync(work, stop));

    /// <summary>What the folder's files are like now counts more than that they are another set.</summary>
    private MappingStatus WithFolder(MappingStatus status) =>
        status with { Errors = _watch.Found.Errors, Warnings = _watch.Found.Warnings, Note = _watch.Found.Problem ?? status.Note };

    private EngineParts Parts() => Core.Parts() with
    {
        Readiness = () => Health.Status,
        Mapping = () => WithFolder(Core.Sets.Status),
        LastLedger = () => _ledger.Last,
        StartedAt = _startedAt,
        Destinations = () => Destinations,
        Sources = () => Sources,
        PollFiles = PollFilesAsync,
        WakeFiles = name => _pollers.Find(poller => poller.Name == name)?.Wake(),
    };
}
