using System.Text;
using InterfaceEngine.Core.Hl7;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class AcknowledgementTests
{
    private static readonly DateTimeOffset SentAt = new(2026, 1, 5, 9, 30, 15, TimeSpan.FromHours(-6));

    private static readonly Hl7Fault[] Faults =
    [
        new("PID", 1, 7, null, Hl7ErrorCode.DataType, "there is no month 13"),
        new("IN1", 2, 36, 1, Hl7ErrorCode.RequiredFieldMissing, "a policy number is required"),
    ];

    public static TheoryData<string, string> Accepted => new()
    {
        { "2.1", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.1\rMSA|AA|12345\r" },
        { "2.2", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.2\rMSA|AA|12345\r" },
        { "2.3", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.3\rMSA|AA|12345\r" },
        { "2.3.1", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK^A04|77|P|2.3.1\rMSA|AA|12345\r" },
        { "2.4", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK^A04^ACK|77|P|2.4\rMSA|AA|12345\r" },
        { "2.5.1", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK^A04^ACK|77|P|2.5.1\rMSA|AA|12345\r" },
        { "2.5.1^USA", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK^A04^ACK|77|P|2.5.1^USA\rMSA|AA|12345\r" },
        { "", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.3\rMSA|AA|12345\r" },
        { "odd", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|odd\rMSA|AA|12345\r" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void An_acceptance_is_right_for_the_version(string version, string expected) =>
        Build(Incoming(version), AcknowledgementCode.AA, null).Should().Be(expected);

    public static TheoryData<string, string> Refused => new()
    {
        { "2.2", "MSA|AE|12345|2 faults\rERR|PID^1^7^102&Data type error&HL70357~IN1^2^36^101&Required field missing&HL70357\r" },
        { "2.3", "MSA|AE|12345|2 faults|||102^Data type error^HL70357\rERR|PID^1^7^102&Data type error&HL70357~IN1^2^36^101&Required field missing&HL70357\r" },
        { "2.3.1", "MSA|AE|12345|2 faults|||102^Data type error^HL70357\rERR|PID^1^7^102&Data type error&HL70357~IN1^2^36^101&Required field missing&HL70357\r" },
        { "2.4", "MSA|AE|12345|2 faults|||102^Data type error^HL70357\rERR|PID^1^7^102&Data type error&HL70357~IN1^2^36^101&Required field missing&HL70357\r" },
        { "2.5.1", "MSA|AE|12345|2 faults\rERR||PID^1^7|102^Data type error^HL70357|E||||there is no month 13\rERR||IN1^2^36^1^1|101^Required field missing^HL70357|E||||a policy number is required\r" },
        { "2.8", "MSA|AE|12345\rERR||PID^1^7|102^Data type error^HL70357|E||||there is no month 13\rERR||IN1^2^36^1^1|101^Required field missing^HL70357|E||||a policy number is required\r" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refusal_tells_every_fault_in_the_form_of_the_version(string version, string expected)
    {
        var answer = Build(Incoming(version), AcknowledgementCode.AE, "2 faults", Faults);

        answer[(answer.IndexOf('\r', StringComparison.Ordinal) + 1)..].Should().Be(expected);
    }

    [Theory]
    [InlineData(AcknowledgementCondition.Never, "", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.3|||NE|NE\rMSA|AA|12345\r")]
    [InlineData(AcknowledgementCondition.Always, "", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.3|||AL|NE\rMSA|AA|12345\r")]
    [InlineData(AcknowledgementCondition.Never, "8859/1", "MSH|^~\\&|PS|SERVER|ATHENA|NET^x|20260105093015||ACK|77|P|2.3|||NE|NE||8859/1\rMSA|AA|12345\r")]
    public void An_application_reply_of_enhanced_mode_says_whether_it_wants_an_acknowledgement(AcknowledgementCondition asks, string set, string expected)
    {
        var incoming = Sample.Parse($"MSH|^~\\&|ATHENA|NET^x|PS|SERVER|20220315142658||ADT^A04|12345|P|2.3|||AL|AL||{set}\rPID|1\r");

        Encoding.Latin1.GetString(Acknowledgement.Build(incoming, new AcknowledgementContent(AcknowledgementCode.AA) { Asks = asks }, "77", SentAt)).Should().Be(expected);
    }

    [Theory]
    [InlineData("2.3", "MSA|AR|12345|gap|4||207^Application internal error^HL70357")]
    [InlineData("2.5.1", "MSA|AR|12345|gap|4")]
    [InlineData("2.7", "MSA|AR|12345||4")]
    public void The_expected_sequence_number_stands_in_MSA_4(string version, string expected)
    {
        var content = new AcknowledgementContent(AcknowledgementCode.AR) { Text = "gap", SequenceNumber = 4, Faults = [Hl7Fault.OfMessage(Hl7ErrorCode.InternalError)] };

        Encoding.Latin1.GetString(Acknowledgement.Build(Incoming(version), content, "77", SentAt)).Split('\r')[1].Should().Be(expected);
    }

    [Fact]
    public void The_answer_speaks_in_the_delimiters_of_the_message()
    {
        var incoming = Sample.Parse("MSH*:;!+*A:a*B*C*D*20260105**ADT:A04*1!F!2*P*2.3.1\rPID*1");

        Build(incoming, AcknowledgementCode.AE, "a * b : c", Faults).Should().Be(
            "MSH*:;!+*C*D*A:a*B*20260105093015**ACK:A04*77*P*2.3.1\r" +
            "MSA*AE*1!F!2*a !F! b !S! c***102:Data type error:HL70357\r" +
            "ERR*PID:1:7:102+Data type error+HL70357;IN1:2:36:101+Required field missing+HL70357\r");
    }

    [Fact]
    public void Where_delimiters_are_missing_the_answer_says_what_it_can()
    {
        var incoming = Sample.Parse("MSH|^|A|B|C|D|20260105||ADT^A04|1|P|2.3.1");

        Build(incoming, AcknowledgementCode.AE, "a|b", Faults).Should().Be(
            "MSH|^|C|D|A|B|20260105093015||ACK^A04|77|P|2.3.1\rMSA|AE|1|a b|||102^Data type error^HL70357\rERR|PID^1^7^102\r");
    }

    [Fact]
    public void Without_a_readable_header_the_answer_is_a_bare_rejection() =>
        Build(null, AcknowledgementCode.AR, "no MSH", [Hl7Fault.OfMessage(Hl7ErrorCode.SegmentSequence)]).Should().Be(
            "MSH|^~\\&|||||20260105093015||ACK|77|P|2.3\rMSA|AR||no MSH|||100^Segment sequence error^HL70357\rERR|^^^100&Segment sequence error&HL70357\r");

    [Fact]
    public void A_message_without_control_id_processing_id_or_trigger_is_still_answered() =>
        Build(Sample.Parse("MSH|^~\\&|A||||||ADT||| 2.5 "), AcknowledgementCode.AA, null).Should().Be(
            "MSH|^~\\&|||A||20260105093015||ACK|77|P| 2.5 \rMSA|AA|\r");

    [Fact]
    public void The_character_set_goes_with_the_fields_that_need_it()
    {
        var incoming = Sample.Parse("MSH|^~\\&|Z\u00FCrich||||||ADT^A04|1|P|2.3||||||8859/1");

        Build(incoming, AcknowledgementCode.AE, "Stra\u00DFe, \u0141\u00F3d\u017A").Should().Be(
            "MSH|^~\\&|||Z\u00FCrich||20260105093015||ACK|77|P|2.3||||||8859/1\rMSA|AE|1|Stra?e, ??d?\r");
    }

    [Fact]
    public void A_long_text_is_cut_to_what_the_field_holds()
    {
        var answer = Build(Incoming("2.3"), AcknowledgementCode.AE, new string('x', 200));

        Sample.Parse(answer).Get("MSA-3").Should().Be(new string('x', 77) + "...");
    }

    [Fact]
    public void A_body_that_could_not_be_read_is_answered_with_its_fault()
    {
        Hl7Message.TryParse(Sample.Bytes("MSH|^~\\&|A|||||||9|P|2.5\rPIDX|1"), out _, out var error).Should().BeFalse();

        Hl7Fault.Of(error!).Should().Be(new Hl7Fault(null, 1, null, null, Hl7ErrorCode.SegmentSequence, "line 2 does not begin with a segment's name and a field separator"));
    }

    [Theory]
    [InlineData("2.1")]
    [InlineData("2.2")]
    [InlineData("2.3")]
    [InlineData("2.3.1")]
    [InlineData("2.4")]
    [InlineData("2.5.1")]
    public void What_is_built_can_be_read(string version)
    {
        var bytes = Acknowledgement.Build(Incoming(version), AcknowledgementCode.AE, "2 faults", Faults, "77", SentAt);

        AcknowledgementReader.TryRead(bytes, out var reply, out var reason).Should().BeTrue(reason);

        reply!.Code.Should().Be(AcknowledgementCode.AE);
        reply.ControlId.Should().Be("12345");
        reply.Text.Should().Be("2 faults");
        reply.ErrorCodes.Should().Equal("102", "101");
        reply.IsAccepted.Should().BeFalse();
        reply.IsRejected.Should().BeFalse();
    }

    [Theory]
    [InlineData("AA", true, false)]
    [InlineData("CA", true, false)]
    [InlineData("AE", false, false)]
    [InlineData("CE", false, false)]
    [InlineData("AR", false, true)]
    [InlineData("CR", false, true)]
    public void Only_AA_and_CA_are_deliveries(string code, bool isAccepted, bool isRejected)
    {
        AcknowledgementReader.TryRead(Sample.Bytes($"MSH|^~\\&|A\rMSA|{code}|1"), out var reply, out _).Should().BeTrue();

        reply!.IsAccepted.Should().Be(isAccepted);
        reply.IsRejected.Should().Be(isRejected);
        reply.Text.Should().BeEmpty();
        reply.ErrorCodes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("MSH|^~\\&|A\rPID|1", "no MSA segment: not an acknowledgement")]
    [InlineData("MSH|^~\\&|A\rMSA|OK|1", "MSA-1 at byte 11: expected AA, AE, AR, CA, CE or CR")]
    [InlineData("MSH|^~\\&|A\rMSA", "MSA-1 at byte 11: expected AA, AE, AR, CA, CE or CR")]
    [InlineData("hello", "message at byte 0: no MSH, with which every message begins")]
    public void What_is_no_reply_is_said_to_be_none(string body, string says)
    {
        AcknowledgementReader.TryRead(Sample.Bytes(body), out var reply, out var reason).Should().BeFalse();

        reply.Should().BeNull();
        reason.Should().Be(says);
    }

    private static Hl7Message Incoming(string version) =>
        Sample.Parse($"MSH|^~\\&|ATHENA|NET^x|PS|SERVER|20220315142658||ADT^A04|12345|P|{version}|\rPID|1||12345\r");

    private static string Build(Hl7Message? incoming, AcknowledgementCode code, string? text, params Hl7Fault[] faults) =>
        Encoding.Latin1.GetString(Acknowledgement.Build(incoming, code, text, faults, "77", SentAt));
}
