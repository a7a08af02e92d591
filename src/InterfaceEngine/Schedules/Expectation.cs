namespace InterfaceEngine.Schedules;

/// <summary>That something is there at certain times: a file each morning at half past six.</summary>
/// <param name="By">The times by which it is to be there.</param>
/// <param name="Within">How long before such a time it may have come and count for it.</param>
internal sealed record Expectation(ISchedule By, TimeSpan Within)
{
    /// <summary>Since when it is overdue; null when it is not. What comes late ends it.</summary>
    /// <param name="last">When it came last; null for never.</param>
    /// <param name="now">The moment of asking.</param>
    public DateTimeOffset? OverdueSince(DateTimeOffset? last, DateTimeOffset now) =>
        By.LastUntil(now) is { } expected && !(last >= expected - Within) ? expected : null;
}
