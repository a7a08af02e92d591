using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>In what order a vendor is told of visits by calls: one visit's in theirs, and no visit waits for another's that a person must look at.</summary>
public sealed class VisitLanesTests : IAsyncLifetime
{
    private AthenaClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await AthenaClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task A_held_move_keeps_neither_another_visits_booking_nor_its_cancellation_waiting()
    {
        var (moved, cancelled) = (await BookedAsync(0), await BookedAsync(3));
        var move = await MoveToNowhereAsync(moved);
        (await _clinic.SendAsync()).Should().Equal((move.Deliveries.Single().Id, "no slot"));

        var booking = await _clinic.BookAsync(_clinic.OpenSlot(8), type: "any_15");
        var cancellation = await _clinic.Desk.CancelAsync(_clinic.Change(cancelled.Visit.Id), default);

        (await _clinic.SendAsync()).Should().BeEquivalentTo([(booking.Deliveries.Single().Id, "booked"), (cancellation.Deliveries.Single().Id, "cancelled")]);
    }

    [Fact]
    public async Task What_follows_of_the_visit_itself_waits()
    {
        var booked = await BookedAsync(0);
        await MoveToNowhereAsync(booked);
        await _clinic.SendAsync();

        await _clinic.Desk.ModifyAsync(_clinic.Change(booked.Visit.Id) with { Note = "Brings films" }, default);

        (await _clinic.SendAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task The_time_that_another_visit_of_the_patient_leaves_is_waited_for()
    {
        var slot = _clinic.OpenSlot();
        var first = await _clinic.BookAsync(slot, type: "any_15");
        await _clinic.SendAsync();
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        _clinic.Vendor.Faults.Add("PUT /appointments/{appointmentid}/cancel", VendorFault.BadGateway);
        var cancelled = await _clinic.Desk.CancelAsync(_clinic.Change(first.Visit.Id), default);
        var second = await _clinic.BookAsync(slot, isChosen: false, type: "any_15", reason: "Cough");

        (await _clinic.DeliverAsync(second)).Should().BeEquivalentTo(new { Outcome = InterfaceEngine.Destinations.AttemptOutcome.Retry, Code = "not yet" }, "what would free the time was not told yet");
        await _clinic.SendAsync();
        await _clinic.SendAsync();
        await _clinic.SendAsync();

        (await StatesAsync(cancelled, second)).Should().Equal(DeliveryState.Delivered, DeliveryState.Delivered);
        _clinic.Booked().Should().ContainSingle().Which.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture).Should().Be(slot.Start);
    }

    [Fact]
    public async Task What_a_person_must_look_at_is_not_waited_for()
    {
        var (booked, taken) = (await BookedAsync(0), _clinic.OpenSlot(5));
        await MoveToNowhereAsync(booked);
        await _clinic.SendAsync();
        await _clinic.Client.Appointments.BookAsync(taken.Id, _clinic.OtherPatient, "82", null, null, default);

        var second = await _clinic.BookAsync(taken, isChosen: false, type: "any_15");

        (await _clinic.SendAsync()).Should().Equal((second.Deliveries.Single().Id, "no slot"));
    }

    [Fact]
    public async Task A_cancellation_settles_a_held_booking_that_never_was_at_the_vendor()
    {
        var taken = _clinic.OpenSlot();
        await _clinic.Client.Appointments.BookAsync(taken.Id, _clinic.OtherPatient, "82", null, null, default);
        var booked = await _clinic.BookAsync(taken, isChosen: false, type: "any_15");
        await _clinic.SendAsync();
        await _clinic.Desk.ModifyAsync(_clinic.Change(booked.Visit.Id) with { Note = "Brings films" }, default);
        (await StatesAsync(booked)).Should().Equal(DeliveryState.Held);

        var cancelled = await _clinic.Desk.CancelAsync(_clinic.Change(booked.Visit.Id), default);
        var told = await _clinic.SendAsync();

        told.Should().Equal((cancelled.Deliveries.Single().Id, "not there"));
        (await DeliveriesAsync(booked)).Select(one => (one.Event, one.State)).Should().Equal(("cancelled", "delivered"), ("modified", "dismissed"), ("booked", "dismissed"));
        (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit(_clinic.Practice, 1), default)).Single().Subject
            .Should().Be($"appointment {booked.Visit.Id}", "that is the look at its deliveries");
        (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit(_clinic.Practice, 10), default)).Should().Contain(row => row.Subject!.Contains($", delivery {booked.Deliveries.Single().Id} dismissed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancellation_ends_at_the_vendor_what_a_held_booking_may_have_booked()
    {
        _clinic.Vendor.Faults.Add("PUT /appointments/{appointmentid}", VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), type: "any_15");
        await _clinic.SendAsync();
        _clinic.Booked().Should().ContainSingle("the answer was lost, and not the booking");
        await HoldAsync(booked, "no reply");
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        var cancelled = await _clinic.Desk.CancelAsync(_clinic.Change(booked.Visit.Id), default);

        (await _clinic.SendAsync()).Should().Equal((cancelled.Deliveries.Single().Id, "cancelled"));
        _clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_held_since_two_records_are_meant_stays_with_the_person()
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), type: "any_15");
        await HoldAsync(booked, "two records");

