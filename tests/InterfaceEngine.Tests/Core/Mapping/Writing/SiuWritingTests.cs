using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>
/// Scheduling messages as they leave, field by field: what the standard requires (2.3, chapters 2, 3 and 10), what the guide's own
/// messages look like, and what athenahealth's interface takes.
/// </summary>
public sealed class SiuWritingTests
{
    [Fact]
    public void A_booking_is_written_segment_by_segment_in_the_standards_order()
    {
        var written = Clinic.Write("195900", "SIU^S12", Clinic.Visit(("reason", "Follow-up"), ("notes", "Bring the\nold films")), Clinic.Patient());

        written.Notes.Should().BeEmpty();
        Clinic.Segments(written).Should().Equal(
            @"MSH|^~\&|PRACTICESTUDIO|PSSERVER|ATHENA|ATHENANET|20260105093000||SIU^S12|0ABCDEFGHJKMN|P|2.3",
            "SCH|" + Clinic.VisitId + "|||||BOOKED|Follow-up|Telehealth|15|minutes|^^^20260112101500^20260112103000|||||PRACTICESTUDIO||||PRACTICESTUDIO|||||Booked",
            "NTE|1||Bring the",
            "NTE|2||old films",
            "PID|1||34772||Doe^Jane||19750822|F",
            "RGS|1",
            "AIL|1||1|D",
            "AIP|1||27|PROVIDER");
        Clinic.Text(written).Should().EndWith("\r", "every segment is ended by CR");
    }

    [Theory]
    [InlineData("1959", "34772^^^ATHENA^MRN", "12345", "90")]
    [InlineData("195900", "34772", "27", "Telehealth")]
    [InlineData("7", "34772^^^^MR", "27", "Telehealth")]
    public void Each_profile_writes_its_own_form(string practice, string patient, string provider, string type)
    {
        var written = Clinic.Write(practice, "SIU^S12", Clinic.Visit(), Clinic.Patient());

        written.IsRefused.Should().BeFalse();
        (Clinic.At(written, "PID-3"), Clinic.At(written, "AIP-3"), Clinic.At(written, "AIL-3"), Clinic.At(written, "SCH-8")).Should().Be((patient, provider, "1", type));
    }

    [Theory]
    [InlineData("SIU^S12", "scheduled", "BOOKED", "Booked")]
    [InlineData("SIU^S13", "scheduled", "CHANGED", "Booked")]
    [InlineData("SIU^S14", "checked_in", "CHANGED", "Started")]
    [InlineData("SIU^S15", "cancelled", "CANCELLED", "Cancelled")]
    [InlineData("SIU^S15", "no_show", "CANCELLED", "Noshow")]
    [InlineData("SIU^S26", "no_show", "CHANGED", "Noshow")]
    public void Every_event_says_itself_its_reason_and_the_status(string @event, string status, string reason, string filler)
    {
        foreach (var practice in new[] { "1959", "195900", "7" })
        {
            var written = Clinic.Write(practice, @event, Clinic.Visit(("status", status)), Clinic.Patient());

            written.Notes.Should().BeEmpty();
            (Clinic.At(written, "MSH-9"), Clinic.At(written, "SCH-6"), Clinic.At(written, "SCH-25")).Should().Be((@event, reason, filler));
        }
    }

    [Theory]
    [InlineData("SIU^S12", "scheduled", "")]
    [InlineData("SIU^S13", "scheduled", "U")]
    [InlineData("SIU^S14", "scheduled", "U")]
    [InlineData("SIU^S15", "cancelled", "")]
    public void A_change_says_of_each_resource_that_it_is_updated(string @event, string status, string action)
    {
        // Chapter 10: the action code of a resource is required in a message that modifies what was sent before (table 0206: U).
        var written = Clinic.Write("195900", @event, Clinic.Visit(("status", status)), Clinic.Patient());

        (Clinic.At(written, "RGS-2"), Clinic.At(written, "AIL-2"), Clinic.At(written, "AIP-2")).Should().Be((action, action, action));
    }

    [Theory]
    [InlineData("1959", "Follow-up")]
    [InlineData("195900", "Follow-up")]
    [InlineData("7", "^Follow-up")]
    public void The_words_of_a_reason_stand_where_the_receiver_has_them(string practice, string expected) =>
        // athenahealth has the words in SCH-7.1; a standard receiver has a code there and the words behind it.
        Clinic.Segments(Clinic.Write(practice, "SIU^S12", Clinic.Visit(("reason", "Follow-up")), Clinic.Patient()))
            .Single(segment => segment.StartsWith("SCH", StringComparison.Ordinal)).Split('|')[7].Should().Be(expected);

