using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>An engine of one practice of eClinicalWorks whose visits go to a stand-in as FHIR resources, and one patient whom both know.</summary>
internal sealed class FhirClinic : IAsyncDisposable
{
    public const string Destination = "ecw-fhir";
    public const string Practice = "7410";

    private static readonly DateTimeOffset _now = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lazy<EhrConnection> _connection;
    private readonly IReadOnlyList<ClientKeyOptions> _keys;

    private FhirClinic(VendorServer vendor, TestEngine engine, ConnectionOptions options)
    {
        (Vendor, Engine, _keys) = (vendor, engine, options.Client.Keys);

        // Who proves itself by a key has the vendor's clock, which stands still; who is given its tokens may be made to wait.
        _connection = new(() => options.Client.Id is not null ? Connected.To(options, new FakeTimeProvider(_now))
            : new EhrConnection(options, new HttpMessageInvoker(new VendorTokenHandler(vendor, "system/*.read system/Appointment.write system/Patient.write")), TimeProvider.System));
    }

    public VendorServer Vendor { get; }

    public TestEngine Engine { get; private set; }

    public CalledDestinationOptions Options { get; set; } = new() { Connection = Connected.Id };

    public AppointmentDesk Desk => Engine.Core.Appointments;

    public PatientDesk Patients => Engine.Core.Patients;

    public FhirClient Client => new(_connection.Value);

    /// <summary>The vendor's number of the patient.</summary>
    public string Patient { get; private set; } = "";

    /// <summary>Another one's.</summary>
    public string OtherPatient { get; private set; } = "";

    /// <summary>The engine's operations over the connection.</summary>
    public EngineOperations Operations => new(Engine.Core.Parts() with { Connections = new Dictionary<string, EhrConnection> { [Connected.Id] = _connection.Value } });

    /// <param name="profile">Which vendor is stood in for.</param>
    /// <param name="change">Changes how the connection speaks.</param>
    public static Task<FhirClinic> StartAsync(string profile = "ecw-guide", Func<EhrDialect, EhrDialect>? change = null) => StartAsync(change, [], profile);

    /// <param name="change">Changes how the connection speaks.</param>
    /// <param name="tables">Tables of the practice in place of those of <see cref="TablesOf"/>.</param>
    public static Task<FhirClinic> StartAsync(Func<EhrDialect, EhrDialect>? change, params (string Path, string Text)[] tables) => StartAsync(change, tables, "ecw-guide");

    private static async Task<FhirClinic> StartAsync(Func<EhrDialect, EhrDialect>? change, (string Path, string Text)[] tables, string profile)
    {
        var keys = profile == "ecw-real" ? await KeysAsync() : new EhrClient();
        var vendor = await VendorServer.StartAsync(
            new VendorServerOptions { Profile = profile, People = 40, Limits = VendorLimits.None, ClientKeys = keys.Id is null ? null : Encoding.UTF8.GetString(ClientKeys.Published(keys)) }, new FakeTimeProvider(_now));
        var known = EhrProfiles.Find(profile)!;
        var options = Connected.Options("http://127.0.0.1") with
        {
            Practice = Practice,
            Profile = profile,
            System = "eclinicalworks",
            VendorPractice = "FFBJCD",
            Rest = null,
            Fhir = vendor.Fhir,
            Dialect = (change ?? (one => one))(known.Dialect),
            Client = keys,
            Scopes = known.Scopes,
        };
        var zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
        var engine = await TestEngine.StartAsync(
            settings => settings with
            {
                Practices = [.. settings.Practices, new Practice { Id = Practice, Name = "Elm Street Practice", Vendor = "eclinicalworks", Profile = "standard", Zone = zone }],
                Connections = [options],
                Destinations = known.Dialect.Booking is BookingForm.None ? []
                    : [new DestinationSettings("fhir", new OutboundAddress { Destination = Destination, Form = OutboundForm.Fhir, Connection = Connected.Id, Practices = [Practice] }, new MllpDestinationOptions(), new DeliveryOptions()) { Calls = new CalledDestinationOptions { Connection = Connected.Id } }],
            },
            [.. TablesOf(Practice).Where(table => tables.All(other => other.Path != table.Path)), .. tables]);
        var clinic = new FhirClinic(vendor, engine, options);
        (clinic.Patient, clinic.OtherPatient) = vendor.At(practice => (practice.Patients[0].Person.Id, practice.Patients[1].Person.Id));
        if (profile == "ecw-guide")
        {
            await clinic.MeetAsync(clinic.Patient, clinic.OtherPatient);
        }

        return clinic;
    }

