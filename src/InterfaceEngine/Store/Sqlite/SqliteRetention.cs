namespace InterfaceEngine.Store.Sqlite;

/// <summary>A file needs no room made ahead: it grows, and pages that are free are used again.</summary>
internal sealed class SqliteRetention : IRetentionStore
{
    public Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}
