using System.Net;
using System.Text.RegularExpressions;
using InterfaceEngine.Sandbox.Commands;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox.Commands;

public sealed class SandboxCommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Help_names_the_commands_and_what_they_are_for()
    {
        (await RunAsync("--help")).Should().Be(0);

        _output.ToString().Should().ContainAll("send", "day", "csv", "serve", "vendor", "--faults", "Exit codes");
    }

    [Fact]
    public async Task A_day_is_written_to_a_file_the_same_way_each_time()
    {
        (await RunAsync("day", "--messages", "50", "--out", Path.Combine(_folder, "one.hl7"))).Should().Be(0);
        (await RunAsync("day", "--messages", "50", "--out", Path.Combine(_folder, "two.hl7"))).Should().Be(0);

        var text = await File.ReadAllTextAsync(Path.Combine(_folder, "one.hl7"));
        text.Split("MSH|").Should().HaveCount(51);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "two.hl7"))).Should().Be(text);
        _output.ToString().Should().MatchRegex("messages +50\n");
    }

    [Fact]
    public async Task A_day_is_sent_and_accounted_for()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);

        (await RunAsync("send", "--to", server.Address.ToString(), "--messages", "60", "--connections", "3", "--faults", "split,resend:0.5")).Should().Be(0);

        server.Account.CountOf(ArrivalKind.Kept).Should().Be(60);
        _output.ToString().Should().MatchRegex("messages +60\n").And.MatchRegex("  AA +60\n").And.Contain("fault resend");
    }

    [Fact]
    public async Task A_message_that_was_not_accepted_is_named_and_ends_in_1()
    {
        (await RunAsync("send", "--to", "127.0.0.1:1", "--messages", "1", "--attempts", "2")).Should().Be(1);

        _output.ToString().Should().MatchRegex("  unanswered +1\n").And.Contain("not accepted: 10000001M195900, reply none");
    }

    [Fact]
    public async Task Serving_ends_after_its_time_and_gives_its_account()
    {
        (await RunAsync("serve", "--listen", "127.0.0.1:0", "--for", "1", "--folder", Path.Combine(_folder, "kept"))).Should().Be(0);

        _output.ToString().Should().Contain("Listening  127.0.0.1:").And.MatchRegex("kept +0\n");
    }

    [Fact]
    public async Task A_vendor_says_where_it_is_and_who_may_ask_and_what_it_was_asked()
    {
        (await RunAsync("vendor", "--listen", "127.0.0.1:0", "--people", "10", "--events", "20", "--rate", "1000", "--for", "1")).Should().Be(0);

        _output.ToString().Should().MatchRegex("athena-real  athenaNet http://127.0.0.1:[0-9]+/v1/195900  FHIR http://[^ ]+/fhir/r4  token http://[^ ]+/oauth2/v1/token  client sandbox-client  secret sandbox-secret\n")
            .And.MatchRegex("calls +0\n");
    }

    [Theory]
    [InlineData("other")]
    [InlineData("redirected")]
    public async Task A_vendor_whose_files_are_elsewhere_says_where(string files)
    {
        (await RunAsync("vendor", "--listen", "127.0.0.1:0", "--people", "1", "--files", files, "--for", "1")).Should().Be(0);

        _output.ToString().Should().MatchRegex("FHIR http://127.0.0.1:([0-9]+)/.* secret sandbox-secret  files http://127.0.0.1:(?!\\1/)[0-9]+/\n");
    }

    [Fact]
    public async Task A_vendor_misbehaves_as_it_is_told_and_counts_how_often()
    {
        using var stop = new CancellationTokenSource();
        await using var output = new FirstLine();
        var serving = new SandboxCommandLine(output, _error, TimeProvider.System)
            .RunAsync(["vendor", "--listen", "127.0.0.1:0", "--people", "1", "--faults", "bad-gateway:1", "--faults-max", "2"], stop.Token);
        await Task.WhenAny(serving, output.Written);
        serving.IsCompleted.Should().BeFalse();
        var metadata = $"{Regex.Match(await output.Written, "FHIR ([^ ]+)").Groups[1]}/metadata";
        using var client = new HttpClient();

        var statuses = new List<HttpStatusCode>();
        for (var call = 0; call < 3; call++)
        {
            using var answer = await client.GetAsync(metadata);
            statuses.Add(answer.StatusCode);
        }

        await stop.CancelAsync();
        (await serving).Should().Be(0);
        statuses.Should().Equal(HttpStatusCode.BadGateway, HttpStatusCode.BadGateway, HttpStatusCode.OK);
        output.ToString().Should().MatchRegex("calls +3\n").And.MatchRegex("fault bad-gateway +2\n");
    }

    [Fact]
    public async Task The_people_and_visits_of_a_day_are_written_as_files_the_same_way_each_time()
    {
        foreach (var folder in (string[])["one", "two"])
        {
            (await RunAsync("csv", "--style", "guide", "--messages", "300", "--people", "40", "--to", Path.Combine(_folder, folder))).Should().Be(0);
        }

        foreach (var name in (string[])["patients.csv", "appointments.csv"])
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "one", name));
            lines[0].Should().Be(File.ReadLines(Path.Combine(RepositoryRoot.Path, "samples", "csv", name)).First(), "the columns are the sample's");
            lines.Should().HaveCountGreaterThan(20).And.Equal(await File.ReadAllLinesAsync(Path.Combine(_folder, "two", name)));
            _output.ToString().Should().MatchRegex($"{name} +[0-9]+\n");
        }

        Directory.EnumerateFiles(Path.Combine(_folder, "one")).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("vendor --faults often", "--faults 'often' is no fault: expected all, hang, hang-after-doing, drop, drop-after-doing, server-error, bad-gateway, unavailable, transient, job-failed, rate-limited, rate-limited-bare, unauthorized, forbidden, gateway-text, not-success, wrong-content-type, truncated, slow-drip, redirect-elsewhere, endless, deep-json.")]
    [InlineData("vendor --faults drop:2", "--faults 'drop:2': expected a chance from 0 to 1 behind the colon, e.g. deep-json:0.1.")]
    [InlineData("vendor --profile epic", "--profile epic: one of athena-real, athena-guide, ecw-real, ecw-guide is expected.")]
    [InlineData("vendor --people 0", "--people 0: a number from 1 to 100000 is expected.")]
    [InlineData("send --to nowhere", "--to nowhere: a host and a port are expected, e.g. 127.0.0.1:2575.")]
    [InlineData("send --to 127.0.0.1:1 --faults ae", "--faults 'ae' is none of this side's faults: expected all, split, merge, garbage, resend, lost-ack, slow, drop.")]
    [InlineData("send --to 127.0.0.1:1 --connections 0", "--connections 0: a number from 1 to 1024 is expected.")]
    [InlineData("day --seed 10000", "--seed 10000: a number from 1 to 9999 is expected.")]
    [InlineData("day --mix 1,2,3", "--mix 1,2,3: five whole numbers are expected, the first at least 1, e.g. 120,40,30,6,4: nobody can be booked who was not registered.")]
    [InlineData("day --date tomorrow", "--date tomorrow: a day is expected, e.g. 2026-01-05.")]
    [InlineData("serve --listen here:1", "--listen here:1: an address of this machine is expected, e.g. 127.0.0.1:2576.")]
    public async Task What_can_t_be_meant_is_refused_with_what_is_expected(string line, string problem)
    {
        (await RunAsync(line.Split(' '))).Should().Be(2);

        _error.ToString().Trim().Should().Be(problem);
    }

    [Fact]
    public async Task An_option_that_is_none_is_refused() => (await RunAsync("send", "--to", "127.0.0.1:1", "--fault", "drop")).Should().Be(2);

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_ends_in_1()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);

        (await RunAsync("serve", "--listen", server.Address.ToString(), "--for", "1")).Should().Be(1);

        _error.ToString().Should().NotBeEmpty();
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(params string[] arguments) => new SandboxCommandLine(_output, _error, TimeProvider.System).RunAsync(arguments, CancellationToken.None);

    /// <summary>Gives out what a command says first, which can be read while it goes on writing.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _written.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _written.TrySetResult(value ?? "");
        }
    }
}
