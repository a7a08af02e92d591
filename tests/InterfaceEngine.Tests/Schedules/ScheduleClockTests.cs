using System.Globalization;
using InterfaceEngine.Schedules;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Schedules;

public sealed class ScheduleClockTests
{
    private static readonly ISchedule _nightly = CronSchedule.Parse("30 2 * * *", DateTimeZoneProviders.Tzdb["America/Chicago"]);

    [Fact]
    public void What_was_never_done_is_due_at_its_next_time() =>
        Clock("2026-01-15T12:00Z").Next(met: null).Should().Be(new DueTime(At("2026-01-16T08:30Z"), Missed: false));

    [Fact]
    public void What_was_done_is_due_at_the_time_after() =>
        Clock("2026-01-15T12:00Z").Next(At("2026-01-15T08:30Z")).Should().Be(new DueTime(At("2026-01-16T08:30Z"), Missed: false));

    [Fact]
    public void One_time_that_passed_meanwhile_is_due_now() =>
        Clock("2026-01-15T12:00Z").Next(At("2026-01-14T08:30Z")).Should().Be(new DueTime(At("2026-01-15T08:30Z"), Missed: false));

    [Fact]
    public void However_many_times_passed_meanwhile_they_are_made_up_for_once()
    {
        var clock = Clock("2026-01-15T12:00Z");

        var due = clock.Next(At("2026-01-01T08:30Z"));

        due.Should().Be(new DueTime(At("2026-01-15T08:30Z"), Missed: true));
        clock.Next(due!.Value.At).Should().Be(new DueTime(At("2026-01-16T08:30Z"), Missed: false));
    }

    [Fact]
    public void A_time_in_the_future_that_a_wrong_clock_met_holds_nothing_up() =>
        Clock("2026-01-15T12:00Z").Next(At("2030-01-01T08:30Z")).Should().Be(new DueTime(At("2026-01-16T08:30Z"), Missed: false));

    [Fact]
    public void No_time_comes_any_more_when_a_schedule_has_ended() =>
        new ScheduleClock(CronSchedule.Parse("0 0 2 1 1 ? 2020", DateTimeZone.Utc), new FakeTimeProvider()).Next(met: null).Should().BeNull();

    [Fact]
    public async Task Waiting_ends_when_the_time_is_there_and_not_before()
    {
        var time = new FakeTimeProvider(At("2026-01-15T08:29Z"));

        var waiting = new ScheduleClock(_nightly, time).WaitAsync(At("2026-01-14T08:30Z"), default);

        waiting.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(59));
        waiting.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        (await waiting).Should().Be(new DueTime(At("2026-01-15T08:30Z"), Missed: false));
    }

    [Fact]
    public async Task What_was_missed_is_not_waited_for() =>
        (await Clock("2026-01-15T12:00Z").WaitAsync(At("2026-01-01T08:30Z"), default)).At.Should().Be(At("2026-01-15T08:30Z"));

    [Fact]
    public async Task Waiting_can_be_ended()
    {
        using var ending = new CancellationTokenSource();
        var waiting = Clock("2026-01-15T12:00Z").WaitAsync(met: null, ending.Token);

        await ending.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    private static ScheduleClock Clock(string now) => new(_nightly, new FakeTimeProvider(At(now)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
