using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Intake.Retention;

/// <summary>Retention in an engine: what it says of what is gone, and that the ledger still balances.</summary>
public sealed class RetentionKeeperTests : IAsyncLifetime
{
    private readonly RecordingLogger<RetentionKeeper> _logger = new();
    private TestEngine _engine = null!;
    private SourceNumbers _numbers = null!;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        _numbers = await _engine.Core.Numbers.BeginAsync(TestEngine.Guide.Name, 16, default);
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Nothing_is_dropped_unless_somebody_says_how_long_it_is_kept()
    {
        var message = await AcceptAsync("guide-a04.hl7");
        var keeper = Keeper(new RetentionOptions());

        await PassAsync(keeper, TimeSpan.FromDays(4000));

        (await _engine.MessageAsync(message)).State.Should().Be(MessageState.Applied);
        (await _engine.Store.ReadAsync(reader => reader.Drops(), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task It_drops_once_a_day_after_the_hour()
    {
        await AcceptAsync("guide-a04.hl7");
        var keeper = Keeper(new RetentionOptions { Messages = TimeSpan.FromDays(40), AtHour = 3 });
        await PassAsync(keeper, TimeSpan.FromDays(40));
        _engine.Time.Advance(TimeSpan.FromHours(12));

        var dropped = new List<bool>();
        for (var hour = 0; hour < 24; hour++)
        {
            await keeper.KeepAsync(default);
            dropped.Add(_logger.Lines.Any(line => line.Text.Contains("1 messages of before 2026-02-02 were dropped")));
            _engine.Time.Advance(TimeSpan.FromHours(1));
        }

        dropped.IndexOf(true).Should().Be(3, "it began at midnight, and the day of the receipt is over and old enough only now");
    }

    [Fact]
    public async Task The_ledger_balances_and_says_what_was_dropped()
    {
        await AcceptAsync("guide-a04.hl7");
        await AcceptAsync("guide-a04.hl7", MessageState.Duplicate);
        await PassAsync(Keeper(new RetentionOptions { Messages = TimeSpan.FromDays(40) }), TimeSpan.FromDays(50));

        var answer = await AskAsync<LedgerAnswer>(new LedgerRequest(null, null, IsFull: true) { Actor = "maria" });

        answer.Differences.Should().BeEmpty();
        answer.Sources.Should().ContainSingle().Which.States.Should().BeEquivalentTo(new Dictionary<string, long> { ["applied"] = 1, ["duplicate"] = 1 });
        answer.Dropped.Should().ContainSingle().Which.Should().BeEquivalentTo(new { What = "messages", Rows = 2L });
        answer.Dropped[0].Text.Should().Match("messages of before 2026-02-?? were dropped by retention on 2026-03-??");
    }

    [Fact]
    public async Task A_message_that_is_lost_is_still_a_difference_on_a_day_of_which_others_were_dropped()
    {
        await AcceptAsync("guide-a04.hl7");
        _numbers.Settle(_numbers.Next(), isStored: true);
        await _engine.Core.Numbers.ReportAsync(isUrgent: true, default);
        await PassAsync(Keeper(new RetentionOptions { Messages = TimeSpan.FromDays(40) }), TimeSpan.FromDays(50));

        var report = await new LedgerCheck(_engine.Store, _engine.Core.Numbers.Now, _engine.Time).RunAsync(0, isFull: true, default);

        report.Differences.Should().ContainSingle().Which.Text.Should().Contain("2 received").And.Contain("1 stored");
    }

    [Fact]
    public async Task A_message_that_was_dropped_is_told_as_such_and_its_record_is_kept()
    {
        var receipt = await AcceptAsync("guide-a04.hl7");
        await PassAsync(Keeper(new RetentionOptions { Messages = TimeSpan.FromDays(40), Changes = TimeSpan.FromDays(40) }), TimeSpan.FromDays(50));
        var patient = (await _engine.RecordsAsync("1959", "patient")).Should().ContainSingle().Subject;

        var missing = await AskAsync<FailureAnswer>(new ShowMessageRequest($"{receipt.Message}") { Actor = "maria" });
        var never = await AskAsync<FailureAnswer>(new ShowMessageRequest($"{new IdSource(_engine.Time, new Random(1)).Next()}") { Actor = "maria" });
        var shown = await AskAsync<RecordAnswer>(new ShowRecordRequest("1959", "patient", patient.Aliases[0].Value) { Actor = "maria" });

        missing.Message.Should().Match($"There is no message {receipt.Message} any more: messages of before 2026-02-?? were dropped by retention on 2026-03-??.");
        never.Message.Should().EndWith("There is no message " + never.Message.Split(' ')[^1]).And.NotContain("dropped");
        shown.Record.Fields.Should().Contain(field => field.Message == $"{receipt.Message}");
        (shown.Changes, shown.EarlierChanges).Should().BeEquivalentTo((Array.Empty<ChangeView>(), "x"), options => options.Excluding(pair => pair.Item2));
        shown.EarlierChanges.Should().Match("changes of before 2026-02-?? were dropped by retention on 2026-03-??");
    }

    [Fact]
    public async Task While_another_node_drops_this_one_does_not()
    {
        var receipt = await AcceptAsync("guide-a04.hl7");
        var keeper = Keeper(new RetentionOptions { Messages = TimeSpan.FromDays(40) });
        (await _engine.Store.Leases.TakeAsync(RetentionKeeper.LeaseName, "another", TimeSpan.FromDays(100), default)).Should().NotBeNull();

        await PassAsync(keeper, TimeSpan.FromDays(50));

        (await _engine.MessageAsync(receipt)).Should().NotBeNull();
        _logger.Lines.Should().NotContain(line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_drops_nothing()
    {
        var receipt = await AcceptAsync("guide-a04.hl7");
        var clock = new JumpedClock(_engine.Time);
        var keeper = new RetentionKeeper(_engine.Store, new RetentionOptions { Messages = TimeSpan.FromDays(400), Receipts = TimeSpan.FromDays(60) }, "this node", clock, _logger);
        _engine.Time.Advance(TimeSpan.FromDays(2));
        await _engine.Store.Ledger.SealAsync(LedgerDay.Of(_engine.Time.GetUtcNow()) - 1, default);
        clock.By = TimeSpan.FromDays(3650);

        await keeper.KeepAsync(default);

        (await _engine.MessageAsync(receipt)).State.Should().Be(MessageState.Applied);
        await AcceptAsync("guide-a04.hl7", MessageState.Duplicate);
        _logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Error).Which.Text.Should().StartWith("Nothing that is too old is dropped: the clock jumped 3650.0 days ahead");
    }

    private RetentionKeeper Keeper(RetentionOptions options) => new(_engine.Store, options, "this node", _engine.Time, _logger);

    /// <summary>Days go by, and the ledger closes them; then one round.</summary>
    private async Task PassAsync(RetentionKeeper keeper, TimeSpan time)
    {
        _engine.Time.Advance(time);
        await _engine.Store.Ledger.SealAsync(LedgerDay.Of(_engine.Time.GetUtcNow()) - 1, default);
        await keeper.KeepAsync(default);
    }

    /// <summary>Says another time than went by.</summary>
    private sealed class JumpedClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + By;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }

    private async Task<T> AskAsync<T>(ControlRequest request)
        where T : ControlAnswer
    {
        await using var operations = new EngineOperations(_engine.Core.Parts());
        return (await operations.AskAsync(request, default)).Should().BeOfType<T>().Subject;
    }

    private async Task<Receipt> AcceptAsync(string sample, MessageState expected = MessageState.Applied)
    {
        var number = _numbers.Next();
        var receipt = await _engine.Core.Intake.AcceptAsync(new IncomingMessage(TestEngine.Sample(sample), TestEngine.Guide) { Number = number }, default);
        receipt.State.Should().Be(expected);
        _numbers.Settle(number, isStored: true);
        return receipt;
    }
}
