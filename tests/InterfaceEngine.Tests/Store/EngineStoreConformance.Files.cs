using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Files of rows: their runs, and what people decide about them.</content>
public abstract partial class EngineStoreConformance
{
    private FileSamples Files => new(Store, Samples, Clock);

    [StoreFact]
    public async Task A_run_is_kept_with_all_that_is_known_of_its_file()
    {
        var start = Files.Start(rows: 7);

        var begun = await Store.Files.BeginAsync(start, None);
        await ReopenAsync();

        ShouldBe(begun, new FileRun
        {
            Id = start.Id,
            Practice = StoreSamples.Practice,
            Source = FileSamples.Source,
            Kind = FileSamples.Kind,
            Content = FileSamples.Content("monday"),
            Size = 100,
            Rows = 7,
            EventAt = Clock.Milliseconds,
            ReceivedAt = Clock.Milliseconds,
            EndedAt = null,
            State = FileRunState.Running,
            Position = 0,
            Pending = RowRanges.None,
            Counts = default,
            Detail = """{"file":"monday.csv"}""",
        });
        ShouldBe(await RunAsync(start.Id), begun);
        (await ReadAsync(reader => reader.Batch(start.Id)))!.Should().BeEquivalentTo(new { Verdict = BatchVerdict.Open, IsFile = true, FileSamples.Source, Stored = 0L });
        (await ReadAsync(reader => reader.FileRun(new EngineId(1)))).Should().BeNull();
    }

