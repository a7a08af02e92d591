using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Destinations;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Visits that stand at a stand-in of athenahealth are moved, changed and cancelled from here.</summary>
public sealed class AthenaNetChangeTests : IAsyncLifetime
{
    private const string Move = "PUT /appointments/{appointmentid}/reschedule";
    private const string Cancel = "PUT /appointments/{appointmentid}/cancel";

    private AthenaClinic _clinic = null!;
    private AppointmentOutcome _booked = null!;

    public async Task InitializeAsync()
    {
        _clinic = await AthenaClinic.StartAsync();
        _booked = await _clinic.BookAsync(_clinic.OpenSlot(), type: "any_15");
        (await _clinic.DeliverAsync(_booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
    }

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_visit_that_is_moved_has_the_number_of_its_new_place(bool isReplyLost)
    {
        var (from, to) = (NumberOf(_booked.Visit), _clinic.OpenSlot(5));
        var moved = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default);
        if (isReplyLost)
        {
            _clinic.Vendor.Faults.Add(Move, VendorFault.DropAfterDoing);
            (await _clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Retry);
            await _clinic.KillAsync();
        }

        (await _clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Delivered);

        var there = _clinic.Booked().Should().ContainSingle().Subject;
        there.Id.Should().NotBe(from);
        there.Start.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture).Should().Be(to.Start);
        _clinic.Vendor.Calls.Count(call => call.Endpoint == Move).Should().Be(1);
        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        NumberOf(visit).Should().Be(there.Id);
    }

    [Fact]
    public async Task What_athenahealth_tells_of_the_place_that_a_visit_left_does_not_cancel_it()
    {
        var (from, to) = (NumberOf(_booked.Visit), _clinic.OpenSlot(5));
        await _clinic.DeliverAsync(await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default));
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        _clinic.At(from).Status.Should().Be(VendorAppointment.Cancelled);

