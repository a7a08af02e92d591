using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>What is too old, and what is needed however old it is.</content>
public abstract partial class EngineStoreConformance
{
    private static readonly TimeSpan _longAfter = TimeSpan.FromDays(100);

    [StoreFact]
    public async Task Finished_messages_that_are_too_old_are_dropped_and_stay_in_the_ledgers_counts()
    {
        var run = await BeginRunAsync();
        var day = Today;
        var first = await CommitNumberAsync(run, 1);
        var second = await CommitNumberAsync(run, 2, MessageState.Ignored);
        Clock.Advance(_longAfter);
        var young = await CommitNumberAsync(run, 3);
        await Store.Ledger.SealAsync(Today - 1, None);

        (await DropAsync(DroppedKind.Messages)).Should().Be(2);
        (await DropAsync(DroppedKind.Messages)).Should().Be(0, "what is gone is counted once");
        await ReopenAsync();

        (await ReadAsync(reader => (reader.Message(first.Id), reader.Message(second.Id)))).Should().Be((null, null));
        (await ReadAsync(reader => reader.Message(young.Id))).Should().NotBeNull();
        DayCount[] dropped = [new(day, FrontDesk, run.Id, MessageState.Applied, 1), new(day, FrontDesk, run.Id, MessageState.Ignored, 1)];
        (await ReadAsync(reader => reader.DroppedCounts(0))).Should().Equal(dropped);
        (await ReadAsync(reader => reader.DroppedCounts(day + 1))).Should().BeEmpty();
        (await ReadAsync(reader => reader.DayCounts(0))).Should().Equal([.. dropped, new(Today, FrontDesk, run.Id, MessageState.Applied, 1)]);
        (await ReadAsync(reader => reader.FirstAlteredDay())).Should().BeNull();
    }

    [StoreFact]
    public async Task What_was_dropped_is_told_with_its_day_and_is_in_the_audit_once()
    {
        var write = Samples.Message();
        await CommitAsync(Samples.Unit(write));
        await CommitAsync(Samples.Unit());
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);

        await DropAsync(DroppedKind.Messages);

        var drop = (await ReadAsync(reader => reader.Dropped(DroppedKind.Messages, write.ReceivedAt)))!.Value;
        (drop.Before > write.ReceivedAt, drop.At).Should().Be((true, Clock.Milliseconds));
        (await ReadAsync(reader => reader.Dropped(DroppedKind.Messages, Clock.Milliseconds))).Should().BeNull("that is not too old");
        (await ReadAsync(reader => reader.Dropped(DroppedKind.Changes, write.ReceivedAt))).Should().BeNull("those are kept");
        (await ReadAsync(reader => reader.Drops())).Should().Equal(new DropSum(DroppedKind.Messages, 2, drop));
        var audit = (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle().Subject;
        (audit.Actor, audit.Action, audit.Practice).Should().Be(("engine", "retention", null));
        audit.Subject.Should().Be($"messages of before {LedgerDay.Text(LedgerDay.Of(drop.Before))}");
    }

    [StoreTheory]
    [InlineData("ready")]
    [InlineData("parked")]
    [InlineData("held")]
    [InlineData("refused")]
    [InlineData("quarantined")]
    public async Task A_message_that_is_not_finished_stays_however_old_it_is(string word)
    {
        var state = MessageStates.Parse(word);
        var write = Samples.Message(state);
        await CommitAsync(Samples.Unit(write));
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);

        (await DropAsync(DroppedKind.Messages)).Should().Be(0);

