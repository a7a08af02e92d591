using System.Net;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Api;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>An engine whose settings take charts by athenaNet, asked as Practice Studio asks it.</summary>
public sealed class RestChartFlowTests
{
    [Fact]
    public async Task A_patient_is_synchronised_by_athenaNet_with_what_her_documents_hold_and_an_export_is_refused()
    {
        await using var place = await FlowPlace.StartAsync("athena-real", arrival: Arrival.WhenAskedByRest);
        var (patient, documents, allergies) = place.Vendor.At(practice => practice.Patients.Select(one => (one.Person.Id, practice.DocumentsOf(one).Count, practice.PastOf(one).Allergies.Count)).MaxBy(one => one.Item2));
        place.Vendor.Faults.Add("GET /chart/{patientid}/vaccines", VendorFault.Forbidden);

        var answer = await place.AskAsync("POST", "/api/ehr/athenahealth/enhanced-sync", $$"""{ "connectionId": "{{FlowPlace.Connection}}", "patientId": "{{patient}}", "resourceTypes": ["Immunization", "DocumentReference"] }""");
        var (status, refused) = await place.Client.SendAsync("POST", "/api/ehr/athenahealth/bulk-export", $$"""{ "connectionId": "{{FlowPlace.Connection}}", "exportType": "Patient" }""");

        answer.GetProperty("notes").EnumerateArray().Select(note => note.GetString()).Should().ContainSingle().Which.Should().StartWith("Immunization was left out: the client may not ask for it (");
        answer.GetProperty("total").GetInt64().Should().BePositive();
        (await place.RecordsAsync("allergy")).Should().HaveCount(allergies);
        (status, refused.ToString()).Should().Match<(HttpStatusCode Status, string Text)>(one => one.Status == HttpStatusCode.Conflict && one.Text.Contains("ehr sync brings them"));
        documents.Should().BePositive();
        await RunningEngine.UntilAsync(async () => (await place.RecordsAsync("document")).Count(record => record["file.contents"] is not null) == documents);
        place.Vendor.Calls.Should().NotContain(call => call.Path.Contains("/fhir/r4/Patient", StringComparison.Ordinal) || call.Path.Contains("/fhir/r4/DocumentReference", StringComparison.Ordinal));
    }
}
