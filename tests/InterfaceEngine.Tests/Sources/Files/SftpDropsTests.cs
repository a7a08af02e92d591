using InterfaceEngine.Cli;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Files;

/// <summary>A whole engine that polls a real OpenSSH server.</summary>
public sealed class SftpDropsTests
{
    [RequiresProgramFact(SshServer.Program)]
    public async Task The_guides_file_on_a_server_becomes_two_patients_with_coverage_who_are_those_of_the_feed()
    {
        await using var server = await SshServer.StartAsync();
        using var drops = new DropFolder(server);
        await using var engine = await RunningEngine.StartAsync(settings => settings with { FileSources = [drops.Settings(options => options with { Rejects = "rejects", Reports = "reports" })] });
        await engine.Host.Core.Intake.AcceptAsync(new(TestEngine.Sample("guide-a04.hl7"), TestEngine.Guide), default);
        var fed = (await engine.RecordsAsync("1959", "patient"))["12345"];
        drops.Drop("patients.csv", await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "samples", "csv", "patients.csv")));

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Should().Be((ExitCode.Done, "nightly: 1 read to their end\n", ""));

        var patients = await engine.RecordsAsync("1959", "patient");
        patients.Keys.Should().BeEquivalentTo("12345", "54321");
        patients["12345"].Id.Should().Be(fed.Id);
        (await engine.ListedAsync("1959", "coverage")).Should().HaveCount(2);
        var run = (await RunsAsync(engine)).Single();
        drops.Names().Should().Equal("done/patients.csv", $"reports/patients.report.{run.Id}.csv");
        (await engine.CommandAsync("files", "status")).Out.Should().Contain("nightly");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task Names_of_all_sorts_are_read_and_put_away()
    {
        await using var server = await SshServer.StartAsync();
        using var drops = new DropFolder(server);
        await using var engine = await RunningEngine.StartAsync(settings => settings with { FileSources = [drops.Settings()] });
        string[] names = ["with spaces.csv", "\"quoted\" 'name'.csv", "two\nlines.csv", "Größe-日本.csv", "$(id);*.csv", "..a..csv".TrimStart('.')];
        foreach (var (name, number) in names.Select((name, index) => (name, index)))
        {
            drops.Drop(name, DroppedRows.Patients([number]));
        }

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be($"nightly: {names.Length} read to their end\n");

        drops.Names().Should().BeEquivalentTo(names.Select(name => $"done/{name}"));
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_connection_that_is_cut_in_the_middle_of_a_file_is_told_and_the_file_goes_on_at_the_next_poll()
    {
        const int Rows = 20_000;
        await using var server = await SshServer.StartAsync();
        using var drops = new DropFolder(server);
        await using var line = new CutLine(server.Port);
        var knownHosts = Path.Combine(server.Root, "..", "known_over_the_line");
        await File.WriteAllTextAsync(knownHosts, (await File.ReadAllTextAsync(server.KnownHosts)).Replace($":{server.Port} ", $":{line.Port} ", StringComparison.Ordinal));
        var source = drops.Settings(options => options with { BackOffMin = TimeSpan.FromHours(1), BackOffMax = TimeSpan.FromHours(1) }) with { Server = server.ToOptions() with { Port = line.Port, KnownHosts = knownHosts } };
        await using var engine = await RunningEngine.StartAsync(settings => settings with { FileSources = [source] });
        var content = DroppedRows.Patients(Enumerable.Range(1, Rows));
        drops.Drop("patients.csv", content);

        // A file is read twice. The line stands still in the middle of the second time, so that a quick machine has not read it all by then;
        // half of it is more than a packet, of which nothing is taken before its end.
        line.HoldsAfter = content.Length * 3L / 2;

        var poll = engine.CommandAsync("files", "poll", "nightly", "--once");
        await RunningEngine.UntilAsync(async () => (await RunsAsync(engine)) is [{ Position: > 0 }]);
        line.HoldsAfter = null;
        line.Cut();
        var (code, _, error) = await poll;

        code.Should().Be(ExitCode.Failed);
        error.Should().Contain("nightly: ").And.NotContain("patients.csv");
        drops.Names().Should().Equal("patients.csv");
        (await engine.CommandAsync("files", "status")).Code.Should().Be(ExitCode.Failed);

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Code.Should().Be(ExitCode.Done);
        var run = (await RunsAsync(engine)).Single(one => one.State == FileRunState.Done);
        run.Counts.Should().Be(new RowCounts { Created = Rows });
        (await engine.Host.Core.Store.ReadAsync(reader => reader.RecordCounts("1959"), default)).Should().Contain(count => count.Type == "patient" && count.Count == Rows);
        drops.Names().Should().Equal("done/patients.csv");
        (await engine.CommandAsync("files", "status")).Code.Should().Be(ExitCode.Done);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_is_gone_is_warned_of_and_the_next_poll_finds_it_again()
    {
        await using var server = await SshServer.StartAsync();
        using var drops = new DropFolder(server);
        var unknown = server.ToOptions() with { KnownHosts = Path.Combine(server.Root, "..", "nobody") };
        await using var engine = await RunningEngine.StartAsync(settings => settings with { FileSources = [drops.Settings() with { Server = unknown }] });

        var (code, _, error) = await engine.CommandAsync("files", "poll", "nightly", "--once");

        code.Should().Be(ExitCode.Failed);
        error.Should().Contain("host key");
        (await engine.CommandAsync("status")).Out.Should().Contain("Readiness ready").And.Contain("files nightly: ");
    }

    private static async Task<IReadOnlyList<FileRun>> RunsAsync(RunningEngine engine) =>
        await engine.Host.Core.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery("1959", null, null), EngineId.None, 100), default);
}
