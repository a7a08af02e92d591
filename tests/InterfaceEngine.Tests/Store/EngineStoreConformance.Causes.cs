using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>The error queue: why messages need somebody.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task Messages_of_one_cause_are_counted_on_it_and_kept_in_order()
    {
        var first = await CommitBadAsync(BadDate);
        Clock.Advance(TimeSpan.FromMinutes(5));
        var second = await CommitBadAsync(BadDate with { Place = "PID-29" });
        await CommitBadAsync(BadDate with { Text = "another" });
        await CommitBadAsync(BadDate with { Cell = "other.map.md:1" });
        await CommitBadAsync(BadDate, StoreSamples.OtherPractice);
        await CommitBadAsync(BadDate, practice: null);
        await ReopenAsync();

        var causes = await ReadAsync(reader => reader.Causes(null, EngineId.None, 10));
        var cause = causes.Should().HaveCount(5).And.Subject.Last();
        cause.Should().BeEquivalentTo(new
        {
            Practice = StoreSamples.Practice,
            BadDate.State,
            BadDate.Code,
            BadDate.Place,
            BadDate.Cell,
            BadDate.Text,
            Messages = 2L,
            Sightings = 2L,
            FirstSeen = Clock.Milliseconds - 300_000,
            LastSeen = Clock.Milliseconds,
        });
        (await ReadAsync(reader => reader.CauseMessages(cause.Id, EngineId.None, 10))).Should().Equal(first.Id, second.Id);
        (await ReadAsync(reader => reader.CauseMessages(cause.Id, first.Id, 10))).Should().Equal(second.Id);
        (await ReadAsync(reader => reader.CauseOf(second.Id))).Should().Be(cause.Id);
        (await ReadAsync(reader => reader.Causes("", EngineId.None, 10))).Should().ContainSingle();
        (await ReadAsync(reader => reader.Causes(null, causes[1].Id, 2))).Select(one => one.Id).Should().Equal(causes[2].Id, causes[3].Id);
    }

    [StoreFact]
    public async Task A_message_that_passes_leaves_its_cause_and_a_cause_without_messages_is_closed()
    {
        var write = await CommitBadAsync(BadDate);
        var cause = (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10)))[0];

        await CommitAsync(Samples.Unit(write with { Replaces = write.State, State = MessageState.Applied }));

        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().BeEmpty();
        (await ReadAsync(reader => reader.Cause(cause.Id))).Should().BeEquivalentTo(new { Messages = 0L, Sightings = 1L });
        await CommitBadAsync(BadDate);
        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().ContainSingle().Which.Should().BeEquivalentTo(new { cause.Id, Messages = 1L, Sightings = 2L });
    }

    [StoreFact]
    public async Task A_message_that_is_taken_up_again_and_is_no_better_was_not_seen_twice()
    {
        var write = await CommitBadAsync(BadDate);

        await CommitAsync(Samples.Unit(write with { Replaces = write.State }) with { Cause = BadDate });
        await CommitAsync(Samples.Unit(write with { Replaces = write.State }) with { Cause = BadDate with { Code = "MAP544" } });

        var causes = await ReadAsync(reader => reader.Causes(null, EngineId.None, 10));
        causes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Code = "MAP544", Messages = 1L });
    }

    [StoreFact]
    public async Task A_unit_that_is_given_back_leaves_causes_as_they_were()
    {
        var write = await CommitBadAsync(BadDate);

        (await CommitAsync(Samples.Unit(write) with { Cause = BadDate })).Outcome.Should().Be(CommitOutcome.Conflict);
        (await CommitAsync(Samples.Unit(write with { Replaces = MessageState.Held, State = MessageState.Applied }))).Outcome.Should().Be(CommitOutcome.Conflict);

        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Messages = 1L, Sightings = 1L });
    }

    [StoreFact]
    public async Task A_message_that_was_kept_without_a_cause_is_given_one_while_it_stands_still_and_has_none()
    {
        var bad = Samples.Message(MessageState.Quarantined);
        var passed = Samples.Message(MessageState.Applied);
        await CommitAsync(Samples.Unit(bad));
        await CommitAsync(Samples.Unit(passed));

        await GiveAsync(bad, BadDate);
        await GiveAsync(bad, BadDate with { Code = "MAP544" });
        await GiveAsync(passed, BadDate);

        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().ContainSingle().Which.Should().BeEquivalentTo(new { BadDate.Code, Messages = 1L });
        (await ReadAsync(reader => reader.CauseOf(bad.Id))).Should().NotBeNull();
        (await ReadAsync(reader => reader.CauseOf(passed.Id))).Should().BeNull();
        (await ReadAsync(reader => reader.Uncaused(EngineId.None, 10))).Should().BeEmpty("a new store has nothing of before");

        Task<CommitResult> GiveAsync(MessageWrite message, CauseWrite cause) =>
            CommitAsync(new CommitUnit { Practice = StoreSamples.Practice, CauseOf = message.Id, Cause = cause });
    }

    [StoreFact]
    public async Task A_corrected_copy_dismisses_its_original_and_both_are_counted_on_its_day()
    {
        var run = await BeginRunAsync();
        var original = Samples.Message(MessageState.Quarantined, "bad") with { Run = run.Id, Number = 1 };
        await CommitAsync(Samples.Unit(original) with { Cause = BadDate });
        Clock.Advance(TimeSpan.FromDays(1));
        var copy = Samples.Message(body: "good") with { ReceivedAt = original.ReceivedAt, Corrects = new Original(original.Id, MessageState.Quarantined) };

        (await CommitAsync(Samples.Unit(copy))).Outcome.Should().Be(CommitOutcome.Committed);
        await ReopenAsync();

        (await MessageAsync(original.Id)).Should().BeEquivalentTo(new { State = MessageState.Dismissed, Parent = default(EngineId?) });
        (await MessageAsync(original.Id)).Body.ToArray().Should().Equal(original.Body.ToArray());
        (await MessageAsync(copy.Id)).Should().BeEquivalentTo(new { State = MessageState.Applied, Parent = original.Id });
        (await ReadAsync(reader => reader.Corrections(original.Id))).Should().Equal(copy.Id);
        (await ReadAsync(reader => reader.CorrectionCounts(0))).Should().Equal((Today - 1, FrontDesk, 1L));
        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().BeEmpty();
        (await ReadAsync(reader => reader.DayCounts(0))).Should().BeEquivalentTo([
            new DayCount(Today - 1, FrontDesk, run.Id, MessageState.Dismissed, 1), new DayCount(Today - 1, FrontDesk, 0, MessageState.Applied, 1)]);
    }

    [StoreFact]
    public async Task A_copy_of_a_message_that_left_its_state_or_is_another_practices_is_a_conflict()
    {
        var original = await CommitBadAsync(BadDate);
        var late = Samples.Message() with { Corrects = new Original(original.Id, MessageState.Held) };
        var foreign = Samples.Message() with { Corrects = new Original(original.Id, original.State) };

        (await CommitAsync(Samples.Unit(late))).Outcome.Should().Be(CommitOutcome.Conflict);
        (await CommitAsync(Samples.Unit(foreign, practice: StoreSamples.OtherPractice))).Outcome.Should().Be(CommitOutcome.Conflict);

        (await MessageAsync(original.Id)).State.Should().Be(original.State);
        (await ReadAsync(reader => reader.Corrections(original.Id))).Should().BeEmpty();
        (await ReadAsync(reader => reader.Causes(null, EngineId.None, 10))).Should().ContainSingle().Which.Messages.Should().Be(1);
    }

    [StoreFact]
    public async Task What_parked_messages_wait_for_is_listed_longest_first()
    {
        var first = await ParkAsync("7");
        Clock.Advance(TimeSpan.FromHours(1));
        await ParkAsync("8");
        var third = await ParkAsync("7");

        var awaited = await ReadAsync(reader => reader.Awaited(StoreSamples.Practice, 10));

        awaited.Should().HaveCount(2);
        awaited[0].Should().Be(new AwaitedReference(StoreSamples.Practice, 2, first.Id, first.ReceivedAt));
        (await ReadAsync(reader => reader.Awaited(StoreSamples.OtherPractice, 10))).Should().BeEmpty();
        (await ReadAsync(reader => reader.ParkedBefore(third.Id, 10))).Should().HaveCount(2).And.StartWith(first.Id);
    }

    private static CauseWrite BadDate { get; } = new(MessageState.Quarantined, "MAP501", "PID-7", "athenahealth/patient.map.md:16", "is not a date");

    private async Task<MessageWrite> CommitBadAsync(CauseWrite cause, string? practice = StoreSamples.Practice)
    {
        var write = Samples.Message(cause.State);
        (await CommitAsync(Samples.Unit(write, practice: practice) with { Cause = cause })).Outcome.Should().Be(CommitOutcome.Committed);
        return write;
    }

    private async Task<MessageWrite> ParkAsync(string patient)
    {
        var write = Samples.Message(MessageState.Parked);
        await CommitAsync(Samples.Unit(write) with { WaitsFor = [StoreSamples.Patient(patient)] });
        return write;
    }
}
