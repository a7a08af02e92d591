using System.Collections.Concurrent;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Ehr;
using InterfaceEngine.Exports;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Nodes;
using InterfaceEngine.Protection;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.References;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>
/// The engine without its sources: store, mappings and the path of a message. A running engine adds sources to it;
/// a command that runs alone uses it as it is. Holds the embedded store's folder until it is disposed.
/// </summary>
internal sealed partial class EngineCore : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly IdSource _ids;
    private readonly ILoggerFactory _loggers;
    private readonly LongQuestions _longQuestions = new();
    private readonly ConcurrentDictionary<string, DepartmentClocks> _clocks = new(StringComparer.Ordinal);

    private EngineCore(
        EngineSettings settings,
        MasterKey key,
        IEngineStore store,
        NodeKeeper node,
        MappingKeeper sets,
        MessageIntake intake,
        AppointmentDesk appointments,
        PatientDesk patients,
        NumberReporter numbers,
        IdSource ids,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        _time = time;
        _ids = ids;
        _loggers = loggers;
        Node = node;
        Settings = settings;
        KeyLocation = key.Location;
        IsKeyNew = key.IsNew;
        Store = store;
        Sets = sets;
        Intake = intake;
        Appointments = appointments;
        Patients = patients;
        Numbers = numbers;
        Connections = settings.Connections.ToDictionary(connection => connection.Id, connection => Catalog.Open(connection, store, time, loggers));
        VendorDocuments = new VendorDocuments(RowFiles)
        {
            Taken = (connection, documents, cancellationToken) => Connections.ContainsKey(connection)
                ? Vendor(connection).Attachments().AddAsync(documents, cancellationToken)
                : Task.CompletedTask,
            Clocks = connection => Connections.TryGetValue(connection, out var found) && found.Options.Rest is not null ? Clocks(found) : null,
            Moves = connection => Connections.TryGetValue(connection, out var found) && found.Options.Rest is not null
                ? new MovedVisits(found, new RecordNumbers(store, sets.Live), loggers.CreateLogger<MovedVisits>()) : null,
        };
        FetchedDocuments = new VendorDocuments(RowFiles);
        Files = new FileDesk(
            intake,
            numbers,
            [
                .. settings.Sources.Select(source => new FileSource(source.Binding, source.Limits.FrameBytesMax)),
                .. settings.FileSources.Where(source => source.Options.Format == FileFormat.Hl7).Select(AsMessages),
            ],
            settings.Practices,
            new MllpLimits().FrameBytesMax);
    }

    public EngineSettings Settings { get; }

    /// <summary>Where the master key is; never the key.</summary>
    public string KeyLocation { get; }

    /// <summary>This start made the master key: it must be backed up now.</summary>
    public bool IsKeyNew { get; }

    public IEngineStore Store { get; }

    /// <summary>This process among those that share the store.</summary>
    public NodeKeeper Node { get; }

    /// <summary>Sees to it that the deployed mapping set is used.</summary>
    public MappingKeeper Sets { get; }

    public LiveMappings Mappings => Sets.Live;

    public MessageIntake Intake { get; }

    public AppointmentDesk Appointments { get; }

    public PatientDesk Patients { get; }

    /// <summary>What the sources say they received.</summary>
    public NumberReporter Numbers { get; }

    public FileDesk Files { get; }

    /// <summary>The connections to vendors, by id.</summary>
    public IReadOnlyDictionary<string, EhrConnection> Connections { get; }

    /// <summary>Takes files of rows.</summary>
    /// <param name="rules">What their source asks of them.</param>
    public RowFileIntake RowFiles(RowFileRules rules) =>
        new(Store, Mappings, Settings.Practices, _ids, _time, _loggers.CreateLogger<RowFileIntake>()) { Rules = rules };

    /// <summary>Takes in what connections to vendors bring.</summary>
    public VendorDocuments VendorDocuments { get; }

    /// <summary>The same for documents whose contents were fetched, which are not to be fetched once more.</summary>
    public VendorDocuments FetchedDocuments { get; }

    /// <summary>The clocks of the departments of a connection to athenaNet: one for all who ask, so that the vendor is asked once.</summary>
    private DepartmentClocks Clocks(EhrConnection connection) => _clocks.GetOrAdd(connection.Options.Id, _ => new DepartmentClocks(connection, _time));

    /// <summary>What works over a connection of the settings, by its id.</summary>
    public VendorParts Vendor(string connection) => Vendor(Connections[connection]);

    /// <summary>What works over a connection.</summary>
    public VendorParts Vendor(EhrConnection connection) => new(connection, Store, _time, _loggers)
    {
        Practice = Settings.FindPractice(connection.Options.Practice)!,
        Owner = Node.Identity.Owner,
        Documents = VendorDocuments,
        FetchedDocuments = FetchedDocuments,
        RowFiles = RowFiles,
        Appointments = Appointments,
        ReferenceFiles = new ReferenceFiles(Settings.Mappings),
        Spool = Path.Combine(Settings.Data, "spool"),
    };

    /// <summary>What a destination that speaks of records over a connection may ask.</summary>
    /// <param name="connection">The connection's id.</param>
    /// <param name="type">The type of the records.</param>
    public OwnRecords OwnRecords(string connection, string type) => new(
        Settings.FindPractice(Connections[connection].Options.Practice)!,
        type,
        connection,
        new RecordNumbers(Store, Mappings),
        new OrdersOnTheirWay(Store, Mappings),
        Appointments.Outbound,
        VendorDocuments,
        _time);

    /// <summary>The exports of the settings, made ready.</summary>
    public IReadOnlyList<ScheduleExport> Exports => field ??=
    [
        .. Settings.Exports.Select(export => new ScheduleExport(export, Settings.FindPractice(export.Practice)!, () => Catalog.Open(export, _time), Mappings, Store, _time)),
    ];

    /// <summary>Opens everything, or nothing.</summary>
    /// <param name="settings">The engine's own.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="isCommand">
    /// A command, not an engine that runs: on a shared store it goes by a name of its own and ends nothing that others began.
    /// </param>
    /// <param name="readiness">Where a running engine's parts report; null for a command, which nobody connects to.</param>
    /// <exception cref="MappingException">The mappings have problems.</exception>
    /// <exception cref="StoreOpenException">
    /// Another engine, another node of this name, a wrong key, a damaged file, a deployed mapping set that this version can't load: nothing was changed.
    /// </exception>
    public static async Task<EngineCore> OpenAsync(
        EngineSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken, bool isCommand = false, Readiness? readiness = null)
    {
        var kind = Catalog.KindOf(settings.Store);
        var ownMappings = kind.IsShared ? null : MappingFolder.LoadUsable(settings.Mappings, settings.Practices);
        readiness ??= new Readiness(time, loggers.CreateLogger<Readiness>());
        var isBesideOthers = isCommand && kind.IsShared;
        var options = isBesideOthers ? settings.Store with { Node = $"{settings.Node.Name}/{Environment.ProcessId}" } : settings.Store;
        var ids = new IdSource(time, Random.Shared);
        MasterKey? key = null;
        var store = await kind.OpenAsync(
            options, isStoreNew => key = MasterKeyFile.Open(settings.Keys, settings.Data, mayCreate: isStoreNew && !isBesideOthers, kind.Place(options)), ids, time, cancellationToken);
        NodeKeeper? node = null;
        try
        {
            node = await JoinAsync(settings, store.Nodes, isBesideOthers ? options.Node : null, ids, readiness, loggers, time, cancellationToken);
            if (!isBesideOthers)
            {
                await EndAbandonedAsync(store, loggers.CreateLogger<EngineCore>(), cancellationToken);
            }

            var sets = await MappingKeeper.OpenAsync(settings, store, ownMappings, isCommand, readiness, time, loggers.CreateLogger<MappingKeeper>(), cancellationToken);
            var mappings = sets.Live;
            node.MappingSet = () => mappings.Current.Hash;
            node.BeatSoon();
            sets.Changed = node.BeatSoon;
            var intake = new MessageIntake(
                store, mappings, new PracticeDirectory(settings.Practices), ids, time, loggers.CreateLogger<MessageIntake>())
            {
                Options = settings.Messages,
                Sources = settings.Bindings.ToDictionary(binding => binding.Name),
            };
            var desk = new RecordDesk(store, mappings, settings.Practices, [.. settings.Destinations.Select(destination => destination.Outbound)], ids, time);
            var numbers = new NumberReporter(store.Ledger, time, loggers.CreateLogger<NumberReporter>());
            var patients = new PatientDesk(desk, new RecordNumbers(store, mappings));
            return new EngineCore(settings, key!, store, node, sets, intake, new AppointmentDesk(desk), patients, numbers, ids, loggers, time);
        }
        catch
        {
            await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
            await store.DisposeAsync();
            throw;
        }
    }

    /// <param name="settings">The engine's own.</param>
    /// <param name="nodes">Where the processes are.</param>
    /// <param name="command">The name of a command that runs beside others; null for whoever holds the data folder.</param>
    private static Task<NodeKeeper> JoinAsync(
        EngineSettings settings, INodeStore nodes, string? command, IdSource ids, Readiness readiness, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var owner = NodeKeeper.NewOwner();
        var identity = command is null
            ? new NodeIdentity(settings.Node.Name, owner, Catalog.KindOf(settings.Store).IsShared ? NodeHome.Open(settings.Data) : NodeHome.Embedded, EngineOperations.ProgramVersion)
            : new NodeIdentity(command, owner, owner, EngineOperations.ProgramVersion) { IsBrief = true };
        return NodeKeeper.JoinAsync(
            nodes, ids, identity, settings.Node, readiness, time, loggers.CreateLogger<NodeKeeper>(), cancellationToken);
    }

    /// <summary>What this engine began and did not end when it ran last, and messages that an earlier version gave no cause.</summary>
    private static async Task EndAbandonedAsync(IEngineStore store, ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var (source, interrupted) in await store.Ledger.EndAbandonedRunsAsync(cancellationToken))
        {
            Log.RunEnded(logger, source, interrupted);
        }

        await store.Batches.EndAbandonedAsync(cancellationToken);
        foreach (var message in await MessageCause.GiveAsync(store, cancellationToken))
        {
            Log.MessageUnreadable(logger, message);
        }
    }

    /// <summary>Who reads a source's files.</summary>
    public IFileIntake FileIntake(FileSourceSettings source) => source.Options.Format == FileFormat.Hl7
        ? new MessageFileIntake(Files, AsMessages(source), Store, _ids, _time, _loggers.CreateLogger<MessageFileIntake>())
        : RowFiles(source.Options.Rows);

    private static FileSource AsMessages(FileSourceSettings source) => new(source.Binding, source.Options.MessageBytesMax);

    /// <summary>What people's requests are answered from. A running engine adds its sources.</summary>
    public EngineParts Parts() => new()
    {
        Store = Store,
        Replay = Intake,
        Practices = Settings.Practices,
        Data = Settings.Data,
        Time = _time,
        Keys = KeyLocation,
        Mapping = () => Sets.Status,
        MappingFolder = Settings.Mappings,
        ReadMappings = folder => MappingFolder.LoadFiles(folder, Settings.Practices),
        Owner = Node.Identity.Owner,
        Sources = () =>
        [
            .. Settings.Sources.Select(source => Stopped(source.Name, source.Kind, source.Listens.ToString(), source.Binding)),
            .. Settings.FileSources.Select(source => Stopped(source.Name, source.Kind, source.Place, source.Binding)),
        ],
        FileSources = [.. Settings.FileSources.Select(source => FilePolling.Info(Settings, source))],
        Schedules =
        [
            .. Settings.FileSources.Select(source => FilePolling.Work(Settings, source)),
            .. Settings.Exports.Select(export => new ScheduledWork(export.Work, "export", export.Schedule, Settings.FindPractice(export.Practice)!.Zone)),
            .. ConnectionWork.Schedules(Settings),
        ],
        PollFiles = (name, stop) => FilePolling.OnceAsync(this, name, _time, _loggers, stop),
        Appointments = Appointments,
        Patients = Patients,
        Numbers = Numbers.Now,
        Files = Files,
        RowFiles = RowFiles,
        LongQuestions = _longQuestions,
        Destinations = () => [.. Settings.Destinations.Select(Stopped)],
        Outside = OutsidePlaces.Of(Settings),
        Exports = Exports,
        Connections = Connections,
        BookedOver = Settings.BookedOver,
        RegisteredOver = Settings.RegisteredOver,
        Vendor = Vendor,
        Clocks = Clocks,
        Definitions = practice => [.. (Mappings.Current.Set.For(practice)?.Maps ?? []).Select(map => map.Definition)],
    };

    private static SourceStatus Stopped(string name, string kind, string place, SourceBinding binding) =>
        new(name, kind, place, binding.Practices, "stopped", new Dictionary<string, long>());

    private static DestinationStatus Stopped(DestinationSettings destination) =>
        new(destination.Name, destination.Kind, destination.Address, destination.Outbound.Practices, "stopped");

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in Connections.Values)
        {
            await connection.DisposeAsync();
        }

        await Node.DisposeAsync();
        await Store.DisposeAsync();
        Numbers.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Source} did not end its last run; {Interrupted} messages that it was receiving then were interrupted and got no answer", EventName = "RunWasCutShort")]
        public static partial void RunEnded(ILogger logger, string source, long interrupted);

        [LoggerMessage(2, LogLevel.Error, "{Message} stands still and can't be read: it was altered outside the engine, and the error queue does not show it", EventName = "MessageUnreadable")]
        public static partial void MessageUnreadable(ILogger logger, EngineId message);
    }
}
