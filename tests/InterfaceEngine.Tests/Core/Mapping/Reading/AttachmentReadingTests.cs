using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>Binaries in a message: what the record keeps of them, and what is kept beside it.</summary>
public sealed class AttachmentReadingTests
{
    private const string Pdf = "JVBERi0xLjQ="; // %PDF-1.4

    [Theory]
    [InlineData("^AP^PDF^Base64^" + Pdf, "application/pdf 8")]
    [InlineData("LAB^application^pdf^BASE64^" + Pdf, "application/pdf 8")]
    [InlineData("^^^Base64^" + Pdf, "application/pdf 8")]
    [InlineData("^^^^" + Pdf, "application/pdf 8")]
    [InlineData("^IM^JPEG^Hex^FFD8FF", "image/jpeg 3")]
    [InlineData("^TX^^A^plain \\T\\ simple", "text/plain 14")]
    [InlineData(Pdf, "application/pdf 8")]
    public void A_record_keeps_id_media_type_and_size(string written, string expected)
    {
        var read = Read($"OBX|1|ED|X||{written}");

        var value = read.Records[0]["content"].Text!;
        value[(AttachmentValue.IdLength + 1)..].Should().Be(expected);
        AttachmentValue.TryParse(value, out var parsed).Should().BeTrue();
        read.Attachments.Should().ContainSingle().Which.Value.Should().Be(parsed);
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void Equal_bytes_have_one_id_however_they_are_written()
    {
        var read = Read("OBX|1|ED|X||^AP^PDF^Base64^" + Pdf, "OBX|2|ED|X||^AP^PDF^Hex^255044462D312E34", "OBX|3|ED|X||^AP^PDF^Hex^25");

        read.Records[0]["contents"].Text!.Split(FieldValue.ListSeparator).Select(text => text.Split(' ')[0]).Distinct().Should().HaveCount(2);
        read.Attachments.Should().HaveCount(2);
    }

    [Fact]
    public void A_PDF_in_base64_may_be_cut_into_text_segments()
    {
        var read = Read("OBX|1|TX|X||JVBERi0~xLj", "OBX|2|TX|X||Q=", "OBX|3|TX|X||JVBERi0xLjQ=");

        var values = read.Records[0]["contents"].Text!.Split(FieldValue.ListSeparator);
        values.Should().HaveCount(2).And.AllSatisfy(value => value.Should().EndWith(" application/pdf 8"));
        read.Attachments.Should().ContainSingle();
    }

    [Theory]
    [InlineData("^AP^PDF^Base64^JVBERi0x*jQ=", "content that can't be read, at byte 9 of its data: a character that is no base64 digit. It stays in the message.")]
    [InlineData("^AP^PDF^Base64^JVBERi0xLj", "content that can't be read, at byte 10 of its data: it ends within a group of digits: it was cut off. It stays in the message.")]
    [InlineData("^AP^PDF^uuencode^JVBERi0xLj", "its encoding is none of A, Hex and Base64. The content can't be read and stays in the message.")]
    public void Content_that_cant_be_read_is_a_warning_and_the_record_says_so(string written, string reason)
    {
        var read = Read($"OBX|1|ED|X||{written}");

        read.IsRejected.Should().BeFalse();
        read.Records[0]["content"].Text.Should().Be("unreadable application/pdf");
        read.Attachments.Should().BeEmpty();
        var note = read.Notes.Should().HaveCount(2, "the list reads the same place").And.Subject.First();
        note.Should().BeEquivalentTo(new { Severity = NoteSeverity.Warning, Code = MappingCodes.Content, Reason = reason, Path = "OBX-5" });
        note.Place.IsNone.Should().BeFalse();
    }

    [Theory]
    [InlineData("plain words")]
    [InlineData("^AP^PDF^Base64^")]
    [InlineData("")]
    public void What_holds_no_content_says_nothing(string written)
    {
        var read = Read($"OBX|1|ED|X||{written}");

        read.Records[0]["content"].IsAbsent.Should().BeTrue();
        read.Notes.Should().BeEmpty();
    }

    [Fact]
    public void In_a_list_each_segment_has_its_own()
    {
        var map = new TestMap("x") { Each = "OBX" }.Row("key", "OBX-1", key: true).Row("content", "OBX-5", @as: "attachment").On("ADT^A04");

        var read = map.Read($"MSH|^~\\&|A|A|||20220316080000||ADT^A04|K|P|2.3\nOBX|1|ED|X||^AP^PDF^Hex^25\nOBX|2|TX|X||words\nOBX|3|ED|X||^AP^PDF^Hex^50");

        read.Records.Select(record => record["content"].IsAbsent).Should().Equal(false, true, false);
        read.Attachments.Should().HaveCount(2);
    }

    private static MappedMessage Read(params string[] segments) =>
        new TestMap("x").Row("key", "MSH-10", key: true).Row("content", "OBX-5", @as: "attachment").Row("contents[]", "OBX-5", @as: "attachment").On("ADT^A04")
            .Read("MSH|^~\\&|A|A|||20220316080000||ADT^A04|K|P|2.3\n" + string.Join('\n', segments));
}
