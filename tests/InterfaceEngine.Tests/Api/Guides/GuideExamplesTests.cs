using System.Net;
using System.Text.Json;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api.Guides;

/// <summary>
/// Every JSON example of the two integration guides, word for word: each request is sent as it is printed, and the answer has the example's members,
/// in its order, and no others. What a vendor would say stands behind it as the engine's own answers.
/// </summary>
public sealed class GuideExamplesTests
{
    private static readonly DateTimeOffset _started = new(2024, 1, 15, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("athenahealth", "https://api.platform.athenahealth.com/fhir/r4", """
        {
          "connectionId": "conn_123",
          "exportType": "Patient",
          "resourceTypes": [
            "Patient",
            "Observation",
            "Condition",
            "DiagnosticReport",
            "CarePlan",
            "Encounter"
          ],
          "since": "2024-01-01T00:00:00Z"
        }
        """)]
    [InlineData("eclinicalworks", "https://fhir.eclinicalworks.com/fhir/r4", """
        {
          "connectionId": "conn_123",
          "exportType": "Patient",
          "resourceTypes": [
            "Patient",
            "Observation",
            "Condition",
            "DiagnosticReport",
            "CarePlan",
            "Encounter",
            "Communication",
            "Task"
          ],
          "since": "2024-01-01T00:00:00Z"
        }
        """)]
    public async Task A_bulk_export_is_begun_as_it_is_printed(string system, string fhir, string request)
    {
        await using var guide = await GuidePlace.StartAsync(system);
        guide.Control.On<StartEhrBulkRequest>(asked => Job(asked.Connection) with { StatusUrl = $"{fhir}/bulkstatus/job_123" });

        var (status, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", $"/api/ehr/{system}/bulk-export", request);

        status.Should().Be(HttpStatusCode.OK);
        answer.Should().BePrintedAs($$"""
            {
              "success": true,
              "data": {
                "id": "job_123",
                "status": "IN_PROGRESS",
                "statusUrl": "{{fhir}}/bulkstatus/job_123",
                "startedAt": "2024-01-15T10:00:00Z"
              }
            }
            """);
        var asked = guide.Control.The<StartEhrBulkRequest>();
        (asked.Connection, asked.ExportType, asked.Since).Should().Be(("conn_123", "Patient", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        asked.ResourceTypes.Should().StartWith(["Patient", "Observation", "Condition"]).And.HaveCount(system == "athenahealth" ? 6 : 8);
    }

    [Fact]
    public async Task A_type_that_was_named_in_a_sync_and_not_asked_for_is_said_and_others_are_not()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<EhrSyncRequest>(asked => new EhrSyncAnswer(asked.Connection, 150, 0)
        {
            Types = [new("Patient", false, 150, 150, 0, 0, null), new("Observaton", true, 0, 0, 0, 0, "no table of practice 1959 reads it"), new("CarePlan", true, 0, 0, 0, 0, "the server has no search for it")],
        });

        var (_, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/enhanced-sync", """{"connectionId":"conn_123","resourceTypes":["Observaton"]}""");

        answer.Should().BePrintedAs("""
            { "success": true, "data": { "standardResources": 150, "enhancedResources": 0, "total": 150, "notes": ["Observaton was left out: no table of practice 1959 reads it."] } }
            """);
    }

    [Fact]
    public async Task What_was_left_out_of_a_bulk_export_and_why_it_waits_is_said_beside_what_is_printed()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<StartEhrBulkRequest>(_ => Job("conn_123") with { ErrorMessage = "conn_123: 503.", Notes = ["Observaton was left out: no table of practice 1959 reads it."] });

        var (_, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/bulk-export", """{"resourceTypes":["Patient","Observaton"]}""");

        answer.Should().BePrintedAs("""
            {
              "success": true,
              "data": {
                "id": "job_123",
                "status": "IN_PROGRESS",
                "startedAt": "2024-01-15T10:00:00Z",
                "errorMessage": "conn_123: 503.",
                "notes": ["Observaton was left out: no table of practice 1959 reads it."]
              }
            }
            """);
    }

    [Theory]
    [InlineData("athenahealth", "https://api.platform.athenahealth.com/fhir/r4")]
    [InlineData("eclinicalworks", "https://fhir.eclinicalworks.com/fhir/r4")]
    public async Task A_bulk_export_is_shown_as_it_is_printed_while_it_goes_on_and_when_it_is_complete(string system, string fhir)
    {
        await using var guide = await GuidePlace.StartAsync(system);
        var job = Job("conn_123") with { StatusUrl = $"{fhir}/bulkstatus/job_123" };
        guide.Control.On<EhrBulkRequest>(_ => job);
        var client = guide.Client(ApiRole.Writer);

        var (_, goesOn) = await client.AskAsync($"/api/ehr/{system}/bulk-export/job_123");
        job = job with { Status = "COMPLETED", CompletedAt = _started.AddMinutes(15), OutputUrls = [$"{fhir}/bulkdata/Patient.ndjson", $"{fhir}/bulkdata/Observation.ndjson"] };
        var (_, complete) = await client.AskAsync($"/api/ehr/{system}/bulk-export/job_123");

        goesOn.Should().BePrintedAs("""
            {
              "success": true,
              "data": {
                "id": "job_123",
                "status": "IN_PROGRESS",
                "startedAt": "2024-01-15T10:00:00Z"
              }
            }
            """);
        complete.Should().BePrintedAs($$"""
            {
              "success": true,
              "data": {
                "id": "job_123",
                "status": "COMPLETED",
                "outputUrls": [
                  "{{fhir}}/bulkdata/Patient.ndjson",
                  "{{fhir}}/bulkdata/Observation.ndjson"
                ],
                "startedAt": "2024-01-15T10:00:00Z",
                "completedAt": "2024-01-15T10:15:00Z"
              }
            }
            """);
    }

    [Theory]
    [InlineData("athenahealth", """
        {
          "connectionId": "conn_123",
          "includeStandard": true,
          "includeEnhanced": true,
          "resourceTypes": [
            "DiagnosticReport",
            "CarePlan",
            "Encounter",
            "Appointment",
            "DocumentReference"
          ],
          "since": "2024-01-01T00:00:00Z"
        }
        """)]
    [InlineData("eclinicalworks", """
        {
          "connectionId": "conn_123",
          "includeStandard": true,
          "includeEnhanced": true,
          "resourceTypes": [
            "DiagnosticReport",
            "CarePlan",
            "Encounter",
            "Communication",
            "Task"
          ],
          "since": "2024-01-01T00:00:00Z"
        }
        """)]
    public async Task An_enhanced_sync_is_as_it_is_printed(string system, string request)
    {
        await using var guide = await GuidePlace.StartAsync(system);
        guide.Control.On<EhrSyncRequest>(asked => new EhrSyncAnswer(asked.Connection, 150, 75));

        var (status, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", $"/api/ehr/{system}/enhanced-sync", request);

        status.Should().Be(HttpStatusCode.OK);
        answer.Should().BePrintedAs("""
            {
              "success": true,
              "data": {
                "standardResources": 150,
                "enhancedResources": 75,
                "total": 225
              }
            }
            """);
        var asked = guide.Control.The<EhrSyncRequest>();
        (asked.IncludeStandard, asked.IncludeEnhanced, asked.Patient).Should().Be((true, true, null));
        asked.ResourceTypes.Should().HaveCount(5);
    }

    [Fact]
    public async Task A_sync_says_beyond_the_guide_what_was_refused_held_and_parked()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        var synced = new EhrSyncAnswer("conn_123", 150, 4)
        {
            Types = [new("Patient", false, 150, 140, 0, 3, null) { Held = 7 }, new("Appointment", true, 4, 0, 0, 1, null) { Parked = 3 }],
        };
        guide.Control.On<EhrSyncRequest>(_ => synced);
        guide.Control.On<EhrSyncStateRequest>(asked => new EhrSyncStateAnswer(asked.Connection, "done") { Result = synced });

        var (_, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/enhanced-sync", """{"connectionId":"conn_123"}""");
        var (_, last) = await guide.Client(ApiRole.Writer).AskAsync("/api/ehr/athenahealth/enhanced-sync?connectionId=conn_123");

        answer.Should().BePrintedAs("""
            { "success": true, "data": { "standardResources": 150, "enhancedResources": 4, "total": 154, "refused": 4, "held": 7, "parked": 3 } }
            """);
        last.Should().BePrintedAs("""
            { "success": true, "data": { "status": "COMPLETED", "standardResources": 150, "enhancedResources": 4, "total": 154, "refused": 4, "held": 7, "parked": 3 } }
            """);
    }

    [Fact]
    public async Task A_sync_of_which_a_type_did_not_come_is_no_success_and_says_which_and_why()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<EhrSyncRequest>(asked => new EhrSyncAnswer(asked.Connection, 150, 0)
        {
            Types = [new("Patient", false, 150, 150, 0, 0, null), new("Encounter", true, 0, 0, 0, 0, "no answer came") { HasFailed = true }, new("CarePlan", true, 0, 0, 0, 0, "the server has no search for it")],
        });

        var (status, answer) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/enhanced-sync", """{"connectionId":"conn_123"}""");

        status.Should().Be(HttpStatusCode.OK, "what came is stored");
        answer.Should().BePrintedAs("""
            { "success": false, "data": { "standardResources": 150, "enhancedResources": 0, "total": 150 }, "error": "Not everything came. Encounter: no answer came" }
            """);
    }

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("""{"includeEnhanced":false}""", true, false)]
    [InlineData("""{"includeStandard":false}""", false, true)]
    public async Task What_a_sync_does_not_say_is_wanted(string body, bool standard, bool enhanced)
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        EhrSyncRequest? asked = null;
        guide.Control.On<EhrSyncRequest>(request => new EhrSyncAnswer((asked = request).Connection, 0, 0));

        await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/enhanced-sync", body);

        (asked!.IncludeStandard, asked.IncludeEnhanced).Should().Be((standard, enhanced));
    }

    [Theory]
    [InlineData("athenahealth", """
        {
          "success": true,
          "data": {
            "bulkExport": true,
            "diagnosticReports": true,
            "carePlans": true,
            "encounters": true,
            "appointments": true,
            "documentReferences": true,
            "rateLimit": "8 requests/second"
          }
        }
        """)]
    [InlineData("eclinicalworks", """
        {
          "success": true,
          "data": {
            "bulkExport": true,
            "diagnosticReports": true,
            "carePlans": true,
            "encounters": true,
            "communications": true,
            "tasks": true,
            "rateLimit": "7 requests/second"
          }
        }
        """)]
    public async Task Capabilities_are_as_they_are_printed(string system, string printed)
    {
        await using var guide = await GuidePlace.StartAsync(system);
        var every = new[] { "bulkExport", "diagnosticReports", "carePlans", "encounters", "appointments", "documentReferences", "communications", "tasks" };
        guide.Control.On<EhrCapabilitiesRequest>(asked => new EhrCapabilitiesAnswer(asked.Connection, every.ToDictionary(name => name, _ => true), system == "athenahealth" ? "8 requests/second" : "7 requests/second"));

        var (status, answer) = await guide.Client(ApiRole.Operator).AskAsync($"/api/ehr/{system}/capabilities?connectionId=conn_123");

        status.Should().Be(HttpStatusCode.OK);
        answer.Should().BePrintedAs(printed);
    }

    [Fact]
    public async Task What_fails_says_why_in_the_guides_way_and_as_a_problem()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<EhrBulkRequest>(_ => Job("conn_123") with { Status = "FAILED", ErrorMessage = "the server gave up" });
        guide.Control.On<StartEhrBulkRequest>(_ => new FailureAnswer(FailureKind.Refused, "An export is under way."));

        var (_, failed) = await guide.Client(ApiRole.Writer).AskAsync("/api/ehr/athenahealth/bulk-export/job_123");
        var (status, refused) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/bulk-export", """{"connectionId":"conn_123"}""");

        failed.GetProperty("data").GetProperty("errorMessage").GetString().Should().Be("the server gave up");
        status.Should().Be(HttpStatusCode.Conflict);
        refused.GetProperty("success").GetBoolean().Should().BeFalse();
        (refused.GetProperty("error").GetString(), refused.GetProperty("detail").GetString()).Should().Be(("An export is under way.", "An export is under way."));
        refused.GetProperty("status").GetInt32().Should().Be(409);
    }

    [Fact]
    public async Task The_vendors_files_are_shown_to_nobody_who_may_not_start_an_export()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<EhrBulkRequest>(_ => Job("conn_123") with { Status = "COMPLETED", StatusUrl = "https://fhir.example/secret", OutputUrls = ["https://fhir.example/secret"] });

        var (_, answer) = await guide.Client(ApiRole.Reader).AskAsync("/api/ehr/athenahealth/bulk-export/job_123");

        answer.GetRawText().Should().NotContain("secret");
    }

    [Fact]
    public async Task A_connection_of_another_vendor_or_practice_is_none()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");
        guide.Control.On<EhrBulkRequest>(_ => Job("conn_123"));
        var (owner, other) = (guide.Client(ApiRole.Writer), guide.Client(ApiRole.Writer, "1959"));

        (await owner.AskAsync("/api/ehr/eclinicalworks/capabilities?connectionId=conn_123")).Status.Should().Be(HttpStatusCode.NotFound);
        (await owner.AskAsync("/api/ehr/eclinicalworks/bulk-export/job_123")).Status.Should().Be(HttpStatusCode.NotFound);
        (await owner.AskAsync("/api/ehr/epic/capabilities?connectionId=conn_123")).Status.Should().Be(HttpStatusCode.NotFound);
        (await other.AskAsync("/api/ehr/athenahealth/capabilities?connectionId=conn_123")).Status.Should().Be(HttpStatusCode.NotFound);
        (await other.AskAsync("/api/ehr/athenahealth/bulk-export/job_123")).Status.Should().Be(HttpStatusCode.NotFound);
        (await other.SendAsync("POST", "/api/ehr/athenahealth/bulk-export", """{"connectionId":"conn_123"}""")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_misspelt_member_is_refused_before_anything_is_begun()
    {
        await using var guide = await GuidePlace.StartAsync("athenahealth");

        var (status, _) = await guide.Client(ApiRole.Writer).SendAsync("POST", "/api/ehr/athenahealth/bulk-export", """{"connectionId":"conn_123","sinse":"2024-01-01T00:00:00Z"}""");

        status.Should().Be(HttpStatusCode.BadRequest);
        guide.Control.Asked.Should().BeEmpty();
    }

    private static EhrBulkAnswer Job(string connection) => new("job_123", connection, "IN_PROGRESS", _started) { Step = "exporting" };
}
