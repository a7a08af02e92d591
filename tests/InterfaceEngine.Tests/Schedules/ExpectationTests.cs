using System.Globalization;
using InterfaceEngine.Schedules;
using NodaTime;

namespace InterfaceEngine.Tests.Schedules;

/// <summary>A file is expected by 06:30 in Chicago, which is 12:30Z in January, and may have come up to 12 hours before.</summary>
public sealed class ExpectationTests
{
    [Theory]
    [InlineData("2026-01-15T12:29Z", "2026-01-14T08:30Z", null, "its time has not come, and yesterday's file was there")]
    [InlineData("2026-01-15T12:30Z", "2026-01-14T08:30Z", "2026-01-15T12:30Z", "yesterday's file does not count for today")]
    [InlineData("2026-01-15T12:30Z", "2026-01-15T08:30Z", null, "it came in the night")]
    [InlineData("2026-01-15T12:30Z", "2026-01-15T00:30Z", null, "it came twelve hours before, to the minute")]
    [InlineData("2026-01-15T12:30Z", "2026-01-15T00:29Z", "2026-01-15T12:30Z", "it came a minute too early to be today's")]
    [InlineData("2026-01-15T15:00Z", "2026-01-15T13:00Z", null, "it came late, but it came")]
    [InlineData("2026-01-16T12:30Z", "2026-01-15T13:00Z", "2026-01-16T12:30Z", "yesterday's late file is yesterday's")]
    [InlineData("2026-01-15T15:00Z", null, "2026-01-15T12:30Z", "none ever came")]
    public void A_file_is_overdue_from_its_time_until_it_comes(string now, string? last, string? since, string because) =>
        new Expectation(CronSchedule.Parse("30 6 * * *", DateTimeZoneProviders.Tzdb["America/Chicago"]), TimeSpan.FromHours(12))
            .OverdueSince(At(last), At(now)!.Value).Should().Be(At(since), because);

    private static DateTimeOffset? At(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
