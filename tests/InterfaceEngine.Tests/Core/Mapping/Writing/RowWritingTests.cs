using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Writing;

/// <summary>How rows write, cell by cell: a practice's own field in the shipped tables, and what becomes of a message that is there already.</summary>
public sealed class RowWritingTests
{
    private const string Before = """
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A08|1|P|2.3|
        EVN|A08|20220315142658|||
        PID|1||998^^^OTHER^MRN~34772^^^^MR||OLD^NAME^Q^^MR|MOTHER|19800515|M||White^of old|1 OAK ST^^SPRINGFIELD|SANGAMON|5551234567^PRN^PH^^1^555^1234567~^NET^^x@y.org||ENG|M
        ZPI|kept|as it is
        """;

    [Fact]
    public void Over_a_message_only_mapped_places_change_and_everything_else_keeps_its_bytes()
    {
        var after = Over(Clinic.Patient(("race", "2106-3"), ("phone_home", "+12175550101")));

        after.Split('\n').Should().Equal(
            @"MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A08|1|P|2.3|",
            "EVN|A08|20220315142658|||",
            "PID|1||998^^^OTHER^MRN~34772^^^^MR||Doe^Jane^Q^^MR^^L|MOTHER|19750822|F||2106-3^of old|1 OAK ST^^SPRINGFIELD|SANGAMON|(217)555-0101^PRN^PH^^^^~^NET^^x@y.org||ENG|M",
            "ZPI|kept|as it is");
    }

    [Fact]
    public void A_segment_that_is_missing_is_put_where_the_standard_has_it()
    {
        var after = Over(Clinic.Patient(("primary_provider_id", "prov-johnson")));

        after.Split('\n').Select(line => line[..3]).Should().Equal("MSH", "EVN", "PID", "ZPI", "PD1");
    }

    [Fact]
    public void Items_of_a_list_are_written_one_segment_each_and_numbered()
    {
        var written = Write(
            "",
            Clinic.Patient(("phone_home", "+12175550101")),
            Item("contact", 11, ("last_name", "Doe"), ("first_name", "John"), ("relationship", "spouse")),
            Item("contact", 12, ("last_name", "Doe"), ("first_name", "Ann"), ("relationship", "child"), ("phone_mobile", "+12175550104")),
            Item("coverage", 13, ("plan_id", "P1"), ("member_id", "M1"), ("order", "1")),
            Item("coverage", 14, ("plan_id", "P2"), ("member_id", "M2"), ("order", "2")));

        written.Notes.Should().BeEmpty();
        Clinic.Segments(written)[2..].Should().Equal(
            "PID|1||34772^^^^MR||Doe^Jane^^^^^L||19750822|F|||||(217)555-0101^PRN^PH",
            "NK1|1|Doe^John|SPO",
            "NK1|2|Doe^Ann|CHD||(217)555-0104^^CP",
            "IN1|1|P1||||||||||||||||||||1||||||||||||||M1",
            "IN1|2|P2||||||||||||||||||||2||||||||||||||M2");
    }

    [Theory]
    [InlineData("write: ZPX-2 = upper(last_name) & ', ' & first_name", "", "DOE, Jane")]
    [InlineData("write: ZPX-2 = if(present(middle_name), 'with', 'without')", "", "without")]
    [InlineData("write: ZPX-2 = 'fixed'", "first_name = 'Jane'", "fixed")]
    [InlineData("write: ZPX-2 = 'fixed'", "first_name = 'John'", "")]
    [InlineData("write: ZPX-2 = HL7:MSH-10", "", "0ABCDEFGHJKMN")]
    public void A_row_that_only_writes_says_what_is_written(string cell, string when, string expected)
    {
        var written = Write($"| (custom.greeting) | {cell} | text | {when} |", Clinic.Patient());

        written.IsRefused.Should().BeFalse();
        Clinic.At(written, "ZPX-2").Should().Be(expected);
    }

    [Theory]
    [InlineData("ZPX-3[2=A]", "v^A")]
    [InlineData("ZPX-3[2=A?,3=B?]", "v^A^B")]
    [InlineData("ZPX-3[2!=A]", "v")]
    [InlineData("ZPX-3[2:=A]", "v^A")]
    [InlineData("ZPX-3[#3]", "~~v")]
    [InlineData("ZPX-3.2.2", "^&v")]
    [InlineData("ZPX-3 or ZPX-4", "v")]
    [InlineData("read: ZPX-4; write: ZPX-3", "v")]
    [InlineData("read: ZPX-3", "")]
    public void A_selector_makes_the_element_that_it_asks_for(string cell, string expected)
    {
        var written = Write($"| custom.code | {cell} | text | |", Clinic.Patient(("custom.code", "v")));

        var field = Hl7Message.Parse(written.Body).Find("ZPX") is { IsPresent: true } segment ? Encoding.ASCII.GetString(segment.Field(3).Raw) : "";
        field.Should().Be(expected);
    }

