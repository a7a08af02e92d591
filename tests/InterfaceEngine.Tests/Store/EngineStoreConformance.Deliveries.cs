using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>What is to be sent: queued with its cause, in order within a lane, settled by the lease's owner alone.</content>
public abstract partial class EngineStoreConformance
{
    private const string Destination = "athena";

    /// <summary>Of a database it is real time that passes, too: minutes, which no test takes.</summary>
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(10);

    [StoreFact]
    public async Task Records_whose_changes_wait_to_be_told_are_known_with_when_the_first_was_queued()
    {
        var (told, untold, first) = (Samples.NextId(), Samples.NextId(), Clock.Milliseconds);
        DeliveryWrite Of(EngineId record, string lane) => StoreSamples.Delivery(Samples.NextId(), lane, "athena") with { Record = record };
        var delivery = Of(told, "2");
        await CommitAsync(Samples.Unit() with { Deliveries = [Of(untold, "1"), delivery, StoreSamples.Delivery(Samples.NextId(), "3", "athena") with { Record = null }] });
        Clock.Advance(TimeSpan.FromMinutes(1));
        await CommitAsync(Samples.Unit() with { Deliveries = [Of(untold, "1")], DeliveryDecisions = [new DeliveryDecision(delivery.Id, DeliveryVerdict.Dismiss)] });

        (await ReadAsync(reader => reader.WaitingChanges(StoreSamples.Practice))).Should().Equal(new Dictionary<EngineId, long> { [untold] = first });
        (await ReadAsync(reader => reader.WaitingChanges(StoreSamples.OtherPractice))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_delivery_is_queued_with_the_unit_that_causes_it()
    {
        var message = Samples.Message();
        var write = Delivery("lane 1") with { Message = message.Id, Record = Samples.NextId() };

        await CommitAsync(Samples.Unit(message) with { Deliveries = [write] });

        var stored = (await ReadAsync(reader => reader.Delivery(write.Id)))!;
        stored.Should().BeEquivalentTo(new
        {
            write.Id,
            Practice = StoreSamples.Practice,
            write.Destination,
            write.Event,
            State = DeliveryState.Waiting,
            Code = (string?)null,
            Attempts = 0,
            NextAttemptAt = Clock.Milliseconds,
            CreatedAt = Clock.Milliseconds,
            SettledAt = (long?)null,
            write.Record,
            write.Message,
            write.ControlId,
            Reason = (string?)null,
            Size = (long)write.Body.Length,
        });
        stored.Body.ToArray().Should().Equal(write.Body.ToArray());
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Waiting, 1L));
    }

    [StoreFact]
    public async Task What_tells_of_a_record_is_found_by_it_the_newest_first()
    {
        var (record, other) = (Samples.NextId(), Samples.NextId());
        var writes = new[] { Delivery("lane 1") with { Record = record }, Delivery("lane 2") with { Record = other }, Delivery("lane 2") with { Record = record }, Delivery("lane 3") };
        await QueueAsync(writes);

        var found = await ReadAsync(reader => reader.DeliveriesOf(StoreSamples.Practice, record, 10));

        found.Select(one => one.Id).Should().Equal(writes[2].Id, writes[0].Id);
        (await ReadAsync(reader => reader.DeliveriesOf(StoreSamples.Practice, record, 1))).Should().ContainSingle().Which.Id.Should().Be(writes[2].Id);
        (await ReadAsync(reader => reader.DeliveriesOf(StoreSamples.OtherPractice, record, 10))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_claim_leaves_out_the_lanes_that_its_owner_takes_nothing_of()
    {
        var lease = await TakeAsync();
        var (first, second) = (Delivery("lane 1"), Delivery("lane 2"));
        await QueueAsync(first, second);
        var full = (await ClaimAsync(lease)).Single(claimed => claimed.Id == first.Id).Lane;

        var claim = (await Store.Deliveries.ClaimAsync(lease, Destination, new ClaimScope(new HashSet<EngineId>(), lane => lane != full, 1), None))!;

        claim.Deliveries.Single().Id.Should().Be(second.Id);
    }

    [StoreFact]
    public async Task What_was_claimed_is_to_be_sent_until_it_is_settled_and_only_as_what_it_is()
    {
        var lease = await TakeAsync();
        await QueueAsync(Delivery("lane 1"));
        var claimed = (await ClaimAsync(lease)).Single();

        (await IsWaitingAsync(claimed)).Should().BeTrue();
        (await IsWaitingAsync(claimed with { Practice = StoreSamples.OtherPractice })).Should().BeFalse();
        (await Store.Deliveries.IsWaitingAsync(lease, "elsewhere", claimed, None)).Should().BeFalse();
        (await Store.Deliveries.IsWaitingAsync(lease with { Number = lease.Number + 1 }, Destination, claimed, None)).Should().BeFalse("another has the lease");
        await Store.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = claimed, State = DeliveryState.Delivered, Code = "AA" }], None);
        (await IsWaitingAsync(claimed)).Should().BeFalse();

