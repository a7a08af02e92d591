using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake;

public sealed class SourceNumbersTests
{
    private static readonly SourceRun _run = new(3, "front-desk", 101);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 23, 59, 59, TimeSpan.Zero));

    [Fact]
    public async Task Numbers_have_no_gaps_however_many_connections_ask()
    {
        var numbers = new SourceNumbers(_run, _time);

        var given = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Select(_ => numbers.Next()).ToList())));

        given.SelectMany(one => one).Select(number => number.Value).Order().Should().Equal(Enumerable.Range(101, 8000).Select(number => (long)number));
        given.SelectMany(one => one).Should().OnlyContain(number => number.Run == 3);
    }

    [Fact]
    public void A_day_is_a_range_of_numbers()
    {
        var numbers = new SourceNumbers(_run, _time);
        var before = numbers.Next();
        numbers.Next();
        _time.Advance(TimeSpan.FromSeconds(2));
        var after = numbers.Next();

        var day = LedgerDay.Of(before.ReceivedAt);
        LedgerDay.Of(after.ReceivedAt).Should().Be(day + 1);
        numbers.Now().Days.Should().Equal(new DayNumbers(day, new NumberRange(101, 102)), new DayNumbers(day + 1, new NumberRange(103, 103)));
    }

    [Fact]
    public void Numbers_that_went_unanswered_are_reported_by_day_until_they_are_kept()
    {
        var numbers = new SourceNumbers(_run, _time);
        var (first, second) = (numbers.Next(), numbers.Next());
        _time.Advance(TimeSpan.FromSeconds(2));
        var third = numbers.Next();
        numbers.Settle(second, isStored: false);
        numbers.Settle(third, isStored: false);
        var day = LedgerDay.Of(first.ReceivedAt);

        var lost = numbers.Report(isUrgent: true, isFinal: false);
        numbers.NextUnanswered();
        var again = numbers.Report(isUrgent: true, isFinal: false)!;
        numbers.Reported(again);

        lost!.Unanswered.Should().Equal(new DayNumbers(day, new NumberRange(102, 102)), new DayNumbers(day + 1, new NumberRange(103, 103)));
        again.Unanswered.Should().Equal(new DayNumbers(day, new NumberRange(102, 102)), new DayNumbers(day + 1, new NumberRange(103, 104)));
        again.SettledThrough.Should().Be(100, "the first is still on its way");
        numbers.Report(isUrgent: true, isFinal: false).Should().BeNull();
    }

    [Fact]
    public void What_was_only_counted_is_no_urgent_news()
    {
        var numbers = new SourceNumbers(_run, _time);
        numbers.Settle(numbers.Next(), isStored: true);

        numbers.Report(isUrgent: true, isFinal: false).Should().BeNull();
        var report = numbers.Report(isUrgent: false, isFinal: false)!;
        numbers.Reported(report);

        report.Should().BeEquivalentTo(new { SettledThrough = 101L, IsFinal = false });
        numbers.Report(isUrgent: false, isFinal: false).Should().BeNull();
    }

    [Fact]
    public void A_run_is_not_ended_while_something_is_on_its_way()
    {
        var numbers = new SourceNumbers(_run, _time);
        var open = numbers.Next();

        numbers.Report(isUrgent: false, isFinal: true)!.IsFinal.Should().BeFalse();
        numbers.Settle(open, isStored: true);
        numbers.Report(isUrgent: false, isFinal: true)!.IsFinal.Should().BeTrue();
    }

    [Fact]
    public void A_clock_that_is_set_back_over_midnight_brings_no_day_back()
    {
        var numbers = new SourceNumbers(_run, new SetBackClock());

        var (before, after) = (numbers.Next(), numbers.Next());

        LedgerDay.Of(after.ReceivedAt).Should().Be(LedgerDay.Of(before.ReceivedAt));
    }

    [Fact]
    public void Ranges_join_in_whatever_order_numbers_come()
    {
        var random = new Random(7);
        var ranges = new NumberRanges();
        foreach (var number in Enumerable.Range(1, 500).OrderBy(_ => random.Next()).Where(number => number % 100 != 0))
        {
            ranges.Add(number);
        }

        ranges.ToList().Should().Equal(new(1, 99), new(101, 199), new(201, 299), new(301, 399), new(401, 499));
    }

    private sealed class SetBackClock : TimeProvider
    {
        private int _asked;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 2, 2, 0, 0, 1, TimeSpan.Zero).AddSeconds(_asked++ == 0 ? 0 : -10);
    }
}
