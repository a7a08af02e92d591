using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Testing;
using InterfaceEngine.Core.Mapping.Writing;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The design's whole maps (§2, §3) taken through all four formats, and the guide's A04 written back over itself.</summary>
public sealed class DesignRoundTripTests
{

    private const string Visit = """
        | Practice Studio  | Expect               |
        |------------------|----------------------|
        | external_id      | 990117               |
        | patient_id       | 12345                |
        | provider_id      | prov-johnson         |
        | appointment_type | office_visit         |
        | start_time       | 2023-06-15T14:00:00Z |
        | end_time         | 2023-06-15T14:30:00Z |
        | status           | scheduled            |
        | reason           | Knee                 |
        | location_id      | loc-main             |
        """;

    private const string Booking = """
        ```json
        {
          "appointmentid": "990117",
          "patientid": 12345,
          "providerid": 54321,
          "appointmenttypeid": 82,
          "starttime": "2023-06-15T09:00:00",
          "duration": 30,
          "appointmentstatus": "f",
          "reason": "Knee",
          "departmentid": 1
        }
        ```
        """;

    private const string Siu = """
        ```hl7
        MSH|^~\&|PRACTICESTUDIO||ATHENA||20230601120000||SIU^S12|1|P|2.3
        SCH||990117|||||^Knee|82|30|minutes|^^^20230615090000^20230615093000||||||||||||||Booked
        PID|1||12345^^^ATHENA^MRN
        AIL|1||1
        AIP|1||54321
        ```
        """;

    private const string Row = """
        ```csv
        AppointmentID,PatientID,ProviderID,AppointmentTypeID,StartTime,Duration,Status,Reason,DepartmentID,Note
        990117,12345,54321,82,2023-06-15T09:00:00,30,f,Knee,1,
        ```
        """;

    private const string Resource = """
        ```json
        {
          "resourceType": "Appointment",
          "id": "990117",
          "status": "booked",
          "appointmentType": {"coding": [{"code": "82"}]},
          "reasonCode": [{"text": "Knee"}],
          "start": "2023-06-15T09:00:00-05:00",
          "end": "2023-06-15T09:30:00-05:00",
          "minutesDuration": 30,
          "participant": [
            {"status": "accepted", "actor": {"reference": "Patient/12345"}},
            {"status": "accepted", "actor": {"reference": "Practitioner/54321"}},
            {"status": "accepted", "actor": {"reference": "Location/1"}}
          ]
        }
        ```
        """;

    [Fact]
    public void The_booking_of_the_guide_goes_through_every_format_and_comes_back()
    {
        string[] blocks = [Booking, Siu, Row, Resource, Booking];
        var cases = blocks.Zip(blocks.Skip(1), (from, to) => $"## A visit\n\n{from}\n\n{to}\n\n{Visit}\n\n");

        var results = Run("appointment", string.Concat(cases));

        results.Should().HaveCount(4);
        results.SelectMany(result => result.Failures).Should().BeEmpty();
    }

    /// <summary>§3's clock changes: what does not exist goes forward by the gap; what happens twice is taken near the receipt (§21).</summary>
    [Theory]
    [InlineData("20230312023000", "2023-03-12T08:30:00Z", "MAP525")]
    [InlineData("20231105013000", "2023-11-05T06:30:00Z", "MAP526")]
    public void The_hours_of_a_clock_change_are_those_of_the_design(string local, string utc, string code)
    {
        var siu = Siu.Replace("20230615090000^20230615093000", local, StringComparison.Ordinal);

        Run("appointment", $"## A visit\n\n{siu}\n\n| Practice Studio | Expect |\n|---|---|\n| start_time | {utc} |\n| (note) | {code} |\n")
            .SelectMany(result => result.Failures).Should().BeEmpty();
    }

    /// <summary>§2 prints three changes. The name's last separator stays, for it says the same; a number says its use beside its kind.</summary>
    [Fact]
    public void The_A04_of_the_guide_written_back_over_itself_changes_in_what_is_spelled_otherwise_and_nowhere_else()
    {
        var set = DesignExample.Load(("practices/1959/patient.map.md", null), ("tests/patient.test.md", null));
        var reader = new PracticeReader(set.For("1959")!);
        var before = Hl7Message.Parse(Encoding.UTF8.GetBytes(string.Join('\r', DesignExample.Test.Split('\n').Where(line => line.StartsWith("MSH|", StringComparison.Ordinal) || line.StartsWith("EVN|", StringComparison.Ordinal) || line.StartsWith("PID|", StringComparison.Ordinal)).Take(3))));
        var read = reader.Read(before, new ReadContext(Instant.FromUtc(2022, 3, 15, 19, 26)));
        var fresh = new FreshRecords(read.Records);

        read.Records.Should().ContainSingle().Which.Fields.Count(field => field.Value.HasValue).Should().Be(12, "it is the number that the design gives");
        var after = Hl7Message.Parse(new PracticeWriter(reader).WriteOver(before, new OutgoingMessage
        {
            Event = "ADT^A04",
            Records = fresh.Records,
            ExternalIdOf = fresh.ExternalIdOf,
            Header = Writing.Clinic.Header,
        }).Body);

        Differences(before, after).Should().Equal("PID-10 White → 2106-3", "PID-13 (555)555-1234 → (555)555-1234^PRN^PH");
    }

    private static IEnumerable<string> Differences(Hl7Message before, Hl7Message after) =>
        from index in Enumerable.Range(0, before.SegmentCount)
        from number in Enumerable.Range(1, 40)
        let pair = (Before: Encoding.UTF8.GetString(before.GetSegment(index).Field(number).Raw), After: Encoding.UTF8.GetString(after.GetSegment(index).Field(number).Raw))
        where pair.Before != pair.After
        select $"{before.GetSegment(index).Name}-{number} {pair.Before} → {pair.After}";

    private static IReadOnlyList<MappingTestResult> Run(string type, string cases)
    {
        var set = DesignExample.Load(
            ("athenahealth/appointment.map.md", DesignExample.Appointment.Replace("| Schedule file ", "| FHIR Appointment | create or update | |\n| Schedule file ", StringComparison.Ordinal)),
            ("athenahealth/codes/appt-type.codes.md", DesignExample.Codes("appt-type", "office_visit: 82")),
            ("practices/1959/providers.ref.md", "---\nreferences: provider\npractice: 1959\n---\n\n| Practice Studio | athenahealth | Name |\n|---|---|---|\n| prov-johnson | 54321 | Jane Johnson |\n"),
            ("practices/1959/locations.ref.md", "---\nreferences: location\npractice: 1959\n---\n\n| Practice Studio | athenahealth | Name | Zone |\n|---|---|---|---|\n| loc-main | 1 | Main | America/Chicago |\n"),
            ("tests/patient.test.md", null),
            ("tests/round.test.md", $"---\ntest: {type}\npractice: 1959\nreceived: 2023-06-01\n---\n\n{cases}"));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Select(problem => problem.ToText()).Should().BeEmpty();
        return MappingTestRun.Run(set);
    }
}
