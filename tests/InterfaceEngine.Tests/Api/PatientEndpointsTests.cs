using System.Net;
using System.Text.Json;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

/// <summary>Patients who are registered and changed over HTTP.</summary>
public sealed class PatientEndpointsTests
{
    private const string Ada = """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"1980-05-15","gender":"F","race":["2106-3","asian"],"phone_mobile":"(217) 555-0101","address.line1":"456 Oak Ave","address.city":"Springfield"}}""";

    [Fact]
    public async Task A_patient_is_registered_and_changed_and_stands_in_the_records_and_the_audit()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var (made, patient) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));
        var id = patient.GetProperty("id").GetString();
        var (changed, change) = await client.SendAsync("PUT", $"/api/patients/{id}", """{"fields":{"email":"ada@example.org","address.line1":"9 Elm St","phone_mobile":null},"because":"moved"}""");
        var (_, record) = await client.AskAsync($"/api/records/patient/{id}");

        (made, changed).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK));
        (patient.GetProperty("event").GetString(), patient.GetProperty("aliases")[0].GetProperty("value").GetString(), patient.GetProperty("deliveries").GetArrayLength()).Should().Be(("ADT^A28", id, 0));
        change.GetProperty("changes").EnumerateArray().Select(field => field.GetProperty("name").GetString()).Should().BeEquivalentTo("email", "address.line1", "phone_mobile");
        var fields = record.GetProperty("fields");
        (fields.GetProperty("gender").GetString(), fields.GetProperty("address.line1").GetString(), fields.GetProperty("address.city").GetString(), fields.GetProperty("active").GetString())
            .Should().Be(("female", "9 Elm St", "Springfield", "true"));
        fields.GetProperty("race").EnumerateArray().Select(code => code.GetString()).Should().Equal("2106-3", "2028-9");
        fields.GetProperty("phone_mobile").ValueKind.Should().Be(JsonValueKind.Null);
        var audit = await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 20), default);
        audit.Single(row => row.Action == "patients create").Reason.Should().StartWith("asked over the HTTP interface, request ");
        audit.Single(row => row.Action == "patients change").Should().BeEquivalentTo(new { Reason = "moved", Subject = $"patient {id}" });
    }

    [Fact]
    public async Task Who_got_no_answer_asks_again_with_the_same_key_and_another_body_under_it_is_refused()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var (first, patient) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));
        var (second, again) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));
        var (other, problem) = await client.SendAsync("POST", "/api/patients", Ada.Replace("Ada", "Eve", StringComparison.Ordinal), ("Idempotency-Key", "intake-1"));
        var (ofAnother, _) = await place.As(ApiRole.Writer, "1959").SendAsync("POST", "/api/patients", Ada.Replace("Ada", "Eve", StringComparison.Ordinal), ("Idempotency-Key", "intake-1"));

        (first, second, other, ofAnother).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Created));
        (again.GetProperty("id").GetString(), again.GetProperty("isRepeat").GetBoolean()).Should().Be((patient.GetProperty("id").GetString(), true));
        problem.GetProperty("detail").GetString().Should().StartWith("This key is that of another patient");
        (await place.Engine.RecordsAsync("1959", "patient")).Should().HaveCount(2);
    }

    [Fact]
    public async Task Two_who_ask_at_once_with_one_key_make_one_patient()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"))));

        answers.Select(answer => answer.Body.GetProperty("id").GetString()).Distinct().Should().ContainSingle();
        (await place.Engine.RecordsAsync("1959", "patient")).Should().ContainSingle();
    }

    [Fact]
    public async Task Many_who_register_one_person_at_once_make_one_patient()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", $"intake-{caller}"))));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).Should().Be(1);
        answers.Where(answer => answer.Status != HttpStatusCode.Created).Should().HaveCount(7)
            .And.OnlyContain(answer => answer.Status == HttpStatusCode.Conflict && answer.Body.GetProperty("detail").GetString()!.StartsWith("Somebody of this name and birth date is known here: "));
        var made = (await place.Engine.RecordsAsync("1959", "patient")).Should().ContainSingle().Subject;
        (await client.AskAsync($"/api/records/patient/{made.Id}")).Body.GetProperty("aliases").EnumerateArray().Select(alias => alias.GetProperty("system").GetString()).Should().BeEquivalentTo("Practice Studio", "key");
    }

    [Fact]
    public async Task Whoever_is_called_otherwise_by_now_stands_in_nobodys_way()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");
        var (_, patient) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));
        await client.SendAsync("PUT", $"/api/patients/{patient.GetProperty("id").GetString()}", """{"fields":{"last_name":"Married"}}""");

        (await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-2"))).Status.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_patient_who_changed_since_she_was_seen_is_not_changed_over_it()
    {
        await using var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var client = place.As(ApiRole.Writer, "1959");
        using var seen = await client.GetAsync("/api/records/patient/12345");
        var tag = seen.Headers.ETag!.ToString();
        Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string email, string match) => client.SendAsync("PUT", "/api/patients/12345", $$$"""{"fields":{"email":"{{{email}}}"}}""", ("If-Match", match));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => PutAsync($"desk{caller}@example.org", tag)));
        var (stale, problem) = await PutAsync("late@example.org", tag);

        answers.Select(answer => answer.Status).Should().BeEquivalentTo([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed]);
        (stale, problem.GetProperty("title").GetString()).Should().Be((HttpStatusCode.PreconditionFailed, "Changed meanwhile"));
        problem.GetProperty("detail").GetString().Should().EndWith("is not as it was seen: it has changed since. Nothing was changed; look at it again.");
        (await PutAsync("a@example.org", "\"nonsense\"")).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await PutAsync("a@example.org", $"W/{tag}, \"b\"")).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await PutAsync("a@example.org", "nonsense")).Status.Should().Be(HttpStatusCode.BadRequest);
        using var now = await client.GetAsync("/api/records/patient/12345");
        (await PutAsync("a@example.org", $"\"other\", {now.Headers.ETag}")).Status.Should().Be(HttpStatusCode.OK);
        (await PutAsync("b@example.org", "*")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Somebody_of_the_same_name_and_birth_date_is_registered_when_it_is_said_that_this_is_another()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");
        var (_, patient) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));

        var (refused, problem) = await client.SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-2"));
        var (made, other) = await client.SendAsync("POST", "/api/patients", Ada.Replace("{\"fields\"", "{\"isAnother\":true,\"fields\"", StringComparison.Ordinal), ("Idempotency-Key", "intake-2"));

        (refused, made).Should().Be((HttpStatusCode.Conflict, HttpStatusCode.Created));
        problem.GetProperty("detail").GetString().Should().StartWith($"Somebody of this name and birth date is known here: {patient.GetProperty("id").GetString()}.");
        other.GetProperty("id").GetString().Should().NotBe(patient.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{"fields":{"email":"a@example.org"}}""", false)]
    [InlineData("""{"fields":{"email":"a@example.org"}}""", true)]
    [InlineData("""{"number":"78"}""", false)]
    public async Task Who_was_merged_into_another_is_not_changed_and_neither_is_the_other(string body, bool isById)
    {
        await using var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(GuideMessages.Adt("A04", "1", 1, GuideMessages.Doe()));
        await place.Engine.AcceptAsync(GuideMessages.Adt("A04", "2", 2, GuideMessages.Doe(id: "77", given: "JON")));
        await place.Engine.AcceptAsync(GuideMessages.Adt("A40", "3", 3, GuideMessages.Doe(), "MRG|77^^^ATHENA^MRN"));
        var before = (await place.Engine.RecordsAsync("1959", "patient")).ToDictionary(patient => patient.ExternalId);

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync("PUT", $"/api/patients/{(isById ? before["77"].Id.ToString() : "77")}", body);

        (status, problem.GetProperty("detail").GetString()).Should().Be(
            (HttpStatusCode.Conflict, $"This patient was merged into another, {before["12345"].Id}. Nothing was changed: look at that one, and change it by its own number or id."));
        (await place.Engine.RecordsAsync("1959", "patient")).Should().OnlyContain(patient => patient.Version == before[patient.ExternalId].Version && patient["email"] == before[patient.ExternalId]["email"]);
        (await place.As(ApiRole.Writer, "1959").SendAsync("PUT", $"/api/patients/{before["12345"].Id}", """{"fields":{"email":"a@example.org"}}""")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_without_the_role_or_of_another_practice_changes_nothing()
    {
        await using var place = await ApiPlace.StartAsync();
        var (_, patient) = await place.As(ApiRole.Writer, "1959").SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-1"));
        var address = $"/api/patients/{patient.GetProperty("id").GetString()}";

        var (reader, _) = await place.As(ApiRole.Reader, "1959").SendAsync("POST", "/api/patients", Ada, ("Idempotency-Key", "intake-2"));
        var (none, _) = await place.With(null).SendAsync("PUT", address, """{"fields":{"email":"a@example.org"}}""");
        var (elsewhere, _) = await place.As(ApiRole.Writer, "195900").SendAsync("PUT", address, """{"fields":{"email":"a@example.org"}}""");
        var (named, _) = await place.As(ApiRole.Writer, "195900").SendAsync("PUT", $"{address}?practice=1959", """{"fields":{"email":"a@example.org"}}""");
        var (said, _) = await place.As(ApiRole.Writer, "195900").SendAsync("POST", "/api/patients", Ada.Replace("{\"fields\"", "{\"practice\":\"1959\",\"fields\"", StringComparison.Ordinal), ("Idempotency-Key", "intake-2"));

        (reader, none, elsewhere, named, said).Should().Be((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden));
        (await place.Engine.RecordsAsync("1959", "patient")).Should().ContainSingle().Which["email"].Should().BeNull();
        (await place.Engine.RecordsAsync("195900", "patient")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("POST", "", """{"fields":{"first_name":"Ada","date_of_birth":"1980-05-15"}}""", HttpStatusCode.BadRequest, "last_name is required.")]
    [InlineData("POST", "", "{}", HttpStatusCode.BadRequest, "last_name is required. first_name is required. date_of_birth is required.")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"2980-05-15"}}""", HttpStatusCode.BadRequest, "born after the message was sent: date_of_birth <= today must hold.")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sam\u202Eple","first_name":"Ada","date_of_birth":"1980-05-15"}}""", HttpStatusCode.BadRequest, "last_name is a text with characters that turn the direction of writing")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"soon"}}""", HttpStatusCode.BadRequest, "date_of_birth is ")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"1980-05-15","gender":"green"}}""", HttpStatusCode.BadRequest, "There is no such gender in the code table sex: male, female, other, unknown.")]
    [InlineData("POST", "", """{"fields":{"last_name":["Sample","Smith"]}}""", HttpStatusCode.BadRequest, "last_name holds one value, and 2 were said.")]
    [InlineData("POST", "", """{"fields":{"shoe_size":"42"}}""", HttpStatusCode.BadRequest, "shoe_size is no field that can be said of a patient: last_name, first_name,")]
    [InlineData("POST", "", """{"fields":{"merged_into":"01KDRX5Q0G00A"}}""", HttpStatusCode.BadRequest, "merged_into is no field")]
    [InlineData("POST", "", """{"fields":{"external_id":"7"}}""", HttpStatusCode.BadRequest, "external_id is no field")]
    [InlineData("POST", "", """{"fields":{"Ada Sample":"last_name"}}""", HttpStatusCode.BadRequest, "What was said is no field")]
    [InlineData("POST", "", """{"fields":{"primary_provider_id":"nobody"}}""", HttpStatusCode.BadRequest, "There is no such provider in the practice's providers.ref.md: ")]
    [InlineData("POST", "", """{"fields":{"last_name":42}}""", HttpStatusCode.BadRequest, "The body is not as expected. fields is an object, and an object with texts and lists of texts, each name once, is expected.")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sample","last_name":"Smith"}}""", HttpStatusCode.BadRequest, "The body is not as expected")]
    [InlineData("POST", "", """{"fields":[]}""", HttpStatusCode.BadRequest, "The body is not as expected")]
    [InlineData("POST", "", """{"fields":{"last_name":"Sample","first_name":"Ada","date_of_birth":"1980-05-15"},"destination":"nowhere"}""", HttpStatusCode.BadRequest, "nowhere is no destination of practice 1959 that is told of patients")]
    [InlineData("PUT", "/4711", """{"fields":{"email":"a@example.org"}}""", HttpStatusCode.NotFound, "There is no such patient")]
    [InlineData("PUT", "/12345", """{"fields":{"last_name":null}}""", HttpStatusCode.BadRequest, "last_name is required.")]
    [InlineData("PUT", "/12345", """{"fields":{"last_name":"DOE"}}""", HttpStatusCode.Conflict, "It is so already")]
    [InlineData("PUT", "/12345", """{"fields":{"last_name":"Smith","first_name":"Eve","date_of_birth":"1999-01-01"}}""", HttpStatusCode.Conflict, "Nothing was changed: name and birth date both differ")]
    [InlineData("PUT", "/12345", """{"number":"777"}""", HttpStatusCode.BadRequest, "The patient has a number at the vendor already")]
    public async Task What_is_refused_says_why_and_changes_nothing(string method, string id, string body, HttpStatusCode expected, string detail)
    {
        await using var place = await ApiPlace.StartAsync();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var before = (await place.Engine.RecordsAsync("1959", "patient")).Single();

        var (status, problem) = await place.As(ApiRole.Writer, "1959").SendAsync(method, $"/api/patients{id}", body, ("Idempotency-Key", "intake-1"));

        (status, problem.GetProperty("detail").GetString()![..Math.Min(detail.Length, problem.GetProperty("detail").GetString()!.Length)]).Should().Be((expected, detail));
        (await place.Engine.RecordsAsync("1959", "patient")).Should().ContainSingle().Which.Version.Should().Be(before.Version);
    }

    [Fact]
    public async Task A_refusal_is_audited_and_a_missing_key_is_said()
    {
        await using var place = await ApiPlace.StartAsync();
        var client = place.As(ApiRole.Writer, "1959");

        await client.SendAsync("PUT", "/api/patients/4711", """{"fields":{"email":"a@example.org"}}""");
        var (status, problem) = await client.SendAsync("POST", "/api/patients", Ada);

        (status, problem.GetProperty("detail").GetString()).Should().Be((HttpStatusCode.BadRequest, "Idempotency-Key is missing: the caller's own name for this patient, so that a patient that is sent again is not made again."));
        (await place.Engine.Store.ReadAsync(reader => reader.Audit("1959", 5), default)).Should().Contain(row => row.Action == "patients change" && row.Subject == "refused: 4711");
    }
}
