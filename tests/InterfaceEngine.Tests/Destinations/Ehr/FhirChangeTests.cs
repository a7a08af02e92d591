using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Destinations;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Visits that stand at a FHIR server are moved, changed and cancelled from here, over what the server has by then.</summary>
public sealed class FhirChangeTests : IAsyncLifetime
{
    private const string Update = "PUT Appointment/{id}";
    private const string Read = "GET Appointment/{id}";

    private FhirClinic _clinic = null!;
    private AppointmentOutcome _booked = null!;
    private string _number = "";

    public async Task InitializeAsync()
    {
        _clinic = await FhirClinic.StartAsync();
        _booked = await _clinic.BookAsync(_clinic.OpenSlot());
        (await _clinic.DeliverAsync(_booked)).Outcome.Should().Be(AttemptOutcome.Delivered);
        _number = _clinic.Booked().Single().Id;
        _clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));
    }

    public async Task DisposeAsync() => await _clinic.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_visit_is_moved_once_and_keeps_its_number(bool isReplyLost)
    {
        var to = _clinic.OpenSlot(5);
        var moved = await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default);
        if (isReplyLost)
        {
            _clinic.Vendor.Faults.Add(Update, VendorFault.DropAfterDoing);
            (await _clinic.DeliverAsync(moved)).Outcome.Should().Be(AttemptOutcome.Retry);
            await _clinic.KillAsync();
        }

        (await _clinic.DeliverAsync(moved)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "moved" });

        var there = _clinic.Booked().Should().ContainSingle().Subject;
        (there.Id, there.Start.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), there.Provider).Should().Be((_number, to.Start, to.Provider));
        _clinic.Calls(Update).Should().Be(1);
        (await _clinic.VisitsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task Only_what_was_changed_here_is_changed_there_and_what_no_table_writes_stays()
    {
        await _clinic.ChangeThereAsync(_number, resource => (resource["comment"], resource["minutesDuration"]) = ("Bring the referral", 20));
        var changed = await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Location = "2" }, default);

        (await _clinic.DeliverAsync(changed)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "changed" });

        var there = _clinic.At(_number);
        (there.Department, there.Minutes, there.Notes.Single().Text, there.Identifier!.Count).Should().Be(("2", 20, "Bring the referral", 1));
        (await _clinic.VisitAsync(_booked.Visit.Id))["location_id"].Should().Be("loc-west");
    }

    [Fact]
    public async Task Somebody_who_changes_it_between_reading_and_writing_loses_nothing()
    {
        var changed = await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Note = "Wheelchair" }, default);
        var first = Encoding.UTF8.GetString((await _clinic.Client.ReadAsync("Appointment", _number, CallPriority.Booking, default)).Json.Span);
        var theirs = first.Replace("\"status\":\"booked\"", "\"status\":\"arrived\",\"description\":\"Room 3\"", StringComparison.Ordinal);
        theirs.Should().NotBe(first);
        await using var server = await ScriptedServer.StartAsync();
        var (read, write) = ($"GET /fhir/r4/Appointment/{_number}", $"PUT /fhir/r4/Appointment/{_number}");
        server.On(read, 200, first, "application/fhir+json", ("ETag", "W/\"1\"")).On(write, 412, "").On(read, 200, theirs, "application/fhir+json", ("ETag", "W/\"2\"")).On(write, 200, "").On(read, 200, theirs);
        await using var connection = Connected.To(server);
        using var destination = _clinic.Open(new FhirClient(connection));

        var result = await destination.DeliverAsync(new OutgoingMessage("1", await _clinic.BodyAsync(changed)), default);

        result.Outcome.Should().Be(AttemptOutcome.Delivered, result.Reason);
        var written = server.Requests.Where(request => request.Method == "PUT").ToList();
        written.Select(request => request.Headers["If-Match"].ToString()).Should().Equal("W/\"1\"", "W/\"2\"");
        var last = JsonNode.Parse(written[^1].Body)!;
        ((string?)last["comment"], (string?)last["status"], (string?)last["description"]).Should().Be(("Wheelchair", "arrived", "Room 3"));
    }

    [Fact]
    public async Task A_time_that_is_taken_is_held_and_the_visit_stays_where_it_is()
    {
        var to = _clinic.OpenSlot(5);
        var moved = await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Start = to.Start, Provider = to.Provider }, default);
        await _clinic.TakeAsync(to);
        var before = _clinic.At(_number).Start;

        (await _clinic.DeliverAsync(moved)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "409" });

        _clinic.At(_number).Start.Should().Be(before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_visit_is_cancelled_with_a_reason_and_once(bool isReplyLost)
    {
        _clinic.Options = _clinic.Options with { CancelReason = "pat" };
        var cancelled = await _clinic.Desk.CancelAsync(FhirClinic.Change(_booked.Visit.Id), default);
        if (isReplyLost)
        {
            _clinic.Vendor.Faults.Add(Update, VendorFault.DropAfterDoing);
            (await _clinic.DeliverAsync(cancelled)).Outcome.Should().Be(AttemptOutcome.Retry);
        }

        (await _clinic.DeliverAsync(cancelled)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "cancelled" });

        var there = _clinic.At(_number);
        (there.Status, (string?)there.CancelationReason!["coding"]![0]!["code"]).Should().Be((VendorAppointment.Cancelled, "pat"));
        _clinic.Calls(Update).Should().Be(1);
        (await _clinic.VisitAsync(_booked.Visit.Id))["status"].Should().Be("cancelled");
    }

    [Fact]
    public async Task A_change_of_a_visit_that_the_vendor_cancelled_is_held_and_its_cancellation_is_none()
    {
        var changed = await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Note = "Wheelchair" }, default);
        var cancelled = await _clinic.Desk.CancelAsync(FhirClinic.Change(_booked.Visit.Id), default);
        await _clinic.ChangeThereAsync(_number, resource => resource["status"] = "cancelled");

        (await _clinic.DeliverAsync(changed)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "not there" });
        (await _clinic.DeliverAsync(cancelled)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "cancelled" });
        _clinic.Calls(Update).Should().Be(1, "nothing was written by us");
    }

    [Fact]
    public async Task A_cancellation_of_what_stands_there_for_another_patient_is_held()
    {
        var cancelled = await _clinic.Desk.CancelAsync(FhirClinic.Change(_booked.Visit.Id), default);
        _clinic.Vendor.At(practice => practice.Schedule.Find(_number)!.Patient = _clinic.OtherPatient);

        (await _clinic.DeliverAsync(cancelled)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Refused, Code = "another patient" });

        _clinic.At(_number).Status.Should().NotBe(VendorAppointment.Cancelled);
    }

    [Fact]
    public async Task A_note_that_is_removed_here_is_removed_there()
    {
        (await _clinic.DeliverAsync(await _clinic.Desk.ModifyAsync(FhirClinic.Change(_booked.Visit.Id) with { Note = "" }, default))).Outcome.Should().Be(AttemptOutcome.Delivered);

        _clinic.At(_number).Notes.Should().BeEmpty();
    }
}
