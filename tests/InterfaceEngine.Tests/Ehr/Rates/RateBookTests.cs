using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Rates;
using NodaTime;

namespace InterfaceEngine.Tests.Ehr.Rates;

public sealed class RateBookTests
{
    private const long Start = 1_795_600_000_000;
    private static readonly RateOptions _exact = new() { PerSecond = 8, Burst = 12, BurstWindow = TimeSpan.FromSeconds(2), SlackPercent = 0 };

    [Fact]
    public void A_window_slides_and_gives_room_back_when_its_oldest_call_has_left_it()
    {
        var book = new RateBook(_exact);
        book.Take(Start, 5, 0);
        book.Take(Start + 400, 3, 0);

        Free(book, Start + 400).Should().Be(0);
        book.NextAt(Start + 400).Should().Be(Start + 1000);
        Free(book, Start + 999).Should().Be(0);
        Free(book, Start + 1000).Should().Be(4, "twelve may go within two seconds");
        book.Take(Start + 1000, 4, 0);
        book.NextAt(Start + 1000).Should().Be(Start + 2000);
    }

    [Fact]
    public void Slack_makes_windows_longer()
    {
        var book = new RateBook(new RateOptions { PerSecond = 1, SlackPercent = 10 });
        book.Take(Start, 1, 0);

        book.NextAt(Start).Should().Be(Start + 1100);
    }

    [Fact]
    public void A_day_ends_where_its_zone_says_and_a_clock_that_is_set_back_gives_nothing_twice()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/New_York"];
        var book = new RateBook(new RateOptions { PerDay = 2, ResetZone = zone });
        var evening = new LocalDateTime(2026, 3, 7, 23, 59).InZoneStrictly(zone).ToInstant().ToUnixTimeMilliseconds();
        book.Take(evening, 2, 0);

