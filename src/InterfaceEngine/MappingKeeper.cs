using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>
/// Has this node use the mapping set that is deployed on its store, from the start on and whenever another one is. Whoever has a
/// store for itself deploys what its folder holds by starting; on a shared one only the first start ever does. A set that this
/// version can't load is not used: the one before stays in force, and no new connection is taken.
/// </summary>
internal sealed partial class MappingKeeper
{
    private const string Check = "mapping set";

    /// <summary>How often it looks without having been told.</summary>
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(5);

    private readonly EngineSettings _settings;
    private readonly IEngineStore _store;
    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger<MappingKeeper> _logger;
    private long _refused;
    private string? _problem;

    private MappingKeeper(EngineSettings settings, IEngineStore store, LiveMapping live, Readiness readiness, TimeProvider time, ILogger<MappingKeeper> logger)
    {
        (_settings, _store, _readiness, _time, _logger) = (settings, store, readiness, time, logger);
        Live = new LiveMappings(live);
    }

    public LiveMappings Live { get; }

    /// <summary>Is called once another set is in force here, or can't be.</summary>
    public Action Changed { get; set; } = () => { };

    public MappingStatus Status
    {
        get
        {
            var set = Live.Current.Set;
            return new MappingStatus(_settings.Mappings, set.Hash, 0, set.Problems.Count(problem => problem.Severity == MappingSeverity.Warning))
            {
                Problem = _problem,
                Note = FolderNote(),
            };
        }
    }

    /// <summary>Finds the set to begin with, and deploys the folder's where that is the one.</summary>
    /// <param name="settings">The engine's own.</param>
    /// <param name="store">Where sets are deployed.</param>
    /// <param name="own">The folder's set, of an engine that has its store for itself; null on a shared one.</param>
    /// <param name="isCommand">A command, not an engine that runs: it deploys nothing by starting, and is content with the folder's set where the deployed one can't be loaded.</param>
    /// <param name="readiness">Where a set that can't be loaded is reported.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Says which set is used.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="MappingException">The folder's set is to be used and has problems.</exception>
    /// <exception cref="StoreOpenException">The deployed set can't be loaded by this version.</exception>
    public static async Task<MappingKeeper> OpenAsync(
        EngineSettings settings, IEngineStore store, MappingFiles? own, bool isCommand, Readiness readiness, TimeProvider time, ILogger<MappingKeeper> logger, CancellationToken cancellationToken)
    {
        var live = own is null ? await LoadDeployedAsync(settings, store, mayFail: isCommand, cancellationToken) : null;
        if (live is null)
        {
            var folder = own ?? MappingFolder.LoadUsable(settings.Mappings, settings.Practices);
            await store.KeepMappingSetAsync(folder.Set.Hash, folder.Content, cancellationToken);
            live = new LiveMapping(folder.Set, settings.Practices);
            if (!isCommand && (await store.DeployMappingSetAsync(new SetDeployment(live.Hash) { InPlaceOf = own is null ? SetDeployment.NoSet : null }, cancellationToken)).Hash != live.Hash)
            {
                // Another node that started first was quicker.
                live = (await LoadDeployedAsync(settings, store, mayFail: false, cancellationToken))!;
            }
        }

        var keeper = new MappingKeeper(settings, store, live, readiness, time, logger);
        readiness.Report(Check, null);
        if (!isCommand && keeper.FolderNote() is { } note)
        {
            Log.FolderDiffers(logger, live.Hash, note);
        }

        return keeper;
    }

    /// <summary>Looks whenever it is told to, and from time to time, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var told = new Signal();
        void Hear(StoreSignal signal)
        {
            if (signal == StoreSignal.Mapping)
            {
                told.Raise();
            }
        }

        _store.Signals.Raised += Hear;
        try
        {
            using var timer = _time.CreateTimer(_ => told.Raise(), null, _lookEvery, _lookEvery);
            while (true)
            {
                await LookAsync(cancellationToken);
                await told.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _store.Signals.Raised -= Hear;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var deployed = await LastAsync(_store, cancellationToken);
            if (deployed is null || deployed.Number == _refused)
            {
                return;
            }

            var before = Live.Current;
            var problem = deployed.Hash == before.Hash ? null : await SwitchAsync(deployed, cancellationToken);
            _refused = problem is null ? 0 : deployed.Number;
            if (problem != _problem)
            {
                _problem = problem;
                _readiness.Report(Check, problem);
                Changed();
            }
            else if (Live.Current != before)
            {
                Changed();
            }
        }
        catch (StoreUnavailableException failure)
        {
            Log.NotLooked(_logger, failure.Message);
        }
    }

