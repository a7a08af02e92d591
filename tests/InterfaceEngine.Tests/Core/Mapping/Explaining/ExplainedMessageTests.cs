using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Explaining;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping.Explaining;

/// <summary>How a value was read, told by the design's own tables on the guide's own samples (mapping design §12).</summary>
public sealed class ExplainedMessageTests
{
    private const string A04 =
        "MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|\r"
        + "EVN|A04|20220315142658|||\r"
        + "PID|1||12345^^^ATHENA^MRN||DOE^JOHN^||19800515|M||White|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(555)555-1234|(555)555-5678|ENG|M|CHR|100000^^^ATHENA^FIN NBR|123-45-6789|||\r";

    private static readonly ReadContext _received = new(Instant.FromUtc(2022, 3, 15, 20, 0));
    private static readonly PracticeReader _reader = new(DesignExample.Load().For("1959")!);

    [Fact]
    public void The_design_s_example_is_told_as_it_is_printed_there()
    {
        var told = Hl7(A04, "patient", "phone_mobile");

        told.Value.Text.Should().Be("+15555555678");
        told.Place!.Text.Should().Be("PID-14");
        told.Place.Raw.Should().Be("(555)555-5678");
        A04.Substring(told.Place.Range.Offset, told.Place.Range.Length).Should().Be("(555)555-5678");
        told.Cell!.Reference.ToString().Should().Be("practices/1959/patient.map.md:11:28");
        (told.Cell.Title, told.Cell.Text, told.Cell.Layer).Should().Be(("HL7 v2", "PID-14", "practice 1959"));
        told.Cell.Notes.Should().Be("this practice sends the cell number in PID-14 (ticket 4471)");
        told.Cell.Overridden.Select(cell => $"{cell.Reference} {cell.Text}").Should().Equal("athenahealth/patient.map.md:24:25 PID-13[3=CP]");
        Steps(told).Should().Equal("XTN.1 (555)555-5678", "digits 5555555678", "region US", " +15555555678");
        told.NotUsed.Select(Text).Should().Equal("PID-13 (555)555-1234 went to phone_home athenahealth/patient.map.md:23:25");
    }

    [Theory]
    [InlineData("first_name", "PID-5.2 JOHN", "name JOHN")]
    [InlineData("date_of_birth", "PID-7 19800515", "date 1980-05-15")]
    [InlineData("race", "CE.1 White", "code table race athenahealth/codes/race.codes.md:13:3", " 2106-3")]
    public void Each_type_says_what_it_did(string field, params string[] steps) => Steps(Hl7(A04, "patient", field)).Should().Equal(steps);

    [Fact]
    public void A_field_of_which_nothing_was_said_says_where_was_looked()
    {
        var told = Hl7(A04, "patient", "ethnicity");

        told.Value.IsAbsent.Should().BeTrue();
        told.Cell.Should().BeNull();
        Steps(told).Should().Equal("nothing at PID-22");
    }

    [Fact]
    public void A_field_that_its_unit_cleared_says_so()
    {
        var told = Hl7(A04, "patient", "address.line2");

        told.Value.IsCleared.Should().BeTrue();
        Steps(told).Should().Equal("nothing at PID-11.2", "cleared, for its unit is replaced as a whole");
    }

    [Fact]
    public void A_place_that_is_listed_as_not_mapped_says_why()
    {
        // Without its override the base map leaves PID-14 alone, and says so under Not mapped.
        var reader = new PracticeReader(DesignExample.Load(("practices/1959/patient.map.md", "---\nmap: patient\npractice: 1959\nextends: athenahealth\n---\n\n| Practice Studio | HL7 v2 | Notes |\n|---|---|---|\n| phone_mobile | PID-14[3=CP] | only with its type |\n")).For("1959")!);

        var told = Hl7(A04, "patient", "phone_mobile", reader);

        told.Value.IsAbsent.Should().BeTrue();
        told.NotUsed.Select(Text).Should().Equal(
            "PID-14 (555)555-5678 not in the Practice Studio record athenahealth/patient.map.md:50:7",
            "PID-13 (555)555-1234 went to phone_home athenahealth/patient.map.md:23:25");
    }

    [Fact]
    public void A_value_that_a_rule_refused_is_told_with_what_was_noticed()
    {
        var told = Hl7(A04.Replace("19800515|M", "19801345|M", StringComparison.Ordinal), "patient", "date_of_birth");

        told.Value.IsAbsent.Should().BeTrue();
        Steps(told).Should().Equal("PID-7 19801345");
        told.Notes.Select(note => note.Code).Should().Equal("MAP501");
    }

    [Fact]
    public void The_other_repetitions_of_a_field_are_told_with_where_they_went()
    {
        var message = A04.Replace("|(555)555-1234|(555)555-5678|", "|(555)555-1234^PRN^PH~(555)555-9999^ORN^CP~x@example.com^NET||", StringComparison.Ordinal);

        Hl7(message, "patient", "phone_home").NotUsed.Select(Text).Should().Equal(
            "PID-13[#2] (555)555-9999^ORN^CP not mapped",
            "PID-13[#3] x@example.com^NET went to email athenahealth/patient.map.md:25:25");
    }

