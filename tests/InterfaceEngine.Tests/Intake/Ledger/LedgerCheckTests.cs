using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;

namespace InterfaceEngine.Tests.Intake.Ledger;

/// <summary>The check over a real store; what a person or a fault does behind the engine's back is done with SQL of the test's own.</summary>
public sealed class LedgerCheckTests : IAsyncLifetime, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;
    private SqliteStore _store = null!;
    private SourceNumbers _numbers = null!;

    public LedgerCheckTests() => _samples = new StoreSamples(_clock);

    public async Task InitializeAsync()
    {
        _store = _folder.Open(_clock);
        _numbers = new SourceNumbers(await _store.Ledger.BeginRunAsync("front-desk", 16, default), _clock);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_received_is_in_one_state_or_explained()
    {
        await TakeAsync(MessageState.Applied, MessageState.Applied, MessageState.Duplicate, MessageState.Held);
        _numbers.NextUnanswered();
        _numbers.Next();

        var line = (await CheckAsync(isFull: true)).Should().BeBalanced().Sources.Should().ContainSingle().Subject;

        line.Should().BeEquivalentTo(new { Source = "front-desk", Received = 6L, Unanswered = 0L, OnTheirWay = 2L, Missing = 0L });
        line.States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Applied] = 2, [MessageState.Duplicate] = 1, [MessageState.Held] = 1 });
        await ReportAsync();
        (await CheckAsync()).Sources[0].Should().BeEquivalentTo(new { Received = 6L, Unanswered = 1L, OnTheirWay = 1L, Missing = 0L });
    }

    [Fact]
    public async Task A_message_that_is_taken_up_again_moves_between_states_on_its_own_day()
    {
        var held = (await TakeAsync(MessageState.Held))[0];
        _clock.Advance(TimeSpan.FromDays(2));
        await TakeAsync(MessageState.Applied);
        await ReportAsync();
        await _store.Ledger.SealAsync(LedgerDay.Of(_clock.Milliseconds) - 1, default);
        await _store.CommitAsync(_samples.Unit(held with { Replaces = MessageState.Held, State = MessageState.Dismissed }), default);

        var report = await CheckAsync(isFull: true);

        report.Should().BeBalanced().Sources[0].States.Should().BeEquivalentTo(new Dictionary<MessageState, long> { [MessageState.Applied] = 1, [MessageState.Dismissed] = 1 });
        (await CheckAsync(since: LedgerDay.Of(_clock.Milliseconds))).Sources[0].Received.Should().Be(1);
    }

    [Fact]
    public async Task A_row_that_is_deleted_behind_the_engines_back_is_named_by_a_recount()
    {
        var messages = await TakeAsync(MessageState.Applied, MessageState.Applied, MessageState.Refused);
        await ExecuteAsync($"DELETE FROM messages WHERE message_id = {messages[1].Id.Value}");

        var difference = (await CheckAsync(isFull: true)).Differences.Should().ContainSingle().Subject;

        difference.Name.Should().Be("front-desk");
        difference.Day.Should().Be(LedgerDay.Of(_clock.Milliseconds));
        difference.Text.Should().Contain("1 rows are applied where 2 were counted");
        difference.Numbers.Should().Equal(new NumberRange(2, 2));
    }

    [Fact]
    public async Task A_message_without_a_number_that_moves_during_a_recount_is_no_difference()
    {
        var parked = _samples.Message(MessageState.Parked);
        await _store.CommitAsync(_samples.Unit(parked), default);
        var day = (await _store.ReadAsync(reader => LedgerBooks.Read(reader, 0, []), default)).Single(day => day.Run == 0);

        await _store.CommitAsync(_samples.Unit(parked with { Replaces = MessageState.Parked, State = MessageState.Applied }), default);

        (await new LedgerRecount(_store).DiffersAsync(day, default)).Should().BeFalse();
    }

    [Fact]
    public async Task A_message_without_a_number_that_is_deleted_behind_the_engines_back_is_found_by_a_recount()
    {
        var parked = _samples.Message(MessageState.Parked);
        await _store.CommitAsync(_samples.Unit(parked), default);
        await ExecuteAsync($"DELETE FROM messages WHERE message_id = {parked.Id.Value}");

        (await CheckAsync(isFull: true)).Differences.Select(difference => difference.Text).Should().ContainMatch("*0 rows are parked where 1 were counted");
    }

    [Fact]
    public async Task A_state_that_is_altered_behind_the_engines_back_is_named_by_a_recount()
    {
        var messages = await TakeAsync(MessageState.Applied, MessageState.Refused);
        await ExecuteAsync($"UPDATE messages SET state = 'dismissed' WHERE message_id = {messages[1].Id.Value}");

        var difference = (await CheckAsync(isFull: true)).Differences.Should().ContainSingle().Subject;

        difference.Text.Should().Contain("0 rows are refused where 1 were counted").And.Contain("1 rows are dismissed where 0 were counted");
        difference.Numbers.Should().BeEmpty();
        difference.Messages.Should().Equal(messages[1].Id);
    }

    [Fact]
    public async Task A_count_that_is_altered_behind_the_engines_back_is_a_difference_at_once()
    {
        await TakeAsync(MessageState.Applied, MessageState.Applied);
        await ExecuteAsync("UPDATE message_days SET messages = messages - 1");

        var difference = (await CheckAsync()).Differences.Should().ContainSingle().Subject;

        difference.Text.Should().Contain("2 received").And.Contain("1 stored").And.Contain("2 rows are applied where 1 were counted");
    }

    [Fact]
    public async Task A_closed_day_that_is_altered_on_both_sides_is_found_by_its_seal()
    {
        await TakeAsync(MessageState.Applied, MessageState.Applied);
        await ReportAsync();
        var day = LedgerDay.Of(_clock.Milliseconds);
        _clock.Advance(TimeSpan.FromDays(2));
        await _store.Ledger.SealAsync(day + 1, default);
        (await CheckAsync()).Should().BeBalanced();

        await ExecuteAsync($"UPDATE message_days SET messages = 1; UPDATE source_days SET last_number = 1 WHERE day = {day}");

        (await CheckAsync()).Differences.Should().Contain(one => one.Day == day && one.Text.Contains("altered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_entry_that_is_taken_out_is_found()
    {
        var held = (await TakeAsync(MessageState.Held, MessageState.Held));
        await ReportAsync();
        _clock.Advance(TimeSpan.FromDays(2));
        await _store.Ledger.SealAsync(LedgerDay.Of(_clock.Milliseconds) - 1, default);
        foreach (var one in held)
        {
            await _store.CommitAsync(_samples.Unit(one with { Replaces = MessageState.Held, State = MessageState.Dismissed }), default);
        }

        await ExecuteAsync("DROP TRIGGER ledger_entries_are_not_deleted; DELETE FROM ledger_entries WHERE sequence = 1");

        (await CheckAsync()).Differences.Should().Contain(one => one.Text.Contains("entry 1 of the ledger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entries_that_were_looked_at_are_looked_at_again_by_a_recount_only()
    {
        var held = (await TakeAsync(MessageState.Held))[0];
        await ReportAsync();
        _clock.Advance(TimeSpan.FromDays(2));
        await _store.Ledger.SealAsync(LedgerDay.Of(_clock.Milliseconds) - 1, default);
        await _store.CommitAsync(_samples.Unit(held with { Replaces = MessageState.Held, State = MessageState.Applied }), default);
        await _store.CommitAsync(_samples.Unit(held with { Replaces = MessageState.Applied, State = MessageState.Dismissed }), default);
        (await CheckAsync()).Should().BeBalanced();
        await ExecuteAsync("DROP TRIGGER ledger_entries_are_not_changed; UPDATE ledger_entries SET at = at + 1 WHERE sequence = 1");

        (await CheckAsync()).Should().BeBalanced();
        (await CheckAsync(isFull: true)).Differences.Should().Contain(one => one.Text.Contains("entry 1 of the ledger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_number_that_no_message_and_no_reason_accounts_for_is_named()
    {
        await TakeAsync(MessageState.Applied);
        _numbers.Settle(_numbers.Next(), isStored: true);
        await TakeAsync(MessageState.Applied);

        var difference = (await CheckAsync()).Differences.Should().ContainSingle().Subject;

        difference.Text.Should().Contain("3 received (numbers 1 to 3)").And.Contain("2 stored");
        difference.Numbers.Should().Equal(new NumberRange(2, 2));
    }

    [Fact]
    public async Task A_message_that_no_source_received_is_a_difference()
    {
        await _store.CommitAsync(_samples.Unit(_samples.Message(source: "nobody")), default);

        (await CheckAsync()).Differences.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "nobody" });
    }

    [Fact]
    public async Task A_delivery_that_vanishes_is_a_difference()
    {
        var deliveries = Enumerable.Range(0, 3).Select(_ => StoreSamples.Delivery(_samples.NextId(), "7", "clinic")).ToList();
        await TakeAsync(MessageState.Applied);
        await _store.CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Deliveries = deliveries }, default);
        (await CheckAsync(isFull: true)).Should().BeBalanced().Destinations.Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new DestinationLine("clinic", 3, new Dictionary<DeliveryState, long> { [DeliveryState.Waiting] = 3 }));

        await ExecuteAsync($"DELETE FROM deliveries WHERE delivery_id = {deliveries[1].Id.Value}");

        (await CheckAsync()).Should().BeBalanced();
        (await CheckAsync(isFull: true)).Differences.Should().ContainSingle().Which.Text.Should().Be("2 deliveries are waiting where 3 were counted");

        await ExecuteAsync("UPDATE delivery_counts SET deliveries = 2");

        (await CheckAsync()).Differences.Should().ContainSingle().Which.Text.Should().Be("3 deliveries were queued, and 2 are accounted for");
    }

    [Fact]
    public async Task While_messages_pour_in_there_is_no_false_difference()
    {
        using var stop = new CancellationTokenSource();
        var pouring = Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!stop.IsCancellationRequested)
            {
                if (random.Next(5) == 0)
                {
                    _numbers.NextUnanswered();
                    continue;
                }

                var write = (await TakeAsync(MessageState.Held))[0];
                if (random.Next(3) == 0)
                {
                    await _store.CommitAsync(_samples.Unit(write with { Replaces = MessageState.Held, State = MessageState.Applied }), default);
                }
            }
        })).ToList();

        for (var round = 0; round < 20; round++)
        {
            while (_numbers.Now().Days is not [.., var today] || today.Numbers.Last < round * 20)
            {
                await Task.Yield();
            }

            await ReportAsync();
            (await CheckAsync(isFull: round % 2 == 0)).Should().BeBalanced();
        }

        await stop.CancelAsync();
        await Task.WhenAll(pouring);
        await ReportAsync();
        (await CheckAsync(isFull: true)).Should().BeBalanced().Sources[0].OnTheirWay.Should().Be(0);
    }

    [Fact]
    public async Task Batches_and_files_are_received_and_have_one_verdict_each()
    {
        await TakeBatchAsync(7, found: 2, stored: 2);
        await TakeBatchAsync(8, found: 1, stored: 1, verdict: BatchVerdict.Mismatch);
        await TakeBatchAsync(9, found: 1, stored: 1, isFile: true);
        await _store.Batches.BeginAsync(new BatchStart(new EngineId(10), "front-desk", false, _clock.Milliseconds), default);

        var report = (await CheckAsync(isFull: true)).Should().BeBalanced();

        report.Batches.Select(line => (line.Source, line.IsFile, line.Received)).Should().Equal(("front-desk", false, 3), ("front-desk", true, 1));
        report.Batches[0].Verdicts.Where(verdict => verdict.Value > 0).Should().BeEquivalentTo(
            new Dictionary<BatchVerdict, long> { [BatchVerdict.Complete] = 1, [BatchVerdict.Mismatch] = 1, [BatchVerdict.Open] = 1 });
        report.Sources[0].Received.Should().Be(4, "messages of batches are messages of their source");
        (await CheckAsync(since: LedgerDay.Of(_clock.Milliseconds) + 1)).Batches.Should().BeEmpty();
    }

    [Fact]
    public async Task A_batch_of_which_less_was_stored_than_was_read_is_named()
    {
        await TakeBatchAsync(7, found: 2, stored: 2);
        await TakeBatchAsync(8, found: 3, stored: 2, isFile: true);

        var difference = (await CheckAsync()).Differences.Should().ContainSingle().Subject;

        difference.Should().BeEquivalentTo(new { Day = LedgerDay.Of(_clock.Milliseconds), Name = "front-desk", Text = $"file {new EngineId(8)}: 3 messages were read and 2 stored" });
        (await CheckAsync(since: LedgerDay.Of(_clock.Milliseconds) + 1)).Should().BeBalanced();
    }

    [Fact]
    public async Task A_message_that_is_taken_from_its_batch_behind_the_engines_back_is_named_by_a_recount()
    {
        await TakeBatchAsync(7, found: 2, stored: 2);
        await ExecuteAsync("DELETE FROM batch_messages WHERE message_id = (SELECT max(message_id) FROM batch_messages)");

        (await CheckAsync()).Should().BeBalanced();
        (await CheckAsync(isFull: true)).Differences.Select(difference => difference.Text).Should().Equal($"batch {new EngineId(7)}: 1 messages are there where 2 were counted");
    }

    [Fact]
    public async Task A_batch_that_is_deleted_behind_the_engines_back_is_found_by_a_recount_and_a_count_that_is_altered_at_once()
    {
        await TakeBatchAsync(7, found: 1, stored: 1);
        await ExecuteAsync("DELETE FROM batches");

        (await CheckAsync(isFull: true)).Differences.Select(difference => difference.Text).Should().Equal("0 batches are complete where 1 were counted");

        await ExecuteAsync("UPDATE batch_days SET received = 2");
        (await CheckAsync()).Differences.Select(difference => difference.Text).Should().Equal("2 batches were received, and 1 are accounted for");
    }

    private async Task TakeBatchAsync(long id, long found, int stored, BatchVerdict verdict = BatchVerdict.Complete, bool isFile = false)
    {
        await _store.Batches.BeginAsync(new BatchStart(new EngineId(id), "front-desk", isFile, _clock.Milliseconds), default);
        for (var count = 0; count < stored; count++)
        {
            var number = _numbers.Next();
            await _store.CommitAsync(_samples.Unit(_samples.Message() with { Run = number.Run, Number = number.Value, Batch = new EngineId(id), ReceivedAt = number.ReceivedAt.ToUnixTimeMilliseconds() }), default);
            _numbers.Settle(number, isStored: true);
        }

        await _store.Batches.EndAsync(
            new BatchEnd { Id = new EngineId(id), Verdict = verdict, Stated = found, Found = found, States = new Dictionary<MessageState, long>(), Detail = "{}" }, default);
    }

    private Task<LedgerReport> CheckAsync(bool isFull = false, long since = 0) =>
        new LedgerCheck(_store, () => [_numbers.Now()], TimeProvider.System).RunAsync(since, isFull, default);

    private async Task<List<MessageWrite>> TakeAsync(params MessageState[] states)
    {
        var taken = new List<MessageWrite>();
        foreach (var state in states)
        {
            var number = _numbers.Next();
            var write = _samples.Message(state) with { Run = number.Run, Number = number.Value, ReceivedAt = number.ReceivedAt.ToUnixTimeMilliseconds() };
            await _store.CommitAsync(_samples.Unit(write), default);
            _numbers.Settle(number, isStored: true);
            taken.Add(write);
        }

        return taken;
    }

    private async Task ReportAsync()
    {
        if (_numbers.Report(isUrgent: false, isFinal: false) is { } report)
        {
            await _store.Ledger.ReportAsync(report, default);
            _numbers.Reported(report);
        }
    }

    private Task ExecuteAsync(string sql) => Task.Run(() =>
    {
        using var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write);
        database.ExecuteScript(sql);
    });
}

/// <summary>What a balanced report looks like, with its differences in the failure's text.</summary>
internal static class LedgerAssertions
{
    public static BalancedReport Should(this LedgerReport report) => new(report);

    internal sealed class BalancedReport(LedgerReport report)
    {
        public LedgerReport BeBalanced()
        {
            report.Differences.Should().BeEmpty();
            return report;
        }
    }
}
