using InterfaceEngine.Destinations;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Visits booked here, at a stand-in of athenahealth: booked once, whatever is lost or cut off, and told back to our record.</summary>
public sealed class AthenaNetBookingTests : IAsyncLifetime
{
    private const string Book = "PUT /appointments/{appointmentid}";

    private AthenaClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await AthenaClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Fact]
    public async Task A_chosen_slot_is_the_visits_number_at_once_and_is_booked()
    {
        var slot = _clinic.OpenSlot();

        var booked = await _clinic.BookAsync(slot);

        booked.Visit.Aliases.Should().Contain(alias => alias.System == "athenahealth" && alias.Value == slot.Id);
        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });
        var there = _clinic.Booked().Should().ContainSingle().Subject;
        (there.Id, there.Patient).Should().Be((slot.Id, _clinic.Patient));
        there.Notes.Select(note => note.Text).Should().Equal("Sore throat\nInterpreter");
        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle("what athenahealth says of it is the same visit").Subject;
        (visit["status"], visit.Find("start_time")!.Cause!.Source).Should().Be(("scheduled", "conn_1"), "it was confirmed by what athenahealth has");
    }

    [Fact]
    public async Task Why_the_patient_comes_stays_what_was_said_here_whatever_athenahealth_calls_the_type()
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), type: "any_15", reason: "Cough");

        await _clinic.DeliverAsync(booked);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await _clinic.SyncAsync(_clinic.Booked().Single().Id);

        var visit = await _clinic.VisitAsync(booked.Visit.Id);
        (visit["reason"], visit["appointment_type"]).Should().Be(("Cough", "any_15"));
    }

    [Fact]
    public async Task A_booking_whose_reply_is_lost_is_found_and_not_made_again()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());

        var lost = await _clinic.DeliverAsync(booked);
        var again = await _clinic.DeliverAsync(booked);

        (lost.Outcome, lost.Code, lost.IsAnswered).Should().Be((AttemptOutcome.Retry, "no reply", false));
        again.Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Booked().Should().ContainSingle();
        Calls(Book).Should().Be(1, "the second attempt looked first");
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_to_be_said_of_a_visit_that_the_clinic_booked_meanwhile_is_said_once()
    {
        var slot = _clinic.OpenSlot();
        await _clinic.Client.Appointments.BookAsync(slot.Id, _clinic.Patient, "82", slot.Department, null, default);
        var booked = await _clinic.BookAsync(slot, isChosen: false);
        _clinic.Vendor.Faults.Add("POST /appointments/{appointmentid}/notes", VendorFault.DropAfterDoing);

        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Retry);
        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });

        _clinic.At(slot.Id).Notes.Select(note => note.Text).Should().Equal("Sore throat\nInterpreter");
    }

    [Fact]
    public async Task Without_a_chosen_slot_an_open_one_at_that_time_is_taken_and_a_lost_reply_takes_no_second_one()
    {
        var slot = _clinic.OpenSlot();
        _clinic.Vendor.At(practice => practice.Schedule.Make(slot.Department, slot.Provider, "82", practice.Schedule.Find(slot.Id)!.Start, slot.Minutes, default));
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(slot, isChosen: false);
        booked.Visit.Aliases.Should().NotContain(alias => alias.System == "athenahealth");

        await _clinic.DeliverAsync(booked);
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(booked);

        again.Outcome.Should().Be(AttemptOutcome.Delivered);
        var there = _clinic.Booked().Should().ContainSingle("a second slot was open at the same time").Subject;
        (await _clinic.VisitsAsync()).Should().ContainSingle().Which.Aliases.Should().Contain(alias => alias.System == "athenahealth" && alias.Value == there.Id);
    }

    [Theory]
    [InlineData("GET /appointments/{appointmentid}", 1)]
    [InlineData(Book, 0)]
    public async Task Killed_anywhere_between_booking_and_settling_it_is_booked_once_and_known_once(string at, int skip)
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        var before = Calls(at);
        _clinic.Vendor.Faults.Add(at, VendorFault.HangAfterDoing, skip: skip);
        using var killed = new CancellationTokenSource();
        var sending = _clinic.DeliverAsync(booked, killed.Token);

        // A call is among those that came once it was done.
        await RunningEngine.UntilAsync(() => Task.FromResult(Calls(at) > before + skip));

        await killed.CancelAsync();
        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(booked);

        again.Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Booked().Should().ContainSingle();
        Calls(Book).Should().Be(1);
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task An_order_that_was_done_and_never_settled_is_done_once_more_without_a_change()
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        await _clinic.DeliverAsync(booked);
        var before = await _clinic.VisitAsync(booked.Visit.Id);
        await _clinic.KillAsync();

        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);

        Calls(Book).Should().Be(1);
        (await _clinic.VisitAsync(booked.Visit.Id)).ChangedSequence.Should().Be(before.ChangedSequence);
    }

    [Fact]
    public async Task A_slot_that_another_patient_got_meanwhile_is_held_and_not_tried_again()
    {
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot);
        await _clinic.Client.Appointments.BookAsync(slot.Id, _clinic.OtherPatient, "82", null, null, default);

        var result = await _clinic.DeliverAsync(booked);

        (result.Outcome, result.Code).Should().Be((AttemptOutcome.Refused, "taken"));
        _clinic.At(slot.Id).Patient.Should().Be(_clinic.OtherPatient);
    }

    [Fact]
    public async Task A_slot_that_is_kept_back_is_held()
    {
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot);
        await _clinic.Client.Appointments.FreezeAsync(slot.Id, isFrozen: true, default);

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "frozen" });

        _clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task What_says_in_a_good_answer_that_it_was_not_done_is_held_with_the_answer()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.NotSuccess);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());

        var result = await _clinic.DeliverAsync(booked);

        (result.Outcome, result.Code).Should().Be((AttemptOutcome.Refused, "not done"));
        result.Reply.Length.Should().BeGreaterThan(0);
        _clinic.Booked().Should().BeEmpty();
    }

    [Theory]
    [InlineData(VendorFault.BadGateway, "502")]
    [InlineData(VendorFault.ServerError, "500")]
    [InlineData(VendorFault.GatewayText, "no good reply")]
    [InlineData(VendorFault.Drop, "no reply")]
    public async Task A_failure_that_may_pass_is_tried_again(VendorFault fault, string code)
    {
        _clinic.Vendor.Faults.Add(Book, fault);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());

        var failed = await _clinic.DeliverAsync(booked);

        (failed.Outcome, failed.Code, failed.Limit.For).Should().Be((AttemptOutcome.Retry, code, TimeSpan.FromHours(24)));
        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Booked().Should().ContainSingle();
    }

    [Fact]
    public async Task What_the_connection_cannot_do_now_costs_no_attempt()
    {
        _clinic.Vendor.Faults.Add("*", VendorFault.Unauthorized, times: 100);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());

        await FluentActions.Awaiting(() => _clinic.DeliverAsync(booked)).Should().ThrowAsync<UnreachableException>();

        _clinic.Vendor.Faults.Clear();
        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task A_401_to_one_order_alone_holds_it_after_some_attempts_and_stops_no_other()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.Unauthorized, times: 3);
        var (refused, other) = (await _clinic.BookAsync(_clinic.OpenSlot()), await _clinic.BookAsync(_clinic.OpenSlot(8)));

        var result = await _clinic.DeliverAsync(refused);

        (result.Outcome, result.Code, result.Limit.AttemptsMax).Should().Be((AttemptOutcome.Retry, "401", 3), "the slot was read by the same token");
        (await _clinic.DeliverAsync(refused)).Code.Should().Be("401");
        (await _clinic.DeliverAsync(refused)).Code.Should().Be("401");
        (await _clinic.DeliverAsync(other)).Outcome.Should().Be(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task A_401_to_all_that_an_order_asks_is_its_own_once_the_connection_opens_something_else()
    {
        _clinic.Vendor.Faults.Add("GET /appointments/{appointmentid}", VendorFault.Unauthorized, times: 100);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        var delivery = (await _clinic.Engine.Store.ReadAsync(reader => reader.Delivery(booked.Deliveries.Single().Id), default))!;
        using var destination = _clinic.Open();
        Task<AttemptResult> Attempt() => destination.DeliverAsync(new OutgoingMessage(delivery.Id.ToString(), delivery.Body), default);

        await FluentActions.Awaiting(Attempt).Should().ThrowAsync<UnreachableException>();
        await FluentActions.Awaiting(Attempt).Should().ThrowAsync<UnreachableException>("nothing says yet that it is not the connection");
        await _clinic.Client.Patients.ReadAsync(_clinic.Patient, default);

        (await Attempt()).Code.Should().Be("401");
    }

    [Fact]
    public async Task Where_nothing_is_open_the_booking_is_held_unless_slots_may_be_made()
    {
        var slot = _clinic.OpenSlot();
        var evening = slot with { Start = slot.Start[..11] + "19:00" };
        var booked = await _clinic.BookAsync(evening, isChosen: false, type: "any_15");

        var held = await _clinic.DeliverAsync(booked);

        (held.Outcome, held.Code).Should().Be((AttemptOutcome.Refused, "no slot"));
        _clinic.Options = _clinic.Options with { MakesSlots = true };
        _clinic.Vendor.Faults.Add(Book, VendorFault.Drop);
        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Retry);
        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        Calls("POST /appointments/open").Should().Be(1, "the slot that was made before is open and is found");
        _clinic.Booked().Should().ContainSingle();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task No_slot_is_made_twice_or_booked_for_another_length(bool isOpen, int made)
    {
        var slot = _clinic.OpenSlot();
        _clinic.Options = _clinic.Options with { MakesSlots = true };
        var booked = await _clinic.BookAsync(slot with { Start = isOpen ? slot.Start : slot.Start[..11] + "19:00", Minutes = 25 }, isChosen: false, type: "any_15");

        var held = await _clinic.DeliverAsync(booked);
        var again = await _clinic.DeliverAsync(booked);

        (held.Outcome, held.Code, again.Code).Should().Be((AttemptOutcome.Refused, "length", "length"));
        Calls("POST /appointments/open").Should().Be(made);
        _clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task On_the_day_on_which_the_clocks_change_the_clinics_time_is_booked()
    {
        // The clocks of Chicago are put forward on 8 March 2026, a Sunday.
        _clinic.Vendor.At(practice => practice.Schedule.Make("1", "27", "82", new DateTime(2026, 3, 8, 9, 0, 0), 15, default));
        var booked = await _clinic.BookAsync(("", "2026-03-08 09:00", 15, "1", "27"), isChosen: false);
        booked.Visit["start_time"].Should().Be("2026-03-08T14:00:00Z");

        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);

        _clinic.Booked().Single().Start.Should().Be(new DateTime(2026, 3, 8, 9, 0, 0));
        (await _clinic.VisitAsync(booked.Visit.Id))["start_time"].Should().Be("2026-03-08T14:00:00Z");
    }

    [Fact]
    public async Task A_slot_that_is_a_visit_here_already_is_refused_before_anything_is_stored()
    {
        var slot = _clinic.OpenSlot();
        await _clinic.BookAsync(slot);

        await FluentActions.Awaiting(() => _clinic.BookAsync(slot)).Should().ThrowAsync<InterfaceEngine.Intake.ChangeRefusedException>().WithMessage("This slot is that of appointment * already.*");

        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_synchronisation_brings_of_it_before_the_reply_is_the_same_visit(bool isChosen)
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), isChosen);
        await _clinic.DeliverAsync(booked);

        await _clinic.SyncAsync(_clinic.Booked().Single().Id);

        (await _clinic.VisitsAsync()).Should().ContainSingle().Which.Id.Should().Be(booked.Visit.Id);
        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_message_from_the_interface_engine_of_athenahealth_is_the_same_visit_in_either_order(bool isFirst)
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot, isChosen: false);
        await _clinic.DeliverAsync(booked);
        var number = _clinic.Booked().Single().Id;
        var start = slot.Start.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal) + "00";
        var message = TestEngine.Message(
            "MSH|^~\\&|ATHENANET|195900^Sample^1|PS|PS|20260201120500||SIU^S12|77001|P|2.3.1",
            $"SCH|{number}|{number}||||||82^Any 15|15|minutes|^^^{start}|||||||||||||Scheduled",
            $"PID|1||{_clinic.Patient}^^^ATHENA^MRN||X^Y",
            "RGS|1", $"AIG|1||{slot.Provider}^X", $"AIL|1||{slot.Department}");

        if (isFirst)
        {
            await _clinic.Engine.AcceptAsync(message, TestEngine.Athena);
        }

        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        if (!isFirst)
        {
            await _clinic.Engine.AcceptAsync(message, TestEngine.Athena);
        }

        (await _clinic.VisitsAsync()).Should().ContainSingle().Which.Id.Should().Be(booked.Visit.Id);
        (await _clinic.Engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Should().NotContain(count => count.State == InterfaceEngine.Store.MessageState.Refused);
    }

    private int Calls(string endpoint) => _clinic.Vendor.Calls.Count(call => call.Endpoint == endpoint);
}
