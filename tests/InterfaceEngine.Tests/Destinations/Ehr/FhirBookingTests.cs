using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Visits booked here, at a stand-in that takes them as FHIR resources: booked once, whatever is lost or cut off, and told back to our record.</summary>
public sealed class FhirBookingTests : IAsyncLifetime
{
    private const string Book = "POST Appointment";
    private const string Read = "GET Appointment/{id}";
    private const string Search = "GET Appointment";

    private FhirClinic _clinic = null!;

    public async Task InitializeAsync() => _clinic = await FhirClinic.StartAsync();

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_visit_is_booked_and_what_the_vendor_has_of_it_is_the_same_visit(bool isChosen)
    {
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot, isChosen);
        FhirClinic.NumberOf(booked.Visit).Should().BeNull("the vendor numbers its visits itself");

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });

        var there = _clinic.Booked().Should().ContainSingle().Subject;
        ($"slot-{there.Id}", there.Type, there.Notes.Single().Text).Should().Be((slot.Id, "82", "Interpreter"));
        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (FhirClinic.NumberOf(visit), visit["status"], visit["placer_id"], visit["reason"]).Should().Be((there.Id, "scheduled", visit.Id.ToString(), "Sore throat"));
        visit.Find("start_time")!.Cause!.Source.Should().Be("conn_1", "it was confirmed by what the vendor has");
    }

    [Fact]
    public async Task A_booking_whose_reply_is_lost_is_found_by_our_name_and_not_made_again()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());

        var lost = await _clinic.DeliverAsync(booked);
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(booked);

        (lost.Outcome, lost.Code, lost.IsAnswered).Should().Be((AttemptOutcome.Retry, "no reply", false));
        again.Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Booked().Should().ContainSingle();
        _clinic.Calls(Book).Should().Be(1, "the second attempt looked first");
        _clinic.Vendor.Calls.Should().Contain(call => call.Endpoint == Search && call.Query.Contains($"identifier={booked.Visit.Id}", StringComparison.Ordinal));
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task What_the_clinic_changed_before_a_lost_booking_was_found_stays()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), isChosen: false);
        await _clinic.DeliverAsync(booked);
        await _clinic.ChangeThereAsync(_clinic.Booked().Single().Id, resource => resource["comment"] = "Came early");

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });

        _clinic.Booked().Should().ContainSingle().Which.Notes.Single().Text.Should().Be("Came early");
    }

    [Fact]
    public async Task A_server_that_keeps_no_names_of_ours_is_asked_what_the_patient_has_at_this_time()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), isChosen: false);
        await _clinic.DeliverAsync(booked);
        await _clinic.ChangeThereAsync(_clinic.Booked().Single().Id, resource => _ = resource.Remove("identifier") | resource.Remove("comment"));

        (await _clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);

        _clinic.Booked().Should().ContainSingle().Which.Notes.Single().Text.Should().Be("Interpreter");
        _clinic.Calls(Book).Should().Be(1);
    }

    [Theory]
    [InlineData(Book, 0)]
    [InlineData(Read, 0)]
    public async Task Killed_anywhere_between_booking_and_settling_it_is_booked_once_and_known_once(string at, int skip)
    {
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        var before = _clinic.Calls(at);
        _clinic.Vendor.Faults.Add(at, VendorFault.HangAfterDoing, skip: skip);
        using var killed = new CancellationTokenSource();
        var sending = _clinic.DeliverAsync(booked, killed.Token);

        // A call is among those that came once it was done.
        await RunningEngine.UntilAsync(() => Task.FromResult(_clinic.Calls(at) > before + skip));

        await killed.CancelAsync();
        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        await _clinic.KillAsync();
        var again = await _clinic.DeliverAsync(booked);

        again.Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Booked().Should().ContainSingle();
        _clinic.Calls(Book).Should().Be(1);
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

        _clinic.Calls(Book).Should().Be(1);
        (await _clinic.VisitAsync(booked.Visit.Id)).ChangedSequence.Should().Be(before.ChangedSequence);
    }

    [Fact]
    public async Task A_time_that_another_patient_got_meanwhile_is_held_with_the_servers_words_and_not_tried_again()
    {
        var slot = _clinic.OpenSlot();
        var booked = await _clinic.BookAsync(slot);
        await _clinic.TakeAsync(slot);

        var result = await _clinic.DeliverAsync(booked);

        (result.Outcome, result.Code).Should().Be((AttemptOutcome.Refused, "409"));
        result.Reason.Should().Contain("conflict").And.Contain("The time is taken.");
        _clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task What_the_server_does_not_accept_is_held()
    {
        await _clinic.Engine.Core.VendorDocuments.TakeAsync(
            FhirClinic.Practice, "conn_1", [new EhrDocument("FHIR Patient", """{"resourceType":"Patient","id":"77","name":[{"family":"Doe","given":["Ann"]}],"birthDate":"1980-05-15"}"""u8.ToArray())], DateTimeOffset.UnixEpoch, default);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot(), patient: "77");

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "422" });
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
    public async Task A_visit_that_the_vendor_cancelled_before_we_knew_of_it_is_not_booked_anew()
    {
        _clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        await _clinic.DeliverAsync(booked);
        await _clinic.ChangeThereAsync(_clinic.Booked().Single().Id, resource => resource["status"] = "cancelled");

        (await _clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "over" });

        _clinic.Booked().Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_seeks_no_appointments_makes_one_on_the_condition_that_there_is_none()
    {
        await using var clinic = await FhirClinic.StartAsync(change: dialect => dialect with { HasNoAppointmentSearch = true });
        clinic.Vendor.Faults.Add(Book, VendorFault.DropAfterDoing);
        var booked = await clinic.BookAsync(clinic.OpenSlot());
        await clinic.DeliverAsync(booked);

        (await clinic.DeliverAsync(booked)).Outcome.Should().Be(AttemptOutcome.Delivered);

        clinic.Booked().Should().ContainSingle("the second was made on a condition");
        (clinic.Calls(Book), clinic.Calls(Search)).Should().Be((2, 0));
    }

    [Theory]
    [InlineData("""{"type":"Patient","interaction":[{"code":"read"}]}""", true, "no bookings")]
    [InlineData("""{"type":"Appointment","interaction":[{"code":"create"}]}""", true, "no search")]
    [InlineData("""{"type":"Appointment","interaction":[{"code":"create"}],"conditionalCreate":true}""", true, null)]
    [InlineData("""{"type":"Appointment","interaction":[{"code":"create"}]}""", false, null)]
    public async Task Nothing_is_sent_to_a_server_that_makes_none_or_would_make_it_twice(string capability, bool isUnsearchable, string? held)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/.well-known/smart-configuration", 404, "").On("GET /fhir/r4/metadata", 200, $$"""{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{{capability}}]}]}""");
        await using var connection = Connected.To(Connected.Options(server.Address) with { Dialect = new EhrDialect { Booking = BookingForm.Fhir, HasNoAppointmentSearch = isUnsearchable } });
        var booked = await _clinic.BookAsync(_clinic.OpenSlot());
        var wanted = WantedResource.Of(CallOrder.Parse(await _clinic.BodyAsync(booked)));

        var asked = () => new FhirVisitSearch(new FhirClient(connection)).UnlessAsync(wanted, default);

        if (held is not null)
        {
            (await asked.Should().ThrowAsync<HeldException>()).Which.Code.Should().Be(held);
        }
        else
        {
            (await asked()).Should().Be(isUnsearchable ? $"identifier={booked.Visit.Id}" : null);
        }
    }

    [Fact]
    public async Task What_is_no_order_of_a_visit_is_held() =>
        (await _clinic.DeliverAsync("MSH|^~\\&|"u8.ToArray())).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "not sent" });
}
