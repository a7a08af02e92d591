using System.Text;
using InterfaceEngine.Cli;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Intake.Batches;

namespace InterfaceEngine.Tests.Cli;

public sealed class MessageFileTests
{
    private const string One = "MSH|^~\\&|A\rPID|1\r";
    private const string Two = "MSH|^~\\&|B\rPID|2\r";

    [Theory]
    [InlineData(One, One)]
    [InlineData(One + Two, One, Two)]
    [InlineData("MSH|^~\\&|A\nPID|1\nMSH|^~\\&|B\nPID|2", "MSH|^~\\&|A\nPID|1\n", "MSH|^~\\&|B\nPID|2")]
    [InlineData("MSH|^~\\&|A\r\nPID|1\r\n\r\n\r\nMSH|^~\\&|B\r\nPID|2\r\n\r\n", "MSH|^~\\&|A\r\nPID|1\r\n", "MSH|^~\\&|B\r\nPID|2\r\n")]
    [InlineData("\u000bMSH|^~\\&|A\rPID|1\r\u001c\r\u000bMSH|^~\\&|B\rPID|2\r\u001c\r", One, Two)]
    [InlineData("stray\u000bMSH|^~\\&|A\rPID|1\r", "stray", One)]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\r" + One + Two + "BTS|2\rFTS|1\r", One, Two)]
    [InlineData("\u00ef\u00bb\u00bfMSH|^~\\&|A\rPID|1\r", One)]
    [InlineData("MSH|^~\\&|A\rOBX|1|TX|||see MSH|^~\\& below\r", "MSH|^~\\&|A\rOBX|1|TX|||see MSH|^~\\& below\r")]
    [InlineData("no message at all\n", "no message at all\n")]
    [InlineData("", "")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r")]
    public async Task The_messages_of_a_file_are_found_whatever_its_form(string content, params string[] expected)
    {
        var found = new List<string>();
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(content));
        await foreach (var message in MessageFile.ReadAsync(stream, "a.hl7", new BatchTally(), default))
        {
            found.Add(Encoding.Latin1.GetString(message.Body.Span));
        }

        found.Should().Equal(expected);
    }

    [Fact]
    public void A_numbered_copy_has_its_own_control_id_and_patient_and_changes_nothing_else()
    {
        var template = Template("MSH|^~\\&|ATHENA|1959|PS||2022||ADT^A04|M7|P|2.3\rPID|1||12345^^^ATHENA~998||DOE^JOHN\rPV1|1\rSCH|A1|A2^B\r");

        Text(template.Copy("r", 3)).Should().Be("MSH|^~\\&|ATHENA|1959|PS||2022||ADT^A04|M7-r-3|P|2.3\rPID|1||12345-3^^^ATHENA~998-3||DOE^JOHN\rPV1|1\rSCH|A1-3|A2-3^B\r");
        Text(template.Copy("r", 0)).Should().Be(Text(template.Source.Body));
        (template.Event, template.ControlId, template.Lane).Should().Be(("ADT^A04", "M7", "12345"));
    }

    [Fact]
    public void What_is_no_message_is_sent_as_it_is()
    {
        var template = Template("hello");

        Text(template.Copy("r", 3)).Should().Be("hello");
        template.Event.Should().Be("?");
    }

    [Fact]
    public void Copies_of_one_message_are_as_many_messages()
    {
        var template = Template("MSH|^~\\&|A|B|C||2022||ADT^A04||P|2.3\rPID|1||7\r");

        Enumerable.Range(1, 3).Select(copy => Hl7Message.Parse(template.Copy("r", copy)).ControlId).Should().Equal("-r-1", "-r-2", "-r-3");
    }

    private static MessageTemplate Template(string text) => new(new FileMessage("a.hl7", 1, Encoding.Latin1.GetBytes(text)));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
