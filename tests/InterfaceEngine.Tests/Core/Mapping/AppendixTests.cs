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
        | homephone | phone_home | Format standardized to E.164 |
        | language | preferred_language | Mapped from athenahealth language codes |
        | race | race | Mapped from athenahealth race codes |
        """;

    private const string Appointment = """
        ### Appointment Mapping

        | athenahealth Field | Practice Studio Field | Notes |
        |--------------------|------------------------|-------|
        | appointmentid | external_id | athenahealth appointment identifier |
        | providerid | provider_id | Mapped to Practice Studio provider ID |
        | starttime | start_time | Converted to UTC |
        | duration | end_time | Calculated from start time + duration |
        | appointmentstatus | status | Mapped to corresponding statuses |
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
    [InlineData("patient", "8:9", "date_of_birth", "The note says \"Format: YYYY-MM-DD\": write date?")]
    [InlineData("patient", "11:15", "phone_home", "The note says \"Format standardized to E.164\": write phone?")]
    [InlineData("patient", "12:14", "preferred_language", "The note says \"Mapped from athenahealth language codes\": write code language?")]
    [InlineData("patient", "13:10", "race", "The note says \"Mapped from athenahealth race codes\": write code race?")]
    [InlineData("patient", "6:15", "first_name", "Write text if that is right.")]
    [InlineData("appointment", "6:16", "provider_id", "The note says \"Mapped to Practice Studio provider ID\": write ref provider?")]
    [InlineData("appointment", "7:15", "start_time", "The note says \"Converted to UTC\": write instant?")]
    [InlineData("appointment", "9:23", "status", "The note says \"Mapped to corresponding statuses\": write code appt-status?")]
    public void What_is_unsaid_is_listed_with_what_the_notes_hint_at(string map, string place, string field, string help)
    {
        var problem = Load().Problems.Should().ContainSingle(problem => problem.ToShortText().StartsWith($"mappings/athenahealth/{map}.map.md:{place}:", StringComparison.Ordinal)).Subject;

        problem.Text.Should().Be($"{field} has no As; it is read as text.");
        (problem.Severity, problem.Code, problem.Help).Should().Be((MappingSeverity.Warning, "MAP210", help));
    }

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
