using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

public sealed class AppointmentReadingTests
{
    [Fact]
    public void A_booking_is_stored_in_UTC_and_its_end_follows_from_its_length()
    {
        var read = Appointment().Read(Siu("S12", "997681|997681||||563^Follow-up|Follow-up^Knee|ANY15^Any 15|30|minutes|^^^20230615090000"));

        var visit = read.Records.Should().ContainSingle().Subject;
        visit.Verb.Should().Be(Verb.Create);
        visit.Aliases.Should().Equal(new RecordAlias("appointment", "athenahealth", "997681"), new RecordAlias("appointment", "placer", "997681"));
        visit.Fields.Select(field => $"{field.Definition.Name} {field.Value}").Should().Equal(
            "external_id 997681",
            "placer_id 997681",
            "patient_id 34772",
            "provider_id prov-7",
            "start_time 2023-06-15T14:00:00Z",
            "end_time 2023-06-15T14:30:00Z",
            "location_id loc-main",
            "reason Knee");
        visit.Fields.Single(field => field.Definition.Name == "end_time").Cell.Line.Should().Be(70, "the equation decided it");
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void The_zone_of_the_location_comes_before_the_practices()
    {
        var read = Appointment().Read(Siu("S12", "1|1|||||||30||^^^20230615090000", location: "2"));

        read.Records[0]["start_time"].Text.Should().Be("2023-06-15T15:00:00Z", "location 2 is in Denver");
    }

    [Fact]
    public void Without_a_location_the_zone_of_the_department_counts_and_then_the_practices()
    {
        var message = Siu("S12", "1|1|||||||30||^^^20230615090000", location: "");

        Appointment().Read(message.Replace("ATHENANET||", "195900^Sample^2^West||", StringComparison.Ordinal)).Records[0]["start_time"].Text
            .Should().Be("2023-06-15T15:00:00Z");
        Appointment().Read(message).Records[0]["start_time"].Text.Should().Be("2023-06-15T14:00:00Z");
    }

    [Fact]
    public void When_start_length_and_end_disagree_the_end_is_kept_and_people_are_told_in_clinic_time()
    {
        var read = Appointment().Read(Siu("S12", "1|1|||||||30||^^^20230615090000^20230615094500"));

        read.Records[0]["end_time"].Text.Should().Be("2023-06-15T14:45:00Z");
        var note = read.Notes.Should().ContainSingle().Subject;
        note.Reason.Should().Be("end_time disagrees with start_time + duration.");
        note.ToLine("MSG 1").Should().MatchRegex(
            @"^MSG 1 SCH-11\.5 \(byte \d+\): MAP521 end_time 09:45 disagrees with start_time \+ duration = 09:30\.   Kept end_time \(zone America/Chicago\)\.   \[appointment\.map\.md:\d+\]$");
    }

    [Fact]
    public void When_they_agree_nothing_is_said() =>
        Appointment().Read(Siu("S12", "1|1|||||||30||^^^20230615090000^20230615093000")).Notes.Should().BeEmpty();

    [Fact]
    public void A_start_follows_from_an_end_and_a_length()
    {
        var read = Appointment().Read(Siu("S12", "1|1|||||||1|hour|^^^^20230615100000"));

        read.Records[0]["start_time"].Text.Should().Be("2023-06-15T14:00:00Z");
    }

    [Fact]
    public void A_length_in_an_unknown_unit_gives_no_end()
    {
        var read = Appointment().Read(Siu("S12", "1|1|||||||2|fortnights|^^^20230615090000"));

        read.Records[0]["end_time"].IsAbsent.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.Minutes);
    }

    [Fact]
    public void A_visit_that_ends_before_it_starts_is_rejected()
    {
        var read = Appointment().Read(Siu("S12", "1|1|||||||||^^^20230615090000^20230615080000"));

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Reason.Should().Be("the visit ends before it starts");
    }

    [Fact]
    public void A_check_with_a_missing_operand_does_not_fire() =>
        Appointment().Read(Siu("S12", "1|1|||||||||^^^20230615090000")).IsRejected.Should().BeFalse();

    [Theory]
    [InlineData("S15", "", "cancelled")]
    [InlineData("S15", "Cancelled", "cancelled")]
    [InlineData("S15", "Booked", "cancelled")]
    [InlineData("S15", "NOSHOW", "no_show")]
    [InlineData("S15", "No Show", "no_show")]
    [InlineData("S14", "NOSHOW", "no_show")]
    [InlineData("S14", "Booked", "scheduled")]
    public void The_event_outranks_the_status_except_that_a_no_show_is_a_no_show(string trigger, string status, string expected)
    {
        var visit = Appointment().Read(Siu(trigger, $"1|1{new string('|', 23)}{status}")).Records[0];

        visit["status"].Text.Should().Be(expected);
        visit.Verb.Should().Be(trigger == "S15" ? Verb.Cancel : Verb.Update);
    }

