using System.Text.Json;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Tls;

namespace InterfaceEngine.Tests.Cli;

/// <summary>The engine as a person starts it, and commands that find it running: real sockets, a real store, the shipped mappings.</summary>
public sealed partial class RunCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("run").FullName;
    private readonly EngineOutput _engineOutput = new();

    public RunCommandTests() => File.WriteAllText(Path.Combine(_root, "appsettings.json"), $$"""
        {
          "Data": "data",
          "Mappings": "{{Path.Combine(RepositoryRoot.Path, "mappings").Replace('\\', '/')}}",
          "Keys": { "MasterKeyFile": "keys/master.key", "MasterKeyVariable": "NO_SUCH_KEY" },
          "Practices": { "1959": { "Name": "Springfield", "Zone": "America/Chicago", "Profile": "guide" } },
          "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } },
          "Health": { "StoreTimeout": "1m" },
          "Logging": { "ShowsOnConsole": false }
        }
        """);

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        _engineOutput.Dispose();
    }

    [Fact]
    public async Task A_running_engine_takes_messages_answers_commands_and_stops_when_told()
    {
        using var stop = new CancellationTokenSource();
        var engine = RunAsync(_engineOutput, stop.Token);
        var port = await PortAsync(engine);

        var sent = await RunAsync("send", Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7"), "--to", $"127.0.0.1:{port}");
        var status = await RunAsync("status");
        var shown = await RunAsync("records", "show", "patient", "12345", "--json");
        var copies = await RunAsync("send", Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7"), "--to", $"127.0.0.1:{port}", "--repeat", "3", "--connections", "2", "--json");
        var patients = await RunAsync("records", "sql", "SELECT external_id FROM patient ORDER BY 1");
        var second = await RunAsync("run");
        var restore = await RunAsync("restore", _root);
        await stop.CancelAsync();

        (await engine).Code.Should().Be(0);
        sent.Out.Should().StartWith("AA  ADT^A04  12345  guide-a04.hl7 message 1").And.Contain("1 sent in");
        sent.Code.Should().Be(0);
        JsonDocument.Parse(copies.Out).RootElement.EnumerateArray().Select(copy => copy.GetProperty("code").GetString()).Should().Equal("AA", "AA", "AA");
        patients.Out.Should().Be("external_id\n12345\n12345-1\n12345-2\n12345-3\n4 rows\n");
        status.Out.Should().StartWith("Running since").And.MatchRegex($@"front-desk +mllp +127\.0\.0\.1:{port} +1959 +listening").And.MatchRegex("front-desk +applied +1");
        shown.Out.Should().Contain("\"value\": \"+15555551234\"");
        (second.Code, second.Error).Should().Match<(int Code, string Error)>(ran => ran.Code == 1 && ran.Error.Contains("another engine is running on this data folder"));
        (restore.Code, restore.Error.Trim()).Should().Be((1, $"An engine runs on {Path.Combine(_root, "data")}. Stop it first."));
        (await RunAsync("status")).Out.Should().StartWith("Not running").And.MatchRegex("1959 +patient +4");
    }

    [Fact]
    public async Task Messages_are_sent_over_mutual_TLS_and_the_status_tells_the_days_of_the_certificates()
    {
        using var authority = new TestAuthority(_root, TimeProvider.System.GetUtcNow());
        var (own, client) = (authority.Issue("mllp.example", until: 60), authority.Issue("sender.example"));
        var settings = Path.Combine(_root, "appsettings.json");
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace(
            "\"Port\": 0",
            $$"""
            "Port": 0, "Tls": { "Certificate": "{{Path.GetFileName(own)}}", "ClientCa": "{{Path.GetFileName(authority.File)}}", "AllowedClients": ["sender.example"] }
            """,
            StringComparison.Ordinal));
        using var stop = new CancellationTokenSource();
        var engine = RunAsync(_engineOutput, stop.Token);
        var to = $"127.0.0.1:{await PortAsync(engine)}";
        var message = Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7");

        var sent = await RunAsync("send", message, "--to", to, "--tls-ca", authority.File, "--tls-name", "mllp.example", "--tls-certificate", client);
        var stranger = await RunAsync("send", message, "--to", to, "--tls-ca", authority.File, "--tls-name", "mllp.example");
        var untrusting = await RunAsync("send", message, "--to", to, "--tls", "--tls-name", "mllp.example");
        var plain = await RunAsync("send", message, "--to", to);
        // Who hangs up in the middle of a handshake is gone before the listener knows.
        var status = await StatusSayingAsync("handshakes refused 3");
        await stop.CancelAsync();
        await engine;

        (sent.Code, sent.Out[..2]).Should().Be((0, "AA"));
        (stranger.Code, untrusting.Code, plain.Code).Should().Be((1, 1, 1));
        untrusting.Out.Should().Contain("is not vouched for by an authority that is trusted here");
        status.Out.Should().MatchRegex(@"front-desk +own +mllp\.example +\S.* +59").And.MatchRegex("front-desk +authority +Test Authority").And.Contain("handshakes refused 3");
    }

    [Theory]
    [InlineData("can't be read", "--tls-ca", "nowhere.pem")]
    [InlineData("--tls-key and --tls-password-variable belong to a --tls-certificate.", "--tls-key", "key.pem")]
    public async Task A_wrong_option_of_TLS_is_said_before_anything_is_sent(string says, params string[] options)
    {
        var ran = await RunAsync(["send", Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-a04.hl7"), "--to", "127.0.0.1:1", .. options]);

        ran.Code.Should().Be(2);
        ran.Error.Should().Contain(says);
    }

    [Fact]
    public async Task The_start_says_where_everything_is_and_that_a_new_key_must_be_backed_up()
    {
        using var stop = new CancellationTokenSource();
        var engine = RunAsync(_engineOutput, stop.Token);
        var port = await PortAsync(engine);
        await stop.CancelAsync();
        await engine;

        _engineOutput.ToString().Should()
            .Contain($"Listening  127.0.0.1:{port}  front-desk, practice 1959 Springfield (profile guide)")
            .And.MatchRegex($@"Mappings   {Regex.Escape(Path.Combine(RepositoryRoot.Path, "mappings"))}, set [0-9a-f]{{12}}")
            .And.Contain($"Data       {Path.Combine(_root, "data")} (SQLite")
            .And.Contain($"Key        {Path.Combine(_root, "keys", "master.key")}, made just now. BACK IT UP");
    }

    [Fact]
    public async Task What_can_be_reached_is_tried_before_there_is_a_store_and_none_is_made()
    {
        await using var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "ecw-guide", People = 1, Limits = VendorLimits.None }, TimeProvider.System);
        var secret = Path.Combine(_root, "secret");
        await File.WriteAllTextAsync(secret, vendor.ClientSecret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(Path.Combine(_root, "vendor.json"), $$"""
            { "Data": "data", "Mappings": "{{Path.Combine(RepositoryRoot.Path, "mappings")}}", "Practices": { "7410": { "Zone": "America/Chicago", "Profile": "standard", "Vendor": "eclinicalworks" } },
              "Connections": { "conn_ecw": { "Practice": "7410", "Profile": "ecw-guide", "Fhir": "{{vendor.Fhir}}", "Client": { "Id": "{{vendor.ClientId}}", "SecretFile": "secret" } } },
              "Destinations": { "people": { "Kind": "fhir", "Connection": "conn_ecw", "Practices": ["7410"], "Visits": false } } }
            """);

        var ran = await RunAsync("connectivity", "conn_ecw", "--settings", "vendor.json");

        ran.Out.Should().MatchRegex("(?s)conn_ecw \\(ecw-guide, .*\\): works.*token +ok .*scopes +ok .*read +ok ");
        (ran.Code, ran.Error).Should().Be((0, ""));
        vendor.TokensIssued.Should().Be(2, "one reads, and one is for patients");
        Directory.Exists(Path.Combine(_root, "data")).Should().BeFalse();
        (await RunAsync("connectivity", "nowhere", "--settings", "vendor.json")).Error.Should().Contain("nowhere is no source, destination or connection that the engine reaches out to (conn_ecw).");
    }

    [Fact]
    public async Task A_command_without_a_store_says_so()
    {
        var ran = await RunAsync("records", "list", "patient");

        (ran.Code, ran.Error.Trim()).Should().Be((1, $"There is no store in {Path.Combine(_root, "data")} yet: an engine that runs makes one."));
        Directory.Exists(Path.Combine(_root, "data")).Should().BeFalse();
    }

    [Fact]
    public async Task An_engine_does_not_start_with_mappings_that_have_errors()
    {
        Directory.CreateDirectory(Path.Combine(_root, "broken"));
        var settings = Path.Combine(_root, "appsettings.json");
        await File.WriteAllTextAsync(settings, MappingsForm().Replace(await File.ReadAllTextAsync(settings), "\"Mappings\": \"broken\""));

        var ran = await RunAsync("run");

        ran.Code.Should().Be(1);
        ran.Error.Should().Contain("mappings/practices/1959:1:1: error MAP104 practice 1959 uses the vendor pack 'athenahealth', which is not there.").And.Contain("have errors, so they are not used");
        File.Exists(Path.Combine(_root, "data", "store.db")).Should().BeFalse();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_nothing_is_left_running()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var settings = Path.Combine(_root, "appsettings.json");
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace("\"Port\": 0", $"\"Port\": {((System.Net.IPEndPoint)taken.LocalEndpoint).Port}", StringComparison.Ordinal));

        var ran = await RunAsync("run");

        ran.Code.Should().Be(1);
        ran.Error.Should().Contain("the port is in use");
        (await RunAsync("status")).Out.Should().StartWith("Not running", "the folder is free again");
    }

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return await RunAsync(output, default, arguments);
    }

    private async Task<Ran> RunAsync(StringWriter output, CancellationToken cancellationToken, params string[] arguments)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _root, Environment = [], Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(arguments, cancellationToken);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>Asks until the status says what is awaited, or for a minute; then what it says last.</summary>
    private async Task<Ran> StatusSayingAsync(string awaited)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Ran status;
        do
        {
            status = await RunAsync("status");
        }
        while (!status.Out.Contains(awaited, StringComparison.Ordinal) && !patience.IsCancellationRequested);

        return status;
    }

    /// <summary>The port the engine took; fails with what it said when it ended instead.</summary>
    private async Task<int> PortAsync(Task<Ran> engine)
    {
        await Task.WhenAny(engine, _engineOutput.Introduced);
        return engine.IsCompleted
            ? throw new InvalidOperationException((await engine).Error)
            : int.Parse(PortForm().Match(_engineOutput.ToString()).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Tells when the engine has said all that it says at its start.</summary>
    private sealed class EngineOutput : StringWriter
    {
        private readonly TaskCompletionSource _introduced = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Introduced => _introduced.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value == "Stop with Ctrl-C.")
            {
                _introduced.SetResult();
            }
        }
    }

    [GeneratedRegex(@"Listening  127\.0\.0\.1:(\d+)")]
    private static partial Regex PortForm();

    [GeneratedRegex("\"Mappings\": \"[^\"]*\"")]
    private static partial Regex MappingsForm();
}
