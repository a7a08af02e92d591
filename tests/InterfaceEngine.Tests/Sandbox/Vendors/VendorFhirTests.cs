using System.Net;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Fhir;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorFhirTests
{
    private const string Practice195900 = "ah-practice=Organization/a-1.Practice-195900";
    private const string Id = "1000000";
    private const string AthenaId = $"a-195900.E-{Id}";
    private static readonly Person _first = Population.Invent(1, Practice.Athena, 40, new DateOnly(2026, 1, 5))[0];

    private static readonly string[] _clinical =
        ["Observation", "DiagnosticReport", "Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Procedure", "CarePlan", "Encounter", "DocumentReference", "Coverage"];

    private static string Scopes => string.Join(' ', _clinical.Append("Patient").Append("Practitioner").Append("Appointment").Select(type => $"system/{type}.read"));

    public static TheoryData<string> Clinical => [.. _clinical];

    [Fact]
    public async Task A_patient_is_the_one_of_athenaNet_and_of_the_feeds()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);

        var patient = (await client.GetAsync($"Patient/{AthenaId}")).Json;

        patient["id"]!.GetValue<string>().Should().Be(AthenaId);
        patient["name"]![0]!["family"]!.GetValue<string>().Should().Be(_first.LastName);
        patient["birthDate"]!.GetValue<string>().Should().Be(_first.Born.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        patient["telecom"]!.AsArray().Select(one => one!["value"]!.GetValue<string>()).Should().Contain(_first.MobilePhone);
        patient["generalPractitioner"]![0]!["reference"]!.GetValue<string>().Should().Be($"Practitioner/a-195900.Provider-{_first.PrimaryProvider.Id}");
    }

    [Fact]
    public async Task A_change_over_athenaNet_is_seen_and_counts_as_a_version()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: $"{VendorClient.AthenaScope} {Scopes}");

        await client.PutAsync($"/patients/{Id}", ("lastname", "Renamed"));
        var reply = await client.GetAsync($"Patient/{AthenaId}");

        reply.Json["name"]![0]!["family"]!.GetValue<string>().Should().Be("Renamed");
        reply.Headers["ETag"].Should().Be("W/\"2\"");
        reply.Json["meta"]!["lastUpdated"]!.GetValue<string>().Should().Be("2026-01-15T12:00:00Z");
    }

    [Theory]
    [MemberData(nameof(Clinical))]
    public async Task Resources_of_every_type_are_there_and_are_R4(string type)
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);
        var found = new List<JsonObject>();
        foreach (var person in client.Server.At(practice => practice.Patients.Select(patient => patient.Person.Id).ToList()))
        {
            var reply = await client.GetAsync($"{type}?{Practice195900}&patient=a-195900.E-{person}");
            reply.Status.Should().Be(HttpStatusCode.OK);
            found.AddRange(reply.Json["entry"]!.AsArray().Select(entry => entry!["resource"]!.AsObject()));
        }

        found.Should().NotBeEmpty();
        found.Select(resource => resource["id"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        found.SelectMany(resource => R4Check.Run(JsonDraft.From(JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(resource.ToJsonString())).Root))).Should().BeEmpty();
        (await client.GetAsync($"{type}/{found[^1]["id"]}")).Json["id"]!.GetValue<string>().Should().Be(found[^1]["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_search_without_the_practice_is_refused()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);

        var reply = await client.GetAsync($"Observation?patient={AthenaId}");

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["resourceType"]!.GetValue<string>().Should().Be("OperationOutcome");
        reply.Body.Should().Contain("could not determine what practice");
    }

    [Theory]
    [InlineData("Patient?", "family + birthdate")]
    [InlineData("Patient?family=A&", "family + birthdate")]
    [InlineData("Observation?", "patient; _id")]
    [InlineData("Appointment?patient=a-195900.E-1000000&", "_id")]
    public async Task A_search_that_is_not_allowed_is_told_what_would_be(string query, string allowed)
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);

        var reply = await client.GetAsync(query + Practice195900);

        reply.Status.Should().Be(HttpStatusCode.Forbidden);
        reply.Json["issue"]![0]!["code"]!.GetValue<string>().Should().Be("forbidden");
        reply.Json["issue"]![0]!["diagnostics"]!.GetValue<string>().Should().Contain(allowed);
    }

    [Fact]
    public async Task A_right_to_read_is_none_to_search()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: "system/Patient.r");

        (await client.GetAsync($"Patient/{AthenaId}")).Status.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync($"Patient?{Practice195900}&_id={AthenaId}")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync($"Condition?{Practice195900}&patient={AthenaId}")).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Pages_have_the_servers_own_size_and_a_cursor()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);
        var person = client.Server.At(practice => practice.Patients.MaxBy(patient => practice.PastOf(patient).Vitals.Count + (4 * practice.PastOf(patient).Reports.Count))!.Person.Id);

        var page = (await client.GetAsync($"Observation?{Practice195900}&patient=a-195900.E-{person}&_count=1000")).Json;
        var ids = Ids(page);
        var pages = 1;
        for (; Next(page) is { } next; pages++)
        {
            next.Should().StartWith(client.Server.Fhir.ToString()).And.Contain("cursor=");
            page = (await client.GetAsync(next)).Json;
            ids.AddRange(Ids(page));
        }

        pages.Should().BeGreaterThan(1);
        ids.Should().HaveCount(page["total"]!.GetValue<int>()).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_search_of_very_many_ends_and_gives_each_once()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");

        var page = (await client.GetAsync("Appointment")).Json;
        var ids = Ids(page);
        for (; Next(page) is { } next && ids.Count <= page["total"]!.GetValue<int>(); ids.AddRange(Ids(page)))
        {
            page = (await client.GetAsync(next)).Json;
        }

        ids.Should().HaveCount(page["total"]!.GetValue<int>()).And.HaveCountGreaterThan(0xc8, "a cursor is a number of hexadecimal digits, and c is one of them").And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_search_narrows_by_category_and_date()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: Scopes);

        var all = (await client.GetAsync($"Observation?{Practice195900}&patient={AthenaId}&category=vital-signs")).Json;
        var none = (await client.GetAsync($"Observation?{Practice195900}&patient={AthenaId}&category=vital-signs&date=ge2026-01-06")).Json;

        all["entry"]!.AsArray().Should().NotBeEmpty().And.OnlyContain(entry => entry!["resource"]!["category"]![0]!["coding"]![0]!["code"]!.GetValue<string>() == "vital-signs");
        none["total"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task An_attachment_is_fetched_as_a_file()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");
        var document = (await client.GetAsync("DocumentReference")).Json["entry"]![0]!["resource"]!;

        var address = document["content"]![0]!["attachment"]!["url"]!.GetValue<string>();
        var file = await client.GetAsync(address);

        file.Headers["Content-Type"].Should().Be("application/pdf");
        file.Body.Should().StartWith("%PDF-1.4");
        (await client.GetAsync("Binary/document-99999999")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("athena-real", false, false)]
    [InlineData("athena-guide", true, false)]
    [InlineData("ecw-real", false, false)]
    [InlineData("ecw-guide", true, true)]
    public async Task The_statement_tells_what_there_is(string profile, bool isWritten, bool hasTasks)
    {
        await using var client = await VendorClient.StartAsync(profile);

        var resources = (await client.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray();
        var smart = (await client.GetAsync(".well-known/smart-configuration")).Json;

        resources.Select(resource => resource!["type"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        resources.Should().ContainSingle(resource => resource!["operation"] != null);
        resources.Any(resource => resource!["type"]!.GetValue<string>() == "Task").Should().Be(hasTasks);
        resources.Any(resource => resource!["interaction"]?.AsArray().Any(one => one!["code"]!.GetValue<string>() == "create") == true).Should().Be(isWritten);
        smart["token_endpoint"]!.GetValue<string>().Should().Be(client.Server.TokenAddress.ToString());
    }

    [Fact]
    public async Task A_type_that_there_is_not_has_an_outcome()
    {
        await using var client = await VendorClient.StartAsync("ecw-real");

        var reply = await client.GetAsync("Task?patient=1");

        reply.Status.Should().Be(HttpStatusCode.NotFound);
        reply.Json["issue"]![0]!["code"]!.GetValue<string>().Should().Be("not-supported");
    }

    [Fact]
    public async Task EClinicalWorks_keeps_tokens_for_exports_apart_from_those_for_patients()
    {
        using var signed = new SignedAssertion();
        await using var client = await VendorClient.StartAsync("ecw-real", options => options with { ClientKeys = signed.Jwks });

        async Task<HttpStatusCode> ReadWithAsync(string scope, string id)
        {
            var assertion = signed.Sign("RS384", client.Server.ClientId, client.Server.TokenAddress.ToString(), client.Time.GetUtcNow().AddMinutes(4), id);
            var token = await client.TokenByFieldsAsync(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion), ("scope", scope));
            client.AccessToken = token.Json["access_token"]!.GetValue<string>();
            return (await client.GetAsync($"Patient/{Id}")).Status;
        }

        (await ReadWithAsync("system/Patient.read", "1")).Should().Be(HttpStatusCode.OK);
        (await ReadWithAsync("system/Patient.read system/Group.read", "2")).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_guides_observation_is_created_and_found()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");
        const string Observation = """
            {
              "resourceType": "Observation", "status": "final", "code": { "coding": [ { "system": "http://loinc.org", "code": "8480-6", "display": "Systolic blood pressure" } ] },
              "subject": { "reference": "Patient/1000000" }, "effectiveDateTime": "2026-01-15T09:30:00Z", "valueQuantity": { "value": 120, "unit": "mmHg" }
            }
            """;

        var created = await client.SendAsync(HttpMethod.Post, "Observation", VendorClient.JsonContent(Observation, "application/fhir+json"));
        var id = created.Json["id"]!.GetValue<string>();
        var found = (await client.GetAsync("Observation?patient=Patient/1000000&date=ge2026-01-15")).Json;

        created.Status.Should().Be(HttpStatusCode.Created);
        created.Headers["Location"].Should().EndWith($"/Observation/{id}");
        Ids(found).Should().Equal(id);
    }

    [Theory]
    [InlineData("""{ "resourceType": "Patient", "status": "final" }""", 422)]
    [InlineData("""{ "resourceType": "Observation", "code": {}, "status": "final", "subject": { "reference": "Patient/7" } }""", 422)]
    [InlineData("""{ "resourceType": "Observation", "status": "final", "subject": { "reference": "Patient/1000000" } }""", 422)]
    [InlineData("no JSON", 400)]
    public async Task What_is_no_such_resource_is_not_created(string body, int status)
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");

        var reply = await client.SendAsync(HttpMethod.Post, "Observation", VendorClient.JsonContent(body, "application/fhir+json"));

        ((int)reply.Status).Should().Be(status);
        reply.Json["resourceType"]!.GetValue<string>().Should().Be("OperationOutcome");
    }

    [Fact]
    public async Task A_version_that_is_not_the_last_can_not_be_updated()
    {
        await using var client = await VendorClient.LoggedInAsync("athena-guide", "");
        const string Body = """{ "resourceType": "Observation", "status": "final", "code": { "text": "Weight" }, "subject": { "reference": "Patient/1000000" }, "valueString": "80 kg" }""";
        var created = await client.SendAsync(HttpMethod.Post, "Observation", VendorClient.JsonContent(Body, "application/fhir+json"));
        var path = $"Observation/{created.Json["id"]}";

        var first = await client.SendAsync(HttpMethod.Put, path, VendorClient.JsonContent(Body, "application/fhir+json"), ("If-Match", created.Headers["ETag"]));
        var second = await client.SendAsync(HttpMethod.Put, path, VendorClient.JsonContent(Body, "application/fhir+json"), ("If-Match", created.Headers["ETag"]));

        first.Headers["ETag"].Should().Be("W/\"2\"");
        second.Status.Should().Be(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task An_appointment_is_booked_once_and_cancelled()
    {
        await using var client = await VendorClient.LoggedInAsync("ecw-guide", "");
        const string Body = """
            {
              "resourceType": "Appointment", "status": "booked", "start": "2026-02-03T23:00:00Z", "minutesDuration": 30, "appointmentType": { "coding": [ { "code": "82" } ] },
              "participant": [ { "actor": { "reference": "Patient/1000000" }, "status": "accepted" }, { "actor": { "reference": "Practitioner/12345" }, "status": "accepted" } ]
            }
            """;

        var booked = await client.SendAsync(HttpMethod.Post, "Appointment", VendorClient.JsonContent(Body, "application/fhir+json"));
        var again = await client.SendAsync(HttpMethod.Post, "Appointment", VendorClient.JsonContent(Body, "application/fhir+json"));
        var cancelled = await client.SendAsync(
            HttpMethod.Put, $"Appointment/{booked.Json["id"]}", VendorClient.JsonContent(Body.Replace("\"booked\"", "\"cancelled\"", StringComparison.Ordinal), "application/fhir+json"), ("If-Match", booked.Headers["ETag"]));

        booked.Status.Should().Be(HttpStatusCode.Created);
        booked.Json["start"]!.GetValue<string>().Should().Be("2026-02-03T23:00:00Z");
        again.Status.Should().Be(HttpStatusCode.Conflict);
        cancelled.Json["status"]!.GetValue<string>().Should().Be("cancelled");
        client.Server.At(practice => practice.Schedule.Find(booked.Json["id"]!.GetValue<string>())!.Status).Should().Be(VendorAppointment.Cancelled);
    }

    [Fact]
    public async Task An_appointment_keeps_why_the_patient_comes_and_the_time_that_it_leaves_is_free_again()
    {
        await using var client = await VendorClient.LoggedInAsync("ecw-guide", "");
        const string Body = """
            {
              "resourceType": "Appointment", "status": "booked", "start": "2026-02-03T23:00:00Z", "minutesDuration": 30, "appointmentType": { "coding": [ { "code": "82" } ] },
              "reasonCode": [ { "text": "Sore throat" } ],
              "participant": [ { "actor": { "reference": "Patient/1000000" }, "status": "accepted" }, { "actor": { "reference": "Practitioner/12345" }, "status": "accepted" } ]
            }
            """;
        async Task<List<string>> StatesAsync() =>
            [.. (await client.GetAsync("Slot?start=ge2026-02-03T23:00:00Z&start=lt2026-02-03T23:01:00Z&schedule=Schedule/schedule-12345-1"))
                .Json["entry"]!.AsArray().Select(entry => entry!["resource"]!["status"]!.GetValue<string>())];

        var booked = await client.SendAsync(HttpMethod.Post, "Appointment", VendorClient.JsonContent(Body, "application/fhir+json"));
        var taken = await StatesAsync();
        var moved = await client.SendAsync(
            HttpMethod.Put, $"Appointment/{booked.Json["id"]}", VendorClient.JsonContent(Body.Replace("T23:00", "T21:30", StringComparison.Ordinal).Replace("2026-02-03T", "2026-02-01T", StringComparison.Ordinal), "application/fhir+json"));

        booked.Json["reasonCode"]![0]!["text"]!.GetValue<string>().Should().Be("Sore throat");
        taken.Should().NotBeEmpty().And.OnlyContain(state => state == "busy");
        moved.Json["start"]!.GetValue<string>().Should().Be("2026-02-01T21:30:00Z");
        (await StatesAsync()).Should().Contain("free");
    }

    private static List<string> Ids(JsonNode page) => [.. page["entry"]!.AsArray().Select(entry => entry!["resource"]!["id"]!.GetValue<string>())];

    private static string? Next(JsonNode page) => page["link"]!.AsArray().FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>();
}
