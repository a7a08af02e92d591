using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

/// <summary>Commands on a PostgreSQL store: beside a node that runs, on its machine and on another, and where none runs.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresCommandTests : IAsyncLifetime
{
    private static readonly string _sample = Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7");

    private NodeMachine _node = null!;
    private NodeMachine _elsewhere = null!;

    public async Task InitializeAsync()
    {
        _node = await NodeMachine.CreateAsync();
        _elsewhere = _node.Another("node-2");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    [StoreFact]
    public async Task Commands_ask_the_node_of_their_folder_or_else_open_the_database_beside_all_others()
    {
        await using var engine = await _node.StartAsync();
        _elsewhere.TakeKeyOf(_node);

        var sent = await SendAsync(engine);
        var here = await _node.RunAsync("status");
        var elsewhere = await _elsewhere.RunAsync("status");
        var records = await _elsewhere.RunAsync("records", "show", "patient", "12345", "--practice", "1959", "--json");
        var refused = await SendAsync(engine, await WriteAsync("this is no message"));
        var errors = await _elsewhere.RunAsync("errors", "list");
        var imported = await _elsewhere.RunAsync("import", _sample);

        sent.Code.Should().Be(0, sent.Error);
        here.Out.Should().StartWith("Running since").And.MatchRegex(@"Data +\S+ \(postgres [0-9.]+ at 127\.0\.0\.1:[0-9]+/test_[0-9]+, schema [0-9]+\)").And.MatchRegex("front-desk +applied +1");
        elsewhere.Out.Should().StartWith("Not running").And.MatchRegex("front-desk +applied +1").And.MatchRegex("1959 +patient +1");
        JsonDocument.Parse(records.Out).RootElement.ToString().Should().Contain("+15555551234");
        refused.Code.Should().Be(1);
        errors.Code.Should().Be(0, errors.Error);
        errors.Out.Should().Contain("refused");
        imported.Code.Should().Be(0, imported.Error);
        (await SendAsync(engine)).Code.Should().Be(0, "the node goes on");
    }

    [StoreFact]
    public async Task A_command_ends_nothing_that_a_node_has_begun()
    {
        await using var engine = await _node.StartAsync();
        _elsewhere.TakeKeyOf(_node);
        var batch = new BatchStart(new EngineId(77), "front-desk", IsFile: false, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await engine.Core.Store.Batches.BeginAsync(batch, default);

        (await _elsewhere.RunAsync("errors", "list")).Code.Should().Be(0);

        (await _node.ScalarAsync("SELECT count(*) FROM source_runs WHERE ended_at IS NULL")).Should().Be(1L);
        (await _node.ScalarAsync("SELECT verdict FROM batches WHERE batch_id = 77")).Should().Be("open");
        await SendAsync(engine);
        var ledger = await _node.RunAsync("ledger");
        ledger.Code.Should().Be(0, ledger.Out + ledger.Error);
    }

    [StoreFact]
    public async Task A_command_makes_no_store()
    {
        var (code, _, error) = await _node.RunAsync("status");

        (code, error.Trim()).Should().Match<(int Code, string Error)>(ran => ran.Code == 1 && ran.Error.StartsWith("There is no store in 127.0.0.1:") && ran.Error.EndsWith("yet: an engine that runs makes one."));
        (await _node.TablesAsync()).Should().Be(0);
        File.Exists(_node.KeyFile).Should().BeFalse();
    }

    [StoreFact]
    public async Task What_only_the_embedded_store_does_is_left_to_the_databases_own_tools()
    {
        await using var engine = await _node.StartAsync();

        var backup = await _node.RunAsync("backup", "copy");
        var restore = await _node.RunAsync("restore", ".");

        (backup.Code, restore.Code).Should().Be((1, 1));
        backup.Error.Should().Match("The store is the postgres database 127.0.0.1:*. It is backed up with the database's own tools: docs/scaling.md says how. Nothing was copied.*");
        restore.Error.Should().Match("The store is the postgres database 127.0.0.1:*. It is restored with the database's own tools: docs/scaling.md says how. Nothing was changed.*");
    }

    [StoreFact]
    public async Task Two_engines_do_not_run_in_one_data_folder()
    {
        await using var engine = await _node.StartAsync();

        var second = await _node.RunAsync("run");

        (second.Code, second.Error).Should().Match<(int Code, string Error)>(ran => ran.Code == 1 && ran.Error.Contains("another engine is running on this data folder"));
        (await SendAsync(engine)).Code.Should().Be(0);
    }

    [StoreFact]
    public async Task The_demo_keeps_its_invented_people_out_of_the_database()
    {
        foreach (var kind in (string[])["hl7", "csv"])
        {
            var samples = Path.Combine(Path.GetDirectoryName(_node.Settings.File)!, "samples", kind);
            Directory.CreateDirectory(samples);
            foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", kind)))
            {
                File.Copy(file, Path.Combine(samples, Path.GetFileName(file)));
            }
        }

        var demo = await _node.RunAsync("demo");

        demo.Code.Should().Be(0, demo.Error);
        demo.Out.Should().Contain("samples came to what").And.Contain("delivered, and athenahealth has it once").And.MatchRegex("the clinic cancelled slot [0-9]+: cancelled here").And.NotContain("postgres");
        (await _node.TablesAsync()).Should().Be(0);
    }

    private Task<(int Code, string Out, string Error)> SendAsync(EngineHost engine, string? file = null) =>
        _node.RunAsync("send", file ?? _sample, "--to", $"{engine.Addresses.Single().Address}");

    private async Task<string> WriteAsync(string text)
    {
        var file = Path.Combine(Path.GetDirectoryName(_node.Settings.File)!, "message.hl7");
        await File.WriteAllTextAsync(file, text);
        return file;
    }
}
