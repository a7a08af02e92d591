using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What a strict source refuses, and what the others say of it.</summary>
public sealed class StrictMessagesTests : IAsyncLifetime
{
    private static readonly SourceBinding Strict = TestEngine.Guide with { Strict = true };
    private static readonly SourceBinding StrictAthena = TestEngine.Athena with { Strict = true };

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_message_after_the_standard_passes_a_strict_source()
    {
        var receipt = await _engine.AcceptAsync(Adt("A04", "1", 1, Doe(), "PV1|1|O"), Strict);

        Reply(receipt).MessageType().Should().Be("AA");
        receipt.State.Should().Be(MessageState.Applied);
    }

    [Fact]
    public async Task Every_fault_of_a_2_3_message_is_a_repetition_of_ERR_1()
    {
        var receipt = await _engine.AcceptAsync(Adt("A04", "2", 1, "12345^^^ATHENA^MRN||||May 15, 1980|M"), Strict);

        receipt.State.Should().Be(MessageState.Refused);
        Reply(receipt).MessageType().Should().Be("AE");
        Reply(receipt).Errors().Should().Equal(
            "PV1^1^^100&Segment sequence error&HL70357~PID^1^5^101&Required field missing&HL70357~PID^1^7^102&Data type error&HL70357");
        (await _engine.RecordAsync("1959", "patient", "12345")).Should().BeNull();
    }

    [Fact]
    public async Task Every_fault_of_a_2_5_1_message_is_an_ERR_of_its_own_with_its_text()
    {
        var receipt = await _engine.AcceptAsync(Version251(Adt("A04", "3", 1, "12345^^^ATHENA^MRN||||May 15, 1980|M")), Strict);

        Reply(receipt).MessageType().Should().Be("AE");
        Reply(receipt).Errors().Should().Equal(
            "|PV1^1|100^Segment sequence error^HL70357|E||||is required by ADT_A01 and missing at the end",
            "|PID^1^5|101^Required field missing^HL70357|E||||Patient Name is missing",
            "|PID^1^7^1^1|102^Data type error^HL70357|E||||Date/Time of Birth is not of type DTM: expected YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]");
    }

    [Fact]
    public async Task An_event_that_the_version_has_not_is_answered_AR()
    {
        var receipt = await _engine.AcceptAsync(Adt("Z04", "4", 1, Doe(), "PV1|1|O"), Strict);

        Reply(receipt).MessageType().Should().Be("AR");
        Reply(receipt).Errors().Should().ContainSingle().Which.Should().Contain("MSH^1^9^201&Unsupported event code&HL70357");
    }

    /// <summary>No table reads a pharmacy order, and this one breaks the standard as well: a code, not a list of faults.</summary>
    [Theory]
    [InlineData("", "", "AR", "")]
    [InlineData("AL", "NE", "CR", "")]
    [InlineData("NE", "AL", "", "AR")]
    public async Task An_event_that_nobody_reads_is_answered_as_such_whatever_is_wrong_with_it(string accept, string application, string first, string second)
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message(
            $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(1)}||ORM^O01|9|P|2.3|||{accept}|{application}", $"PID|1||{Doe()}", "OBR|many"), Strict);

        (receipt.State, (await _engine.MessageAsync(receipt)).Code).Should().Be((MessageState.Refused, "AR201"));
        (Code(receipt.Reply), Code(receipt.ApplicationReply)).Should().Be((first, second));

        static string Code(ReadOnlyMemory<byte> reply) => reply.IsEmpty ? "" : Hl7Message.Parse(reply).MessageType();
    }

    [Fact]
    public async Task Strict_outranks_a_profile_that_answers_AA_to_bad_content()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message(
            "MSH|^~\\&|ATHENA|195900|PS|PS|20260105090100||ADT^A04|5|P|2.3",
            "EVN|A04|20260105090100",
            "PID|1||77^^^195900||DOE^JANE||19800515|F"), StrictAthena);

        receipt.State.Should().Be(MessageState.Refused);
        Reply(receipt).MessageType().Should().Be("AE");
    }

    [Fact]
    public async Task What_was_refused_is_kept_with_every_fault_and_what_was_only_odd()
    {
        var receipt = await _engine.AcceptAsync(Adt("A04", "6", 1, Doe(), "PV1|1|X", "PV1|2|O"), Strict);

        var message = await _engine.MessageAsync(receipt);
        message.Code.Should().Be("AE100");
        MessageDetail.FromJson(message.Detail).Notes.Select(note => (note.Severity, note.Code, note.Place)).Should().Equal(
            ("refused", "100", "PV1[2]"), ("warning", "103", "PV1-2"));
    }

    [Fact]
    public async Task A_source_that_is_not_strict_takes_the_message_and_says_once_that_its_order_is_wrong()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message(
            $"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(1)}||ADT^A04^ADT_A04|7|P|2.3|",
            "ZXX|local",
            $"PID|1||{Doe()}",
            "NK1|1|DOE^JIM|SPO"));

        receipt.State.Should().Be(MessageState.Applied);
        Reply(receipt).Errors().Should().BeEmpty();
        var notes = MessageDetail.FromJson((await _engine.MessageAsync(receipt)).Detail).Notes;
        notes.Should().ContainSingle(note => note.Code == "100").Which.Should().Match<DetailNote>(note =>
            note.Severity == "warning" && note.Place == "EVN"
            && note.Reason == "EVN is required by ADT_A01 and missing before PID; PV1 is required by ADT_A01 and missing at the end");
    }

    [Fact]
    public async Task A_message_in_order_says_nothing_of_its_order() =>
        MessageDetail.FromJson((await _engine.MessageAsync(await _engine.AcceptAsync(Adt("A04", "8", 1, Doe(), "PV1|1|O")))).Detail)
            .Notes.Should().NotContain(note => note.Code == "100");

    private static Hl7Message Reply(Receipt receipt) => Hl7Message.Parse(receipt.Reply);

    private static byte[] Version251(byte[] message) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace("|P|2.3|", "|P|2.5.1|", StringComparison.Ordinal));
}

file static class Replies
{
    public static string MessageType(this Hl7Message reply) => reply.Find("MSA").Field(1).Decode();

    public static IEnumerable<string> Errors(this Hl7Message reply) =>
        reply.FindAll("ERR").Select(error => Encoding.UTF8.GetString(error.AsElement().Raw)[4..]);
}
