using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Cli;

public sealed class LedgerCommandTests : IDisposable
{
    private readonly CommandBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_balanced_ledger_shows_each_source_and_ends_with_0()
    {
        await TakeAsync(numbers: 3, stored: 3);

        var ran = await _bench.RunAsync("ledger", "--full");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().Contain("Source      received  applied").And.Contain("front-desk  3         3").And.Contain("Everything is accounted for.");
    }

    [Fact]
    public async Task A_difference_is_named_and_ends_with_1()
    {
        await TakeAsync(numbers: 3, stored: 2);

        var ran = await _bench.RunAsync("ledger");
        var json = await _bench.RunAsync("ledger", "--json");

        ran.Code.Should().Be(1);
        ran.Out.Should().Contain("DIFFERENCE 2026-01-14 front-desk: 3 received (numbers 1 to 3), 2 stored").And.Contain("numbers: 3").And.Contain("1 differences.");
        json.Code.Should().Be(1);
        json.Out.Should().Contain("\"isBalanced\": false").And.Contain("\"missing\": 1");
    }

    [Theory]
    [InlineData("2d", 1)]
    [InlineData("1d", 0)]
    [InlineData("2026-01-14", 1)]
    [InlineData("2026-01-15", 0)]
    public async Task Since_takes_a_day_or_days_back(string since, int sources)
    {
        await TakeAsync(numbers: 1, stored: 1);
        _bench.Clock.Advance(TimeSpan.FromDays(1));

        var ran = await _bench.RunAsync("ledger", "--since", since, "--json");

        ran.Code.Should().Be(0, ran.Error);
        (ran.Out.Split("\"received\"").Length - 1).Should().Be(sources);
    }

    [Theory]
    [InlineData("--since", "yesterday", "--since yesterday: write a day (UTC) as 2026-02-01, or how many days back as 7d.", 2)]
    [InlineData("--source", "lab", "Nothing of a source lab is in the ledger; there are: front-desk.", 1)]
    public async Task What_makes_no_sense_is_said(string option, string value, string problem, int code)
    {
        await TakeAsync(numbers: 1, stored: 1);

        var ran = await _bench.RunAsync("ledger", option, value);

        ran.Code.Should().Be(code);
        ran.Error.Should().Contain(problem);
    }

    private async Task TakeAsync(int numbers, int stored)
    {
        await using var store = _bench.OpenStore();
        var run = await store.Ledger.BeginRunAsync("front-desk", 1, default);
        for (var number = 1; number <= stored; number++)
        {
            var write = _bench.Samples.Message() with { Run = run.Id, Number = number };
            await store.CommitAsync(_bench.Samples.Unit(write), default);
        }

        await store.Ledger.ReportAsync(new NumberReport(run, [new DayNumbers(LedgerDay.Of(_bench.Clock.Milliseconds), new NumberRange(1, numbers))], [], numbers, IsFinal: true), default);
    }
}