    [Theory]
    [InlineData("SIU^S12", "cancelled")]
    [InlineData("SIU^S15", "scheduled")]
    [InlineData("SIU^S26", "cancelled")]
    public void An_event_that_would_say_another_status_than_is_stored_is_refused(string @event, string status) =>
        Refused(Clinic.Write("1959", @event, Clinic.Visit(("status", status)), Clinic.Patient()), WritingCodes.Contradiction, "status", "athenahealth/appointment.map.md");

    [Fact]
    public void What_the_standard_requires_is_there()
    {
        var written = Clinic.Write("1959", "SIU^S12", Clinic.Visit(), Clinic.Patient());

        // 2.3: SCH-1, 6, 11, 16, 20; RGS-1; AIL-1, 3; AIP-1, 4. 2.3.1 adds AIL-4.
        foreach (var path in new[] { "SCH-1", "SCH-6", "SCH-11", "SCH-16", "SCH-20", "PID-3", "PID-5", "RGS-1", "AIL-1", "AIL-3", "AIL-4", "AIP-1", "AIP-3", "AIP-4" })
        {
            Clinic.At(written, path).Should().NotBeEmpty(path);
        }
    }

    [Theory]
    [InlineData("2.3", false)]
    [InlineData("2.3.1", true)]
    [InlineData("2.5.1", true)]
    public void The_patients_own_provider_goes_along_only_where_the_versions_structure_has_a_place_for_it(string version, bool hasPlace)
    {
        var written = Clinic.Write(
            "1959", "SIU^S12", [Clinic.Visit(), Clinic.Patient(("primary_provider_id", "prov-johnson"))], [], Clinic.Header with { Version = version });

        written.IsRefused.Should().BeFalse();
        Clinic.Segments(written).Any(segment => segment.StartsWith("PD1", StringComparison.Ordinal)).Should().Be(hasPlace);
        written.Notes.Select(note => (note.Code, note.Field, note.Reason)).Should().Equal(
            hasPlace ? [] : [(WritingCodes.Segment, (string?)"primary_provider_id", "SIU_S12 of HL7 2.3 has no PD1.")]);
    }

    [Fact]
    public void Both_numbers_of_a_visit_are_written_once_the_receiver_has_given_its_own()
    {
        var visit = Clinic.Visit([new RecordAlias("appointment", "placer", "0PLACER"), new RecordAlias("appointment", "athenahealth", "900001")]);

        var written = Clinic.Write("1959", "SIU^S14", visit, Clinic.Patient());

        (Clinic.At(written, "SCH-1"), Clinic.At(written, "SCH-2")).Should().Be(("0PLACER", "900001"));
    }

    [Fact]
    public void A_visit_that_came_with_one_number_for_both_is_not_given_a_placers_number()
    {
        var written = Clinic.Write("195900", "SIU^S14", Clinic.Visit([new RecordAlias("appointment", "athenahealth", "900001")], ("placer_id", "900001"), ("external_id", "900001")), Clinic.Patient());

        Clinic.At(written, "SCH-1").Should().BeEmpty("the row's When does not hold: SCH-1 would be SCH-2");
        Clinic.At(written, "SCH-2").Should().Be("900001");
    }

    [Fact]
    public void Delimiters_escapes_and_other_alphabets_arrive_as_they_are()
    {
        const string Reason = @"Knee |^~\& ""sore"" \F\ Zoë 東京";
        var written = Clinic.Write("1959", "SIU^S12", Clinic.Visit(("reason", Reason), ("notes", "a|b\n\nc^d")), Clinic.Patient(("last_name", "O'Neil & Søn")));

        written.Notes.Should().BeEmpty();
        Clinic.At(written, "SCH-7.1").Should().Be(Reason);
        Clinic.At(written, "MSH-18").Should().Be("UNICODE UTF-8");
        Clinic.Text(written).Should().Contain(@"O'Neil \T\ Søn^Jane").And.Contain(@"NTE|1||a\F\b\.br\\.br\c\S\d");
        Hl7Message.Parse(written.Body).Problems.Should().BeEmpty();
    }

    [Fact]
    public void Plain_messages_name_no_character_set() =>
        Clinic.At(Clinic.Write("1959", "SIU^S12", Clinic.Visit(), Clinic.Patient()), "MSH-18").Should().BeEmpty();

