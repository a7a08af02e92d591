using System.Text.Json.Nodes;

namespace InterfaceEngine.Tests.Cli.Maps;

public sealed class MapExportCommandTests : IDisposable
{
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task One_file_is_printed_and_goes_back_to_its_place()
    {
        const string File = "practices/1959/patient.map.md";
        var before = _maps.Read(File);

        var exported = await _maps.RunAsync("map", "export", $"mappings/{File}", "--json");
        _maps.Bench.WriteFile("patient.json", exported.Out);
        var printed = await _maps.RunAsync("map", "import", "patient.json");
        _maps.Write(File, "");
        var refused = await _maps.RunAsync("map", "import", "patient.json", "--out", "mappings");
        var written = await _maps.RunAsync("map", "import", "patient.json", "--out", "mappings", "--overwrite");

        JsonNode.Parse(exported.Out)!["fields"]![0]!["hl7"]!.GetValue<string>().Should().Be("PID-14");
        (printed.Code, printed.Out).Should().Be((0, before));
        (refused.Code, refused.Error).Should().Be((1, $"mappings/{File} is there already; --overwrite replaces it.\n"));
        (written.Code, written.Out, _maps.Read(File)).Should().Be((0, $"mappings/{File}\n", before));
    }

    [Fact]
    public async Task The_whole_folder_goes_out_and_comes_back_as_tables_that_pass_their_check_and_their_tests()
    {
        var before = await _maps.RunAsync("map", "check", "--static", "--short");
        _maps.Bench.WriteFile("all.json", (await _maps.RunAsync("map", "export", "--json")).Out);

        var written = await _maps.RunAsync("map", "import", "all.json", "--out", "mappings", "--overwrite");

        written.Code.Should().Be(0, written.Error);
        var after = await _maps.RunAsync("map", "check", "--static", "--short");
        (after.Code, after.Out.Split(';')[0]).Should().Be((0, before.Out.Split(';')[0]), "only the hash of the texts may differ");
        (await _maps.RunAsync("map", "test")).Code.Should().Be(0);
        (await _maps.RunAsync("map", "fmt", "--check")).Code.Should().Be(0);
    }

    [Fact]
    public async Task Spreadsheets_are_written_into_a_folder()
    {
        var ran = await _maps.RunAsync("map", "export", "mappings/athenahealth/codes", "--csv", "--out", "sheets");

        ran.Out.Should().MatchRegex(@"^\d+ files written to sheets\.\n$");
        File.ReadAllText(Path.Combine(_maps.Bench.Root, "sheets/athenahealth/codes/race.codes.csv")).Should().Contain("\"=\"\"2106-3\"\"\"");
    }

    [Fact]
    public async Task The_schema_is_printed() =>
        JsonNode.Parse((await _maps.RunAsync("map", "schema")).Out)!["$id"]!.GetValue<string>().Should().Be("urn:interface:map:1");

    [Theory]
    [InlineData("map export", 2, "Say --json or --csv.")]
    [InlineData("map export --json --csv", 2, "Say --json or --csv.")]
    [InlineData("map export --csv", 2, "*files can't be one CSV: say where to with --out.")]
    [InlineData("map export appsettings.json --json", 2, "appsettings.json is not in the mapping folder *")]
    [InlineData("map export mappings/tests/patient.test.md --json", 1, "mappings/tests/patient.test.md:1:1: error MAP103 this is no file of tables: its name or its folder says so.")]
    [InlineData("map import nowhere.json", 2, "nowhere.json: there is no such file.")]
    [InlineData("map import appsettings.json", 1, "appsettings.json: the document says what it is by one of map, codes, references and filters")]
    [InlineData("map import broken.json", 1, "broken.json is no JSON: *")]
    [InlineData("map import twice.json", 1, "twice.json is no JSON: *")]
    [InlineData("map import several.json", 1, "several.json: /1 is no document of a mapping file.")]
    [InlineData("map import wrong.json", 1, "wrong.json: /0/fields/0/rule is not a list of texts")]
    [InlineData("map import both.json", 2, "2 files can't be printed as one: say where to with --out.")]
    [InlineData("map import both.json --out x", 1, "athenahealth/note.map.md is there twice.")]
    public async Task What_can_not_be_done_is_said(string line, int code, string expected)
    {
        _maps.Bench.WriteFile("broken.json", "{");
        _maps.Bench.WriteFile("twice.json", """{ "map": "a", "map": "b" }""");
        _maps.Bench.WriteFile("several.json", """[{ "map": "note", "fields": [{ "field": "a" }] }, 3]""");
        _maps.Bench.WriteFile("wrong.json", """[{ "map": "note", "fields": [{ "field": "a", "rule": "key" }] }]""");
        _maps.Bench.WriteFile("both.json", """[{ "map": "note", "fields": [{ "field": "a" }] }, { "map": "note", "fields": [{ "field": "a" }] }]""");

        var ran = await _maps.RunAsync(line.Split(' '));

        ran.Code.Should().Be(code);
        ran.Error.Split('\n')[0].Should().Match(expected);
    }
}
