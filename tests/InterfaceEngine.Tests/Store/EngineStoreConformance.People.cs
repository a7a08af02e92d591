using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>What people ask and decide: reviews, audit.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task Repeated_sightings_are_counted_on_one_review_item()
    {
        var first = await SightAsync("Z9", "first");
        Clock.Advance(TimeSpan.FromMinutes(5));
        var second = await SightAsync("Z9", "second");
        await SightAsync("Z8", "another code");
        await SightAsync("Z9", "another practice", StoreSamples.OtherPractice);

        var items = await ReadAsync(reader => reader.Reviews(StoreSamples.Practice, "open", 10));

        items.Select(item => item.Detail).Should().Equal("another code", "first");
        items[1].Should().BeEquivalentTo(new { Kind = "unknown code", State = "open", Practice = StoreSamples.Practice, Count = 2L, FirstSeen = Clock.Milliseconds - 300_000, LastSeen = Clock.Milliseconds });
        (await ReadAsync(reader => reader.ReviewMessages(items[1].Id))).Should().Equal(first, second);
        (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Should().HaveCount(3);
        (await ReadAsync(reader => reader.Review(items[1].Id))).Should().BeEquivalentTo(items[1]);
    }

    [StoreFact]
    public async Task A_decision_closes_an_item_once()
    {
        await SightAsync("Z9", "first");
        var item = (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Single();

        var decided = await DecideAsync(item.Id, "accepted");
        var again = await DecideAsync(item.Id, "dismissed");

        decided.Outcome.Should().Be(CommitOutcome.Committed);
        again.Outcome.Should().Be(CommitOutcome.Conflict);
        (await ReadAsync(reader => reader.Review(item.Id)))!.State.Should().Be("accepted");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle("a decision that was not taken is not in the audit");
    }

    [StoreFact]
    public async Task A_dismissed_item_stays_dismissed_and_an_accepted_one_opens_anew()
    {
        await SightAsync("Z9", "dismissed");
        await SightAsync("Z8", "accepted");
        var items = await ReadAsync(reader => reader.Reviews(null, "open", 10));
        await DecideAsync(items.Single(item => item.Detail == "dismissed").Id, "dismissed");
        await DecideAsync(items.Single(item => item.Detail == "accepted").Id, "accepted");

        await SightAsync("Z9", "seen again");
        await SightAsync("Z8", "seen again");

        (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Single().Detail.Should().Be("seen again");
        (await ReadAsync(reader => reader.Reviews(null, "dismissed", 10))).Single().Count.Should().Be(2);
    }

    [StoreFact]
    public async Task A_unit_that_breaks_a_rule_of_the_schema_fails_alone_and_is_not_the_stores_failure()
    {
        await SightAsync("Z9", "first");
        var item = (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Single();

        var others = Enumerable.Range(0, 20).Select(_ => CommitAsync(Samples.Unit())).ToArray();
        var broken = () => DecideAsync(item.Id, "no such decision");

        (await broken.Should().ThrowAsync<Exception>()).Which.Should().NotBeOfType<StoreUnavailableException>();
        (await Task.WhenAll(others)).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);
        (await ReadAsync(reader => reader.Review(item.Id)))!.State.Should().Be("open");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_unit_closes_the_open_item_it_names_by_what_it_is_about_and_no_other()
    {
        await SightAsync("held 1", "first");
        await SightAsync("held 2", "second");
        await SightAsync("held 1", "another practice's", StoreSamples.OtherPractice);

        var closes = new ReviewClosing("unknown code", "held 1", "accepted");
        await CommitAsync(Samples.Unit() with { Closes = [closes, closes with { Kind = "held", Key = "held 2" }, closes with { Key = "never seen" }] });

        (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Select(item => item.Detail).Should().BeEquivalentTo("second", "another practice's");
        (await ReadAsync(reader => reader.Reviews(null, "accepted", 10))).Should().ContainSingle().Which.Detail.Should().Be("first");
        await SightAsync("held 1", "seen again");
        (await ReadAsync(reader => reader.Reviews(StoreSamples.Practice, "open", 10))).Should().Contain(item => item.Detail == "seen again");
    }

    [StoreFact]
    public async Task A_unit_that_is_given_back_closes_nothing()
    {
        await SightAsync("held 1", "first");
        var message = Samples.Message();
        await CommitAsync(Samples.Unit(message));

        (await CommitAsync(Samples.Unit(message) with { Closes = [new ReviewClosing("unknown code", "held 1", "accepted")] })).Outcome.Should().Be(CommitOutcome.Conflict);

        (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task Another_practices_review_item_is_not_decided()
    {
        await SightAsync("Z9", "first");
        var item = (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Single();

        var result = await CommitAsync(new CommitUnit { Practice = StoreSamples.OtherPractice, Decisions = [new ReviewDecision(item.Id, "dismissed")] });

        result.Outcome.Should().Be(CommitOutcome.Conflict);
    }

    [StoreFact]
    public async Task A_review_item_keeps_the_first_thousand_messages_and_counts_the_rest()
    {
        var sightings = Enumerable.Range(0, 1010).Select(_ => Samples.Unit(Samples.Message()) with { Reviews = [new ReviewWrite("unknown code", "Z9", "detail")] });
        await Task.WhenAll(sightings.Select(CommitAsync));

        var item = (await ReadAsync(reader => reader.Reviews(null, "open", 10))).Single();

        item.Count.Should().Be(1010);
        (await ReadAsync(reader => reader.ReviewMessages(item.Id))).Should().HaveCount(1000);
    }

    [StoreFact]
    public async Task What_a_person_was_shown_is_in_the_audit()
    {
        var record = Samples.Record("7", "Doe");
        await CommitRecordsAsync(StoreSamples.Create(record));

        var name = await Store.AskAsync(
            StoreSamples.Audit(),
            reader =>
            {
                var shown = reader.Record(StoreSamples.Practice, StoreSamples.Patient("7"))!;
                reader.Shown(shown);
                reader.Shown(shown);
                return shown["last_name"];
            },
            None);

        name.Should().Be("Doe");
        (await ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10))).Should().BeEquivalentTo([
            new StoredAudit(1, Clock.Milliseconds, "ann", "records show", StoreSamples.Practice, "patient 7", "she called", [record.Id]),
        ]);
    }

    [StoreFact]
    public async Task A_question_that_takes_its_time_sees_one_moment_and_keeps_no_message_waiting()
    {
        await CommitAsync(Samples.Unit());
        using var goOn = new ManualResetEventSlim();
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = Task.Run(() => Store.AskAsync(
            StoreSamples.Audit(),
            reader =>
            {
                var before = reader.MessageCounts().Sum(count => count.Count);
                hasBegun.SetResult();
                goOn.Wait();
                return (Before: before, After: reader.MessageCounts().Sum(count => count.Count));
            },
            None));
        await hasBegun.Task;

        try
        {
            (await CommitAsync(Samples.Unit()).WaitAsync(TimeSpan.FromMinutes(1))).Outcome.Should().Be(CommitOutcome.Committed);
        }
        finally
        {
            goOn.Set();
        }

        (await asking).Should().Be((1, 1));
    }

    [StoreFact]
    public async Task However_many_people_look_messages_are_read()
    {
        await CommitAsync(Samples.Unit());
        using var goOn = new ManualResetEventSlim();
        var looking = Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await Store.LookAsync(
            reader =>
            {
                goOn.Wait();
                return reader.MessageCounts().Count;
            },
            None))).ToList();

        try
        {
            (await Store.ReadAsync(reader => reader.MessageCounts().Count, None).AsTask().WaitAsync(TimeSpan.FromMinutes(1))).Should().Be(1);
        }
        finally
        {
            goOn.Set();
        }

        (await Task.WhenAll(looking)).Should().OnlyContain(count => count == 1);
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_question_that_fails_leaves_no_audit_row_and_the_next_one_works()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));

        var failing = () => Store.AskAsync<int>(StoreSamples.Audit(), _ => throw new InvalidOperationException("no such thing"), None);

        await failing.Should().ThrowAsync<InvalidOperationException>().WithMessage("no such thing");
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().BeEmpty();
        (await Store.AskAsync(StoreSamples.Audit(), reader => reader.RecordCounts(StoreSamples.Practice).Count, None)).Should().Be(1);
    }

    [StoreFact]
    public async Task A_change_by_a_command_and_its_audit_row_are_one()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        var stored = (await FindAsync(StoreSamples.Patient("7")))!;
        var unit = new CommitUnit { Practice = StoreSamples.Practice, Records = [Samples.Change(stored, "last_name", "Roe")], Audit = StoreSamples.Audit("records correct") };

        var first = await CommitAsync(unit);
        var second = await CommitAsync(unit);

        (first.Outcome, second.Outcome).Should().Be((CommitOutcome.Committed, CommitOutcome.Conflict));
        (await ReadAsync(reader => reader.Audit(null, 10))).Single().Action.Should().Be("records correct");
        var changed = (await FindAsync(StoreSamples.Patient("7")))!;
        (await ReadAsync(reader => reader.Changes(StoreSamples.Practice, changed, 1))).Single().Message.Should().Be(EngineId.None);
    }

    [StoreFact]
    public async Task The_audit_is_listed_by_practice_newest_first_and_is_whole()
    {
        await Store.AskAsync(StoreSamples.Audit("first"), _ => 0, None);
        await Store.AskAsync(StoreSamples.Audit("second", practice: null), _ => 0, None);
        await ReopenAsync();
        await Store.AskAsync(StoreSamples.Audit("third", StoreSamples.OtherPractice), _ => 0, None);

        (await ReadAsync(reader => reader.Audit(null, 2))).Select(row => row.Action).Should().Equal("third", "second");
        (await ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10))).Select(row => row.Action).Should().Equal("first");
        (await ReadAsync(reader => reader.FirstAlteredAudit())).Should().BeNull();
    }

    [StoreFact]
    public async Task A_unit_that_has_its_place_is_committed_whatever_its_token_says()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var result = await Store.CommitAsync(Samples.Unit(), cancelled.Token);

        result.Outcome.Should().Be(CommitOutcome.Committed);
    }

    [StoreFact]
    public async Task A_closed_store_promises_nothing()
    {
        await Store.DisposeAsync();

        var commit = () => CommitAsync(Samples.Unit());

        await commit.Should().ThrowAsync<StoreUnavailableException>();
    }

    [StoreFact]
    public async Task The_store_counts_what_it_does()
    {
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        await CommitAsync(Samples.Unit(records: StoreSamples.Create(Samples.Record("7", "Roe"))));
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")));
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")));

        Store.Counters.Should().BeEquivalentTo(new { Units = 2L, Conflicts = 1L, Duplicates = 1L, Retries = 0L, Failures = 0L });
    }

    private async Task<EngineId> SightAsync(string key, string detail, string practice = StoreSamples.Practice)
    {
        var message = Samples.Message();
        await CommitAsync(Samples.Unit(message, practice: practice) with { Reviews = [new ReviewWrite("unknown code", key, detail)] });
        return message.Id;
    }

    private Task<CommitResult> DecideAsync(EngineId item, string decision) =>
        CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, Decisions = [new ReviewDecision(item, decision)], Audit = StoreSamples.Audit("review " + decision) });
}
