using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox;

/// <summary>
/// What a clinic books, moves and cancels goes to the sandbox, which misbehaves in one way at about every other message.
/// Each message arrives with its own bytes under one control id, a patient's in order, and the ledger is balanced.
/// </summary>
public sealed class OutboundQueueAgainstSandboxTests : IAsyncLifetime
{
    private const string Practice = "195900";
    private const string Destination = "athenahealth";
    private const int Patients = 8;
    private const double Often = 0.5;

    /// <summary>No message is given up, however many faults it meets and however often a slow machine is too late with its reply.</summary>
    private const int AttemptsMax = 1_000;

    private AthenaServer _sandbox = null!;
    private RunningEngine _engine = null!;
    private List<string> _patients = [];

    /// <summary>Everything after which the same message is sent again until it is taken.</summary>
    public static TheoryData<FaultKind> Passing => [.. FaultOptions.OfReceiver.Except([FaultKind.Ae])];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Every_message_is_taken_in_its_patients_order_under_one_control_id(FaultKind fault)
    {
        await StartAsync([fault]);

        await WorkAsync();
        await RunningEngine.UntilAsync(async () => (await QueueAsync()).All(delivery => delivery.State == DeliveryState.Delivered));

        _sandbox.Account.Faults.Keys.Should().Equal(fault);
        await CheckArrivalsAsync();
        await CheckLedgerAsync(delivered: Patients * 3);
    }

    /// <summary>A late reply to one message while the next is refused: whoever takes it for the next one's loses that.</summary>
    [Fact]
    public async Task All_faults_at_once_lose_nothing_either()
    {
        await StartAsync([.. FaultOptions.OfReceiver.Except([FaultKind.Ae])], chance: 0.2, faultsMax: 60);

        await WorkAsync();
        await RunningEngine.UntilAsync(async () => (await QueueAsync()).All(delivery => delivery.State == DeliveryState.Delivered));

        _sandbox.Account.Faults.Values.Sum().Should().BeGreaterThan(10);
        await CheckArrivalsAsync();
        await CheckLedgerAsync(delivered: Patients * 3);
    }

    [Fact]
    public async Task A_refused_message_is_held_stops_its_own_patient_only_and_goes_on_when_a_person_says_so()
    {
        await StartAsync([FaultKind.Ae], faultsMax: 3);

        await WorkAsync();
        await RunningEngine.UntilAsync(async () => (await LanesAsync()).All(lane => lane.All(delivery => delivery.State == DeliveryState.Delivered) || lane.Any(delivery => delivery.State == DeliveryState.Held)));

        var lanes = await LanesAsync();
        var stopped = lanes.Where(lane => lane.Any(delivery => delivery.State == DeliveryState.Held)).ToList();
        stopped.Should().NotBeEmpty().And.HaveCountLessThan(Patients, "who was not refused goes on");
        foreach (var lane in stopped)
        {
            var held = lane.FindIndex(delivery => delivery.State == DeliveryState.Held);
            lane.Take(held).Select(delivery => delivery.State).Should().AllBeEquivalentTo(DeliveryState.Delivered);
            lane[held].Code.Should().Be("AE");
            lane.Skip(held + 1).Select(delivery => delivery.State).Should().AllBeEquivalentTo(DeliveryState.Waiting, "nobody overtakes within a patient");
        }

        await CheckLedgerAsync(lanes.Sum(lane => lane.Count(delivery => delivery.State == DeliveryState.Delivered)));

        while ((await QueueAsync()).Where(delivery => delivery.State == DeliveryState.Held).Select(delivery => delivery.Id.ToString()).ToList() is { Count: > 0 } held)
        {
            await _engine.AskAsync(new RetryDeliveriesRequest(held) { Actor = "maria", Reason = "the clinic's list is mended" });
            await RunningEngine.UntilAsync(async () => (await LanesAsync()).All(lane => lane.All(delivery => delivery.State == DeliveryState.Delivered) || lane.Any(delivery => delivery.State == DeliveryState.Held)));
        }

        await CheckArrivalsAsync();
        await CheckLedgerAsync(delivered: Patients * 3);
    }

