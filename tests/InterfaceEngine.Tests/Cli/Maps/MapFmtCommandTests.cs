using System.Text;

namespace InterfaceEngine.Tests.Cli.Maps;

public sealed class MapFmtCommandTests : IDisposable
{
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task The_check_names_the_files_that_are_not_laid_out_and_changes_nothing()
    {
        const string File = "practices/1959/patient.map.md";
        _maps.Edit(File, "| phone_mobile    | PID-14              |", "|phone_mobile|PID-14|");
        var before = _maps.Read(File);

        var ran = await _maps.RunAsync("map", "fmt", "--check");

        ran.Code.Should().Be(1);
        ran.Out.Should().MatchRegex($@"^mappings/{File}\n1 of \d+ files are not laid out\.\n$");
        _maps.Read(File).Should().Be(before);
    }

    [Fact]
    public async Task It_lays_out_what_is_named_and_then_the_check_has_nothing_to_say()
    {
        const string File = "practices/1959/patient.map.md";
        var before = _maps.Read(File);
        _maps.Edit(File, "| phone_mobile    | PID-14              |", "|phone_mobile|PID-14|");
        _maps.Edit("practices/1959/coverage.map.md", "| plan_id         |", "|plan_id|");

        var one = await _maps.RunAsync("map", "fmt", $"mappings/{File}");
        var both = await _maps.RunAsync("map", "fmt", "mappings/practices");
        var check = await _maps.RunAsync("map", "fmt", "--check");

        (one.Code, one.Out).Should().Be((0, $"mappings/{File}\n1 of 1 files changed.\n"));
        both.Out.Should().MatchRegex(@"^mappings/practices/1959/coverage\.map\.md\n1 of \d+ files changed\.\n$");
        check.Out.Should().MatchRegex(@"^0 of \d+ files are not laid out\.\n$");
        _maps.Read(File).Should().Be(before);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_no_UTF_8_is_said_and_left_alone()
    {
        var latin = Path.Combine(_maps.Root, "practices/1959/patient.map.md");
        await File.WriteAllBytesAsync(latin, Encoding.Latin1.GetBytes("|a|\n|-|\n|é|\n"));

        var wrong = await _maps.RunAsync("map", "fmt", "mappings/practices/1959/patient.map.md");
        var nowhere = await _maps.RunAsync("map", "fmt", "nowhere.map.md");

        (wrong.Code, wrong.Error).Should().Be((1, "mappings/practices/1959/patient.map.md is not UTF-8.\n"));
        (await File.ReadAllBytesAsync(latin)).Should().Equal(Encoding.Latin1.GetBytes("|a|\n|-|\n|é|\n"));
        (nowhere.Code, nowhere.Error.Split('\n')[0]).Should().Be((2, "nowhere.map.md: there is no such file."));
    }

    [Fact]
    public async Task A_file_that_is_a_link_stays_one()
    {
        var real = Path.Combine(_maps.Bench.Root, "patient.md");
        await File.WriteAllTextAsync(real, "|a|\n|-|\n");
        var link = Path.Combine(_maps.Root, "practices/1959/note.map.md");
        File.CreateSymbolicLink(link, real);

        await _maps.RunAsync("map", "fmt", "mappings/practices/1959/note.map.md");

        new FileInfo(link).LinkTarget.Should().Be(real);
        (await File.ReadAllTextAsync(real)).Should().Be("| a |\n|---|\n");
    }
}
