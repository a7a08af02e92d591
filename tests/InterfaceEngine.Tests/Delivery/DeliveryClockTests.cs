using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Delivery;

/// <summary>A node whose clock is an hour wrong pauses between attempts, and gives up, as one whose clock is right: by the database's.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class DeliveryClockTests : IAsyncLifetime
{
    private SenderBench _bench = null!;

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _bench = SenderBench.Create(await PostgresStore.OpenAsync(
            new StoreOptions { Connection = database, Node = "one" }, _ => StoreFolder.Key, new IdSource(TimeProvider.System, new Random(1)), TimeProvider.System, default));
        _bench.Receiver.Answer("AR");
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [StoreTheory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task The_next_attempt_comes_after_the_pause(int minutesAhead)
    {
        _bench.Delivery = _bench.Delivery with { BackOffMin = TimeSpan.FromMinutes(20), BackOffMax = TimeSpan.FromMinutes(20) };
        _bench.Clock.Advance(TimeSpan.FromMinutes(minutesAhead));
        _bench.Start();

        var write = await _bench.QueueAsync();
        await _bench.SettledAsync(write, DeliveryState.Waiting);

        // The test's server has this machine's clock. A pause is shortened by up to half.
        var wait = DateTimeOffset.FromUnixTimeMilliseconds((await _bench.ReadAsync(write)).NextAttemptAt) - TimeProvider.System.GetUtcNow();
        wait.Should().BeGreaterThan(TimeSpan.FromMinutes(5)).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(20));
    }

    [StoreFact]
    public async Task What_was_tried_for_a_short_time_only_is_not_given_up()
    {
        _bench.Options = _bench.Options with { AttemptsMax = 1_000_000, RetryFor = TimeSpan.FromMinutes(30) };
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        _bench.Start();

        var write = await _bench.QueueAsync();

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await _bench.SettledAsync(write, DeliveryState.Waiting);
        }
    }
}
