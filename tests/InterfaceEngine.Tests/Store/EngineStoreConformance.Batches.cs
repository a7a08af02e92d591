using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store;

/// <content>Batches and files of messages.</content>
public abstract partial class EngineStoreConformance
{
    [Fact]
    public async Task A_batch_is_kept_with_its_counts_and_its_detail()
    {
        var batch = Batch(7, stated: 4);

        await Store.Batches.KeepAsync(batch, None);
        await ReopenAsync();

        (await ReadAsync(reader => reader.Batch(batch.Id))).Should().BeEquivalentTo(batch);
        (await ReadAsync(reader => reader.Batch(new EngineId(8)))).Should().BeNull();
    }

    [Fact]
    public async Task Batches_are_listed_newest_first_in_pages()
    {
        foreach (var id in new[] { 7, 8, 9 })
        {
            await Store.Batches.KeepAsync(Batch(id, stated: null), None);
        }

        (await ReadAsync(reader => reader.Batches(EngineId.None, 2))).Select(batch => batch.Id.Value).Should().Equal(9, 8);
        (await ReadAsync(reader => reader.Batches(new EngineId(8), 2))).Should().ContainSingle().Which.Should().BeEquivalentTo(Batch(7, stated: null));
    }

    private BatchWrite Batch(long id, long? stated) => new()
    {
        Id = new EngineId(id),
        Source = "front-desk",
        ReceivedAt = Clock.Milliseconds,
        Stated = stated,
        Found = 3,
        IsWhole = stated is null,
        States = new Dictionary<MessageState, long> { [MessageState.Applied] = 2, [MessageState.Refused] = 1 },
        Detail = "{\"controlId\":\"BATCH-9\"}",
    };
}
