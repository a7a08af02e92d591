using System.Xml.Linq;
using InterfaceEngine.Core.Mapping.Files;
using InterfaceEngine.Core.Mapping.Reports;

namespace InterfaceEngine.Tests.Core.Mapping.Reports;

/// <summary>The specification of the shipped practices, made of the tables that run.</summary>
public sealed class PracticeReportTests
{
    private static readonly Report _report = PracticeReport.Of(ShippedMappingsTests.Load().For("1959")!);
    private static readonly MarkdownFile _page = MarkdownFile.Parse("practice-1959.md", _report.ToMarkdown());

    [Fact]
    public void Every_field_of_every_record_has_its_row_with_its_places()
    {
        foreach (var map in ShippedMappingsTests.Load().For("1959")!.Maps)
        {
            Table(map.Type).Rows.Select(row => row[0].Text.Trim('(', ')').Replace("[]", "", StringComparison.Ordinal)).Should().Equal(map.Rows.Select(row => row.Name));
        }

        Table("patient").Rows.Single(row => row[0].Text == "phone_mobile")[1].Text.Should().Be("PID-14");
        Table("patient").Rows.Single(row => row[0].Text == "date_of_birth").Select(cell => cell.Text).Should().ContainInOrder("date_of_birth", "PID-7", "DOB", "dob", "birthDate", "date");
    }

    [Fact]
    public void It_says_what_each_message_does_and_sets() =>
        Table("Messages").Rows.Select(row => string.Join(' ', row.Select(cell => cell.Text))).Should().Contain("ADT^A04 patient create or update active = true").And.Contain("ADT^A03 encounter update status = finished");

    [Fact]
    public void It_says_what_the_practice_does_otherwise_and_why() =>
        Table("What differs from the vendor's own tables").Rows.Select(row => string.Join('|', row.Select(cell => cell.Text))).Should().Contain(row =>
            row.StartsWith("phone_mobile|HL7 v2|PID-14|PID-13") && row.EndsWith("|practice 1959|this practice sends the cell number in PID-14 (ticket 4471)"));

    [Fact]
    public void Every_cell_that_goes_one_way_is_listed()
    {
        var oneWay = ShippedMappingsTests.Load().For("1959")!.Maps.Sum(map => map.Rows.Sum(row => row.Cells.Values.Count(cell => !cell.IsRead || !cell.IsWritten)));

        Tables("Cells that go one way").Sum(table => table.Rows.Count).Should().Be(oneWay).And.BePositive();
        Tables("Cells that go one way").SelectMany(table => table.Rows).Select(row => row[3].Text).Distinct().Should().BeEquivalentTo("in", "out");
    }

    [Fact]
    public void Checks_what_is_not_mapped_code_tables_and_references_are_there()
    {
        var maps = ShippedMappingsTests.Load().For("1959")!;

        Tables("Checks").Sum(table => table.Rows.Count).Should().Be(maps.Maps.Sum(map => map.Checks.Count));
        Tables("Not mapped").Sum(table => table.Rows.Count).Should().Be(maps.Maps.Sum(map => map.NotMapped.Count));
        foreach (var table in maps.Codes.Values)
        {
            Table(table.Name).Rows.Should().HaveCount(table.Codes.Count);
        }

        Tables("Shortcuts").Sum(table => table.Rows.Count).Should().Be(maps.Maps.Sum(map => map.Shortcuts.Count)).And.BePositive();
        Table("Shortcuts").Rows.Single(row => row[0].Text == "$us-core-race")[1].Text.Should().StartWith("extension[");
        Table("patient").Rows.Select(row => row[0].Text).Should().Contain("(retired_id[])").And.Contain("race[]");
        Table("race").Rows.Single(row => row[0].Text == "2106-3")[1].Text.Should().StartWith("2106-3, White");
        Table("Providers").Rows.Should().HaveCount(maps.References["provider"].Rows.Count);
    }

    [Fact]
    public void As_Html_it_is_well_formed_and_says_the_same()
    {
        var page = XDocument.Parse(_report.ToHtml().Replace("<!DOCTYPE html>", "", StringComparison.Ordinal).Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal));

        page.Descendants("table").Select(table => table.Elements("tr").Count() - 1).Should().Equal(_page.Sections.SelectMany(section => section.Tables).Select(table => table.Rows.Count));
        page.Descendants("td").Select(cell => cell.Value).Should().Contain("PID-14").And.Contain("this practice sends the cell number in PID-14 (ticket 4471)");
        page.Descendants("script").Should().BeEmpty();
    }

    [Fact]
    public void What_a_file_says_is_text_on_the_page_and_never_its_markup()
    {
        var report = new Report("<b>", [new ReportText("a & b"), new ReportTable(["x"], [[ReportCell.Code("a|b")], [ReportCell.Code("`c`")], ["<script>alert(1)</script>"]])]);

        report.ToMarkdown().Should().Be("# <b>\n\na & b\n\n| x |\n|---|\n| `a\\|b` |\n| `c` |\n| <script>alert(1)</script> |\n");
        report.ToHtml().Should().Contain("<h1>&lt;b&gt;</h1>").And.Contain("<code>a|b</code>").And.Contain("&lt;script&gt;").And.NotContain("<script");
    }

    private static MarkdownTable Table(string heading) => Tables(heading).First();

    private static IEnumerable<MarkdownTable> Tables(string heading) => _page.Sections.Where(section => section.Title.Text == heading).SelectMany(section => section.Tables);
}
