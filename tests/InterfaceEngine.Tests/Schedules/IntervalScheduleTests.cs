using System.Globalization;
using InterfaceEngine.Schedules;

namespace InterfaceEngine.Tests.Schedules;

public sealed class IntervalScheduleTests
{
    [Theory]
    [InlineData(15, "2026-03-08T07:59:30Z", "2026-03-08T08:00Z", "2026-03-08T07:45Z")]
    [InlineData(15, "2026-03-08T08:00:00Z", "2026-03-08T08:15Z", "2026-03-08T08:00Z")]
    [InlineData(60, "2026-11-01T06:59:59Z", "2026-11-01T07:00Z", "2026-11-01T06:00Z")]
    public void Times_are_multiples_of_the_interval_whatever_the_clocks_on_the_walls_do(int minutes, string moment, string next, string last)
    {
        var schedule = new IntervalSchedule(TimeSpan.FromMinutes(minutes));

        schedule.NextAfter(At(moment)).Should().Be(At(next));
        schedule.LastUntil(At(moment)).Should().Be(At(last));
    }

    [Theory]
    [InlineData(15, "every 15 s")]
    [InlineData(900, "every 15 min")]
    [InlineData(7200, "every 2 h")]
    [InlineData(172800, "every 2 d")]
    public void It_is_told_in_words(int seconds, string text) =>
        new IntervalSchedule(TimeSpan.FromSeconds(seconds)).Text.Should().Be(text);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
