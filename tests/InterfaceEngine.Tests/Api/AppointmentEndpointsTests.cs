using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

public sealed class AppointmentEndpointsTests
{
    private const string Booking = """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":30,"type":"office_visit","provider":"54321","location":"1","visitReason":"Check-up"}""";

    [Fact]
    public async Task A_visit_is_booked_changed_and_cancelled_and_stands_in_the_records()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var (booked, visit) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));
        var id = visit.GetProperty("id").GetString();
        var (changed, change) = await client.SendAsync("PUT", $"/api/appointments/{id}", """{"start":"2026-03-02T16:30:00Z","because":"a later time"}""");
        var (cancelled, _) = await client.SendAsync("DELETE", $"/api/appointments/{id}");
        var (_, record) = await client.AskAsync($"/api/records/appointment/{id}");

        (booked, changed, cancelled).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK));
        visit.GetProperty("event").GetString().Should().Be("SIU^S12");
        change.GetProperty("changes").EnumerateArray().Should().Contain(field => field.GetProperty("name").GetString() == "start_time" && field.GetProperty("after").GetString() == "2026-03-02T16:30:00Z");
        (record.GetProperty("fields").GetProperty("status").GetString(), record.GetProperty("fields").GetProperty("start_time").GetString()).Should().Be(("cancelled", "2026-03-02T16:30:00Z"));
        var audit = await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 20), default);
        audit.Select(row => row.Action).Should().Contain(["appointments book", "appointments modify", "appointments cancel"]);
        audit.Single(row => row.Action == "appointments modify").Reason.Should().Be("a later time");
        audit.Single(row => row.Action == "appointments cancel").Reason.Should().StartWith("asked over the HTTP interface, request ");
    }

    [Fact]
    public async Task A_visit_that_changed_since_it_was_seen_is_neither_changed_nor_cancelled_over_it()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");
        var (_, visit) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));
        var address = $"/api/appointments/{visit.GetProperty("id").GetString()}";
        async Task<string> TagAsync()
        {
            using var seen = await client.GetAsync($"/api/records/appointment/{visit.GetProperty("id").GetString()}");
            return seen.Headers.ETag!.ToString();
        }

        var tag = await TagAsync();

        (await client.SendAsync("PUT", address, """{"start":"2026-03-02T16:30:00Z"}""", ("If-Match", tag))).Status.Should().Be(HttpStatusCode.OK);
        (await client.SendAsync("PUT", address, """{"start":"2026-03-02T17:30:00Z"}""", ("If-Match", tag))).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await client.SendAsync("DELETE", address, null, ("If-Match", tag))).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await place.Engine.RecordsAsync("1959", "appointment")).Single()["status"].Should().Be("scheduled");
        (await client.SendAsync("DELETE", address, null, ("If-Match", await TagAsync()))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task How_a_visits_deliveries_stand_is_asked_by_any_of_its_numbers()
    {
        await using var place = await PlaceAsync();
        var (client, reader) = (place.As(ApiRole.Writer, "1959"), place.As(ApiRole.Reader, "1959"));
        var (_, visit) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));
        var id = visit.GetProperty("id").GetString();

        var (status, answer) = await reader.AskAsync($"/api/appointments/{id}/deliveries");
        var (unknown, problem) = await reader.AskAsync("/api/appointments/4711/deliveries");

        (status, answer.GetRawText()).Should().Be((HttpStatusCode.OK, $$"""{"id":"{{id}}","deliveries":[]}"""));
        (unknown, problem.GetProperty("detail").GetString()).Should().Be((HttpStatusCode.NotFound, "There is no such appointment: give our id, the placer's or the filler's number."));
        (await place.Engine.Store.ReadAsync(store => store.Audit("1959", 5), default)).Should().Contain(row => row.Action == "appointments deliveries" && row.Subject == $"appointment {id}");
    }

    [Fact]
    public async Task A_booking_that_is_sent_again_is_answered_with_the_visit_that_is_there()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var (first, visit) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));
        var (second, again) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));
        var (third, other) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-2"));
        var id = visit.GetProperty("id").GetString();

        (first, second, third).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict));
        again.GetProperty("id").GetString().Should().Be(id);
        (again.GetProperty("isRepeat").GetBoolean(), again.GetProperty("status").GetString()).Should().Be((true, "scheduled"));
        other.GetProperty("detail").GetString().Should().StartWith($"The patient has a visit with this provider at this time already, appointment {id}.");
        (await place.Engine.RecordsAsync("1959", "appointment")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_slot_of_which_nobody_says_whose_it_is_is_refused_with_the_connections_that_there_are()
    {
        var connections = new[] { "conn_1", "conn_2", "conn_off" }.ToDictionary(id => id, id => Connected.To(Connected.Options(id == "conn_off" ? "https://ehr.example.org" : "http://127.0.0.1:1") with { Id = id }));
        await using var place = await ApiPlace.StartAsync(parts => parts with { Control = new EngineOperations(parts.Engine with { Connections = connections }) });
        var client = place.As(ApiRole.Writer, "1959");

        var (status, problem) = await client.SendAsync("POST", "/api/appointments", """{"patient":"12345","slot":"1205601"}""", ("Idempotency-Key", "call-1"));
        var (_, said) = await client.SendAsync("POST", "/api/appointments", """{"patient":"12345","slot":"1205601","connection":"conn_2"}""", ("Idempotency-Key", "call-1"));
        var (_, unsaid) = await client.SendAsync("POST", "/api/appointments", """{"patient":"12345","slot":"1205601","connection":""}""", ("Idempotency-Key", "call-1"));

        status.Should().Be(HttpStatusCode.Conflict);
        problem.GetProperty("detail").GetString().Should().Be("Say whose slot it is: conn_1, conn_2.", "of one that is off nobody was shown any");
        unsaid.GetProperty("detail").GetString().Should().Be("Say whose slot it is: conn_1, conn_2.");
        said.GetProperty("detail").GetString().Should().StartWith("Nothing would tell the vendor of conn_2 of it");
        (await place.Engine.RecordsAsync("1959", "appointment")).Should().BeEmpty();
        foreach (var connection in connections.Values)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Another_body_under_a_key_is_refused_and_a_visit_that_was_cancelled_since_says_so()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");
        var (_, visit) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));

        var (other, problem) = await client.SendAsync("POST", "/api/appointments", Booking.Replace("2026-03-02", "2026-03-09", StringComparison.Ordinal), ("Idempotency-Key", "call-1"));
        await client.SendAsync("DELETE", $"/api/appointments/{visit.GetProperty("id").GetString()}");
        var (_, again) = await client.SendAsync("POST", "/api/appointments", Booking, ("Idempotency-Key", "call-1"));

        other.Should().Be(HttpStatusCode.Conflict);
        problem.GetProperty("detail").GetString().Should().StartWith("This key is that of another booking");
        again.GetProperty("status").GetString().Should().Be("cancelled");
    }

    [Fact]
    public async Task What_is_empty_is_not_said_and_removes_only_what_may_be_missing()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var (booked, visit) = await client.SendAsync("POST", "/api/appointments", Booking.Replace("}", ""","slot":"","connection":"","destination":""}""", StringComparison.Ordinal), ("Idempotency-Key", "call-1"));
        var id = visit.GetProperty("id").GetString();
        var (changed, change) = await client.SendAsync("PUT", $"/api/appointments/{id}", """{"start":"","slot":"","visitReason":""}""");
        var (required, problem) = await client.SendAsync("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-09T09:00:00","minutes":15,"provider":"","location":"","type":""}""", ("Idempotency-Key", "call-2"));

        (booked, changed).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK), $"{visit} {change}");
        change.GetProperty("changes").EnumerateArray().Select(field => field.GetProperty("name").GetString()).Should().Equal("reason");
        (required == HttpStatusCode.Created || problem.GetProperty("detail").GetString()!.StartsWith("Missing: ", StringComparison.Ordinal)).Should().BeTrue($"{problem}");
    }

    [Fact]
    public async Task A_booking_without_a_name_of_its_own_is_refused()
    {
        await using var place = await PlaceAsync();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync("POST", "/api/appointments", Booking);

        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().StartWith("Idempotency-Key is missing");
        (await place.Engine.RecordsAsync("1959", "appointment")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("POST", "/api/appointments", """{"patient":"4711","start":"2026-03-02T09:00:00","minutes":30}""", HttpStatusCode.NotFound, "There is no such patient")]
    [InlineData("PUT", "/api/appointments/4711", """{"minutes":15}""", HttpStatusCode.NotFound, "There is no such appointment")]
    [InlineData("DELETE", "/api/appointments/4711", null, HttpStatusCode.NotFound, "There is no such appointment")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":0}""", HttpStatusCode.BadRequest, "A visit is 1 to 1440 minutes long")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"2020-12-01T09:00:00","minutes":30,"provider":"54321","location":"1"}""", HttpStatusCode.Conflict, "The visit would begin on a day that is over")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"9999-12-31T23:59:00","minutes":30,"provider":"54321","location":"1"}""", HttpStatusCode.BadRequest, "A visit begins within 5 years")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"soon","minutes":30}""", HttpStatusCode.BadRequest, "A start is written")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":30,"provider":"nobody"}""", HttpStatusCode.BadRequest, "There is no such provider")]
    [InlineData("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":30,"destination":"nowhere"}""", HttpStatusCode.BadRequest, "nowhere is no destination")]
    public async Task What_is_refused_says_why_and_is_audited(string method, string address, string? body, HttpStatusCode expected, string detail)
    {
        await using var place = await PlaceAsync();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync(method, address, body, ("Idempotency-Key", "call-1"));

        status.Should().Be(expected);
        problem.GetProperty("detail").GetString().Should().StartWith(detail);
        (await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 5), default)).Should().Contain(row => row.Subject!.StartsWith("refused:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"patient":"12345","strat":"2026-03-02T09:00:00"}""", "strat is not known: practice, patient, start, minutes, type, provider, location, visitReason, note, slot, connection, destination, because are. Did you mean start?")]
    [InlineData("""{"start":"2026-03-02T09:00:00"}""", "patient is missing, and a text is expected.")]
    [InlineData("""{"patient":null}""", "patient is null, and a text is expected.")]
    [InlineData("""{"patient":12345,"minutes":"half an hour"}""", "patient is a number, and a text is expected. minutes is a text, and a whole number is expected.")]
    [InlineData("""{"patient":"12345","patient":"12346"}""", "patient is there twice.")]
    [InlineData("""{"patient":"12345","Mr. Doe was here":1}""", "A member is not known: ")]
    [InlineData("""{"patient":"12345",}""", "It is no JSON: see line 1, byte 20.")]
    [InlineData("""["12345"]""", "It is a list, and an object is expected.")]
    public async Task A_body_that_is_not_as_expected_is_told_member_by_member(string body, string detail)
    {
        await using var place = await PlaceAsync();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync("POST", "/api/appointments", body, ("Idempotency-Key", "call-1"));

        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().StartWith($"The body is not as expected. {detail}").And.NotContain("Doe").And.NotContain("12345");
    }

    [Fact]
    public async Task What_the_tables_require_of_a_visit_and_nobody_said_is_told_by_the_bodys_words()
    {
        await using var place = await PlaceAsync();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync("POST", "/api/appointments", """{"patient":"12345","start":"2026-03-02T09:00:00","minutes":30}""", ("Idempotency-Key", "call-1"));

        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().StartWith("Missing: ").And.Contain("provider").And.NotContain("_id");
    }

    [Theory]
    [InlineData("2026-12-01T09:00:00", "2026-12-01 09:00")]
    [InlineData("2026-12-01T09:00", "2026-12-01 09:00")]
    [InlineData("2026-12-01T09:00:00.000Z", "2026-12-01 09:00+00:00")]
    [InlineData("2026-12-01T09:00:00-06:00", "2026-12-01 09:00-06:00")]
    [InlineData("2026-12-01 09:00", "2026-12-01 09:00")]
    [InlineData("2026-12-01T09:00:30", "2026-12-01T09:00:30")]
    [InlineData(null, null)]
    public void A_time_is_handed_on_as_the_desk_reads_it_and_what_it_would_not_read_as_it_is(string? said, string? expected) =>
        AppointmentEndpoints.ForDesk(said).Should().Be(expected);

    [Fact]
    public async Task What_is_free_is_asked_of_the_only_connection_with_every_word_that_was_said()
    {
        ScriptedControl control = null!;
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection("conn_123")],
            Control = control = new ScriptedControl(parts.Control).On<EhrSlotsRequest>(asked => new EhrSlotsAnswer(
                asked.Connection, [new EhrSlotView("1205601", new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(-6)), 15, "1", "71", "82", "Office visit")])),
        });

        var (status, answer) = await place.As(ApiRole.Reader, "195900").AskAsync("/api/appointments/open?department=1&provider=71&type=82&from=2026-12-01&until=2026-12-02&limit=5");

        status.Should().Be(HttpStatusCode.OK);
        answer.GetProperty("slots")[0].GetProperty("start").GetString().Should().Be("2026-12-01T09:00:00-06:00", "a receptionist says it by the clinic's clock");
        var asked = control.The<EhrSlotsRequest>();
        (asked.Connection, asked.Department, asked.Provider, asked.Type, asked.From, asked.Until, asked.Limit).Should().Be(("conn_123", "1", "71", "82", "2026-12-01", "2026-12-02", 5));
        asked.Practices.Should().Equal("195900");
    }

    [Fact]
    public async Task Of_several_connections_one_must_be_named()
    {
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection("conn_1"), ApiPlace.Connection("conn_2"), ApiPlace.Connection("conn_3", "1959")],
            Control = new ScriptedControl(parts.Control).On<EhrSlotsRequest>(asked => new EhrSlotsAnswer(asked.Connection, [])),
        });
        var client = place.As(ApiRole.Reader, "195900");

        var (status, problem) = await client.AskAsync("/api/appointments/open");
        var (named, answer) = await client.AskAsync("/api/appointments/open?connection=conn_2");

        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().Be("There are several connections: say which (conn_1, conn_2).");
        (named, answer.GetProperty("connection").GetString()).Should().Be((HttpStatusCode.OK, "conn_2"));
        (await client.AskAsync("/api/appointments/open?connection=conn_3")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Patients_are_looked_up_at_the_vendor_when_nothing_else_is_said()
    {
        ScriptedControl control = null!;
        await using var place = await ApiPlace.StartAsync(parts => parts with
        {
            Connections = [ApiPlace.Connection("conn_123")],
            Control = control = new ScriptedControl(parts.Control).On<EhrPatientsRequest>(asked => new EhrPatientsAnswer(asked.Connection, [new EhrPatientView("31001", "Ada", "Sample", "1980-05-15", "F")])),
        });
        var client = place.As(ApiRole.Reader);

        var (status, answer) = await client.AskAsync("/api/patients/search?lastname=Sample&dob=05/15/1980&zip=62701");

        status.Should().Be(HttpStatusCode.OK);
        answer.GetProperty("patients")[0].GetProperty("id").GetString().Should().Be("31001");
        var asked = control.The<EhrPatientsRequest>();
        (asked.LastName, asked.BirthDate, asked.PostalCode, asked.FirstName).Should().Be(("Sample", "05/15/1980", "62701", null));
        (await client.AskAsync("/api/patients/search")).Status.Should().Be(HttpStatusCode.BadRequest, "nobody is looked for");
        (await client.AskAsync("/api/patients/search?source=else&lastname=Sample")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("PUT", """{"start":"2026-03-02T16:30:00"}""")]
    public async Task A_visit_that_the_vendor_has_is_not_changed_where_nobody_would_tell_it(string method, string? body)
    {
        await using var place = await PlaceAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-s12.hl7"));
        var visit = (await place.Engine.RecordsAsync("1959", "appointment")).Single();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync(method, $"/api/appointments/{visit.Id}", body);

        (status, problem.GetProperty("detail").GetString()).Should().Be((
            HttpStatusCode.Conflict,
            "The vendor has this visit under a number of its own, and practice 1959 has no destination that would tell it. Nothing was changed: add one (Destinations), or change the visit at the vendor, which tells it here."));
        (await place.Engine.RecordsAsync("1959", "appointment")).Single().Version.Should().Be(visit.Version);
    }

    private static async Task<ApiPlace> PlaceAsync()
    {
        var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        return place;
    }
}
