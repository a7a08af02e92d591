using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>The numbers that sources give, and what is known of those without a message.</content>
public abstract partial class EngineStoreConformance
{
    private const string FrontDesk = "front-desk";

    [StoreFact]
    public async Task A_message_keeps_the_number_its_source_gave_it()
    {
        var run = await BeginRunAsync();
        var write = Samples.Message(MessageState.Quarantined) with { Run = run.Id, Number = 7 };

        await CommitAsync(Samples.Unit(write));
        await CommitAsync(Samples.Unit(write with { Replaces = MessageState.Quarantined, State = MessageState.Applied, Run = 0, Number = 0 }));
        await ReopenAsync();

        (await MessageAsync(write.Id)).Should().BeEquivalentTo(new { Run = run.Id, Number = 7L, State = MessageState.Applied });
        (await ReadAsync(reader => reader.Numbered(run.Id, new NumberRange(1, 100), 10)))
            .Should().Equal(new NumberedMessage(7, MessageState.Applied, write.Id));
    }

    [StoreFact]
    public async Task A_sources_numbers_go_on_where_its_run_before_ended()
    {
        var first = await BeginRunAsync();
        await ReportAsync(first, new NumberRange(1, 12), isFinal: true);
        await ReopenAsync();

        var second = await BeginRunAsync();
        var other = await BeginRunAsync("lab");

        first.First.Should().Be(1);
        second.First.Should().Be(13);
        other.First.Should().Be(1, "every source counts for itself");
        new[] { first.Id, second.Id, other.Id }.Should().OnlyHaveUniqueItems().And.NotContain(0);
    }

    [StoreFact]
    public async Task A_day_that_goes_on_is_said_again()
    {
        var run = await BeginRunAsync();
        await ReportAsync(run, new NumberRange(1, 3));
        await ReportAsync(run, new NumberRange(1, 8));

        (await ReadAsync(reader => reader.SourceDays(0))).Should().Equal(new SourceDay(Today, FrontDesk, run.Id, new NumberRange(1, 8)));
    }

    [StoreFact]
    public async Task A_number_that_got_no_answer_although_its_message_is_stored_counts_as_stored()
    {
        var run = await BeginRunAsync();
        await CommitNumberAsync(run, 3);

        await ReportAsync(run, new NumberRange(1, 5), unanswered: new NumberRange(2, 5));

        (await UnansweredAsync(run)).Should().Equal(new UnansweredRange(new(2, 2), false), new UnansweredRange(new(4, 5), false));
    }

    [StoreFact]
    public async Task Numbers_on_their_way_when_the_engine_was_killed_are_interrupted()
    {
        var run = await BeginRunAsync(inFlightMax: 2);
        await CommitNumberAsync(run, 1);
        await ReportAsync(run, new NumberRange(1, 4), unanswered: new NumberRange(2, 2), settledThrough: 2);
        await CommitNumberAsync(run, 6);
        await CommitNumberAsync(run, 4);
        await ReopenAsync();

        var ended = await Store.Ledger.EndAbandonedRunsAsync(None);

        ended.Should().Equal((FrontDesk, 2L));
        (await UnansweredAsync(run)).Should().Equal(new UnansweredRange(new(2, 2), false), new UnansweredRange(new(3, 3), true), new UnansweredRange(new(5, 5), true));
        (await ReadAsync(reader => reader.SourceDays(0))).Should().Equal(new SourceDay(Today, FrontDesk, run.Id, new NumberRange(1, 6)));
        (await BeginRunAsync()).First.Should().Be(7);
        (await Store.Ledger.EndAbandonedRunsAsync(None)).Should().ContainSingle("the new run is open now").Which.Interrupted.Should().Be(0);
    }

    [StoreFact]
    public async Task More_missing_numbers_than_can_have_been_on_their_way_are_not_explained_by_a_kill()
    {
        var run = await BeginRunAsync(inFlightMax: 2);
        await CommitNumberAsync(run, 1);
        await CommitNumberAsync(run, 5);

        var ended = await Store.Ledger.EndAbandonedRunsAsync(None);

        ended.Should().Equal((FrontDesk, 0L));
        (await UnansweredAsync(run)).Should().BeEmpty();
        (await ReadAsync(reader => reader.SourceDays(0))).Should().Equal(new SourceDay(Today, FrontDesk, run.Id, new NumberRange(1, 5)));
    }

    [StoreFact]
    public async Task A_run_that_was_killed_after_midnight_has_two_days()
    {
        var run = await BeginRunAsync(inFlightMax: 8);
        var day = Today;
        await CommitNumberAsync(run, 1);
        await CommitNumberAsync(run, 2);
        Clock.Advance(TimeSpan.FromDays(1));
        await CommitNumberAsync(run, 4);

        await Store.Ledger.EndAbandonedRunsAsync(None);

        (await ReadAsync(reader => reader.SourceDays(0))).Should().Equal(
            new SourceDay(day, FrontDesk, run.Id, new NumberRange(1, 2)), new SourceDay(day + 1, FrontDesk, run.Id, new NumberRange(3, 4)));
        (await ReadAsync(reader => reader.SourceDays(day + 1))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task Messages_are_counted_on_the_day_of_their_receipt_whenever_they_change_state()
    {
        var run = await BeginRunAsync();
        var day = Today;
        var write = Samples.Message(MessageState.Held) with { Run = run.Id, Number = 1 };
        await CommitAsync(Samples.Unit(write));
        Clock.Advance(TimeSpan.FromDays(2));
        await CommitAsync(Samples.Unit(write with { Replaces = MessageState.Held, State = MessageState.Dismissed }));

        (await ReadAsync(reader => reader.DayCounts(0))).Should().Equal(new DayCount(day, FrontDesk, run.Id, MessageState.Dismissed, 1));
        (await ReadAsync(reader => reader.DayCounts(day + 1))).Should().BeEmpty();
    }

    private protected long Today => LedgerDay.Of(Clock.Milliseconds);

    private protected Task<SourceRun> BeginRunAsync(string source = FrontDesk, int inFlightMax = 16) => Store.Ledger.BeginRunAsync(source, inFlightMax, None);

    private protected async Task<MessageWrite> CommitNumberAsync(SourceRun run, long number, MessageState state = MessageState.Applied)
    {
        var write = Samples.Message(state, source: run.Source) with { Run = run.Id, Number = number };
        (await CommitAsync(Samples.Unit(write))).Outcome.Should().Be(CommitOutcome.Committed);
        return write;
    }

    private protected Task ReportAsync(SourceRun run, NumberRange numbers, NumberRange? unanswered = null, long? settledThrough = null, bool isFinal = false) =>
        Store.Ledger.ReportAsync(
            new NumberReport(
                run, [new DayNumbers(Today, numbers)], unanswered is { } range ? [new DayNumbers(Today, range)] : [], settledThrough ?? numbers.Last, isFinal),
            None);

    private Task<IReadOnlyList<UnansweredRange>> UnansweredAsync(SourceRun run) => ReadAsync(reader => reader.Unanswered(run.Id, new NumberRange(1, 1000)));
}
