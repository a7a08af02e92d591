using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// The rows of the integration guide's "Supported HL7 Message Types" that go both ways, on their way out: commands beside
/// a running engine, real sockets to the sandbox, and athenahealth's own message about the same visit coming back.
/// </summary>
public sealed class GuideRowOutboundTests : IAsyncLifetime
{
    private const string Guide = "1959";
    private const string Athena = "195900";

    /// <summary>The engine has the world's clock, and books no day that is over.</summary>
    private static readonly string _december = RunningEngine.December;

    private static readonly string[] _visit =
        ["--start", $"{_december}-01 09:00", "--minutes", "15", "--type", "telehealth", "--location", "loc-main", "--reason", "Follow-up", "--note", "Bring the films", "--because", "the patient called"];

    private static string Digits => _december.Replace("-", "", StringComparison.Ordinal);

    private AthenaServer _athenahealth = null!;
    private AthenaServer _portal = null!;
    private RunningEngine _engine = null!;

    public async Task InitializeAsync()
    {
        _athenahealth = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        _portal = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        _engine = await RunningEngine.StartAsync(settings => settings with { Destinations = [To(_athenahealth, "athenahealth", Guide, "PSSERVER", "ATHENANET"), To(_portal, "portal", Athena, null, null)] });
        _athenahealth.EchoTo(_engine.Guide);
        _portal.EchoTo(_engine.Athena);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _athenahealth.DisposeAsync();
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task Appointment_notification_modification_and_cancellation_in_the_guides_form()
    {
        await RegisterAsync(_engine.Guide, "guide-a04.hl7");

        var ours = await CommandAsync(["appointments", "book", "--practice", Guide, "--patient", "12345", "--provider", "jjohnson", .. _visit]);
        var booking = await EchoedAsync(_athenahealth, Guide, 1);
        CheckGuideForm(booking, "SIU^S12", ours);
        Check(booking, ("SCH-2", ""), ("SCH-6.1", "BOOKED"), ("SCH-9", "15"), ("SCH-11", $"^^^{Digits}01090000^{Digits}01091500"), ("SCH-25", "Booked"), ("NTE-3", "Bring the films"));

        // Its echo has told us athenahealth's own number.
        await CommandAsync(["appointments", "modify", ours, "--practice", Guide, "--start", $"{_december}-02 10:30", "--minutes", "30", "--provider", "prov-rivera", "--because", "moved by phone"]);
        var moved = await EchoedAsync(_athenahealth, Guide, 2);
        CheckGuideForm(moved, "SIU^S14", ours);
        Check(moved, ("SCH-2", "700001"), ("SCH-6.1", "CHANGED"), ("SCH-9", "30"), ("SCH-11", $"^^^{Digits}02103000^{Digits}02110000"), ("SCH-25", "Booked"));

        // By athenahealth's number this time.
        await CommandAsync(["appointments", "cancel", "700001", "--practice", Guide, "--because", "the patient is well again"]);
        var cancelled = await EchoedAsync(_athenahealth, Guide, 3);
        CheckGuideForm(cancelled, "SIU^S15", ours);
        Check(cancelled, ("SCH-2", "700001"), ("SCH-6.1", "CANCELLED"), ("SCH-11", $"^^^{Digits}02103000^{Digits}02110000"), ("SCH-25", "Cancelled"));

        var stored = await OnlyVisitAsync(Guide);
        BookingNames.Told(stored.Aliases).Select(alias => (alias.System, alias.Value)).Should().BeEquivalentTo([("placer", ours), ("athenahealth", "700001")]);
        Fields(stored, "start_time", "end_time", "status", "provider_id").Should().Equal($"{_december}-02T16:30:00Z", $"{_december}-02T17:00:00Z", "cancelled", "prov-rivera");
        await CheckQueueAsync(_athenahealth, "athenahealth", sent: 3);
    }

    [Fact]
    public async Task Appointment_notification_modification_and_cancellation_in_athenahealths_own_form()
    {
        await RegisterAsync(_engine.Athena, "athena-a04.hl7");
        var patient = (await _engine.ListedAsync(Athena, RecordDefinition.Patient)).Single();

        var ours = await CommandAsync(["appointments", "book", "--practice", Athena, "--patient", patient.ExternalId, "--provider", "27", .. _visit]);
        var booking = await EchoedAsync(_portal, Athena, 1);
        Check(booking, ("MSH-6", Athena), ("MSH-9", "SIU^S12"), ("SCH-1", ours), ("SCH-2", ""), ("PID-3", patient.ExternalId), ("PID-5.1", patient["last_name"]!), ("AIP-3", "27"), ("SCH-11", $"^^^{Digits}01090000^{Digits}01091500"));
        await CommandAsync(["appointments", "modify", ours, "--practice", Athena, "--minutes", "30", "--because", "moved by phone"]);
        Check(await EchoedAsync(_portal, Athena, 2), ("MSH-9", "SIU^S14"), ("SCH-1", ours), ("SCH-2", "700001"), ("SCH-11", $"^^^{Digits}01090000^{Digits}01093000"));
        await CommandAsync(["appointments", "cancel", ours, "--practice", Athena, "--because", "the patient is well again"]);
        Check(await EchoedAsync(_portal, Athena, 3), ("MSH-9", "SIU^S15"), ("SCH-1", ours), ("SCH-2", "700001"), ("SCH-25", "Cancelled"));

        Fields(await OnlyVisitAsync(Athena), "end_time", "status").Should().Equal($"{_december}-01T15:30:00Z", "cancelled");
        await CheckQueueAsync(_portal, "portal", sent: 3);
    }

    [Fact]
    public async Task A_booking_that_comes_back_with_athenahealths_number_in_both_places_is_no_second_visit()
    {
        await using var real = AthenaServer.Start(new AthenaServerOptions { EchoHasOwnNumberInBoth = true }, TimeProvider.System);
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Destinations = [To(real, "real", Guide, "PSSERVER", "ATHENANET")] });
        real.EchoTo(engine.Guide);
        await RegisterAsync(engine.Guide, "guide-a04.hl7");

