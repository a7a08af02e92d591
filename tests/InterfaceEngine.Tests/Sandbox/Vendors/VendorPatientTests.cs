using System.Net;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Clinic;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorPatientTests
{
    /// <summary>The first of the people whom the feeds of the same seed know.</summary>
    private static readonly Person _first = Population.Invent(1, Practice.Athena, 40, new DateOnly(2026, 1, 5))[0];

    private static readonly string _born = _first.Born.ToString("MM/dd/yyyy", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_patient_is_the_one_of_the_feeds_in_a_list_of_one()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var row = (await client.GetAsync($"/patients/{_first.Id}")).One;

        row["patientid"]!.ToString().Should().Be(_first.Id);
        row["lastname"]!.GetValue<string>().Should().Be(_first.LastName);
        row["dob"]!.GetValue<string>().Should().Be(_born);
        row["mobilephone"]!.GetValue<string>().Should().Be(_first.MobilePhone);
        row["ssn"]!.GetValue<string>().Should().StartWith("*****");
    }

    [Fact]
    public async Task Answers_say_the_same_in_many_forms()
    {
        await using var client = await VendorClient.LoggedInAsync();
        var replies = new List<VendorReply>();
        for (var time = 0; time < 12; time++)
        {
            replies.Add(await client.GetAsync($"/patients/{_first.Id}"));
        }

        replies.Select(reply => reply.One["patientid"]!.GetValueKind()).Distinct().Should().HaveCount(2);
        replies.Select(reply => string.Join(',', reply.One.Select(one => one.Key))).Distinct().Should().HaveCountGreaterThan(1);
        replies.Select(reply => reply.One["lastname"]!.GetValue<string>()).Distinct().Should().ContainSingle();
        replies[0].Body.Should().Contain("\\/");
    }

    [Fact]
    public async Task A_search_needs_a_filter_and_pages_by_an_address_below_the_host()
    {
        await using var client = await VendorClient.LoggedInAsync();
        (await client.GetAsync("/patients?limit=5")).Status.Should().Be(HttpStatusCode.BadRequest);

        var page = (await client.GetAsync("/patients?departmentid=1")).Json;
        var seen = Ids(page);
        while (page["next"]?.GetValue<string>() is { } next)
        {
            next.Should().StartWith("/v1/195900/patients?DEPARTMENTID=1&");
            page = (await client.GetAsync(new Uri(client.Server.Address, next).ToString())).Json;
            seen.AddRange(Ids(page));
        }

        seen.Should().HaveCount(40).And.OnlyHaveUniqueItems();
        page["totalcount"]!.GetValue<int>().Should().Be(40);
        page["previous"].Should().NotBeNull();
    }

    [Fact]
    public async Task A_match_needs_name_and_birth_date_and_scores()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var missing = await client.GetAsync("/patients/enhancedbestmatch?firstname=A");
        var row = (await client.GetAsync($"/patients/enhancedbestmatch?firstname={_first.FirstName}&lastname={_first.LastName}&dob={_born}&mobilephone={_first.MobilePhone}")).One;

        missing.Status.Should().Be(HttpStatusCode.BadRequest);
        missing.Json["missingfields"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Equal("lastname", "dob");
        int.Parse(row["score"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(26);
    }

    [Fact]
    public async Task Whoever_is_known_is_not_created_again()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var row = (await client.PostAsync("/patients", ("firstname", _first.FirstName.ToLowerInvariant()), ("lastname", _first.LastName), ("dob", _born), ("departmentid", "1"), ("zip", _first.Address.PostalCode))).One;

        row["patientid"]!.ToString().Should().Be(_first.Id);
        client.Server.At(practice => practice.Patients.Count).Should().Be(40);
    }

    [Fact]
    public async Task Somebody_new_is_created_and_read_again()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var id = (await client.PostAsync("/patients", ("firstname", "Nora"), ("lastname", "Newcomer"), ("dob", "02/29/1988"), ("departmentid", "1"), ("homephone", "(217) 555-0142"))).One["patientid"]!.ToString();
        var row = (await client.GetAsync($"/patients/{id}")).One;

        row["lastname"]!.GetValue<string>().Should().Be("Newcomer");
        row["homephone"]!.GetValue<string>().Should().Be("2175550142");
        client.Server.At(practice => practice.Changes[^1].Event).Should().Be("AddPatient");
    }

    [Fact]
    public async Task An_update_changes_what_was_sent_alone()
    {
        await using var client = await VendorClient.LoggedInAsync();

        await client.PutAsync($"/patients/{_first.Id}", ("email", "new@example.org"), ("race", "declined"));
        var row = (await client.GetAsync($"/patients/{_first.Id}")).One;

        row["email"]!.GetValue<string>().Should().Be("new@example.org");
        row["race"]!.AsArray().Should().ContainSingle().Which!.GetValue<string>().Should().Be("declined");
        row["lastname"]!.GetValue<string>().Should().Be(_first.LastName);
    }

    [Theory]
    [InlineData("dob", "1975-08-22", "Expecting format date, but value is 1975-08-22")]
    [InlineData("ssn", "*****1234", "The ssn is masked.")]
    public async Task What_can_not_be_is_refused(string name, string value, string detail)
    {
        await using var client = await VendorClient.LoggedInAsync();

        var reply = await client.PutAsync($"/patients/{_first.Id}", (name, value));

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["detailedmessage"]!.GetValue<string>().Should().Be(detail);
    }

    [Fact]
    public async Task JSON_is_read_where_the_guides_are_followed_alone()
    {
        const string Email = """{ "email": "new@example.org" }""";
        await using var real = await VendorClient.LoggedInAsync();
        await using var guide = await VendorClient.LoggedInAsync("athena-guide", "");

        (await real.SendAsync(HttpMethod.Put, $"/patients/{_first.Id}", VendorClient.JsonContent(Email))).Status.Should().Be(HttpStatusCode.BadRequest);
        (await guide.SendAsync(HttpMethod.Put, $"/patients/{_first.Id}", VendorClient.JsonContent(Email))).Status.Should().Be(HttpStatusCode.OK);
        (await guide.GetAsync($"/patients/{_first.Id}")).One["email"]!.GetValue<string>().Should().Be("new@example.org");
    }

    [Fact]
    public async Task The_guides_search_has_a_path_of_its_own()
    {
        await using var real = await VendorClient.LoggedInAsync();
        await using var guide = await VendorClient.LoggedInAsync("athena-guide", "");

        (await guide.GetAsync($"/patients/search?firstname={_first.FirstName}&lastname={_first.LastName}")).Json["patients"]!.AsArray().Should().NotBeEmpty();
        (await real.GetAsync($"/patients/search?lastname={_first.LastName}")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Departments_tell_their_clock()
    {
        await using var client = await VendorClient.LoggedInAsync();

        var rows = (await client.GetAsync("/departments")).Json["departments"]!.AsArray().Select(row => row!.AsObject()).ToList();

        rows.Select(row => row["timezonename"]!.GetValue<string>()).Should().Equal("America/Chicago", "America/New_York", "America/Phoenix");
        rows.Select(row => row["doesnotobservedst"]!.ToString()).Should().Equal("false", "false", "true");
    }

    [Fact]
    public async Task A_practice_that_is_not_the_clients_is_forbidden_and_a_call_that_there_is_not_is_unknown_to_the_gateway()
    {
        await using var client = await VendorClient.LoggedInAsync();

        (await client.GetAsync(new Uri(client.Server.Address, "/v1/7/departments").ToString())).Status.Should().Be(HttpStatusCode.Forbidden);
        var unknown = await client.GetAsync("/nothing");
        unknown.Status.Should().Be(HttpStatusCode.NotFound);
        unknown.Body.Should().Be("Service not registered with API gateway.");
    }

    private static List<string> Ids(JsonNode page) => [.. page["patients"]!.AsArray().Select(row => row!["patientid"]!.ToString())];
}
