using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

public sealed class CodeTableTests
{
    [Theory]
    [InlineData("Booked", "scheduled")]
    [InlineData("PENDING", "scheduled")]
    [InlineData("no show", "no_show")]
    [InlineData(" NOSHOW ", "no_show")]
    [InlineData("Dc", "cancelled")]
    [InlineData("Arrived2", null)]
    [InlineData("", null)]
    public void A_foreign_code_is_read_without_regard_to_case_and_blanks(string foreign, string? expected) =>
        Table(DesignExample.Statuses).Read(MapFormat.Hl7, foreign).Should().Be(expected);

    [Theory]
    [InlineData("checked_out", MapFormat.AthenaNet, "3")]
    [InlineData("scheduled", MapFormat.Hl7, "Booked")]
    [InlineData("no_show", MapFormat.AthenaNet, null)]
    [InlineData("no_show", MapFormat.Csv, null)]
    [InlineData("unheard_of", MapFormat.Hl7, null)]
    public void The_first_code_of_a_cell_is_written(string code, MapFormat format, string? expected) =>
        Table(DesignExample.Statuses).Write(format, code).Should().Be(expected);

    [Fact]
    public void A_format_without_a_code_is_told_from_one_of_which_nothing_is_said()
    {
        var noShow = Table(DesignExample.Statuses).Find("no_show")!;

        noShow.Spellings.ContainsKey(MapFormat.AthenaNet).Should().BeTrue("- says that there is none");
        noShow.Spellings.ContainsKey(MapFormat.Csv).Should().BeFalse();
        noShow.Display.Should().Be("No show");
    }

    [Fact]
    public void A_table_that_does_not_say_otherwise_compares_exactly()
    {
        var table = Table(DesignExample.Statuses.Replace("match:   ignore case\n", "", StringComparison.Ordinal));

        table.Read(MapFormat.Hl7, "Booked").Should().Be("scheduled");
        table.Read(MapFormat.Hl7, "booked").Should().BeNull();
    }

    [Theory]
    [InlineData("reject", UnknownCode.Reject, null, false)]
    [InlineData("review", UnknownCode.Review, null, false)]
    [InlineData("keep", UnknownCode.Keep, null, false)]
    [InlineData("= scheduled", UnknownCode.Replace, "scheduled", false)]
    [InlineData("= scheduled default", UnknownCode.Replace, "scheduled", true)]
    [InlineData("review default scheduled", UnknownCode.Review, "scheduled", true)]
    [InlineData("", UnknownCode.Review, null, false)]
    public void The_header_says_what_becomes_of_an_unknown_code(string said, UnknownCode kind, string? code, bool isDefault)
    {
        var unknown = Table(DesignExample.Statuses.Replace("unknown: reject", $"unknown: {said}", StringComparison.Ordinal)).Unknown;

        (unknown.Kind, unknown.Code, unknown.IsDefault).Should().Be((kind, code, isDefault));
        unknown.Reference.File.Should().Be("athenahealth/codes/appt-status.codes.md");
    }

    [Theory]
    [InlineData("99LAB", "cancelled")]
    [InlineData("99x", "cancelled")]
    [InlineData("9", null)]
    [InlineData("A7", "no_show")]
    [InlineData("A", null)]
    [InlineData("A77", null)]
    [InlineData("99", "scheduled")]
    public void A_pattern_stands_for_the_codes_that_are_not_listed(string foreign, string? expected) =>
        Table(DesignExample.Statuses.Replace("Booked, Pending ", "Booked, 99 ", StringComparison.Ordinal).Replace("Cancelled,", "Cancelled, 99*,", StringComparison.Ordinal).Replace("Noshow", "Noshow, a?", StringComparison.Ordinal))
            .Read(MapFormat.Hl7, foreign).Should().Be(expected);

    [Fact]
    public void A_quoted_code_may_hold_a_comma_and_a_quote()
    {
        var table = Table(DesignExample.Statuses.Replace("Booked, Pending       ", "'Booked, firm', 'It''s'", StringComparison.Ordinal));

        table.Read(MapFormat.Hl7, "booked, firm").Should().Be("scheduled");
        table.Read(MapFormat.Hl7, "it's").Should().Be("scheduled");
        table.Read(MapFormat.Hl7, "Pending").Should().BeNull();
    }

    [Fact]
    public void A_practices_rows_add_and_a_repeated_foreign_code_has_the_practices_meaning()
    {
        var table = Table(DesignExample.Statuses, """
            ---
            codes: appt-status
            unknown: = scheduled
            ---
            | Practice Studio | HL7 v2         | athenaNet | CSV | Display |
            |-----------------|----------------|-----------|-----|---------|
            | checked_in      | Roomed, Booked |           | -   |         |
            | waiting         | Waitlist       | w         |     | Waiting |
            | cancelled       |                |           |     | Off     |
            """);

        table.Read(MapFormat.Hl7, "Booked").Should().Be("checked_in");
        table.Read(MapFormat.Hl7, "Pending").Should().Be("scheduled");
        table.Read(MapFormat.Hl7, "Started").Should().Be("checked_in", "the pack's spelling is read as before");
        table.Read(MapFormat.Hl7, "waitlist").Should().Be("waiting");
        table.Write(MapFormat.Hl7, "checked_in").Should().Be("Roomed", "the practice's spelling is the one that is written");
        table.Write(MapFormat.Hl7, "scheduled").Should().Be("Pending");
        table.Write(MapFormat.Csv, "checked_in").Should().BeNull();
        table.Write(MapFormat.AthenaNet, "checked_in").Should().Be("2");
        table.Find("cancelled")!.Display.Should().Be("Off");
        table.Unknown.Kind.Should().Be(UnknownCode.Replace);
    }

