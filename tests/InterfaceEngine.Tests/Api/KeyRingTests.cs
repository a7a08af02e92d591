using InterfaceEngine.Api;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Api;

/// <summary>Keys as they are kept for a moment, by clocks that are set.</summary>
public sealed class KeyRingTests
{
    [Fact]
    public async Task A_revoked_key_is_refused_in_time_though_the_clock_was_set_back()
    {
        var (clock, keys) = (new SetClock(), new KeptKeys());
        using var ring = new KeyRing(keys, clock);
        var key = keys.Make(ApiRole.Reader, name: "front");
        (await ring.CheckAsync(key, default)).Problem.Should().BeNull();

        keys.Revoke(key, 1);
        clock.Wall -= TimeSpan.FromHours(1);
        clock.Elapsed += TimeSpan.FromSeconds(5);

        (await ring.CheckAsync(key, default)).Problem.Should().Be("'front' was revoked");
    }

    /// <summary>A machine's two clocks: one that people set, and one that only goes on.</summary>
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
