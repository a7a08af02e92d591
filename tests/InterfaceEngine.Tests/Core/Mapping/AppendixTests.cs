using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The appendix of the integration guide, pasted into a file, is a valid map; the checker lists what it leaves unsaid.</summary>
public sealed class AppendixTests
{
    private const string Patient = """
        ### Patient Demographics Mapping

        | athenahealth Field | Practice Studio Field | Notes |
        |--------------------|------------------------|-------|
        | patientid | external_id | athenahealth patient identifier |
        | firstname | first_name | |
        | lastname | last_name | |
        | dob | date_of_birth | Format: YYYY-MM-DD |
        | sex | gender | Mapped M/F/O/U to corresponding codes |
        | address1 | address.line1 | |
        | address2 | address.line2 | |
        | city | address.city | |
        | state | address.state | |
        | zip | address.postal_code | |
        | homephone | phone_home | Format standardized to E.164 |
        | mobilephone | phone_mobile | Format standardized to E.164 |
        | email | email | |
        | language | preferred_language | Mapped from athenahealth language codes |
        | race | race | Mapped from athenahealth race codes |
        | ethnicity | ethnicity | Mapped from athenahealth ethnicity codes |
        """;

    private const string Appointment = """
        ### Appointment Mapping

        | athenahealth Field | Practice Studio Field | Notes |
        |--------------------|------------------------|-------|
        | appointmentid | external_id | athenahealth appointment identifier |
        | patientid | patient_id | Mapped to Practice Studio patient ID |
        | providerid | provider_id | Mapped to Practice Studio provider ID |
        | appointmenttypeid | appointment_type | Mapped to corresponding types |
        | starttime | start_time | Converted to UTC |
        | duration | end_time | Calculated from start time + duration |
        | appointmentstatus | status | Mapped to corresponding statuses |
        | reason | reason | |
        | departmentid | location_id | Mapped to Practice Studio location |
        | note | notes | |
        """;

    [Fact]
    public void It_loads_and_reads_the_athenaNet_fields()
    {
        var set = Load();

        set.IsValid.Should().BeTrue();
        var row = set.For("1959")!.Find("patient")!.Rows.Single(row => row.Name == "date_of_birth");
        ((JsonPlace)row.Cells[MapFormat.AthenaNet].Alternatives[0]).Paths[0].Text.Should().Be("dob");
        row.As.Type.Should().Be("text");
    }

    [Theory]
    [InlineData("patient", "external_id", "Write text if that is right.")]
    [InlineData("patient", "first_name", "By its name: write name, of which a change of letter case alone is no change?")]
    [InlineData("patient", "date_of_birth", "The note says \"Format: YYYY-MM-DD\": write date?")]
    [InlineData("patient", "gender", "The note says \"Mapped M/F/O/U to corresponding codes\": write code sex?")]
    [InlineData("patient", "address.line1", "By its name: write name, of which a change of letter case alone is no change?")]
    [InlineData("patient", "address.state", "Write text if that is right.")]
    [InlineData("patient", "phone_home", "The note says \"Format standardized to E.164\": write phone?")]
    [InlineData("patient", "email", "By its name: write email?")]
    [InlineData("patient", "preferred_language", "The note says \"Mapped from athenahealth language codes\": write code language?")]
    [InlineData("patient", "race", "The note says \"Mapped from athenahealth race codes\": write code race?")]
    [InlineData("patient", "ethnicity", "The note says \"Mapped from athenahealth ethnicity codes\": write code ethnicity?")]
    [InlineData("appointment", "patient_id", "The note says \"Mapped to Practice Studio patient ID\": write ref patient?")]
    [InlineData("appointment", "provider_id", "The note says \"Mapped to Practice Studio provider ID\": write ref provider?")]
    [InlineData("appointment", "appointment_type", "The note says \"Mapped to corresponding types\": write code appt-type?")]
    [InlineData("appointment", "start_time", "The note says \"Converted to UTC\": write instant?")]
    [InlineData("appointment", "end_time", "The note says \"Calculated from start time + duration\": give end_time its type, and write end_time = a + b under Equations; what it is found from may be a row in brackets, such as (duration).")]
    [InlineData("appointment", "status", "The note says \"Mapped to corresponding statuses\": write code appt-status?")]
    [InlineData("appointment", "location_id", "The note says \"Mapped to Practice Studio location\": write ref location?")]
    public void What_is_unsaid_is_listed_with_what_the_notes_and_names_hint_at(string map, string field, string help)
    {
        var problem = Load().Problems.Should().ContainSingle(problem => problem.File == $"athenahealth/{map}.map.md" && problem.Text == $"{field} has no As; it is read as text.").Subject;

        (problem.Severity, problem.Code, problem.Help).Should().Be((MappingSeverity.Warning, "MAP210", help));
        (map == "patient" ? Patient : Appointment).Split('\n')[problem.Line - 1][(problem.Column - 1)..].Should().StartWith(field);
    }

    [Fact]
    public void Every_field_is_listed_once() => Load().Problems.Count(problem => problem.Code == "MAP210").Should().Be(16 + 10);

    [Fact]
    public void That_nothing_identifies_the_record_is_listed_too()
    {
        Load().Problems.Count(problem => problem.Code == "MAP234").Should().Be(2);
    }

    private static MappingSet Load() => DesignExample.Load(
        ("athenahealth/patient.map.md", Patient),
        ("athenahealth/appointment.map.md", Appointment),
        ("practices/1959/patient.map.md", null),
        ("tests/patient.test.md", null));
}