        (await MessageAsync(write.Id)).State.Should().Be(state);
    }

    [StoreFact]
    public async Task A_message_whose_day_is_not_closed_stays()
    {
        var write = Samples.Message();
        await CommitAsync(Samples.Unit(write));
        Clock.Advance(_longAfter);

        (await DropAsync(DroppedKind.Messages)).Should().Be(0);

        (await ReadAsync(reader => reader.Message(write.Id))).Should().NotBeNull();
    }

    [StoreFact]
    public async Task A_message_stays_while_a_delivery_that_came_from_it_waits()
    {
        var write = Samples.Message();
        var delivery = StoreSamples.Delivery(Samples.NextId(), "7", "clinic") with { Message = write.Id };
        await CommitAsync(Samples.Unit(write) with { Deliveries = [delivery] });
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);

        (await DropAsync(DroppedKind.Messages)).Should().Be(0);
        await CommitAsync(Samples.Unit() with { DeliveryDecisions = [new DeliveryDecision(delivery.Id, DeliveryVerdict.Dismiss)] });
        (await DropAsync(DroppedKind.Messages)).Should().Be(1);

        (await ReadAsync(reader => reader.Delivery(delivery.Id)))!.Message.Should().Be(write.Id, "where it came from is still told");
    }

    [StoreFact]
    public async Task A_message_stays_while_a_review_item_that_names_it_is_open()
    {
        var write = Samples.Message();
        await CommitAsync(Samples.Unit(write) with { Reviews = [new ReviewWrite("unknown code", "Z9", "detail")] });
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);

        (await DropAsync(DroppedKind.Messages)).Should().Be(0);
        var item = (await ReadAsync(reader => reader.Reviews(StoreSamples.Practice, "open", 10))).Should().ContainSingle().Subject;
        await CommitAsync(Samples.Unit() with { Decisions = [new ReviewDecision(item.Id, "dismissed")] });
        (await DropAsync(DroppedKind.Messages)).Should().Be(1);

        (await ReadAsync(reader => reader.Message(write.Id))).Should().BeNull();
    }

    [StoreFact]
    public async Task Settled_deliveries_that_are_too_old_are_dropped_and_stay_in_the_counts()
    {
        DeliveryWrite[] deliveries = [.. Enumerable.Range(0, 3).Select(lane => StoreSamples.Delivery(Samples.NextId(), $"{lane}", "clinic"))];
        await CommitAsync(Samples.Unit() with { Deliveries = deliveries });
        await CommitAsync(Samples.Unit() with { DeliveryDecisions = [new DeliveryDecision(deliveries[0].Id, DeliveryVerdict.Dismiss)] });
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit() with { DeliveryDecisions = [new DeliveryDecision(deliveries[1].Id, DeliveryVerdict.Dismiss)] });

        (await DropAsync(DroppedKind.Deliveries)).Should().Be(1);

        (await ReadAsync(reader => deliveries.Select(delivery => reader.Delivery(delivery.Id) is not null).ToArray())).Should().Equal([false, true, true], "the second was settled just now, the third waits");
        (await ReadAsync(reader => reader.DroppedDeliveries())).Should().Equal(("clinic", DeliveryState.Dismissed, 1L));
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal(("clinic", DeliveryState.Dismissed, 2L), ("clinic", DeliveryState.Waiting, 1L));
    }

    [StoreFact]
    public async Task A_records_history_ends_where_its_changes_were_dropped_and_the_record_stays()
    {
        var record = Samples.Record("1", "DOE");
        await CommitRecordsAsync(StoreSamples.Create(record));
        Clock.Advance(_longAfter);
        var stored = (await FindAsync(StoreSamples.Patient("1")))!;
        await CommitRecordsAsync(Samples.Change(stored, "last_name", "POE"));

        (await DropAsync(DroppedKind.Changes)).Should().Be(1);

        stored = (await FindAsync(StoreSamples.Patient("1")))!;
        var change = (await ReadAsync(reader => reader.Changes(StoreSamples.Practice, stored, 10))).Should().ContainSingle().Subject;
        change.Fields.Should().ContainSingle().Which.After.Should().Be("POE");
        change.Previous.Should().BeGreaterThan(0, "there was one before it");
    }

    [StoreFact]
    public async Task Changes_are_counted_on_though_all_of_them_were_dropped()
    {
        var last = (await CommitRecordsAsync(StoreSamples.Create(Samples.Record("1", "DOE")))).Sequence;
        Clock.Advance(_longAfter);
        (await DropAsync(DroppedKind.Changes)).Should().Be(1);
        await ReopenAsync();

        (await CommitRecordsAsync(StoreSamples.Create(Samples.Record("2", "POE")))).Sequence.Should().BeGreaterThan(last);
        (await ReadAsync(reader => reader.Changes(StoreSamples.Practice, reader.Record(StoreSamples.Practice, StoreSamples.Patient("1"))!, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task Receipts_that_are_too_old_are_dropped_for_every_practice()
    {
        foreach (var practice in (string[])[StoreSamples.Practice, StoreSamples.OtherPractice])
        {
            (await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("A"), practice: practice))).Outcome.Should().Be(CommitOutcome.Committed);
        }

        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("B")));

        (await DropAsync(DroppedKind.Receipts)).Should().Be(2);

        (await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("B")))).Outcome.Should().Be(CommitOutcome.Duplicate, "what is young is still recognised");
    }

    [StoreFact]
    public async Task More_than_a_turn_takes_is_dropped_in_turns()
    {
        for (var count = 0; count < 40; count++)
        {
            await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => CommitAsync(Samples.Unit())));
        }

        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);

        (await DropAsync(DroppedKind.Messages)).Should().Be(40 * 32);
        (await ReadAsync(reader => reader.DroppedCounts(0))).Sum(count => count.Messages).Should().Be(40 * 32);
    }

    [StoreFact]
    public async Task Who_lost_the_lease_drops_nothing()
    {
        var write = Samples.Message();
        await CommitAsync(Samples.Unit(write));
        Clock.Advance(_longAfter);
        await CommitAsync(Samples.Unit());
        await Store.Ledger.SealAsync(Today - 1, None);
        var lease = (await Store.Leases.TakeAsync("retention", "a", TimeSpan.Zero, None))!;
        (await Store.Leases.TakeAsync("retention", "b", TimeSpan.FromMinutes(1), None)).Should().NotBeNull();

        DropTurn? turn = new(0, DropPlace.Start, []);
        while (turn is { Next: { } place })
        {
            turn = await Store.Retention.DropAsync(lease, new Dropping(DroppedKind.Messages, DroppedBefore, place), None);
        }

        turn.Should().BeNull();
        (await ReadAsync(reader => reader.Message(write.Id))).Should().NotBeNull();
    }

    /// <summary>A beginning of a month too, so that it is the same for stores that drop months.</summary>
    private DateTimeOffset DroppedBefore => new DateTimeOffset(Clock.GetUtcNow().Year, Clock.GetUtcNow().Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-1);

    /// <summary>All that may go of what is older than two months or so; gives how many rows.</summary>
    private async Task<long> DropAsync(DroppedKind what)
    {
        var lease = (await Store.Leases.TakeAsync("retention", $"{Guid.NewGuid()}", TimeSpan.FromMinutes(1), None))!;
        var rows = 0L;
        for (DropPlace? place = DropPlace.Start; place is { } after;)
        {
            var turn = (await Store.Retention.DropAsync(lease, new Dropping(what, DroppedBefore, after), None))!;
            rows += turn.Rows;
            place = turn.Next;
        }

        await Store.Leases.ReleaseAsync(lease, None);
        return rows;
    }
}