        Free(book, evening).Should().Be(0);
        book.NextAt(evening).Should().Be(evening + 60_000);
        Free(book, evening + 60_000).Should().Be(2);
        book.Take(evening + 60_000, 2, 0);
        Free(book, evening).Should().Be(0);
        book.DayEndsAt(evening + 60_000).Should().Be(evening + 60_000 + (23 * 3_600_000), "the clocks go forward that night");
    }

    [Fact]
    public void Some_of_the_days_calls_are_left_to_what_somebody_waits_for()
    {
        var book = new RateBook(new RateOptions { PerDay = 100, DayReservePercent = 10 });
        book.Take(Start, 90, 0);

        (book.Free(Start, CallPriority.Bulk, "a"), book.Free(Start, CallPriority.Sync, "a"), book.Free(Start, CallPriority.Interactive, "a"), book.Free(Start, CallPriority.Booking, "a")).Should().Be((0, 0, 10, 10));
        (book.NextAt(Start, CallPriority.Sync), book.NextAt(Start, CallPriority.Booking)).Should().Be((book.DayEndsAt(Start), Start));
    }

    [Fact]
    public void A_clock_that_was_years_ahead_takes_neither_the_days_nor_the_calls_between()
    {
        var book = new RateBook(new RateOptions { PerDay = 2, PerSecond = 10 });
        var ahead = Start + (3 * 365 * 86_400_000L);
        book.Take(ahead, 2, 0);
        book.Pause(ahead + 60_000, "the rate is used up");

        Free(book, Start).Should().Be(0, "what was used counts for today");
        Free(book, Start + 86_400_000).Should().Be(2);
        book.PausedUntil.Should().Be(0);
    }

    [Fact]
    public void Calls_count_from_when_they_went()
    {
        var book = new RateBook(new RateOptions { PerSecond = 8, SlackPercent = 0 });
        book.Take(Start, 8, 0);
        book.Left(Start, Start + 300);

        book.NextAt(Start + 300).Should().Be(Start + 1300);
    }

    [Fact]
    public void Tokens_have_a_limit_of_their_own_and_count_as_calls()
    {
        var book = new RateBook(new RateOptions { PerMinute = 10, TokensPerMinute = 2, SlackPercent = 0 });
        book.Take(Start, 2, 2);

        (Free(book, Start), book.FreeTokens(Start), book.NextTokenAt(Start)).Should().Be((8, 0, Start + 60_000));
        book.FreeTokens(Start + 60_000).Should().Be(2);
    }

    [Fact]
    public void What_an_urgent_call_of_another_node_waits_for_is_left_to_it_for_a_while()
    {
        var book = new RateBook(_exact);
        book.Want(Start, "b", CallPriority.Booking, 3, TimeSpan.FromSeconds(5)).Should().BeTrue();
        book.Want(Start, "b", CallPriority.Booking, 3, TimeSpan.FromSeconds(5)).Should().BeFalse("it is known");

        (book.Free(Start, CallPriority.Sync, "a"), book.Free(Start, CallPriority.Booking, "a"), book.Free(Start, CallPriority.Sync, "b")).Should().Be((5, 8, 8));
        book.Free(Start + 5000, CallPriority.Sync, "a").Should().Be(8);
        book.Want(Start + 5001, "b", CallPriority.Bulk, 0, TimeSpan.Zero).Should().BeFalse();
    }

    [Fact]
    public void A_pause_holds_and_a_shorter_one_does_not_end_it()
    {
        var book = new RateBook(_exact);
        book.Pause(Start + 10_000, "said so").Should().BeTrue();
        book.Pause(Start + 5_000, "less").Should().BeFalse();

        (Free(book, Start), book.NextAt(Start), book.PauseReason).Should().Be((0, Start + 10_000, "said so"));
        (Free(book, Start + 10_000), book.PausedUntil).Should().Be((8, 0));
    }

    [Fact]
    public void What_is_kept_is_read_again()
    {
        var options = _exact with { PerDay = 100, TokensPerMinute = 5 };
        var book = new RateBook(options);
        book.Take(Start, 3, 1);
        book.Want(Start, "b", CallPriority.Booking, 2, TimeSpan.FromSeconds(5));
        book.Pause(Start + 500, "why");

        var again = RateBook.Read(options, book.Write());

        (again.Used, again.Day, again.PausedUntil, again.PauseReason, again.FreeTokens(Start)).Should().Be((3, book.Day, Start + 500, "why", 4));
        again.Free(Start + 500, CallPriority.Sync, "a").Should().Be(3);
        RateBook.Read(options, default).Free(Start, CallPriority.Sync, "a").Should().Be(8);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_hold_calls_up_for_longer_than_a_window()
    {
        var book = new RateBook(_exact);
        book.Take(Start + 3_600_000, 8, 0);

        Free(book, Start).Should().Be(0);
        Free(book, Start + 1000).Should().BeGreaterThan(0);
    }

    /// <summary>
    /// Three nodes take at chance times over ten minutes whatever they are given; then every span of a window's length is looked at, whenever it begins.
    /// </summary>
    [Theory]
    [InlineData(8, 16, 0, 1)]
    [InlineData(4, 0, 240, 2)]
    [InlineData(7, 10, 100, 3)]
    [InlineData(1, 0, 0, 4)]
    public void No_window_is_ever_exceeded_whoever_takes(int perSecond, int burst, int perMinute, int seed)
    {
        var options = new RateOptions { PerSecond = perSecond, Burst = burst, PerMinute = perMinute, SlackPercent = 0 };
        var (random, book, taken) = (new Random(seed), new RateBook(options), new List<long>());
        for (var now = Start; now < Start + 600_000; now += random.Next(1, 300))
        {
            var take = Math.Min(random.Next(0, 5), book.Free(now, CallPriority.Sync, $"{random.Next(3)}"));
            book.Take(now, take, 0);
            taken.AddRange(Enumerable.Repeat(now, take));
            book = RateBook.Read(options, book.Write());
        }

        foreach (var (limit, length) in new[] { (perSecond, 1000L), (burst, 2000L), (perMinute, 60_000L) }.Where(window => window.Item1 > 0))
        {
            for (var first = 0; first + limit < taken.Count; first++)
            {
                (taken[first + limit] - taken[first]).Should().BeGreaterThanOrEqualTo(length, $"seed {seed}: {limit} within {length} ms");
            }
        }
    }

    private static int Free(RateBook book, long now) => book.Free(now, CallPriority.Sync, "a");
}
