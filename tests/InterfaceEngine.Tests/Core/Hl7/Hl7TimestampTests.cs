using System.Globalization;
using System.Text;
using InterfaceEngine.Core.Hl7;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Hl7;

public sealed class Hl7TimestampTests
{
    [Theory]
    [InlineData("1980", Hl7Precision.Year, "1980")]
    [InlineData("198005", Hl7Precision.Month, "1980-05")]
    [InlineData("19800515", Hl7Precision.Day, "1980-05-15")]
    [InlineData("1980051509", Hl7Precision.Hour, "1980-05-15")]
    [InlineData("198005150930", Hl7Precision.Minute, "1980-05-15")]
    [InlineData("19800515093059", Hl7Precision.Second, "1980-05-15")]
    [InlineData("19800515093059.1", Hl7Precision.Fraction, "1980-05-15")]
    [InlineData("19800515093059.123456789", Hl7Precision.Fraction, "1980-05-15")]
    [InlineData("20260105093059.1234-0600", Hl7Precision.Fraction, "2026-01-05")]
    [InlineData("202601050930+0530", Hl7Precision.Minute, "2026-01-05")]
    [InlineData("2026010509-0600", Hl7Precision.Hour, "2026-01-05")]
    [InlineData("20260105+0000", Hl7Precision.Day, "2026-01-05")]
    [InlineData("2026-0600", Hl7Precision.Year, "2026")]
    [InlineData("20240229", Hl7Precision.Day, "2024-02-29")]
    [InlineData("20000229", Hl7Precision.Day, "2000-02-29")]
    [InlineData("00010101", Hl7Precision.Day, "0001-01-01")]
    [InlineData("99991231235959", Hl7Precision.Second, "9999-12-31")]
    public void A_time_keeps_its_precision_and_is_written_as_it_was_read(string text, Hl7Precision precision, string date)
    {
        Hl7Timestamp.TryParse(text, out var fromText, out var reason).Should().BeTrue(reason);
        Hl7Timestamp.TryParse(Encoding.ASCII.GetBytes(text), out var fromBytes, out _).Should().BeTrue();

        fromText.Precision.Should().Be(precision);
        DateOf(fromText).Should().Be(date);
        fromText.ToHl7Text().Should().Be(text);
        fromBytes.Should().Be(fromText);
    }

    [Fact]
    public void The_parts_that_were_not_said_are_null()
    {
        Hl7Timestamp.TryParse("202601050930", out var minute, out _).Should().BeTrue();

        (minute.Year, minute.Month, minute.Day, minute.Hour, minute.Minute).Should().Be((2026, 1, 5, 9, 30));
        minute.Second.Should().BeNull();
        minute.Nanosecond.Should().BeNull();
        minute.Offset.Should().BeNull();
        minute.HasTime.Should().BeTrue();
        minute.ToInstant().Should().BeNull();
        minute.ToLocalDateTime().Should().Be(new LocalDateTime(2026, 1, 5, 9, 30));

        Hl7Timestamp.TryParse("2026", out var year, out _).Should().BeTrue();
        year.Month.Should().BeNull();
        year.Day.Should().BeNull();
        year.HasTime.Should().BeFalse();
        year.ToLocalDateTime().Should().BeNull();
    }

    [Fact]
    public void With_an_offset_a_time_is_an_instant()
    {
        Hl7Timestamp.TryParse("20260105093059.25-0600", out var time, out _).Should().BeTrue();

        time.Offset.Should().Be(TimeSpan.FromHours(-6));
        time.Nanosecond.Should().Be(250_000_000);
        time.FractionDigits.Should().Be(2);
        time.ToInstant().Should().Be(Instant.FromUtc(2026, 1, 5, 15, 30, 59).PlusNanoseconds(250_000_000));
    }

