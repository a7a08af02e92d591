using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr.Attachments;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Sources.Ehr.Changed;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Sources.Ehr.Insurances;
using InterfaceEngine.Sources.Ehr.References;
using InterfaceEngine.Sources.Ehr.Sync;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Sources.Ehr;

/// <summary>
/// What works over one connection to a vendor, for its duties and for whoever wants something of it now. Each part is made anew when it is asked for: what parts must
/// know of each other, and remember, is in the store.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="store">What all parts share.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">For the parts.</param>
internal sealed class VendorParts(EhrConnection connection, IEngineStore store, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Whose connection it is.</summary>
    public required Practice Practice { get; init; }

    /// <summary>This process among the nodes, as leases name it.</summary>
    public required string Owner { get; init; }

    /// <summary>Takes in what the vendor tells.</summary>
    public required VendorDocuments Documents { get; init; }

    /// <summary>Takes in documents whose contents were fetched, which are not to be fetched once more.</summary>
    public required VendorDocuments FetchedDocuments { get; init; }

    /// <summary>Makes an intake of rows, by what is asked of them.</summary>
    public required Func<RowFileRules, RowFileIntake> RowFiles { get; init; }

    /// <summary>Knows the tables in force.</summary>
    public required AppointmentDesk Appointments { get; init; }

    /// <summary>The practice's tables of departments and providers that can be written.</summary>
    public required ReferenceFiles ReferenceFiles { get; init; }

    /// <summary>Where an export's files lie, sealed, between their fetching and their reading.</summary>
    public required string Spool { get; init; }

    private ConnectionOptions Options => connection.Options;

    /// <summary>The synchronisation.</summary>
    public VendorSync Sync() => new(connection, Practice, store, Documents, Owner, time, loggers.CreateLogger<VendorSync>());

    /// <summary>The bulk exports.</summary>
    public BulkExport Bulk() => new(connection, store.Connections, RowFiles, Spool) { Logger = loggers.CreateLogger<BulkExport>(), Taken = Documents.Taken };

    /// <summary>What ends the runs that were broken off.</summary>
    public BrokenRuns BrokenRuns() =>
        new(Options, store, RowFiles(VendorDocuments.Rules), new BulkJobs(store.Connections, Options.Practice, Options.Id), time, loggers.CreateLogger<BrokenRuns>());

    /// <summary>The comparison of the vendor's departments and providers with the practice's tables.</summary>
    public ReferenceCheck References() => new(connection, Appointments, ReferenceFiles, store, time, loggers.CreateLogger<ReferenceCheck>());

    /// <summary>The patients whose insurances are to be asked for.</summary>
    public InsuranceQueue Insurances() => new(store.Connections, Options, Documents);

    /// <summary>The documents whose contents are to be fetched.</summary>
    public AttachmentQueue Attachments() => new(store, Options, FetchedDocuments, time);

    /// <summary>The feeds of what changed that the connection follows, by name.</summary>
    public IReadOnlyDictionary<string, ChangedFeed> Changed() => Options.Changed.Feeds.ToDictionary(feed => feed, feed => Follow(ChangedKind.Find(feed)!));

    /// <summary>What is about events.</summary>
    public ConnectionEvents Events() => new(
        new EventInbox(store.Connections, time),
        new EventQueue(store.Connections, Options),
        new EventPoll(Options, Sync(), store.Connections, time, loggers.CreateLogger<EventPoll>()));

    private ChangedFeed Follow(ChangedKind kind) =>
        new(connection, kind, Documents, Insurances(), store.Connections, store.Leases, Owner, time, loggers.CreateLogger<ChangedFeed>());
}
