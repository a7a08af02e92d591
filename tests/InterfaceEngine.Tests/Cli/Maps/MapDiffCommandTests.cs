using System.Diagnostics;
using System.Text.Json;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary><c>map diff</c> by files, as on a build server: without a store.</summary>
public sealed class MapDiffCommandTests : IDisposable
{
    private const string Patient = "athenahealth/patient.map.md";

    private readonly MapFolder _maps = new();

    private static string Samples => Path.Combine(RepositoryRoot.Path, "samples");

    private string Old => Path.Combine(_maps.Bench.Root, "old");

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task Messages_rows_and_documents_of_a_folder_are_read_by_both_sets()
    {
        KeepAsOld();
        _maps.Edit(Patient, "| Zip ", "| Postal ");
        _maps.Edit(Patient, "| homephone ", "| phone ");
        _maps.Edit(Patient, "| PID-16 ", "| PID-25 ");

        var ran = await _maps.RunAsync("map", "diff", "old", "working", "--corpus", Samples, "--practice", "1959", "--gate");

        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().MatchRegex(@"^\d+ messages   \d+ same   \d+ changed   0 newly fail   0 newly pass\n")
            .And.MatchRegex(@"athenahealth/patient\.map\.md:\d+:\d+ CSV: Zip → Postal\n +looks like ##### → \(empty\) \(\d+\)\n +e\.g\. \S+patients\.csv row \d+")
            .And.MatchRegex(@"athenahealth/patient\.map\.md:\d+:\d+ athenaNet: homephone → phone\n.*\n +e\.g\. \S+athena-patient\.json\n")
            .And.MatchRegex(@"athenahealth/patient\.map\.md:\d+:\d+ HL7 v2: PID-16 → PID-25\n")
            .And.EndWith("Gate: open, nothing newly fails.\n");
    }

    [Fact]
    public async Task A_file_of_messages_whose_event_nothing_reads_any_more_shuts_the_gate()
    {
        KeepAsOld();
        foreach (var file in Directory.EnumerateFiles(_maps.Root, "*.map.md", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, File.ReadAllText(file).Replace("ADT^A04", "ADT^A99", StringComparison.Ordinal));
        }

        var ran = await _maps.RunAsync("map", "diff", "old", "working", "--corpus", Path.Combine(Samples, "hl7", "guide-a04.hl7"), "--gate", "--json");

        ran.Code.Should().Be(1, ran.Out + ran.Error);
        var json = JsonDocument.Parse(ran.Out).RootElement;
        json.GetProperty("gate").GetProperty("notAccepted")[0].GetProperty("reason").GetString().Should().Be("unmapped");
        json.GetProperty("report").GetProperty("differences")[0].GetProperty("causes")[0].GetProperty("what").GetString().Should().EndWith(" messages");
    }

    [Theory]
    [InlineData("GET /patients, GET /patients/{patientid}, ", "", "json/athena-patient.json")]
    [InlineData("| Patients file ", "| People file ", "csv/patients.csv")]
    public async Task A_file_whose_kind_the_new_set_reads_no_more_shuts_the_gate(string from, string to, string file)
    {
        KeepAsOld();
        foreach (var table in Directory.EnumerateFiles(_maps.Root, "*.map.md", SearchOption.AllDirectories))
        {
            File.WriteAllText(table, File.ReadAllText(table).Replace(from, to, StringComparison.Ordinal));
        }

        var ran = await _maps.RunAsync("map", "diff", "old", "working", "--corpus", Path.Combine(Samples, file), "--practice", "195900", "--gate");

        ran.Code.Should().Be(1, ran.Out + ran.Error);
        ran.Out.Should().MatchRegex(@"^(\d+) messages   0 same   0 changed   \1 newly fail ").And.MatchRegex(@"applied → not mapped +← fails by unmapped\n");
    }

