using System.Collections.Concurrent;
using System.Text;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>A listener whose senders number their messages (HL7 v2.3 §2.10.1).</summary>
public sealed class SequenceNumberTests : IAsyncLifetime
{
    private static readonly SourceBinding Numbered = TestEngine.Guide with { SequenceNumbers = true };

    private readonly ConcurrentDictionary<string, int> _minutes = new();
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task The_protocol_goes_as_the_standard_has_it()
    {
        (await SendAsync(0, "start")).Should().Be("AA start -1 ignored", "none is known, so the sender begins where it likes");
        (await SendAsync(5, "five")).Should().Be("AA five 5 applied", "the first number that comes is the first");
        (await SendAsync(6, "six")).Should().Be("AA six 6 applied");
        (await SendAsync(8, "eight")).Should().Be("AR eight 7 refused", "a message is missing");
        (await SendAsync(7, "seven")).Should().Be("AA seven 7 applied");
        (await SendAsync(6, "other")).Should().Be("AE other 8 refused", "an old number on a message that was never here");
        (await SendAsync(0, "again")).Should().Be("AA again 8 ignored", "the sender asks where it stands");
        (await SendAsync(-1, "reset")).Should().Be("AA reset -1 ignored");
        (await SendAsync(1, "one")).Should().Be("AA one 1 applied", "it counts anew");
        (await SendAsync(3, "three")).Should().Be("AR three 2 refused");
    }

    [Fact]
    public async Task A_message_that_was_taken_before_gets_its_stored_reply()
    {
        await SendAsync(1, "one");
        var first = await _engine.AcceptAsync(Message(2, "two"), Numbered);
        await SendAsync(3, "three");
        _engine.Time.Advance(TimeSpan.FromMinutes(1));

        var again = await _engine.AcceptAsync(Message(2, "two"), Numbered);

        again.State.Should().Be(MessageState.Duplicate);
        again.Reply.ToArray().Should().Equal(first.Reply.ToArray());
        (await SendAsync(4, "four")).Should().Be("AA four 4 applied");
    }

    [Fact]
    public async Task A_handshake_may_be_an_MSH_alone()
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message($"MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|{Time(1)}||ADT^A04|start|P|2.3|0"), Numbered);

        Reply(receipt).Should().Be("AA start -1 ignored");
    }

    [Fact]
    public async Task What_is_refused_takes_no_number()
    {
        await SendAsync(1, "one");

        (await SendAsync(2, "bad", Doe(id: "777", birth: "19801305"))).Should().Be("AE bad 2 refused");
        (await SendAsync(3, "three")).Should().Be("AR three 2 refused");
        (await SendAsync(2, "mended")).Should().Be("AA mended 2 applied");
    }

    [Theory]
    [InlineData("", "MSA|AE|x|a sequence number is required here and was not given|||101")]
    [InlineData("one", "MSA|AE|x|a sequence number is a whole number of -1 to 999999999999999|||102")]
    [InlineData("-2", "MSA|AE|x|a sequence number is a whole number of -1 to 999999999999999|||102")]
    [InlineData("1000000000000000", "MSA|AE|x|a sequence number is a whole number of -1 to 999999999999999|||102")]
    public async Task A_message_without_a_number_is_refused(string number, string msa)
    {
        var receipt = await _engine.AcceptAsync(Message(number, "x"), Numbered);

        Encoding.UTF8.GetString(receipt.Reply.Span).Should().Contain(msa);
    }

    [Fact]
    public async Task Where_the_protocol_is_not_asked_for_numbers_mean_nothing()
    {
        var receipt = await _engine.AcceptAsync(Message("77", "x"), TestEngine.Guide);
        var earlier = await _engine.AcceptAsync(Message("5", "y"), TestEngine.Guide);

        Encoding.UTF8.GetString(receipt.Reply.Span).Split('\r')[1].Should().Be("MSA|AA|x");
        earlier.State.Should().Be(MessageState.Applied);
    }

    [Fact]
    public async Task A_message_that_its_practice_filters_takes_its_number_all_the_same()
    {
        await DisposeAsync();
        _engine = await TestEngine.StartAsync(("practices/1959/filters.md", "---\nfilters: messages\npractice: 1959\n---\n| When | Reason |\n|---|---|\n| `HL7:PID-5.1 = 'ZZTEST'` | a patient for trials |\n"));

        (await SendAsync(1, "one")).Should().Be("AA one 1 applied");
        (await SendAsync(2, "trial", Doe(family: "ZZTEST"))).Should().Be("AA trial 2 ignored");
        (await SendAsync(3, "three")).Should().Be("AA three 3 applied");
    }

    [Fact]
    public async Task In_enhanced_mode_a_message_out_of_sequence_is_not_taken()
    {
        await SendAsync(1, "one");
        var body = Encoding.UTF8.GetString(Message(3, "three")).Replace("|2.3|3", "|2.3|3||AL|AL", StringComparison.Ordinal);

        var receipt = await _engine.AcceptAsync(Encoding.UTF8.GetBytes(body), Numbered);

        Encoding.UTF8.GetString(receipt.Reply.Span).Split('\r')[1].Should().Be("MSA|CE|three|sequence number 3 came and 2 is expected|2");
        receipt.ApplicationReply.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task Of_two_messages_with_one_number_at_the_same_time_one_is_taken_and_the_other_is_met_with_silence_or_refused()
    {
        await SendAsync(1, "one");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            try
            {
                return Reply(await _engine.AcceptAsync(Message(2, $"two-{index}"), Numbered)).Split(' ')[0];
            }
            catch (StoreUnavailableException)
            {
                return "silence";
            }
        })));

        outcomes.Should().ContainSingle(outcome => outcome == "AA").And.OnlyContain(outcome => outcome == "AA" || outcome == "AE" || outcome == "silence");
        (await SendAsync(3, "three")).Should().Be("AA three 3 applied");
    }

    private async Task<string> SendAsync(long number, string controlId, string? pid = null) => Reply(await _engine.AcceptAsync(Message(number, controlId, pid), Numbered));

    private byte[] Message(long number, string controlId, string? pid = null) => Message($"{number}", controlId, pid);

    /// <summary>Each control id is a patient's own first name, so that every message changes something.</summary>
    private byte[] Message(string number, string controlId, string? pid = null) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Adt("A08", controlId, Minute(controlId), pid ?? Doe(given: controlId.ToUpperInvariant()))).Replace("|2.3|", $"|2.3|{number}", StringComparison.Ordinal));

    /// <summary>Later for each new control id, the same for a resend.</summary>
    private int Minute(string controlId) => _minutes.GetOrAdd(controlId, _ => _minutes.Count + 1);

    /// <summary>MSA-1, MSA-2 and MSA-4, and what became of the message.</summary>
    private static string Reply(Receipt receipt)
    {
        var msa = Encoding.UTF8.GetString(receipt.Reply.Span).Split('\r')[1].Split('|');
        return $"{msa[1]} {msa[2]} {msa.ElementAtOrDefault(4)} {receipt.State.ToString().ToLowerInvariant()}";
    }
}
