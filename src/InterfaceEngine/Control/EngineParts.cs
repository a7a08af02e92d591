using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Exports;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Batches;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>What requests are answered from. Made by whoever starts the engine or opens its store.</summary>
internal sealed record EngineParts
{
    public required IEngineStore Store { get; init; }

    public required IMessageReplay Replay { get; init; }

    public required TimeProvider Time { get; init; }

    public required IReadOnlyList<Practice> Practices { get; init; }

    /// <summary>The data folder.</summary>
    public required string Data { get; init; }

    /// <summary>Where the master key is, for people; never the key.</summary>
    public required string Keys { get; init; }

    /// <summary>The mapping set as it is now.</summary>
    public required Func<MappingStatus> Mapping { get; init; }

    /// <summary>This engine's mapping folder; null where there is none.</summary>
    public string? MappingFolder { get; init; }

    /// <summary>The set that a mapping folder holds now, with its problems.</summary>
    public Func<string, MappingFiles>? ReadMappings { get; init; }

    /// <summary>This process among the nodes; null where it is none.</summary>
    public string? Owner { get; init; }

    /// <summary>The sources as they are now.</summary>
    public required Func<IReadOnlyList<SourceStatus>> Sources { get; init; }

    /// <summary>What the running sources say they received; empty for a command that opened the store itself.</summary>
    public Func<IReadOnlyList<NumbersNow>> Numbers { get; init; } = () => [];

    /// <summary>What the last check of the ledger found; null when there was none.</summary>
    public Func<LedgerReport?> LastLedger { get; init; } = () => null;

    /// <summary>The destinations as they are now; what is in the store is added by whoever asks.</summary>
    public Func<IReadOnlyList<DestinationStatus>> Destinations { get; init; } = () => [];

    /// <summary>The exports of the settings.</summary>
    public IReadOnlyList<ScheduleExport> Exports { get; init; } = [];

    /// <summary>The places that the engine reaches out to.</summary>
    public IReadOnlyList<OutsidePlace> Outside { get; init; } = [];

    /// <summary>What a practice's maps keep; empty when none could be loaded.</summary>
    public Func<string, IReadOnlyList<RecordDefinition>> Definitions { get; init; } = _ => [];

    /// <summary>Where appointments are made on our side; null where no mappings are loaded.</summary>
    public AppointmentDesk? Appointments { get; init; }

    /// <summary>Where patients are registered and changed on our side; null where no mappings are loaded.</summary>
    public PatientDesk? Patients { get; init; }

    /// <summary>Where files are brought; null where no mappings are loaded.</summary>
    public FileDesk? Files { get; init; }

    /// <summary>Takes files of rows, by what is asked of them; null where no mappings are loaded.</summary>
    public Func<RowFileRules, RowFileIntake>? RowFiles { get; init; }

    /// <summary>The sources of files, as the settings have them.</summary>
    public IReadOnlyList<FileSourceInfo> FileSources { get; init; } = [];

    /// <summary>Looks at a source's folder now; null comes when another node polls it.</summary>
    public Func<string, CancellationToken, Task<PolledFilesAnswer?>>? PollFiles { get; init; }

    /// <summary>Called when a person decided about a file of a source.</summary>
    public Action<string> WakeFiles { get; init; } = _ => { };

    /// <summary>What runs by the clock.</summary>
    public IReadOnlyList<ScheduledWork> Schedules { get; init; } = [];

    /// <summary>Lets one comparison or coverage work at a time, whoever asks.</summary>
    public LongQuestions LongQuestions { get; init; } = new();

    /// <summary>The connections to vendors, by id.</summary>
    public IReadOnlyDictionary<string, EhrConnection> Connections { get; init; } = new Dictionary<string, EhrConnection>();

    /// <summary>The connections over which a destination books visits as FHIR resources.</summary>
    public IReadOnlySet<string> BookedOver { get; init; } = new HashSet<string>();

    /// <summary>The connections over which a destination tells of patients as FHIR resources.</summary>
    public IReadOnlySet<string> RegisteredOver { get; init; } = new HashSet<string>();

    /// <summary>What works over a connection; null where no mappings are loaded.</summary>
    public Func<EhrConnection, VendorParts>? Vendor { get; init; }

    /// <summary>The clocks of the departments of a connection to athenaNet; null where no mappings are loaded.</summary>
    public Func<EhrConnection, DepartmentClocks>? Clocks { get; init; }

    /// <summary>Whether this node takes new connections; null for a command that opened the store itself.</summary>
    public Func<ReadinessStatus?> Readiness { get; init; } = () => null;

    /// <summary>When the engine started; null for a command that opened the store itself.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
