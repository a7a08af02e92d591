using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli;
using InterfaceEngine.Tests.Delivery;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tests.Tls;

namespace InterfaceEngine.Tests.Cli;

/// <summary>What can be reached, and how a host key is accepted; with a real server.</summary>
public sealed partial class ConnectivityCommandTests
{
    [RequiresProgramFact(SshServer.Program)]
    public async Task A_host_key_is_shown_accepted_by_its_fingerprint_and_then_the_place_works()
    {
        await using var server = await SshServer.StartAsync();
        using var bench = Bench(Source(server));
        var fingerprint = await ShownBy(bench);

        var unknown = await bench.RunAsync("connectivity");
        unknown.Code.Should().Be(ExitCode.Failed);
        unknown.Out.Should().Contain($"drops (sftp, sftp://{SshServer.User}@127.0.0.1:{server.Port}{server.Root}): can't be used")
            .And.Contain("has not been accepted yet").And.Contain($"connectivity accept drops --fingerprint {fingerprint}");

        (await bench.RunAsync("connectivity", "accept", "drops", "--fingerprint", "SHA256:another", "--reason", "told by phone")).Error.Should().Contain("Nothing was changed");
        var accepted = await bench.RunAsync("connectivity", "accept", "drops", "--fingerprint", fingerprint, "--reason", "told by phone");
        accepted.Error.Should().BeEmpty();
        accepted.Out.Should().Contain($"ssh-ed25519 {fingerprint} is accepted from now on");

        var works = await bench.RunAsync("connectivity", "--only", "drops");
        works.Out.Should().Contain("works").And.Contain($"host key accepted: {fingerprint}");
        works.Code.Should().Be(ExitCode.Done);
        Steps(unknown.Out).Should().Equal("name ok", "port ok", "host key failed", "login not tried", "list not tried", "write not tried");
        Directory.EnumerateFileSystemEntries(server.Root).Should().BeEmpty();
        Steps(works.Out).Should().Equal("name ok", "port ok", "host key ok", "login ok", "list ok", "write ok");
        (await bench.RunAsync("audit", "list")).Out.Should().Contain("connectivity accept").And.Contain(fingerprint).And.Contain("told by phone");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_changed_host_key_is_shown_beside_the_one_that_was_accepted()
    {
        await using var before = await SshServer.StartAsync();
        await using var server = await SshServer.StartAsync();
        using var bench = Bench(Source(server));
        var known = (await File.ReadAllTextAsync(before.KnownHosts)).Split(' ', 2)[1];
        await File.WriteAllTextAsync(Path.Combine(bench.Root, "known"), $"[127.0.0.1]:{server.Port} {known}");

        var changed = await bench.RunAsync("connectivity");

        changed.Code.Should().Be(ExitCode.Failed);
        changed.Out.Should().Contain("shows another host key than the one that was accepted").And.Contain("host key accepted: SHA256:").And.Contain("host key shown now: SHA256:");
    }

    [Fact]
    public async Task Receivers_and_folders_are_tried_as_well()
    {
        // Where nobody else listens once it is stopped.
        using var receiver = new TcpListener(IPAddress.Loopback, Ports.Free());
        receiver.Start();
        using var bench = Bench("\"here\": { \"Kind\": \"folder\", \"Practices\": [\"1959\"], \"Path\": \".\", \"File\": \"Patients file\", \"Every\": \"15m\" }, \"gone\": { \"Kind\": \"folder\", \"Practices\": [\"1959\"], \"Path\": \"not-there\", \"File\": \"Patients file\", \"Every\": \"15m\" }", ((IPEndPoint)receiver.LocalEndpoint).Port);

        var ran = await bench.RunAsync("connectivity");

        ran.Code.Should().Be(ExitCode.Failed);
        ran.Out.Should().MatchRegex("here \\(folder, .*\\): works").And.MatchRegex("gone \\(folder, .*\\): can't be used").And.Contain("there is no such file or folder").And.MatchRegex("ehr \\(mllp, .*\\): works");
        receiver.Stop();
        (await bench.RunAsync("connectivity", "--only", "ehr")).Out.Should().Contain("nothing takes connections there");
        (await bench.RunAsync("connectivity", "--only", "nobody")).Error.Should().Contain("nobody is no source, destination or connection");
        (await bench.RunAsync("connectivity", "accept", "ehr", "--fingerprint", "SHA256:x")).Error.Should().Contain("is not reached by SFTP");
    }

    [Fact]
    public async Task A_receiver_gets_a_message_for_trial_when_that_is_asked()
    {
        await using var receiver = Receiver.Start();
        using var bench = Bench("", receiver.Port);

        var ran = await bench.RunAsync("connectivity", "ehr", "--send-test");
        ran.Out.Should().Contain("(ADT^A08, processing id T) was acknowledged by AA");
        Encoding.ASCII.GetString((await receiver.NextAsync()).Body).Should().Contain("|ADT^A08|TEST").And.Contain("|T|2.3\r").And.Contain("ZZTEST^PATIENT");

        receiver.Answer("AE");
        var refused = await bench.RunAsync("connectivity", "ehr", "--send-test");
        (refused.Code, refused.Out.Contains("was answered by 'AE', and AA was expected", StringComparison.Ordinal)).Should().Be((ExitCode.Failed, true), refused.Out);
        receiver.All.Should().HaveCount(2);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_does_not_know_us_is_told_apart_from_one_that_shows_another_key_and_from_a_folder_that_is_not_there()
    {
        await using var server = await SshServer.StartAsync();
        await using var other = await SshServer.StartAsync();
        using var stranger = Bench(Source(server).Replace(server.KeyFile, other.KeyFile, StringComparison.Ordinal));
        using var lost = Bench(Source(server).Replace($"\"Path\": \"{server.Root}\"", $"\"Path\": \"{server.Root}/not-there\"", StringComparison.Ordinal));
        foreach (var bench in new[] { stranger, lost })
        {
            File.Copy(server.KnownHosts, Path.Combine(bench.Root, "known"));
        }

        var unknown = await stranger.RunAsync("connectivity");
        var gone = await lost.RunAsync("connectivity");

        Steps(unknown.Out).Should().Equal("name ok", "port ok", "host key ok", "login failed", "list not tried", "write not tried");
        Steps(gone.Out).Should().Equal("name ok", "port ok", "host key ok", "login ok", "list failed", "write not tried");
        (unknown.Code, gone.Code).Should().Be((ExitCode.Failed, ExitCode.Failed));
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_folder_that_may_be_read_and_not_written_is_told_by_the_step_unless_files_stay_there()
    {
        await using var server = await SshServer.StartAsync("internal-sftp -R");
        using var bench = Bench(Source(server));
        File.Copy(server.KnownHosts, Path.Combine(bench.Root, "known"));
        using var keeping = Bench(Source(server).Replace("\"Every\"", "\"Afterwards\": \"Keep\", \"Every\"", StringComparison.Ordinal));
        File.Copy(server.KnownHosts, Path.Combine(keeping.Root, "known"));

        var written = await bench.RunAsync("connectivity", "drops");
        var kept = await keeping.RunAsync("connectivity", "drops");

        (written.Code, kept.Code).Should().Be((ExitCode.Failed, ExitCode.Done), kept.Out);
        Steps(written.Out).Should().Equal("name ok", "port ok", "host key ok", "login ok", "list ok", "write failed");
        Steps(kept.Out).Should().Equal("name ok", "port ok", "host key ok", "login ok", "list ok");
    }

    [Fact]
    public async Task A_receiver_is_tried_in_steps_and_what_was_seen_before_one_that_failed_stays()
    {
        await using var receiver = Receiver.Start();
        using var bench = Bench("", receiver.Port);

        Steps((await bench.RunAsync("connectivity")).Out).Should().Equal("name ok", "port ok");
        Steps((await bench.RunAsync("connectivity", "--send-test")).Out).Should().Equal("name ok", "port ok", "test message ok");
        receiver.Answer("AE");
        Steps((await bench.RunAsync("connectivity", "--send-test")).Out).Should().Equal("name ok", "port ok", "test message failed");
    }

    [Fact]
    public async Task Of_a_receiver_with_TLS_the_certificate_is_shown_with_its_days_left_and_one_that_is_not_vouched_for_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var careful = Bench("", port, """, "Tls": { "Name": "localhost" }""");
        using var authority = new TestAuthority(careful.Root, careful.Clock.GetUtcNow());
        using var certificate = X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPemFile(authority.Issue("localhost")).Export(X509ContentType.Pkcs12), null);
        using var trusting = Bench("", port, $$""", "Tls": { "Ca": "{{authority.File}}", "Name": "localhost" }""");
        var served = ServeAsync(listener, certificate);

        var good = await trusting.RunAsync("connectivity");
        var bad = await careful.RunAsync("connectivity");

        Steps(good.Out).Should().Equal("name ok", "port ok", "TLS ok");
        good.Out.Should().MatchRegex("TLS +ok +[0-9.]+ ms  Tls1[23], .*localhost < .*, ends [0-9-]{10} \\([0-9]+ days left\\)");
        Steps(bad.Out).Should().Equal("name ok", "port ok", "TLS failed");
        listener.Stop();
        await served;
    }

    /// <summary>Shakes hands with whoever comes until it is stopped.</summary>
    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                await tls.CopyToAsync(Stream.Null);
            }
            catch (Exception failure) when (failure is IOException or AuthenticationException)
            {
                // A caller who only looks whether the port is open, or who does not trust us, goes away again.
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static List<string> Steps(string output) => [.. StepForm().Matches(output).Select(match => $"{match.Groups[1].Value.TrimEnd()} {match.Groups[2].Value}")];

    [GeneratedRegex("^  (name|port|host key|login|list|write|TLS|test message) +(ok|failed|not tried) +[0-9.]+ ms", RegexOptions.Multiline)]
    private static partial Regex StepForm();

    private static CommandBench Bench(string sources, int? receiver = null, string more = "")
    {
        var bench = new CommandBench();
        var destination = receiver is { } port ? $$""", "Destinations": { "ehr": { "Host": "127.0.0.1", "Port": {{port}}, "Practices": ["1959"]{{more}} } }""" : "";
        bench.WriteSettings($$"""{ "Data": "data", "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } }, "Sources": { {{sources}} }{{destination}} }""");
        return bench;
    }

    private static string Source(SshServer server) =>
        $$""" "drops": { "Kind": "sftp", "Practices": ["1959"], "File": "Patients file", "Every": "15m", "Path": "{{server.Root}}", "Server": { "Host": "127.0.0.1", "Port": {{server.Port}}, "User": "{{SshServer.User}}", "KeyFile": "{{server.KeyFile}}", "KnownHosts": "known" } } """;

    private static async Task<string> ShownBy(CommandBench bench)
    {
        var output = (await bench.RunAsync("connectivity")).Out;
        return output.Split('\n').Single(line => line.Contains("shown now", StringComparison.Ordinal)).Split(": ")[1];
    }
}