        await _clinic.Desk.CancelAsync(_clinic.Change(booked.Visit.Id), default);

        (await StatesAsync(booked)).Should().Equal(DeliveryState.Held);
        (await _clinic.SendAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_cancellation_passes_what_was_on_its_way_when_it_came_and_is_held_since()
    {
        var booked = await BookedAsync(0);
        var moved = await MoveToNowhereAsync(booked);
        var cancelled = await _clinic.Desk.CancelAsync(_clinic.Change(booked.Visit.Id), default);
        (await _clinic.SendAsync()).Should().Equal((moved.Deliveries.Single().Id, "no slot"));
        (await _clinic.SendAsync()).Should().BeEmpty("the lane waits for a person");

        // As the engine has it done.
        var (_, work) = ConnectionWork.Of(_clinic.Engine.Core, _clinic.Engine.Time, NullLoggerFactory.Instance).Single(one => one.Duty == "cancelled orders");
        using var stopping = new CancellationTokenSource();
        var duty = work(stopping.Token);
        await RunningEngine.UntilAsync(async () => (await StatesAsync(moved)).Single() == DeliveryState.Dismissed);
        await stopping.CancelAsync();
        await FluentActions.Awaiting(() => duty).Should().ThrowAsync<OperationCanceledException>();

        (await _clinic.SendAsync()).Should().Equal((cancelled.Deliveries.Single().Id, "cancelled"));
        _clinic.Booked().Should().BeEmpty();
        (await StatesAsync(moved, cancelled)).Should().Equal(DeliveryState.Dismissed, DeliveryState.Delivered);
        var audited = (await _clinic.Engine.Store.ReadAsync(reader => reader.Audit(_clinic.Practice, 1), default)).Single();
        (audited.Actor, audited.Subject, audited.Reason).Should().Be(("engine", $"appointment {booked.Visit.Id}, delivery {moved.Deliveries.Single().Id} dismissed", "The visit was cancelled behind what was held."));
    }

    [Theory]
    [InlineData("two records")]
    [InlineData("no slot")]
    public async Task What_is_held_without_a_cancellation_behind_it_or_is_to_be_looked_at_in_any_case_stays(string code)
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), type: "any_15");
        await (code == "two records" ? _clinic.Desk.CancelAsync(_clinic.Change(booked.Visit.Id), default) : _clinic.Desk.ModifyAsync(_clinic.Change(booked.Visit.Id) with { Note = "Brings films" }, default));
        await HoldAsync(booked, code);

        await PassAsync();

        (await StatesAsync(booked)).Should().Equal(DeliveryState.Held);
        (await _clinic.SendAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task How_a_visits_deliveries_stand_is_told_with_why_and_without_what_the_vendor_said()
    {
        var taken = _clinic.OpenSlot();
        await _clinic.Client.Appointments.BookAsync(taken.Id, _clinic.OtherPatient, "82", null, null, default);
        var (waiting, held) = (await _clinic.BookAsync(_clinic.OpenSlot(4), type: "any_15"), await _clinic.BookAsync(taken, isChosen: false, type: "any_15"));
        (await DeliveriesAsync(waiting)).Should().ContainSingle().Which.Should().BeEquivalentTo(new VisitDeliveryView(waiting.Deliveries.Single().Id.ToString(), AthenaClinic.Destination, "booked", "waiting", 0, _clinic.Engine.Time.GetUtcNow())
        {
            NextAttemptAt = _clinic.Engine.Time.GetUtcNow(),
        });
        _clinic.Vendor.Faults.Add("PUT /appointments/{appointmentid}", VendorFault.BadGateway);

        await _clinic.SendAsync();

        var (failed, refused) = ((await DeliveriesAsync(waiting)).Single(), (await DeliveriesAsync(held)).Single());
        (refused.State, refused.Code, refused.Attempts, refused.Reason![..15]).Should().Be(("held", "no slot", 1, "Nothing is open"));
        (failed.State, failed.Code, failed.Attempts, failed.Reason).Should().Be(("waiting", "502", 1, null), "what the vendor answered may speak of the patient");
        await _clinic.SendAsync();
        (await DeliveriesAsync(waiting)).Single().Should().BeEquivalentTo(new { State = "delivered", Code = "booked", SettledAt = (DateTimeOffset?)_clinic.Engine.Time.GetUtcNow() });
    }

    private async Task<AppointmentOutcome> BookedAsync(int slot)
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(slot), type: "any_15");
        (await _clinic.SendAsync()).Should().ContainSingle().Which.Code.Should().Be("booked");
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        return booked;
    }

    /// <summary>To a time at which nobody is there.</summary>
    private Task<AppointmentOutcome> MoveToNowhereAsync(AppointmentOutcome booked) => _clinic.Desk.ModifyAsync(_clinic.Change(booked.Visit.Id) with { Start = "2026-02-07 03:00" }, default);

    private Task PassAsync() =>
        new CancelledOrders(_clinic.Engine.Store, [AthenaClinic.Destination], _clinic.Engine.Time, NullLogger<CancelledOrders>.Instance).DismissAsync(default);

    private async Task HoldAsync(AppointmentOutcome outcome, string code)
    {
        var lease = (await _clinic.Engine.Store.Leases.TakeAsync($"destination/{AthenaClinic.Destination}", "test", TimeSpan.FromMinutes(1), default))!;
        var claim = (await _clinic.Engine.Store.Deliveries.ClaimAsync(lease, AthenaClinic.Destination, StoreSamples.Scope(100), default))!;
        var delivery = claim.Deliveries.Single(one => one.Id == outcome.Deliveries.Single().Id);
        await _clinic.Engine.Store.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = delivery, State = DeliveryState.Held, Code = code }], default);
    }

    private async Task<List<DeliveryState>> StatesAsync(params AppointmentOutcome[] outcomes) =>
        await _clinic.Engine.Store.ReadAsync(reader => outcomes.Select(outcome => reader.Delivery(outcome.Deliveries.Single().Id)!.State).ToList(), default);

    private async Task<IReadOnlyList<VisitDeliveryView>> DeliveriesAsync(AppointmentOutcome outcome)
    {
        await using var operations = _clinic.Operations;
        var answer = await operations.AskAsync(new AppointmentDeliveriesRequest(_clinic.Practice, outcome.Visit.Id.ToString()) { Actor = "maria" }, default);
        return answer.Should().BeOfType<AppointmentDeliveriesAnswer>((answer as FailureAnswer)?.Message ?? "").Subject.Deliveries;
    }
}