    [Fact]
    public void What_an_equation_gave_names_it()
    {
        var told = Hl7(Visit("SIU^S12"), "appointment", "end_time");

        told.Value.Text.Should().Be("2023-06-15T14:30:00Z");
        told.Place.Should().BeNull();
        (told.Cell!.Title, told.Cell.Text).Should().Be((DecidingCell.Equations, "end_time = start_time + duration"));
        Steps(told).Should().Equal($"equation end_time = start_time + duration 2023-06-15T14:30:00Z {told.Cell.Reference}");
    }

    [Fact]
    public void What_the_event_set_names_its_cell_and_the_code_that_was_passed_over()
    {
        var told = Hl7(Visit("SIU^S15"), "appointment", "status");

        told.Value.Text.Should().Be("cancelled");
        (told.Cell!.Title, told.Cell.Text).Should().Be(("Sets of SIU^S15", "status = cancelled"));
        told.NotUsed.Select(Text).Should().Equal("SCH-25 BOOKED not mapped");
    }

    [Fact]
    public void A_time_says_its_zone_and_a_reference_the_line_that_knows_it()
    {
        Steps(Hl7(Visit("SIU^S12"), "appointment", "start_time")).Should().Equal("SCH-11.4 20230615090000", "no offset: local time in America/Chicago", "in UTC", " 2023-06-15T14:00:00Z");
        Steps(Hl7(Visit("SIU^S12"), "appointment", "provider_id")).Should().Equal("nothing at AIP-3.1", "AIG-3.1 54321", "in no provider table: stored as sent", " 54321");
    }

    [Fact]
    public void The_first_of_several_places_counts_and_the_others_are_told()
    {
        var told = Hl7(Visit("SIU^S12"), "appointment", "external_id");

        told.Place!.Raw.Should().Be("F1");
        told.NotUsed.Select(Text).Should().Equal("SCH-1.1 P1 not mapped");
    }

    [Fact]
    public void A_row_of_a_file_is_told_by_its_columns()
    {
        using var table = new CsvTable(new StringReader("PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email\n54321,Jane,Smith,08/22/1975,F,456 Oak Ave,,Springfield,IL,62702,5559876543,jane.smith@example.com\n"));
        var told = ExplainedMessage.Of(_reader, table.Rows().First(), "Patients file", _received);
        var record = told.Records.First(one => one.Record.Type == "patient");

        var phone = told.Explain(record, "phone_home");
        (phone.Place!.Text, phone.Place.Raw, phone.Cell!.Title).Should().Be(("column Phone", "5559876543", "CSV"));
        Steps(phone).Should().Equal("column Phone 5559876543", "digits 5559876543", "region US", " +15559876543");
        Steps(told.Explain(record, "date_of_birth")).Should().Equal("column DOB 08/22/1975", "date 1975-08-22");
        told.Explain(record, "race").Should().Match<FieldExplanation>(race => race.Value.IsAbsent && race.Steps.Count == 0);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"12345","name":[{"use":"nickname","given":["Jo"]},{"use":"official","family":"Doe","given":["John"]}],"birthDate":"1980-05-15"}""", "", "name[2].given[1]", "FHIR R4")]
    [InlineData("""{"patientid":12345,"firstname":"John","lastname":"Doe","dob":"05/15/1980"}""", "GET /patients/{patientid}", "firstname", "athenaNet")]
    public void A_document_is_told_by_its_paths(string json, string call, string place, string column)
    {
        var reader = new PracticeReader(DesignExample.Load(("athenahealth/patient.map.md", DesignExample.Patient.Replace(
            "| Patients file    | create or update |      |", "| Patients file, FHIR Patient, GET /patients/{patientid} | create or update |      |", StringComparison.Ordinal))).For("1959")!);
        var body = JsonBody.Parse(Encoding.UTF8.GetBytes(json));
        var told = ExplainedMessage.Of(reader, body, call, _received);

        var name = told.Explain(told.Records[0], "first_name");

        (name.Place!.Text, name.Place.Raw, name.Cell!.Title).Should().Be((place, "\"John\"", column));
        name.Steps[^1].Should().BeEquivalentTo(new { Words = "name", Value = "John" });
    }

    [Fact]
    public void A_message_on_its_way_keeps_no_trace() =>
        _reader.Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(A04)), _received).Records.Should().BeEquivalentTo(
            ExplainedMessage.Of(_reader, Hl7Message.Parse(Encoding.UTF8.GetBytes(A04)), _received).Mapped.Records, "explaining reads as reading does");

    private static string Visit(string @event) =>
        $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20230601101500||{@event}|23001|P|2.3|\r"
        + "SCH|P1|F1||||||ANNUAL|30||^^^20230615090000||||||||||||||BOOKED\r"
        + "PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M\r"
        + "AIG|1||54321^RIVERA\rAIL|1||1\r";

    private static FieldExplanation Hl7(string message, string type, string field, PracticeReader? reader = null)
    {
        var told = ExplainedMessage.Of(reader ?? _reader, Hl7Message.Parse(Encoding.UTF8.GetBytes(message)), _received);
        return told.Explain(told.Records.First(record => record.Record.Type == type), field);
    }

    private static IEnumerable<string> Steps(FieldExplanation told) =>
        told.Steps.Select(step => $"{step.Words}{(step.Value is null ? "" : $" {step.Value}")}{(step.Cell is null ? "" : $" {step.Cell}")}");

    private static string Text(OtherPlace other) =>
        $"{other.Place.Text} {other.Place.Raw} {(other.Field is { } field ? $"went to {field} " : other.Cell is null ? "not mapped" : $"{other.Why} ")}{other.Cell}";
}