        await _clinic.SyncAsync(from);
        await _clinic.SyncAsync(_clinic.Booked().Single().Id);

        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (visit["status"], NumberOf(visit)).Should().Be(("scheduled", _clinic.Booked().Single().Id));
        var told = await _clinic.Engine.Store.ReadAsync(reader => reader.Messages(new MessageFilter(_clinic.Practice, MessageState.Unchanged, null, default, 10)), default);
        told.SelectMany(message => MessageDetail.FromJson(message.Detail).Notes).Should().Contain(note =>
            note.Code == "MAP565" && note.Reason == "the visit has another number since it was moved: what is told of the place that it left is not applied to it.");
    }

    [Fact]
    public async Task What_athenahealth_tells_of_the_old_place_before_the_reply_came_takes_nothing_back()
    {
        var (from, to) = (NumberOf(_booked.Visit), _clinic.OpenSlot(5));
        var moved = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default);
        _clinic.Vendor.Faults.Add(Move, VendorFault.DropAfterDoing);
        await _clinic.DeliverAsync(moved);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        await _clinic.SyncAsync(from);
        (await _clinic.VisitAsync(_booked.Visit.Id))["status"].Should().Be("scheduled", "athenahealth says that the old place is cancelled, and the visit was moved");
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        (await _clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Delivered);

        var visit = (await _clinic.VisitsAsync()).Should().ContainSingle().Subject;
        (visit["status"], NumberOf(visit)).Should().Be(("scheduled", _clinic.Booked().Single().Id));
    }

    [Fact]
    public async Task A_place_that_is_not_free_holds_the_move_and_the_visit_stays_there()
    {
        var to = _clinic.OpenSlot(5);
        var moved = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default);
        await _clinic.Client.Appointments.BookAsync(to.Id, _clinic.OtherPatient, "82", null, null, default);

        (await _clinic.DeliverAsync(moved)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "no slot" });

        _clinic.Booked().Should().ContainSingle().Which.Id.Should().Be(NumberOf(_booked.Visit));
    }

    [Theory]
    [InlineData(VendorFault.DropAfterDoing)]
    [InlineData(VendorFault.BadGateway)]
    public async Task A_cancelled_visit_is_cancelled_there_once(VendorFault fault)
    {
        _clinic.Vendor.Faults.Add(Cancel, fault);
        var cancelled = await _clinic.Desk.CancelAsync(_clinic.Change(_booked.Visit.Id), default);

        (await _clinic.DeliverAsync(cancelled)).Outcome.Should().Be(AttemptOutcome.Retry);
        (await _clinic.DeliverAsync(cancelled)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "cancelled" });

        _clinic.At(NumberOf(_booked.Visit)).Status.Should().Be(VendorAppointment.Cancelled);
        (await _clinic.VisitAsync(_booked.Visit.Id))["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task A_visit_that_was_never_booked_there_has_nothing_to_be_cancelled()
    {
        var never = await _clinic.BookAsync(_clinic.OpenSlot(8), isChosen: false);
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        (await _clinic.DeliverAsync(await _clinic.Desk.CancelAsync(_clinic.Change(never.Visit.Id), default))).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "not there" });

        _clinic.Booked().Should().ContainSingle("the other one stands");
    }

    [Theory]
    [InlineData(true, AttemptOutcome.Refused, "merged")]
    [InlineData(false, AttemptOutcome.Delivered, "not there")]
    internal async Task A_visit_that_stands_there_for_another_number_is_not_given_up_unless_the_patient_is_there_as_well(bool isMerged, AttemptOutcome outcome, string code)
    {
        _clinic.Vendor.At(practice =>
        {
            practice.Schedule.Find(NumberOf(_booked.Visit))!.Patient = _clinic.OtherPatient;
            return practice.Patient(_clinic.Patient)!.MergedInto = isMerged ? _clinic.OtherPatient : null;
        });

        var told = await _clinic.DeliverAsync(await _clinic.Desk.CancelAsync(_clinic.Change(_booked.Visit.Id), default));

        told.Should().BeEquivalentTo(new { Outcome = outcome, Code = code });
        _clinic.At(NumberOf(_booked.Visit)).Status.Should().Be(VendorAppointment.Future, "it is not ours to end");
    }

    [Fact]
    public async Task A_note_is_added_once_and_none_is_removed()
    {
        var noted = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Note = "Interpreter\nBrings films" }, default);
        _clinic.Vendor.Faults.Add("POST /appointments/{appointmentid}/notes", VendorFault.DropAfterDoing);

        (await _clinic.DeliverAsync(noted)).Outcome.Should().Be(AttemptOutcome.Retry);
        (await _clinic.DeliverAsync(noted)).Outcome.Should().Be(AttemptOutcome.Delivered);

        _clinic.Booked().Single().Notes.Select(note => note.Text).Should().Equal("Sore throat\nInterpreter", "Brings films");
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        var to = _clinic.OpenSlot(3);
        (await RefusedAsync(_clinic.Change(_booked.Visit.Id) with { Note = "", Start = to.Start, Provider = to.Provider }))
            .Should().Be("It can't be told to athena-api, so nothing was changed: athenahealth's calls only add to its notes, and none removes one: remove it there.");
        (await HeldAsync(noted, ["notes", "start_time"], call => call.Remove("bookingnote"))).Should().Be("note");
        _clinic.Vendor.Calls.Should().NotContain(call => call.Endpoint.Contains("reschedule", StringComparison.Ordinal), "nothing was changed");
    }

    [Fact]
    public async Task Another_provider_is_another_slot_at_the_same_time()
    {
        var (from, other) = (NumberOf(_booked.Visit), OtherProvider());
        var free = await _clinic.Client.Appointments.MakeAsync(_clinic.Booked().Single().Department, other, "82", LocalDateTime.FromDateTime(_clinic.Booked().Single().Start), default);
        var changed = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Provider = other }, default);

        (await _clinic.DeliverAsync(changed)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "moved" });

        _clinic.Booked().Should().ContainSingle().Which.Should().BeEquivalentTo(new { Id = free, Provider = other });
        _clinic.At(from).Status.Should().Be(VendorAppointment.Cancelled, "nobody has the slot that the visit left");
    }

    [Fact]
    public async Task A_provider_who_is_not_free_holds_the_change_and_the_visit_stays_there()
    {
        var (before, other) = (_clinic.Booked().Single().Provider, OtherProvider());
        var changed = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Provider = other }, default);

        (await _clinic.DeliverAsync(changed)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "no slot" });

        _clinic.Booked().Should().ContainSingle().Which.Provider.Should().Be(before);
    }

    [Fact]
    public async Task Another_length_is_refused()
    {
        var noted = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Note = "Brings films" }, default);

        (await RefusedAsync(_clinic.Change(_booked.Visit.Id) with { Minutes = 40 })).Should().Contain("takes the length of a visit from its type");
        (await HeldAsync(noted, ["end_time"], call => call["duration"] = 40)).Should().Be("length");
    }

    [Fact]
    public async Task A_change_of_what_athenahealth_cancelled_meanwhile_is_held()
    {
        var noted = await _clinic.Desk.ModifyAsync(_clinic.Change(_booked.Visit.Id) with { Note = "Brings films" }, default);
        await _clinic.Client.Appointments.CancelAsync(NumberOf(_booked.Visit), _clinic.Patient, null, null, default);

        (await _clinic.DeliverAsync(noted)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "not there" });
    }

    /// <summary>One who has nothing open at the visit's time.</summary>
    private string OtherProvider()
    {
        var visit = _clinic.Booked().Single();
        return _clinic.Vendor.At(practice => practice.House.Providers.Select(one => one.Id).First(id => id != visit.Provider
            && !practice.Schedule.Appointments.Any(slot => slot.Provider == id && slot.Department == visit.Department && slot.Start == visit.Start && slot.Status == VendorAppointment.Open)));
    }

    private static string NumberOf(InterfaceEngine.Core.Records.StoredRecord visit) => visit.Aliases.First(alias => alias.System == "athenahealth").Value;

    /// <summary>Why the desk does not take it.</summary>
    private async Task<string> RefusedAsync(AppointmentChange change) => (await FluentActions.Awaiting(() => _clinic.Desk.ModifyAsync(change, default)).Should().ThrowAsync<ChangeRefusedException>()).Which.Message;

    /// <summary>What becomes of an order that waits from before the desk refused such.</summary>
    private async Task<string> HeldAsync(AppointmentOutcome like, string[] changed, Action<JsonObject> change)
    {
        var delivery = (await _clinic.Engine.Store.ReadAsync(reader => reader.Delivery(like.Deliveries.Single().Id), default))!;
        var order = CallOrder.Parse(delivery.Body);
        var call = JsonNode.Parse(order.Call.Span)!.AsObject();
        change(call);
        using var destination = _clinic.Open();
        var result = await destination.DeliverAsync(new InterfaceEngine.Destinations.OutgoingMessage("before", (order with { Changed = changed, Call = JsonSerializer.SerializeToUtf8Bytes(call) }).ToBytes()), default);
        result.Outcome.Should().Be(AttemptOutcome.Refused);
        return result.Code;
    }
}
