using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Closed days, recounts, and the other side of deliveries.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task A_message_of_a_closed_day_that_changes_its_state_leaves_the_day_as_it_was_closed()
    {
        var run = await BeginRunAsync();
        var day = Today;
        var held = await CommitNumberAsync(run, 1, MessageState.Held);
        await CommitNumberAsync(run, 2);
        await ReportAsync(run, new NumberRange(1, 2));
        Clock.Advance(TimeSpan.FromDays(2));
        (await Store.Ledger.SealAsync(day + 1, None)).Should().Be(1);

        await CommitAsync(Samples.Unit(held with { Replaces = MessageState.Held, State = MessageState.Applied }));
        await ReopenAsync();
        await CommitAsync(Samples.Unit(held with { Replaces = MessageState.Applied, State = MessageState.Dismissed }));

        (await ReadAsync(reader => reader.DayCounts(0))).Should().Equal(
            new DayCount(day, FrontDesk, run.Id, MessageState.Applied, 1), new DayCount(day, FrontDesk, run.Id, MessageState.Dismissed, 1));
        (await ReadAsync(reader => reader.MessageCounts())).Should().Equal((FrontDesk, MessageState.Applied, 1L), (FrontDesk, MessageState.Dismissed, 1L));
        (await ReadAsync(reader => (reader.SealedThrough(), reader.FirstAlteredDay(), reader.FirstAlteredEntry(isFull: true)))).Should().Be((day, null, null));
    }

    [StoreFact]
    public async Task A_difference_is_accepted_once_with_who_and_why_and_its_audit_row()
    {
        var unit = new CommitUnit
        {
            Practice = null,
            Accepts = new LedgerAcceptance(new EngineId(4711), 0, "maria", "killed then", "1 missing"),
            Audit = StoreSamples.Audit("ledger accept"),
        };

        (await CommitAsync(unit)).Outcome.Should().Be(CommitOutcome.Committed);
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await CommitAsync(unit with { Accepts = unit.Accepts with { Reason = "again" } })).Outcome.Should().Be(CommitOutcome.Conflict);
        await ReopenAsync();

        (await ReadAsync(reader => reader.Acceptances())).Should().Equal(unit.Accepts with { AcceptedAt = Clock.Milliseconds - 60_000 });
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle("what is given back leaves nothing");
    }

    [StoreFact]
    public async Task A_day_is_closed_once()
    {
        var run = await BeginRunAsync();
        await CommitNumberAsync(run, 1);
        Clock.Advance(TimeSpan.FromDays(3));
        await CommitNumberAsync(run, 2);

        (await Store.Ledger.SealAsync(Today - 1, None)).Should().Be(3, "days without messages are closed too");
        await ReopenAsync();
        (await Store.Ledger.SealAsync(Today - 1, None)).Should().Be(0);
        Clock.Advance(TimeSpan.FromDays(1));
        (await Store.Ledger.SealAsync(Today - 1, None)).Should().Be(1);

        (await ReadAsync(reader => reader.FirstAlteredDay())).Should().BeNull();
    }

    [StoreFact]
    public async Task A_clock_that_runs_ahead_closes_no_day_later_than_the_newest()
    {
        await CommitNumberAsync(await BeginRunAsync(), 1);

        (await Store.Ledger.SealAsync(Today + 10_000, None)).Should().Be(1);

        (await ReadAsync(reader => reader.SealedThrough())).Should().Be(Today);
    }

    [StoreFact]
    public async Task Before_anything_came_there_is_nothing_to_close()
    {
        (await Store.Ledger.SealAsync(Today - 1, None)).Should().Be(0);
        (await ReadAsync(reader => reader.SealedThrough())).Should().BeNull();
    }

    [StoreFact]
    public async Task A_unit_that_is_given_back_counts_nothing()
    {
        var run = await BeginRunAsync();
        var write = await CommitNumberAsync(run, 1);
        (await CommitAsync(Samples.Unit(write))).Outcome.Should().Be(CommitOutcome.Conflict);

        (await ReadAsync(reader => reader.DayCounts(0))).Should().Equal(new DayCount(Today, FrontDesk, run.Id, MessageState.Applied, 1));
    }

    [StoreFact]
    public async Task Rows_are_counted_by_their_numbers()
    {
        var run = await BeginRunAsync();
        for (var number = 1; number <= 6; number++)
        {
            await CommitNumberAsync(run, number, number % 2 == 0 ? MessageState.Applied : MessageState.Refused);
        }

        var unnumbered = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(unnumbered));

        (await ReadAsync(reader => reader.CountNumbered(run.Id, new NumberRange(2, 6)))).Should().BeEquivalentTo([(MessageState.Applied, 3L), (MessageState.Refused, 2L)]);
        (await ReadAsync(reader => reader.Numbered(run.Id, new NumberRange(3, 99), 2))).Select(row => row.Number).Should().Equal(3, 4);
        (await ReadAsync(reader => reader.Unnumbered(MessageState.Parked, EngineId.None, 10))).Should().Equal(new UnnumberedMessage(unnumbered.Id, FrontDesk, Today));
        (await ReadAsync(reader => reader.Unnumbered(MessageState.Parked, unnumbered.Id, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task What_was_queued_is_counted_whatever_becomes_of_it()
    {
        var delivery = StoreSamples.Delivery(Samples.NextId(), "7", "clinic");
        await CommitAsync(Samples.Unit() with { Deliveries = [delivery, StoreSamples.Delivery(Samples.NextId(), "7", "clinic")] });
        await CommitAsync(Samples.Unit() with { DeliveryDecisions = [new DeliveryDecision(delivery.Id, DeliveryVerdict.Dismiss)] });

        (await ReadAsync(reader => reader.QueuedCounts())).Should().Equal((delivery.Destination, 2L));
        var first = await ReadAsync(reader => reader.RecountDeliveries(EngineId.None, 1));
        var second = await ReadAsync(reader => reader.RecountDeliveries(first.Last, 10));
        first.Counts.Concat(second.Counts).Should().BeEquivalentTo([(delivery.Destination, DeliveryState.Dismissed, 1L), (delivery.Destination, DeliveryState.Waiting, 1L)]);
        (await ReadAsync(reader => reader.RecountDeliveries(second.Last, 10))).Last.Should().Be(EngineId.None);
    }
}
