namespace InterfaceEngine.Delivery;

/// <summary>
/// Pauses that double from failure to failure up to a longest one. Each is shortened at random by up to half, so that
/// what failed together does not come back together.
/// </summary>
internal sealed class BackOff(TimeSpan min, TimeSpan max, Random random)
{
    private const int DoublingsMax = 30;

    /// <param name="failures">How many there were, this one included.</param>
    public TimeSpan After(int failures)
    {
        var whole = Math.Min(min.TotalMilliseconds * (1L << Math.Clamp(failures - 1, 0, DoublingsMax)), max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (1 - (random.NextDouble() / 2)));
    }
}
