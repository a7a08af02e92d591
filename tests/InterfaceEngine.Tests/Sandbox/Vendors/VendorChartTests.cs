using System.Net;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorChartTests
{
    [Theory]
    [InlineData("labresults", "results")]
    [InlineData("analytes", "analytes")]
    [InlineData("medications", "medications")]
    [InlineData("allergies", "allergies")]
    [InlineData("problems", "problems")]
    [InlineData("vitals", "vitals")]
    [InlineData("vaccines", "vaccines")]
    [InlineData("encounters", "encounters")]
    public async Task A_part_of_the_chart_needs_its_department_and_is_had(string part, string list)
    {
        await using var client = await VendorClient.LoggedInAsync();
        var people = client.Server.At(practice => practice.Patients.Select(patient => patient.Person.Id).ToList());

        (await client.GetAsync($"/chart/{people[0]}/{part}")).Json["missingfields"]![0]!.GetValue<string>().Should().Be("departmentid");
        var rows = 0;
        foreach (var person in people)
        {
            rows += (await client.GetAsync($"/chart/{person}/{part}?departmentid=1")).Json[list]!.AsArray().Count;
        }

        rows.Should().BeGreaterThan(0);
    }

    [Fact]
    public async Task Medications_are_a_list_of_lists()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var person = client.Server.At(practice => practice.Patients.First(patient => practice.PastOf(patient).Medications.Count > 0).Person.Id);

        var rows = (await client.GetAsync($"/chart/{person}/medications?departmentid=1")).Json["medications"]!.AsArray();

        rows.Should().OnlyContain(row => row!.AsArray().Count == 1 && row[0]!["medication"] != null);
    }

    [Fact]
    public async Task A_result_has_the_number_that_FHIR_has_it_under()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: $"{VendorClient.AthenaScope} system/DiagnosticReport.read");
        var person = client.Server.At(practice => practice.Patients.First(patient => practice.PastOf(patient).Reports.Count > 0).Person.Id);

        var result = (await client.GetAsync($"/chart/{person}/labresults?departmentid=1")).Json["results"]![0]!;
        var report = (await client.GetAsync($"DiagnosticReport?ah-practice=Organization/a-1.Practice-195900&patient=a-195900.E-{person}")).Json["entry"]![0]!["resource"]!;

        report["identifier"]![0]!["value"]!.GetValue<string>().Should().Be(result["labresultid"]!.ToString());
        report["code"]!["text"]!.GetValue<string>().Should().Be(result["description"]!.GetValue<string>());
        report["result"]!.AsArray().Should().HaveCount(result["analytes"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_encounter_is_read_by_its_number()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var visit = client.Server.At(practice => practice.Schedule.Appointments.First(one => one.Status is '3' or '4'));

        var row = (await client.GetAsync($"/chart/encounter/{visit.Id}")).One;

        (row["patientid"]!.ToString(), row["encounterstatus"]!.GetValue<string>()).Should().Be((visit.Patient, "CLOSED"));
        (await client.GetAsync("/chart/encounter/99999999")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Insurances_are_listed_added_changed_and_ended()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var person = client.Server.At(practice => practice.Patients.First(patient => patient.Person.Coverages.Count == 1).Person);
        var path = $"/patients/{person.Id}/insurances";

        var first = (await client.GetAsync(path)).Json["insurances"]!.AsArray().Should().ContainSingle().Subject!;
        (await client.PostAsync(path, ("insurancepackageid", "204410"), ("sequencenumber", "2"), ("insuranceidnumber", "M7"))).One["insuranceidnumber"]!.GetValue<string>().Should().Be("M7");
        await client.PutAsync($"{path}/{person.Id}02", ("insuranceidnumber", "M8"));
        var second = (await client.GetAsync(path)).Json["insurances"]![1]!;
        (await client.SendAsync(HttpMethod.Delete, $"{path}/{person.Id}02")).Status.Should().Be(HttpStatusCode.OK);

        first["insuranceidnumber"]!.GetValue<string>().Should().Be(person.Coverages[0].MemberId);
        second["insuranceidnumber"]!.GetValue<string>().Should().Be("M8");
        (await client.GetAsync(path)).Json["insurances"]!.AsArray().Should().ContainSingle();
        (await client.PostAsync(path, ("insurancepackageid", "1"), ("sequencenumber", "2"))).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_document_is_filed_listed_and_read_page_by_page()
    {
        await using var client = await VendorClient.LoggedInAsync();
        const string Path = "/patients/1000000/documents/admin";

        var id = (await client.PostAsync(Path, ("departmentid", "1"), ("documentsubclass", "ADMIN_CONSENT"), ("attachmentcontents", Convert.ToBase64String("a file"u8)), ("attachmenttype", "PDF"))).Json["documentid"]!.ToString();
        var listed = (await client.GetAsync("/patients/1000000/documents?departmentid=1")).Json["documents"]!.AsArray();
        var page = await client.GetAsync($"{Path}/{id}/pages/1");
        await client.SendAsync(HttpMethod.Delete, $"{Path}/{id}");

        listed.Select(row => row!["documentid"]!.ToString()).Should().Contain(id);
        page.Body.Should().Be("a file");
        (await client.GetAsync("/patients/1000000/documents?departmentid=1")).Json["documents"]!.AsArray().Should().HaveCount(listed.Count - 1);
        (await client.GetAsync("/patients/1000000/documents/nonsense")).Status.Should().Be(HttpStatusCode.NotFound);
    }
}
