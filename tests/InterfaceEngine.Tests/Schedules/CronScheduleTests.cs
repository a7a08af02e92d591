using System.Globalization;
using InterfaceEngine.Schedules;
using NodaTime;

namespace InterfaceEngine.Tests.Schedules;

/// <summary>In Chicago the clock goes from 02:00 to 03:00 on 2026-03-08 (08:00Z) and from 02:00 back to 01:00 on 2026-11-01 (07:00Z).</summary>
public sealed class CronScheduleTests
{
    private static readonly DateTimeZone _chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];

    [Theory]
    [InlineData("30 2 * * *", "2026-01-15T00:00Z", "2026-01-15T08:30Z")]
    [InlineData("0 30 2 * * ?", "2026-07-15T00:00Z", "2026-07-15T07:30Z")]
    [InlineData("30 2 * * 1-5", "2026-01-16T12:00Z", "2026-01-19T08:30Z")]
    [InlineData("0 30 2 ? * MON-FRI", "2026-01-16T12:00Z", "2026-01-19T08:30Z")]
    [InlineData("0 0 6 1 * ?", "2026-01-15T00:00Z", "2026-02-01T12:00Z")]
    public void Times_are_those_of_the_clock_on_the_practices_wall(string cron, string after, string next) =>
        CronSchedule.Parse(cron, _chicago).NextAfter(At(after)).Should().Be(At(next));

    [Fact]
    public void A_time_that_the_clock_skips_in_spring_is_the_moment_at_which_it_goes_on() =>
        Times("30 2 * * *", "2026-03-07T00:00Z", 3).Should().Equal(At("2026-03-07T08:30Z"), At("2026-03-08T08:00Z"), At("2026-03-09T07:30Z"));

    [Fact]
    public void Times_that_the_clock_skips_are_met_together_once_with_the_time_at_which_it_goes_on() =>
        Times("0,30 1-3 * * *", "2026-03-08T06:30Z", 4).Should().Equal(
            [At("2026-03-08T07:00Z"), At("2026-03-08T07:30Z"), At("2026-03-08T08:00Z"), At("2026-03-08T08:30Z")],
            "02:00, 02:30 and 03:00 are one moment");

    [Fact]
    public void A_time_that_the_clock_shows_twice_in_autumn_is_the_first_and_no_other() =>
        Times("30 1 * * *", "2026-10-31T00:00Z", 3).Should().Equal(At("2026-10-31T06:30Z"), At("2026-11-01T06:30Z"), At("2026-11-02T07:30Z"));

    [Theory]
    [InlineData("2026-11-01T06:40Z", "before the clock is set back")]
    [InlineData("2026-11-01T07:20Z", "when it shows 01:20 again")]
    [InlineData("2026-11-01T07:59Z", "just before it shows 02:00 at last")]
    public void While_the_clock_shows_an_hour_again_nothing_is_due(string moment, string because)
    {
        var schedule = CronSchedule.Parse("30 * * * *", _chicago);

        schedule.NextAfter(At(moment)).Should().Be(At("2026-11-01T08:30Z"), because);
        schedule.LastUntil(At(moment)).Should().Be(At("2026-11-01T06:30Z"), because);
    }

    [Theory]
    [InlineData("2026-03-08T07:59:59Z", "2026-03-07T08:30Z")]
    [InlineData("2026-03-08T08:00Z", "2026-03-08T08:00Z")]
    [InlineData("2026-03-09T07:29Z", "2026-03-08T08:00Z")]
    public void The_last_time_until_now_is_found_across_the_change(string moment, string last) =>
        CronSchedule.Parse("30 2 * * *", _chicago).LastUntil(At(moment)).Should().Be(At(last));

    [Fact]
    public void Forwards_and_backwards_over_a_year_the_same_times_are_found()
    {
        var schedule = CronSchedule.Parse("17 0-3 * * *", _chicago);
        var (moment, end) = (At("2026-01-01T00:00Z"), At("2027-01-01T00:00Z"));
        while (schedule.NextAfter(moment) is { } next && next < end)
        {
            schedule.LastUntil(next).Should().Be(next);
            schedule.LastUntil(next.AddTicks(-1)).Should().Be(schedule.LastUntil(moment), "nothing lies between {0} and {1}", moment, next);
            moment = next;
        }
    }

    [Fact]
    public void A_schedule_may_end()
    {
        var once = CronSchedule.Parse("0 0 2 1 1 ? 2026", _chicago);

        once.NextAfter(At("2025-06-01T00:00Z")).Should().Be(At("2026-01-01T08:00Z"));
        once.NextAfter(At("2026-01-01T08:00Z")).Should().BeNull();
        once.LastUntil(At("2030-01-01T00:00Z")).Should().Be(At("2026-01-01T08:00Z"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nightly")]
    [InlineData("30 2 * *")]
    [InlineData("61 2 * * *")]
    [InlineData("0 30 25 * * ?")]
    [InlineData("0 0 0 30 2 ?")]
    [InlineData("0 0 2 ? * MOON")]
    public void What_is_no_cron_expression_or_never_comes_is_refused(string cron) =>
        FluentActions.Invoking(() => CronSchedule.Parse(cron, _chicago)).Should().Throw<FormatException>();

    [Fact]
    public void It_is_told_with_its_zone() =>
        CronSchedule.Parse("30 2 * * *", _chicago).Text.Should().Be("30 2 * * * (America/Chicago)");

    private static List<DateTimeOffset> Times(string cron, string after, int count)
    {
        var schedule = CronSchedule.Parse(cron, _chicago);
        var times = new List<DateTimeOffset>();
        for (var moment = At(after); times.Count < count; moment = times[^1])
        {
            times.Add(schedule.NextAfter(moment)!.Value);
        }

        return times;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
