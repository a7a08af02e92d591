using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>A node tells the database's time, and does not drift away from it.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class ServerTimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _local = new();
    private NpgsqlDataSource _server = null!;
    private ServerTime _time = null!;

    public async Task InitializeAsync()
    {
        _server = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).NewStoreAsync());
        await using var connection = await _server.OpenConnectionAsync();
        _time = await ServerTime.AskAsync(connection, _local, default);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [StoreFact]
    public void It_is_the_databases_from_the_start() => Deviation.Should().BeLessThan(TimeSpan.FromMinutes(5));

    [StoreFact]
    public async Task It_is_asked_again_although_signals_never_cease()
    {
        await using var signals = new PostgresSignals(_server, _time);

        // An hour passes here that does not pass there.
        _local.Advance(TimeSpan.FromHours(1));
        Deviation.Should().BeGreaterThan(TimeSpan.FromMinutes(55));

        await RunningEngine.UntilAsync(() =>
        {
            signals.Raise(StoreSignal.Queued);
            return Task.FromResult(Deviation < TimeSpan.FromMinutes(5));
        });
    }

    /// <summary>The test's server has this machine's clock.</summary>
    private TimeSpan Deviation => (_time.GetUtcNow() - TimeProvider.System.GetUtcNow()).Duration();
}
