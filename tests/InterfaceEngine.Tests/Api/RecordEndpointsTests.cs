using System.Net;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

public sealed class RecordEndpointsTests
{
    [Fact]
    public async Task A_record_is_given_by_its_external_id_and_by_ours_and_the_reading_is_in_the_audit()
    {
        await using var place = await PlaceAsync();
        var client = place.With(place.Keys.Make(ApiRole.Reader, ["1959"], name: "practice-studio"));

        var (status, patient) = await client.AskAsync("/api/records/patient/12345");
        var (_, again) = await client.AskAsync($"/api/records/patient/{patient.GetProperty("id").GetString()}");

        status.Should().Be(HttpStatusCode.OK);
        patient.GetProperty("externalId").GetString().Should().Be("12345");
        patient.GetProperty("fields").GetProperty("last_name").GetString().Should().Be("DOE");
        patient.GetProperty("fields").GetProperty("race").ValueKind.Should().Be(JsonValueKind.Array);
        patient.TryGetProperty("lineage", out _).Should().BeFalse();
        again.GetRawText().Should().Be(patient.GetRawText());
        var audit = await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default);
        audit.Where(row => row.Actor == "practice-studio").Should().HaveCount(2).And.OnlyContain(row => row.Action == "records show" && row.Records.Count == 1);
    }

    [Fact]
    public async Task Where_each_field_came_from_is_given_to_who_asks_for_it()
    {
        await using var place = await PlaceAsync();

        var (_, patient) = await place.As(ApiRole.Reader, "1959").AskAsync("/api/records/patient/12345?lineage=true");

        var lineage = patient.GetProperty("lineage").GetProperty("last_name");
        lineage.GetProperty("source").GetString().Should().Be("guide-feed");
        lineage.GetProperty("cell").GetString().Should().Contain("patient.map.md");
        lineage.GetProperty("eventTime").GetString().Should().EndWith("Z");
    }

    [Fact]
    public async Task A_record_that_did_not_change_is_not_sent_again()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Reader, "1959");
        using var first = await client.GetAsync("/api/records/patient/12345");
        await place.Calls.UntilAsync(1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/records/patient/12345");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await client.SendAsync(request);

        second.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        (await place.Calls.UntilAsync(2)).Select(call => call.Status).Should().Equal(200, 304);
    }

    [Fact]
    public async Task A_file_that_a_record_holds_is_given_to_be_saved_and_its_reading_is_in_the_audit()
    {
        await using var place = await PlaceAsync();
        await TakeDocumentAsync(place, "DOC-1", ("application/pdf", "%PDF-1.4"), "Note of <b>Ann</b>.pdf");
        var client = place.With(place.Keys.Make(ApiRole.Reader, ["1959"], name: "practice-studio"));

        using var answer = await client.GetAsync("/api/records/document/DOC-1/content");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Be("%PDF-1.4");
        answer.Content.Headers.ContentType!.ToString().Should().Be("application/pdf");
        answer.Content.Headers.ContentDisposition!.ToString().Should().Be("attachment; filename=\"Note of bAnnb.pdf\"");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        var audit = await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default);
        audit.Should().ContainSingle(row => row.Actor == "practice-studio" && row.Action == "records content" && row.Records.Count == 1);
    }

    [Fact]
    public async Task A_file_is_named_where_there_are_several_and_is_given_to_nobody_else()
    {
        await using var place = await PlaceAsync();
        await TakeDocumentAsync(place, "DOC-2", ("text/plain", "one"), null, ("text/plain", "two"));
        var client = place.As(ApiRole.Reader, "1959");
        var (_, record) = await client.AskAsync("/api/records/document/DOC-2");
        var id = record.GetProperty("fields").GetProperty("file.contents")[1].GetString()!.Split(' ')[0];

        (await client.GetAsync("/api/records/document/DOC-2/content")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await client.GetStringAsync($"/api/records/document/DOC-2/content?file={id}")).Should().Be("two");
        (await client.GetAsync($"/api/records/document/DOC-2/content?file={id[..^1]}0")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/records/patient/12345/content")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/records/document/DOC-3/content")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await place.As(ApiRole.Operator, "1959").GetAsync("/api/records/document/DOC-2/content")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await place.As(ApiRole.Reader, "195900").GetAsync("/api/records/document/DOC-2/content?practice=1959")).StatusCode.Should().BeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
    }

    private static async Task TakeDocumentAsync(ApiPlace place, string id, (string Type, string Text) content, string? title, params (string Type, string Text)[] more)
    {
        var named = title is null ? "" : $",\"title\":\"{title}\"";
        var contents = more.Prepend(content).Select(one => $"{{\"attachment\":{{\"contentType\":\"{one.Type}\",\"data\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(one.Text))}\"{named}}}}}");
        var document = $$"""{"resourceType":"DocumentReference","id":"{{id}}","status":"current","subject":{"reference":"Patient/12345"},"content":[{{string.Join(',', contents)}}]}""";
        await place.Engine.Core.VendorDocuments.TakeAsync("1959", "conn_1", [new EhrDocument("FHIR DocumentReference", Encoding.UTF8.GetBytes(document))], place.Engine.Time.GetUtcNow(), default);
    }

    [Fact]
    public async Task What_changed_of_a_record_is_given_newest_first()
    {
        await using var place = await PlaceAsync();

        var (_, answer) = await place.As(ApiRole.Reader, "1959").AskAsync("/api/records/patient/12345/changes");

        var change = answer.GetProperty("changes").EnumerateArray().Should().ContainSingle().Subject;
        change.GetProperty("fields").EnumerateArray().Should().Contain(field => field.GetProperty("name").GetString() == "last_name" && field.GetProperty("after").GetString() == "DOE");
    }

    [Fact]
    public async Task Records_are_given_page_by_page_and_those_of_one_patient_alone()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Reader, "1959");

        var (_, contacts) = await client.AskAsync("/api/records/contact?patient=12345");
        var (_, nobody) = await client.AskAsync("/api/records/patient?externalId=4711");
        var (missing, _) = await client.AskAsync("/api/records/contact?patient=4711");
        var (unknown, problem) = await client.AskAsync("/api/records/patinet");

        contacts.GetProperty("records").GetArrayLength().Should().Be(1);
        contacts.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
        nobody.GetProperty("records").GetArrayLength().Should().Be(0);
        (missing, unknown).Should().Be((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        problem.GetProperty("detail").GetString().Should().Contain("there are allergy, appointment");
    }

    [Fact]
    public async Task Paging_reaches_every_record_once_while_others_are_stored()
    {
        await using var place = await ApiPlace.StartAsync();
        await TakeAsync(place, 0, 20);
        var client = place.As(ApiRole.Reader, "1959");
        var seen = new List<string>();
        string? next = null;
        for (var taken = 20; ; taken += 3)
        {
            var (_, page) = await client.AskAsync($"/api/records/patient?limit=6{(next is null ? "" : $"&after={next}")}");
            seen.AddRange(page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("externalId").GetString()!));
            next = page.GetProperty("next").GetString();
            if (next is null)
            {
                break;
            }

            // Half as many come as are read, so the end is reached.
            await TakeAsync(place, taken, 3);
        }

        seen.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(20).And.Contain(Enumerable.Range(0, 20).Select(Number));
    }

    [Fact]
    public async Task The_feed_gives_every_commit_once_and_the_same_again_by_the_same_cursor_while_others_are_stored()
    {
        await using var place = await ApiPlace.StartAsync();
        await TakeAsync(place, 0, 20);
        var client = place.As(ApiRole.Reader, "1959");
        var (seen, after, taken) = (new List<string>(), "", 20);
        for (var hasMore = true; hasMore || taken < 35;)
        {
            var address = $"/api/changes?limit=6{after}";
            var (_, page) = await client.AskAsync(address);
            await TakeAsync(place, taken, taken < 35 ? 3 : 0);
            taken += 3;
            var (_, again) = await client.AskAsync(address);

            again.GetProperty("commits").GetRawText().Should().StartWith(page.GetProperty("commits").GetRawText().TrimEnd(']'));
            seen.AddRange(Patients(page));
            after = $"&after={page.GetProperty("next").GetString()}";
            hasMore = page.GetProperty("hasMore").GetBoolean() || taken < 45;
        }

        seen.Should().OnlyHaveUniqueItems().And.StartWith(Enumerable.Range(0, 20).Select(Number));
        seen.Should().Equal((await place.Engine.RecordsAsync("1959", "patient")).Select(patient => patient.ExternalId), "it is the order of the commits");
        (await client.AskAsync("/api/changes?after=12")).Status.Should().Be(HttpStatusCode.BadRequest);

        static IEnumerable<string> Patients(JsonElement page) => page.GetProperty("commits").EnumerateArray().SelectMany(commit => commit.GetProperty("records").EnumerateArray())
            .Where(record => record.GetProperty("type").GetString() == "patient" && record.GetProperty("isNew").GetBoolean()).Select(record => record.GetProperty("externalId").GetString()!);
    }

    [Fact]
    public async Task A_record_that_is_asked_for_by_its_external_id_is_the_end_of_its_page()
    {
        await using var place = await PlaceAsync();

        var (_, page) = await place.As(ApiRole.Reader, "1959").AskAsync("/api/records/patient?externalId=12345&limit=1");

        (page.GetProperty("records").GetArrayLength(), page.GetProperty("next").ValueKind).Should().Be((1, JsonValueKind.Null));
    }

    [Fact]
    public async Task What_hangs_on_a_patient_is_given_page_by_page_and_no_more_is_read_than_a_page()
    {
        await using var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var client = place.As(ApiRole.Writer, "1959");
        for (var hour = 9; hour < 14; hour++)
        {
            await client.SendAsync("POST", "/api/appointments", $$"""{"patient":"12345","start":"2026-03-02T{{hour:00}}:00:00","minutes":30,"type":"office_visit","provider":"54321","location":"1"}""", ("Idempotency-Key", $"call-{hour}"));
        }

        var (pages, next) = (new List<List<string>>(), "");
        do
        {
            var (_, page) = await client.AskAsync($"/api/records/appointment?patient=12345&limit=2{next}");
            pages.Add([.. page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("id").GetString()!)]);
            next = page.GetProperty("next").GetString() is { } after ? $"&after={after}" : null;
        }
        while (next is not null);

        pages.Select(page => page.Count).Should().Equal(2, 2, 1);
        pages.SelectMany(page => page).Should().OnlyHaveUniqueItems().And.Equal((await place.Engine.RecordsAsync("1959", "appointment")).Select(record => record.Id.ToString()));
    }

    [Theory]
    [InlineData("status=scheduled&from=2026-03-03&until=2026-03-03", 1, "2026-03-03T15:00:00Z", "2026-03-04T03:30:00Z")]
    [InlineData("from=2026-03-03&until=2026-03-04", 2, "2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z", "2026-03-04T03:30:00Z", "2026-03-04T15:00:00Z")]
    [InlineData("from=2026-01-01&until=2026-02-28", 100)]
    [InlineData("from=2026-03-04", 1, "2026-03-04T15:00:00Z", "2026-03-05T15:00:00Z")]
    [InlineData("until=2026-03-02", 100, "2026-03-02T15:00:00Z")]
    [InlineData("from=2026-01-01&until=2026-12-31&status=cancelled", 100, "2026-03-03T16:00:00Z")]
    [InlineData("status=cancelled,arrived", 1, "2026-03-03T16:00:00Z")]
    [InlineData("status=cancelled&patient=12345&from=2026-03-03", 3, "2026-03-03T16:00:00Z")]
    public async Task Visits_are_found_by_status_and_day_and_each_once_over_the_pages(string filter, int limit, params string[] starts)
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Writer, "1959");
        var visits = new List<string>();
        foreach (var start in new[] { "2026-03-03T09:00:00", "2026-03-02T09:00:00", "2026-03-03T10:00:00", "2026-03-04T09:00:00", "2026-03-03T21:30:00" })
        {
            visits.Add(await BookAsync(start));
        }

        await BookAsync("2026-03-05T09:00:00");
        await client.SendAsync("DELETE", $"/api/appointments/{visits[2]}");

        var (found, next) = (new List<string>(), "");
        do
        {
            var (status, page) = await client.AskAsync($"/api/records/appointment?limit={limit}&{filter}{next}");
            status.Should().Be(HttpStatusCode.OK);
            var records = page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("fields").GetProperty("start_time").GetString()!).ToList();
            records.Count.Should().BeLessThanOrEqualTo(limit);
            found.AddRange(records);
            next = page.GetProperty("next").GetString() is { } after ? $"&after={after}" : null;
        }
        while (next is not null);

        found.Should().BeEquivalentTo(starts);

        async Task<string> BookAsync(string start) => (await client.SendAsync(
            "POST", "/api/appointments", $$"""{"patient":"12345","start":"{{start}}","minutes":30,"type":"office_visit","provider":"54321","location":"1"}""", ("Idempotency-Key", start))).Body.GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task What_changed_since_a_time_is_found_and_what_did_not_is_left_out()
    {
        await using var place = await ApiPlace.StartAsync();
        await TakeAsync(place, 0, 2);
        var before = await place.Engine.Store.ReadAsync(reader => reader.Commits("1959", 0, 10).Max(commit => commit.CommittedAt), default);
        place.Engine.Time.Advance(TimeSpan.FromSeconds(1));
        await TakeAsync(place, 2, 2);
        var client = place.As(ApiRole.Reader, "1959");
        async Task<List<string?>> SinceAsync(long time)
        {
            var (_, page) = await client.AskAsync($"/api/records/patient?updatedSince={DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
            return [.. page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("externalId").GetString())];
        }

        (await SinceAsync(before + 1)).Should().Equal(Number(2), Number(3));
        (await SinceAsync(0)).Should().HaveCount(4);
        (await SinceAsync(before + (long)TimeSpan.FromDays(1).TotalMilliseconds)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_page_reads_no_more_than_some_records_and_says_where_to_go_on()
    {
        await using var place = await ApiPlace.StartAsync();
        await TakeAsync(place, 0, 7);

        var (page, next) = await place.Engine.Store.ReadAsync(
            reader =>
            {
                var pages = new RecordPages(reader, "1959", NodaTime.DateTimeZone.Utc, "patient") { ReadMax = 3 };
                var first = pages.Page(null, new RecordFilter { UpdatedSince = place.Engine.Time.GetUtcNow().AddYears(1) }, null, EngineId.None, 2);
                return (first, pages.Page(null, new RecordFilter { UpdatedSince = DateTimeOffset.UnixEpoch }, null, first.Next!.Value, 2));
            },
            default);

        (page.Records.Count, page.Next).Should().Be((0, (await place.Engine.RecordsAsync("1959", "patient"))[2].Id));
        next.Records.Select(record => record.ExternalId).Should().Equal(Number(3), Number(4));
    }

    [Theory]
    [InlineData("appointment?from=tomorrow", "from is not a day such as 2026-12-01.")]
    [InlineData("appointment?from=2026-03-03&until=2026-03-02", "until is before from.")]
    [InlineData("appointment?updatedSince=now", "updatedSince is not a time")]
    [InlineData("appointment?status=cancelled&externalId=7", "externalId names one record")]
    [InlineData("patient?status=active", "A patient has no status to be found by.")]
    [InlineData("patient?from=2026-03-03", "A patient has no day to be found by")]
    [InlineData("appointment?state=cancelled", "Behind the question mark stands a word that is not known here")]
    public async Task A_filter_that_makes_no_sense_is_told_as_that(string question, string detail)
    {
        await using var place = await PlaceAsync();

        var (status, problem) = await place.As(ApiRole.Reader, "1959").AskAsync($"/api/records/{question}");

        (status, problem.GetProperty("detail").GetString()![..detail.Length]).Should().Be((HttpStatusCode.BadRequest, detail));
    }

    [Fact]
    public async Task An_item_of_a_list_is_given_by_the_name_that_it_is_shown_by()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Reader, "1959");
        var (_, contacts) = await client.AskAsync("/api/records/contact");
        var name = contacts.GetProperty("records")[0].GetProperty("externalId").GetString()!;

        var (status, contact) = await client.AskAsync($"/api/records/contact/{Uri.EscapeDataString(name)}");

        name.Should().StartWith("12345/");
        status.Should().Be(HttpStatusCode.OK);
        contact.GetProperty("id").GetString().Should().Be(contacts.GetProperty("records")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_feed_names_records_and_lists_as_the_records_themselves_have_them()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Reader, "1959");
        var (_, contacts) = await client.AskAsync("/api/records/contact");
        var (_, patient) = await client.AskAsync("/api/records/patient/12345");

        var (_, feed) = await client.AskAsync("/api/changes");
        var (_, history) = await client.AskAsync("/api/records/patient/12345/changes");

        var changed = feed.GetProperty("commits").EnumerateArray().SelectMany(commit => commit.GetProperty("records").EnumerateArray()).ToList();
        changed.Single(record => record.GetProperty("type").GetString() == "contact").GetProperty("externalId").GetString().Should().Be(contacts.GetProperty("records")[0].GetProperty("externalId").GetString());
        foreach (var fields in new[] { changed.Single(record => record.GetProperty("type").GetString() == "patient").GetProperty("fields"), history.GetProperty("changes")[0].GetProperty("fields") })
        {
            fields.EnumerateArray().Single(field => field.GetProperty("name").GetString() == "race").GetProperty("after").GetRawText().Should().Be(patient.GetProperty("fields").GetProperty("race").GetRawText());
        }
    }

    [Fact]
    public async Task Of_two_of_one_name_and_birth_date_a_page_of_one_says_that_there_are_more()
    {
        await using var place = await ApiPlace.StartAsync();
        foreach (var id in new[] { 1, 2 })
        {
            await place.Engine.AcceptAsync(TestEngine.Message(
                $@"MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20260201120000||ADT^A04|twin-{id}|P|2.3|", $"PID|1||{Number(id)}^^^ATHENA^MRN||SAMPLE^ADA||19800515|F|"));
        }

        var client = place.As(ApiRole.Reader, "1959");
        var (_, one) = await client.AskAsync("/api/patients/search?source=store&lastname=Sample&firstname=Ada&dob=1980-05-15&limit=1");
        var (_, both) = await client.AskAsync("/api/patients/search?source=store&lastname=Sample&firstname=Ada&dob=1980-05-15&limit=2");

        (one.GetProperty("patients").GetArrayLength(), one.GetProperty("hasMore").GetBoolean()).Should().Be((1, true));
        (both.GetProperty("patients").GetArrayLength(), both.GetProperty("hasMore").GetBoolean()).Should().Be((2, false));
    }

    [Fact]
    public async Task Patients_are_found_among_our_own_by_name_and_birth_date_together()
    {
        await using var place = await PlaceAsync();
        var client = place.As(ApiRole.Reader, "1959");

        var (_, found) = await client.AskAsync("/api/patients/search?source=store&lastname=DOE&firstname=john&dob=05/15/1980");
        var (status, problem) = await client.AskAsync("/api/patients/search?source=store&lastname=Doe");

        var patient = found.GetProperty("patients").EnumerateArray().Should().ContainSingle().Subject;
        (patient.GetProperty("id").GetString(), patient.GetProperty("birthDate").GetString()).Should().Be(("12345", "1980-05-15"));
        status.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().Should().Contain("lastname, firstname and dob together");
    }

    private static string Number(int index) => $"{70000 + index}";

    private static async Task<ApiPlace> PlaceAsync()
    {
        var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        return place;
    }

    private static async Task TakeAsync(ApiPlace place, int from, int count)
    {
        for (var index = from; index < from + count; index++)
        {
            await place.Engine.AcceptAsync(TestEngine.Message(
                $@"MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20260201120000||ADT^A04|page-{index}|P|2.3|", $"PID|1||{Number(index)}^^^ATHENA^MRN||SAMPLE^PERSON{(char)('A' + (index % 26))}||19800515|F|"));
        }
    }
}
