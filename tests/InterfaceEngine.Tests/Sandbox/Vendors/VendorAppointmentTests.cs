using System.Net;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorAppointmentTests
{
    private const string Patient = "1000000";
    private const string Other = "1000001";

    [Fact]
    public async Task A_slot_is_booked_once()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);

        var booked = (await BookAsync(client, slot, Patient)).One;
        var second = await BookAsync(client, slot, Other);

        booked["appointmentid"]!.ToString().Should().Be(slot);
        booked["appointmentstatus"]!.GetValue<string>().Should().Be("f");
        second.Status.Should().Be(HttpStatusCode.Conflict);
        client.Server.At(practice => practice.Schedule.Find(slot)!.Patient).Should().Be(Patient);
    }

    [Fact]
    public async Task Of_many_who_want_one_slot_one_gets_it()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => BookAsync(client, slot, number % 2 == 0 ? Patient : Other)));

        replies.Count(reply => reply.Status == HttpStatusCode.OK).Should().Be(1);
        replies.Count(reply => reply.Status == HttpStatusCode.Conflict).Should().Be(7);
    }

    [Fact]
    public async Task Open_slots_are_of_the_next_week_and_not_of_the_next_hour()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var days = (await client.GetAsync("/appointments/open?departmentid=1&appointmenttypeid=-1")).Json["appointments"]!.AsArray().Select(row => row!["date"]!.GetValue<string>()).Distinct().ToList();

        days.Should().OnlyContain(day => string.CompareOrdinal(day, "01/15/2026") >= 0 && string.CompareOrdinal(day, "01/22/2026") <= 0);
        days.Should().HaveCountGreaterThan(2);
    }

    [Theory]
    [InlineData("", "departmentid")]
    [InlineData("departmentid=1", "appointmenttypeid")]
    [InlineData("departmentid=1&reasonid=563", "providerid")]
    public async Task A_look_for_slots_says_what_it_needs(string query, string missing)
    {
        await using var client = await VendorClient.LoggedInAsync();

        var reply = await client.GetAsync($"/appointments/open?{query}");

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["missingfields"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Contain(missing);
    }

    [Fact]
    public async Task Posting_makes_empty_slots_and_books_nobody()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var made = (await client.PostAsync(
            "/appointments/open", ("appointmentdate", "02/02/2026"), ("appointmenttime", "18:00,18:15"), ("departmentid", "1"), ("providerid", "27"), ("appointmenttypeid", "82"), ("patientid", Patient))).Json["appointmentids"]!.AsObject();

        made.Select(one => one.Value!.GetValue<string>()).Should().Equal("18:00", "18:15");
        client.Server.At(practice => practice.Schedule.Find(made.First().Key)!.Status).Should().Be(VendorAppointment.Open);
    }

    [Fact]
    public async Task A_cancelled_visit_is_free_again_under_another_number()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);
        await BookAsync(client, slot, Patient);

        (await client.PutAsync($"/appointments/{slot}/cancel", ("patientid", Other))).Status.Should().Be(HttpStatusCode.BadRequest);
        (await client.PutAsync($"/appointments/{slot}/cancel", ("patientid", Patient))).Status.Should().Be(HttpStatusCode.OK);

        var row = (await client.GetAsync($"/appointments/{slot}")).One;
        row["appointmentstatus"]!.GetValue<string>().Should().Be("x");
        row["cancelreasonid"]!.ToString().Should().Be("-5");
        row["cancelledby"]!.GetValue<string>().Should().StartWith("API-");
        client.Server.At(practice => practice.Changes[^2].Event).Should().Be("AddAppointmentSlot");
        (await client.PutAsync($"/appointments/{slot}/cancel", ("patientid", Patient))).Status.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_moved_visit_has_the_number_of_its_new_slot()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var (old, next) = (await OpenAsync(client), await OpenAsync(client, 1));
        await BookAsync(client, old, Patient);

        var moved = (await client.PutAsync($"/appointments/{old}/reschedule", ("newappointmentid", next), ("patientid", Patient))).One;

        moved["appointmentid"]!.ToString().Should().Be(next);
        var row = (await client.GetAsync($"/appointments/{old}")).One;
        row["appointmentstatus"]!.GetValue<string>().Should().Be("x");
        row["rescheduledappointmentid"]!.ToString().Should().Be(next);
    }

    [Fact]
    public async Task Freezing_twice_fails_under_200()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);

        var first = await client.PutAsync($"/appointments/{slot}/freeze", ("freeze", "true"));
        var second = await client.PutAsync($"/appointments/{slot}/freeze", ("freeze", "true"));

        first.Json["success"]!.GetValue<bool>().Should().BeTrue();
        second.Status.Should().Be(HttpStatusCode.OK);
        second.Body.Should().Be("""{"success":false,"errormessage":"Appointment is already frozen."}""");
        (await BookAsync(client, slot, Patient)).Status.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Amending_answers_a_bare_one_or_a_bare_text()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);
        await BookAsync(client, slot, Patient);

        (await client.PutAsync($"/appointments/booked/{slot}", ("providerid", "71"))).Body.Should().Be("1");
        (await client.PutAsync($"/appointments/booked/{slot}", ("providerid", "9999"))).Body.Should().Be("\"Invalid PROVIDERID input\"");
    }

    [Fact]
    public async Task Booked_visits_are_listed_by_patient_and_day()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);
        await BookAsync(client, slot, Patient);

        (await client.GetAsync($"/appointments/booked?patientid={Patient}")).Status.Should().Be(HttpStatusCode.BadRequest);
        var rows = (await client.GetAsync($"/appointments/booked?patientid={Patient}&startdate=01/15/2026&enddate=01/30/2026")).Json["appointments"]!.AsArray();

        rows.Select(row => row!["appointmentid"]!.ToString()).Should().Contain(slot);
        rows.Should().OnlyContain(row => row!["patientid"]!.ToString() == Patient);
    }

    [Fact]
    public async Task Somebody_who_comes_is_checked_in_and_out()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var slot = await OpenAsync(client);
        await BookAsync(client, slot, Patient);

        (await client.PostAsync($"/appointments/{slot}/checkout")).Json["success"]!.GetValue<bool>().Should().BeFalse();
        (await client.PostAsync($"/appointments/{slot}/checkin")).Json["success"]!.GetValue<bool>().Should().BeTrue();
        (await client.PostAsync($"/appointments/{slot}/checkout")).Json["success"]!.GetValue<bool>().Should().BeTrue();

        (await client.GetAsync($"/appointments/{slot}")).One["appointmentstatus"]!.GetValue<string>().Should().Be("3");
    }

    [Fact]
    public async Task The_guides_book_by_patient_and_time_in_JSON()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");
        const string Booking = """{ "patientid": 1000000, "providerid": 54321, "appointmenttypeid": 82, "departmentid": 1, "starttime": "2026-02-03T19:00:00", "duration": 30, "reasonid": 123 }""";

        var booked = await client.SendAsync(HttpMethod.Post, "/appointments/open", VendorClient.JsonContent(Booking));
        var again = await client.SendAsync(HttpMethod.Post, "/appointments/open", VendorClient.JsonContent(Booking));

        booked.Json["appointmentstatus"]!.GetValue<string>().Should().Be("f");
        booked.Json["starttime"]!.GetValue<string>().Should().Be("19:00");
        again.Status.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_receptionists_guide_posts_a_form()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");

        var booked = await client.PostAsync(
            "/appointments", ("patientid", Patient), ("departmentid", "1"), ("appointmenttypeid", "83"), ("appointmentdate", "02/04/2026"), ("appointmenttime", "19:00"), ("appointmentnote", "Bring the referral"));

        booked.Status.Should().Be(HttpStatusCode.OK);
        booked.Json["appointmentid"].Should().NotBeNull();
        booked.Json["appointmentnotes"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_posted_at_a_slots_time_leaves_no_slot_open_there()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");
        var slots = (await client.GetAsync("/appointments/open?departmentid=1&appointmenttypeid=82")).Json["appointments"]!.AsArray();
        var slot = slots[0]!;

        var booked = await client.PostAsync(
            "/appointments", ("patientid", Patient), ("departmentid", "1"), ("providerid", slot["providerid"]!.ToString()), ("appointmenttypeid", "82"),
            ("appointmentdate", slot["date"]!.ToString()), ("appointmenttime", slot["starttime"]!.ToString()), ("duration", "45"));

        booked.Status.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync($"/appointments/{slot["appointmentid"]}")).Status.Should().Be(HttpStatusCode.NotFound);
        (await client.GetAsync("/appointments/open?departmentid=1&appointmenttypeid=82")).Json["appointments"]!.AsArray().Should().NotContain(
            left => left!["providerid"]!.ToString() == slot["providerid"]!.ToString() && left["date"]!.ToString() == slot["date"]!.ToString() && left["starttime"]!.ToString() == slot["starttime"]!.ToString());
    }

    [Fact]
    public async Task Only_the_guides_book_by_posting()
    {
        await using var client = await VendorClient.LoggedInAsync();

        (await client.PostAsync("/appointments", ("patientid", Patient))).Status.Should().Be(HttpStatusCode.NotFound);
    }

    private static async Task<string> OpenAsync(VendorClient client, int place = 0) =>
        (await client.GetAsync("/appointments/open?departmentid=1&appointmenttypeid=-1")).Json["appointments"]![place]!["appointmentid"]!.ToString();

    private static Task<VendorReply> BookAsync(VendorClient client, string slot, string patient) =>
        client.PutAsync($"/appointments/{slot}", ("patientid", patient), ("appointmenttypeid", "82"));
}
