using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The messages of mapping design §9, letter by letter.</summary>
public sealed class DesignMessageTests
{
    [Fact]
    public void The_examples_of_the_design_load_without_an_error()
    {
        var set = DesignExample.Load();

        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Should().BeEmpty();
        set.IsValid.Should().BeTrue();
        set.For("1959")!.Maps.Select(map => map.Type).Should().Equal("patient", "appointment");
    }

    [Fact]
    public void A_field_that_does_not_exist_is_shown_with_its_row_and_what_may_be_meant()
    {
        // The mobile number is on line 11 of the override; the base has PID-13[3=CP], and PID-13 and PID-14 are telephone numbers.
        var set = Override(text => text.Replace("PID-14 ", "PID-134", StringComparison.Ordinal));

        Only(set, "MAP201").ToText().Should().Be("""
            mappings/practices/1959/patient.map.md:11:28: error MAP201 PID-134 does not exist: PID has 39 fields.
              | phone_mobile | PID-134 |
                               ^^^^^^^
              Did you mean PID-13[3=CP] or PID-14?
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void An_unknown_field_is_suggested_or_added_as_custom()
    {
        var problem = Only(Override(text => text.Replace("| phone_mobile ", "| phone_moble  ", StringComparison.Ordinal)), "MAP203");

        problem.ToShortText().Should().Be("mappings/practices/1959/patient.map.md:11:3: error MAP203 phone_moble is not a field of patient.");
        problem.Help.Should().Be("Did you mean phone_mobile? To add a new field name it custom.phone_moble.");
    }

    [Fact]
    public void Two_rows_that_would_write_one_place_are_shown_beside_each_other()
    {
        var set = Patient(text => text
            .Replace("| PID-13[2=PRN?,3=PH?]    |", "| PID-13[3=PH?]           |", StringComparison.Ordinal)
            .Replace("| PID-13[3=CP]            |", "| PID-13                  |", StringComparison.Ordinal));

        set.Problems.First(problem => problem.Code == "MAP310").ToText().Should().Be("""
            mappings/athenahealth/patient.map.md:24:25: error MAP310 phone_home and phone_mobile would write the same place in HL7 v2.
              phone_home    PID-13[3=PH?]   (line 23)
              phone_mobile  PID-13          (line 24)
              Give phone_mobile a selector that cannot fit the other, for example PID-13[3=CP].
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_code_table_that_does_not_exist_is_suggested_with_its_file()
    {
        var problem = Only(Patient(text => text.Replace("| code sex       |", "| code sexes     |", StringComparison.Ordinal)), "MAP220");

        problem.ToShortText().Should().Be("mappings/athenahealth/patient.map.md:17:119: error MAP220 there is no code table 'sexes'.");
        problem.Help.Should().Be("Did you mean sex (mappings/athenahealth/codes/sex.codes.md)?");
    }

    [Fact]
    public void A_code_that_can_be_read_but_not_written_is_said()
    {
        var problem = Only(DesignExample.Load(), "MAP330");

        problem.ToShortText().Should().Be("mappings/athenahealth/codes/appt-status.codes.md:12:3: warning MAP330 no_show can be read but not written to CSV: the cell is empty.");
        problem.Help.Should().Be("A record with appt-status no_show will be refused when a CSV file is written. Put a code, or - if the format has none.");
    }

    [Fact]
    public void A_foreign_code_with_two_meanings_is_an_error()
    {
        var set = DesignExample.Load(("practices/1959/codes/appt-type.codes.md", """
            ---
            codes:    appt-type
            practice: 1959
            ---

            | Practice Studio | HL7 v2 | CSV |
            |-----------------|--------|-----|
            | office_visit    | 82     |     |
            | telehealth      | 82     |     |
            """));

        var problem = Only(set, "MAP331");
        problem.ToShortText().Should().Be("mappings/practices/1959/codes/appt-type.codes.md:9:21: error MAP331 82 is read as office_visit (line 8) and as telehealth (line 9).");
        problem.Help.Should().Be("A code may stand in one row only.");
    }

    [Fact]
    public void A_sealed_row_cannot_be_overridden()
    {
        var set = Override(text => text.Replace("| preferred_language     |                    |", "| external_id            | PID-2              |", StringComparison.Ordinal));

        var problem = Only(set, "MAP341");
        problem.ToShortText().Should().Be("mappings/practices/1959/patient.map.md:13:3: error MAP341 external_id is sealed by mappings/athenahealth/patient.map.md:13.");
        problem.Help.Should().Be("It identifies the patient; an override would split every chart.");
    }

    [Fact]
    public void Types_that_do_not_go_together_are_shown_in_the_formula()
    {
        var problem = Only(Appointment(text => text.Replace("start_time + duration\n", "start_time + reason\n", StringComparison.Ordinal)), "MAP350");

        problem.ToShortText().Should().Be("mappings/athenahealth/appointment.map.md:26:29: error MAP350 start_time + reason: an instant and a text cannot be added.");
    }

    [Fact]
    public void A_place_that_an_equation_makes_needless_is_a_note()
    {
        var set = DesignExample.Load();

        set.Problems.First(problem => problem.Code == "MAP360").ToShortText().Should().Be(
            "mappings/athenahealth/appointment.map.md:18:48: note MAP360 CSV has no place for end_time and none is needed: end_time = start_time + duration.");
    }

    [Fact]
    public void A_row_with_too_few_cells_is_an_error_at_its_end()
    {
        var set = DesignExample.Load(("practices/2210/patient.map.md", """
            ---
            map:      patient
            practice: 2210
            ---

            | Practice Studio | HL7 v2 | CSV | athenaNet | FHIR R4 | As | Rule | Notes |
            |-----------------|--------|-----|-----------|---------|----|------|-------|
            | gender          |        |     |           |         |    |      | right |
            | email           | PID-13 |     |           |         |    |      |
            """));

        var problem = Only(set, "MAP120");
        problem.ToShortText().Should().Be("mappings/practices/2210/patient.map.md:9:68: error MAP120 the table row has 7 cells and the header has 8.");
        problem.Help.Should().Be("A | inside a cell is written \\|.");
    }

    private static MappingSet Override(Func<string, string> change) => DesignExample.Load(("practices/1959/patient.map.md", change(DesignExample.Practice1959)));

    private static MappingSet Patient(Func<string, string> change) => DesignExample.Load(("athenahealth/patient.map.md", change(DesignExample.Patient)));

    private static MappingSet Appointment(Func<string, string> change) => DesignExample.Load(("athenahealth/appointment.map.md", change(DesignExample.Appointment.ReplaceLineEndings("\n") + "\n")));

    private static MappingProblem Only(MappingSet set, string code) => set.Problems.Should().ContainSingle(problem => problem.Code == code).Subject;
}
