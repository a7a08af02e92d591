using InterfaceEngine.Core.Records;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Exports;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine;

/// <summary>Names in the settings and what they stand for. A new kind of source, destination or store is one line here.</summary>
internal static class Catalog
{
    /// <summary>The words for <c>Kind</c> of a source; the first is the default.</summary>
    public static IReadOnlyList<string> SourceKinds { get; } = ["mllp", "folder", "sftp"];

    /// <summary>Whether a kind of source looks for files; the others listen.</summary>
    public static bool IsOfFiles(string kind) => kind is "folder" or "sftp";

    /// <summary>The kinds of store; the first is the default.</summary>
    public static IReadOnlyList<IStoreKind> StoreKinds { get; } = [new SqliteKind(), new PostgresKind()];

    /// <summary>The words for <c>Kind</c> of a destination; the first is the default.</summary>
    public static IReadOnlyList<string> DestinationKinds { get; } = ["mllp", "athenanet", "fhir"];

    /// <summary>The kind of store that the settings name.</summary>
    public static IStoreKind KindOf(StoreOptions store) =>
        StoreKinds.FirstOrDefault(kind => kind.Name == store.Kind) ?? throw new ArgumentException($"'{store.Kind}' is no kind of store", nameof(store));

    /// <summary>Makes a source that listens; it does not yet.</summary>
    public static MllpSource Open(SourceSettings source, IMessageIntake intake, SourceNumbers numbers, Readiness readiness, TimeProvider time, ILoggerFactory loggers) => source.Kind switch
    {
        "mllp" => new MllpSource(source.Binding, intake, numbers, source.Listens, source.Limits, source.Access, time, loggers.CreateLogger<MllpSource>()) { Readiness = readiness },
        _ => throw new ArgumentException($"'{source.Kind}' is no kind of source", nameof(source)),
    };

    /// <summary>Opens the place of a source of files. Whether it can be reached is told when it is used.</summary>
    public static IFileFolder Open(FileSourceSettings source, TimeProvider time) => source.Kind switch
    {
        "folder" => new LocalFolder(source.Path, source.Options.Limits, source.Options.Readers),
        "sftp" => new SftpPlace(source.Server! with { Limits = source.Options.Limits, Readers = source.Options.Readers }, source.Path, time),
        _ => throw new ArgumentException($"'{source.Kind}' is no kind of source of files", nameof(source)),
    };

    /// <summary>Opens the place of an export. Whether it can be reached is told when it is used.</summary>
    public static IFileFolder Open(ExportOptions export, TimeProvider time) => export.Server is { } server
        ? new SftpPlace(server with { Readers = export.Readers }, export.Path, time)
        : new LocalFolder(export.Path, readers: export.Readers);

    /// <summary>Makes one connection of a destination; it is not open yet.</summary>
    /// <param name="core">What it may ask of the engine.</param>
    /// <param name="tls">Shared by its connections; null for a plain one.</param>
    public static IDestination Open(DestinationSettings destination, EngineCore core, SenderTls? tls, TimeProvider time, ILoggerFactory loggers) => destination.Kind switch
    {
        "mllp" => new MllpDestination(destination.Name, destination.Receiver, tls, time, loggers.CreateLogger<MllpDestination>()),
        "athenanet" or "fhir" => Called(destination, core),
        _ => throw new ArgumentException($"'{destination.Kind}' is no kind of destination", nameof(destination)),
    };

    private static CalledDestination Called(DestinationSettings destination, EngineCore core)
    {
        var (options, connection) = (destination.Calls!, core.Connections[destination.Calls!.Connection]);
        var (visits, patients) = (core.OwnRecords(options.Connection, AppointmentDesk.Type), core.OwnRecords(options.Connection, RecordDefinition.Patient));
        var (visitCalls, patientCalls) = destination.Kind == "fhir" ? FhirCalls() : AthenaNetCalls();
        return new CalledDestination(new VisitsInTurn(visitCalls, visits), patientCalls, connection, options.RetryFor);

        (IOrderCalls Visits, IOrderCalls Patients) FhirCalls()
        {
            var scopes = connection.Options.Scopes;
            FhirClient Client(string scope) => new(connection) { Scope = scope.Length > 0 ? scope : null };
            return (new FhirVisits(options, Client(scopes.Visits), visits), new FhirRegistration(Client(scopes.Patients), patients));
        }

        (IOrderCalls Visits, IOrderCalls Patients) AthenaNetCalls()
        {
            var client = new AthenaNetClient(connection) { Priority = CallPriority.Booking, Actor = destination.Name };
            return (new AthenaNetVisits(options, client, visits), new AthenaNetRegistration(client, patients));
        }
    }

    /// <summary>Makes a connection to a vendor. Whether it can be used is told when it is.</summary>
    public static EhrConnection Open(ConnectionOptions connection, IEngineStore store, TimeProvider time, ILoggerFactory loggers) =>
        new(connection, EhrTransport.Open(connection.Http, connection.Tls, time), time, store.Connections, loggers.CreateLogger(connection.LogCategory)) { Calls = new MeasuredCalls(store.Calls) };
}
