using System.Text.Json;
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

    [Fact]
    public async Task A_difference_that_is_accepted_is_shown_as_such_with_who_and_why_and_ends_with_0()
    {
        await TakeAsync(numbers: 3, stored: 2);
        var id = await DifferenceAsync();

        (await _bench.RunAsync("ledger", "accept", id)).Should().BeEquivalentTo(new { Code = 2 }, "a reason is needed");
        var accepted = await _bench.RunAsync("ledger", "accept", id, "--reason", "killed; it came again");
        var after = await _bench.RunAsync("ledger");
        var full = await _bench.RunAsync("ledger", "--full", "--json");

        accepted.Code.Should().Be(0, accepted.Error);
        after.Code.Should().Be(0);
        after.Out.Should().Contain("accepted 2026-01-14 front-desk: 3 received (numbers 1 to 3), 2 stored").And.Contain("numbers 3").And.Contain("by maria, ").And.Contain(": killed; it came again")
            .And.Contain("Everything else is accounted for; 1 accepted.").And.NotContain("DIFFERENCE");
        after.Out.Should().MatchRegex("missing\\n.* 1\\n", "the table goes on saying what is missing");
        JsonDocument.Parse(full.Out).RootElement.GetProperty("accepted").GetArrayLength().Should().Be(1);
        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Actor = "maria", Action = "ledger accept", Reason = "killed; it came again" });
    }

    [Fact]
    public async Task A_difference_that_grows_after_it_was_accepted_is_another_one()
    {
        await TakeAsync(numbers: 3, stored: 2);
        await _bench.RunAsync("ledger", "accept", await DifferenceAsync(), "--reason", "known");

        await TakeAsync(numbers: 4, stored: 0, run: 1);

        var ran = await _bench.RunAsync("ledger");
        ran.Code.Should().Be(1);
        ran.Out.Should().Contain("DIFFERENCE 2026-01-14 front-desk: 4 received");
    }

    [Fact]
    public async Task Only_a_difference_that_stands_is_accepted_and_only_once()
    {
        await TakeAsync(numbers: 3, stored: 2);
        var id = await DifferenceAsync();
        await _bench.RunAsync("ledger", "accept", id, "--reason", "known");

        (await _bench.RunAsync("ledger", "accept", id, "--reason", "again")).Should().BeEquivalentTo(new { Code = 1, Error = $"Difference {id} was accepted by maria already: known\n" });
        var none = await _bench.RunAsync("ledger", "accept", "01KDRX5Q0G00A", "--reason", "none such");
        (none.Code, none.Error).Should().Be((1, "There is no difference 01KDRX5Q0G00A now: ledger and ledger --full show them.\n"));
        (await _bench.ReadAsync(reader => reader.Audit(null, 10))).Should().ContainSingle();
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

    private async Task<string> DifferenceAsync() =>
        JsonDocument.Parse((await _bench.RunAsync("ledger", "--json")).Out).RootElement.GetProperty("differences")[0].GetProperty("id").GetString()!;

    /// <param name="run">A run to go on with; null begins one.</param>
    private async Task TakeAsync(int numbers, int stored, int? run = null)
    {
        await using var store = _bench.OpenStore();
        await TakeAsync(store, run is { } known ? new SourceRun(known, "front-desk", 1) : await store.Ledger.BeginRunAsync("front-desk", 1, default), numbers, stored);
    }

    private async Task TakeAsync(IEngineStore store, SourceRun run, int numbers, int stored)
    {
        for (var number = 1; number <= stored; number++)
        {
            var write = _bench.Samples.Message() with { Run = run.Id, Number = number };
            await store.CommitAsync(_bench.Samples.Unit(write), default);
        }

        await store.Ledger.ReportAsync(new NumberReport(run, [new DayNumbers(LedgerDay.Of(_bench.Clock.Milliseconds), new NumberRange(1, numbers))], [], numbers, IsFinal: true), default);
    }
}