    /// <summary>What an analyst writes for a practice of the stand-in's: its providers, its locations and its types of visits.</summary>
    public static (string Path, string Text)[] TablesOf(string practice) =>
    [
        ($"practices/{practice}/providers.ref.md", References(practice, "provider", "| prov-johnson | 12345 | jjohnson | 1487600012 | Jane Johnson, MD | |", "| prov-rivera | 54321 | mrivera | 1487600020 | Maria Rivera, NP | |")),
        ($"practices/{practice}/locations.ref.md", References(practice, "location", "| loc-main | 1 | | | Main Street Clinic | America/Chicago |", "| loc-west | 2 | | | Westside Clinic | America/Chicago |")),
        ($"practices/{practice}/codes/appt-type.codes.md", $"""
            ---
            codes:    appt-type
            practice: {practice}
            ---

            # Types of visits

            | Practice Studio | HL7 v2 | FHIR R4 | Display |
            |-----------------|--------|---------|---------|
            | office_visit    | OV     | 82      | Office visit |
            """),
    ];

    /// <summary>A free slot of the first department.</summary>
    public (string Id, string Start, int Minutes, string Department, string Provider) OpenSlot(int number = 0) => Vendor.At(practice =>
    {
        var from = _now.UtcDateTime.AddDays(2);
        var all = practice.Schedule.Appointments.ToList();
        var slot = all.Where(one => one.Status == VendorAppointment.Open && one.Start > from && one.Department == "1" && !all.Exists(other => IsOver(one, other)))
            .OrderBy(one => one.Start).ThenBy(one => one.Id, StringComparer.Ordinal).ElementAt(number);
        return ($"slot-{slot.Id}", slot.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), slot.Minutes, slot.Department, slot.Provider);
    });

    /// <summary>Everything that the patient has at the vendor by us and that was not cancelled.</summary>
    public List<VendorAppointment> Booked() => Vendor.At(practice => practice.Schedule.Appointments
        .Where(one => one.Patient == Patient && one.Status is not (VendorAppointment.Cancelled or VendorAppointment.Open) && one.ScheduledBy == Vendor.ClientId).ToList());

    public VendorAppointment At(string id) => Vendor.At(practice => practice.Schedule.Find(id)!);

    public int Calls(string endpoint) => Vendor.Calls.Count(call => call.Endpoint == endpoint);

    /// <summary>Books at our desk; what goes out waits in the store.</summary>
    public async Task<AppointmentOutcome> BookAsync((string Id, string Start, int Minutes, string Department, string Provider) slot, bool isChosen = true, string? patient = null) => await Desk.BookAsync(
        new AppointmentChange
        {
            Practice = Practice,
            Patient = patient ?? Patient,
            Start = slot.Start,
            Minutes = slot.Minutes,
            Provider = slot.Provider,
            Location = slot.Department,
            Type = "office_visit",
            Slot = isChosen ? slot.Id : null,
            IsNumberedLater = true,
            VisitReason = "Sore throat",
            Note = "Interpreter",
            Audit = Audit,
        },
        default);

    /// <summary>Somebody else takes a slot.</summary>
    public Task TakeAsync((string Id, string Start, int Minutes, string Department, string Provider) slot) => Client.CreateAsync("Appointment", Encoding.UTF8.GetBytes($$"""
        { "resourceType": "Appointment", "status": "booked", "start": "{{At(slot.Id["slot-".Length..]).Start:yyyy-MM-ddTHH:mm:ss}}-06:00", "minutesDuration": {{slot.Minutes}}, "slot": [ { "reference": "Slot/{{slot.Id}}" } ],
          "participant": [ { "actor": { "reference": "Patient/{{OtherPatient}}" }, "status": "accepted" }, { "actor": { "reference": "Practitioner/{{slot.Provider}}" }, "status": "accepted" } ] }
        """), null, CallPriority.Booking, default);

    /// <summary>Changes an appointment at the vendor, past us.</summary>
    public async Task ChangeThereAsync(string id, Action<JsonObject> change)
    {
        var resource = JsonNode.Parse((await Client.ReadAsync("Appointment", id, CallPriority.Booking, default)).Json.Span)!.AsObject();
        change(resource);
        await Client.UpdateAsync("Appointment", id, Encoding.UTF8.GetBytes(resource.ToJsonString()), null, CallPriority.Booking, default);
    }

    public static AppointmentChange Change(EngineId visit) => new() { Practice = Practice, Visit = visit.ToString(), Audit = Audit };

    /// <summary>One attempt, as the sender makes it.</summary>
    /// <summary>One attempt, as the sender makes it; what was delivered waits no more.</summary>
    public async Task<AttemptResult> DeliverAsync(AppointmentOutcome outcome, CancellationToken cancellationToken = default)
    {
        var result = await DeliverAsync(await BodyAsync(outcome), cancellationToken);
        await Engine.SettleAsync(outcome.Deliveries.Single().Id, result);
        return result;
    }

    /// <summary>What goes out of a booking that was asked for over control.</summary>
    public async Task<ReadOnlyMemory<byte>> OrderAsync(AppointmentAnswer answer) =>
        EngineId.TryParse(answer.Deliveries.Single().Id, out var id) ? (await Engine.Store.ReadAsync(reader => reader.Delivery(id), default))!.Body : default;

    public Task<ReadOnlyMemory<byte>> BodyAsync(AppointmentOutcome outcome) => BodyAsync(outcome.Deliveries.Single().Id);

    public async Task<ReadOnlyMemory<byte>> BodyAsync(EngineId delivery) => (await Engine.Store.ReadAsync(reader => reader.Delivery(delivery), default))!.Body;

    /// <inheritdoc cref="DeliverAsync(AppointmentOutcome, CancellationToken)"/>
    public async Task<AttemptResult> DeliverAsync(MadeRecord made, CancellationToken cancellationToken = default) => await DeliverAsync(await BodyAsync(made.Deliveries.Single().Id), cancellationToken);

    public async Task<AttemptResult> DeliverAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        using var destination = Open();
        return await destination.DeliverAsync(new OutgoingMessage("1", body), cancellationToken);
    }

    public IDestination Open(FhirClient? client = null)
    {
        var visits = Engine.Core.OwnRecords(Connected.Id, AppointmentDesk.Type);
        return new CalledDestination(
            new VisitsInTurn(new FhirVisits(Options, client ?? Client, visits), visits), new FhirRegistration(client ?? Client, Engine.Core.OwnRecords(Connected.Id, RecordDefinition.Patient)), (client ?? Client).Connection, Options.RetryFor);
    }

    public Task<IReadOnlyList<StoredRecord>> VisitsAsync() => Engine.RecordsAsync(Practice, "appointment");

    public async Task<StoredRecord> VisitAsync(EngineId id) => (await Engine.Store.ReadAsync(reader => reader.Record(Practice, id), default))!;

    public static string? NumberOf(StoredRecord visit) => visit.Aliases.Where(alias => alias.System == "eclinicalworks").Select(alias => alias.Value).FirstOrDefault();

    /// <summary>The engine after a kill, on the files as they were.</summary>
    public async Task KillAsync()
    {
        var killed = Engine;
        Engine = await killed.KilledAsync();
        await killed.DisposeAsync();
    }

    /// <summary>Takes patients in, as a synchronisation would.</summary>
    public async Task MeetAsync(params string[] patients)
    {
        foreach (var id in patients)
        {
            await Engine.Core.VendorDocuments.TakeAsync(Practice, Connected.Id, [(await Client.ReadAsync("Patient", id, CallPriority.Sync, default)).Document], _now, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Vendor.DisposeAsync();
        foreach (var key in _keys)
        {
            Directory.Delete(Path.GetDirectoryName(key.File)!, recursive: true);
        }
    }

    private static AuditEntry Audit => new("maria", "appointments", Practice, null, "the patient called");

    private static bool IsOver(VendorAppointment slot, VendorAppointment other) => other.Provider == slot.Provider && other.Status is not (VendorAppointment.Open or VendorAppointment.Cancelled)
        && other.Start < slot.Start.AddMinutes(slot.Minutes) && slot.Start < other.Start.AddMinutes(other.Minutes);

    private static async Task<EhrClient> KeysAsync()
    {
        using var key = RSA.Create(2048);
        var file = Path.Combine(Directory.CreateTempSubdirectory("keys-").FullName, "ecw.pem");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        return new EhrClient { Id = "sandbox-client", Proof = ClientProof.PrivateKey, Keys = [new ClientKeyOptions(file, "k1", null)] };
    }

    private static string References(string practice, string kind, params string[] rows) => $"""
        ---
        references: {kind}
        practice:   {practice}
        ---

        # Of {practice}

        | Practice Studio | eclinicalworks | User name | NPI | Name | Zone |
        |-----------------|----------------|-----------|-----|------|------|
        {string.Join('\n', rows)}
        """;
}