    /// <summary>Uses a set from the next message on. Messages that are on their way end with the set they began with.</summary>
    /// <returns>Why it can't be used; null when it is.</returns>
    private async Task<string?> SwitchAsync(DeployedSet deployed, CancellationToken cancellationToken)
    {
        var (live, problem) = await LoadAsync(_settings, _store, deployed, cancellationToken);
        if (live is null)
        {
            Log.SetRefused(_logger, Live.Current.Hash, problem!);
            return problem;
        }

        Log.SetTaken(_logger, live.Hash, deployed.Number, deployed.Actor, Live.Current.Hash);
        Live.Swap(live);
        return null;
    }

    /// <summary>Null where nothing was deployed yet, or what was can't be loaded and that may be.</summary>
    private static async Task<LiveMapping?> LoadDeployedAsync(EngineSettings settings, IEngineStore store, bool mayFail, CancellationToken cancellationToken)
    {
        if (await LastAsync(store, cancellationToken) is not { } deployed)
        {
            return null;
        }

        var (live, problem) = await LoadAsync(settings, store, deployed, cancellationToken);
        return live is not null || mayFail
            ? live
            : throw new StoreOpenException($"{problem} Run the version that the other nodes run, or deploy a set that both can load with map deploy. Nothing was changed.");
    }

    /// <summary>A deployed set made ready, on a thread of the pool: it takes a while.</summary>
    /// <returns>The set, or why it can't be used.</returns>
    private static async Task<(LiveMapping? Live, string? Problem)> LoadAsync(EngineSettings settings, IEngineStore store, DeployedSet deployed, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => reader.MappingSet(deployed.Hash), cancellationToken) is { } content
            ? await Task.Run(() => Make(settings, deployed.Hash, content), cancellationToken)
            : (null, $"Mapping set {deployed.Hash} was deployed and is not kept in the store.");

    private static (LiveMapping? Live, string? Problem) Make(EngineSettings settings, string hash, ReadOnlyMemory<byte> content)
    {
        try
        {
            var files = MappingFiles.OfKept(content, settings.Practices);
            return files switch
            {
                { Set.Hash: var found } when found != hash => (null, $"Mapping set {hash} was altered in the store: its files are those of set {found}."),
                { FirstError: { } error } => (null, $"Mapping set {hash} can't be loaded by this version: {error.ToShortText()}"),
                _ => (new LiveMapping(files.Set, settings.Practices), null),
            };
        }
        catch (JsonException)
        {
            return (null, $"Mapping set {hash} was altered in the store: it holds no files.");
        }
    }

    private static ValueTask<DeployedSet?> LastAsync(IEngineStore store, CancellationToken cancellationToken) =>
        store.ReadAsync(reader => reader.DeployedSets(1) is [var last] ? last : null, cancellationToken);

    /// <summary>What is to be known of the folder; null when it holds the set that is used.</summary>
    private string? FolderNote()
    {
        try
        {
            var hash = MappingSet.HashOf(MappingFolder.Read(_settings.Mappings));
            return hash == Live.Current.Hash ? null : $"this node's folder holds another set ({hash}): map deploy makes it the one of all nodes";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return $"this node's folder can't be read: {failure.Message}";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Mapping set {Hash} is used from now on: deployment {Number} by {Actor}; before it was {Before}", EventName = "MappingSetTaken")]
        public static partial void SetTaken(ILogger logger, string hash, long number, string actor, string before);

        [LoggerMessage(2, LogLevel.Error, "Mapping set {Hash} stays in use, for the one that was deployed can't be: {Problem}", EventName = "MappingSetRefused")]
        public static partial void SetRefused(ILogger logger, string hash, string problem);

        [LoggerMessage(3, LogLevel.Warning, "Mapping set {Hash} is used, as deployed on the store; {Note}", EventName = "MappingFolderDiffers")]
        public static partial void FolderDiffers(ILogger logger, string hash, string note);

        [LoggerMessage(4, LogLevel.Warning, "Whether another mapping set was deployed could not be looked up and is looked up again: {Reason}", EventName = "MappingSetNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
