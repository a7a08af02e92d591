using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Batches and files of messages.</content>
public abstract partial class EngineStoreConformance
{
    [StoreFact]
    public async Task A_batch_is_kept_with_its_counts_and_its_detail()
    {
        await BeginBatchAsync(7, isFile: true);
        var messages = new List<EngineId> { await TakeOfAsync(7), await TakeOfAsync(7), await TakeOfAsync(null) };
        await Store.Batches.EndAsync(Ended(7, BatchVerdict.Mismatch, stated: 4, found: 2), None);
        await ReopenAsync();

        (await ReadAsync(reader => reader.Batch(new EngineId(7)))).Should().BeEquivalentTo(new StoredBatch
        {
            Id = new EngineId(7),
            Source = "front-desk",
            IsFile = true,
            ReceivedAt = Clock.Milliseconds,
            Verdict = BatchVerdict.Mismatch,
            Stated = 4,
            Found = 2,
            Stored = 2,
            States = new Dictionary<MessageState, long> { [MessageState.Applied] = 2 },
            Detail = "{\"controlId\":\"BATCH-9\"}",
        });
        (await ReadAsync(reader => reader.BatchMessages(new EngineId(7), EngineId.None, 10))).Select(message => message.Id).Should().Equal(messages[0], messages[1]);
        (await ReadAsync(reader => reader.BatchMessages(new EngineId(7), messages[0], 10))).Select(message => message.Id).Should().Equal(messages[1]);
        (await ReadAsync(reader => reader.Batch(new EngineId(8)))).Should().BeNull();
    }

    [StoreFact]
    public async Task Batches_are_listed_newest_first_in_pages()
    {
        foreach (var id in new[] { 7, 8, 9 })
        {
            await BeginBatchAsync(id);
        }

        (await ReadAsync(reader => reader.Batches(EngineId.None, 2))).Select(batch => batch.Id.Value).Should().Equal(9, 8);
        (await ReadAsync(reader => reader.Batches(new EngineId(8), 2))).Select(batch => (batch.Id.Value, batch.Verdict, batch.Found)).Should().Equal((7, BatchVerdict.Open, null));
    }

    [StoreFact]
    public async Task Batches_are_counted_by_day_source_and_verdict()
    {
        var day = LedgerDay.Of(Clock.Milliseconds);
        await BeginBatchAsync(7);
        await BeginBatchAsync(8);
        await BeginBatchAsync(9, isFile: true);
        await Store.Batches.EndAsync(Ended(8, BatchVerdict.CutOff, stated: null, found: 0), None);
        await Store.Batches.EndAsync(Ended(9, BatchVerdict.Complete, stated: 0, found: 0), None);

        var days = await ReadAsync(reader => reader.BatchDays(day));

        days.Select(one => (one.Day, one.Source, one.IsFile, one.Received)).Should().Equal((day, "front-desk", false, 2), (day, "front-desk", true, 1));
        days[0].Verdicts.Where(verdict => verdict.Value > 0).Should().BeEquivalentTo(new Dictionary<BatchVerdict, long> { [BatchVerdict.Open] = 1, [BatchVerdict.CutOff] = 1 });
        days[1].Verdicts.Where(verdict => verdict.Value > 0).Should().BeEquivalentTo(new Dictionary<BatchVerdict, long> { [BatchVerdict.Complete] = 1 });
        (await ReadAsync(reader => reader.BatchDays(day + 1))).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_batch_that_an_engine_left_open_is_interrupted_at_the_next_start()
    {
        await BeginBatchAsync(7);
        await TakeOfAsync(7);
        await BeginBatchAsync(8);
        await Store.Batches.EndAsync(Ended(8, BatchVerdict.Complete, stated: 0, found: 0), None);
        await ReopenAsync();

        (await Store.Batches.EndAbandonedAsync(None)).Should().Be(1);

        var batch = (await ReadAsync(reader => reader.Batch(new EngineId(7))))!;
        (batch.Verdict, batch.Found, batch.Stored, batch.Detail).Should().Be((BatchVerdict.Interrupted, null, 1, null));
        (await ReadAsync(reader => reader.BatchDays(0))).Single().Verdicts[BatchVerdict.Interrupted].Should().Be(1);
        (await Store.Batches.EndAbandonedAsync(None)).Should().Be(0);
    }

    [StoreFact]
    public async Task A_batch_of_which_another_number_was_stored_than_was_read_is_found()
    {
        await BeginBatchAsync(7);
        await TakeOfAsync(7);
        await Store.Batches.EndAsync(Ended(7, BatchVerdict.Complete, stated: 2, found: 2), None);
        await BeginBatchAsync(8);
        await TakeOfAsync(8);
        await Store.Batches.EndAsync(Ended(8, BatchVerdict.Complete, stated: 1, found: 1), None);

        (await ReadAsync(reader => reader.UnbalancedBatches(10))).Select(batch => (batch.Id.Value, batch.Found, batch.Stored)).Should().Equal((7, 2, 1));
        (await ReadAsync(reader => reader.RecountBatches(EngineId.None, 10))).Select(one => (one.Batch.Id.Value, one.Named)).Should().Equal((7, 1), (8, 1));
        (await ReadAsync(reader => reader.RecountBatches(new EngineId(7), 10))).Select(one => one.Batch.Id.Value).Should().Equal(8);
    }

    [StoreFact]
    public async Task A_message_that_is_undone_is_not_of_its_batch()
    {
        await BeginBatchAsync(7);
        var id = await TakeOfAsync(7);

        // The same id again: the unit is a conflict.
        (await CommitAsync(Samples.Unit(Samples.Message() with { Id = id, Batch = new EngineId(7) }))).Outcome.Should().Be(CommitOutcome.Conflict);

        (await ReadAsync(reader => reader.Batch(new EngineId(7))))!.Stored.Should().Be(1);
    }

    private Task BeginBatchAsync(long id, bool isFile = false) => Store.Batches.BeginAsync(new BatchStart(new EngineId(id), "front-desk", isFile, Clock.Milliseconds), None);

    private async Task<EngineId> TakeOfAsync(long? batch)
    {
        var message = Samples.Message() with { Batch = batch is { } id ? new EngineId(id) : null };
        (await CommitAsync(Samples.Unit(message))).Outcome.Should().Be(CommitOutcome.Committed);
        return message.Id;
    }

    private static BatchEnd Ended(long id, BatchVerdict verdict, long? stated, long found) => new()
    {
        Id = new EngineId(id),
        Verdict = verdict,
        Stated = stated,
        Found = found,
        States = new Dictionary<MessageState, long> { [MessageState.Applied] = found },
        Detail = "{\"controlId\":\"BATCH-9\"}",
    };
}
