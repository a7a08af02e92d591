using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Files;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Files;

public sealed class ReferenceRowsTests
{
    private static readonly Reference _mesa = new("loc-mesa", "31", null, null, "Mesa | Clinic", DateTimeZoneProviders.Tzdb["America/Phoenix"]);

    [Fact]
    public void A_row_is_added_behind_the_last_one_in_the_files_own_columns_and_nothing_else_changes()
    {
        const string Text = "---\nreferences: location\n---\n\n# Ours\n\n| Name | Practice Studio | Notes | athenahealth |\n|---|---|---|---|\n| Main | loc-main | keep this | 1 |\n\nSaid by an analyst.\n";

        ReferenceRows.Add(Text, "location", "1959", "athenahealth", [_mesa]).Should().Be(
            Text.Replace("| 1 |\n", "| 1 |\n| Mesa   Clinic | loc-mesa        |       | 31           |\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_is_as_wide_as_the_head_above_it_so_that_nothing_is_to_be_laid_out_again()
    {
        const string Text = "| Practice Studio | athenahealth | Name           | Zone             |\n|-----------------|--------------|----------------|------------------|\n| loc-main        | 1            | Main St Clinic | America/Chicago  |\n";

        ReferenceRows.Add(Text, "location", "1959", "athenahealth", [_mesa with { Name = "Mesa" }]).Should().Be(
            Text + "| loc-mesa        | 31           | Mesa           | America/Phoenix  |\n");
    }

    [Theory]
    [InlineData("| Practice Studio | athenahealth |\n|---|---|")]
    [InlineData("| Practice Studio | athenahealth |\n|---|---|\n| loc-main | 1 |")]
    [InlineData("# Nothing yet")]
    public void It_is_added_where_the_file_ends_without_a_line_end_or_has_no_table(string text) =>
        ReferenceRows.Add(text, "location", "1959", "athenahealth", [_mesa]).Should().StartWith(text).And.MatchRegex(@"\n\| loc-mesa +\| 31 +\|");

    [Fact]
    public void A_file_that_is_not_there_is_made() =>
        ReferenceRows.Add(null, "provider", "1959", "athenahealth", [new Reference("prov-lee", "7", "alee", "1487600012", "Ada Lee, MD", null)]).Should().Be(
            "---\nreferences: provider\npractice:   1959\n---\n\n# Providers\n\n| Practice Studio | athenahealth | User name | NPI | Name |\n|-----------------|--------------|-----------|-----|------|\n"
            + "| prov-lee        | 7            | alee      | 1487600012 | Ada Lee, MD |\n");

    [Theory]
    [InlineData("provider", "O'Brien-Lee", "7", "prov-o-brien-lee")]
    [InlineData("location", "Main St. Clinic", "1", "loc-main-st-clinic")]
    [InlineData("location", "  ", "1", "loc-1")]
    [InlineData("provider", "Johnson", "9", "prov-johnson-9")]
    public void An_id_is_made_of_the_name_and_of_the_number_where_another_has_it(string kind, string name, string number, string expected) =>
        ReferenceRows.IdFor(kind, name, number, id => id == "prov-johnson").Should().Be(expected);
}
