using InterfaceEngine.Control;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>Files that are taken back, over real stores.</summary>
public abstract class FileUndoTests : IAsyncLifetime
{
    private IEngineStore _store = null!;
    private StoreSamples _samples = null!;
    private FileSamples _files = null!;

    private protected StoreClock Clock { get; } = new();

    private static RecordDefinition Patient { get; } = new("patient", "athenahealth",
    [
        new FieldDefinition { Name = "last_name", Unit = "last_name", As = "name", LookUp = LookUpKind.Value },
        new FieldDefinition { Name = "first_name", Unit = "first_name", As = "name" },
    ]);

    public async Task InitializeAsync()
    {
        _store = await OpenAsync();
        _samples = new StoreSamples(Clock);
        _files = new FileSamples(_store, _samples, Clock);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private protected abstract Task<IEngineStore> OpenAsync();

    [StoreFact]
    public async Task A_value_gets_back_what_it_was_with_its_clock_and_is_found_by_it()
    {
        var monday = await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE")]);
        var tuesday = await ReadAsync("tuesday", run => [Next(run, 1, "1 WRONG")]);

        var undone = await UndoAsync(tuesday);

        undone.Should().BeEquivalentTo(new { Restored = 1L, RestoredFields = 1L, Withdrawn = 0L, LeftCount = 0L });
        var record = await FindAsync("1");
        record["last_name"].Should().Be("DOE");
        record.Find("last_name")!.Cause!.Should().BeEquivalentTo(new { monday.EventAt, monday.Source }, options => options.WithMapping<Cause>(run => run.EventAt, cause => cause.EventTime));
        (await _store.ReadAsync(reader => reader.Changes(StoreSamples.Practice, record, 1), default))[0].Fields[0].Should().BeEquivalentTo(new { Name = "last_name", Before = "WRONG", After = "DOE" });
        (await _store.ReadAsync(reader => reader.Records(StoreSamples.Practice, new LookUpKey("patient", "last_name", "DOE")), default)).Should().ContainSingle();
        (await _store.ReadAsync(reader => reader.Records(StoreSamples.Practice, new LookUpKey("patient", "last_name", "WRONG")), default)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_record_that_the_file_made_is_withdrawn_and_read_again_it_is_not()
    {
        var run = await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE"), _files.New(run, 2, "2 ROE")]);
        Clock.Advance(TimeSpan.FromHours(1));

        (await UndoAsync(run)).Should().BeEquivalentTo(new { Restored = 0L, Withdrawn = 2L, LeftCount = 0L });

        var record = await FindAsync("1");
        record[Retraction.RetractedAt].Should().Be(Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        record.Find(Retraction.RetractedAt)!.Cause!.Should().BeEquivalentTo(new { EventTime = run.EventAt, FileUndo.Source });
        (await _files.ConfirmAsync(await _files.BeginAsync("tuesday"), ["1 DOE"])).Should().Equal(false);
        (await UndoAsync(run)).Should().BeEquivalentTo(new { Restored = 0L, Withdrawn = 0L, LeftCount = 0L });
    }

    [StoreFact]
    public async Task What_somebody_has_written_since_stays_and_is_named()
    {
        await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE"), _files.New(run, 2, "2 ROE")]);
        var tuesday = await ReadAsync("tuesday", run => [Next(run, 1, "1 WRONG"), Next(run, 2, "2 WRONG"), _files.New(run, 3, "3 POE")]);
        await ChangeAsync("1", "last_name", "RIGHT");
        await ChangeAsync("3", "first_name", "Eve");

        var undone = await UndoAsync(tuesday);

        undone.Should().BeEquivalentTo(new { Restored = 1L, Withdrawn = 0L, LeftCount = 2L });
        undone.Left.Select(left => (left.ExternalId, string.Join(',', left.Left))).Should().BeEquivalentTo([("1", "last_name"), ("3", "first_name")]);
        ((await FindAsync("1"))["last_name"], (await FindAsync("2"))["last_name"], (await FindAsync("3"))[Retraction.RetractedAt]).Should().Be(("RIGHT", "ROE", null));
    }

    [StoreFact]
    public async Task A_value_that_somebody_confirmed_since_stays()
    {
        await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE")]);
        var tuesday = await ReadAsync("tuesday", run => [Next(run, 1, "1 MOE")]);
        await ChangeAsync("1", "last_name", "MOE");

        (await UndoAsync(tuesday)).Should().BeEquivalentTo(new { Restored = 0L, LeftCount = 1L });

        (await FindAsync("1"))["last_name"].Should().Be("MOE");
    }

    [StoreFact]
    public async Task A_trial_says_the_same_and_changes_nothing()
    {
        var monday = await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE")]);

        (await UndoAsync(monday, isTrial: true)).Should().BeEquivalentTo(new { Withdrawn = 1L });

        (await FindAsync("1")).Should().BeEquivalentTo(new { Version = 1L });
    }

    [StoreFact]
    public async Task It_needs_a_reason_is_audited_and_a_second_time_it_is_done_already()
    {
        var monday = await ReadAsync("monday", run => [_files.New(run, 1, "1 DOE")]);
        var operations = new UndoOperations(Parts());
        UndoFileRequest Request(string? reason, bool isTrial = false) => new(monday.Id.ToString(), isTrial) { Actor = "ann", Reason = reason };

        var without = () => operations.UndoAsync(Request(null), default);
        (await without.Should().ThrowAsync<RequestException>()).WithMessage("Say why with --reason TEXT*");
        (await operations.UndoAsync(Request(null, isTrial: true), default)).Should().BeEquivalentTo(new { IsTrial = true, Withdrawn = 1L });
        (await operations.UndoAsync(Request("the file of another practice"), default)).Should().BeEquivalentTo(new { IsTrial = false, Withdrawn = 1L, LeftRecords = 0L });

        var again = () => operations.UndoAsync(Request("once more"), default);
        (await again.Should().ThrowAsync<RequestException>()).WithMessage($"Run {monday.Id} is undone already.");
        (await _store.ReadAsync(reader => reader.FileRun(monday.Id), default))!.State.Should().Be(FileRunState.Undone);
        (await _store.ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10), default)).Select(row => (row.Action, row.Subject, row.Reason)).Should().Equal(
            ("files undone", $"run {monday.Id}: 0 records restored, 1 withdrawn, 0 left in part or as a whole", "the file of another practice"),
            ("files undo", $"run {monday.Id}", "the file of another practice"),
            ("files undo", $"run {monday.Id}, trial", null));
    }

    [StoreFact]
    public async Task A_run_that_is_not_done_is_not_undone()
    {
        var running = await _files.BeginAsync();
        var held = await _store.Files.BeginAsync(_files.Start("tuesday", state: FileRunState.Held), default);
        var operations = new UndoOperations(Parts());
        Func<Task> Undo(EngineId run) => () => operations.UndoAsync(new UndoFileRequest(run.ToString(), IsTrial: false) { Actor = "ann", Reason = "a try" }, default);

        (await Undo(running.Id).Should().ThrowAsync<RequestException>()).WithMessage($"Run {running.Id} is being read, or broke off*");
        (await Undo(held.Id).Should().ThrowAsync<RequestException>()).WithMessage($"Run {held.Id} is held: no row of it was taken*");
        (await Undo(new EngineId(1)).Should().ThrowAsync<RequestException>()).WithMessage("There is no run*");
    }

    private Task<FileUndone> UndoAsync(FileRun run, bool isTrial = false) => new FileUndo(_store, _ => [Patient], Clock).RunAsync(run, isTrial, default);

    private async Task<FileRun> ReadAsync(string content, Func<FileRun, RowWrite[]> rows)
    {
        Clock.Advance(TimeSpan.FromHours(1));
        var run = await _files.BeginAsync(content);
        var writes = rows(run);
        (await _files.CommitAsync(run, writes)).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);
        await _store.Files.EndAsync(_files.End(run, writes.Length), default);
        return (await _store.ReadAsync(reader => reader.FileRun(run.Id), default))!;
    }

    private RowWrite Next(FileRun run, long number, string says) => _files.Next(run, number, says, _files.FindAsync(says.Split(' ')[0]).Result!);

    private async Task<StoredRecord> FindAsync(string id) => (await _files.FindAsync(id))!;

    private async Task ChangeAsync(string id, string field, string value) =>
        (await _store.CommitAsync(_samples.Unit(records: _samples.Change(await FindAsync(id), field, value)), default)).Outcome.Should().Be(CommitOutcome.Committed);

    private EngineParts Parts() => new()
    {
        Store = _store,
        Replay = null!,
        Time = Clock,
        Practices = [],
        Data = "",
        Keys = "",
        Mapping = () => null!,
        Sources = () => [],
        Definitions = _ => [Patient],
    };
}

public sealed class SqliteFileUndoTests : FileUndoTests, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override Task<IEngineStore> OpenAsync() => Task.FromResult<IEngineStore>(_folder.Open(Clock));
}

[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresFileUndoTests : FileUndoTests
{
    private protected override async Task<IEngineStore> OpenAsync() => await PostgresStore.OpenAsync(
        new StoreOptions { Connection = await (await PostgresServer.SharedAsync()).NewDatabaseAsync(), UsesServerTime = false }, _ => StoreFolder.Key, new IdSource(Clock, new Random(2)), Clock, default);
}
