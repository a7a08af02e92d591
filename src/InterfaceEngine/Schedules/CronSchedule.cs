using NodaTime;
using Quartz;

namespace InterfaceEngine.Schedules;

/// <summary>
/// Times of the clock on a practice's wall. Quartz finds them as if there were no daylight saving; here they become moments:
/// a time that the clock skips in spring is the moment at which it goes on, and a time that it shows twice in autumn is the first.
/// So each time of the wall is met once, and times that fall together are met together.
/// </summary>
internal sealed class CronSchedule : ISchedule
{
    /// <summary>More than any clock was ever set back by, in a zone that anybody lives in now.</summary>
    private static readonly TimeSpan _setBackMax = TimeSpan.FromHours(3);

    private readonly CronExpression _times;
    private readonly DateTimeZone _zone;

    private CronSchedule(string text, CronExpression times, DateTimeZone zone)
    {
        _times = times;
        _zone = zone;
        Text = $"{text} ({zone.Id})";
    }

    public string Text { get; }

    /// <param name="text">
    /// Five fields are cron as Unix has it (<c>30 2 * * MON-FRI</c>, Sunday is 0), six or seven are Quartz's, with seconds first (<c>0 30 2 ? * MON-FRI</c>, Sunday is 1).
    /// </param>
    /// <param name="zone">Of the clock that it speaks of.</param>
    /// <exception cref="FormatException">It is no cron expression, or its time never comes; the message says what is wrong.</exception>
    public static CronSchedule Parse(string text, DateTimeZone zone)
    {
        var isUnix = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 5;
        var times = CronExpression.Parse(text, isUnix ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
        return times.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is null
            ? throw new FormatException("its time never comes")
            : new CronSchedule(text, times, zone);
    }

    public DateTimeOffset? NextAfter(DateTimeOffset moment)
    {
        for (var wall = _times.GetNextValidTimeAfter(Wall(moment)); wall is { } time; wall = _times.GetNextValidTimeAfter(time))
        {
            // Not after it: it was met when the clock showed it first, or when the clock skipped it.
            if (Moment(time) is var next && next > moment)
            {
                return next;
            }
        }

        return null;
    }

    public DateTimeOffset? LastUntil(DateTimeOffset moment)
    {
        // Where the clock was set back, it showed later times before.
        for (var wall = _times.GetPreviousValidTimeBefore(Wall(moment) + _setBackMax); wall is { } time; wall = _times.GetPreviousValidTimeBefore(time))
        {
            if (Moment(time) is var last && last <= moment)
            {
                return last;
            }
        }

        return null;
    }

    /// <summary>What the clock shows, written as if it were UTC.</summary>
    private DateTimeOffset Wall(DateTimeOffset moment) =>
        new(Instant.FromDateTimeOffset(moment).InZone(_zone).ToDateTimeUnspecified(), TimeSpan.Zero);

    private DateTimeOffset Moment(DateTimeOffset wall)
    {
        var found = _zone.MapLocal(LocalDateTime.FromDateTime(wall.DateTime));
        return found.Count == 0 ? found.LateInterval.Start.ToDateTimeOffset() : found.First().ToDateTimeOffset().ToUniversalTime();
    }
}
