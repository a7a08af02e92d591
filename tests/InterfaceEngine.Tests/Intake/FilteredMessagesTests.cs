using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Messages that are not for us: kept, answered AA, counted as ignored.</summary>
public sealed class FilteredMessagesTests
{
    private const string Filters = """
        ---
        filters:  messages
        practice: 1959
        ---
        | When                                 | Reason                  |
        |--------------------------------------|-------------------------|
        | `HL7:PID-5.1 = 'ZZTEST'`             | a patient for trials    |
        | `HL7:MSH-4.3 = '99'`                 | the training department |
        """;

    [Fact]
    public async Task A_filtered_message_is_kept_answered_AA_and_changes_nothing()
    {
        await using var engine = await TestEngine.StartAsync(("practices/1959/filters.md", Filters));

        var receipt = await engine.AcceptAsync(Adt("A04", "1", 1, Doe(family: "ZZTEST")));

        receipt.State.Should().Be(MessageState.Ignored);
        Hl7Message.Parse(receipt.Reply).Find("MSA").Field(1).Decode().Should().Be("AA");
        (await engine.RecordAsync("1959", "patient", "12345")).Should().BeNull();
        var message = await engine.MessageAsync(receipt);
        message.Practice.Should().Be("1959");
        message.Code.Should().Be("filtered");
        MessageDetail.FromJson(message.Detail).Notes.Should().ContainSingle().Which.Should().Match<DetailNote>(note =>
            note.Reason == "not for us: a patient for trials" && note.Cell == "practices/1959/filters.md:7:4");
        (await engine.AcceptAsync(Adt("A04", "2", 2, Doe()))).State.Should().Be(MessageState.Applied);
    }

    [Fact]
    public async Task A_filter_comes_before_every_refusal()
    {
        await using var engine = await TestEngine.StartAsync(("practices/1959/filters.md", Filters));
        var strict = TestEngine.Guide with { Strict = true };

        (await engine.AcceptAsync(Adt("A99", "1", 1, "|||ZZTEST"), strict)).State.Should().Be(MessageState.Refused);
        (await engine.AcceptAsync(Adt("A99", "2", 1, "||ZZTEST^X"), strict)).State.Should().Be(MessageState.Ignored);
    }

    [Fact]
    public async Task A_listeners_filter_takes_messages_that_no_practice_would()
    {
        await using var engine = await TestEngine.StartAsync();
        var source = TestEngine.Athena with { Filters = [Filter("HL7:MSH-4.1 = 'OTHER'", "another clinic")] };
        var foreign = TestEngine.Message("MSH|^~\\&|ATHENA|OTHER|PS|PS|20260105090100||ADT^A04|5|P|2.3");

        (await engine.AcceptAsync(foreign)).State.Should().Be(MessageState.Refused);
        var receipt = await engine.AcceptAsync(foreign, source);

        receipt.State.Should().Be(MessageState.Ignored);
        (await engine.MessageAsync(receipt)).Practice.Should().BeNull();
    }

    [Fact]
    public async Task An_acknowledgement_is_never_answered_whatever_the_filters_say()
    {
        await using var engine = await TestEngine.StartAsync();
        var source = TestEngine.Guide with { Filters = [Filter("HL7:MSH-9.1 = 'ACK'", "never mind")] };

        (await engine.AcceptAsync(TestEngine.Message("MSH|^~\\&|A|B|C|D|20260105||ACK|5|P|2.3", "MSA|AA|1"), source)).Reply.IsEmpty.Should().BeTrue();
    }

    [Theory]
    [InlineData("HL7:PID-134 = '1'", "MAP201", 0)]
    [InlineData("HL7:MSH-4.3", "MAP350", 0)]
    [InlineData("HL7:MSH-4.3 = ", "MAP351", 14)]
    [InlineData("last_name = 'X'", "MAP203", 0)]
    [InlineData("CSV:Status = 'X'", "MAP201", 0)]
    public void A_condition_that_can_not_be_used_is_said_with_its_place(string when, string code, int offset)
    {
        FilterRow.TryParse(when, "a reason", null, out _, out var problem).Should().BeFalse();
        (problem!.Code, problem.Offset).Should().Be((code, offset));
    }

    [Theory]
    [InlineData("| When | Because |\n|---|---|\n| `HL7:MSH-4.3 = '99'` | x |", "a table of filters has no column 'Because'")]
    [InlineData("| When |\n|---|\n| `HL7:MSH-4.3 = '99'` |", "the table has no column Reason")]
    [InlineData("| When | Reason |\n|---|---|\n| `HL7:MSH-4.3 = '99'` | |", "a filter has a condition and a reason")]
    [InlineData("| When | Reason |\n|---|---|\n| `HL7:PID-134 = '1'` | x |", "PID-134")]
    public void Wrong_rows_are_problems_with_file_line_and_column(string table, string text)
    {
        var folder = Directory.CreateTempSubdirectory("filters-").FullName;
        try
        {
            var settings = TestEngine.SettingsIn(folder, ("practices/1959/filters.md", table));
            var set = MappingFolder.Load(settings.Mappings, settings.Practices);

            set.IsValid.Should().BeFalse();
            set.Problems.Should().Contain(problem => problem.File == "practices/1959/filters.md" && problem.Line > 0 && problem.Column > 0 && problem.Text.Contains(text));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FilterRow Filter(string when, string reason) =>
        FilterRow.TryParse(when, reason, null, out var filter, out var problem) ? filter : throw new InvalidOperationException(problem.Text);
}