    [Fact]
    public void A_format_that_a_practice_takes_away_stays_without_a_code()
    {
        var table = Table(DesignExample.Statuses, "| Practice Studio | HL7 v2 |\n|---|---|\n| scheduled | - |\n| checked_in | Booked |\n| no_show | Noshow |\n| cancelled | Started |\n");

        table.Find("scheduled")!.Spellings[MapFormat.Hl7].Should().BeEmpty();
        table.Read(MapFormat.Hl7, "Pending").Should().BeNull();
        table.Read(MapFormat.Hl7, "Booked").Should().Be("checked_in");
        table.Read(MapFormat.Hl7, "Started").Should().Be("cancelled");
        table.Write(MapFormat.Hl7, "cancelled").Should().Be("Started");
        table.Read(MapFormat.Hl7, "no show").Should().Be("no_show");
    }

    [Fact]
    public void A_practices_rows_do_not_reach_another_practice()
    {
        var files = DesignExample.Files(("practices/22/codes/sex.codes.md", DesignExample.Codes("sex", "unknown: M")));
        var set = MappingSet.Load(files, [DesignExample.Practice(), DesignExample.Practice("22")]);

        set.For("1959")!.Codes["sex"].Read(MapFormat.Hl7, "M").Should().Be("male");
        set.For("22")!.Codes["sex"].Read(MapFormat.Hl7, "M").Should().Be("unknown");
    }

    [Theory]
    [InlineData("match:   ignore case", "match: fuzzy", "3:8: error MAP102 match: can't be 'fuzzy'.")]
    [InlineData("unknown: reject", "unknown: pass", "4:10: error MAP102 unknown: can't be 'pass'.")]
    [InlineData("unknown: reject", "unknown: = booked", "4:10: error MAP221 booked is not a code of appt-status.")]
    [InlineData("unknown: reject", "unknwon: reject", "4:1: error MAP101 'unknwon' is not a header key.")]
    [InlineData("unknown: reject", "match: exact", "4:1: error MAP101 the header key 'match' stands twice.")]
    [InlineData("codes:   appt-status", "codes: apt-status", "2:8: error MAP103 the header says codes: apt-status, and the file's name says appt-status.")]
    [InlineData("| FHIR R4             ", "| FHIR R5             ", "6:65: error MAP111 a code table has no column 'FHIR R5'.")]
    [InlineData("| athenaNet ", "| CSV       ", "6:53: error MAP111 the column CSV stands twice.")]
    [InlineData("| Practice Studio |", "| Ours            |", "6:3: error MAP111 the table has no column Practice Studio.")]
    [InlineData("| checked_in      |", "|                 |", "9:3: error MAP121 the row has no code of ours.")]
    [InlineData("| checked_in      |", "| scheduled       |", "9:3: error MAP331 scheduled stands in line 8 already.")]
    [InlineData("Started   ", "Started, Pending", "9:30: error MAP331 Pending is read as scheduled (line 8) and as checked_in (line 9).")]
    public void What_is_wrong_with_a_code_table_is_said_at_its_place(string from, string to, string expected)
    {
        var set = DesignExample.Load(("athenahealth/codes/appt-status.codes.md", DesignExample.Statuses.Replace(from, to, StringComparison.Ordinal)));

        set.Problems.Select(problem => problem.ToShortText()).Should().Contain($"mappings/athenahealth/codes/appt-status.codes.md:{expected}");
        set.IsValid.Should().BeFalse();
    }

    [Fact]
    public void A_table_without_rows_is_an_error()
    {
        var set = DesignExample.Load(("athenahealth/codes/sex.codes.md", "---\ncodes: sex\n---\n"));

        set.Problems.Should().Contain(problem => problem.ToShortText() == "mappings/athenahealth/codes/sex.codes.md:1:1: error MAP110 the code table sex has no rows.");
    }

    [Fact]
    public void A_code_that_a_practice_adds_without_a_formats_column_can_only_be_read_there()
    {
        var set = DesignExample.Load(("practices/1959/codes/sex.codes.md", "| Practice Studio | HL7 v2 |\n|---|---|\n| intersex | I |\n"));

        set.Problems.Where(problem => problem.Code == "MAP330" && problem.Line == 3).Select(problem => problem.ToShortText()).Should().Equal(
            "mappings/practices/1959/codes/sex.codes.md:3:3: warning MAP330 intersex can be read but not written to CSV: the table has no such column.",
            "mappings/practices/1959/codes/sex.codes.md:3:3: warning MAP330 intersex can be read but not written to athenaNet: the table has no such column.",
            "mappings/practices/1959/codes/sex.codes.md:3:3: warning MAP330 intersex can be read but not written to FHIR R4: the table has no such column.");
    }

    [Fact]
    public void Only_formats_in_use_need_a_spelling()
    {
        // race has no CSV column in the patient's table, so its empty CSV cells are no loss.
        DesignExample.Load().Problems.Should().NotContain(problem => problem.File.EndsWith("race.codes.md", StringComparison.Ordinal));
    }

    private static CodeTable Table(string pack, string? practice = null)
    {
        var set = DesignExample.Load(("athenahealth/codes/appt-status.codes.md", pack), ("practices/1959/codes/appt-status.codes.md", practice));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        return set.For("1959")!.Codes["appt-status"];
    }
}
