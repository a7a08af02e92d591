using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7PathSetTests
{
    private const string Header = "MSH|^~\\&|A|B\r";

    [Theory]
    // Fields and what lies in them.
    [InlineData("PID|1||7", "PID-3", "8", "PID|1||8")]
    [InlineData("PID|1||7|x|", "PID-3", "8", "PID|1||8|x|")]
    [InlineData("PID|1", "PID-3", "8", "PID|1||8")]
    [InlineData("PID", "PID-1", "8", "PID|8")]
    [InlineData("PID|1||7^b~8", "PID-3", "9", "PID|1||9~8")]
    [InlineData("PID|1||7^b~8", "PID-3.1", "9", "PID|1||9^b~8")]
    [InlineData("PID|1||7", "PID-3.4", "X", "PID|1||7^^^X")]
    [InlineData("PID|1||7^^^a&b&c|", "PID-3.4.2", "X", "PID|1||7^^^a&X&c|")]
    [InlineData("PID|1||7", "PID-3.4.2", "X", "PID|1||7^^^&X")]
    [InlineData("PID|1||7^a&b", "PID-3.2", "X", "PID|1||7^X")]
    [InlineData("PID|1|||||", "PID-3", "", "PID|1|||||")]
    [InlineData("PID|1||7||", "PID-3", "", "PID|1||||")]
    // Null asks for removal.
    [InlineData("PID|1||7", "PID-3", null, "PID|1||\"\"")]
    [InlineData("PID|1||7^b", "PID-3.2", null, "PID|1||7^\"\"")]
    [InlineData("PID|1||7^b", "PID-3.2.1", null, "PID|1||7^\"\"")]
    [InlineData("PID|1||\"\"", "PID-3.2", "b", "PID|1||^b")]
    [InlineData("PID|1||\"\"", "PID-3[4=A]", "b", "PID|1||b^^^A")]
    [InlineData("PID|1||7^\"\"", "PID-3.2.2", "b", "PID|1||7^&b")]
    [InlineData("PID|1||\"\"~8", "PID-3.2", "b", "PID|1||^b~8")]
    // [k=v] finds it, else adds one and sets k to v.
    [InlineData("PID|1||7^^^A~8^^^B|", "PID-3[4=B].1", "9", "PID|1||7^^^A~9^^^B|")]
    [InlineData("PID|1||7^^^A|", "PID-3[4=B].1", "9", "PID|1||7^^^A~9^^^B|")]
    [InlineData("PID|1||7^^^A|", "PID-3[4=B]", "9", "PID|1||7^^^A~9^^^B|")]
    [InlineData("PID|1||7^^^B^x|", "PID-3[4=B]", "9", "PID|1||9^^^B^x|")]
    [InlineData("PID|1", "PID-3[4=B,5=MR].1", "9", "PID|1||9^^^B^MR")]
    [InlineData("PID|1||7", "PID-3[4.2=B].1", "9", "PID|1||7~9^^^&B")]
    [InlineData("PID|1||7^^^A|", "PID-3[4=B]", null, "PID|1||7^^^A~\"\"^^^B|")]
    // [k=v?] the same; what was not said is said with the value.
    [InlineData("PID|1||(555)555-1234|", "PID-3[3=PH?]", "5551234", "PID|1||5551234^^PH|")]
    [InlineData("PID|1||5551^^PH|", "PID-3[2=PRN?,3=PH?].1", "5552", "PID|1||5552^PRN^PH|")]
    [InlineData("PID|1||5551^WPN|", "PID-3[2=PRN?,3=PH?].1", "5552", "PID|1||5551^WPN~5552^PRN^PH|")]
    [InlineData("PID|1||5551|", "PID-3[3=PH?].1", null, "PID|1||\"\"|")]
    [InlineData("PID|1|||", "PID-3[3=PH?].1", "5552", "PID|1||5552^^PH|")]
    // [k!=v] finds it, else adds one.
    [InlineData("PID|1||7^^^A|", "PID-3[4!=A].1", "9", "PID|1||7^^^A~9|")]
    [InlineData("PID|1||7^^^A~8|", "PID-3[4!=A].1", "9", "PID|1||7^^^A~9|")]
    // [k=v*]: the value written supplies the prefix.
    [InlineData("PID|1||X7~E8|", "PID-3[1=E*].1", "E9", "PID|1||X7~E9|")]
    [InlineData("PID|1||X7|", "PID-3[1=E*].1", "E9", "PID|1||X7~E9|")]
    // [k:=v] also sets k to v.
    [InlineData("PID|1||7^^^A|", "PID-3[4:=B].1", "9", "PID|1||9^^^B|")]
    [InlineData("PID|1", "PID-3[4:=B].1", "9", "PID|1||9^^^B")]
    // [#2] the second, padding before it.
    [InlineData("PID|1||7~8|", "PID-3[#2]", "9", "PID|1||7~9|")]
    [InlineData("PID|1||7|", "PID-3[#3].1", "9", "PID|1||7~~9|")]
    [InlineData("PID|1", "PID-3[#2]", "9", "PID|1||~9")]
    // Segments.
    [InlineData("PID|1", "PV1-2", "O", "PID|1\rPV1||O")]
    [InlineData("IN1|1|A\rPV1|1", "IN1[2=B]-3", "x", "IN1|1|A\rIN1||B|x\rPV1|1")]
    [InlineData("IN1|1|A\rIN1|2|B", "IN1[2=B]-3", "x", "IN1|1|A\rIN1|2|B|x")]
    [InlineData("IN1|1|A", "IN1[#3]-2", "C", "IN1|1|A\rIN1\rIN1||C")]
    [InlineData("IN1|1|A", "IN1[2:=B]-3", "x", "IN1|1|B|x")]
    [InlineData("OBX|1||1^a", "OBX[3.1=8480-6]-5", "120", "OBX|1||1^a\rOBX|||8480-6||120")]
    // Text is escaped.
    [InlineData("PID|1", "PID-2", "a|b^c~d\\e&f", "PID|1|a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f")]
    [InlineData("PID|1", "PID-2", "a\r\nb\nc\rd", "PID|1|a\\.br\\b\\.br\\c\\.br\\d")]
    [InlineData("PID|1", "PID-2", "\"\"", "PID|1|\\X2222\\")]
    [InlineData("PID|1", "PID-2[3=a&b].1", "x", "PID|1|x^^a\\T\\b")]
    public void A_value_is_written_where_the_path_points_and_nothing_else_changes(string segments, string path, string? value, string expected)
    {
        var message = Sample.Parse(Header + segments + "\r");

        var written = Hl7Path.Parse(path).Set(message, value);

        Text(written).Should().Be(Header + expected + "\r");
        Text(message).Should().Be(Header + segments + "\r");
    }

    [Fact]
    public void The_header_is_written_at_its_own_numbers() =>
        Text(Hl7Path.Parse("MSH-4.2").Set(Sample.Parse(Header), "x")).Should().Be("MSH|^~\\&|A|B^x\r");

    [Theory]
    [InlineData("MSH|^~\\&|A\nPID|1\n", "MSH|^~\\&|A\nPID|1\nPV1||O\n")]
    [InlineData("MSH|^~\\&|A\r\nPID|1", "MSH|^~\\&|A\r\nPID|1\r\nPV1||O")]
    [InlineData("MSH|^~\\&|A", "MSH|^~\\&|A\rPV1||O")]
    [InlineData("\n\nMSH|^~\\&|A\n\n\nPID|1\n \n", "\n\nMSH|^~\\&|A\n\n\nPID|1\nPV1||O\n \n")]
    public void A_new_segment_ends_as_the_message_ends_its_own(string text, string expected) =>
        Text(Hl7Path.Parse("PV1-2").Set(Sample.Parse(text), "O")).Should().Be(expected);

    [Fact]
    public void Other_delimiters_are_used_and_escaped() =>
        Text(Hl7Path.Parse("PID-3[4=A].1").Set(Sample.Parse("MSH*:;!+*A\rPID*1"), "a*b^"))
            .Should().Be("MSH*:;!+*A\rPID*1**a!F!b^:::A");

    [Theory]
    [InlineData("8859/1", "Z\u00FCrich", "Z\u00FCrich")]
    [InlineData("UNICODE UTF-8", "Z\u00FCrich", "Z\u00C3\u00BCrich")]
    [InlineData("", "Z\u00FCrich", "Z\u00C3\u00BCrich")]
    [InlineData("8859/2", "\u0141\u00F3d\u017A", "\u00A3\u00F3d\u00BC")]
    [InlineData("WINDOWS-1252", "5 \u20AC", "5 \u0080")]
    public void Text_is_written_in_the_messages_character_set(string set, string value, string latin1)
    {
        var message = Sample.Parse($"MSH|^~\\&|A|||||||||||||||{set}\rPID|1");

        var written = Hl7Path.Parse("PID-2").Set(message, value);

        Text(written).Should().EndWith("\rPID|1|" + latin1);
        written.Get("PID-2").Should().Be(value);
    }

    [Fact]
    public void In_a_fallback_character_set_text_is_written_in_it() =>
        Text(Hl7Path.Parse("PID-2").Set(Sample.Parse("MSH|^~\\&|A\rPID|\u00FC"), "\u20AC")).Should().EndWith("PID|\u00FC|\u0080");

    public static TheoryData<string, string, string?, string> Refused => new()
    {
        { "MSH|^~\\&|A", "PID", "x", "PID: a whole segment can't be written, only a field" },
        { "MSH|^~\\&|A", "MSH-1", "x", "MSH-1: the delimiters of a message can't be changed" },
        { "MSH|^~\\&|A", "MSH-2.1", "x", "MSH-2.1: the delimiters of a message can't be changed" },
        { "MSH|^|A\rPID|1", "PID-2", "a|b", "PID-2: the value needs an escape, and MSH-2 names no escape character" },
        { "MSH|^|A\rPID|1", "PID-2[#2]", "a", "PID-2[#2]: MSH-2 names no character to divide it with" },
        { "MSH|^|A\rPID|1", "PID-2.1.2", "a", "PID-2.1.2: MSH-2 names no character to divide it with" },
        { "MSH|^~\\&|A|||||||||||||||ASCII\rPID|1", "PID-2", "Z\u00FCrich", "PID-2: the value has a character that ASCII, the message's character set, lacks" },
        { "MSH|^~\\&|A|||||||||||||||8859/1\rPID|1", "PID-2", "5 \u20AC", "PID-2: the value has a character that 8859/1, the message's character set, lacks" },
        { "MSH|^~\\&|A|||||||||||||||8859/3\rPID|1", "PID-2", "\uFFFD", "PID-2: the value has a character that 8859/3, the message's character set, lacks" },
        { "MSH|^~\\&|A\rPID|1||X7", "PID-3[1=E*].1", "Y9", "PID-3[1=E*].1: what would be written could not be read back from the same place" },
        { "MSH|^~\\&|A\rPID|1|\u00FC", "PID-2", "\u00C3\u00BC", "PID-2: what would be written could not be read back from the same place" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_message_can_not_hold_is_refused_without_its_value(string text, string path, string? value, string says)
    {
        var set = () => Hl7Path.Parse(path).Set(Sample.Parse(text), value);

        set.Should().Throw<Hl7WriteException>().WithMessage(says);
    }

    /// <summary>Not in the table above: the test runner itself can't carry half a character.</summary>
    [Fact]
    public void Half_a_character_is_refused()
    {
        var set = () => Hl7Path.Parse("PID-2").Set(Sample.Parse(Header), "\uD800");

        set.Should().Throw<Hl7WriteException>().WithMessage("PID-2: the value has a character that UNICODE UTF-8, the message's character set, lacks");
    }

    [Theory]
    [InlineData("PID-11", "11 fields, at most 10 are taken (FieldsMax)")]
    [InlineData("PID-3[#4].1", "4 repetitions, at most 3 are taken (RepetitionsMax)")]
    [InlineData("OBX-5", "3 segments, at most 2 are taken (SegmentsMax)")]
    public void Writing_past_a_limit_is_refused(string path, string says)
    {
        var message = Sample.Parse(Header + "PID|1", new Hl7ParseOptions { FieldsMax = 10, RepetitionsMax = 3, SegmentsMax = 2 });
        var set = () => Hl7Path.Parse(path).Set(message, "x");

        set.Should().Throw<Hl7WriteException>().Which.Reason.Should().StartWith("the message would pass a limit: ").And.EndWith(says);
    }

    /// <summary>What is written at any place is read from it, and writing it again changes nothing.</summary>
    [Theory]
    [InlineData("PID-5.1")]
    [InlineData("PID-13[3=CP].1")]
    [InlineData("PID-13[3=CP]")]
    [InlineData("PID-13[2=PRN?,3=PH?].1")]
    [InlineData("PID-13[#5].4")]
    [InlineData("PID-3[4=ATHENA?,5=MRN?].1")]
    [InlineData("PID-30")]
    [InlineData("NK1[3=SIBLING]-2.1")]
    [InlineData("IN1[#4]-36")]
    [InlineData("ZPS-1.2.3")]
    [InlineData("MSH-6")]
    public void What_is_written_is_read_and_writing_it_again_changes_nothing(string text)
    {
        var path = Hl7Path.Parse(text);

        var once = path.Set(Sample.Parse(Sample.A08), "O'Neill & S\u00F8n | 1\n2");
        var twice = path.Set(once, "O'Neill & S\u00F8n | 1\n2");

        Sample.Said(path.Get(once)).Should().StartWith("O'Neill & S\u00F8n | 1\n2");
        Text(twice).Should().Be(Text(once));
    }

    private static string Text(Hl7Message message) => Encoding.Latin1.GetString(message.Bytes.Span);
}
