using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Intake.Ledger;

/// <summary>Rows of files in the ledger, over a real store; what a fault does behind the engine's back is done with SQL of the test's own.</summary>
public sealed class LedgerOfFilesTests : IAsyncLifetime, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private SqliteStore _store = null!;
    private FileSamples _files = null!;

    public Task InitializeAsync()
    {
        _store = _folder.Open(_clock);
        _files = new FileSamples(_store, new StoreSamples(_clock), _clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_row_of_a_file_is_one_of_what_became_of_rows()
    {
        await ReadAsync("monday", rows: 3);
        _clock.Advance(TimeSpan.FromDays(1));
        var tuesday = await _files.BeginAsync("tuesday", rows: 4);
        await _files.ConfirmAsync(tuesday, ["1 DOE", "2 ROE", "3 POE"]);
        await _files.CommitAsync(tuesday, 3, _files.Kept(tuesday, 3));

        var report = (await CheckAsync(isFull: true)).Should().BeBalanced();

        report.Files.Should().Equal(new FileLine(FileSamples.Source, 2, 7, new RowCounts { Created = 2, Confirmed = 2, Refused = 2 }, Left: 1));
        report.Sources.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Source = FileSamples.Source, Received = 4L, Missing = 0L });
        report.Batches.Should().ContainSingle().Which.Verdicts[BatchVerdict.Open].Should().Be(1);
        (await CheckAsync(since: LedgerDay.Of(_clock.Milliseconds))).Should().BeBalanced().Files.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Rows = 4L, Left = 1L, Missing = 0L });
    }

    [Fact]
    public async Task A_row_that_is_not_accounted_for_is_a_difference_of_its_file()
    {
        var run = await ReadAsync("monday", rows: 4);

        var report = await CheckAsync();

        report.Differences.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = FileSamples.Source, Text = $"file {run}: 4 rows were in it, and 3 are accounted for" });
        report.Files.Should().ContainSingle().Which.Missing.Should().Be(1);
    }

    [Theory]
    [InlineData("created = created + 1", "3 rows were in it, and 4 are accounted for")]
    [InlineData("refused = refused - 1", "3 rows were in it, and 2 are accounted for")]
    [InlineData("confirmed = confirmed + 2", "3 rows were in it, and 5 are accounted for")]
    [InlineData("rows = rows + 1", "4 rows were in it, and 3 are accounted for")]
    public async Task A_count_that_is_altered_behind_the_engines_back_is_seen_at_once(string alteration, string text)
    {
        var run = await ReadAsync("monday", rows: 3);
        (await CheckAsync()).Should().BeBalanced();

        await ExecuteAsync($"UPDATE file_runs SET {alteration}");

        (await CheckAsync()).Differences.Select(difference => difference.Text).Should().Contain($"file {run}: {text}");
    }

    [Fact]
    public async Task A_message_that_is_counted_as_confirmed_is_seen_by_the_source_and_by_a_recount()
    {
        var run = await ReadAsync("monday", rows: 3);

        await ExecuteAsync("UPDATE file_runs SET created = created - 1, confirmed = confirmed + 1");

        (await CheckAsync()).Differences.Select(difference => difference.Text).Should().ContainSingle().Which.Should().StartWith("2 rows of files were kept as messages, 3 stored");
        (await CheckAsync(isFull: true)).Differences.Select(difference => difference.Text).Should().Contain($"file {run}: 2 of its rows are kept as messages by its counts, and 3 were stored");
    }

    [Fact]
    public async Task A_row_s_message_that_is_deleted_or_moved_behind_the_engines_back_is_found_by_a_recount()
    {
        await ReadAsync("monday", rows: 3);

        await ExecuteAsync("UPDATE messages SET state = 'applied' WHERE state = 'quarantined'");

        (await CheckAsync()).Should().BeBalanced();
        (await CheckAsync(isFull: true)).Differences.Should().ContainSingle().Which.Text.Should().Contain("3 rows are applied where 2 were counted");

        await ExecuteAsync("DELETE FROM messages WHERE number = 3");
        (await CheckAsync(isFull: true)).Differences.Select(difference => difference.Text).Should().HaveCount(2).And.Contain(text => text.Contains("2 messages are there where 3 were counted"));
    }

    [Fact]
    public async Task A_file_that_was_only_noted_has_no_rows_to_account_for()
    {
        await _store.Files.BeginAsync(_files.Start(rows: 10, state: FileRunState.Held), default);

        (await CheckAsync(isFull: true)).Should().BeBalanced().Files.Should().BeEmpty();
    }

    [Fact]
    public async Task Files_that_retention_dropped_are_still_accounted_for()
    {
        var run = await _files.BeginAsync("monday", 1);
        await _files.CommitAsync(run, _files.New(run, 1, "1 DOE"));
        await _store.Files.EndAsync(_files.End(run, found: 1), default);
        _clock.Advance(TimeSpan.FromDays(100));
        var later = await _files.BeginAsync("much later", 1);
        await _files.CommitAsync(later, _files.New(later, 1, "2 ROE"));
        await _store.Files.EndAsync(_files.End(later, found: 1), default);
        await _store.Ledger.SealAsync(LedgerDay.Of(_clock.Milliseconds) - 1, default);
        var options = new RetentionOptions { Messages = TimeSpan.FromDays(40), Runs = TimeSpan.FromDays(40), AtHour = 0 };
        var keeper = new RetentionKeeper(_store, options, "this node", _clock, NullLogger<RetentionKeeper>.Instance);
        _clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
        await keeper.KeepAsync(default);

        var report = (await CheckAsync(isFull: true)).Should().BeBalanced();

        (await _store.ReadAsync(reader => reader.FileRun(run.Id), default)).Should().BeNull();
        report.Files.Should().Equal(new FileLine(FileSamples.Source, 2, 2, new RowCounts { Created = 2 }, Left: 0));
        report.Dropped.Select(dropped => (dropped.What, dropped.Rows)).Should().Equal((DroppedKind.Messages, 1L), (DroppedKind.Runs, 1L));
        await ExecuteAsync("UPDATE dropped_files SET created = 2");
        (await CheckAsync()).Differences.Should().NotBeEmpty("what was dropped is held to the counts as well");
    }

    private async Task<EngineId> ReadAsync(string content, long rows)
    {
        var run = await _files.BeginAsync(content, rows);
        await _files.CommitAsync(run, _files.New(run, 1, "1 DOE"), _files.New(run, 2, "2 ROE"), _files.Kept(run, 3));
        await _store.Files.EndAsync(_files.End(run, found: 3), default);
        return run.Id;
    }

    private Task<LedgerReport> CheckAsync(bool isFull = false, long since = 0) => new LedgerCheck(_store, () => [], TimeProvider.System).RunAsync(since, isFull, default);

    private Task ExecuteAsync(string sql) => Task.Run(() =>
    {
        using var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write);
        database.ExecuteScript(sql);
    });
}
