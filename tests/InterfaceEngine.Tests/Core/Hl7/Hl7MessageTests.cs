using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7MessageTests
{
    [Fact]
    public void A_message_tells_what_its_header_says()
    {
        var message = Sample.Parse(Sample.A08);

        message.EventType.Should().Be("ADT^A08");
        message.MessageCode.Should().Be("ADT");
        message.TriggerEvent.Should().Be("A08");
        message.Structure.Should().BeEmpty();
        message.ControlId.Should().Be("101M19590");
        message.ProcessingId.Should().Be("T");
        message.Version.Should().Be("2.3.1");
        message.SendingApplication.Should().Be("ATHENANET");
        message.SendingFacility.Should().Be("195900");
        message.ReceivingApplication.Should().Be("PRACTICESTUDIO");
        message.ReceivingFacility.Should().BeEmpty();
        message.SegmentCount.Should().Be(9);
    }

    [Fact]
    public void A_message_without_a_trigger_event_has_its_code_as_event_type() =>
        Sample.Parse(@"MSH|^~\&|A|B|C|D|20260105||ACK|1|P|2.3").EventType.Should().Be("ACK");

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Segments_end_with_CR_LF_or_CRLF(string end)
    {
        var message = Sample.Parse(Sample.A08.Replace("\r", end, StringComparison.Ordinal));

        message.SegmentCount.Should().Be(9);
        message.Get("PID-16").Should().Be("M");
        message.Get("IN2-3").Should().Be("987");
    }

    /// <summary>Oddities seen in the field, each written anew with invented values.</summary>
    public static TheoryData<string, string[]> Oddities => new()
    {
        { "MSH|^~\\&|A\rPID|1\nZZZ|2\r\nPV1|3", ["MSH", "PID", "ZZZ", "PV1"] },
        { "\r\n MSH|^~\\&|A\r\n\r\n\nPID|1|\r\r", ["MSH", "PID"] },
        { "\u00EF\u00BB\u00BFMSH|^~\\&|A\rPID|1", ["MSH", "PID"] },
        { "\u000BMSH|^~\\&|A\rPID|1\r\u001C\r", ["MSH", "PID"] },
        { "MSH|^~\\&|A|||||||\r  PID|1||||\r\tPV1\r", ["MSH", "PID", "PV1"] },
        { "MSH|^~\\&#|A\rZ01|a^b\rPID|1", ["MSH", "Z01", "PID"] },
        { "MSH|~^\\&|A\rPID|1", ["MSH", "PID"] },
        { "MSH|^~\\&|A||||||SIU^S12\rSCH|1\rEVN|S12\rAIG|1\rNTE|1||late", ["MSH", "SCH", "EVN", "AIG", "NTE"] },
        { "MSH^~|\\&^A\rPID^1", ["MSH", "PID"] },
        { "MSH|^\rPID|1", ["MSH", "PID"] },
        { "MSH|^~\\&\r", ["MSH"] },
        { "MSH|^~\\&|A\r   \rPID|1\r\n\u001A", ["MSH", "PID"] },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public void Odd_messages_keep_every_segment_and_every_byte(string text, string[] names)
    {
        var bytes = Sample.Bytes(text);

        var message = Hl7Message.Parse(bytes);

        Enumerable.Range(0, message.SegmentCount).Select(index => message.GetSegment(index).Name).Should().Equal(names);
        message.Bytes.ToArray().Should().Equal(bytes);
        Whole(message).Should().Equal(bytes);
    }

    [Fact]
    public void A_body_inside_a_larger_buffer_is_read_in_place()
    {
        var buffer = Sample.Bytes("junk" + Sample.A08 + "junk");

        var message = Hl7Message.Parse(buffer.AsMemory(4, Sample.A08.Length));

        message.Get("PID-5.1").Should().Be("DOE");
        Hl7Path.Parse("MSH-10").Get(message).Range.Offset.Should().Be(Sample.A08.IndexOf("101M", StringComparison.Ordinal));
    }

    [Fact]
    public void Segments_are_found_by_name_and_occurrence()
    {
        var message = Sample.Parse(Sample.A08);

        message.Find("IN1", 2).Field(2).Component(1).Decode().Should().Be("159572");
        message.Find("IN1", 2).Occurrence.Should().Be(2);
        message.Find("IN1", 2).Index.Should().Be(7);
        message.Find("IN1", 3).IsPresent.Should().BeFalse();
        message.Find("XYZ").IsPresent.Should().BeFalse();
        message.Find("too long").IsPresent.Should().BeFalse();
        message.FindAll("NK1").Should().HaveCount(2);
        message.FindAll("XYZ").Should().BeEmpty();
    }

    [Fact]
    public void An_absent_segment_has_no_fields()
    {
        var absent = Sample.Parse(Sample.A08).Find("XYZ");

        absent.Field(1).IsPresent.Should().BeFalse();
        absent.FieldCount.Should().Be(0);
        absent.Name.Should().BeEmpty();
        absent.Range.IsNone.Should().BeTrue();
    }

    [Theory]
    [InlineData("MSH", 12)]
    [InlineData("EVN", 2)]
    [InlineData("PID", 16)]
    public void The_field_count_is_the_number_of_the_last_field(string segment, int count) =>
        Sample.Parse(Sample.A08).Find(segment).FieldCount.Should().Be(count);

    [Theory]
    [InlineData(@"MSH|^~\&|A", "|", @"^~\&")]
    [InlineData(@"MSH|^~\&#|A", "|", @"^~\&#")]
    [InlineData("MSH*:;!+*A", "*", ":;!+")]
    [InlineData("MSH|^|A", "|", "^")]
    [InlineData("MSH|^~", "|", "^~")]
    public void The_delimiters_are_those_of_the_header(string text, string first, string second)
    {
        var message = Sample.Parse(text);

        message.Get("MSH-1").Should().Be(first);
        message.Get("MSH-2").Should().Be(second);
        message.Delimiters.EncodingCharacters.Should().Be(second);
    }

    [Fact]
    public void An_escape_that_is_doubled_in_MSH_2_is_one()
    {
        // Some senders escape MSH-2 as if it were a value.
        var message = Sample.Parse("MSH|^~\\\\&|A&B^C\rPID|1|x\\T\\y");

        message.Delimiters.Should().Be(Hl7Delimiters.Standard);
        (message.Get("MSH-3.1.2"), message.Get("MSH-3.2"), message.Get("PID-2")).Should().Be(("B", "C", "x&y"));
    }

    [Fact]
    public void A_delimiter_that_is_left_out_divides_nothing()
    {
        var message = Sample.Parse("MSH|^|A\rPID|a~b^c&d\\F\\e\0f");

        message.Get("PID-1.1").Should().Be("a~b");
        message.Get("PID-1.2").Should().Be("c&d\\F\\e\0f");
        message.Get("PID-1.2.1").Should().Be("c&d\\F\\e\0f");
        message.Get("PID-1.2.2").Should().Be("(absent)");
        message.Get("PID-1[#2]").Should().Be("(absent)");
    }

    public static TheoryData<string, Hl7ParseFault, string> Refused => new()
    {
        { "", Hl7ParseFault.Empty, "message at byte 0: no content, expected MSH" },
        { " \r\n", Hl7ParseFault.Empty, "message at byte 0: no content, expected MSH" },
        { "\u00EF\u00BB\u00BF", Hl7ParseFault.Empty, "message at byte 0: no content, expected MSH" },
        { "PID|1", Hl7ParseFault.NoHeader, "message at byte 0: no MSH, with which every message begins" },
        { "\r\nhello", Hl7ParseFault.NoHeader, "message at byte 2: no MSH, with which every message begins" },
        { "msh|^~\\&|", Hl7ParseFault.NoHeader, "message at byte 0: no MSH, with which every message begins" },
        { "\u00FF\u00FEM\0S\0H\0|\0", Hl7ParseFault.WideEncoding, "message at byte 0: text of two or more bytes a character (UTF-16, UTF-32), expected ASCII, UTF-8 or a single-byte set" },
        { "M\0S\0H\0|\0", Hl7ParseFault.WideEncoding, "message at byte 0: text of two or more bytes a character (UTF-16, UTF-32), expected ASCII, UTF-8 or a single-byte set" },
        { "FHS|^~\\&|A\rBHS|^~\\&\r", Hl7ParseFault.Batch, "FHS at byte 0: a batch of messages, expected one message" },
        { "BHS|^~\\&|A\rMSH|^~\\&|A\r", Hl7ParseFault.Batch, "BHS at byte 0: a batch of messages, expected one message" },
        { "MSH|^~\\&|A\rMSH|^~\\&|B\r", Hl7ParseFault.Batch, "MSH at byte 11: several messages or the frame of a batch, expected one message" },
        { "MSH|^~\\&|A\rBTS|1\r", Hl7ParseFault.Batch, "BTS at byte 11: several messages or the frame of a batch, expected one message" },
        { "MSH", Hl7ParseFault.Delimiters, "MSH-1 at byte 3: no field separator, the segment ends before it" },
        { "MSH\rPID|1", Hl7ParseFault.Delimiters, "MSH-1 at byte 3: no field separator, the segment ends before it" },
        { "MSHA^~\\&A", Hl7ParseFault.Delimiters, "MSH-1 at byte 3: the field separator must be printable ASCII and no letter, digit, space or quotation mark" },
        { "MSH|", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: no encoding characters, expected 1 to 5" },
        { "MSH||A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: no encoding characters, expected 1 to 5" },
        { "MSH|^~\\&#!|A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: more than 5 encoding characters, expected 1 to 5" },
        { "MSH|^~\\\\#|A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: one character is given two meanings, escape and sub-component" },
        { "MSH|^^\\&|A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: one character is given two meanings, component and repetition" },
        { "MSH|^a\\&|A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: the repetition character must be printable ASCII and no letter, digit, space or quotation mark" },
        { "MSH|\u00E9~\\&|A", Hl7ParseFault.Delimiters, "MSH-2 at byte 4: the component character must be printable ASCII and no letter, digit, space or quotation mark" },
        { "MSH|^~\\&|A\rPID|1\rsecond line of a note\r", Hl7ParseFault.SegmentName, "message at byte 17: line 3 does not begin with a segment's name and a field separator" },
        { "MSH|^~\\&|A\rPIDX|1", Hl7ParseFault.SegmentName, "message at byte 11: line 2 does not begin with a segment's name and a field separator" },
        { "MSH|^~\\&|A\rpid|1", Hl7ParseFault.SegmentName, "message at byte 11: line 2 does not begin with a segment's name and a field separator" },
        { "MSH|^~\\&|A\r1ID|1", Hl7ParseFault.SegmentName, "message at byte 11: line 2 does not begin with a segment's name and a field separator" },
        { "MSH|^~\\&|A\rPI", Hl7ParseFault.SegmentName, "message at byte 11: line 2 does not begin with a segment's name and a field separator" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_body_that_is_no_message_is_refused_with_place_and_reason(string text, Hl7ParseFault fault, string says)
    {
        Hl7Message.TryParse(Sample.Bytes(text), out var message, out var error).Should().BeFalse();

        message.Should().BeNull();
        error!.Fault.Should().Be(fault);
        error.Message.Should().Be(says);
    }

    [Fact]
    public void Parse_throws_what_TryParse_returns()
    {
        var parse = () => Hl7Message.Parse(Sample.Bytes("PID|1"));

        parse.Should().Throw<Hl7ParseException>().Which.Fault.Should().Be(Hl7ParseFault.NoHeader);
    }

    public static TheoryData<Hl7ParseOptions, string, string, string?, int?> Limits => new()
    {
        { new() { MessageBytesMax = 10 }, "MessageBytesMax", "message at byte 10: 25 bytes, at most 10 are taken (MessageBytesMax)", null, null },
        { new() { SegmentsMax = 1 }, "SegmentsMax", "message at byte 11: 2 segments, at most 1 are taken (SegmentsMax)", null, null },
        { new() { FieldsMax = 3 }, "FieldsMax", "PID at byte 11: 4 fields, at most 3 are taken (FieldsMax)", "PID", null },
        { new() { RepetitionsMax = 2 }, "RepetitionsMax", "PID-3 at byte 18: 3 repetitions, at most 2 are taken (RepetitionsMax)", "PID", 3 },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_limit_that_is_passed_is_named(Hl7ParseOptions options, string limit, string says, string? segment, int? field)
    {
        var bytes = Sample.Bytes("MSH|^~\\&|A\rPID|1||2~3~4|5"[..25]);

        Hl7Message.TryParse(bytes, options, out _, out var error).Should().BeFalse();

        error!.Message.Should().Be(says);
        error.Fault.Should().Be(Hl7ParseFault.Limit);
        error.Limit.Should().Be(limit);
        error.LimitValue.Should().NotBeNull();
        error.Segment.Should().Be(segment);
        error.Field.Should().Be(field);
    }

    [Fact]
    public void At_its_limits_a_message_is_taken()
    {
        var options = new Hl7ParseOptions { MessageBytesMax = 25, SegmentsMax = 2, FieldsMax = 4, RepetitionsMax = 3 };

        Hl7Message.TryParse(Sample.Bytes("MSH|^~\\&|A\rPID|1||2~3~4|5"[..25]), options, out _, out _).Should().BeTrue();
    }

    [Fact]
    public void The_fields_of_the_header_count_the_separator_itself()
    {
        var text = Sample.Bytes("MSH|^~\\&|A|B");

        Hl7Message.TryParse(text, new Hl7ParseOptions { FieldsMax = 4 }, out _, out _).Should().BeTrue();
        Hl7Message.TryParse(text, new Hl7ParseOptions { FieldsMax = 3 }, out _, out _).Should().BeFalse();
    }

    [Fact]
    public void A_header_is_read_though_the_rest_is_cut_off_or_broken()
    {
        Hl7Message.TryParseHeader(Sample.Bytes("MSH|^~\\&|A|||||||77|P|2.3\rPID|1\rbroken"), out var header).Should().BeTrue();

        header!.ControlId.Should().Be("77");
        header.SegmentCount.Should().Be(1);
    }

    [Theory]
    [InlineData("MSH|^~\\&|A|||||||7")]
    [InlineData("PID|1\r")]
    [InlineData("")]
    [InlineData("MSH|\r")]
    public void A_header_that_is_not_whole_is_not_read(string text) =>
        Hl7Message.TryParseHeader(Sample.Bytes(text), out _).Should().BeFalse();

    [Fact]
    public void Many_segments_are_all_found()
    {
        var text = new StringBuilder("MSH|^~\\&|A\r");
        for (var index = 1; index <= 3_000; index++)
        {
            text.Append("OBX|").Append(index).Append("|TX\r");
        }

        var message = Sample.Parse(text.ToString());

        message.SegmentCount.Should().Be(3_001);
        message.Find("OBX", 3_000).Field(1).Decode().Should().Be("3000");
    }

    /// <summary>The bar is 2 KB; the strings that are read are part of it.</summary>
    [Fact]
    public void Parsing_a_message_and_reading_sixteen_fields_allocates_little()
    {
        var body = Sample.Bytes(Sample.A08);
        Hl7Path[] paths = [.. Enumerable.Range(1, 16).Select(field => Hl7Path.Parse($"PID-{field}.1"))];
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Read();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThanOrEqualTo(2_048);

        void Read()
        {
            var message = Hl7Message.Parse(body);
            foreach (var path in paths)
            {
                path.Get(message).Decode();
            }
        }
    }

    internal static byte[] Whole(Hl7Message message)
    {
        var whole = new List<byte>(message.Bytes[..message.Preamble.Length].ToArray());
        for (var index = 0; index < message.SegmentCount; index++)
        {
            var range = message.GetSegment(index).RangeWithEnd;
            whole.AddRange(message.Bytes.Slice(range.Offset, range.Length).ToArray());
        }

        return [.. whole];
    }
}
