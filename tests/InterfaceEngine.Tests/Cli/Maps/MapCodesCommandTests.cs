namespace InterfaceEngine.Tests.Cli.Maps;

public sealed class MapCodesCommandTests : IDisposable
{
    private readonly CommandBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_code_is_told_with_its_cause_and_its_cure()
    {
        var ran = await _bench.RunAsync("map", "codes", "map504");

        (ran.Code, ran.Out).Should().Be((0, """
            MAP504  not a telephone number
              Fewer than 7 digits, a word such as `SAME`, an extension alone.
              Correct the sender, or the cell, if another field is meant.


            """));
    }

    [Fact]
    public async Task A_word_finds_the_codes_that_speak_of_it_and_no_word_all_of_them()
    {
        (await _bench.RunAsync("map", "codes", "telephone")).Out.Should().Contain("MAP504  ").And.Contain("MAP505  ").And.NotContain("MAP501");
        (await _bench.RunAsync("map", "codes")).Out.Split('\n').Length.Should().BeGreaterThan(90);
    }

    [Fact]
    public async Task A_bar_is_shown_as_it_must_be_written() =>
        (await _bench.RunAsync("map", "codes", "MAP120")).Out.Should().Contain(@"Write a bar inside a cell as `\|`.");

    [Fact]
    public async Task What_no_code_speaks_of_is_a_usage_error()
    {
        var ran = await _bench.RunAsync("map", "codes", "MAP999");

        (ran.Code, ran.Error.Split('\n')[0]).Should().Be((2, "No code is called 'MAP999', and none speaks of it."));
    }
}
