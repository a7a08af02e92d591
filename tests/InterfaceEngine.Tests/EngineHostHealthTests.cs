using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Health;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests;

/// <summary>What a whole engine says of itself over HTTP and in its status, from its start to its end.</summary>
public sealed class EngineHostHealthTests
{
    private static readonly HealthOptions _onFreePort = new() { Listens = new IPEndPoint(IPAddress.Loopback, 0), StoreTimeout = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task A_running_engine_is_ready_and_names_what_it_looks_at()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Health = _onFreePort });

        // The last is the mapping folder, which is looked at some seconds after the start.
        await RunningEngine.UntilAsync(() => Task.FromResult(engine.Host.Health.Readiness.Now.Checks.Count == 6));

        var (status, answer) = await ReadyAsync(engine.Host.Health.Address!);
        var (_, text, _) = await engine.CommandAsync("status");
        var (_, json, _) = await engine.CommandAsync("status", "--json");

        status.Should().Be(HttpStatusCode.OK);
        answer.GetProperty("checks").EnumerateArray().Select(check => (check.GetProperty("name").GetString(), check.GetProperty("state").GetString()))
            .Should().BeEquivalentTo([("listener guide-feed", "ok"), ("listener athena-feed", "ok"), ("mapping set", "ok"), ("mapping folder", "ok"), ("node", "ok"), ("store", "ok")]);
        text.Should().MatchRegex(@"Readiness ready since \d{4}-");
        JsonDocument.Parse(json).RootElement.GetProperty("readiness").GetProperty("state").GetString().Should().Be("ready");
    }

    [Fact]
    public async Task A_connection_whose_secret_is_not_there_is_off_and_everything_else_runs()
    {
        var missing = "the environment variable X is not set (Connections:conn_1:Client:SecretVariable)";
        await using var engine = await RunningEngine.StartAsync(settings => settings with
        {
            Health = _onFreePort,
            Connections = [Ehr.Connected.Options("http://127.0.0.1:1") with { Client = new() { Id = "me", Missing = missing } }],
        });
        using var sender = await RawSender.ConnectAsync(engine.Guide);

        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");

        var (status, answer) = await ReadyAsync(engine.Host.Health.Address!);
        status.Should().Be(HttpStatusCode.OK);
        answer.GetProperty("checks").EnumerateArray().Select(check => (check.GetProperty("name").GetString(), check.GetProperty("state").GetString())).Should().Contain(("connection conn_1", "warning"));
        var why = $"conn_1 can't prove who it is: {missing}. Set it and start the engine anew.";
        (await engine.CommandAsync("status")).Out.Should().Contain($"connection conn_1: {why}");
        (await engine.CommandAsync("ehr", "connections")).Out.Should().MatchRegex("conn_1 .* off ").And.Contain(why);
        (await engine.CommandAsync("connectivity", "conn_1")).Out.Should().Contain(why);
    }

    [Fact]
    public async Task A_reported_problem_shows_over_HTTP_by_its_name_and_in_the_status_with_its_reason()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Health = _onFreePort });
        using var sender = await RawSender.ConnectAsync(engine.Guide);
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|", "it is a connection that the engine has when the listener closes");

        engine.Host.Health.Readiness.Report("mapping set", "set 0123 can't be loaded");
        await RunningEngine.UntilAsync(async () => (await engine.CommandAsync("status")).Out.Contains("closed: the node is not ready", StringComparison.Ordinal));

        var (status, answer) = await ReadyAsync(engine.Host.Health.Address!);
        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        answer.GetRawText().Should().Contain("mapping set").And.NotContain("0123");
        var (_, text, _) = await engine.CommandAsync("status");
        text.Should().MatchRegex("Readiness not ready since .*\n +mapping set: set 0123 can't be loaded, since ").And.MatchRegex("guide-feed +127.0.0.1 +1\n");
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");
    }

    [Fact]
    public async Task An_engine_that_stops_says_that_it_drains_takes_no_connection_and_goes_on_with_those_it_has()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with
        {
            Sources = [settings.Sources[0] with { Listens = Kept() }],
            Health = _onFreePort with { Listens = Kept(), DrainFor = TimeSpan.FromMinutes(10) },
        });
        var (health, address) = (engine.Host.Health.Address!, engine.Guide);
        using var sender = await RawSender.ConnectAsync(address);
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");

        var stopping = engine.Host.DisposeAsync().AsTask();

        await RunningEngine.UntilAsync(async () => (await ReadyAsync(health)).Answer.GetProperty("state").GetString() == "draining");
        await RunningEngine.UntilAsync(async () => await IsRefusedAsync(address));
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");
        stopping.IsCompleted.Should().BeFalse();
        sender.Dispose();
        await stopping.WaitAsync(TimeSpan.FromMinutes(1));
        (await IsRefusedAsync(health)).Should().BeTrue("health is answered to the end and no longer");
    }

    [Fact]
    public async Task A_connection_that_stays_open_is_ended_once_the_time_to_drain_is_over()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Health = _onFreePort with { DrainFor = TimeSpan.FromMilliseconds(100) } });
        using var sender = await RawSender.ConnectAsync(engine.Guide);
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");

        await engine.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        (await sender.ReplyAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Nobody_is_waited_for_where_nobody_can_ask()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Health = new HealthOptions { DrainFor = TimeSpan.FromHours(1) } });
        using var sender = await RawSender.ConnectAsync(engine.Guide);
        (await sender.AskAsync(Sample())).Should().Contain("MSA|AA|");
        engine.Host.Health.Address.Should().BeNull();

        await engine.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        (await sender.ReplyAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_health_port_that_is_taken_is_said_and_nothing_is_left_running()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var engine = await RunningEngine.StartAsync();

        var restarting = () => engine.RestartAsync(settings => settings with { Health = new HealthOptions { Listens = (IPEndPoint)taken.LocalEndpoint } });

        await restarting.Should().ThrowAsync<HealthStartException>();
        await engine.RestartAsync(settings => settings with { Health = _onFreePort });
        (await ReadyAsync(engine.Host.Health.Address!)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_engine_that_can_not_start_leaves_its_health_port()
    {
        await using var engine = await RunningEngine.StartAsync(settings => settings with { Health = _onFreePort with { Listens = Kept() } });
        var health = engine.Host.Health.Address!;
        var good = engine.Settings.Mappings;

        var restarting = () => engine.RestartAsync(settings => settings with { Health = _onFreePort with { Listens = health }, Mappings = Path.Combine(settings.Data, "no-mappings") });

        await restarting.Should().ThrowAsync<Exception>();
        (await IsRefusedAsync(health)).Should().BeTrue();
        await engine.RestartAsync(settings => settings with { Mappings = good });
    }

    /// <summary>An address that nobody else is given once it is let go.</summary>
    private static IPEndPoint Kept() => new(IPAddress.Loopback, Ports.Free());

    private static string Sample() => System.Text.Encoding.UTF8.GetString(TestEngine.Sample("guide-a04.hl7"));

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> ReadyAsync(IPEndPoint health)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://{health}/health/ready"));
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private static async Task<bool> IsRefusedAsync(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
