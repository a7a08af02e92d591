using InterfaceEngine.Control;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Control;

public sealed class CorrectionTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    private EngineOperations Operations => new(_engine.Core.Parts());

    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_corrected_copy_is_applied_as_a_child_and_its_original_stays_as_it_came()
    {
        var bad = Adt("A04", "1", 1, Doe(birth: "19801399"));
        var original = await AcceptAsync(bad);
        original.State.Should().Be(MessageState.Refused);

        var answer = await AskAsync(Correct(original, Adt("A04", "1", 1, Doe())));

        answer.State.Should().Be("applied");
        var copy = await AskAsync(new ShowMessageRequest(answer.Message) { Actor = "maria" });
        copy.Original.Should().Be(original.Message.ToString());
        copy.Differences.Should().Equal(new DifferenceView("PID-7", "19801399", "19800515"));
        copy.Reply.Should().BeEmpty("nobody was answered");
        var kept = await _engine.MessageAsync(original);
        kept.State.Should().Be(MessageState.Dismissed);
        kept.Body.ToArray().Should().Equal(bad);
        kept.ReceivedAt.Should().Be(copy.Message.ReceivedAt.ToUnixTimeMilliseconds());
        (await AskAsync(new ShowMessageRequest(original.Message.ToString()) { Actor = "maria" })).CorrectedBy.Should().Equal(answer.Message);
        (await _engine.RecordAsync("1959", "patient", "12345"))!["date_of_birth"].Should().Be("1980-05-15");
        (await _engine.Store.ReadAsync(reader => reader.Causes(null, default, 10), default)).Should().BeEmpty();
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default)).Should().Contain(entry => entry.Action == "messages correct" && entry.Reason == "a slip");
    }

    [Fact]
    public async Task The_ledger_counts_copies_beside_what_was_received_and_balances()
    {
        var original = await AcceptAsync(Adt("A04", "1", 1, Doe(birth: "19801399")));
        await AskAsync(Correct(original, Adt("A04", "1", 1, Doe())));

        var report = await new LedgerCheck(_engine.Store, () => [_numbers!.Now()], _engine.Time).RunAsync(0, isFull: true, default);

        report.Differences.Should().BeEmpty();
        var line = report.Sources.Should().ContainSingle().Subject;
        line.Should().BeEquivalentTo(new { Received = 1L, Corrected = 1L, Missing = 0L });
        line.States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Applied] = 1, [MessageState.Dismissed] = 1 });
    }

    [Fact]
    public async Task A_copy_does_not_undo_what_came_after_its_original()
    {
        var original = await AcceptAsync(Adt("A04", "1", 1, Doe(given: "OLD", birth: "19801399")));
        await AcceptAsync(Adt("A08", "2", 2, Doe(given: "NEW")));

        await AskAsync(Correct(original, Adt("A04", "1", 1, Doe(given: "OLD"))));

        (await _engine.RecordAsync("1959", "patient", "12345"))!["first_name"].Should().Be("NEW");
    }

    [Fact]
    public async Task A_copy_that_does_not_pass_is_refused_and_nothing_is_stored()
    {
        var original = await AcceptAsync(Adt("A04", "1", 1, Doe(birth: "19801399")));

        var failure = await FailAsync(Correct(original, Adt("A04", "1", 1, Doe(birth: "19801398"))));

        failure.Message.Should().Contain("would be quarantined, so nothing was stored").And.NotContain("19801398");
        (await _engine.MessageAsync(original)).State.Should().Be(MessageState.Refused);
        (await _engine.Store.ReadAsync(reader => reader.Corrections(original.Message), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_applied_can_not_be_corrected_and_a_reason_is_needed()
    {
        var applied = await AcceptAsync(Adt("A04", "1", 1, Doe()));

        (await FailAsync(Correct(applied, Adt("A04", "1", 1, Doe(given: "JO"))))).Message.Should().Contain("is applied: only one that is refused");
        (await FailAsync(Correct(applied, []) with { Reason = " " })).Kind.Should().Be(FailureKind.Usage);
    }

    private SourceNumbers? _numbers;

    private async Task<Receipt> AcceptAsync(byte[] body)
    {
        _numbers ??= new SourceNumbers(await _engine.Store.Ledger.BeginRunAsync(TestEngine.Guide.Name, 16, default), _engine.Time);
        var number = _numbers.Next();
        var receipt = await _engine.Core.Intake.AcceptAsync(new IncomingMessage(body, TestEngine.Guide) { Number = number }, default);
        _numbers.Settle(number, isStored: true);
        return receipt;
    }

    private static CorrectMessageRequest Correct(Receipt original, byte[] body) => new(original.Message.ToString(), body) { Actor = "maria", Reason = "a slip" };

    private async Task<FailureAnswer> FailAsync(ControlRequest request) => (await Operations.AskAsync(request, default)).Should().BeOfType<FailureAnswer>().Subject;

    private async Task<TAnswer> AskAsync<TAnswer>(ControlRequest<TAnswer> request)
        where TAnswer : ControlAnswer => (await Operations.AskAsync(request, default)).Should().BeOfType<TAnswer>().Subject;
}
