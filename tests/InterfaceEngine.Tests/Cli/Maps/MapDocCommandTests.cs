namespace InterfaceEngine.Tests.Cli.Maps;

public sealed class MapDocCommandTests : IDisposable
{
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task One_practices_page_is_printed_or_a_page_for_each_is_written()
    {
        var printed = await _maps.RunAsync("map", "doc", "--practice", "1959");
        var written = await _maps.RunAsync("map", "doc", "--out", "pages");
        var html = await _maps.RunAsync("map", "doc", "--out", "pages", "--html", "--practice", "1959");

        printed.Out.Should().StartWith("# Practice 1959\n").And.Contain("\n## Messages\n");
        written.Out.Should().Be("pages/practice-1959.md\npages/practice-195900.md\n");
        File.ReadAllText(Path.Combine(_maps.Bench.Root, "pages", "practice-1959.md")).Should().Be(printed.Out);
        html.Out.Should().Be("pages/practice-1959.html\n");
        File.ReadAllText(Path.Combine(_maps.Bench.Root, "pages", "practice-1959.html")).Should().StartWith("<!DOCTYPE html>");
    }

    [Fact]
    public async Task Tables_with_errors_make_no_page()
    {
        _maps.Edit("practices/1959/patient.map.md", "PID-14", "PID-134");

        var ran = await _maps.RunAsync("map", "doc", "--out", "pages");

        ran.Code.Should().Be(1);
        ran.Error.Should().Contain("error MAP201 PID-134 does not exist");
        Directory.Exists(Path.Combine(_maps.Bench.Root, "pages")).Should().BeFalse();
    }
}
