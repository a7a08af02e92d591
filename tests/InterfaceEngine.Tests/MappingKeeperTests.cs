using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Health;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests;

/// <summary>One mapping set for all nodes: two whole engines on one database, each with a mapping folder of its own.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class MappingKeeperTests : IAsyncLifetime
{
    private const string Codes = "practices/1959/codes/extra.codes.md";
    private const string Override = "practices/195900/patient.map.md";

    /// <summary>A cell that read nothing until FHIR cells were looked up in R4.</summary>
    private const string NoSuchElement = """
        ---
        map: patient
        practice: 195900
        ---

        | Practice Studio | FHIR R4      |
        |-----------------|--------------|
        | last_name       | name.familly |
        """;

    private const string Pack = "acme/codes/extra.codes.md";

    private readonly string _root = Directory.CreateTempSubdirectory("mapping-sets-").FullName;
    private string _connection = "";

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).NewStoreAsync();

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    [StoreFact]
    public async Task A_set_that_one_node_deploys_is_used_by_all_and_no_connection_is_lost()
    {
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");
        using var ofOne = await ConnectAsync(one);
        using var ofTwo = await ConnectAsync(two);
        var before = one.Core.Mappings.Current.Hash;
        await SendAsync(ofOne, "C1");

        Write(one, Codes, Table("practice: 1959"));
        var (code, output) = await DeployAsync(one, "map deploy --reason new-codes");

        code.Should().Be(ExitCode.Done, output);
        output.Should().Contain("is deployed, as number 2.").And.Contain("2 of 2 nodes use it.");
        var after = one.Core.Mappings.Current.Hash;
        after.Should().NotBe(before).And.Be(two.Core.Mappings.Current.Hash);
        await SendAsync(ofOne, "C2");
        await SendAsync(ofTwo, "C3");
        (await MessagesAsync(one)).Should().Equal(("C3", after), ("C2", after), ("C1", before));
    }

    [StoreFact]
    public async Task A_node_that_cannot_load_the_deployed_set_keeps_the_one_before_takes_no_new_connection_and_recovers()
    {
        // Only the second node's settings name a practice of the pack that the new set lacks.
        await using var one = await StartAsync("one", files: [(Pack, Table("extends: athenahealth"))]);
        await using var two = await StartAsync("two", settings => settings with { Practices = [.. settings.Practices, new Practice { Id = "7", Name = "Acme", Zone = settings.Practices[0].Zone, Vendor = "acme", Profile = "guide" }] });
        using var ofTwo = await ConnectAsync(two);
        var before = two.Core.Mappings.Current.Hash;
        await UntilReadyAsync(two);

        File.Delete(Path.Combine(one.Core.Settings.Mappings, Pack));
        var (code, output) = await DeployAsync(one, "map deploy --wait 10");

        code.Should().Be(ExitCode.Failed);
        output.Should().Contain("1 of 2 nodes use it.").And.Contain("two uses ");
        await RunningEngine.UntilAsync(() => Task.FromResult(two.Core.Parts().Mapping().Problem is not null && !Ready(two)));
        await UntilReadyAsync(one);
        two.Core.Mappings.Current.Hash.Should().Be(before);
        (await SendAsync(ofTwo, "C1")).Should().Contain("MSA|AA|C1");
        await RunningEngine.UntilAsync(() => ConnectionIsRefusedAsync(two));
        var deployed = one.Core.Mappings.Current.Hash;
        two.Core.Parts().Mapping().Problem.Should().StartWith($"Mapping set {deployed} can't be loaded by this version: mappings/practices/7:1:1: error ");

        (code, output) = await DeployAsync(one, "map rollback 1");

        code.Should().Be(ExitCode.Done, output);
        await UntilReadyAsync(two);
        two.Core.Parts().Mapping().Problem.Should().BeNull();
        (await DeployedAsync(one)).Should().Equal((3, before), (2, deployed), (1, before));
    }

    [StoreFact]
    public async Task A_set_with_errors_is_refused_with_its_problems_and_changes_nothing()
    {
        await using var one = await StartAsync("one");
        var before = one.Core.Mappings.Current.Hash;
        Write(one, Codes, "no table");

        var (code, output) = await DeployAsync(one, "map deploy");
        await using var control = (await ControlClient.TryConnectAsync(one.Core.Settings.Data, default))!;
        var answer = await control.AskAsync(new DeployMappingsRequest(null) { Actor = "maria" }, default);

        code.Should().Be(ExitCode.Failed);
        output.Should().Contain($"{Codes}:1:1: error");
        answer.Should().BeOfType<FailureAnswer>().Which.Message.Should().Contain("has errors, so it was not deployed. The first: ");
        (await DeployedAsync(one)).Should().Equal((1, before));
        one.Core.Mappings.Current.Hash.Should().Be(before);
    }

    [StoreFact]
    public async Task A_node_starts_with_the_deployed_set_whatever_its_folder_holds_and_says_so()
    {
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two", files: [(Codes, Table("practice: 1959"))]);

        var status = two.Core.Parts().Mapping();

        status.Set.Should().Be(one.Core.Mappings.Current.Hash);
        status.Note.Should().MatchRegex("^this node's folder holds another set \\([0-9a-f]{12}\\): map deploy makes it the one of all nodes$");
        one.Core.Parts().Mapping().Note.Should().BeNull();
        (await DeployedAsync(two)).Should().Equal((1, status.Set!));

        // Which set it uses a node tells the others when it is next heard of.
        var output = "";
        await RunningEngine.UntilAsync(async () => !(output = (await DeployAsync(two, "map history")).Output).Contains("uses none yet", StringComparison.Ordinal));
        output.Should().MatchRegex($"1 +{status.Set} +.* start +one").And.Contain($"one uses {status.Set}").And.Contain($"two uses {status.Set}");
    }

    [StoreFact]
    public async Task A_node_does_not_start_with_a_set_that_it_cannot_load_and_a_command_can_deploy_another()
    {
        await using (var one = await StartAsync("one"))
        {
            await one.Core.Store.KeepMappingSetAsync("of-another-version", "{}"u8.ToArray(), default);
            await one.Core.Store.DeployMappingSetAsync(new SetDeployment("of-another-version"), default);
        }

        var start = () => StartAsync("one", key: false);

        (await start.Should().ThrowAsync<StoreOpenException>()).WithMessage("Mapping set of-another-version *map deploy*Nothing was changed.");
        var (code, output) = await RunAsync(Settings("one"), "map deploy --accept not-compared --because update");
        code.Should().Be(ExitCode.Done, output);
        output.Should().Contain("is deployed, as number 3.").And.Contain("No engine runs");
        await using var again = await StartAsync("one", key: false);
        (await DeployedAsync(again)).Should().HaveCount(3);
    }

    [Fact]
    public async Task Who_has_a_store_alone_deploys_the_folder_by_starting()
    {
        await using var engine = await RunningEngine.StartAsync(_ => Settings("alone", isShared: false));
        var before = engine.Host.Core.Mappings.Current.Hash;

        await engine.RestartAsync(settings =>
        {
            Write(engine.Host, Codes, Table("practice: 1959"));
            return settings;
        });

        var after = engine.Host.Core.Mappings.Current.Hash;
        after.Should().NotBe(before);
        (await DeployedAsync(engine.Host)).Should().Equal((2, after), (1, before));
        (await engine.Host.Core.Store.ReadAsync(reader => reader.Audit(null, 10), default)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_node_starts_with_a_deployed_set_that_only_this_version_would_refuse_and_no_one_can_deploy_it_anew()
    {
        string deployed;
        await using (var one = await StartAsync("one"))
        {
            Write(one, Override, NoSuchElement);
            var files = MappingFolder.LoadFiles(one.Core.Settings.Mappings, one.Core.Settings.Practices);
            files.FirstError!.Code.Should().Be("MAP201");
            deployed = files.Set.Hash;
            await one.Core.Store.KeepMappingSetAsync(deployed, files.Content, default);
            await one.Core.Store.DeployMappingSetAsync(new SetDeployment(deployed), default);
            await RunningEngine.UntilAsync(() => Task.FromResult(one.Core.Mappings.Current.Hash == deployed));
        }

        await using var again = await StartAsync("one", key: false, files: [(Override, NoSuchElement)]);
        using var sender = await ConnectAsync(again);

        (await SendAsync(sender, "C1")).Should().Contain("MSA|AA|C1");
        var status = again.Core.Parts().Mapping();
        (status.Set, status.Problem, status.Warnings).Should().Be((deployed, null, 1));
        var (code, output) = await DeployAsync(again, "map deploy");
        code.Should().Be(ExitCode.Failed);
        output.Should().Contain("error MAP201 name.familly does not exist");
        (code, output) = await DeployAsync(again, $"map rollback {deployed}");
        code.Should().Be(ExitCode.Done, output);
    }

    [Fact]
    public async Task Who_has_a_store_alone_starts_with_a_folder_that_only_this_version_refuses_and_says_so()
    {
        await using var engine = await RunningEngine.StartAsync(_ => Settings("alone", isShared: false, (Override, NoSuchElement)));

        await RunningEngine.UntilAsync(() => Task.FromResult(engine.Host.Health.Readiness.Now.Checks.Any(check => check.Name == MappingWatch.Check && check.Problem is not null)));

        var hash = engine.Host.Core.Mappings.Current.Hash;
        engine.Host.Health.Readiness.Now.Checks.Single(check => check.Name == MappingWatch.Check).Problem
            .Should().StartWith($"this node's folder has 1 error, so set {hash} stays in use. The first: mappings/{Override}:").And.Contain("MAP201 name.familly does not exist");
        await UntilReadyAsync(engine.Host);
        (await DeployedAsync(engine.Host)).Should().Equal((1, hash));
    }

    private static string Table(string owner) => $"""
        ---
        codes: extra
        {owner}
        ---

        | Practice Studio | HL7 v2 |
        |-----------------|--------|
        | one             | 1      |
        """;

    private static void Write(EngineHost node, string path, string text)
    {
        var file = Path.Combine(node.Core.Settings.Mappings, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static bool Ready(EngineHost node) => node.Health.Readiness.Now.State == ReadinessState.Ready;

    private static Task UntilReadyAsync(EngineHost node) => RunningEngine.UntilAsync(() => Task.FromResult(Ready(node)));

    private static Task<RawSender> ConnectAsync(EngineHost node) => RawSender.ConnectAsync(node.Addresses.Single(one => one.Source == TestEngine.Guide.Name).Address);

    private static async Task<bool> ConnectionIsRefusedAsync(EngineHost node)
    {
        try
        {
            (await ConnectAsync(node)).Dispose();
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private static async Task<string?> SendAsync(RawSender sender, string controlId) =>
        await sender.AskAsync(System.Text.Encoding.UTF8.GetString(GuideMessages.Adt("A04", controlId, 1, GuideMessages.Doe("7"))));

    private static async Task<IEnumerable<(string, string?)>> MessagesAsync(EngineHost node) =>
        (await node.Core.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)), default))
            .OrderByDescending(message => message.ControlId, StringComparer.Ordinal).Select(message => (message.ControlId, message.MappingSet));

    private static async Task<IEnumerable<(long, string)>> DeployedAsync(EngineHost node) =>
        (await node.Core.Store.ReadAsync(reader => reader.DeployedSets(10), default)).Select(set => (set.Number, set.Hash));

    private static Task<(int Code, string Output)> DeployAsync(EngineHost node, string command) => RunAsync(node.Core.Settings, command);

    /// <summary>Runs a command as a person does on a node's machine.</summary>
    private static async Task<(int Code, string Output)> RunAsync(EngineSettings settings, string command)
    {
        File.WriteAllText(settings.File, System.Text.Json.JsonSerializer.Serialize(new
        {
            settings.Data,
            settings.Mappings,
            Keys = new { settings.Keys.MasterKeyFile, settings.Keys.MasterKeyVariable },
            Store = new { settings.Store.Kind, settings.Store.Connection },
            Node = new { settings.Node.Name },
            Practices = settings.Practices.Where(practice => practice.Id != "7").ToDictionary(practice => practice.Id, practice => new { Zone = practice.Zone.Id, practice.Profile }),
            Sources = settings.Sources.ToDictionary(source => source.Name, source => new { Kind = "mllp", Port = 0, source.Binding.Practices }),
        }));
        using var output = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, output, isInteractive: false) { WorkingFolder = Path.GetDirectoryName(settings.File)!, Environment = [], Time = TimeProvider.System, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(command.Split(' '), default);
        return (code, output.ToString());
    }

    /// <summary>Starts a node. The first makes the master key, and those after it get it.</summary>
    private async Task<EngineHost> StartAsync(string name, Func<EngineSettings, EngineSettings>? change = null, bool key = true, params (string Path, string Text)[] files)
    {
        var settings = Settings(name, files: files);
        var first = Path.Combine(_root, "one", "master.key");
        if (key && File.Exists(first))
        {
            File.Copy(first, settings.Keys.MasterKeyFile!);
        }

        return await EngineHost.StartAsync(change?.Invoke(settings) ?? settings, NullLoggerFactory.Instance, TimeProvider.System, default);
    }

    /// <summary>Settings of a node with a mapping folder of its own.</summary>
    private EngineSettings Settings(string name, bool isShared = true, params (string Path, string Text)[] files)
    {
        var settings = TestEngine.SettingsIn(Path.Combine(_root, name), [.. files, ("README.md", "Of a test.")]);
        return isShared ? settings with { Store = settings.Store with { Kind = "postgres", Connection = _connection }, Node = settings.Node with { Name = name } } : settings;
    }
}
