using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Rows of files: committed together, each for itself, and confirmed when they say nothing new.</content>
public abstract partial class EngineStoreConformance
{
    private static readonly string[] _two = ["1 DOE", "2 ROE"];

    [StoreFact]
    public async Task Rows_that_are_committed_together_stand_each_for_itself()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("5", "POE")));
        var run = await Files.BeginAsync(rows: 6);
        var stale = Files.Next(run, 2, "5 MOE", (await Files.FindAsync("5"))!);
        var stored = (await Files.FindAsync("5"))!;
        await CommitRecordsAsync(Samples.Change(stored, "first_name", "Eve"));
        var broken = Files.New(run, 4, "4 LOE");
        broken = broken with { Unit = broken.Unit with { Reviews = [new ReviewWrite(null!, "4", "{}")] } };

        var results = await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), stale, Files.Kept(run, 3), broken, Files.New(run, 5, "1 DOE"), Files.New(run, 6, "6 COE"));

        results.Select(result => result.Outcome).Should().Equal(
            CommitOutcome.Committed, CommitOutcome.Conflict, CommitOutcome.Committed, CommitOutcome.Broken, CommitOutcome.Conflict, CommitOutcome.Committed);
        (await RunAsync(run.Id)).Should().BeEquivalentTo(new { Position = 6L, Pending = RowRanges.Of([2, 4, 5]), Counts = new RowCounts { Created = 2, Refused = 1 } });
        (await ReadAsync(reader => reader.Batch(run.Id)))!.Stored.Should().Be(3);
        (await ReadAsync(reader => reader.BatchMessages(run.Id, EngineId.None, 10))).Select(message => message.Number).Should().Equal(1, 3, 6);
        (await Files.FindAsync("5"))!["last_name"].Should().Be("POE");
        (await Files.FindAsync("4")).Should().BeNull();
        (await Files.FindAsync("6"))!["last_name"].Should().Be("COE");
    }

    [StoreFact]
    public async Task A_row_that_was_committed_is_not_committed_again()
    {
        var run = await Files.BeginAsync(rows: 2);
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"));

        var again = await Files.CommitAsync(run, Files.Next(run, 1, "1 MOE", (await Files.FindAsync("1"))!), Files.New(run, 2, "2 ROE"));

        again.Select(result => result.Outcome).Should().Equal(CommitOutcome.Duplicate, CommitOutcome.Committed);
        (await Files.FindAsync("1"))!["last_name"].Should().Be("DOE");
        (await RunAsync(run.Id)).Counts.Should().Be(new RowCounts { Created = 2 });
    }

    [StoreFact]
    public async Task A_row_that_stayed_pending_is_committed_behind_the_position()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("1", "POE")));
        var run = await Files.BeginAsync(rows: 3);
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), Files.New(run, 2, "2 ROE"), Files.Kept(run, 3));
        (await RunAsync(run.Id)).Pending.ToString().Should().Be("1");
        var end = () => Store.Files.EndAsync(Files.End(run, found: 2), None);
        (await end.Should().ThrowAsync<InvalidOperationException>()).WithMessage($"run {run.Id} can't be done while rows 1 are pending");

        (await Files.CommitAsync(run, 3, Files.Next(run, 1, "1 DOE", (await Files.FindAsync("1"))!)))[0].Outcome.Should().Be(CommitOutcome.Committed);

        await Store.Files.EndAsync(Files.End(run, found: 3), None);
        (await RunAsync(run.Id)).Should().BeEquivalentTo(new { Position = 3L, Pending = RowRanges.None, Counts = new RowCounts { Created = 1, Updated = 1, Refused = 1 } });
    }

    [StoreFact]
    public async Task Every_outcome_is_counted_for_itself()
    {
        var run = await Files.BeginAsync(rows: 8);
        var outcomes = Enum.GetValues<RowOutcome>();

        await Files.CommitAsync(run, [.. outcomes.Select((outcome, index) => Files.Kept(run, index + 1, outcome))]);

        (await RunAsync(run.Id)).Counts.Should().Be(new RowCounts { Created = 1, Updated = 1, Unchanged = 1, Refused = 1, Held = 1, Parked = 1, Duplicate = 1 });
    }

    [StoreFact]
    public async Task A_row_wakes_the_message_that_waited_for_its_patient()
    {
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("2")] });
        var run = await Files.BeginAsync();

        var results = await Files.CommitAsync(run, Files.New(run, 1, "1 DOE"), Files.New(run, 2, "2 ROE"));

        results[1].Ready.Should().Equal(parked.Id);
        (await ReadAsync(reader => reader.MessagesIn(MessageState.Ready, 10))).Should().Equal(parked.Id);
    }

    [StoreFact]
    public async Task A_row_that_says_what_it_said_the_last_time_is_confirmed_without_a_message()
    {
        await DoneAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        var next = await Files.BeginAsync("tuesday", rows: 3);

        var confirmed = await Files.ConfirmAsync(next, ["1 DOE", "2 NOE", "2 ROE"]);

        confirmed.Should().Equal(true, false, true);
        (await RunAsync(next.Id)).Should().BeEquivalentTo(new { Position = 3L, Pending = RowRanges.Of([2]), Counts = new RowCounts { Confirmed = 2 } });
        (await ReadAsync(reader => reader.BatchMessages(next.Id, EngineId.None, 10))).Should().BeEmpty();
        (await Files.FindAsync("1"))!.Version.Should().Be(1);
        (await ReadAsync(reader => reader.HasConfirmedRows(StoreSamples.Practice, FileSamples.Source))).Should().BeTrue();
        (await ReadAsync(reader => reader.HasConfirmedRows(StoreSamples.OtherPractice, FileSamples.Source))).Should().BeFalse();
        (await ReadAsync(reader => reader.HasConfirmedRows(StoreSamples.Practice, "weekly"))).Should().BeFalse();
    }

    [StoreFact]
    public async Task The_same_row_twice_in_a_file_is_confirmed_once_and_its_first_reading_confirms_none()
    {
        await DoneAsync();
        var next = await Files.BeginAsync("tuesday", rows: 4);

        (await Files.ConfirmAsync(next, ["1 DOE", "1 DOE", "3 NEW"])).Should().Equal(true, false, false);
        await Files.CommitAsync(next, Files.New(next, 3, "3 NEW"));

        (await Files.ConfirmAsync(next, ["3 NEW"], first: 4)).Should().Equal(false);
        (await RunAsync(next.Id)).Pending.ToString().Should().Be("2,4");
    }

    [StoreFact]
    public async Task A_row_that_is_settled_is_neither_confirmed_nor_pending_once_more()
    {
        await DoneAsync();
        var next = await Files.BeginAsync("tuesday", rows: 4);
        (await Files.ConfirmAsync(next, ["1 DOE", "3 NEW", "4 NEW"])).Should().Equal(true, false, false);
        await Files.CommitAsync(next, Files.New(next, 2, "3 NEW"));

        (await Files.ConfirmAsync(next, ["1 DOE", "3 NEW", "4 NEW", "2 ROE"])).Should().Equal(true, true, false, true);

        (await RunAsync(next.Id)).Should().BeEquivalentTo(new { Position = 4L, Pending = RowRanges.Of([3]), Counts = new RowCounts { Created = 1, Confirmed = 2 } });
    }

    [StoreFact]
    public async Task A_row_whose_record_somebody_else_has_written_since_is_not_confirmed()
    {
        await DoneAsync();
        await CommitRecordsAsync(Samples.Change((await Files.FindAsync("1"))!, "first_name", "Eve"));
        var next = await Files.BeginAsync("tuesday");

        (await Files.ConfirmAsync(next, _two)).Should().Equal(false, true);

        await Files.CommitAsync(next, 2, Files.Next(next, 1, "1 DOE", (await Files.FindAsync("1"))!));
        (await Files.ConfirmAsync(await Files.BeginAsync("wednesday"), _two)).Should().Equal([true, true], "it is in force again");
    }

    [StoreFact]
    public async Task A_row_that_is_read_otherwise_by_now_is_not_confirmed()
    {
        await DoneAsync();
        var next = await Files.BeginAsync("tuesday");

        // Another mapping set gives another fingerprint, and so does another source.
        (await Files.ConfirmAsync(next, ["1 DOE with set-2"])).Should().Equal(false);
        var weekly = new FileSamples(Store, Samples, Clock) { Of = "weekly" };
        (await weekly.ConfirmAsync(await weekly.BeginAsync("tuesday"), _two)).Should().Equal(false, false);
    }

    [StoreFact]
    public async Task A_row_that_was_changed_is_confirmed_as_what_it_says_now_alone()
    {
        await DoneAsync();
        var next = await Files.BeginAsync("tuesday");
        await Files.CommitAsync(next, Files.Next(next, 1, "1 MOE", (await Files.FindAsync("1"))!));

        var last = await Files.BeginAsync("wednesday");

        (await Files.ConfirmAsync(last, ["1 DOE", "1 MOE", "2 ROE"])).Should().Equal(false, true, true);
    }

    [StoreFact]
    public async Task A_row_of_several_records_is_confirmed_while_all_of_them_are_as_it_left_them()
    {
        var run = await Files.BeginAsync();
        var (patient, coverage) = (Samples.Record("1", "DOE"), Samples.Record("1", "GOLD", type: "coverage"));
        var row = Files.New(run, 1, "1 DOE");
        await Files.CommitAsync(run, row with
        {
            Unit = row.Unit with { Records = [StoreSamples.Create(patient), StoreSamples.Create(coverage)] },
            Records = [(patient.Id, 1), (coverage.Id, 1)],
        });

        (await Files.ConfirmAsync(await Files.BeginAsync("tuesday"), ["1 DOE"])).Should().Equal(true);
        await CommitRecordsAsync(Samples.Change(coverage, "last_name", "SILVER"));
        (await Files.ConfirmAsync(await Files.BeginAsync("wednesday"), ["1 DOE"])).Should().Equal(false);

        // Another row of the source that speaks of one of them takes nothing from what is left of the first.
        var friday = await Files.BeginAsync("friday");
        await Files.CommitAsync(friday, Files.Next(friday, 1, "1 PLATINUM", (await ReadAsync(reader => reader.Record(StoreSamples.Practice, coverage.Id)))!));
        (await Files.ConfirmAsync(await Files.BeginAsync("saturday"), ["1 DOE", "1 PLATINUM"])).Should().Equal(false, true);
    }

    [StoreFact]
    public async Task A_row_without_a_fingerprint_is_never_confirmed()
    {
        var run = await Files.BeginAsync();
        await Files.CommitAsync(run, Files.New(run, 1, "1 DOE") with { Fingerprint = null });

        (await Files.ConfirmAsync(await Files.BeginAsync("tuesday"), ["1 DOE"])).Should().Equal(false);
    }

    [StoreFact]
    public async Task A_record_that_was_confirmed_is_loaded_with_the_time_of_the_file_that_did()
    {
        var monday = Clock.Milliseconds;
        await DoneAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        await Files.ConfirmAsync(await Files.BeginAsync("tuesday"), _two);
        var tuesday = Clock.Milliseconds;

        var loaded = (await Files.FindAsync("1"))!;

        loaded.Find("last_name")!.Cause!.EventTime.Should().Be(tuesday);
        loaded.Find("sex")!.Cause.Should().BeNull();
        (await ReadAsync(reader => reader.Record(StoreSamples.Practice, loaded.Id)))!.Find("last_name")!.Cause!.EventTime.Should().Be(tuesday);
        (await ReadAsync(reader => reader.Record(StoreSamples.Practice, StoreSamples.Patient("1"))))!.Find("last_name")!.Cause!.EventTime.Should().Be(tuesday);

        // Who writes the record keeps the time in it; what another source says has its own.
        await CommitRecordsAsync(Samples.Change(loaded, "first_name", "Eve"));
        Clock.Advance(TimeSpan.FromDays(1));
        (await Files.ConfirmAsync(await Files.BeginAsync("wednesday"), _two)).Should().Equal(false, true);
        var written = (await Files.FindAsync("1"))!;
        (written.Find("last_name")!.Cause!.EventTime, written.Find("first_name")!.Cause!.Source).Should().Be((tuesday, "front-desk"));
        (await Files.FindAsync("2"))!.Find("last_name")!.Cause!.EventTime.Should().Be(Clock.Milliseconds).And.BeGreaterThan(tuesday).And.BeGreaterThan(monday);
    }

    /// <summary>A new message with its record is what the fast path takes; one that is decided about is not.</summary>
    [StoreTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_does_not_know_of_a_file_s_confirmation_is_a_conflict(bool isNewMessage)
    {
        await DoneAsync();
        var before = (await Files.FindAsync("1"))!;
        Clock.Advance(TimeSpan.FromDays(1));
        (await Files.ConfirmAsync(await Files.BeginAsync("tuesday"), _two)).Should().Equal(true, true);
        Task<CommitResult> WriteAsync(StoredRecord known) => CommitAsync(
            Samples.Unit(Samples.Message(), records: Samples.Change(known, "last_name", "LATE")) with { Audit = isNewMessage ? null : StoreSamples.Audit() });

        (await WriteAsync(before)).Outcome.Should().Be(CommitOutcome.Conflict);
        (await Files.FindAsync("1"))!["last_name"].Should().Be("DOE");

        var known = (await Files.FindAsync("1"))!;
        (await WriteAsync(known)).Outcome.Should().Be(CommitOutcome.Committed);
        (await WriteAsync((await Files.FindAsync("1"))!)).Outcome.Should().Be(CommitOutcome.Committed, "nobody has confirmed what it says now");
    }

    [StoreFact]
    public async Task An_older_file_takes_no_time_from_what_a_newer_one_confirmed()
    {
        await DoneAsync();
        var monday = Clock.Milliseconds;
        Clock.Advance(TimeSpan.FromDays(2));
        await Files.ConfirmAsync(await Files.BeginAsync("wednesday"), _two);
        var late = await Store.Files.BeginAsync(Files.Start("tuesday") with { EventAt = monday + 1 }, None);

        (await Files.ConfirmAsync(late, _two)).Should().Equal(true, true);

        (await Files.FindAsync("1"))!.Find("last_name")!.Cause!.EventTime.Should().Be(Clock.Milliseconds);
    }

    [StoreFact]
    public async Task A_practice_never_confirms_another_s_rows()
    {
        await DoneAsync();
        var other = new FileSamples(Store, Samples, Clock) { Practice = StoreSamples.OtherPractice };
        var run = await other.BeginAsync("tuesday");

        (await other.ConfirmAsync(run, _two)).Should().Equal(false, false);
        var stolen = () => other.ConfirmAsync(run with { Id = new EngineId(1) }, _two);
        (await stolen.Should().ThrowAsync<RunLostException>()).WithMessage("*is not running: there is none.");
    }

    [StoreFact]
    public async Task Many_records_are_loaded_in_one_question()
    {
        var run = await Files.BeginAsync();
        string[] says = [.. Enumerable.Range(1, 1200).Select(number => $"{number} NAME{number}")];
        (await Files.CommitAsync(run, [.. says.Select((text, index) => Files.New(run, index + 1, text))])).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);

        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(null, [.. says.Select(text => StoreSamples.Patient(text.Split(' ')[0]))], []), None);

        loaded.ByAlias.Should().HaveCount(1200);
        loaded.ByAlias[StoreSamples.Patient("1200")]["last_name"].Should().Be("NAME1200");
        (await Files.ConfirmAsync(await Files.BeginAsync("tuesday"), says)).Should().NotContain(false);
    }
}
