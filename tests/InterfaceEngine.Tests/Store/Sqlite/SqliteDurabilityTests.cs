using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>What is answered is on disk; what can't be put there is not answered. Seen from below the store.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;
    private readonly FileEvents _log;

    public SqliteDurabilityTests()
    {
        _samples = new StoreSamples(_clock);
        _log = CountingFileLayer.Watch(_folder.Database + "-wal");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_unit_is_answered_after_a_sync_that_began_after_it_was_handed_over()
    {
        await using var store = Open();

        // Makes the practice's key first: tasks that ask for it at once make transactions that write, and sync, nothing.
        await store.CommitAsync(_samples.Unit(), CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < 20; round++)
            {
                var started = Interlocked.Read(ref _log.SyncsStarted);
                await store.CommitAsync(_samples.Unit(), CancellationToken.None);
                Interlocked.Read(ref _log.SyncsCompleted).Should().BeGreaterThan(started);
            }
        })));

        store.Counters.Units.Should().Be(321);
        store.Counters.Transactions.Should().BeLessThanOrEqualTo(Interlocked.Read(ref _log.SyncsCompleted));
    }

    [Fact]
    public async Task Units_that_wait_together_share_a_sync()
    {
        await using var store = Open();
        await store.CommitAsync(_samples.Unit(), CancellationToken.None);
        var before = Interlocked.Read(ref _log.SyncsCompleted);
        using var hold = new SyncHold();
        Interlocked.Exchange(ref _log.Hold, hold);
        var first = Task.Run(() => store.CommitAsync(_samples.Unit(), CancellationToken.None));
        await hold.Reached.Task;

        var commits = Enumerable.Range(0, 50).Select(_ => store.CommitAsync(_samples.Unit(), CancellationToken.None)).ToArray();
        hold.Release();
        await first;
        await Task.WhenAll(commits);

        (Interlocked.Read(ref _log.SyncsCompleted) - before).Should().Be(2, "the first has one transaction and what gathered behind it another");
    }

    [Fact]
    public async Task A_passing_fault_of_the_disk_costs_nobody_an_answer()
    {
        await using var store = Open();
        await store.CommitAsync(_samples.Unit(), CancellationToken.None);
        Interlocked.Exchange(ref _log.SyncsToFail, 1);

        var result = await store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("7", "Doe"))), CancellationToken.None);

        result.Should().BeEquivalentTo(new { Outcome = CommitOutcome.Committed, Sequence = 1L });
        store.Counters.Retries.Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lasting_fault_fails_every_unit_stores_none_and_passes_when_it_is_mended(bool isFull)
    {
        var units = Enumerable.Range(0, 20).Select(index => _samples.Unit(receipt: StoreSamples.Receipt("C" + index), records: StoreSamples.Create(_samples.Record("P" + index, "Doe")))).ToArray();
        await using (var store = Open())
        {
            await store.CommitAsync(_samples.Unit(), CancellationToken.None);
            Interlocked.Exchange(ref isFull ? ref _log.WritesToFail : ref _log.SyncsToFail, long.MaxValue);

            foreach (var commit in units.Select(unit => store.CommitAsync(unit, CancellationToken.None)).ToArray())
            {
                (await commit.Awaiting(task => task).Should().ThrowAsync<StoreUnavailableException>()).Which.Message.Should().Contain("nothing of this unit is stored");
            }

            (await store.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice), CancellationToken.None)).Should().BeEmpty();
            Interlocked.Exchange(ref isFull ? ref _log.WritesToFail : ref _log.SyncsToFail, 0);
            var results = await Task.WhenAll(units.Select(unit => store.CommitAsync(unit, CancellationToken.None)));
            results.Select(result => result.Outcome).Should().AllBeEquivalentTo(CommitOutcome.Committed);
            results.Select(result => result.Sequence).Order().Should().Equal(Enumerable.Range(1, 20).Select(number => (long)number));
        }

        await using var again = Open();
        (await again.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice), CancellationToken.None)).Should().Equal(("patient", 20L));
    }

    [Fact]
    public async Task A_store_that_may_not_grow_says_so_and_still_reads()
    {
        await using var store = _folder.Open(_clock, new StoreOptions { PagesMax = 200 });
        var kept = new List<EngineId>();
        StoreUnavailableException? full = null;
        while (full is null)
        {
            var unit = _samples.Unit(_samples.Message(body: new string('x', 20_000)));
            try
            {
                await store.CommitAsync(unit, CancellationToken.None);
                kept.Add(unit.Message!.Id);
            }
            catch (StoreUnavailableException failure)
            {
                full = failure;
            }
        }

        full.Message.Should().Contain("full");
        kept.Should().NotBeEmpty();
        (await store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None, 1000)), CancellationToken.None)).Should().HaveCount(kept.Count);
    }

    [Fact]
    public async Task A_killed_engine_leaves_everything_that_was_answered()
    {
        await using var store = Open();
        var answered = new List<EngineId>();
        for (var index = 0; index < 30; index++)
        {
            var unit = _samples.Unit(records: StoreSamples.Create(_samples.Record("P" + index, "Doe")));
            await store.CommitAsync(unit, CancellationToken.None);
            answered.Add(unit.Message!.Id);
        }

        using var killed = _folder.CopyAsKilled();
        await using var again = killed.Open(_clock);

        foreach (var message in answered)
        {
            (await again.ReadAsync(reader => reader.Message(message), CancellationToken.None)).Should().NotBeNull();
        }

        (await again.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("next", "Doe"))), CancellationToken.None)).Sequence.Should().Be(31);
    }

    [Fact]
    public async Task A_log_that_is_cut_off_anywhere_gives_a_whole_number_of_units()
    {
        var random = new Random(42);
        await using var store = Open();
        for (var index = 0; index < 20; index++)
        {
            await store.CommitAsync(_samples.Unit(records: [StoreSamples.Create(_samples.Record("P" + index, "Doe")), StoreSamples.Create(_samples.Record("Q" + index, "Roe"))]), CancellationToken.None);
        }

        for (var round = 0; round < 20; round++)
        {
            using var killed = _folder.CopyAsKilled();
            using (var log = File.Open(killed.Database + "-wal", FileMode.Open))
            {
                log.SetLength(random.NextInt64(log.Length));
            }

            await using var again = killed.Open(_clock);
            var records = await again.ReadAsync(reader => reader.RecordCounts(StoreSamples.Practice).Sum(count => count.Count), CancellationToken.None);
            var messages = await again.ReadAsync(reader => reader.MessageCounts().Sum(count => count.Count), CancellationToken.None);
            records.Should().Be(messages * 2, "round {0} of seed 42", round);
        }
    }

    [Fact]
    public async Task Closing_commits_what_waits()
    {
        var store = Open();
        await store.CommitAsync(_samples.Unit(), CancellationToken.None);
        var commits = Enumerable.Range(0, 300).Select(_ => store.CommitAsync(_samples.Unit(), CancellationToken.None)).ToArray();

        await store.DisposeAsync();

        (await Task.WhenAll(commits)).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);
    }

    [Fact]
    public async Task The_log_is_moved_into_the_database_while_the_engine_runs()
    {
        await using var store = Open(new StoreOptions { CheckpointPages = 20 });

        for (var index = 0; index < 40; index++)
        {
            await store.CommitAsync(_samples.Unit(_samples.Message(body: new string('x', 20_000))), CancellationToken.None);
        }

        store.Counters.Checkpoints.Should().BeGreaterThan(1);
        new FileInfo(_folder.Database + "-wal").Length.Should().BeLessThan(400_000);
    }

    [Fact]
    public async Task A_log_that_a_reader_keeps_from_beginning_anew_is_cut_once_it_is_past_its_limit_and_the_reader_is_done()
    {
        var log = new FileInfo(_folder.Database + "-wal");
        await using var store = Open(new StoreOptions { CheckpointPages = 20, LogBytesMax = 400_000, LogWait = TimeSpan.Zero, LogPause = TimeSpan.FromSeconds(30) });
        await CommitLargeAsync(store);
        var (begun, done) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var reading = Task.Run(() => store.ReadAsync(
            reader =>
            {
                var before = reader.MessageCounts();
                begun.SetResult();
                done.Wait(TimeSpan.FromMinutes(5));
                return (before, reader.MessageCounts());
            },
            CancellationToken.None).AsTask());
        await begun.Task;

        await CommitLargeAsync(store, 40);

        log.Refresh();
        log.Length.Should().BeGreaterThan(800_000, "the reader sees the store as it was, which only the log can show");
        store.Counters.Should().BeEquivalentTo(new { LogCuts = 0L, LogCutsMissed = 1L, CheckpointFailures = 0L }, "after a wait in vain there is a pause");
        store.Counters.LogBytes.Should().Be(log.Length);

        done.Set();
        var (first, second) = await reading;
        second.Should().Equal(first);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await CommitLargeAsync(store, 10);

        log.Refresh();
        log.Length.Should().BeLessThan(400_000);
        store.Counters.LogCuts.Should().BePositive();
        (await store.ReadAsync(reader => reader.MessageCounts().Sum(count => count.Count), CancellationToken.None)).Should().Be(51, "nothing is lost with the log");
    }

    [Theory]
    [InlineData(7, "memory")]
    [InlineData(8, "read only")]
    [InlineData(11, "damage")]
    [InlineData(13, "full")]
    [InlineData(14, "cannot open")]
    [InlineData(15, "protocol")]
    public async Task A_log_that_cannot_be_moved_ends_nothing_and_is_moved_later(int fault, string why)
    {
        var database = CountingFileLayer.Watch(_folder.Database);
        await using var store = Open(new StoreOptions { CheckpointPages = 20 });
        (database.WriteFault, database.WritesToFail) = (fault, long.MaxValue);

        for (var index = 0; index < 10; index++)
        {
            (await CommitLargeAsync(store)).Outcome.Should().Be(CommitOutcome.Committed, why);
        }

        store.Counters.CheckpointFailures.Should().BePositive();
        store.Counters.Checkpoints.Should().Be(0);
        Interlocked.Exchange(ref database.WritesToFail, 0);
        await CommitLargeAsync(store);
        await CommitLargeAsync(store);
        store.Counters.Checkpoints.Should().BePositive();
    }

    [Fact]
    public async Task A_persons_answer_is_given_after_the_sync_of_its_audit_row()
    {
        await using var store = Open();
        await store.AskAsync(StoreSamples.Audit("first"), _ => 0, CancellationToken.None);

        using var killed = _folder.CopyAsKilled();
        await using var again = killed.Open(_clock);

        (await again.ReadAsync(reader => reader.Audit(null, 10), CancellationToken.None)).Should().ContainSingle().Which.Action.Should().Be("first");
    }

    [Fact]
    public async Task A_persons_answer_whose_audit_row_cannot_be_written_is_withheld()
    {
        await using var store = Open();
        await store.AskAsync(StoreSamples.Audit("first"), _ => 0, CancellationToken.None);
        Interlocked.Exchange(ref _log.WritesToFail, long.MaxValue);

        var ask = () => store.AskAsync(StoreSamples.Audit("second"), _ => "Doe", CancellationToken.None);

        await ask.Should().ThrowAsync<StoreUnavailableException>();
        Interlocked.Exchange(ref _log.WritesToFail, 0);
        (await store.ReadAsync(reader => reader.Audit(null, 10), CancellationToken.None)).Should().ContainSingle().Which.Action.Should().Be("first");
    }

    private Task<CommitResult> CommitLargeAsync(SqliteStore store) =>
        store.CommitAsync(_samples.Unit(_samples.Message(body: new string('x', 100_000))), CancellationToken.None);

    private async Task CommitLargeAsync(SqliteStore store, int times)
    {
        for (var index = 0; index < times; index++)
        {
            (await CommitLargeAsync(store)).Outcome.Should().Be(CommitOutcome.Committed);
        }
    }

    private SqliteStore Open(StoreOptions? options = null) =>
        _folder.Open(_clock, (options ?? new StoreOptions()) with { FileLayer = CountingFileLayer.Name });
}