    [Theory]
    [InlineData("loc-main", "2026-01-12T16:15:00Z", "2026-01-12T16:30:00Z", "20260112101500", "20260112103000")]
    [InlineData("loc-main", "2026-07-13T16:15:00Z", "2026-07-13T16:30:00Z", "20260713111500", "20260713113000")]
    [InlineData("loc-east", "2026-01-12T16:15:00Z", "2026-01-12T16:30:00Z", "20260112111500", "20260112113000")]
    [InlineData("loc-main", "2026-03-08T07:45:00Z", "2026-03-08T08:15:00Z", "20260308014500", "20260308031500")]
    [InlineData("loc-main", "2026-11-01T06:30:00Z", "2026-11-01T06:45:00Z", "20261101013000", "20261101014500")]
    public void Times_are_those_of_the_clinics_clock_without_an_offset(string location, string start, string end, string from, string to)
    {
        var written = Clinic.Write("7", "SIU^S12", Clinic.Visit(("location_id", location), ("start_time", start), ("end_time", end)), Clinic.Patient());

        written.IsRefused.Should().BeFalse();
        Clinic.At(written, "SCH-11").Should().Be($"^^^{from}^{to}");
    }

    [Fact]
    public void The_second_of_two_equal_local_times_is_refused_for_the_receiver_would_take_the_first()
    {
        var written = Clinic.Write("7", "SIU^S12", Clinic.Visit(("start_time", "2026-11-01T07:30:00Z"), ("end_time", "2026-11-01T07:45:00Z")), Clinic.Patient());

        Refused(written, WritingCodes.ReadBack, "start_time", "athenahealth/appointment.map.md");
    }

    [Fact]
    public void A_map_may_ask_for_the_offset()
    {
        var set = ShippedMappingsTests.Load(("practices/195900/appointment.map.md", "---\nmap: appointment\npractice: 195900\nextends: athenahealth\noffset: written\n---\n"));
        set.Problems.Where(problem => problem.Severity == InterfaceEngine.Core.Mapping.MappingSeverity.Error).Should().BeEmpty();
        var written = new PracticeWriter(set.For("195900")!).Write(new OutgoingMessage
        {
            Event = "SIU^S12",
            Records = [Clinic.Visit(("start_time", "2026-11-01T07:30:00Z"), ("end_time", "2026-11-01T07:45:00Z"))],
            ExternalIdOf = _ => "34772",
            Header = Clinic.Header,
        });

        written.IsRefused.Should().BeFalse("with its offset the second is as plain as the first");
        Clinic.At(written, "SCH-11").Should().Be("^^^20261101013000-0600^20261101014500-0600");
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "provider_id", "nobody", WritingCodes.Reference },
        { "location_id", "nowhere", WritingCodes.Reference },
        { "status", "tentative", WritingCodes.Code },
        { "patient_id", new EngineId(9).ToString(), WritingCodes.PatientId },
        { "end_time", "2026-01-12T16:00:00Z", WritingCodes.Check },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_written_is_refused_with_the_deciding_cell(string field, string value, string code) =>
        Refused(Clinic.Write("1959", "SIU^S14", Clinic.Visit((field, value)), Clinic.Patient()), code, code == WritingCodes.Check ? null : field, "athenahealth/");

    [Theory]
    [InlineData("provider_id")]
    [InlineData("location_id")]
    [InlineData("start_time")]
    public void A_required_field_that_holds_nothing_is_refused(string field) =>
        Refused(Clinic.Write("1959", "SIU^S12", Clinic.Visit((field, null)), Clinic.Patient()), WritingCodes.Required, field, "athenahealth/");

    [Fact]
    public void A_code_that_the_table_says_HL7_has_not_is_refused()
    {
        var set = ShippedMappingsTests.Load(("practices/1959/codes/appt-status.codes.md", "---\ncodes: appt-status\npractice: 1959\n---\n\n| Practice Studio | HL7 v2 |\n|---|---|\n| checked_in | - |\n"));
        var written = new PracticeWriter(set.For("1959")!).Write(new OutgoingMessage
        {
            Event = "SIU^S14",
            Records = [Clinic.Visit(("status", "checked_in"))],
            ExternalIdOf = _ => "34772",
            Header = Clinic.Header,
        });

        Refused(written, WritingCodes.Code, "status", "athenahealth/appointment.map.md");
    }

    [Fact]
    public void What_the_receiver_cannot_know_of_a_patient_who_only_goes_along_is_left_out_and_said()
    {
        var written = Clinic.Write(
            "1959", "SIU^S12", [Clinic.Visit(), Clinic.Patient(("primary_provider_id", "1999999999"), ("phone_mobile", "+12175550103"))], [], Clinic.Header with { Version = "2.3.1" });

        written.IsRefused.Should().BeFalse();
        written.Notes.Should().ContainSingle().Which.Should().Match<MappingNote>(note => note.Code == WritingCodes.Reference && note.Severity == NoteSeverity.Warning && note.Consequence == "primary_provider_id left out.");
        Clinic.Text(written).Should().NotContain("PD1");
    }

