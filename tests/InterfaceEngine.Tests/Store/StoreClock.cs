namespace InterfaceEngine.Tests.Store;

/// <summary>A clock that stands until a test moves it.</summary>
internal sealed class StoreClock : TimeProvider
{
    private long _milliseconds = new DateTimeOffset(2026, 1, 14, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public long Milliseconds => Interlocked.Read(ref _milliseconds);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _milliseconds, (long)by.TotalMilliseconds);
}
