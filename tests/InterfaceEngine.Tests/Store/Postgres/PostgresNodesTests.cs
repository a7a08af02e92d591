using System.Collections.Concurrent;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>Two nodes on one database: what one does, the other sees, and what one has lost, it can't do any more.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresNodesTests : IAsyncLifetime
{
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(5);

    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;
    private string _database = "";
    private PostgresStore _one = null!;
    private PostgresStore _two = null!;

    public PostgresNodesTests() => _samples = new StoreSamples(_clock);

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        (_one, _two) = (await OpenAsync("one", 1), await OpenAsync("two", 2));
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [StoreFact]
    public async Task The_runs_of_a_node_are_its_own()
    {
        var run = await _one.Ledger.BeginRunAsync("front-desk", 4, default);

        (await _two.Ledger.EndAbandonedRunsAsync(default)).Should().BeEmpty();
        (await _two.Ledger.EndRunsOfGoneNodesAsync(default)).Should().BeEmpty();
        (await _two.Ledger.BeginRunAsync("front-desk", 4, default)).Id.Should().NotBe(run.Id);

        (await _one.CommitAsync(Numbered(run, 1), default)).Outcome.Should().Be(CommitOutcome.Committed);
    }

    [StoreFact]
    public async Task A_node_that_fell_silent_stores_nothing_more_in_its_run()
    {
        var run = await _one.Ledger.BeginRunAsync("front-desk", 4, default);
        await _one.CommitAsync(Numbered(run, 1), default);
        await _one.CommitAsync(Numbered(run, 3), default);
        await ExpireAsync();

        (await _two.Ledger.EndRunsOfGoneNodesAsync(default)).Should().Equal(("front-desk", 1L));

        var plain = () => _one.CommitAsync(Numbered(run, 4), default);
        (await plain.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*silent*");
        var withReview = () => _one.CommitAsync(Numbered(run, 5) with { Reviews = [new ReviewWrite("held", "key", "detail")] }, default);
        await withReview.Should().ThrowAsync<StoreUnavailableException>();
        (await _one.Ledger.ReportAsync(new NumberReport(run, [], [], 4, IsFinal: false), default)).Should().BeFalse();
        (await _two.ReadAsync(reader => reader.Numbered(run.Id, new NumberRange(1, 10), 10), default)).Select(message => message.Number).Should().Equal(1, 3);
        (await _one.Ledger.BeginRunAsync("front-desk", 4, default)).First.Should().Be(4, "the number that is missing is accounted for");
    }

    [StoreFact]
    public async Task A_batch_of_a_node_that_fell_silent_is_interrupted_and_that_of_a_live_one_goes_on()
    {
        await _one.Batches.BeginAsync(new BatchStart(new EngineId(1), "front-desk", IsFile: false, _clock.Milliseconds), default);

        (await _two.Batches.EndAbandonedAsync(default)).Should().Be(0);
        (await _two.Batches.EndThoseOfGoneNodesAsync(default)).Should().Be(0);
        await ExpireAsync();
        (await _two.Batches.EndThoseOfGoneNodesAsync(default)).Should().Be(1);
    }

    [StoreFact]
    public async Task A_lease_is_one_nodes_by_the_clock_of_the_database()
    {
        // The second node's clock is ten minutes ahead.
        _clock.Advance(TimeSpan.FromMinutes(10));
        var lease = (await _one.Leases.TakeAsync("destination/lab", "one", TimeSpan.FromMinutes(1), default))!;

        (await _two.Leases.TakeAsync("destination/lab", "two", TimeSpan.FromMinutes(1), default)).Should().BeNull();
        (await _two.Leases.RenewAsync(lease with { Owner = "two" }, TimeSpan.FromMinutes(1), default)).Should().BeFalse();
        await _one.Leases.ReleaseAsync(lease, default);
        (await _two.Leases.TakeAsync("destination/lab", "two", TimeSpan.FromMinutes(1), default))!.Number.Should().Be(lease.Number + 1);
    }

    [StoreFact]
    public async Task What_one_node_queues_wakes_the_other()
    {
        var heard = new ConcurrentQueue<StoreSignal>();
        var isHeard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _two.Signals.Raised += signal =>
        {
            heard.Enqueue(signal);
            isHeard.TrySetResult();
        };

        // The other node may not be listening yet: a hint may get lost.
        while (!isHeard.Task.IsCompleted)
        {
            await _one.CommitAsync(_samples.Unit() with { Deliveries = [StoreSamples.Delivery(_samples.NextId(), "lane 1", "lab")] }, default);
            await Task.WhenAny(isHeard.Task, Task.Delay(50));
        }

        heard.Should().OnlyContain(signal => signal == StoreSignal.Queued);
    }

    [StoreFact]
    public async Task A_connection_that_listened_and_was_cut_is_made_anew_and_everything_is_looked_at()
    {
        var heard = new ConcurrentDictionary<StoreSignal, bool>();
        var hasAll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _two.Signals.Raised += signal =>
        {
            heard[signal] = true;
            if (heard.Count == Enum.GetValues<StoreSignal>().Length)
            {
                hasAll.TrySetResult();
            }
        };
        await using var source = NpgsqlDataSource.Create(_database);
        while (!hasAll.Task.IsCompleted)
        {
            // What it asked last: to listen, or after a silence whether anybody is there.
            await using var cut = source.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query = 'SELECT 1')");
            await cut.ExecuteNonQueryAsync();
            await Task.WhenAny(hasAll.Task, Task.Delay(100));
        }
    }

    [StoreFact]
    public async Task What_is_told_while_the_database_is_slow_to_answer_is_heard_all_the_same()
    {
        await using var line = new CutLine(new NpgsqlConnectionStringBuilder(_database).Port);
        await using var slow = await OpenAsync("three", 3, line: line);
        var heard = new ConcurrentDictionary<StoreSignal, bool>();
        _two.Signals.Raised += signal => heard[signal] = true;

        // The other node may not be listening yet.
        await RunningEngine.UntilAsync(() =>
        {
            slow.Signals.Raise(StoreSignal.Answered);
            return Task.FromResult(heard.ContainsKey(StoreSignal.Answered));
        });
        var goesOn = new TaskCompletionSource();
        line.Held = goesOn.Task;

        slow.Signals.Raise(StoreSignal.Queued);
        await Task.Delay(TimeSpan.FromSeconds(3));
        heard.Should().NotContainKey(StoreSignal.Queued);
        goesOn.SetResult();

        await RunningEngine.UntilAsync(() => Task.FromResult(heard.ContainsKey(StoreSignal.Queued)));
    }

    [StoreFact]
    public async Task Whose_clock_is_wrong_does_not_matter_for_when_a_delivery_is_due()
    {
        // Both nodes tell the database's time, however wrong theirs is.
        var late = new StoreClock();
        late.Advance(TimeSpan.FromMinutes(-7));
        await using var one = await OpenAsync("three", 3, new StoreClock(), usesServerTime: true);
        await using var two = await OpenAsync("four", 4, late, usesServerTime: true);
        await one.CommitAsync(_samples.Unit() with { Deliveries = [StoreSamples.Delivery(_samples.NextId(), "lane 1", "lab")] }, default);
        var lease = (await two.Leases.TakeAsync("destination/lab", "four", TimeSpan.FromMinutes(1), default))!;

        // It is due within the milliseconds by which a node may misjudge the database's time, and not within minutes.
        await RunningEngine.UntilAsync(async () => (await two.Deliveries.ClaimAsync(lease, "lab", StoreSamples.Scope(10), default))!.Deliveries.Count == 1);
    }

    [StoreFact]
    public async Task A_number_is_not_called_unanswered_while_the_server_may_still_store_its_message()
    {
        var run = await _one.Ledger.BeginRunAsync("front-desk", 4, default);
        await using var line = new CutLine(new NpgsqlConnectionStringBuilder(_database).Port);
        await using var store = await OpenAsync("one", 1, line: line);
        await store.CommitAsync(_samples.Unit(receipt: StoreSamples.Receipt("C1")), default);
        await using var source = NpgsqlDataSource.Create(_database);
        await using var holder = await source.OpenConnectionAsync();
        await using var holding = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"SELECT last FROM practice_sequences WHERE practice_id = '{StoreSamples.Practice}' FOR UPDATE", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        // The line breaks while the server waits for the practice; it has all of it and goes on.
        var commit = store.CommitAsync(Numbered(run, 1) with { Receipt = StoreSamples.Receipt("C2") }, default);
        await using var waiting = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        await RunningEngine.UntilAsync(async () => await waiting.ExecuteScalarAsync() is 1L);
        line.Cut();
        await FluentActions.Awaiting(() => commit).Should().ThrowAsync<StoreUnavailableException>();
        var both = new DayNumbers(LedgerDay.Of(_clock.GetUtcNow()), new NumberRange(1, 2));
        var report = new NumberReport(run, [both], [both], 2, IsFinal: false);

        await RunningEngine.UntilAsync(async () => (await RefusalAsync(store, report))?.Contains("may still be committed", StringComparison.Ordinal) == true);
        await holding.CommitAsync();

        await RunningEngine.UntilAsync(async () => await RefusalAsync(store, report) is null);
        (await _two.ReadAsync(reader => reader.Numbered(run.Id, new NumberRange(1, 10), 10), default)).Select(message => message.Number).Should().Equal(1);
        (await _two.ReadAsync(reader => reader.Unanswered(run.Id, new NumberRange(1, 10)), default)).Select(range => range.Numbers).Should().Equal(new NumberRange(2, 2));
    }

    /// <summary>Why a report is not taken now; null when it is.</summary>
    private static async Task<string?> RefusalAsync(PostgresStore store, NumberReport report)
    {
        try
        {
            await store.Ledger.ReportAsync(report, default);
            return null;
        }
        catch (StoreUnavailableException refused)
        {
            return refused.Message;
        }
    }

    private CommitUnit Numbered(SourceRun run, long number) => _samples.Unit(_samples.Message() with { Run = run.Id, Number = number });

    private async Task<PostgresStore> OpenAsync(string name, int number, StoreClock? clock = null, bool usesServerTime = false, CutLine? line = null)
    {
        var database = line is null ? _database : $"{_database};Port={line.Port}";
        var store = await PostgresStore.OpenAsync(
            new StoreOptions { Connection = database, Node = name, UsesServerTime = usesServerTime, LockTimeout = TimeSpan.FromMinutes(1) }, _ => StoreFolder.Key, new IdSource(clock ?? _clock, new Random(number)) { Node = number }, clock ?? _clock, default);
        await store.Nodes.JoinAsync(EngineStoreConformance.Identity(name, home: name), _life, default);
        return store;
    }

    private async Task ExpireAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand("UPDATE nodes SET expires_at = 0 WHERE name = 'one'");
        await command.ExecuteNonQueryAsync();
    }
}
