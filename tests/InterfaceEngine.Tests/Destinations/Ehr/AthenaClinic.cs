using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>An engine of one practice whose visits go to a stand-in of athenahealth over a connection, and one patient whom both know.</summary>
internal sealed class AthenaClinic : IAsyncDisposable
{
    public const string Destination = "athena-api";

    private static readonly DateTimeOffset _now = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lazy<EhrConnection> _connection;
    private readonly ConnectionOptions _options;

    private AthenaClinic(VendorServer vendor, TestEngine engine, string practice, ConnectionOptions options)
    {
        (Vendor, Engine, Practice, _options) = (vendor, engine, practice, options);
        Calls = new VendorTokenHandler(vendor);
        _connection = new(() => new EhrConnection(options, new HttpMessageInvoker(Calls), TimeProvider.System));
    }

    /// <summary>What goes to the vendor.</summary>
    public VendorTokenHandler Calls { get; }

    public VendorServer Vendor { get; }

    /// <summary>The vendor's.</summary>
    public FakeTimeProvider Clock { get; private init; } = null!;

    /// <summary>What takes in what the vendor tells: its feed of appointments, and a synchronisation.</summary>
    public VendorParts Parts => Engine.Core.Vendor(new EhrConnection(
        _options with { Dialect = AthenaProfiles.Real.Dialect, Changed = new ChangedOptions { Feeds = ["appointments"] } }, new HttpMessageInvoker(Calls), TimeProvider.System));

    public TestEngine Engine { get; private set; }

    public string Practice { get; }

    public CalledDestinationOptions Options { get; set; } = new() { Connection = Connected.Id };

    public AppointmentDesk Desk => Engine.Core.Appointments;

    public PatientDesk Patients => Engine.Core.Patients;

    public AthenaNetClient Client => new(_connection.Value);

    /// <summary>The vendor's number of the patient.</summary>
    public string Patient { get; private set; } = "";

    /// <summary>Another one's.</summary>
    public string OtherPatient { get; private set; } = "";

    /// <summary>The engine's operations over the connection.</summary>
    public EngineOperations Operations => OperationsOver(_connection.Value);

    /// <summary>The same, where the connection's settings say something else.</summary>
    public EngineOperations OperationsWith(Func<ConnectionOptions, ConnectionOptions> change) => OperationsOver(new EhrConnection(change(_options), new HttpMessageInvoker(Calls), TimeProvider.System));

    private EngineOperations OperationsOver(EhrConnection connection) =>
        new(Engine.Core.Parts() with { Connections = new Dictionary<string, EhrConnection> { [connection.Options.Id] = connection } });

    /// <param name="profile">Which vendor is stood in for.</param>
    /// <param name="dialect">How the connection speaks; null for the real one.</param>
    /// <param name="changes">Files of the mapping folder to add or replace; the engine has a folder of its own then.</param>
    public static Task<AthenaClinic> StartAsync(string profile = "athena-real", EhrDialect? dialect = null, params (string Path, string Text)[] changes) =>
        StartAsync(profile, dialect, ["athenanet " + Connected.Id], changes);

    /// <param name="destinations">Who is told of visits, by kind and connection: <c>athenanet conn_1</c>, <c>mllp</c>. Each is named so.</param>
    public static Task<AthenaClinic> StartWithAsync(params string[] destinations) => StartAsync("athena-real", null, destinations, []);

