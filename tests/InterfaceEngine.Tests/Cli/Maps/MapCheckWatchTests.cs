using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using InterfaceEngine.Cli;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>An editor beside which <c>map check --short --watch</c> runs.</summary>
public sealed class MapCheckWatchTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task A_changed_file_is_checked_again_and_a_missing_folder_is_waited_out()
    {
        using var stop = new CancellationTokenSource(_patience);
        using var lines = new LineWriter();
        var terminal = new Terminal(lines, lines, isInteractive: false) { WorkingFolder = _maps.Bench.Root, Environment = [] };
        var watch = new EngineCommandLine(terminal, (_, _, _) => throw new InvalidOperationException("a check asks no engine")).RunAsync(["map", "check", "--short", "--watch"], stop.Token);

        (await lines.UntilAsync("^0 errors", stop.Token)).Should().Contain("Checking mappings/");
        _maps.Edit("practices/1959/patient.map.md", "PID-14", "PID-134");
        var wrong = await lines.UntilAsync("^1 errors", stop.Token);
        Directory.Move(_maps.Root, _maps.Root + ".away");
        await lines.UntilAsync("^not checked: ", stop.Token);
        Directory.Move(_maps.Root + ".away", _maps.Root);
        await lines.UntilAsync("^1 errors", stop.Token);
        await stop.CancelAsync();

        (await watch).Should().Be(0);
        wrong.Should().Contain(line => Regex.IsMatch(line, @"^mappings/practices/1959/patient\.map\.md:\d+:\d+: error MAP201 PID-134 does not exist"));
    }

    [Fact]
    public void The_problem_matcher_of_the_guide_reads_its_lines()
    {
        var guide = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "mapping-guide.md"));
        var start = guide.IndexOf("{ \"version\"", StringComparison.Ordinal);
        var matcher = JsonNode.Parse(guide[start..guide.IndexOf("```", start, StringComparison.Ordinal)])!["tasks"]![0]!["problemMatcher"]!;

        var match = Regex.Match("mappings/practices/1959/patient.map.md:11:28: error MAP201 PID-134 does not exist: PID has 39 fields.", matcher["pattern"]!["regexp"]!.GetValue<string>());
        match.Groups.Values.Skip(1).Select(group => group.Value).Should().Equal("mappings/practices/1959/patient.map.md", "11", "28", "error", "MAP201", "PID-134 does not exist: PID has 39 fields.");
        Regex.IsMatch("0 errors, 0 warnings, 2 notes; set 7f3a2c000000", matcher["background"]!["endsPattern"]!.GetValue<string>()).Should().BeTrue();
        Regex.IsMatch("Checking mappings/", matcher["background"]!["beginsPattern"]!.GetValue<string>()).Should().BeTrue();
    }

    /// <summary>Gives out what is written line by line.</summary>
    private sealed class LineWriter : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => _lines.Writer.TryWrite(value ?? "");

        public async Task<List<string>> UntilAsync(string pattern, CancellationToken cancellationToken)
        {
            var read = new List<string>();
            do
            {
                read.Add(await _lines.Reader.ReadAsync(cancellationToken));
            }
            while (!Regex.IsMatch(read[^1], pattern));

            return read;
        }
    }
}
