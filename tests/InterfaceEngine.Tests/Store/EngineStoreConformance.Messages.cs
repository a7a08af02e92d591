using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Messages, receipts, states, counts.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task A_message_is_kept_as_it_came_and_survives_a_restart()
    {
        var write = Samples.Message(MessageState.Quarantined, "MSH|^~\\&|Jürgen\r\0\xFF") with { Code = "MAP530" };

        (await CommitAsync(Samples.Unit(write))).Outcome.Should().Be(CommitOutcome.Committed);
        await ReopenAsync();

        var kept = await MessageAsync(write.Id);
        kept.Should().BeEquivalentTo(
            new { write.Id, Practice = StoreSamples.Practice, write.Source, write.ReceivedAt, write.Event, write.State, write.Code, write.MappingSet, write.ControlId, write.Detail, Size = (long)write.Body.Length });
        kept.Body.ToArray().Should().Equal(write.Body.ToArray());
        kept.Reply.ToArray().Should().Equal(write.Reply.ToArray());
    }

    [StoreFact]
    public async Task Bodies_are_read_in_the_order_of_receipt_a_page_after_the_other_and_for_one_practice_or_all()
    {
        var writes = new List<MessageWrite>();
        for (var count = 0; count < 5; count++)
        {
            var write = Samples.Message(body: $"message {count}");
            writes.Add(write);
            await CommitAsync(Samples.Unit(write, practice: count switch { 3 => StoreSamples.OtherPractice, 4 => null, _ => StoreSamples.Practice }));
        }

        var end = new EngineId(long.MaxValue);
        var first = await ReadAsync(reader => reader.MessageBodies(null, EngineId.None, end, 2));
        var second = await ReadAsync(reader => reader.MessageBodies(null, first[^1].Id, writes[4].Id, 10));
        var own = await ReadAsync(reader => reader.MessageBodies(StoreSamples.Practice, EngineId.None, end, 10));
        var unknown = await ReadAsync(reader => reader.MessageBodies("", EngineId.None, end, 10));

        first.Concat(second).Select(one => one.Id).Should().Equal(writes.Take(4).Select(write => write.Id));
        own.Select(one => (one.Id, one.Practice, one.ReceivedAt, one.IsDamaged)).Should().Equal(writes.Take(3).Select(write => (write.Id, (string?)StoreSamples.Practice, write.ReceivedAt, false)));
        own.Select(one => System.Text.Encoding.UTF8.GetString(one.Body.Span)).Should().Equal("message 0", "message 1", "message 2");
        unknown.Should().ContainSingle().Which.Practice.Should().BeNull();
    }

    [StoreFact]
    public async Task A_page_of_bodies_ends_before_it_is_too_large_and_holds_one_that_is()
    {
        var large = new byte[MessageBody.PageBytesMax + 1];
        MessageWrite[] writes = [Samples.Message(), Samples.Message() with { Body = large }, Samples.Message()];
        foreach (var write in writes)
        {
            await CommitAsync(Samples.Unit(write));
        }

        var pages = new List<int>();
        for (var after = EngineId.None; await ReadAsync(reader => reader.MessageBodies(null, after, new EngineId(long.MaxValue), 10)) is { Count: > 0 } page; after = page[^1].Id)
        {
            pages.Add(page.Count);
        }

        pages.Should().Equal(1, 1, 1);
    }

    [StoreFact]
    public async Task Where_the_last_messages_begin_is_found()
    {
        MessageWrite[] writes = [Samples.Message(), Samples.Message(), Samples.Message(), Samples.Message()];
        foreach (var write in writes)
        {
            await CommitAsync(Samples.Unit(write));
        }

        var end = new EngineId(long.MaxValue);
        (await ReadAsync(reader => reader.BeforeLast(null, EngineId.None, end, 3))).Should().Be(writes[0].Id);
        (await ReadAsync(reader => reader.BeforeLast(StoreSamples.Practice, EngineId.None, writes[3].Id, 1))).Should().Be(writes[1].Id);
        (await ReadAsync(reader => reader.BeforeLast(null, writes[1].Id, end, 3))).Should().Be(writes[1].Id, "there are no more");
        (await ReadAsync(reader => reader.BeforeLast(StoreSamples.OtherPractice, EngineId.None, end, 1))).Should().Be(EngineId.None);
    }

    [StoreTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task A_body_of_any_size_comes_back_the_same(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var write = Samples.Message() with { Body = body };

        await CommitAsync(Samples.Unit(write));

        (await MessageAsync(write.Id)).Body.ToArray().Should().Equal(body);
    }

    [StoreFact]
    public async Task A_message_without_a_practice_is_kept_under_the_engines_own_key()
    {
        var write = Samples.Message(MessageState.Refused);

        await CommitAsync(Samples.Unit(write, practice: null));

        (await MessageAsync(write.Id)).Practice.Should().BeNull();
        (await ReadAsync(reader => reader.Messages(new MessageFilter("", null, null, EngineId.None)))).Should().ContainSingle();
        (await ReadAsync(reader => reader.Messages(new MessageFilter(StoreSamples.Practice, null, null, EngineId.None)))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_message_kept_without_a_practice_moves_to_it_when_it_is_taken_up_again()
    {
        var write = Samples.Message(MessageState.Refused, "the body");
        await CommitAsync(Samples.Unit(write, practice: null));

        var result = await CommitAsync(Samples.Unit(write with { Replaces = MessageState.Refused, State = MessageState.Applied }));

        result.Outcome.Should().Be(CommitOutcome.Committed);
        var kept = await MessageAsync(write.Id);
        kept.Practice.Should().Be(StoreSamples.Practice);
        kept.Body.ToArray().Should().Equal(write.Body.ToArray());
    }

    [StoreFact]
    public async Task A_message_of_one_practice_is_not_taken_up_for_another()
    {
        var write = Samples.Message(MessageState.Quarantined);
        await CommitAsync(Samples.Unit(write));

        var result = await CommitAsync(Samples.Unit(write with { Replaces = MessageState.Quarantined, State = MessageState.Applied }, practice: StoreSamples.OtherPractice));

        result.Outcome.Should().Be(CommitOutcome.Conflict);
        (await MessageAsync(write.Id)).Should().BeEquivalentTo(new { State = MessageState.Quarantined, Practice = StoreSamples.Practice });
    }

    [StoreFact]
    public async Task A_message_that_left_its_state_meanwhile_is_a_conflict()
    {
        var write = Samples.Message(MessageState.Quarantined);
        await CommitAsync(Samples.Unit(write));
        var applied = write with { Replaces = MessageState.Quarantined, State = MessageState.Applied, Detail = "first" };
        await CommitAsync(Samples.Unit(applied));

        var late = await CommitAsync(Samples.Unit(applied with { State = MessageState.Dismissed, Detail = "second" }));

        late.Outcome.Should().Be(CommitOutcome.Conflict);
        (await MessageAsync(write.Id)).Should().BeEquivalentTo(new { State = MessageState.Applied, Detail = "first" });
    }

    [StoreFact]
    public async Task A_message_id_given_twice_is_a_conflict()
    {
        var write = Samples.Message();
        await CommitAsync(Samples.Unit(write));

        (await CommitAsync(Samples.Unit(write with { Body = StoreSamples.Bytes("other") }))).Outcome.Should().Be(CommitOutcome.Conflict);

        (await MessageAsync(write.Id)).Body.ToArray().Should().Equal(write.Body.ToArray());
    }

    [StoreFact]
    public async Task A_resent_message_finds_its_earlier_reply()
    {
        var first = Samples.Message(controlId: "C7");
        await CommitAsync(Samples.Unit(first, StoreSamples.Receipt("APP\nFAC\nC7")));

        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("APP\nFAC\nC7"), [], []), None);

        loaded.Earlier!.Message.Should().Be(first.Id);
        loaded.Earlier.IsSameBody.Should().BeTrue();
        loaded.Earlier.Reply.ToArray().Should().Equal(first.Reply.ToArray());
    }

    [StoreFact]
    public async Task The_same_control_id_with_another_body_is_told_apart()
    {
        var first = Samples.Message();
        await CommitAsync(Samples.Unit(first, StoreSamples.Receipt("C7", "one")));

        var other = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("C7", "two"), [], []), None);

        other.Earlier.Should().BeEquivalentTo(new { Message = first.Id, IsSameBody = false });
        other.Earlier!.Reply.Length.Should().Be(0);
        (await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7", "two")))).Outcome.Should().Be(CommitOutcome.Committed);
        (await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("C7", "one"), [], []), None)).Earlier!.Message.Should().Be(first.Id);
    }

    [StoreFact]
    public async Task A_receipt_of_one_practice_is_unknown_to_another()
    {
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")));
        await CommitAsync(Samples.Unit(practice: StoreSamples.OtherPractice));

        var loaded = await Store.LoadAsync(StoreSamples.OtherPractice, new LoadQuery(StoreSamples.Receipt("C7"), [], []), None);

        loaded.Earlier.Should().BeNull();
    }

    [StoreTheory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task A_resend_is_recognised_for_thirty_days(int days, bool isKnown)
    {
        await CommitAsync(Samples.Unit(receipt: StoreSamples.Receipt("C7")));

        Clock.Advance(TimeSpan.FromDays(days));

        var loaded = await Store.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("C7"), [], []), None);
        (loaded.Earlier is not null).Should().Be(isKnown);
    }

    [StoreFact]
    public async Task A_message_accepted_on_two_connections_at_once_is_accepted_once()
    {
        var units = Enumerable.Range(0, 8).Select(_ => Samples.Unit(receipt: StoreSamples.Receipt("C7"), records: StoreSamples.Create(Samples.Record("7", "Doe")))).ToArray();

        var results = await Task.WhenAll(units.Select(unit => Task.Run(() => CommitAsync(unit))));

        results.Count(result => result.Outcome == CommitOutcome.Committed).Should().Be(1);
        results.Count(result => result.Outcome == CommitOutcome.Duplicate).Should().Be(7);
        (await ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)))).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_resend_on_the_other_side_of_midnight_is_a_duplicate_too()
    {
        // Step through a fortnight's midnights, so that wherever a store divides time, one of them divides it.
        for (var day = 0; day < 14; day++)
        {
            var untilMidnight = (24L * 3600 * 1000) - (Clock.Milliseconds % (24L * 3600 * 1000));
            Clock.Advance(TimeSpan.FromMilliseconds(untilMidnight - 1));
            var before = Samples.Unit(receipt: StoreSamples.Receipt("C" + day));
            Clock.Advance(TimeSpan.FromMilliseconds(2));
            var after = Samples.Unit(receipt: StoreSamples.Receipt("C" + day));

            (await CommitAsync(before)).Outcome.Should().Be(CommitOutcome.Committed);
            (await CommitAsync(after)).Outcome.Should().Be(CommitOutcome.Duplicate);
        }
    }

    [StoreFact]
    public async Task Messages_are_listed_newest_first_in_pages()
    {
        var ids = new List<EngineId>();
        for (var index = 0; index < 7; index++)
        {
            var write = Samples.Message(index % 2 == 0 ? MessageState.Applied : MessageState.Held) with { Event = index < 4 ? "ADT^A04" : "SIU^S12" };
            ids.Add(write.Id);
            await CommitAsync(Samples.Unit(write, practice: index == 6 ? StoreSamples.OtherPractice : StoreSamples.Practice));
        }

        (await PageAsync(new MessageFilter(null, null, null, EngineId.None, 3))).Should().Equal(ids[6], ids[5], ids[4]);
        (await PageAsync(new MessageFilter(null, null, null, ids[4], 3))).Should().Equal(ids[3], ids[2], ids[1]);
        (await PageAsync(new MessageFilter(null, null, null, ids[1], 3))).Should().Equal(ids[0]);
        (await PageAsync(new MessageFilter(StoreSamples.Practice, null, null, EngineId.None))).Should().Equal(Enumerable.Range(0, 6).Reverse().Select(index => ids[index]));
        (await PageAsync(new MessageFilter(null, MessageState.Held, null, EngineId.None))).Should().Equal(ids[5], ids[3], ids[1]);
        (await PageAsync(new MessageFilter(StoreSamples.Practice, MessageState.Applied, "SIU^S12", EngineId.None))).Should().Equal(ids[4]);
        (await ReadAsync(reader => reader.MessagesIn(MessageState.Held, 2))).Should().Equal(ids[1], ids[3]);
    }

    [StoreFact]
    public async Task A_list_of_messages_does_not_carry_their_bodies()
    {
        await CommitAsync(Samples.Unit());

        var listed = (await ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)))).Single();

        listed.Body.Length.Should().Be(0);
        listed.Reply.Length.Should().Be(0);
        listed.ControlId.Should().Be("C1");
        listed.Size.Should().BeGreaterThan(0);
    }

    [StoreFact]
    public async Task Messages_are_counted_by_source_and_state_through_every_change()
    {
        var parked = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit());
        await CommitAsync(Samples.Unit(Samples.Message(MessageState.Applied, source: "lab")));
        await CommitAsync(Samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("7")] });
        await CommitRecordsAsync(StoreSamples.Create(Samples.Record("7", "Doe")));
        await CommitAsync(Samples.Unit(parked));
        await ReopenAsync();

        (await ReadAsync(reader => reader.MessageCounts())).Should().BeEquivalentTo([
            ("front-desk", MessageState.Applied, 2L),
            ("front-desk", MessageState.Ready, 1L),
            ("lab", MessageState.Applied, 1L),
        ]);
    }

    [StoreFact]
    public async Task A_mapping_set_is_kept_once()
    {
        await Store.KeepMappingSetAsync("set-1", StoreSamples.Bytes("first"), None);
        await Store.KeepMappingSetAsync("set-1", StoreSamples.Bytes("second"), None);

        (await ReadAsync(reader => reader.MappingSet("set-1")))!.Value.ToArray().Should().Equal(StoreSamples.Bytes("first"));
        (await ReadAsync(reader => reader.MappingSet("set-2"))).Should().BeNull();
    }

    private async Task<IEnumerable<EngineId>> PageAsync(MessageFilter filter) =>
        (await ReadAsync(reader => reader.Messages(filter))).Select(message => message.Id);
}