    [Fact]
    public async Task A_document_of_no_call_that_is_read_is_not_compared_and_shuts_the_gate_where_nothing_else_is()
    {
        KeepAsOld();
        _maps.Edit(Patient, "| homephone ", "| phone ");
        var folder = Directory.CreateDirectory(Path.Combine(_maps.Bench.Root, "corpus")).FullName;
        var (empty, file) = (Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName, Path.Combine(folder, "unknown.json"));
        File.WriteAllText(file, """{ "nothing": "known" }""");
        string[] gate = ["map", "diff", "old", "working", "--practice", "195900", "--gate", "--corpus"];

        var shut = await _maps.RunAsync([.. gate, file]);
        var accepted = await _maps.RunAsync([.. gate, file, "--accept", "not-compared", "--because", "of another house"]);
        var named = await _maps.RunAsync([.. gate, file, "--kind", "GET /nowhere"]);
        File.Copy(Path.Combine(Samples, "json", "athena-patient.json"), Path.Combine(folder, "patient.json"));
        var beside = await _maps.RunAsync([.. gate, folder]);
        var nothing = await _maps.RunAsync([.. gate, empty]);

        shut.Code.Should().Be(1, shut.Out + shut.Error);
        shut.Out.Should().StartWith("0 messages ").And.Contain("\n  not compared: 1 of a call that no table reads\n")
            .And.EndWith("Gate: shut, 1 not compared. To go on all the same, accept them with a reason: --accept not-compared --because \"...\".\n");
        (accepted.Code, accepted.Out).Should().Match<(int Code, string Out)>(told => told.Code == 0 && told.Out.EndsWith("Gate: open, accepted: 1 not compared, because of another house.\n"));
        named.Out.Should().Contain("not compared: 1 of a call that no table reads\n");
        (beside.Code, beside.Out).Should().Match<(int Code, string Out)>(told => told.Code == 0 && told.Out.Contains("\n  not compared: 1 "), beside.Out + beside.Error);
        (nothing.Code, nothing.Error).Should().Be((1, $"{empty} holds no message: nothing was compared.\n"));
    }

    [Fact]
    public async Task A_set_that_has_errors_is_compared_with_nothing()
    {
        KeepAsOld();
        _maps.Edit(Patient, "| PID-16 ", "| PID-160 ");

        var ran = await _maps.RunAsync("map", "diff", "old", "working", "--corpus", Samples, "--practice", "1959");

        ran.Code.Should().Be(1);
        ran.Error.Should().MatchRegex(@"^Mapping set working has errors, so nothing is compared\. The first: athenahealth/patient\.map\.md:\d+:\d+: error MAP201 PID-160 does not exist");
    }

    [Theory]
    [InlineData("map diff working", "Required argument 'NEW' missing for command: 'diff'.")]
    [InlineData("map diff working working --corpus yesterday", "--corpus yesterday: neither a time (30d, 12h, 2026-11-01..2026-11-08) nor a file or folder.")]
    [InlineData("map diff working working --corpus 2026-11-08..2026-11-01", "--corpus 2026-11-08..2026-11-01: the first day lies before the last, which is left out.")]
    [InlineData("map diff working working --corpus mappings --accept MAP5", "--accept MAP5: neither a code such as MAP504 nor one of unmapped, filtered, no-record, required, not-compared.")]
    [InlineData("map diff working working --corpus mappings --accept MAP504", "--accept needs a reason: --because \"...\".")]
    [InlineData("map diff working -x --corpus mappings", "-x: no mapping set is called so. Say working, deployed, a folder, a hash of map history, or a Git revision.")]
    [InlineData("map diff nowhere working --corpus mappings", "nowhere: no mapping set is called so. Say working, deployed, a folder, a hash of map history*")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(string line, string expected)
    {
        var ran = await _maps.RunAsync(line.Split(' '));

        ran.Code.Should().Be(2);
        ran.Error.Split('\n')[0].Should().Match(expected.Replace("[", "\\[", StringComparison.Ordinal));
    }

    [RequiresProgramFact("git")]
    public async Task A_revision_of_git_is_a_set()
    {
        await GitAsync("init", "-q");
        await GitAsync("add", "mappings");
        await GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "first");
        _maps.Edit(Patient, "| PID-16 ", "| PID-25 ");

        var ran = await _maps.RunAsync("map", "diff", "HEAD", "working", "--corpus", Path.Combine(Samples, "hl7"), "--practice", "1959");
        var unknown = await _maps.RunAsync("map", "diff", "no-such-branch", "working", "--corpus", Samples);

        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().Contain("HL7 v2: PID-16 → PID-25\n");
        unknown.Code.Should().Be(2);
        unknown.Error.Should().Contain("Git knows no mapping folder at that revision either.");
    }

    private async Task GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", _maps.Bench.Root, .. arguments]))!;
        await git.WaitForExitAsync();
        git.ExitCode.Should().Be(0);
    }

    private void KeepAsOld()
    {
        foreach (var file in Directory.EnumerateFiles(_maps.Root, "*.md", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Old, Path.GetRelativePath(_maps.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
