using System.Text;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>What the design prints at run time (§9), and those of the guide's traps (§18) that need its own tables, by those tables.</summary>
public sealed class DesignRunTimeTests
{
    private const string Msh = @"MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||";

    [Theory]
    [InlineData("ADT^A04|1|P|2.3\rPID|1||12345^^^ATHENA^MRN||DOE^JOHN||19801345",
        "MSG 1 PID-7 (byte 119): MAP501 19801345 is not a date: there is no month 13.   date_of_birth kept.   [athenahealth/patient.map.md:16]")]
    [InlineData("ADT^A04|1|P|2.3\rPID|1||12345^^^ATHENA^MRN||DOE^JOHN|||||Decline",
        "MSG 1 PID-10 (byte 122): MAP510 code 'Decline' is not in race (HL7 v2).   race kept; added to the inbox.   [athenahealth/patient.map.md:27]")]
    [InlineData("SIU^S14|1|P|2.3\rSCH||7|||||||||^^^20230615090000||||||||||||||Arrived2\rPID|1||12345^^^ATHENA^MRN",
        "MSG 1 SCH-25 (byte 128): MAP511 code 'Arrived2' is not in appt-status; this table rejects.   Nothing was stored.   [athenahealth/appointment.map.md:19]")]
    [InlineData("SIU^S14|1|P|2.3\rSCH||7|||||||30||^^^20230615090000^20230615094500\rPID|1||12345^^^ATHENA^MRN",
        "MSG 1 SCH-11.5 (byte 117): MAP521 end_time 09:45 disagrees with start_time + duration = 09:30.   Kept end_time (zone America/Chicago).   [athenahealth/appointment.map.md:18]")]
    [InlineData("ADT^A04|1|P|2.3\rPID|1||998^^^OTHER^MRN~12345^^^OTHER^PI",
        "MSG 1 PID-3 (byte 89): MAP530 no identifier that fits 4=ATHENA?,5=MRN? among 2: '998^^^OTHER^MRN', '12345^^^OTHER^PI'.   Nothing was stored.   [athenahealth/patient.map.md:13]")]
    public void A_note_of_a_message_is_the_designs_with_place_and_cell(string message, string expected)
    {
        var read = Reader().Read(Hl7Message.Parse(Encoding.UTF8.GetBytes(Msh + message)), new ReadContext(Instant.FromUtc(2023, 6, 1, 0, 0)));

        read.Notes.Select(note => note.ToLine("MSG 1")).Should().Contain(expected);
    }

    [Fact]
    public void A_note_of_a_row_names_file_row_and_column()
    {
        using var file = new CsvTable(new StringReader("PatientID,LastName,Phone\n54321,Smith,555-12\n"));

        var read = Reader().Read(file.Rows().Single(), "Patients file", new ReadContext(Instant.FromUtc(2022, 6, 12, 0, 0)));

        read.Notes.Select(note => note.ToLine("FILE patients-0612.csv row 4")).Should().Contain(
            "FILE patients-0612.csv row 4 column Phone: MAP504 '555-12' is not a phone number (5 digits).   phone_home kept.   [athenahealth/patient.map.md:23]");
    }

    [Fact]
    public void A_required_field_that_would_be_deleted_and_an_older_message_are_told_where_the_records_meet()
    {
        var stored = Meet(null, "DOE^JOHN||19800515|M", new DateTime(2023, 6, 2, 16, 40, 0)).Next;

        var deleted = Meet(stored, "\"\"^JOHN", new DateTime(2023, 6, 2, 16, 45, 0)).Notes;
        var older = Meet(stored, "DOE^JACK||19800515|||||||||||||||||Y", new DateTime(2023, 6, 2, 15, 15, 0), "| custom.deceased | PID-24 | text | |").Notes;

        deleted.Where(note => note.Code == "MAP512").Select(note => $"{note.Reason} [{note.Cell}]").Should().Equal("\"\" would delete last_name, which is required. Kept. [athenahealth/patient.map.md:15:25]");
        older.Where(note => note.Code == "MAP520").Select(note => note.Reason).Should().Equal("older than what is stored (2023-06-02 15:15:00Z < 2023-06-02 16:40:00Z). 1 field ignored as stale, 1 applied.");
    }