    [StoreFact]
    public async Task A_run_that_broke_off_goes_on_where_it_was()
    {
        var run = await Files.BeginAsync(rows: 3);
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), Files.Kept(run, 2));
        await ReopenAsync();
        (await Store.Batches.EndAbandonedAsync(None)).Should().Be(1);
        Clock.Advance(TimeSpan.FromHours(1));

        var again = await Files.BeginAsync(rows: 3);

        again.Should().BeEquivalentTo(new { run.Id, run.EventAt, State = FileRunState.Running, Position = 2L, Counts = new RowCounts { Created = 1, Refused = 1 } });
        await Files.CommitAsync(again, Files.New(again, 3, "3 ROE"));
        await Store.Files.EndAsync(Files.End(again, found: 3), None);
        var done = await RunAsync(run.Id);
        (done.State, done.EndedAt, done.Counts.Total, done.Detail).Should().Be((FileRunState.Done, Clock.Milliseconds, 3, """{"read":"to its end"}"""));
        (await ReadAsync(reader => reader.Batch(run.Id)))!.Should().BeEquivalentTo(new { Verdict = BatchVerdict.Complete, Found = 3L, Stored = 3L });
        (await ReadAsync(reader => reader.BatchDays(0))).Single().Verdicts.Where(verdict => verdict.Value != 0)
            .Should().BeEquivalentTo(new Dictionary<BatchVerdict, long> { [BatchVerdict.Complete] = 1 });
    }

    [StoreFact]
    public async Task A_run_that_broke_off_can_be_ended_by_who_knows_it_and_its_content_is_read_anew()
    {
        var run = await Files.BeginAsync(rows: 3);
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"));
        await ReopenAsync();
        await Store.Batches.EndAbandonedAsync(None);
        var end = Files.End(run, found: 1) with { State = FileRunState.Refused, IsBroken = true };
        end = end with { Batch = end.Batch with { Verdict = BatchVerdict.Interrupted } };

        await Store.Files.EndAsync(end, None);

        (await RunAsync(run.Id)).Should().BeEquivalentTo(new { State = FileRunState.Refused, EndedAt = Clock.Milliseconds, Position = 1L });
        (await ReadAsync(reader => reader.Batch(run.Id)))!.Verdict.Should().Be(BatchVerdict.Interrupted);
        (await ReadAsync(reader => reader.BatchDays(0))).Single().Verdicts.Where(verdict => verdict.Value != 0).Should().BeEquivalentTo(new Dictionary<BatchVerdict, long> { [BatchVerdict.Interrupted] = 1 });
        var again = await Files.BeginAsync(rows: 3);
        again.Should().Match<FileRun>(one => one.Id != run.Id && one.State == FileRunState.Running);
        await FluentActions.Awaiting(() => Store.Files.EndAsync(end, None)).Should().ThrowAsync<RunLostException>();

        // Whoever has taken it up again reads it.
        await Files.BeginAsync(rows: 3);
        await FluentActions.Awaiting(() => Store.Files.EndAsync(Files.End(again, found: 0) with { State = FileRunState.Refused, IsBroken = true }, None)).Should().ThrowAsync<RunLostException>();
    }

    [StoreFact]
    public async Task Only_the_same_practice_source_kind_and_content_is_the_same_file()
    {
        var run = await Files.BeginAsync();

        (await Files.BeginAsync("tuesday")).Id.Should().NotBe(run.Id);
        (await new FileSamples(Store, Samples, Clock) { Of = "weekly" }.BeginAsync()).Id.Should().NotBe(run.Id);
        (await new FileSamples(Store, Samples, Clock) { Practice = StoreSamples.OtherPractice }.BeginAsync()).Id.Should().NotBe(run.Id);
        (await Store.Files.BeginAsync(Files.Start() with { Kind = "Schedule file" }, None)).Id.Should().NotBe(run.Id);
        (await Files.BeginAsync()).Id.Should().Be(run.Id);
    }

    [StoreFact]
    public async Task Content_that_was_read_to_its_end_is_known_and_read_again_only_when_it_is_said()
    {
        var run = await DoneAsync();

        var known = await Files.BeginAsync();
        var again = await Files.BeginAsync(isAgain: true);

        (known.State, known.EndedAt).Should().Be((FileRunState.Known, Clock.Milliseconds));
        (await ReadAsync(reader => reader.Batch(known.Id))).Should().BeNull();
        again.Should().BeEquivalentTo(new { State = FileRunState.Running, Position = 0L });
        (await Files.BeginAsync()).Id.Should().Be(again.Id, "the new run broke off");
        (await ReadAsync(reader => reader.FileRunsOf(StoreSamples.Practice, FileSamples.Source, FileSamples.Content("monday"), 10))).Select(one => one.Id)
            .Should().Equal(again.Id, known.Id, run.Id);
        (await ReadAsync(reader => reader.FileRunsOf(StoreSamples.OtherPractice, FileSamples.Source, FileSamples.Content("monday"), 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_refused_file_is_looked_at_again_when_it_comes_again()
    {
        var run = await Files.BeginAsync();
        await Store.Files.EndAsync(Files.End(run, found: 0, FileRunState.Refused), None);

        (await Files.BeginAsync()).Should().BeEquivalentTo(new { State = FileRunState.Running, Position = 0L }).And.Match<FileRun>(next => next.Id != run.Id);
    }

    [StoreFact]
    public async Task A_held_file_is_read_once_it_is_released()
    {
        var held = await Store.Files.BeginAsync(Files.Start(state: FileRunState.Held), None);
        ShouldBe(await Files.BeginAsync(), held);

        (await DecideAsync(held, FileRunState.Held, FileRunState.Released)).Should().BeTrue();
        (await DecideAsync(held, FileRunState.Held, FileRunState.Released)).Should().BeFalse("it was decided");

        (await RunAsync(held.Id)).State.Should().Be(FileRunState.Released);
        var run = await Files.BeginAsync(rows: 5);
        run.Should().BeEquivalentTo(new { held.Id, State = FileRunState.Running, Rows = 5L, EndedAt = (long?)null });
        (await ReadAsync(reader => reader.Batch(held.Id)))!.Verdict.Should().Be(BatchVerdict.Open);
        (await ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10))).Select(row => (row.Actor, row.Action)).Should().Equal(("ann", "files released"));
    }

    [StoreFact]
    public async Task A_discarded_file_stays_so_until_somebody_wants_it_after_all()
    {
        var held = await Store.Files.BeginAsync(Files.Start(state: FileRunState.Held), None);
        (await DecideAsync(held, FileRunState.Held, FileRunState.Discarded)).Should().BeTrue();
        (await Files.BeginAsync()).Should().BeEquivalentTo(new { held.Id, State = FileRunState.Discarded });

        (await DecideAsync(held, FileRunState.Discarded, FileRunState.Released)).Should().BeTrue();

        (await RunAsync(held.Id)).Should().BeEquivalentTo(new { State = FileRunState.Discarded, IsWantedAgain = true });
        (await Files.BeginAsync()).State.Should().Be(FileRunState.Running);
        (await RunAsync(held.Id)).IsWantedAgain.Should().BeFalse("it is being read");
    }

    [StoreFact]
    public async Task The_same_content_of_a_newer_file_is_read_since_others_may_have_spoken_meanwhile()
    {
        var first = await DoneAsync();
        var newer = Files.Start() with { EventAt = first.EventAt + 1 };

        (await Store.Files.BeginAsync(Files.Start() with { EventAt = first.EventAt - 1 }, None)).State.Should().Be(FileRunState.Known);
        (await Store.Files.BeginAsync(newer, None)).Should().BeEquivalentTo(new { newer.Id, State = FileRunState.Running, newer.EventAt });
    }

    [StoreFact]
    public async Task Whichever_run_of_some_content_is_named_it_is_wanted_again()
    {
        await DoneAsync();
        var known = await Files.BeginAsync();

        (await DecideAsync(known, FileRunState.Known, FileRunState.Released)).Should().BeTrue();

        (await RunAsync(known.Id)).Should().BeEquivalentTo(new { State = FileRunState.Known, IsWantedAgain = true });
        var again = await Files.BeginAsync();
        again.State.Should().Be(FileRunState.Running);
        await Store.Files.EndAsync(Files.End(again, found: 0), None);
        (await Files.BeginAsync()).State.Should().Be(FileRunState.Known, "it was wanted once");
    }

    [StoreFact]
    public async Task A_run_that_broke_off_can_be_given_up()
    {
        var run = await Files.BeginAsync();
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"));

        (await DecideAsync(run, FileRunState.Running, FileRunState.Discarded)).Should().BeTrue();

        (await RunAsync(run.Id)).Should().BeEquivalentTo(new { State = FileRunState.Discarded, EndedAt = Clock.Milliseconds });
        (await ReadAsync(reader => reader.Batch(run.Id)))!.Verdict.Should().Be(BatchVerdict.Interrupted);
        var commit = () => Files.CommitAsync(run, Files.New(run, 2, "2 ROE"));
        (await commit.Should().ThrowAsync<RunLostException>()).WithMessage($"Run {run.Id} is not running: it is discarded by now.");
        (await Files.FindAsync("2")).Should().BeNull();
    }

    [StoreFact]
    public async Task Whoever_takes_a_run_up_is_its_only_reader()
    {
        var former = await Files.BeginAsync(rows: 3);
        await Files.CommitAsync(former, Files.New(former, 1, "1 DOE"));

        var run = await Files.BeginAsync(rows: 3);

        run.Should().BeEquivalentTo(new { former.Id, Position = 1L, Reader = former.Reader + 1 });
        Func<Task>[] late =
        [
            () => Files.ConfirmAsync(former, ["2 ROE"], first: 2), () => Files.CommitAsync(former, Files.New(former, 2, "2 ROE")), () => Store.Files.EndAsync(Files.End(former, found: 1), None),
        ];
        foreach (var write in late)
        {
            (await write.Should().ThrowAsync<RunLostException>()).WithMessage($"Run {run.Id} was taken up by another reader, which goes on with it.");
        }

        (await RunAsync(run.Id)).Should().BeEquivalentTo(new { State = FileRunState.Running, Position = 1L, Pending = RowRanges.None, run.Reader });
        await Files.CommitAsync(run, Files.New(run, 2, "2 ROE"), Files.New(run, 3, "3 POE"));
        await Store.Files.EndAsync(Files.End(run, found: 3), None);
        (await RunAsync(run.Id)).Counts.Should().Be(new RowCounts { Created = 3 });
    }

    [StoreFact]
    public async Task An_undone_run_is_undone_once_and_its_content_stays_known()
    {
        var run = await DoneAsync();

        (await DecideAsync(run, FileRunState.Done, FileRunState.Undone)).Should().BeTrue();

        (await DecideAsync(run, FileRunState.Done, FileRunState.Undone)).Should().BeFalse();
        (await Files.BeginAsync()).State.Should().Be(FileRunState.Known);
    }

    [StoreFact]
    public async Task What_can_t_be_decided_is_refused()
    {
        var run = await DoneAsync();

        var discard = () => DecideAsync(run, FileRunState.Done, FileRunState.Discarded);
        var begin = () => Store.Files.BeginAsync(Files.Start(state: FileRunState.Done), None);
        var end = () => Store.Files.EndAsync(Files.End(run, 2), None);
        var stop = () => Store.Files.EndAsync(Files.End(run, 2, FileRunState.Held), None);

        (await discard.Should().ThrowAsync<ArgumentException>()).WithMessage("A run that is done can't become discarded.*");
        (await begin.Should().ThrowAsync<ArgumentException>()).WithMessage("No run begins as done.*");
        (await end.Should().ThrowAsync<RunLostException>()).WithMessage($"Run {run.Id} is not running: it is done by now.");
        (await stop.Should().ThrowAsync<ArgumentException>()).WithMessage("No run ends as held.*");
        (await ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task Runs_are_listed_newest_first_by_practice_source_and_state()
    {
        var first = await Files.BeginAsync();
        var held = await Store.Files.BeginAsync(Files.Start("tuesday", state: FileRunState.Held), None);
        var other = await new FileSamples(Store, Samples, Clock) { Practice = StoreSamples.OtherPractice, Of = "weekly" }.BeginAsync();

        (await ListAsync(null, null, null)).Should().Equal(other.Id, held.Id, first.Id);
        (await ListAsync(null, null, null, before: held.Id)).Should().Equal(first.Id);
        (await ListAsync(StoreSamples.Practice, null, null)).Should().Equal(held.Id, first.Id);
        (await ListAsync(null, "weekly", null)).Should().Equal(other.Id);
        (await ListAsync(StoreSamples.Practice, FileSamples.Source, FileRunState.Held)).Should().Equal(held.Id);
        (await ReadAsync(reader => reader.FileRuns(new FileRunQuery(null, null, null), EngineId.None, 1))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task The_last_poll_of_each_source_is_kept()
    {
        await Store.Files.NotePollAsync(new PollNote("nightly", 1, 2, null, null, 0), None);
        await Store.Files.NotePollAsync(new PollNote("weekly", 5, 6, 7, "nothing answers", 0), None);
        await Store.Files.NotePollAsync(new PollNote("nightly", 10, 20, 30, null, 4), None);
        await ReopenAsync();

        (await ReadAsync(reader => reader.PollNotes())).Should().Equal(new PollNote("nightly", 10, 20, 30, null, 4), new PollNote("weekly", 5, 6, 7, "nothing answers", 0));
    }

    private static void ShouldBe(FileRun run, FileRun expected) =>
        run.Should().BeEquivalentTo(expected, options => options.Using<ReadOnlyMemory<byte>>(content => content.Subject.ToArray().Should().Equal(content.Expectation.ToArray())).WhenTypeIs<ReadOnlyMemory<byte>>());

    private async Task<FileRun> DoneAsync()
    {
        var run = await Files.BeginAsync();
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), Files.New(run, 2, "2 ROE"));
        await Store.Files.EndAsync(Files.End(run, found: 2), None);
        return run;
    }

    private Task<bool> DecideAsync(FileRun run, FileRunState from, FileRunState to) => Store.Files.DecideAsync(Files.Decision(run.Id, from, to), None);

    private async Task<FileRun> RunAsync(EngineId id) => (await ReadAsync(reader => reader.FileRun(id)))!;

    private async Task<IEnumerable<EngineId>> ListAsync(string? practice, string? source, FileRunState? state, EngineId before = default) =>
        (await ReadAsync(reader => reader.FileRuns(new FileRunQuery(practice, source, state), before, 10))).Select(run => run.Id);
}
