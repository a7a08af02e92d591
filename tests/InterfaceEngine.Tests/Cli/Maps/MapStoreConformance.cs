namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>Mapping commands that read stored messages: what they promise is tried on every kind of store.</summary>
public abstract class MapStoreConformance : IAsyncLifetime
{
    private protected MapDiffStore Place { get; private set; } = null!;

    /// <summary>The settings of the store.</summary>
    protected abstract Task<string> StoreSettingsAsync();

    public async Task InitializeAsync() => Place = new MapDiffStore(await StoreSettingsAsync());

    public Task DisposeAsync()
    {
        Place.Delete();
        return Task.CompletedTask;
    }
}
