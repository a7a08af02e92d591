using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Sequence numbers of senders (MSH-13).</content>
public abstract partial class EngineStoreConformance
{
    private static readonly SequenceKey Link = new("front-desk", "ATHENA\nATHENANET");

    [StoreFact]
    public async Task A_sequence_number_advances_with_its_message_and_is_there_after_a_restart()
    {
        (await LastAsync(Link)).Should().BeNull();

        (await TakeAsync(Link, null, 5)).Should().Be(CommitOutcome.Committed);
        (await TakeAsync(Link, 5, 6)).Should().Be(CommitOutcome.Committed);
        await ReopenAsync();

        (await LastAsync(Link)).Should().Be(6);
    }

    [StoreFact]
    public async Task Of_two_messages_that_saw_the_same_last_number_one_is_stored_and_nothing_of_the_other()
    {
        await TakeAsync(Link, null, 5);
        var (one, other) = (Samples.Unit() with { Sequence = new SequenceWrite(Link, 5, 6) }, Samples.Unit() with { Sequence = new SequenceWrite(Link, 5, 6) });

        var results = await Task.WhenAll(CommitAsync(one), CommitAsync(other));

        results.Select(result => result.Outcome).Should().BeEquivalentTo([CommitOutcome.Committed, CommitOutcome.OutOfSequence]);
        var loser = results[0].Outcome == CommitOutcome.Committed ? other : one;
        (await ReadAsync(reader => reader.Message(loser.Message!.Id))).Should().BeNull();
        (await LastAsync(Link)).Should().Be(6);
    }

    [StoreTheory]
    [InlineData(null, 5L, null, 6L)]
    [InlineData(5L, 6L, 4L, 7L)]
    [InlineData(5L, 6L, null, null)]
    [InlineData(5L, 6L, 5L, null)]
    [InlineData(5L, 6L, 5L, 5L)]
    public async Task A_number_that_was_advanced_meanwhile_is_out_of_sequence(long? before, long? after, long? staleBefore, long? staleAfter)
    {
        if (before is not null)
        {
            await TakeAsync(Link, null, before);
        }

        await TakeAsync(Link, before, after);

        (await TakeAsync(Link, staleBefore, staleAfter)).Should().Be(CommitOutcome.OutOfSequence);
        (await LastAsync(Link)).Should().Be(after);
    }

    [StoreFact]
    public async Task A_number_that_is_forgotten_begins_anew()
    {
        await TakeAsync(Link, null, 5);

        (await TakeAsync(Link, 5, null)).Should().Be(CommitOutcome.Committed);

        (await LastAsync(Link)).Should().BeNull();
        (await TakeAsync(Link, null, null)).Should().Be(CommitOutcome.Committed, "to forget what is not known is no conflict");
        (await TakeAsync(Link, null, 1)).Should().Be(CommitOutcome.Committed);
    }

    [StoreFact]
    public async Task Sources_senders_and_practices_count_for_themselves()
    {
        await TakeAsync(Link, null, 5);
        await TakeAsync(Link with { Source = "lab" }, null, 50);
        await TakeAsync(Link with { Sender = "LAB\nATHENANET" }, null, 500);
        await TakeAsync(Link, null, 5_000, StoreSamples.OtherPractice);

        (await LastAsync(Link)).Should().Be(5);
        (await LastAsync(Link with { Source = "lab" })).Should().Be(50);
        (await LastAsync(Link with { Sender = "LAB\nATHENANET" })).Should().Be(500);
        (await LastAsync(Link, StoreSamples.OtherPractice)).Should().Be(5_000);
    }

    private async Task<CommitOutcome> TakeAsync(SequenceKey key, long? before, long? after, string practice = StoreSamples.Practice) =>
        (await CommitAsync(Samples.Unit(practice: practice) with { Sequence = new SequenceWrite(key, before, after) })).Outcome;

    private async Task<long?> LastAsync(SequenceKey key, string practice = StoreSamples.Practice) =>
        (await Store.LoadAsync(practice, new LoadQuery(null, [], []) { Sequence = key }, None)).LastSequenceNumber;
}
