using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class ReferencesTests
{
    private const string Providers = """
        ---
        references: provider
        practice:   1959
        ---
        | Practice Studio | athenahealth | User name | NPI        | Name          |
        |-----------------|--------------|-----------|------------|---------------|
        | prov-johnson    | 12345        | jjohnson  | 1487600012 | Jane Johnson  |
        | 54321           | 777          | 12345     |            | Maria Rivera  |
        | prov-none       | -            |           |            | Nobody        |
        """;

    private const string Locations = """
        | Our id   | Vendor's id | Zone            | Notes |
        |----------|-------------|-----------------|-------|
        | loc-main | 1           | America/Chicago |       |
        | loc-home | 2           |                 | none  |
        """;

    [Theory]
    [InlineData("12345", "prov-johnson")]
    [InlineData("JJohnson", "prov-johnson")]
    [InlineData("1487600012", "prov-johnson")]
    [InlineData("prov-johnson", "prov-johnson")]
    [InlineData("54321", "54321")]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData("98", null)]
    public void A_provider_is_found_by_the_vendors_id_before_any_other_name(string text, string? expected) =>
        Maps().References["provider"].Find(text)?.Id.Should().Be(expected);

    [Fact]
    public void A_location_may_have_a_zone()
    {
        var locations = Maps().References["location"];

        locations.Find("1")!.Zone!.Id.Should().Be("America/Chicago");
        locations.Find("2")!.Zone.Should().BeNull();
    }

    [Fact]
    public void The_fields_of_that_kind_use_the_practices_table_and_no_other_practice_does()
    {
        var set = MappingSet.Load(
            DesignExample.Files(("practices/1959/providers.ref.md", Providers)), [DesignExample.Practice(), DesignExample.Practice("22")]);

        Field(set, "1959", "provider_id").References!.Find("12345").Should().NotBeNull();
        Field(set, "1959", "patient_id").References.Should().BeNull("12345 is a patient there");
        Field(set, "22", "provider_id").References.Should().BeNull();
    }

    [Theory]
    [InlineData("references: provider", "references: doctor", "2:13: error MAP103 the header says references: doctor, and the file's name says providers.")]
    [InlineData("practice:   1959", "practice:   1960", "3:13: error MAP103 the header says practice: 1960, and the folder says 1959.")]
    [InlineData("| User name |", "| Login     |", "5:36: error MAP111 a reference table has no column 'Login'.")]
    [InlineData("| User name |", "| Vendor    |", "5:36: error MAP111 the column Vendor stands twice.")]
    [InlineData("| Practice Studio |", "| Name            |", "5:61: error MAP111 the column Name stands twice.")]
    [InlineData("1487600012", "148760001x", "7:48: error MAP333 '148760001x' is not an NPI: it has 10 digits.")]
    [InlineData("| 777          |", "| 12345        |", "8:21: error MAP333 12345 names both prov-johnson and 54321.")]
    [InlineData("| prov-none       |", "|                 |", "9:3: error MAP121 the row has no id of ours.")]
    public void What_is_wrong_with_a_reference_table_is_said_at_its_place(string from, string to, string expected)
    {
        var set = DesignExample.Load(("practices/1959/providers.ref.md", Providers.Replace(from, to, StringComparison.Ordinal)));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain($"mappings/practices/1959/providers.ref.md:{expected}");
        set.For("1959").Should().BeNull();
    }

    [Fact]
    public void A_zone_that_does_not_exist_is_refused()
    {
        var set = DesignExample.Load(("practices/1959/locations.ref.md", Locations.Replace("America/Chicago", "America/Chikago", StringComparison.Ordinal)));

        set.Problems.Single(problem => problem.Code == "MAP333").ToText().Should().Be("""
            mappings/practices/1959/locations.ref.md:3:28: error MAP333 there is no time zone 'America/Chikago'.
              | loc-main | America/Chikago |
                           ^^^^^^^^^^^^^^^
              Did you mean America/Chicago?
            """.ReplaceLineEndings("\n"));
    }

    private static PracticeMaps Maps()
    {
        var set = DesignExample.Load(("practices/1959/providers.ref.md", Providers), ("practices/1959/locations.ref.md", Locations));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return set.For("1959")!;
    }

    private static AsClause Field(MappingSet set, string practice, string field) => set.For(practice)!.Find("appointment")!.Rows.Single(row => row.Name == field).As;
}
