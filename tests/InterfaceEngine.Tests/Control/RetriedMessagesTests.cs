using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control;

/// <summary>What a retry asks again: everything that the listener asks, of a message that was refused; nothing, of one that was accepted.</summary>
public class RetriedMessagesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await StartAsync(settings => settings);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    /// <summary>On which store the tests run: a subclass has another.</summary>
    private protected virtual Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartAsync(change, changes);

    [StoreTheory]
    [InlineData("athena-a04.hl7")]
    [InlineData("guide-a04.hl7")]
    [InlineData("athena-oru.hl7")]
    [InlineData("athena-p03.hl7")]
    public async Task What_did_not_come_whole_is_never_applied(string sample)
    {
        var whole = await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "hl7"), sample, SearchOption.AllDirectories).Single());
        var source = sample.StartsWith("athena", StringComparison.Ordinal) ? TestEngine.Athena : TestEngine.Guide;
        var head = await _engine.AcceptAsync(whole[..(whole.Length * 9 / 10)], source, new FrameFault("frame is larger than 1 KiB"));

        (await RetryAsync(head, isTrial: true)).Should().BeEquivalentTo(new { State = "refused", Passes = false });
        (await RetryAsync(head)).Should().BeEquivalentTo(new { State = "refused", Passes = false });

        (await _engine.MessageAsync(head)).Should().BeEquivalentTo(new { State = MessageState.Refused, Code = "AR207" });
        (await _engine.RecordsAsync(source.Practices[0], "patient")).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_message_never_reaches_a_practice_that_its_port_is_not_bound_to()
    {
        var foreign = await _engine.AcceptAsync(
            TestEngine.Message("MSH|^~\\&|ATHENA|195900|PS|PS|20260105090100||ADT^A04|5|P|2.3", "EVN|A04|20260105090100", $"PID|1||{Doe()}", "PV1|1|O"), TestEngine.Guide);

        (await RetryAsync(foreign)).Should().BeEquivalentTo(new { State = "refused", Passes = false });

        (await _engine.MessageAsync(foreign)).Should().BeEquivalentTo(new { State = MessageState.Refused, Code = "AR204" });
        (await _engine.RecordsAsync("195900", "patient")).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_message_that_names_no_practice_passes_once_its_port_is_bound_to_one_only()
    {
        var refused = await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()), TestEngine.Guide with { Practices = ["1959", "195900"] });
        (await _engine.MessageAsync(refused)).Should().BeEquivalentTo(new { State = MessageState.Refused, Code = "AR204", Practice = (string?)null });

        (await RetryAsync(refused)).Should().BeEquivalentTo(new { State = "applied", Passes = true });

        (await _engine.MessageAsync(refused)).Practice.Should().Be("1959");
        (await _engine.RecordsAsync("1959", "patient")).Should().ContainSingle();
    }

    [StoreFact]
    public async Task What_the_listener_does_not_take_does_not_pass_by_a_retry()
    {
        var training = await _engine.AcceptAsync(Changed(Adt("A04", "1", 1, Doe()), "|P|2.3", "|D|2.3"));

        (await RetryAsync(training)).Should().BeEquivalentTo(new { State = "refused", Passes = false });

        (await _engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_message_out_of_turn_is_its_senders_to_send_again()
    {
        var numbered = TestEngine.Guide with { SequenceNumbers = true };
        await _engine.AcceptAsync(Changed(Adt("A04", "1", 1, Doe()), "|P|2.3", "|P|2.3|1"), numbered);
        var early = await _engine.AcceptAsync(Changed(Adt("A08", "3", 3, Doe()), "|P|2.3", "|P|2.3|3"), numbered);

        (await RetryAsync(early)).Should().BeEquivalentTo(new { State = "refused", Passes = false });

        (await _engine.MessageAsync(early)).Code.Should().Be("SEQ");
    }

    [StoreFact]
    public async Task A_corrected_copy_and_a_cause_never_have_one_id()
    {
        for (var round = 0; round < 12; round++)
        {
            var bad = await _engine.AcceptAsync(Adt("Z01", $"b{round}", 1, Doe()));
            var answer = await AskAsync<CorrectionAnswer>(new CorrectMessageRequest(bad.Message.ToString(), Adt("A04", $"b{round}", 1, Doe())) { Actor = "maria", Reason = "typing error" });
            var copy = Views.ParseId(answer.Message, "message");

            (await _engine.Store.ReadAsync(reader => reader.Cause(copy), default)).Should().BeNull();
        }
    }

    [StoreFact]
    public async Task A_resend_of_a_parked_message_gets_the_reply_that_it_got_when_it_was_accepted()
    {
        await using var engine = await StartAsync(settings => settings, await ParkedVisits.MapsAsync());
        var body = Encoding.UTF8.GetBytes(ParkedVisits.Message("9001"));
        var parked = await engine.AcceptAsync(body);
        engine.Time.Advance(TimeSpan.FromMinutes(5));
        await engine.AcceptAsync(Adt("A04", "3", 3, Doe()));
        await engine.Core.Intake.ReplayAsync(parked.Message, default, null, default);

        var again = await engine.AcceptAsync(body);

        again.State.Should().Be(MessageState.Duplicate);
        again.Reply.ToArray().Should().Equal(parked.Reply.ToArray());
    }

    [StoreFact]
    public async Task Who_waits_to_hear_that_a_message_was_applied_is_told_that_it_was_dismissed_and_a_resend_is_told_again()
    {
        await using var engine = await OnAppliedAsync();
        var taker = new Taker();
        var parked = await engine.Core.Intake.AcceptAsync(new IncomingMessage(EnhancedVisit(), OnApplied) { Sender = taker }, default);
        parked.ApplicationReply.Length.Should().Be(0);

        await AskAsync<RetryAnswer>(new DismissErrorsRequest([parked.Message.ToString()]) { Actor = "maria", Reason = "booked by mistake" }, engine);
        var again = await engine.Core.Intake.AcceptAsync(new IncomingMessage(EnhancedVisit(), OnApplied) { Sender = taker }, default);

        taker.Taken.Should().ContainSingle().Which.Should().Contain("MSA|AE|");
        Encoding.UTF8.GetString(again.ApplicationReply.Span).Should().Be(taker.Taken[0]);
    }

    [StoreFact]
    public async Task Who_waits_to_hear_that_a_message_was_applied_is_told_so_when_its_corrected_copy_was()
    {
        await using var engine = await OnAppliedAsync();
        await engine.AcceptAsync(Adt("A04", "3", 3, Doe()));
        var taker = new Taker();
        var stranger = Changed(EnhancedVisit(), "ZPT|12345", "ZPT|99999");
        var parked = await engine.Core.Intake.AcceptAsync(new IncomingMessage(stranger, OnApplied) { Sender = taker }, default);
        parked.State.Should().Be(MessageState.Parked);

        await AskAsync<CorrectionAnswer>(new CorrectMessageRequest(parked.Message.ToString(), EnhancedVisit()) { Actor = "maria", Reason = "wrong number" }, engine);

        taker.Taken.Should().ContainSingle().Which.Should().Contain("MSA|AA|");
        (await engine.MessageAsync(parked)).State.Should().Be(MessageState.Dismissed);
    }

    [StoreFact]
    public async Task A_retry_beside_somebody_elses_says_that_it_changed_meanwhile()
    {
        await using var engine = await StartAsync(settings => settings, await ParkedVisits.MapsAsync());
        var parked = await engine.AcceptAsync(Encoding.UTF8.GetBytes(ParkedVisits.Message("9001")));
        var kept = await engine.MessageAsync(parked);
        await engine.Core.Intake.DismissAsync(kept, new AuditEntry("ann", "errors dismiss", "1959", null, "seen"), default);

        var late = () => engine.Core.Intake.DismissAsync(kept, new AuditEntry("bob", "errors dismiss", "1959", null, "seen"), default).AsTask();

        await late.Should().ThrowAsync<MessageMovedException>();
    }

    private static SourceBinding OnApplied { get; } = TestEngine.Guide with { Acknowledge = AcknowledgePolicy.OnApplied };

    private static byte[] EnhancedVisit() => Changed(Encoding.UTF8.GetBytes(ParkedVisits.Message("9001")), "|P|2.3", "|P|2.3|||AL|AL");

    private static byte[] Changed(byte[] message, string from, string to)
    {
        var text = Encoding.UTF8.GetString(message);
        text.Should().Contain(from);
        return Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    private async Task<TestEngine> OnAppliedAsync()
    {
        var maps = await ParkedVisits.MapsAsync();
        return await StartAsync(settings => settings with { Sources = [.. settings.Sources.Select(one => one.Name == OnApplied.Name ? one with { Binding = OnApplied } : one)] }, maps);
    }

    private async Task<RetryView> RetryAsync(Receipt receipt, bool isTrial = false) =>
        (await AskAsync<RetryAnswer>(new RetryErrorsRequest([receipt.Message.ToString()], isTrial) { Actor = "maria" })).Results.Single();

    private async Task<T> AskAsync<T>(ControlRequest<T> request, TestEngine? engine = null)
        where T : ControlAnswer
    {
        var answer = await new EngineOperations((engine ?? _engine).Core.Parts()).AskAsync(request, default);
        return answer as T ?? throw new InvalidOperationException(answer.ToString());
    }

    private sealed class Taker : IReplyTaker
    {
        public List<string> Taken { get; } = [];

        public bool IsOpen => true;

        public bool TryTake(ReadOnlyMemory<byte> reply)
        {
            Taken.Add(Encoding.UTF8.GetString(reply.Span));
            return true;
        }
    }
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresRetryTests : RetriedMessagesTests
{
    private protected override Task<TestEngine> StartAsync(Func<EngineSettings, EngineSettings> change, params (string Path, string Text)[] changes) => TestEngine.StartOnPostgresAsync(change, changes);
}