    [Fact]
    public void A_row_that_is_read_elsewhere_than_written_is_refused_when_it_would_be_read_otherwise()
    {
        var written = Write("| custom.code | read: ZPX-4; write: ZPX-3 | text | |", Clinic.Patient(("custom.code", "v")));

        written.Notes.Should().ContainSingle().Which.Should().Match<MappingNote>(note => note.Code == WritingCodes.ReadBack && note.Field == "custom.code" && note.Cell!.File == "practices/7/patient.map.md");
    }

    [Theory]
    [InlineData("date", "1980-05-15", "19800515")]
    [InlineData("partial date", "1980-05", "198005")]
    [InlineData("partial date", "1980", "1980")]
    [InlineData("instant", "2026-01-12T16:15:30Z", "20260112101530")]
    [InlineData("instant", "2026-01-12T16:15:30.25Z", "20260112101530.25")]
    [InlineData("minutes", "90", "90|minutes")]
    [InlineData("phone", "+12175550101", "(217)555-0101")]
    [InlineData("phone", "+442071838750", "+442071838750")]
    [InlineData("phone", "+15550101", "555-0101")]
    [InlineData("email", "a@example.org", "^^^a@example.org")]
    [InlineData("int", "-7", "-7")]
    [InlineData("decimal", "5.40", "5.40")]
    [InlineData("bool", "true", "Y")]
    [InlineData("bool", "false", "N")]
    [InlineData("quantity", "5.40 mg/dL", "5.40|mg/dL")]
    [InlineData("quantity", "<=5 mm[Hg]|http://unitsofmeasure.org", "<=^5|mm[Hg]^^UCUM")]
    [InlineData("text", "\"\"", @"\X2222\")]
    [InlineData("lines", "one\ntwo", "one")]
    public void Every_type_is_written_in_its_form_and_read_back(string type, string value, string expected)
    {
        var written = Write($"| custom.value | ZPX-3 | {type} | |", Clinic.Patient(("custom.value", value)));

        written.Notes.Should().BeEmpty();
        Clinic.Text(written).Should().Contain($"ZPX|||{expected}\r");
    }

    [Fact]
    public void A_stored_value_that_is_not_of_its_type_is_refused()
    {
        var written = Write("| custom.value | ZPX-3 | instant | |", Clinic.Patient(("custom.value", "soon")));

        written.IsRefused.Should().BeTrue();
        written.Notes.Should().Contain(note => note.Code == WritingCodes.Value && note.Field == "custom.value" && note.Reason == "not an instant.");
    }

    [Fact]
    public void A_time_finer_than_HL7_writes_it_is_cut_and_said()
    {
        var written = Write("| custom.value | ZPX-3 | instant | |", Clinic.Patient(("custom.value", "2026-01-12T16:15:30.123456Z")));

        Clinic.At(written, "ZPX-3").Should().Be("20260112101530.1234");
        written.Notes.Should().Contain(note => note.Code == WritingCodes.Rounded && note.Reason == "HL7 has four digits after the second: the rest was left out.");
    }

    [Fact]
    public void A_text_of_more_lines_than_a_message_has_segments_is_refused()
    {
        var written = Clinic.Write("7", "SIU^S12", Clinic.Patient(), Clinic.Visit(("notes", string.Join('\n', Enumerable.Range(1, 20_000)))));

        written.IsRefused.Should().BeTrue();
        written.Notes.Should().Contain(note => note.Code == WritingCodes.Place && note.Field == "notes" && note.Reason.StartsWith("the message would pass a limit: "));
    }

    private static WrittenMessage Write(string row, params StoredRecord[] records) => Writer(row).Write(Outgoing(records));

    private static string Over(params StoredRecord[] records)
    {
        var message = Hl7Message.Parse(Encoding.ASCII.GetBytes(Before.ReplaceLineEndings("\n")));
        var written = Writer("").WriteOver(message, Outgoing(records));
        written.IsRefused.Should().BeFalse();
        return Encoding.UTF8.GetString(written.Body.Span).TrimEnd('\n');
    }

    private static OutgoingMessage Outgoing(StoredRecord[] records) => new()
    {
        Event = "ADT^A08",
        Records = records,
        ExternalIdOf = _ => "34772",
        Header = Clinic.Header,
    };

    private static PracticeWriter Writer(string row)
    {
        var map = $"---\nmap: patient\npractice: 7\nextends: athenahealth\n---\n\n| Practice Studio | HL7 v2 | As | When |\n|---|---|---|---|\n{row}\n";
        var set = ShippedMappingsTests.Load(
            ("practices/7/providers.ref.md", "---\nreferences: provider\npractice: 7\n---\n\n| Practice Studio | athenahealth | Name |\n|---|---|---|\n| prov-johnson | 27 | Jane |\n"),
            row.Length == 0 ? ("practices/7/none.txt", "") : ("practices/7/patient.map.md", map));
        set.Problems.Where(problem => problem.Severity == MappingSeverity.Error).Select(problem => problem.ToText()).Should().BeEmpty();
        return new PracticeWriter(set.For("7")!);
    }

    private static StoredRecord Item(string type, long id, params (string Name, string? Value)[] fields) =>
        Clinic.Record(type, new EngineId(id), [], [("patient_id", Clinic.PatientId.ToString()), .. fields]);
}
