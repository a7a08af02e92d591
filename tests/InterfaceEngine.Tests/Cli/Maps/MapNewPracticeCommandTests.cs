namespace InterfaceEngine.Tests.Cli.Maps;

public sealed class MapNewPracticeCommandTests : IDisposable
{
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task A_new_practices_files_pass_the_check_are_laid_out_and_change_nothing()
    {
        var ran = await _maps.RunAsync("map", "new-practice", "77");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().StartWith("mappings/practices/77/patient.map.md\nmappings/practices/77/providers.ref.md\nmappings/practices/77/locations.ref.md\n").And.Contain("Enter it in the settings");
        (await _maps.RunAsync("map", "check", "--static")).Out.Should().Contain("note MAP104 no practice 77 is in the settings").And.MatchRegex(@"\n0 errors, 0 warnings, \d+ notes");
        (await _maps.RunAsync("map", "fmt", "--check")).Code.Should().Be(0);

        _maps.WriteSettings("77");
        (await _maps.RunAsync("map", "check", "--static", "--practice", "77")).Out.Should().MatchRegex(@"\n0 errors, 0 warnings, \d+ notes");
        (await _maps.RunAsync("map", "show", "patient", "--practice", "77")).Out.Should().Contain("PID-5.1").And.NotContain(", practice 77)");
    }

    [Fact]
    public async Task A_row_written_into_it_counts()
    {
        _maps.WriteSettings("77");
        await _maps.RunAsync("map", "new-practice", "77");
        _maps.Write("practices/77/patient.map.md", _maps.Read("practices/77/patient.map.md") + "| phone_mobile | PID-14 | | | | | | ticket 1 |\n| phone_work | PID-13[2=WPN] | | | | | | |\n");

        (await _maps.RunAsync("map", "show", "patient", "--practice", "77")).Out.Should().MatchRegex(@"HL7 v2:    PID-14  \(practices/77/patient\.map\.md:\d+, practice 77\)");
    }

    [Theory]
    [InlineData("1959", 1, "mappings/practices/1959 is there already.")]
    [InlineData("../x", 2, "'../x' can't be a practice's id, which has letters, digits, _ and - only.")]
    [InlineData("77 --vendor athenahealt", 2, "There is no vendor pack 'athenahealt': there are athenahealth, eclinicalworks. Did you mean athenahealth?")]
    public async Task What_can_not_begin_is_said_and_nothing_is_written(string arguments, int code, string expected)
    {
        var before = Directory.GetFileSystemEntries(_maps.Root, "*", SearchOption.AllDirectories).Length;

        var ran = await _maps.RunAsync(["map", "new-practice", .. arguments.Split(' ')]);

        (ran.Code, ran.Error.Split('\n')[0]).Should().Be((code, expected));
        Directory.GetFileSystemEntries(_maps.Root, "*", SearchOption.AllDirectories).Should().HaveCount(before);
    }
}
