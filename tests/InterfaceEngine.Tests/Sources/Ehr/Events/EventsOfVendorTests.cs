using System.Net;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Events;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr.Events;

/// <summary>From a change at a vendor's desk to the changed record here, over real HTTP in both ways, and what goes wrong between.</summary>
public sealed class EventsOfVendorTests
{
    [Theory]
    [InlineData("athena-real")]
    [InlineData("athena-guide")]
    [InlineData("ecw-guide")]
    public async Task What_changes_at_the_vendor_is_changed_here(string profile)
    {
        await using var place = await EventPlace.SubscribedAsync(profile);
        var before = place.Vendor.Events.Sent.Count;
        place.Rename(0, "Abernathy");
        await place.ToldAsync(before + 1);
        (await place.WorkAsync()).Should().Be((1, null));
        (await place.FamiliesAsync()).Should().Equal("Abernathy");

        place.Rename(0, "Zimmer");
        await place.ToldAsync(before + 2);
        await place.WorkAsync();

        (await place.FamiliesAsync()).Should().Equal("Zimmer");
        (await place.WaitingAsync()).Should().BeEmpty();
        place.Vendor.Events.Sent.Should().OnlyContain(one => one.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_visit_of_which_athenahealth_says_the_number_alone_is_read_by_it()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real", "Appointment.schedule", "Appointment.cancel");
        await place.MeetAsync(0);
        var (slot, patient) = place.Vendor.At(practice => (
            practice.Schedule.Appointments.First(one => one.Status == VendorAppointment.Open && one.Start > new DateTime(2026, 1, 20)).Id, practice.Patients[0].Person.Id));
        var visits = new AthenaNetClient(place.Connection).Appointments;

        await visits.BookAsync(slot, patient, "82", null, null, default);
        await place.ToldAsync(1);
        await place.WorkAsync();
        var booked = (await place.Engine.RecordsAsync(place.Options.Practice, "appointment")).Should().ContainSingle().Subject;
        await visits.CancelAsync(slot, patient, null, null, default);
        await place.ToldAsync(2);
        await place.WorkAsync();

        var cancelled = (await place.Engine.RecordsAsync(place.Options.Practice, "appointment")).Should().ContainSingle().Subject;
        (booked["status"], cancelled["status"]).Should().Be(("scheduled", "cancelled"));
    }

    [Fact]
    public async Task What_was_deleted_is_withdrawn()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide", "Patient.delete");
        await place.MeetAsync(0);
        place.Vendor.At(practice =>
        {
            practice.Withdraw("Patient", practice.Patients[0].Person.Id);
            practice.Tell("DeletePatient", practice.Patients[0]);
            return true;
        });
        await place.ToldAsync(2);
        place.Vendor.Faults.Add("GET Patient/{id}", VendorFault.ServerError);

        await place.WorkAsync();
        place.Time.Advance(TimeSpan.FromSeconds(5));
        await place.WorkAsync();

        (await place.Engine.RecordsAsync(place.Options.Practice, "patient")).Should().ContainSingle().Which["active"].Should().Be("false");
        (await place.Events.Queue.GivenUpAsync(default).ToListAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Several_events_of_one_patient_are_one_reading()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "One");
        place.Rename(0, "Two");
        place.Rename(0, "Three");
        await place.ToldAsync(3);

        await place.WorkAsync();

        (await place.FamiliesAsync()).Should().Equal("Three");
        place.Vendor.Calls.Count(call => call.Endpoint == "GET /patients/{patientid}").Should().Be(1);
    }

    [Fact]
    public async Task An_event_that_comes_twice_or_out_of_order_leaves_the_record_as_it_is_at_the_vendor()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-guide");
        place.Vendor.Events.Hold();
        place.Rename(0, "Former");
        place.Rename(0, "Present");
        await place.Vendor.ReleaseEventsAsync();
        place.Vendor.Events.Spoil(EventFault.Twice);
        place.Rename(1, "Other");
        await place.ToldAsync(5);

        await place.WorkAsync();