        var booked = await engine.Host.Core.Appointments.BookAsync(
            new AppointmentChange
            {
                Practice = Guide,
                Patient = "12345",
                Start = $"{_december}-01 09:00",
                Minutes = 15,
                Type = "telehealth",
                Provider = "jjohnson",
                Location = "loc-main",
                Audit = new AuditEntry("maria", "appointments", Guide, null, "the patient called"),
            },
            default);
        await RunningEngine.UntilAsync(async () => (await engine.MessagesAsync()).Count(message => message.Event == "SIU^S12") == 1);

        var stored = (await engine.ListedAsync(Guide, "appointment")).Should().ContainSingle("SCH-1 says nothing of ours, so what the visit is says whose it is").Subject;
        BookingNames.Told(stored.Aliases).Select(alias => (alias.System, alias.Value)).Should().BeEquivalentTo([("placer", booked.Visit.Id.ToString()), ("athenahealth", "700001")]);
    }

    [Fact]
    public async Task Athenahealths_change_of_our_visit_finds_it_by_its_own_number_alone_and_is_not_sent_back()
    {
        await RegisterAsync(_engine.Guide, "guide-a04.hl7");
        var ours = await CommandAsync(["appointments", "book", "--practice", Guide, "--patient", "12345", "--provider", "jjohnson", .. _visit]);
        await EchoedAsync(_athenahealth, Guide, 1);

        // SCH-1 and SCH-2 are both athenahealth's number here: nothing of ours is in it.
        var person = Population.Invent(1, Practice.Guide, 1, new DateOnly(2026, 1, 5))[0] with { Id = "12345", LastName = "DOE", FirstName = "JOHN", MiddleName = "", Suffix = "", Born = new DateOnly(1980, 5, 15), Sex = 'M' };
        var visit = new Visit
        {
            Id = "700001",
            Provider = Practice.Guide.Providers[0],
            Department = Practice.Guide.Departments[0],
            Type = Practice.Guide.VisitTypes[0],
            Start = DateTime.Parse($"{_december}-03 14:00", System.Globalization.CultureInfo.InvariantCulture),
            Minutes = 45,
            Reason = ("563", "Follow-up"),
        };
        await TellAsync(new ClinicEvent("SIU^S14", DateTime.UtcNow.Date.AddDays(1), person) { Visit = visit, Number = 2 });
        await TellAsync(new ClinicEvent("SIU^S15", DateTime.UtcNow.Date.AddDays(2), person) { Visit = visit with { Status = VisitStatus.Cancelled }, Number = 3 });

        var stored = await OnlyVisitAsync(Guide);
        BookingNames.Told(stored.Aliases).Select(alias => (alias.System, alias.Value)).Should().BeEquivalentTo([("placer", ours), ("athenahealth", "700001")]);
        Fields(stored, "start_time", "end_time", "status").Should().Equal($"{_december}-03T20:00:00Z", $"{_december}-03T20:45:00Z", "cancelled");
        await CheckQueueAsync(_athenahealth, "athenahealth", sent: 1);
    }

    private static DestinationSettings To(AthenaServer server, string name, string practice, string? from, string? to) => new(
        "mllp",
        new OutboundAddress { Destination = name, Practices = [practice], SendingApplication = "PRACTICESTUDIO", SendingFacility = from, ReceivingApplication = "ATHENA", ReceivingFacility = to },
        new MllpDestinationOptions { Client = new MllpClientOptions { Port = server.Address.Port } },
        new DeliveryOptions());

    private static async Task RegisterAsync(System.Net.IPEndPoint to, string sample) =>
        (await new FeedClient(new FeedClientOptions { To = to }, TimeProvider.System).SendAsync([new FeedMessage(Hl7Message.Parse(TestEngine.Sample(sample)).ControlId, "ADT^A04", "", TestEngine.Sample(sample))], default))
            .IsAllAccepted.Should().BeTrue();

    private async Task TellAsync(ClinicEvent told)
    {
        var message = new ClinicFeed(FeedStyle.Guide, new ClinicOptions()).Message(told);
        (await new FeedClient(new FeedClientOptions { To = _engine.Guide }, TimeProvider.System).SendAsync([message], default)).IsAllAccepted.Should().BeTrue();
    }

    /// <returns>Our id of the visit.</returns>
    private async Task<string> CommandAsync(string[] arguments)
    {
        var (code, output, error) = await _engine.CommandAsync([.. arguments, "--json"]);
        code.Should().Be(0, error);
        return JsonDocument.Parse(output).RootElement.GetProperty("record").GetString()!;
    }

    /// <summary>The message as it arrived, once athenahealth's own about the same visit has been taken.</summary>
    private async Task<Hl7Message> EchoedAsync(AthenaServer server, string practice, int count)
    {
        await server.WaitForKeptAsync(count).WaitAsync(TimeSpan.FromMinutes(1));
        await RunningEngine.UntilAsync(async () => (await _engine.MessagesAsync()).Count(message => message.Practice == practice && message.Event.StartsWith("SIU", StringComparison.Ordinal)) == count);
        (await _engine.MessagesAsync()).Should().OnlyContain(message => message.State == MessageState.Applied || message.State == MessageState.Unchanged);
        return Hl7Message.Parse(server.Kept[count - 1].Body);
    }

    /// <summary>What is the same in all three: the guide's own header turned round, the people and places of its sample.</summary>
    private static void CheckGuideForm(Hl7Message sent, string trigger, string ours)
    {
        Check(
            sent,
            ("MSH-2", @"^~\&"), ("MSH-3", "PRACTICESTUDIO"), ("MSH-4", "PSSERVER"), ("MSH-5", "ATHENA"), ("MSH-6", "ATHENANET"), ("MSH-9", trigger), ("MSH-11", "P"), ("MSH-12", "2.3"),
            ("SCH-1", ours), ("SCH-7.1", "Follow-up"), ("SCH-10", "minutes"), ("SCH-16", "PRACTICESTUDIO"), ("SCH-20", "PRACTICESTUDIO"),
            ("PID-1", "1"), ("PID-3", "12345^^^ATHENA^MRN"), ("PID-5.1", "DOE"), ("PID-5.2", "JOHN"), ("PID-7", "19800515"), ("PID-8", "M"),
            ("PID-11.1", "123 MAIN ST"), ("PID-11.3", "SPRINGFIELD"), ("PID-11.4", "IL"), ("PID-11.5", "62701"),
            ("RGS-1", "1"), ("AIL-1", "1"), ("AIL-3", "1"), ("AIP-1", "1"), ("AIP-4", "PROVIDER"));
        At(sent, "MSH-7").Should().MatchRegex("^[0-9]{14}$", "the guide writes times to the second");
        At(sent, "MSH-10").Should().NotBeEmpty();
    }

    private static void Check(Hl7Message sent, params (string Path, string Expected)[] fields) =>
        fields.Select(field => (field.Path, At(sent, field.Path))).Should().Equal(fields.Select(field => (field.Path, field.Expected)));

    private async Task<StoredRecord> OnlyVisitAsync(string practice) =>
        (await _engine.ListedAsync(practice, "appointment")).Should().ContainSingle("athenahealth's message about our visit is no second visit").Subject;

    /// <summary>What was said by command was sent once, and nothing else was.</summary>
    private async Task CheckQueueAsync(AthenaServer server, string destination, int sent)
    {
        await RunningEngine.UntilAsync(async () => (await LedgerAsync()).Destinations.Single(line => line.Destination == destination).States.GetValueOrDefault("delivered") == sent);
        var ledger = await LedgerAsync();
        ledger.Differences.Should().BeEmpty();
        ledger.Destinations.Single(line => line.Destination == destination).Queued.Should().Be(sent);
        server.Arrivals.Should().HaveCount(sent).And.OnlyContain(arrival => arrival.Kind == ArrivalKind.Kept);
    }

    private Task<LedgerAnswer> LedgerAsync() => _engine.AskAsync(new LedgerRequest(null, null, IsFull: true) { Actor = "test" });

    private static IEnumerable<string?> Fields(StoredRecord record, params string[] names) => names.Select(name => record[name]);

    private static string At(Hl7Message message, string path) => Hl7Path.Parse(path).Get(message).Decode();
}
