using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>A memory for resends that is shorter than what receipts are kept by.</summary>
public sealed class SqliteReceiptTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public async Task A_message_that_comes_again_after_an_hours_memory_is_a_new_one(int minutes, bool isNew)
    {
        var samples = new StoreSamples(_clock);
        await using var store = _folder.Open(_clock, new StoreOptions { ReceiptMemory = TimeSpan.FromHours(1) });
        var first = samples.Unit(receipt: StoreSamples.Receipt("C7"));
        await store.CommitAsync(first, CancellationToken.None);

        _clock.Advance(TimeSpan.FromMinutes(minutes));

        var second = samples.Unit(receipt: StoreSamples.Receipt("C7"));
        (await EarlierAsync()).Should().Be(isNew ? null : first.Message!.Id);
        (await store.CommitAsync(second, CancellationToken.None)).Outcome.Should().Be(isNew ? CommitOutcome.Committed : CommitOutcome.Duplicate);
        (await EarlierAsync()).Should().Be(isNew ? second.Message!.Id : first.Message!.Id);
        (await store.CommitAsync(samples.Unit(receipt: StoreSamples.Receipt("C7")), CancellationToken.None)).Outcome.Should().Be(CommitOutcome.Duplicate);

        async Task<EngineId?> EarlierAsync() =>
            (await store.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("C7"), [], []), CancellationToken.None)).Earlier?.Message;
    }
}