        (await place.FamiliesAsync()).Should().BeEquivalentTo("Present", "Other");
        (await place.SubscriptionAsync()).Should().BeEquivalentTo(new { LastNumber = 3L, HasGap = false });
    }

    [Theory]
    [InlineData(EventFault.WrongSignature)]
    [InlineData(EventFault.NoSignature)]
    public async Task A_forged_event_is_refused_and_the_one_that_the_sender_mends_is_taken(EventFault fault)
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Vendor.Events.Spoil(fault);
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);
        (await place.WaitingAsync()).Should().BeEmpty();

        await RunningEngine.UntilAsync(async () =>
        {
            // The sender waits a second before it tries again, by the test's clock, and two seconds for an answer, which are one in truth.
            place.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(250));
            return place.Vendor.Events.Sent.Any(one => one.Status == HttpStatusCode.OK);
        });

        place.Vendor.Events.Sent[0].Status.Should().Be(HttpStatusCode.Unauthorized);
        (await place.WaitingAsync()).Should().ContainSingle();
    }

    [Theory]
    [InlineData("athena-real")]
    [InlineData("athena-guide")]
    [InlineData("ecw-guide")]
    public async Task Events_are_on_disk_and_answered_before_the_vendors_own_answers_come(string profile)
    {
        await using var place = await EventPlace.SubscribedAsync(profile);
        var before = place.Vendor.Events.Sent.Count;
        place.Rename(0, "Abernathy");
        await place.ToldAsync(before + 1);
        place.Vendor.Faults.Add("*", VendorFault.Hang, times: 100);
        var working = place.WorkAsync();

        place.Rename(1, "Other");
        await place.ToldAsync(before + 2);

        place.Vendor.Events.Sent.Should().OnlyContain(one => one.Status == HttpStatusCode.OK);
        (await place.WaitingAsync()).Should().HaveCount(2);
        (await place.FamiliesAsync()).Should().BeEmpty();
        working.IsCompleted.Should().BeFalse("the vendor has not answered");
        place.Vendor.Faults.Clear();
        place.Time.Advance(place.Options.Http.AnswerTimeout);
        await working;
    }

    [Fact]
    public async Task An_engine_that_is_killed_between_receipt_and_reading_reads_after_its_start()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);

        await using var killed = await place.Engine.KilledAsync();
        await place.WorkAsync(killed);

        (await place.FamiliesAsync(killed)).Should().Equal("Abernathy");
        (await place.FamiliesAsync()).Should().BeEmpty("the killed one had not begun");
    }

    [Fact]
    public async Task What_a_failing_server_does_not_give_is_asked_for_again_with_growing_pauses()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);
        place.Vendor.Faults.Add("GET /patients/{patientid}", VendorFault.ServerError, times: 2);

        await place.WorkAsync();
        (await place.WaitingAsync()).Should().BeEmpty("it is put off");
        place.Time.Advance(TimeSpan.FromSeconds(5));
        await place.WorkAsync();
        place.Time.Advance(TimeSpan.FromSeconds(5));
        (await place.WaitingAsync()).Should().BeEmpty("the second pause is longer");
        place.Time.Advance(TimeSpan.FromSeconds(5));
        await place.WorkAsync();

        (await place.FamiliesAsync()).Should().Equal("Abernathy");
    }

    [Fact]
    public async Task A_connection_that_can_not_be_used_costs_no_event_an_attempt()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        place.Vendor.Faults.Add("*", VendorFault.RateLimited, times: 1);

        (await place.WorkAsync()).Stopped!.Fault.Should().Be(EhrFault.RateLimited);

        (await place.WaitingAsync()).Should().HaveCount(2).And.OnlyContain(one => one.Attempts == 0);
    }

    [Fact]
    public async Task An_event_that_alone_may_not_be_read_is_given_up_after_three_times_and_stops_no_other()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        var work = place.NewWork();
        place.Rename(0, "Abernathy");
        await place.ToldAsync(1);
        place.Time.Advance(TimeSpan.FromSeconds(1));
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        Refuse(place);

        (await work.WorkAsync(default)).Should().Be((2, null));
        (await place.FamiliesAsync()).Should().Equal("Other");

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            // The token opens something else meanwhile.
            await place.MeetAsync(2);
            place.Time.Advance(TimeSpan.FromMinutes(1));
            (await place.WaitingAsync()).Should().ContainSingle().Which.Attempts.Should().Be(attempt - 1);
            Refuse(place);
            (await work.WorkAsync(default)).Should().Be((1, null));
        }

        (await place.WaitingAsync()).Should().BeEmpty();
        (await place.Events.Queue.GivenUpAsync(default).ToListAsync()).Should().ContainSingle().Which.State.Should().Match<EventState>(state => state.Attempts == 3 && state.Problem!.Contains("401"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_token_that_opens_nothing_costs_no_event_an_attempt(int events)
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        var work = place.NewWork();
        for (var patient = 0; patient < events; patient++)
        {
            place.Rename(patient, "Abernathy");
        }

        await place.ToldAsync(events);
        place.Vendor.Faults.Add("GET /patients/{patientid}", VendorFault.Unauthorized, times: 100);
        for (var round = 0; round < 5; round++)
        {
            (await work.WorkAsync(default)).Stopped!.Fault.Should().Be(EhrFault.Unauthorized);
            place.Time.Advance(TimeSpan.FromMinutes(1));
        }

        (await place.WaitingAsync()).Should().HaveCount(events).And.OnlyContain(one => one.Attempts == 0);
        place.Vendor.Faults.Clear();
        (await work.WorkAsync(default)).Should().Be((events, null));
        (await place.FamiliesAsync()).Should().HaveCount(events);
    }

    /// <summary>The next patient that is read may not be: with the token that is there, nor with a new one.</summary>
    private static void Refuse(EventPlace place) => place.Vendor.Faults.Add("GET /patients/{patientid}", VendorFault.Unauthorized, times: 2);

    [Fact]
    public async Task An_event_at_which_the_engine_fails_is_put_off_and_the_others_go_on()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        var failures = 0;
        var failing = new VendorDocuments(place.Engine.Core.RowFiles) { Taken = (_, _, _) => failures++ == 0 ? throw new InvalidOperationException("unforeseen") : Task.CompletedTask };

        (await place.WorkAsync(documents: failing)).Should().Be((2, null));

        (await place.WaitingAsync()).Should().BeEmpty("one is done, and one is put off");
        place.Time.Advance(TimeSpan.FromSeconds(5));
        (await place.WaitingAsync()).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Attempts = 1, Problem = "The engine failed at it; its log says where." });
        await place.WorkAsync(documents: failing);
        (await place.FamiliesAsync()).Should().BeEquivalentTo("Abernathy", "Other");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("7")]
    public async Task A_patient_whose_reading_says_nothing_is_read_again_later(string body)
    {
        await using var place = await EventPlace.StartAsync("athena-real");
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /v1/195900/patients/7", 200, body);
        await using var connection = Connected.To(place.Options with { Rest = new Uri($"{server.Address}/v1/195900") });
        var told = new EventState { Topic = "Patient.update", Identifier = new VendorIdentifier("urn:athenahealth:athenanet:patient:195900", "7") };

        var read = () => new FocusReader(connection, place.Engine.Core.VendorDocuments).ReadAsync([told], place.Time.GetUtcNow(), default);

        (await read.Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.NotUnderstood);
    }

    [Fact]
    public async Task What_was_worked_off_is_forgotten_after_a_while_and_what_waits_or_was_given_up_is_not()
    {
        await using var place = await EventPlace.SubscribedAsync("athena-real");
        place.Rename(0, "Abernathy");
        place.Rename(1, "Other");
        await place.ToldAsync(2);
        place.Vendor.Faults.Add("GET /patients/{patientid}", VendorFault.NotSuccess);
        await place.WorkAsync();
        place.Time.Advance(TimeSpan.FromDays(9));

        (await place.Events.Queue.ForgetAsync(place.Time.GetUtcNow() - TimeSpan.FromDays(8), 100, default)).Should().Be(1);

        (await place.Events.Queue.GivenUpAsync(default).ToListAsync()).Should().ContainSingle();
    }
}