        Task<bool> IsWaitingAsync(ClaimedDelivery delivery) => Store.Deliveries.IsWaitingAsync(lease, Destination, delivery, None).AsTask();
    }

    [StoreFact]
    public async Task A_unit_that_is_not_committed_queues_nothing()
    {
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")));

        var again = await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")) with { Deliveries = [Delivery("lane 1")] });
        var lost = await CommitAsync(Samples.Unit() with { Deliveries = [Delivery("lane 1")], Decisions = [new ReviewDecision(Samples.NextId(), "accepted")] });

        (again.Outcome, lost.Outcome).Should().Be((CommitOutcome.Duplicate, CommitOutcome.Conflict));
        (await ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None)))).Should().BeEmpty();
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().BeEmpty();
        (await ClaimAsync(await TakeAsync())).Should().BeEmpty();
    }

    [StoreFact]
    public async Task Of_each_lane_only_the_oldest_that_is_not_settled_is_claimed()
    {
        var (first, second, other) = (Delivery("lane 1"), Delivery("lane 1"), Delivery("lane 2"));
        await QueueAsync(first, second, other);
        var lease = await TakeAsync();

        (await ClaimAsync(lease)).Select(claimed => claimed.Id).Should().Equal(first.Id, other.Id);
        await SettleAsync(lease, first.Id, DeliveryState.Delivered);
        (await ClaimAsync(lease)).Select(claimed => claimed.Id).Should().BeEquivalentTo([second.Id, other.Id]);
        await SettleAsync(lease, second.Id, DeliveryState.Delivered);
        await SettleAsync(lease, other.Id, DeliveryState.Delivered);

        (await ClaimAsync(lease)).Should().BeEmpty();
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Delivered, 3L));
    }

    [StoreFact]
    public async Task The_order_within_a_lane_is_that_of_the_commits_whatever_the_ids_say()
    {
        var (committedLast, committedFirst) = (Delivery("lane 1"), Delivery("lane 1"));
        await QueueAsync(committedFirst);
        await QueueAsync(committedLast);
        var lease = await TakeAsync();

        (await ClaimAsync(lease)).Single().Id.Should().Be(committedFirst.Id);
        await SettleAsync(lease, committedFirst.Id, DeliveryState.Delivered);
        (await ClaimAsync(lease)).Single().Id.Should().Be(committedLast.Id);
    }

    [StoreFact]
    public async Task The_same_lane_of_another_practice_or_destination_is_another_lane()
    {
        var elsewhere = Delivery("lane 1", "other");
        var ours = Delivery("lane 1");
        var theirs = Delivery("lane 1");
        await QueueAsync(ours, elsewhere);
        await CommitAsync(Samples.Unit(practice: StoreSamples.OtherPractice) with { Deliveries = [theirs] });
        await CommitAsync(new CommitUnit { Practice = null, Deliveries = [Delivery("lane 1")] });

        var claimed = await ClaimAsync(await TakeAsync());

        claimed.Select(delivery => delivery.Practice).Should().Equal(StoreSamples.Practice, StoreSamples.OtherPractice, null);
        claimed.Select(delivery => delivery.Lane).Should().OnlyHaveUniqueItems();
    }

    [StoreFact]
    public async Task What_is_claimed_is_what_was_queued_and_carries_what_failed_before()
    {
        var write = Delivery("lane 1");
        await QueueAsync(write);
        var lease = await TakeAsync();
        await SettleAsync(lease, write.Id, DeliveryState.Waiting);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await SettleAsync(lease, write.Id, DeliveryState.Waiting);
        Clock.Advance(TimeSpan.FromSeconds(2));

        var claimed = (await ClaimAsync(lease)).Single();

        claimed.Should().BeEquivalentTo(new { write.Id, write.ControlId, write.Event, Attempts = 2, TriedFor = (TimeSpan?)TimeSpan.FromSeconds(7), IsDamaged = false });
        claimed.Body.ToArray().Should().Equal(write.Body.ToArray());
    }

    [StoreFact]
    public async Task A_delivery_that_is_not_due_stops_its_own_lane_only_and_says_when_it_will_be()
    {
        var (first, behind, other) = (Delivery("lane 1"), Delivery("lane 1"), Delivery("lane 2"));
        await QueueAsync(first, behind, other);
        var lease = await TakeAsync();
        var dueAt = Clock.Milliseconds + 10_000;
        await SettleAsync(lease, first.Id, DeliveryState.Waiting, TimeSpan.FromSeconds(10), "no reply");

        var early = (await Store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(10), None))!;
        Clock.Advance(TimeSpan.FromSeconds(10));
        var due = await ClaimAsync(lease);

        early.Deliveries.Select(claimed => claimed.Id).Should().Equal(other.Id);
        early.NextDueIn.Should().Be(TimeSpan.FromSeconds(10));
        due.Select(claimed => claimed.Id).Should().Equal(other.Id, first.Id);
        (await ReadAsync(reader => reader.Delivery(first.Id)))!.Should().BeEquivalentTo(new { State = DeliveryState.Waiting, Attempts = 1, Code = "no reply", NextAttemptAt = dueAt });
    }

    [StoreFact]
    public async Task A_held_delivery_stops_its_own_lane_only()
    {
        var (first, behind, other) = (Delivery("lane 1"), Delivery("lane 1"), Delivery("lane 2"));
        await QueueAsync(first, behind, other);
        var lease = await TakeAsync();

        await Store.Deliveries.SettleAsync(lease, [Settlement(first.Id, await ClaimAsync(lease), DeliveryState.Held, "AE 103", "no such provider", "MSA|AE|")], None);

        (await ClaimAsync(lease)).Select(claimed => claimed.Id).Should().Equal(other.Id);
        var held = (await ReadAsync(reader => reader.Delivery(first.Id)))!;
        held.Should().BeEquivalentTo(new { State = DeliveryState.Held, Code = "AE 103", Reason = "no such provider", first.ControlId, SettledAt = (long?)null });
        held.Reply.ToArray().Should().Equal(StoreSamples.Bytes("MSA|AE|"));
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Held, 1L), (Destination, DeliveryState.Waiting, 2L));
    }

    [StoreFact]
    public async Task What_is_on_its_way_is_not_claimed_again()
    {
        var writes = Enumerable.Range(0, 6).Select(number => Delivery($"lane {number}")).ToArray();
        await QueueAsync(writes);
        var lease = await TakeAsync();
        var page = (await Store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(4), None))!.Deliveries;

        var next = (await Store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(4, page.Select(claimed => claimed.Id).ToHashSet()), None))!.Deliveries;

        page.Concat(next).Select(claimed => claimed.Id).Should().Equal(writes.Select(write => write.Id));
    }

    [StoreFact]
    public async Task A_settlement_is_written_once()
    {
        var write = Delivery("lane 1");
        await QueueAsync(write, Delivery("lane 1"));
        var lease = await TakeAsync();
        var claimed = await ClaimAsync(lease);

        await Store.Deliveries.SettleAsync(lease, [Settlement(write.Id, claimed, DeliveryState.Delivered)], None);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Deliveries.SettleAsync(lease, [Settlement(write.Id, claimed, DeliveryState.Held)], None);

        (await ReadAsync(reader => reader.Delivery(write.Id)))!.Should().BeEquivalentTo(new { State = DeliveryState.Delivered, SettledAt = Clock.Milliseconds - 1000, Attempts = 1 });
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Delivered, 1L), (Destination, DeliveryState.Waiting, 1L));
    }

    [StoreFact]
    public async Task Deliveries_outlive_the_process()
    {
        var (first, second) = (Delivery("lane 1"), Delivery("lane 1"));
        await QueueAsync(first, second);
        var lease = await TakeAsync();
        await SettleAsync(lease, first.Id, DeliveryState.Delivered);
        await Store.Leases.ReleaseAsync(lease, None);

        await ReopenAsync();

        (await ClaimAsync(await TakeAsync("after"))).Single().Id.Should().Be(second.Id);
    }

    [StoreFact]
    public async Task A_lease_has_one_owner_until_its_end_and_each_owner_a_higher_number()
    {
        var first = await TakeAsync("one");

        (await Store.Leases.TakeAsync(LeaseName, "two", _lease, None)).Should().BeNull();
        await PassAsync(_lease - TimeSpan.FromMinutes(1));
        (await Store.Leases.RenewAsync(first, _lease, None)).Should().BeTrue();
        await PassAsync(_lease - TimeSpan.FromMinutes(1));
        (await Store.Leases.TakeAsync(LeaseName, "two", _lease, None)).Should().BeNull();
        await PassAsync(TimeSpan.FromMinutes(1));
        var second = await TakeAsync("two");

        second.Number.Should().BeGreaterThan(first.Number);
        (await Store.Leases.RenewAsync(first, _lease, None)).Should().BeFalse();
        var stored = (await ReadAsync(reader => reader.Leases())).Should().ContainSingle().Which;
        stored.Should().BeEquivalentTo(new { Name = LeaseName, Owner = "two", second.Number });
        stored.EndsIn.Should().BeGreaterThan(_lease - TimeSpan.FromMinutes(1)).And.BeLessThanOrEqualTo(_lease);
    }

    [StoreFact]
    public async Task A_lease_that_was_given_back_can_be_taken_at_once_and_keeps_its_numbers()
    {
        var first = await TakeAsync("one");

        await Store.Leases.ReleaseAsync(first, None);
        var second = await TakeAsync("two");
        await Store.Leases.ReleaseAsync(first, None);

        second.Number.Should().BeGreaterThan(first.Number);
        (await Store.Leases.TakeAsync(LeaseName, "three", _lease, None)).Should().BeNull("what the first gave back again was not its own any more");
    }

    [StoreFact]
    public async Task An_owner_gets_its_own_lease_anew_and_can_do_nothing_more_by_the_old_one()
    {
        var write = Delivery("lane 1");
        await QueueAsync(write);
        var first = await TakeAsync("one");
        var claimed = await ClaimAsync(first);

        var second = await TakeAsync("one");

        second.Number.Should().Be(first.Number + 1);
        (await Store.Leases.RenewAsync(first, _lease, None)).Should().BeFalse();
        (await Store.Deliveries.SettleAsync(first, [Settlement(write.Id, claimed, DeliveryState.Delivered)], None)).Should().BeFalse();
        (await Store.Deliveries.SettleAsync(second, [Settlement(write.Id, claimed, DeliveryState.Delivered)], None)).Should().BeTrue();
        (await Store.Leases.TakeAsync(LeaseName, "two", _lease, None)).Should().BeNull();
    }

    [StoreFact]
    public async Task Whoever_lost_the_lease_claims_and_settles_nothing()
    {
        var write = Delivery("lane 1");
        await QueueAsync(write);
        var lost = await TakeAsync("one");
        var claimed = await ClaimAsync(lost);
        await PassAsync(_lease);
        var current = await TakeAsync("two");

        var isSettled = await Store.Deliveries.SettleAsync(lost, [Settlement(write.Id, claimed, DeliveryState.Delivered)], None);

        isSettled.Should().BeFalse();
        (await Store.Deliveries.ClaimAsync(lost, Destination, StoreSamples.Scope(10), None)).Should().BeNull();
        (await ReadAsync(reader => reader.Delivery(write.Id)))!.State.Should().Be(DeliveryState.Waiting);
        (await ClaimAsync(current)).Single().Id.Should().Be(write.Id);
    }

    [StoreFact]
    public async Task A_person_has_a_held_delivery_sent_again_in_its_old_place()
    {
        var (first, second) = (Delivery("lane 1"), Delivery("lane 1"));
        await QueueAsync(first, second);
        var lease = await TakeAsync();
        await SettleAsync(lease, first.Id, DeliveryState.Held);

        var decided = await DecideAsync(first.Id, DeliveryVerdict.Retry);

        decided.Outcome.Should().Be(CommitOutcome.Committed);
        (await ClaimAsync(lease)).Single().Should().BeEquivalentTo(new { first.Id, Attempts = 0, TriedFor = (TimeSpan?)null });
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Waiting, 2L));
        (await ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_dismissed_delivery_lets_its_lane_go_on()
    {
        var (first, second, third) = (Delivery("lane 1"), Delivery("lane 1"), Delivery("lane 1"));
        await QueueAsync(first, second, third);
        var lease = await TakeAsync();
        await SettleAsync(lease, first.Id, DeliveryState.Held);

        await DecideAsync(second.Id, DeliveryVerdict.Dismiss);
        (await ClaimAsync(lease)).Should().BeEmpty("the first is still held");
        await DecideAsync(first.Id, DeliveryVerdict.Dismiss);

        (await ClaimAsync(lease)).Single().Id.Should().Be(third.Id);
        (await ReadAsync(reader => reader.Delivery(first.Id)))!.Should().BeEquivalentTo(new { State = DeliveryState.Dismissed, SettledAt = Clock.Milliseconds });
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryState.Dismissed, 2L), (Destination, DeliveryState.Waiting, 1L));
    }

    [StoreTheory]
    [InlineData("delivered")]
    [InlineData("dismissed")]
    public async Task A_settled_delivery_can_not_be_decided_about(string state)
    {
        var write = Delivery("lane 1");
        await QueueAsync(write);
        var lease = await TakeAsync();
        if (DeliveryStates.Parse(state) is DeliveryState.Delivered)
        {
            await SettleAsync(lease, write.Id, DeliveryState.Delivered);
        }
        else
        {
            await DecideAsync(write.Id, DeliveryVerdict.Dismiss);
        }

        (await DecideAsync(write.Id, DeliveryVerdict.Retry)).Outcome.Should().Be(CommitOutcome.Conflict);
        (await DecideAsync(write.Id, DeliveryVerdict.Dismiss)).Outcome.Should().Be(CommitOutcome.Conflict);
        (await ClaimAsync(lease)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task Another_practices_delivery_is_not_decided()
    {
        var write = Delivery("lane 1");
        await QueueAsync(write);

        var decided = await CommitAsync(new CommitUnit { Practice = StoreSamples.OtherPractice, DeliveryDecisions = [new DeliveryDecision(write.Id, DeliveryVerdict.Dismiss)] });

        decided.Outcome.Should().Be(CommitOutcome.Conflict);
    }

    [StoreTheory]
    [InlineData("delivered", "delivered")]
    [InlineData("held", "dismissed")]
    [InlineData("waiting", "dismissed")]
    public async Task What_is_dismissed_on_its_way_counts_as_delivered_only_if_the_receiver_took_it(string settled, string expected)
    {
        var (first, second) = (Delivery("lane 1"), Delivery("lane 1"));
        await QueueAsync(first, second);
        var lease = await TakeAsync();
        var claimed = await ClaimAsync(lease);
        await DecideAsync(first.Id, DeliveryVerdict.Dismiss);

        await Store.Deliveries.SettleAsync(lease, [Settlement(first.Id, claimed, DeliveryStates.Parse(settled))], None);

        (await ReadAsync(reader => reader.Delivery(first.Id)))!.State.Text().Should().Be(expected);
        (await ClaimAsync(lease)).Single().Id.Should().Be(second.Id);
        (await ReadAsync(reader => reader.DeliveryCounts())).Should().Equal((Destination, DeliveryStates.Parse(expected), 1L), (Destination, DeliveryState.Waiting, 1L));
    }

    [StoreFact]
    public async Task Deliveries_are_listed_newest_first_by_practice_destination_and_state()
    {
        var (first, second, elsewhere, theirs) = (Delivery("lane 1"), Delivery("lane 2"), Delivery("lane 1", "other"), Delivery("lane 1"));
        await QueueAsync(first);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await QueueAsync(second, elsewhere);
        await CommitAsync(Samples.Unit(practice: StoreSamples.OtherPractice) with { Deliveries = [theirs] });
        await SettleAsync(await TakeAsync(), second.Id, DeliveryState.Held);

        (await ListAsync(null, null, null)).Should().Equal(theirs.Id, elsewhere.Id, second.Id, first.Id);
        (await ListAsync(StoreSamples.Practice, Destination, null)).Should().Equal(second.Id, first.Id);
        (await ListAsync(null, null, DeliveryState.Held)).Should().Equal(second.Id);
        (await ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, elsewhere.Id, 1)))).Single().Id.Should().Be(second.Id);
        (await ReadAsync(reader => reader.OldestWaiting(Destination))).Should().Be(Clock.Milliseconds - 1000);
        (await ReadAsync(reader => reader.OldestWaiting("nowhere"))).Should().BeNull();

        async Task<IEnumerable<EngineId>> ListAsync(string? practice, string? destination, DeliveryState? state) =>
            (await ReadAsync(reader => reader.Deliveries(new DeliveryFilter(practice, destination, state, EngineId.None)))).Select(delivery => delivery.Id);
    }

    private const string LeaseName = "destination/" + Destination;

    private DeliveryWrite Delivery(string lane, string destination = Destination) => StoreSamples.Delivery(Samples.NextId(), lane, destination);

    private Task<CommitResult> QueueAsync(params DeliveryWrite[] deliveries) => CommitAsync(Samples.Unit() with { Deliveries = deliveries });

    private async Task<Lease> TakeAsync(string owner = "one") => (await Store.Leases.TakeAsync(LeaseName, owner, _lease, None))!;

    private async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(Lease lease) => (await Store.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(100), None))!.Deliveries;

    private async Task SettleAsync(Lease lease, EngineId delivery, DeliveryState state, TimeSpan? retryIn = null, string code = "AA")
    {
        var settlement = Settlement(delivery, await ClaimAsync(lease), state, code) with { RetryIn = retryIn ?? TimeSpan.Zero };
        (await Store.Deliveries.SettleAsync(lease, [settlement], None)).Should().BeTrue();
    }

    private static DeliverySettlement Settlement(EngineId delivery, IReadOnlyList<ClaimedDelivery> claimed, DeliveryState state, string code = "AA", string? reason = null, string reply = "") => new()
    {
        Delivery = claimed.Single(one => one.Id == delivery),
        State = state,
        Code = code,
        Reason = reason,
        Reply = StoreSamples.Bytes(reply),
        RetryIn = state is DeliveryState.Waiting ? TimeSpan.Zero : null,
    };

    private Task<CommitResult> DecideAsync(EngineId delivery, DeliveryVerdict verdict) => CommitAsync(new CommitUnit
    {
        Practice = StoreSamples.Practice,
        DeliveryDecisions = [new DeliveryDecision(delivery, verdict)],
        Audit = StoreSamples.Audit("deliveries retry"),
    });
}