    /// <summary>The engine, its patients, and a sandbox with these faults.</summary>
    private async Task StartAsync(IReadOnlyList<FaultKind> faults, double chance = Often, int faultsMax = 9)
    {
        _sandbox = AthenaServer.Start(
            new AthenaServerOptions { Faults = FaultOptions.All(faults, chance, seed: 3) with { FaultsMax = faultsMax, Late = TimeSpan.FromSeconds(1) } }, TimeProvider.System);
        _engine = await RunningEngine.StartAsync(settings => settings with
        {
            Destinations =
            [
                new DestinationSettings(
                    "mllp",
                    new OutboundAddress { Destination = Destination, Practices = [Practice], SendingApplication = "PRACTICESTUDIO", ReceivingApplication = "ATHENA" },
                    new MllpDestinationOptions { Client = new MllpClientOptions { Port = _sandbox.Address.Port, ReplyTimeout = TimeSpan.FromMilliseconds(400) }, AttemptsMax = AttemptsMax },
                    new DeliveryOptions { Connections = 3, BackOffMin = TimeSpan.FromMilliseconds(5), BackOffMax = TimeSpan.FromMilliseconds(50), PollInterval = TimeSpan.FromMilliseconds(200), UnansweredMax = AttemptsMax }),
            ],
        });
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions { Events = Patients, People = Patients, Mix = FeedMix.AdtOnly });
        var people = Population.Invent(1, InterfaceEngine.Sandbox.Clinic.Practice.Athena, Patients, new DateOnly(2026, 1, 5));
        var told = people.Select((person, index) => feed.Message(new ClinicEvent("ADT^A28", new DateTime(2026, 1, 5, 8, index, 0, DateTimeKind.Unspecified), person) { Number = index + 1 }));
        (await new FeedClient(new FeedClientOptions { To = _engine.Athena }, TimeProvider.System).SendAsync(told, default)).IsAllAccepted.Should().BeTrue();
        _patients = [.. people.Select(person => person.Id)];
    }

    /// <summary>Every patient's visit is booked, moved and cancelled, while the queue is sent.</summary>
    private Task WorkAsync() => Task.WhenAll(_patients.Select(async (patient, index) =>
    {
        var booked = await _engine.AskAsync(new BookAppointmentRequest(Practice, patient)
        {
            Actor = "maria",
            Reason = "the patient called",
            Start = string.Create(CultureInfo.InvariantCulture, $"{RunningEngine.December}-{index + 1:D2} 09:00"),
            Minutes = 15,
            Provider = "27",
            Location = "loc-main",
        });
        await _engine.AskAsync(new ModifyAppointmentRequest(Practice, booked.Record) { Actor = "maria", Reason = "moved by phone", Minutes = 30 });
        await _engine.AskAsync(new CancelAppointmentRequest(Practice, booked.Record) { Actor = "maria", Reason = "the patient is well again" });
    }));

    /// <summary>What was queued, oldest first.</summary>
    private async Task<List<StoredDelivery>> QueueAsync()
    {
        var queue = await _engine.Host.Core.Store.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(Practice, Destination, null, EngineId.None, Patients * 3)), default);
        return [.. queue.OrderBy(delivery => delivery.Id.Value)];
    }

    /// <summary>Each patient's: every visit here is another patient's.</summary>
    private async Task<List<List<StoredDelivery>>> LanesAsync() => [.. (await QueueAsync()).GroupBy(delivery => delivery.Record).Select(lane => lane.ToList())];

    private async Task CheckArrivalsAsync()
    {
        var queued = (await QueueAsync()).ToDictionary(delivery => delivery.ControlId);
        var arrivals = _sandbox.Arrivals;
        queued.Should().HaveCount(Patients * 3);
        foreach (var arrival in arrivals)
        {
            queued.Should().ContainKey(arrival.ControlId);
            var body = (await _engine.Host.Core.Store.ReadAsync(reader => reader.Delivery(queued[arrival.ControlId].Id), default))!.Body;
            arrival.Body.Span.SequenceEqual(body.Span).Should().BeTrue("{0} is sent with its own bytes each time", arrival.ControlId);
        }

        _sandbox.Kept.Select(arrival => arrival.ControlId).Should().BeEquivalentTo(queued.Keys, "each is kept, and kept once");
        foreach (var lane in _sandbox.Kept.GroupBy(arrival => queued[arrival.ControlId].Record))
        {
            lane.Select(arrival => arrival.Event).Should().Equal("SIU^S12", "SIU^S14", "SIU^S15");
        }

        foreach (var line in arrivals.GroupBy(arrival => (arrival.Connection, queued[arrival.ControlId].Record)))
        {
            line.Select(arrival => queued[arrival.ControlId].Id.Value).Should().BeInAscendingOrder("what was settled is not sent again");
        }
    }

    private async Task CheckLedgerAsync(int delivered)
    {
        var ledger = await _engine.AskAsync(new LedgerRequest(null, null, IsFull: true) { Actor = "test" });

        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        var line = ledger.Destinations.Should().ContainSingle().Subject;
        (line.Queued, line.States.GetValueOrDefault("delivered")).Should().Be((Patients * 3, delivered));
    }
}
