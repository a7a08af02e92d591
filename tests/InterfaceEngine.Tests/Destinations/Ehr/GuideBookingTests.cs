using System.Text;
using InterfaceEngine.Destinations;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Sandbox.Vendors;
using NodaTime;

namespace InterfaceEngine.Tests.Destinations.Ehr;

/// <summary>Bookings in the two forms that the guides print, at a stand-in that knows them.</summary>
public sealed class GuideBookingTests
{
    [Fact]
    public void The_integration_guides_booking_is_written_as_it_is_printed()
    {
        var wanted = new WantedVisit { Patient = "12345", Provider = "54321", Type = "82", Department = "1", Start = new LocalDateTime(2023, 6, 15, 9, 0), Minutes = 30, Reason = "123" };

        Encoding.UTF8.GetString(GuideBooking.PostOpenBody(wanted)).Should().Be("""{"patientid":12345,"providerid":54321,"appointmenttypeid":82,"departmentid":1,"starttime":"2023-06-15T09:00:00","duration":30,"reasonid":123}""");
    }

    [Theory]
    [InlineData(BookingForm.PostOpen, "POST /appointments/open")]
    [InlineData(BookingForm.Post, "POST /appointments")]
    internal async Task A_booking_whose_reply_is_lost_is_made_once(BookingForm form, string call)
    {
        await using var clinic = await GuideAsync(form);
        clinic.Vendor.Faults.Add(call, VendorFault.DropAfterDoing);
        var booked = await clinic.BookAsync(clinic.OpenSlot(), isChosen: false, type: "office_visit");

        (await clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Retry, Code = "no reply" });
        (await clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });

        var there = clinic.Booked().Should().ContainSingle().Subject;
        clinic.Vendor.Calls.Count(one => one.Endpoint == call).Should().Be(1);
        (await clinic.VisitsAsync()).Should().ContainSingle().Which.Aliases.Should().Contain(alias => alias.Value == there.Id);
    }

    /// <summary>The appendix's <c>reason</c> and <c>note</c>, and the booking's <c>reasonid</c>.</summary>
    [Theory]
    [InlineData("Annual checkup", "101", "Interpreter")]
    [InlineData("annual CHECKUP", "101", "Interpreter")]
    [InlineData("Sore throat", "", "Sore throat\nInterpreter")]
    public async Task The_reason_goes_by_its_number_where_the_practice_lists_it_and_else_in_words(string reason, string number, string note)
    {
        await using var clinic = await GuideAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot(), isChosen: false, type: "office_visit", reason: reason);

        (await clinic.DeliverAsync(booked)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "booked" });

        var there = clinic.Booked().Should().ContainSingle().Subject;
        (there.Reason, string.Join('|', there.Notes.Select(one => one.Text))).Should().Be((number, note));
        (await clinic.VisitAsync(booked.Visit.Id))["reason"].Should().BeEquivalentTo(reason);
    }

    [Fact]
    public async Task A_changed_note_is_told()
    {
        await using var clinic = await GuideAsync();
        var booked = await clinic.BookAsync(clinic.OpenSlot(), isChosen: false, type: "office_visit");
        await clinic.DeliverAsync(booked);
        clinic.Engine.Time.Advance(TimeSpan.FromMinutes(1));

        var noted = await clinic.Desk.ModifyAsync(clinic.Change(booked.Visit.Id) with { Note = "Brings films" }, default);

        (await clinic.DeliverAsync(noted)).Should().BeEquivalentTo(new { Outcome = AttemptOutcome.Delivered, Code = "changed" });
        clinic.Booked().Single().Notes.Select(one => one.Text).Should().Equal("Sore throat\nInterpreter", "Brings films");
    }

    [Fact]
    public async Task Patients_are_searched_where_the_guide_has_them()
    {
        await using var clinic = await GuideAsync();
        var known = await clinic.Client.Patients.ReadAsync(clinic.Patient, default);

        var found = await clinic.Client.Patients.SearchAsync([("firstname", known.Text("firstname")), ("lastname", known.Text("lastname"))], 20, default);

        found.Rows.Select(row => row.Text("patientid")).Should().Contain(clinic.Patient);
        clinic.Vendor.Calls.Should().Contain(call => call.Endpoint == "GET /patients/search");
    }

    private static Task<AthenaClinic> GuideAsync(BookingForm form = BookingForm.PostOpen) =>
        AthenaClinic.StartAsync("athena-guide", new EhrDialect { IsJsonBody = true, PatientSearch = "/patients/search", Booking = form });
}
