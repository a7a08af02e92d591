using InterfaceEngine.Sandbox.Commands;
using InterfaceEngine.Sandbox.Peers;

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

        _output.ToString().Should().ContainAll("send", "day", "serve", "vendor", "--faults", "Exit codes");
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
}
