namespace InterfaceEngine.Tests;

/// <summary>The numbers that a practice's connections bring are of one vendor and one server, and stand in the ids of its resources.</summary>
public sealed class SettingsReaderVendorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    private readonly Dictionary<string, string?> _environment = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_number_that_a_connection_knows_its_practice_by_stands_in_the_ids_that_the_maps_read()
    {
        var practices = Read("""{ "c": { "Practice": "1959", "Profile": "athena-real", "VendorPractice": "195900" } }""").Practices.ToDictionary(practice => practice.Id, practice => practice.VendorNumber);

        practices.Should().BeEquivalentTo(new Dictionary<string, string> { ["1959"] = "195900", ["2020"] = "2020", ["7410"] = "7410", ["7411"] = "7411" });
    }

    [Fact]
    public void A_tenant_that_stands_in_no_id_is_no_number_of_the_practice() =>
        Read("""{ "c": { "Practice": "7410", "Profile": "ecw-real", "VendorPractice": "ABCDEF" } }""").Practices.Single(practice => practice.Id == "7410").VendorNumber.Should().Be("7410");

    [Theory]
    [InlineData(
        """{ "a": { "Practice": "1959", "Profile": "athena-real", "VendorPractice": "1" }, "b": { "Practice": "1959", "Profile": "athena-real", "VendorPractice": "2" } }""",
        "Connections:b:VendorPractice: 1 (a) and 2 (b) can't both stand in the ids of practice 1959")]
    [InlineData(
        """{ "c": { "Practice": "1959", "Profile": "ecw-guide" } }""",
        "Connections:c:Practice: the vendor of practice 1959 is athenahealth (Practices:1959:Vendor), and this connection brings numbers of eclinicalworks")]
    [InlineData(
        """{ "a": { "Practice": "1959", "Profile": "athena-real" }, "b": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox" } }""",
        "Connections:b:Practice: practice 1959 is served by a from another host")]
    public void Numbers_of_different_people_do_not_meet_in_one_practice(string connections, string problem) =>
        FluentActions.Invoking(() => Read(connections)).Should().Throw<SettingsException>().Which.Problems.Should().ContainSingle().Which.ToString().Should().StartWith(problem);

    [Theory]
    [InlineData("athena-guide", "ATHENA_PRACTICE_ID", "123456", "Connections:a:VendorPractice: is missing: ATHENA_PRACTICE_ID in the environment is one practice's")]
    [InlineData("athena-real", "ATHENAHEALTH_PRACTICE_ID", "123456", "Connections:a:VendorPractice: is missing: ATHENAHEALTH_PRACTICE_ID in the environment is one practice's")]
    [InlineData("ecw-real", "ECLINICALWORKS_FHIR_ENDPOINT", "https://fhir4.eclinicalworks.com/fhir/r4/ABCDEF", "Connections:a:Fhir: is missing: ECLINICALWORKS_FHIR_ENDPOINT in the environment is one practice's")]
    public void What_the_environment_says_of_one_practice_is_not_taken_for_several(string profile, string variable, string value, string problem)
    {
        _environment[variable] = value;
        var (one, two) = profile.StartsWith("ecw", StringComparison.Ordinal) ? ("7410", "7411") : ("1959", "2020");

        FluentActions.Invoking(() => Read($$"""{ "a": { "Practice": "{{one}}", "Profile": "{{profile}}" }, "b": { "Practice": "{{two}}", "Profile": "{{profile}}", "VendorPractice": "7", "Fhir": "https://x.org/r4" } }"""))
            .Should().Throw<SettingsException>().Which.Problems.Should().ContainSingle().Which.Should().StartWith(problem);
    }

    [Fact]
    public void A_department_that_the_environment_names_is_nobodys_where_there_are_several_practices()
    {
        _environment["ATHENA_DEFAULT_DEPARTMENT_ID"] = "123";

        Read("""{ "a": { "Practice": "1959", "Profile": "athena-real" }, "b": { "Practice": "2020", "Profile": "athena-real" } }""").Connections.Should().OnlyContain(one => one.DefaultDepartment == null);
        Read("""{ "a": { "Practice": "1959", "Profile": "athena-real" } }""").Connections.Should().OnlyContain(one => one.DefaultDepartment == "123");
    }

    [Fact]
    public void One_practice_of_the_vendor_is_one_practice_here() =>
        FluentActions.Invoking(() => Read("""{ "a": { "Practice": "1959", "Profile": "athena-real", "VendorPractice": "7" }, "b": { "Practice": "2020", "Profile": "athena-real", "VendorPractice": "7" } }"""))
            .Should().Throw<SettingsException>().Which.Problems.Should().ContainSingle().Which.Should().StartWith("Connections:b:VendorPractice: is 7, as it is of a (practice 1959)");

    [Fact]
    public void Two_hosts_with_the_same_numbers_are_taken_where_it_is_said()
    {
        const string Custom = """ "Practice": "7410", "Profile": "custom", "System": "eclinicalworks" """;

        var connections = Read($$"""{ "a": { {{Custom}}, "Fhir": "https://a.example.org/r4" }, "b": { {{Custom}}, "Fhir": "https://b.example.org/r4", "SharesIds": true } }""").Connections;

        connections.Select(one => one.SharesIds).Should().Equal(false, true);
    }

    private EngineSettings Read(string connections)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": {
                "1959": { "Zone": "America/Chicago", "Profile": "athena" }, "2020": { "Zone": "America/Chicago", "Profile": "athena" },
                "7410": { "Zone": "America/Chicago", "Profile": "standard", "Vendor": "eclinicalworks" },
                "7411": { "Zone": "America/Chicago", "Profile": "standard", "Vendor": "eclinicalworks" }
              },
              "Sources": { "front": { "Port": 0, "Practices": ["1959"] } },
              "Connections": {{connections}}
            }
            """);
        return SettingsReader.Read(file, _environment);
    }
}