    /// <summary>§11, 1: a practice whose file is a full picture says so; a column that the file has not clears nothing, and what is required stays.</summary>
    [Fact]
    public void An_empty_cell_clears_where_the_practice_says_so()
    {
        var reader = Reader(("practices/1959/patient.map.md", "---\nCSV empty: clear\n---\n"));
        using var file = new CsvTable(new StringReader("PatientID,FirstName,LastName,Email\n12345,Jane,,\n"));

        var patient = reader.Read(file.Rows().Single(), "Patients file", new ReadContext(Instant.FromUtc(2022, 6, 12, 0, 0))).Records.Single();
        var stored = Meet(null, "DOE^JOHN||19800515|M", new DateTime(2023, 6, 2, 16, 40, 0)).Next!;
        var met = Reconciler.Reconcile("1959", stored, patient, new Cause(new EngineId(2_000_000_000_000), 2_000_000_000_000, "test", "set"), new EngineId(1));

        (patient["email"].IsCleared, patient["phone_home"].IsAbsent).Should().Be((true, true));
        (met.Next!["last_name"], met.Next["first_name"]).Should().Be(("DOE", "Jane"));
        met.Notes.Should().Contain(note => note.Code == "MAP512" && note.Field == "last_name");
    }

    /// <summary>§18, 1: the guide's PID-14 is a business telephone; only the practice that says so takes it for the mobile one.</summary>
    [Fact]
    public void The_base_map_leaves_the_mobile_number_empty()
    {
        var message = Hl7Message.Parse(Encoding.UTF8.GetBytes(Msh + "ADT^A04|1|P|2.3\rPID|1||12345^^^ATHENA^MRN||DOE^JOHN||||||||(555)555-1234|(555)555-5678"));
        var context = new ReadContext(Instant.FromUtc(2022, 3, 15, 20, 0));

        Reader(("practices/1959/patient.map.md", null)).Read(message, context).Records.Single()["phone_mobile"].IsAbsent.Should().BeTrue();
        Reader().Read(message, context).Records.Single()["phone_mobile"].Text.Should().Be("+15555555678");
    }

    /// <summary>§18, 7: the booking sends <c>reasonid</c>, and its time has no offset.</summary>
    [Theory]
    [InlineData("display(reasonid, 'reason')")]
    [InlineData("display(code(athenaNet:reasonid, 'reason'), 'reason')")]
    public void A_reasons_number_becomes_the_practices_own_words(string formula)
    {
        var reader = Reader(
            ("practices/1959/appointment.map.md", $"| Practice Studio | athenaNet | As |\n|---|---|---|\n| reason | read: {formula} | |\n"),
            ("practices/1959/codes/reason.codes.md", "---\ncodes: reason\n---\n| Practice Studio | athenaNet | Display |\n|---|---|---|\n| checkup | 123 | Annual check-up |\n"));
        var body = JsonBody.Parse("""{"appointmentid": 7, "patientid": 12345, "providerid": 54321, "departmentid": 1, "starttime": "2023-06-15T09:00:00", "duration": 30, "reasonid": 123}"""u8.ToArray());

        var visit = reader.Read(body, "POST /appointments/open", new ReadContext(Instant.FromUtc(2023, 6, 1, 0, 0))).Records.Single(record => record.Type == "appointment");

        (visit["reason"].Text, visit["start_time"].Text, visit["end_time"].Text).Should().Be(("Annual check-up", "2023-06-15T14:00:00Z", "2023-06-15T14:30:00Z"));
    }

    private static Reconciled Meet(StoredRecord? stored, string pid, DateTime at, string row = "| custom.deceased | | text | |")
    {
        var reader = Reader(("practices/1959/patient.map.md", $"| Practice Studio | HL7 v2 | As | Notes |\n|---|---|---|---|\n{row}\n"));
        var message = Hl7Message.Parse(Encoding.UTF8.GetBytes($"{Msh}ADT^A08|1|P|2.3\rPID|1||12345^^^ATHENA^MRN||{pid}"));
        var patient = reader.Read(message, new ReadContext(Instant.FromUtc(2022, 3, 15, 20, 0))).Records.Single();
        var time = new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return Reconciler.Reconcile("1959", stored, patient, new Cause(new EngineId(time), time, "test", "set"), new EngineId(1));
    }

    private static PracticeReader Reader(params (string Path, string? Text)[] files)
    {
        var set = DesignExample.Load(files);
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Select(problem => problem.ToText()).Should().BeEmpty();
        return new PracticeReader(set.For("1959")!);
    }
}
