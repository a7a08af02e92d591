using System.Globalization;

namespace InterfaceEngine.Schedules;

/// <summary>
/// Every so often, whatever the clocks on the walls do. The times are multiples of the interval since 1970 in UTC: every 15 minutes is
/// on the quarter hours, on every node.
/// </summary>
internal sealed record IntervalSchedule(TimeSpan Interval) : ISchedule
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"every {Words(Interval)}");

    public DateTimeOffset? NextAfter(DateTimeOffset moment) => LastUntil(moment) + Interval;

    public DateTimeOffset? LastUntil(DateTimeOffset moment)
    {
        var since = (moment - DateTimeOffset.UnixEpoch).Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks(since - (since % Interval.Ticks));
    }

    private static string Words(TimeSpan interval) => interval switch
    {
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerDay == 0 => $"{interval.TotalDays} d",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerHour == 0 => $"{interval.TotalHours} h",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerMinute == 0 => $"{interval.TotalMinutes} min",
        _ => $"{interval.TotalSeconds} s",
    };
}