    private static async Task<AthenaClinic> StartAsync(string profile, EhrDialect? dialect, string[] destinations, (string Path, string Text)[] changes)
    {
        var clock = new FakeTimeProvider(_now);
        var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = profile, People = 40, Limits = VendorLimits.None }, clock);
        var practice = profile == "athena-real" ? "195900" : "1959";
        var options = Connected.Options("http://127.0.0.1") with { Practice = practice, VendorPractice = practice, Rest = vendor.Rest, Dialect = dialect ?? new EhrDialect() };
        var engine = await TestEngine.StartAsync(settings => settings with
        {
            Connections =
            [
                options with
                {
                    Token = vendor.TokenAddress,
                    Client = new EhrClient { Id = vendor.ClientId, Secret = new EhrSecret(vendor.ClientSecret) },
                    Scopes = EhrProfiles.Find(profile)!.Scopes,

                    // A pause by the test's clock would have no end.
                    Http = new EhrHttpLimits { AttemptsMax = 1 },
                },
            ],
            Destinations = [.. destinations.Select(destination => To(destination, practice))],
        }, changes);
        var clinic = new AthenaClinic(vendor, engine, practice, options) { Clock = clock };
        await clinic.MeetAsync();
        return clinic;
    }

    /// <summary>An open slot of the first provider, and its local time as people write it.</summary>
    public (string Id, string Start, int Minutes, string Department, string Provider) OpenSlot(int number = 0, string? department = null) => Vendor.At(practice =>
    {
        var from = _now.UtcDateTime.AddDays(2);
        var slot = practice.Schedule.Appointments
            .Where(one => one.Status == VendorAppointment.Open && one.Start > from && one.Department == (department ?? practice.House.Departments[0].Id)).OrderBy(one => one.Start).ThenBy(one => one.Id, StringComparer.Ordinal).ElementAt(number);
        return (slot.Id, slot.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), slot.Minutes, slot.Department, slot.Provider);
    });

    /// <summary>Everything that the patient has at the vendor and that was not cancelled.</summary>
    public List<VendorAppointment> Booked(string? patient = null) => Vendor.At(practice => practice.Schedule.Appointments
        .Where(one => one.Patient == (patient ?? Patient) && one.Status is not (VendorAppointment.Cancelled or VendorAppointment.Open) && one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal)).ToList());

    public VendorAppointment At(string id) => Vendor.At(practice => practice.Schedule.Find(id)!);

    /// <summary>Books at our desk; what goes out waits in the store.</summary>
    public async Task<AppointmentOutcome> BookAsync((string Id, string Start, int Minutes, string Department, string Provider) slot, bool isChosen = true, string? type = null, string reason = "Sore throat") =>
        await Desk.BookAsync(Booking(slot, isChosen, type) with { VisitReason = reason }, default);

    /// <summary>What is said of a visit of the patient.</summary>
    public AppointmentChange Booking((string Id, string Start, int Minutes, string Department, string Provider) slot, bool isChosen = true, string? type = null) => new()
    {
        Practice = Practice,
        Patient = Patient,
        Start = slot.Start,
        Minutes = slot.Minutes,
        Provider = slot.Provider,
        Location = slot.Department,
        Type = type,
        Slot = isChosen ? slot.Id : null,
        VisitReason = "Sore throat",
        Note = "Interpreter",
        Audit = Audit,
    };

    public AppointmentChange Change(EngineId visit) => new() { Practice = Practice, Visit = visit.ToString(), Audit = Audit };

    /// <summary>One attempt, as the sender makes it; what was delivered waits no more.</summary>
    public Task<AttemptResult> DeliverAsync(AppointmentOutcome outcome, CancellationToken cancellationToken = default) => DeliverAsync(outcome.Deliveries.Single().Id, cancellationToken);

    /// <inheritdoc cref="DeliverAsync(AppointmentOutcome, CancellationToken)"/>
    public Task<AttemptResult> DeliverAsync(MadeRecord made, CancellationToken cancellationToken = default) => DeliverAsync(made.Deliveries.Single().Id, cancellationToken);

    private async Task<AttemptResult> DeliverAsync(EngineId id, CancellationToken cancellationToken)
    {
        var delivery = (await Engine.Store.ReadAsync(reader => reader.Delivery(id), default))!;
        using var destination = Open();
        var result = await destination.DeliverAsync(new OutgoingMessage(id.ToString(), delivery.Body), cancellationToken);
        await Engine.SettleAsync(id, result);
        return result;
    }

    public IDestination Open()
    {
        var visits = Engine.Core.OwnRecords(Connected.Id, AppointmentDesk.Type);
        return new CalledDestination(
            new VisitsInTurn(new AthenaNetVisits(Options, Client, visits), visits), new AthenaNetRegistration(Client, Engine.Core.OwnRecords(Connected.Id, RecordDefinition.Patient)), _connection.Value, Options.RetryFor);
    }

    /// <summary>What sends to the vendor in a running engine.</summary>
    public DestinationSender Sender() => new(Destination, "me", new DeliveryOptions(), Open, Engine.Store, Engine.Time, NullLogger<DestinationSender>.Instance);

    /// <summary>One round of the sender: of each lane the first that waits is tried, and settled by what came of it. Whose turn it was, with its code.</summary>
    public async Task<List<(EngineId Delivery, string Code)>> SendAsync()
    {
        var lease = (await Engine.Store.Leases.TakeAsync($"destination/{Destination}", "test", TimeSpan.FromMinutes(1), default))!;
        var claim = (await Engine.Store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(100), default))!;
        using var destination = Open();
        var tried = new List<(EngineId, string)>();
        foreach (var delivery in claim.Deliveries)
        {
            var result = await destination.DeliverAsync(new OutgoingMessage(delivery.ControlId, delivery.Body), default);
            var state = result.Outcome switch { AttemptOutcome.Delivered => DeliveryState.Delivered, AttemptOutcome.Refused => DeliveryState.Held, _ => DeliveryState.Waiting };
            await Engine.Store.Deliveries.SettleAsync(
                lease,
                [new DeliverySettlement { Delivery = delivery, State = state, Code = result.Code, Reason = result.Reason, Reply = result.Reply, RetryIn = state is DeliveryState.Waiting ? TimeSpan.Zero : null }],
                default);
            tried.Add((delivery.Id, result.Code));
        }

        return tried;
    }

    public async Task<StoredRecord> VisitAsync(EngineId id) => (await Engine.Store.ReadAsync(reader => reader.Record(Practice, id), default))!;

    public Task<IReadOnlyList<StoredRecord>> VisitsAsync() => Engine.RecordsAsync(Practice, "appointment");

    /// <summary>Takes in what the vendor says of an appointment, as a synchronisation would.</summary>
    public async Task SyncAsync(string appointment)
    {
        var (visit, serverTime) = await Client.Appointments.ReadAsync(appointment, default);
        await Engine.Core.VendorDocuments.TakeAsync(Practice, Connected.Id, [AthenaAppointments.Document(visit.Row)], serverTime, default);
    }

    /// <summary>The engine after a kill, on the files as they were.</summary>
    public async Task KillAsync()
    {
        var killed = Engine;
        Engine = await killed.KilledAsync();
        await killed.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Vendor.DisposeAsync();
    }

    /// <summary>Who changes what, and why.</summary>
    public static AuditEntry AuditOf(string practice) => new("maria", "appointments", practice, null, "the patient called");

    private AuditEntry Audit => AuditOf(Practice);

    private static DestinationSettings To(string destination, string practice)
    {
        var words = destination.Split(' ');
        var address = words switch
        {
            ["athenanet", Connected.Id] => new OutboundAddress { Destination = Destination, Form = OutboundForm.AthenaNet, Connection = Connected.Id, Practices = [practice] },
            [_, var connection] => new OutboundAddress { Destination = destination, Form = OutboundForm.AthenaNet, Connection = connection, Practices = [practice] },
            _ => new OutboundAddress { Destination = destination, Practices = [practice], ReceivingApplication = "ATHENANET" },
        };
        return new DestinationSettings(words[0], address, new MllpDestinationOptions(), new DeliveryOptions())
        {
            Calls = address.Connection is { } over ? new CalledDestinationOptions { Connection = over } : null,
        };
    }

    private async Task MeetAsync()
    {
        (Patient, OtherPatient) = Vendor.At(practice => (practice.Patients[0].Person.Id, practice.Patients[1].Person.Id));
        foreach (var id in new[] { Patient, OtherPatient })
        {
            var call = AthenaCalls.Get("/patients/{patientid}");
            var row = await Client.Patients.ReadAsync(id, default);
            await Engine.Core.VendorDocuments.TakeAsync(Practice, Connected.Id, [AthenaDocument.Of(call, row)], _now, default);
        }
    }
}
