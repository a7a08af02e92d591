using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <summary>
/// What every store promises, whatever database it stands on. A subclass opens its own; the parts of the suite are in
/// the files <c>EngineStoreConformance.*.cs</c>.
/// </summary>
public abstract partial class EngineStoreConformance : IAsyncLifetime
{
    private IEngineStore? _store;

    private protected StoreClock Clock { get; } = new();

    private protected StoreSamples Samples { get; private set; } = null!;

    private protected IEngineStore Store => _store!;

    private protected static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Samples = new StoreSamples(Clock);
        _store = await OpenAsync();
    }

    public async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens the test's store, empty the first time and as it was left afterwards.</summary>
    private protected abstract Task<IEngineStore> OpenAsync();

    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync();
    }

    /// <summary>Lets time pass, for the store's clock too.</summary>
    private protected virtual Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    private protected Task<CommitResult> CommitAsync(CommitUnit unit) => Store.CommitAsync(unit, None);

    private protected async Task<CommitResult> CommitRecordsAsync(params RecordWrite[] records)
    {
        var result = await CommitAsync(Samples.Unit(practice: records[0].Next.Practice, records: records));
        result.Outcome.Should().Be(CommitOutcome.Committed);
        return result;
    }

    private protected async Task<StoredRecord?> FindAsync(RecordAlias alias, string practice = StoreSamples.Practice)
    {
        var loaded = await Store.LoadAsync(practice, StoreSamples.Query(alias), None);
        return loaded.ByAlias.GetValueOrDefault(alias);
    }

    private protected async Task<T> ReadAsync<T>(Func<IStoreReader, T> question) => await Store.ReadAsync(question, None);

    private protected async Task<StoredMessage> MessageAsync(EngineId id) => (await ReadAsync(reader => reader.Message(id)))!;
}