    [Fact]
    public void Blanks_around_a_time_do_not_matter()
    {
        Hl7Timestamp.TryParse(" 20260105  ", out var time, out _).Should().BeTrue();

        DateOf(time).Should().Be("2026-01-05");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("198")]
    [InlineData("19800")]
    [InlineData("1980051")]
    [InlineData("198005150")]
    [InlineData("1980051509305")]
    [InlineData("198005150930591")]
    [InlineData("1980051509305912")]
    [InlineData("1980-05-15")]
    [InlineData("01/15/2025")]
    [InlineData("Aug 15, 1942")]
    [InlineData("19800515T0930")]
    [InlineData("19800515.5")]
    [InlineData("19800515093059.")]
    [InlineData("19800515093059.x")]
    [InlineData("19800515+060")]
    [InlineData("19800515+06000")]
    [InlineData("19800515+06:00")]
    [InlineData("19800515Z")]
    [InlineData("+0600")]
    [InlineData("19800515-0600-0600")]
    [InlineData("\"\"")]
    [InlineData("１９８０")]
    [InlineData("19800515093059.00000000000000000000000000000000000000000000000000000000")]
    public void What_is_not_written_as_a_time_is_refused(string text)
    {
        Hl7Timestamp.TryParse(text, out _, out var reason).Should().BeFalse();

        reason.Should().Be("expected YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]");
    }

    [Theory]
    [InlineData("0000", "there is no year 0")]
    [InlineData("20261301", "there is no month 13")]
    [InlineData("20260001", "there is no month 0")]
    [InlineData("20260100", "there is no day 0")]
    [InlineData("20260132", "there is no day 32")]
    [InlineData("20260631", "June has 30 days")]
    [InlineData("20260229", "February 2026 has 28 days")]
    [InlineData("19000229", "February 1900 has 28 days")]
    [InlineData("20240230", "February 2024 has 29 days")]
    [InlineData("2026010524", "there is no hour 24")]
    [InlineData("202601050960", "there is no minute 60")]
    [InlineData("20260105093060", "there is no second 60")]
    [InlineData("20260105+1430", "no place on earth has this offset")]
    [InlineData("20260105-0160", "no place on earth has this offset")]
    public void A_time_that_does_not_exist_is_refused_and_never_rolled_over(string text, string says)
    {
        Hl7Timestamp.TryParse(text, out var time, out var reason).Should().BeFalse();

        reason.Should().Be(says);
        time.Should().Be(default(Hl7Timestamp));
    }

    [Theory]
    [InlineData("09", Hl7Precision.Hour)]
    [InlineData("0930", Hl7Precision.Minute)]
    [InlineData("093059", Hl7Precision.Second)]
    [InlineData("093059.25+0100", Hl7Precision.Fraction)]
    public void A_time_of_day_keeps_its_precision(string text, Hl7Precision precision)
    {
        Hl7Time.TryParse(text, out var time, out var reason).Should().BeTrue(reason);

        time.Precision.Should().Be(precision);
        time.Hour.Should().Be(9);
        time.ToHl7Text().Should().Be(text);
        time.ToLocalTime().Hour.Should().Be(9);
    }

    [Theory]
    [InlineData("", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("9", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("09:30", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("0930.5", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("09305", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("é9", "expected HH[MM[SS[.S]]][+/-ZZZZ]")]
    [InlineData("2400", "there is no hour 24")]
    [InlineData("0960", "there is no minute 60")]
    [InlineData("0930+1500", "no place on earth has this offset")]
    public void A_time_of_day_that_is_none_is_refused(string text, string says)
    {
        Hl7Time.TryParse(text, out _, out var reason).Should().BeFalse();

        reason.Should().Be(says);
    }

    [Fact]
    public void Reading_a_time_allocates_nothing()
    {
        var bytes = "20260105093059.25-0600"u8;
        Hl7Timestamp.TryParse(bytes, out _, out _).Should().BeTrue();
        Hl7Timestamp.TryParse("20260105093059.25-0600", out _, out _).Should().BeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();

        _ = Hl7Timestamp.TryParse(bytes, out _, out _);
        _ = Hl7Timestamp.TryParse("20260105093059.25-0600", out _, out _);

        GC.GetAllocatedBytesForCurrentThread().Should().Be(before);
    }

    /// <summary>As much of a date as was said.</summary>
    private static string DateOf(Hl7Timestamp time) => string.Create(CultureInfo.InvariantCulture, $"{time.Year:0000}{time.Month:-00}{time.Day:-00}");
}
