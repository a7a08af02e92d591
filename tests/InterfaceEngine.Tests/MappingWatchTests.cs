using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests;

/// <summary>An engine that runs while its mapping files are edited: a real store, a real listener, a folder of its own.</summary>
public sealed class MappingWatchTests : IAsyncLifetime
{
    private const string Codes = "practices/1959/codes/extra.codes.md";

    private readonly string _folder = Directory.CreateTempSubdirectory("mapping-watch-").FullName;
    private EngineHost? _host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_saved_is_used_from_the_next_message_on_and_what_has_errors_is_told_and_waited_out()
    {
        var host = await StartAsync(isWatch: true);
        using var client = await RawSender.ConnectAsync(host.Addresses.Single(one => one.Source == TestEngine.Guide.Name).Address);
        var before = host.Core.Mappings.Current.Hash;
        (await SendAsync(client, "C1")).Should().Contain("MSA|AA|C1");

        Write("no table");

        // What was found and who is told of it are not one moment.
        StatusAnswer status = null!;
        await RunningEngine.UntilAsync(async () => (status = await StatusAsync()) is { Mapping.Errors: > 0, Readiness: { State: "ready", Checks: var checks } } && checks.Any(check => check.Problem == status.Mapping.Note));
        (await SendAsync(client, "C2")).Should().Contain("MSA|AA|C2");
        host.Core.Mappings.Current.Hash.Should().Be(before);
        Write("""
            ---
            codes: extra
            practice: 1959
            ---
            | Practice Studio | HL7 v2 |
            |-----------------|--------|
            | a               | A      |
            """);
        await RunningEngine.UntilAsync(() => Task.FromResult(host.Core.Mappings.Current.Hash != before));
        (await SendAsync(client, "C3")).Should().Contain("MSA|AA|C3");

        status.Mapping.Note.Should().StartWith($"this node's folder has 1 error, so set {before} stays in use. The first: mappings/{Codes}:1:1: error ");
        status.Readiness!.State.Should().Be("ready");
        status.Readiness.Checks.Should().Contain(check => check.Name == MappingWatch.Check && check.Problem == status.Mapping.Note);
        await RunningEngine.UntilAsync(async () => (await StatusAsync()).Readiness!.Checks.All(check => check.Problem is null));
        var messages = await host.Core.Store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, default, 10)), default);
        messages.Select(message => message.MappingSet).Should().Equal(host.Core.Mappings.Current.Hash, before, before);
        var deployed = await host.Core.Store.ReadAsync(reader => reader.DeployedSets(10), default);
        deployed.Select(set => (set.Hash, set.Actor)).Should().Equal((host.Core.Mappings.Current.Hash, MappingWatch.Actor), (before, SetDeployment.Start));
    }

    [Fact]
    public async Task Without_watch_a_saved_file_changes_nothing_and_its_errors_are_shown_all_the_same()
    {
        var host = await StartAsync(isWatch: false);
        var before = host.Core.Mappings.Current.Hash;

        Write("no table");

        await RunningEngine.UntilAsync(async () => (await StatusAsync()).Mapping.Errors > 0);
        File.Delete(Path.Combine(host.Core.Settings.Mappings, Codes));
        await RunningEngine.UntilAsync(async () => (await StatusAsync()).Mapping is { Errors: 0, Note: null });
        host.Core.Mappings.Current.Hash.Should().Be(before);
        (await host.Core.Store.ReadAsync(reader => reader.DeployedSets(10), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_told_and_the_set_in_use_stays()
    {
        var host = await StartAsync(isWatch: true);

        Directory.Move(host.Core.Settings.Mappings, host.Core.Settings.Mappings + "-away");

        await RunningEngine.UntilAsync(async () => (await StatusAsync()).Mapping.Note?.StartsWith("this node's folder can't be read, so set ", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_fault_of_the_engines_while_it_loads_the_folder_is_told_and_ends_nothing()
    {
        var host = await StartAsync(isWatch: false);
        using var stop = new CancellationTokenSource();

        // No file is known that loading fails on; a practice that is none makes it fail.
        var settings = host.Core.Settings with { Practices = [null!] };
        var watch = new MappingWatch(settings, host.Core.Store, host.Core.Mappings, host.Health.Readiness, TimeProvider.System, NullLogger<MappingWatch>.Instance) { IsDeploying = true };
        var looking = watch.RunAsync(stop.Token);
        await RunningEngine.UntilAsync(() => Task.FromResult(watch.Found.Problem is not null || looking.IsCompleted));

        looking.IsCompleted.Should().BeFalse();
        watch.Found.Problem.Should().StartWith($"this node's folder can't be loaded, so set {host.Core.Mappings.Current.Hash} stays in use. The first: NullReferenceException: ")
            .And.EndWith("This is a fault of the engine's, and the log has more of it");
        await stop.CancelAsync();
        await looking.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task On_a_shared_store_watching_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """
            { "Store": { "Kind": "postgres", "Connection": "Host=127.0.0.1;Port=1;Database=engine" }, "Practices": { "1959": { "Name": "Springfield", "Zone": "America/Chicago", "Profile": "guide" } } }
            """);
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, isInteractive: false) { WorkingFolder = _folder, Environment = [], Time = TimeProvider.System, Actor = "maria" };

        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(["run", "--watch"], default);

        code.Should().NotBe(ExitCode.Done);
        output.ToString().Should().Contain("--watch uses whatever is saved at once");
    }

    private async Task<EngineHost> StartAsync(bool isWatch) =>
        _host = await EngineHost.StartAsync(TestEngine.SettingsIn(_folder, ("README.md", "Of a test.")), NullLoggerFactory.Instance, TimeProvider.System, default, isWatch);

    private void Write(string text)
    {
        // Whole at once: a file that is only begun would be looked at as well.
        var (written, file) = (Path.Combine(_folder, "saved.md"), Path.Combine(_host!.Core.Settings.Mappings, Codes));
        File.WriteAllText(written, text);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Move(written, file, overwrite: true);
    }

    private async Task<StatusAnswer> StatusAsync()
    {
        await using var control = (await ControlClient.TryConnectAsync(_host!.Core.Settings.Data, default))!;
        return (StatusAnswer)await control.AskAsync(new StatusRequest { Actor = "maria" }, default);
    }

    private static async Task<string?> SendAsync(RawSender sender, string controlId) =>
        await sender.AskAsync(System.Text.Encoding.UTF8.GetString(GuideMessages.Adt("A04", controlId, 1, GuideMessages.Doe("7"))));
}
