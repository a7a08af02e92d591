using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Segments that make one record together (<c>run:</c>), and items that say the same (<c>repeat</c> in <c>key:</c>).</summary>
public sealed class RunReadingTests
{
    private const char Separator = FieldValue.ListSeparator;

    [Fact]
    public void The_lines_of_a_report_are_one_record()
    {
        var read = Read("OBX|1|TX|RPT||first", "OBX|2|TX|RPT||second~third", "OBX|3|FT|RPT||fourth\\.br\\fifth", "OBX|4|NM|RPT||5");

        read.Records.Select(record => (record["value"].Text, record.Part)).Should().Equal(("first\nsecond\nthird\nfourth\nfifth", "OBX[1]"), ("5", "OBX[4]"));
    }

    [Fact]
    public void A_blank_line_between_two_others_is_kept_and_one_around_them_is_not() =>
        Read("OBX|1|TX|RPT||", "OBX|2|TX|RPT||first", "OBX|3|TX|RPT", "OBX|4|TX|RPT||  ", "OBX|5|TX|RPT||  second", "OBX|6|TX|RPT||")
            .Records.Should().ContainSingle().Which["value"].Text.Should().Be("first\n\n\n  second");

    [Theory]
    [InlineData("OBX|2|TX|OTHER||second", "another identifier")]
    [InlineData("OBX|2|TX|RPT|2|second", "another sub-id")]
    [InlineData("OBX|2|NM|RPT||2", "no text")]
    [InlineData("OBR|2||F2\nOBX|1|TX|RPT||second", "another request")]
    public void A_segment_that_does_not_go_on_makes_a_record_of_its_own(string next, string because) =>
        Read("OBX|1|TX|RPT||first", next).Records.Should().HaveCount(2, because);

    [Fact]
    public void Numbers_of_one_name_are_never_joined() =>
        Read("OBX|1|NM|GLU||5", "OBX|2|NM|GLU||6").Records.Select(record => record["value"].Text).Should().Equal("5", "6");

    [Fact]
    public void A_run_has_the_notes_of_all_its_segments() =>
        Read("OBX|1|TX|RPT||first", "NTE|1||about the first", "OBX|2|TX|RPT||second", "NTE|1||about the second", "OBX|3|NM|GLU||5", "NTE|1||about glucose")
            .Records.Select(record => record["notes"].Text).Should().Equal("about the first\nabout the second", "about glucose");

    [Fact]
    public void Items_that_say_the_same_are_numbered_and_the_first_keeps_the_plain_key()
    {
        var read = Read("OBX|1|NM|GLU||5", "OBX|2|NM|HGB||7", "OBX|3|NM|GLU||6", "OBR|2||F2", "OBX|1|NM|GLU||8");

        read.Records.Select(record => record.Aliases[0].Value).Should().Equal(
            Key("100", "F1", "GLU"), Key("100", "F1", "HGB"), Key("100", "F1", "GLU", "2"), Key("100", "F2", "GLU"));
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void Without_a_number_in_the_key_they_are_one_item() =>
        Map(numbers: false).Read(Message("OBX|1|NM|GLU||5", "OBX|2|NM|GLU||6")).Records.Select(record => record.Aliases[0].Value).Distinct().Should().ContainSingle();

    private static MappedMessage Read(params string[] segments) => Map(numbers: true).Read(Message(segments));

    private static string Message(params string[] segments) =>
        "MSH|^~\\&|LAB|LAB|||20260105093000||ORU^R01|1|P|2.3\nPID|1||100\nOBR|1||F1\n" + string.Join('\n', segments);

    private static string Key(params string[] parts) => string.Join(Separator, parts);

    private static TestMap Map(bool numbers) => new TestMap("observation")
    {
        Each = "OBX",
        Key = ["request", "code"],
        NumbersRepeats = numbers,
        Run = ("OBX-3, OBX-4", "HL7:OBX-2 in ('TX', 'FT', 'ST')"),
    }
        .Row("patient_id", "PID-3", @as: "ref patient").Row("request", "OBR-3").Row("code", "OBX-3")
        .Row("value", "OBX-5", @as: "lines").Row("notes", "NTE-3", @as: "lines").On("ORU^R01");
}