    [Fact]
    public void A_time_that_a_clock_change_skips_moves_forward_and_one_that_repeats_is_taken_near_the_receipt()
    {
        var skipped = Appointment().Read(Siu("S12", "1|1|||||||30||^^^20230312023000"));
        var repeated = Appointment().Read(Siu("S12", "1|1|||||||30||^^^20231105013000"), "2023-06-01T00:00:00Z");

        skipped.Records[0]["start_time"].Text.Should().Be("2023-03-12T08:30:00Z");
        skipped.Notes.Should().ContainSingle().Which.Code.Should().Be(MappingCodes.SkippedTime);
        repeated.Records[0]["start_time"].Text.Should().Be("2023-11-05T06:30:00Z");
        repeated.Notes.Should().Contain(note => note.Code == MappingCodes.RepeatedTime);
    }

    [Fact]
    public void Notes_are_the_lines_of_the_visits_own_NTE()
    {
        var message = Siu("S12", "1|1\nNTE|1||Bring the chart\nNTE|2||  & the referral") + "\nAIS|1||X\nNTE|1||About the room";

        Appointment().Read(message).Records[0]["notes"].Text.Should().Be("Bring the chart\n  & the referral");
    }

    [Fact]
    public void A_note_behind_a_resource_is_not_the_visits() =>
        Appointment().Read(Siu("S12", "1|1") + "\nAIS|1||X\nNTE|1||About the room").Records[0]["notes"].IsAbsent.Should().BeTrue();

    [Fact]
    public void An_unknown_provider_and_location_are_stored_as_sent_and_listed()
    {
        var read = Appointment().Read(Siu("S12", "1|1", provider: "nobody", location: "99"));

        read.Records[0]["provider_id"].Text.Should().Be("nobody");
        read.Records[0]["location_id"].Text.Should().Be("99");
        read.Notes.Select(note => (note.Severity, note.ReviewKind, note.ReviewKey)).Should().BeEquivalentTo(new[]
        {
            (NoteSeverity.Review, "unknown provider", "provider|nobody"),
            (NoteSeverity.Review, "unknown location", "location|99"),
        });
    }

    [Fact]
    public void A_date_and_a_time_in_two_columns_are_joined()
    {
        var read = Appointment().ReadRow("""
            AppointmentID,PatientID,Date,StartTime,Duration,DepartmentID
            997681,34772,06/15/2023,9:00 AM,30,1
            """);

        read.Records[0]["start_time"].Text.Should().Be("2023-06-15T14:00:00Z");
        read.Records[0]["end_time"].Text.Should().Be("2023-06-15T14:30:00Z");
    }

    private static string Siu(string trigger, string sch, string provider = "jjohnson", string location = "1") => $"""
        MSH|^~\&|ATHENANET|ATHENANET|||202306010930||SIU^{trigger}|1|P|2.3
        SCH|{sch}
        PID|1|34772|34772|34772|DOE^JANE
        AIG|1||{provider}
        AIL|1||{location}
        """;

    private static TestMap Appointment() => new TestMap("appointment") { UsesLocationZone = true }
        .Codes("appt-status", UnknownCode.Review, "scheduled=Booked", "cancelled=Cancelled,Canceled", "no_show=Noshow")
        .References("provider", new Reference("prov-7", "100", "jjohnson", "1234567893", "Jane Johnson", null))
        .References(
            "location",
            new Reference("loc-main", "1", null, null, "Main", null),
            new Reference("loc-west", "2", null, null, "West", DateTimeZoneProviders.Tzdb["America/Denver"]))
        .Row("external_id", "SCH-2.1 or SCH-1.1", "AppointmentID", key: true)
        .Row("placer_id", "SCH-1.1", alias: "placer")
        .Row("patient_id", "PID-3[4=ATHENA?,5=MRN?].1", "PatientID", "ref patient")
        .Row("provider_id", "AIP-3.1 or AIG-3.1", @as: "ref provider")
        .Row("start_time", "SCH-11.4 or AIS-4", "Date + StartTime", "instant")
        .Row("(duration)", "SCH-9", "Duration", "minutes")
        .Row("end_time", "SCH-11.5", @as: "instant")
        .Row("status", "SCH-25", @as: "code appt-status")
        .Row("location_id", "AIL-3.1", "DepartmentID", "ref location")
        .Row("reason", "SCH-7.2")
        .Row("notes", "NTE-3", @as: "lines")
        .Equation("end_time", "start_time", "duration")
        .Check("end_time > start_time", CheckOutcome.Reject, "the visit ends before it starts")
        .On("SIU^S12", Verb.Create)
        .On("SIU^S14", Verb.Update)
        .On("SIU^S15", Verb.Cancel, "status = if(status = 'no_show', 'no_show', 'cancelled')")
        .On("Schedule file");
}
