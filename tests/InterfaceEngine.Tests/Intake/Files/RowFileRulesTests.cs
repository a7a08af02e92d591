using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Intake.Files;

public sealed class RowFileRulesTests
{
    [Fact]
    public async Task A_file_of_which_every_row_is_bad_is_not_kept_row_by_row()
    {
        await using var engine = await TestEngine.StartAsync();
        var text = DroppedRows.PatientColumns + "\n" + string.Concat(Enumerable.Repeat("x\n", 5_000));

        var outcome = await engine.TakeAsync(text);

        (outcome.Run.State, outcome.Reason).Should().Be((FileRunState.Refused, "All of its first 1000 rows were refused: is it a file of this kind? The rest was not read."));
        outcome.Run.Counts.Should().Be(new RowCounts { Refused = 1_000 });
        (await engine.MessagesAsync(outcome.Run)).Should().HaveCount(1_000);
    }

    [Fact]
    public async Task More_refused_rows_than_the_limit_stop_the_reading_and_what_was_taken_stays()
    {
        await using var engine = await TestEngine.StartAsync();
        var text = DroppedRows.Patients([1, 2]) + "x\n" + string.Concat(Enumerable.Range(3, 1_500).Select(number => DroppedRows.Patient(number) + "\nx\n"));

        var outcome = await engine.TakeAsync(text, rules: new RowFileRules { RefusedMax = 400 });

        (outcome.Run.State, outcome.Reason).Should().Be((FileRunState.Refused, "499 of its first 1000 rows were refused, more than 400 (RefusedMax): the rest was not read. What was taken stays."));
        outcome.Run.Counts.Should().Be(new RowCounts { Created = 501, Refused = 499 });
        (await engine.RecordAsync("1959", "patient", "2")).Should().NotBeNull();
    }

    [Theory]
    [InlineData("yyyyMMdd-HHmm", "patients_20260131-2200.csv", "2026-02-01T04:00:00Z")]
    [InlineData("yyyy-MM-dd", "2026-01-31 patients 12345.csv", "2026-01-31T06:00:00Z")]
    [InlineData("yyyyMMdd", "patients.csv", "2026-02-01T05:00:00Z")]
    [InlineData(null, "patients_20260131.csv", "2026-02-01T05:00:00Z")]
    [InlineData("yyyyMMdd", "patients_20990131.csv", "2026-02-01T12:00:00Z")]
    public void What_a_file_says_was_so_when_it_was_extracted(string? pattern, string name, string at)
    {
        var rules = new RowFileRules { Extracted = pattern is null ? null : new NameTime(pattern), ExtractedBefore = TimeSpan.FromHours(1) };
        var now = new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

        var time = rules.EventAt(DroppedRows.File([], name: name), DateTimeZoneProviders.Tzdb["America/Chicago"], now);

        DateTimeOffset.FromUnixTimeMilliseconds(time).Should().Be(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-02-01T05:59:00Z", "2026-02-01T06:00:00Z")]
    [InlineData("2026-02-01T06:01:00Z", "2026-02-01T06:01:00Z")]
    [InlineData("2026-02-01T12:01:00Z", "2026-02-01T12:01:00Z")]
    public void What_is_known_to_contain_a_moment_is_not_before_it_whatever_the_clocks_say(string notBefore, string at)
    {
        static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        var time = new RowFileRules().EventAt(DroppedRows.File([]) with { NotBefore = Time(notBefore) }, DateTimeZoneProviders.Tzdb["America/Chicago"], Time("2026-02-01T12:00:00Z"));

        DateTimeOffset.FromUnixTimeMilliseconds(time).Should().Be(Time(at));
    }

    [Fact]
    public void A_pattern_that_is_none_is_no_pattern() => FluentActions.Invoking(() => new NameTime("q{")).Should().Throw<FormatException>();
}