    [Fact]
    public void Telephones_are_written_in_the_form_their_selector_asks_for()
    {
        var written = Clinic.Write("195900", "SIU^S12", Clinic.Visit(), Clinic.Patient(
            ("phone_home", "+12175550101"), ("phone_mobile", "+12175550103"), ("phone_work", "+12175550102"), ("email", "jane@example.org")));

        Encoding.ASCII.GetString(Hl7Message.Parse(written.Body).Find("PID").Field(13).Raw)
            .Should().Be("(217)555-0101^PRN^PH~(217)555-0103^ORN^CP~(217)555-0102^WPN^PH~jane@example.org^NET");
    }

    [Fact]
    public void Only_what_the_change_removed_is_written_as_a_deletion()
    {
        var visit = Clinic.Visit(("reason", null), ("notes", null), ("appointment_type", null));

        var written = Clinic.Write("1959", "SIU^S14", [visit, Clinic.Patient()], [new ClearedField(Clinic.VisitId, "reason"), new ClearedField(Clinic.VisitId, "appointment_type")]);

        var sch = Hl7Message.Parse(written.Body).Find("SCH");
        (Encoding.ASCII.GetString(sch.Field(7).Raw), Encoding.ASCII.GetString(sch.Field(8).Raw)).Should().Be(("\"\"", "\"\""));
        Clinic.Text(written).Should().NotContain("NTE");
    }

    [Theory]
    [InlineData("", "PRACTICESTUDIO", "P", "2.3")]
    [InlineData("123456789012345678901", "PRACTICESTUDIO", "P", "2.3")]
    [InlineData("12 4", "PRACTICESTUDIO", "P", "2.3")]
    [InlineData("1", "", "P", "2.3")]
    [InlineData("1", "PRACTICESTUDIO", "X", "2.3")]
    [InlineData("1", "PRACTICESTUDIO", "P", "two")]
    public void A_header_that_cannot_be_sent_is_refused(string controlId, string application, string processing, string version) =>
        Clinic.Write("1959", "SIU^S12", [Clinic.Visit(), Clinic.Patient()], [], Clinic.Header with { ControlId = controlId, SendingApplication = application, ProcessingId = processing, Version = version })
            .Notes.Should().ContainSingle().Which.Code.Should().Be(WritingCodes.Header);

    [Theory]
    [InlineData("2.3", "SIU^S12")]
    [InlineData("2.3.1", "SIU^S12")]
    [InlineData("2.5.1", "SIU^S12^SIU_S12")]
    public void From_version_2_5_the_structure_is_named(string version, string type)
    {
        var written = Clinic.Write("1959", "SIU^S12", [Clinic.Visit(), Clinic.Patient()], [], Clinic.Header with { Version = version, SendingFacility = "A|B^C" });

        Encoding.ASCII.GetString(Hl7Message.Parse(written.Body).GetSegment(0).Field(9).Raw).Should().Be(type);
        Clinic.At(written, "MSH-4").Should().Be("A|B^C");
    }

    [Fact]
    public void An_event_that_no_map_takes_is_refused() =>
        Clinic.Write("1959", "SIU^S99", Clinic.Visit(), Clinic.Patient()).Notes.Should().OnlyContain(note => note.Code == WritingCodes.Event).And.HaveCount(2);

    [Fact]
    public void A_registration_begins_with_the_event_and_its_local_time()
    {
        var header = Clinic.Header with { Instant = InstantPattern.General.Parse("2026-07-05T15:30:00Z").Value };

        var written = Clinic.Write("195900", "ADT^A08", [Clinic.Patient(("address.line1", "1 Oak St"), ("address.city", "Springfield"), ("race", $"2106-3{FieldValue.ListSeparator}2054-5"))], [], header with { Version = "2.3.1" });

        written.Notes.Should().BeEmpty();
        Clinic.Segments(written)[1..].Should().Equal(
            "EVN|A08|20260705103000",
            "PID|1||34772||Doe^Jane||19750822|F||2106-3~2054-5|1 Oak St^^Springfield^^^^H");
    }

    private static void Refused(WrittenMessage written, string code, string? field, string file)
    {
        written.IsRefused.Should().BeTrue();
        var note = written.Notes.First(note => note.Severity == NoteSeverity.Reject);
        (note.Code, note.Field).Should().Be((code, field));
        note.Cell!.File.Should().StartWith(file);
        note.Reason.Should().NotContain("34772", "a reason holds no patient's value");
    }
}
