using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Runs that are too old: batches and files of rows.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task A_run_whose_messages_are_gone_is_dropped_and_stays_in_the_ledgers_counts()
    {
        var (day, monday) = (Today, await ReadFileAsync("monday"));
        var (before, batchesBefore) = (await ReadAsync(reader => reader.FileDays(0)), await ReadAsync(reader => reader.BatchDays(0)));
        await PassLongAsync();
        var later = await ReadFileAsync("much later");

        (await DropAsync(DroppedKind.Runs)).Should().Be(0, "its message is there still");
        await DropAsync(DroppedKind.Messages);
        (await DropAsync(DroppedKind.Runs)).Should().Be(1);
        (await DropAsync(DroppedKind.Runs)).Should().Be(0, "what is gone is counted once");
        await ReopenAsync();

        (await ReadAsync(reader => (reader.FileRun(monday), reader.Batch(monday), reader.BatchMessages(monday, EngineId.None, 10).Count))).Should().Be((null, null, 0));
        (await RunAsync(later)).State.Should().Be(FileRunState.Done);
        (await ReadAsync(reader => reader.FileDays(0)))[0].Should().Be(before.Should().ContainSingle().Subject);
        (await ReadAsync(reader => reader.FileDays(day + 1))).Should().ContainSingle().Which.Day.Should().Be(Today);
        (await ReadAsync(reader => reader.BatchDays(0)))[0].Should().BeEquivalentTo(batchesBefore.Should().ContainSingle().Subject, "days are not dropped");
        (await ReadAsync(reader => reader.DroppedBatches(0))).Should().Equal(new DroppedBatches(day, FileSamples.Source, IsFile: true, BatchVerdict.Complete, 1));
        (await ReadAsync(reader => reader.DroppedBatches(day + 1))).Should().BeEmpty();
        var drop = (await ReadAsync(reader => reader.Dropped(DroppedKind.Runs, IdSource.TimeOf(monday).ToUnixTimeMilliseconds())))!.Value;
        (await ReadAsync(reader => reader.Drops())).Should().Contain(new DropSum(DroppedKind.Runs, 1, drop));
        (await ReadAsync(reader => reader.Audit(null, 10))).Where(entry => entry.Subject!.StartsWith("runs of before")).Should().ContainSingle();
    }

    [StoreFact]
    public async Task The_same_file_is_read_again_once_its_run_is_gone()
    {
        var monday = Files.Start("monday", rows: 1);
        await ReadFileAsync("monday");
        await PassLongAsync();
        await ReadFileAsync("much later");
        (await AgainAsync()).State.Should().Be(FileRunState.Known);

        await DropAsync(DroppedKind.Messages);
        await DropAsync(DroppedKind.Runs);

        (await AgainAsync()).State.Should().Be(FileRunState.Running);

        Task<FileRun> AgainAsync() => Store.Files.BeginAsync(monday with { Id = Samples.NextId(), ReceivedAt = Clock.Milliseconds }, None);
    }

    [StoreFact]
    public async Task A_run_stays_that_is_the_last_of_its_kind_or_waits_or_does_not_add_up()
    {
        var broken = await Files.BeginAsync("broken off", rows: 3);
        var held = await Store.Files.BeginAsync(Files.Start("held", state: FileRunState.Held), None);
        var wrong = await ReadFileAsync("wrong", rows: 2);
        var other = new FileSamples(Store, Samples, Clock) { Of = "weekly" };
        var last = await other.BeginAsync("monday", rows: 0);
        await Store.Files.EndAsync(other.End(last, found: 0), None);
        await PassLongAsync();
        await ReadFileAsync("much later");
        await Store.Files.BeginAsync((other.Start("a held one") with { State = FileRunState.Held }), None);
        await DropAsync(DroppedKind.Messages);

        (await DropAsync(DroppedKind.Runs)).Should().Be(0);

        foreach (var run in (EngineId[])[broken.Id, held.Id, wrong, last.Id])
        {
            (await ReadAsync(reader => reader.FileRun(run))).Should().NotBeNull();
        }
    }

    [StoreFact]
    public async Task A_run_of_which_a_message_is_not_finished_stays()
    {
        var run = await Files.BeginAsync(rows: 2);
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), Files.Kept(run, 2));
        await Store.Files.EndAsync(Files.End(run, found: 2), None);
        await PassLongAsync();
        await ReadFileAsync("much later");
        await DropAsync(DroppedKind.Messages);

        (await DropAsync(DroppedKind.Runs)).Should().Be(0);

        (await ReadAsync(reader => reader.BatchMessages(run.Id, EngineId.None, 10))).Should().Contain(message => message.State == MessageState.Quarantined);
    }

    [StoreFact]
    public async Task Batches_of_messages_are_dropped_as_files_are()
    {
        var id = Samples.NextId();
        await BeginBatchAsync(id.Value);
        await TakeOfAsync(id.Value);
        await Store.Batches.EndAsync(Ended(id.Value, BatchVerdict.Mismatch, stated: 2, found: 1), None);
        var open = Samples.NextId();
        await BeginBatchAsync(open.Value);
        await PassLongAsync();
        await DropAsync(DroppedKind.Messages);

        (await DropAsync(DroppedKind.Runs)).Should().Be(1);

        (await ReadAsync(reader => (reader.Batch(id), reader.Batch(open)?.Verdict))).Should().Be((null, BatchVerdict.Open));
        (await ReadAsync(reader => reader.DroppedBatches(0))).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Verdict = BatchVerdict.Mismatch, IsFile = false, Count = 1L });
    }

    [StoreFact]
    public async Task A_file_of_more_rows_than_a_turn_takes_is_dropped_in_turns()
    {
        const int Rows = 1_200;
        var run = await Files.BeginAsync(rows: Rows);
        foreach (var part in Enumerable.Range(1, Rows).Chunk(400))
        {
            await Files.CommitAsync(run, [.. part.Select(number => Files.New(run, number, $"{number} DOE"))]);
        }

        await Store.Files.EndAsync(Files.End(run, found: Rows), None);
        await PassLongAsync();
        await ReadFileAsync("much later");
        await DropAsync(DroppedKind.Messages);

        (await DropAsync(DroppedKind.Runs)).Should().Be(1);

        (await ReadAsync(reader => reader.FileDays(0)))[0].Rows.Should().Be(Rows);
    }

    /// <summary>A file with one good row, to its end; where more rows are said it does not add up.</summary>
    private async Task<EngineId> ReadFileAsync(string content, long rows = 1)
    {
        var run = await Files.BeginAsync(content, rows);
        await Files.CommitAsync(run, Files.New(run, 1, $"{content.Length + 5_000} DOE"));
        await Store.Files.EndAsync(Files.End(run, found: 1), None);
        return run.Id;
    }

    private async Task PassLongAsync()
    {
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);
    }
}
