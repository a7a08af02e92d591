using System.Net;
using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Health;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tests.Tls;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests;

/// <summary>
/// The configuration that docs/examples shows for HAProxy, run by HAProxy before two whole engines. Only its addresses and
/// ports are replaced.
/// </summary>
public sealed class ExampleBalancerTests
{
    private static readonly string _example = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "examples", "haproxy.cfg"));
    private static readonly string _sample = Encoding.UTF8.GetString(TestEngine.Sample("guide-a04.hl7"));

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task Connections_spread_over_the_nodes_and_every_message_is_answered()
    {
        await using var site = await Site.StartAsync();

        for (var sender = 1; sender <= 6; sender++)
        {
            await AssertAnsweredAsync(await site.ConnectAsync());
        }

        Site.Open(site.A).Should().Be(3);
        Site.Open(site.B).Should().Be(3);
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task A_node_that_is_not_ready_gets_no_new_connection_goes_on_with_those_it_has_and_comes_back()
    {
        await using var site = await Site.StartAsync();
        var (onA, onB) = await site.OneOnEachAsync();

        site.A.Host.Health.Readiness.Report("mapping set", "set 0123 can't be loaded");
        await RunningEngine.UntilAsync(() => Task.FromResult(site.States().First() != "listening"));
        for (var sender = 1; sender <= 4; sender++)
        {
            await AssertAnsweredAsync(await site.ConnectAsync());
        }

        (Site.Open(site.A), Site.Open(site.B)).Should().Be((1, 5));
        await AssertAnsweredAsync(onA);
        await AssertAnsweredAsync(onB);

        site.A.Host.Health.Readiness.Report("mapping set", null);

        await RunningEngine.UntilAsync(async () =>
        {
            await AssertAnsweredAsync(await site.ConnectAsync());
            return Site.Open(site.A) > 1;
        });
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task While_no_node_is_ready_a_sender_is_not_left_waiting_and_has_its_message_still()
    {
        await using var site = await Site.StartAsync();
        // The nodes look at their stores themselves, every other second: what a check of theirs finds would be taken back.
        const string check = "a test";
        site.A.Host.Health.Readiness.Report(check, "gone");
        site.B.Host.Health.Readiness.Report(check, "gone");
        await RunningEngine.UntilAsync(() => Task.FromResult(site.States().All(state => state != "listening")));

        var sender = await site.ConnectAsync();
        (await TryAskAsync(sender)).Should().BeNull("the balancer closes what no node takes");

        site.B.Host.Health.Readiness.Report(check, null);
        await RunningEngine.UntilAsync(async () => await TryAskAsync(await site.ConnectAsync()) is not null);
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task The_senders_of_a_node_that_stops_are_answered_to_the_last_and_find_another_node_at_their_first_attempt()
    {
        // Longer than by default, so that also on a busy machine something is asked in this time.
        await using var site = await Site.StartAsync(_example, drainFor: TimeSpan.FromSeconds(15));
        var (onA, _) = await site.OneOnEachAsync();

        var stopping = site.A.Host.DisposeAsync().AsTask();
        var answered = 0;
        while (await TryAskAsync(onA) is { } reply)
        {
            reply.Should().Contain("MSA|AA|");
            answered++;
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        answered.Should().BePositive("the node goes on with what it has while the balancer learns of it");
        await AssertAnsweredAsync(await site.ConnectAsync());
        await stopping;
        Site.Open(site.B).Should().Be(2);
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task The_senders_own_address_reaches_the_status_of_its_source()
    {
        await using var site = await Site.StartAsync();
        var from = IPAddress.Parse("127.0.0.77");
        await AssertAnsweredAsync(await site.ConnectAsync(from));
        await AssertAnsweredAsync(await site.ConnectAsync(from));

        foreach (var node in (RunningEngine[])[site.A, site.B])
        {
            var (_, status, _) = await node.CommandAsync("status");

            status.Should().MatchRegex("guide-feed +127.0.0.77 +1\n");
        }
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task The_older_version_of_the_header_names_the_sender_as_well()
    {
        await using var site = await Site.StartAsync(_example.Replace("default-server send-proxy-v2", "default-server send-proxy", StringComparison.Ordinal));
        var from = IPAddress.Parse("127.0.0.77");

        await AssertAnsweredAsync(await site.ConnectAsync(from));

        site.Peers().Should().Equal("127.0.0.77");
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task TLS_is_passed_through_to_the_node()
    {
        var folder = Directory.CreateTempSubdirectory("balancer-").FullName;
        using var authority = new TestAuthority(folder, TimeProvider.System.GetUtcNow());
        var own = new ListenerTlsOptions { Own = new CertificateFiles { Certificate = authority.Issue("localhost") } };
        await using var site = await Site.StartAsync(_example, own);
        using var tls = new SenderTls("athena", new SenderTlsOptions { Ca = authority.File }, TimeProvider.System, NullLogger.Instance);
        using var sender = new MllpClient(new MllpClientOptions { Host = "localhost", Port = site.Address.Port }, TimeProvider.System, tls);

        var reply = await sender.SendAsync(TestEngine.Sample("guide-a04.hl7"), default);

        Encoding.UTF8.GetString(reply.Body.Span).Should().Contain("MSA|AA|");
        site.Peers().Should().Equal("127.0.0.1");
        Directory.Delete(folder, recursive: true);
    }

    [RequiresProgramFact(HaproxyServer.Program)]
    public async Task The_balancers_checks_take_no_place_of_a_sender_and_are_nothing_to_tell_of()
    {
        await using var site = await Site.StartAsync();
        await AssertAnsweredAsync(await site.ConnectAsync());

        var (_, status, _) = await site.A.CommandAsync("status");

        status.Should().NotContain("refused").And.NotContain("unanswered");
    }

    private static async Task AssertAnsweredAsync(RawSender sender) => (await sender.AskAsync(_sample)).Should().Contain("MSA|AA|");

    /// <summary>Null when the connection was closed instead.</summary>
    private static async Task<string?> TryAskAsync(RawSender sender)
    {
        try
        {
            return await sender.AskAsync(_sample);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    /// <summary>Two nodes and the balancer before them.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly HaproxyServer _balancer;
        private readonly List<RawSender> _senders = [];

        private Site(RunningEngine a, RunningEngine b, HaproxyServer balancer) => (A, B, _balancer) = (a, b, balancer);

        public RunningEngine A { get; }

        public RunningEngine B { get; }

        public IPEndPoint Address => _balancer.Address;

        public static Task<Site> StartAsync() => StartAsync(_example);

        /// <param name="configuration">The balancer's.</param>
        /// <param name="tls">The nodes' own; null for plain MLLP.</param>
        /// <param name="drainFor">How long a node that stops goes on with the connections it has; null for as long as by default.</param>
        public static async Task<Site> StartAsync(string configuration, ListenerTlsOptions? tls = null, TimeSpan? drainFor = null)
        {
            var (a, b) = (await StartNodeAsync(tls, drainFor), await StartNodeAsync(tls, drainFor));
            return new Site(a, b, await HaproxyServer.StartAsync(address => Replace(configuration, ("127.0.0.1:2575", $"{address}"), ("127.0.0.1:2601 port 8081", Server(a)), ("127.0.0.1:2602 port 8082", Server(b)))));
        }

        public async Task<RawSender> ConnectAsync(IPAddress? from = null)
        {
            var sender = await RawSender.ConnectAsync(_balancer.Address, from: from);
            _senders.Add(sender);
            return sender;
        }

        /// <summary>A sender of each node, both answered.</summary>
        public async Task<(RawSender OnA, RawSender OnB)> OneOnEachAsync()
        {
            var first = await ConnectAsync();
            await AssertAnsweredAsync(first);
            var isOnA = Open(A) == 1;
            var second = await ConnectAsync();
            await AssertAnsweredAsync(second);
            (Open(A), Open(B)).Should().Be((1, 1));
            return isOnA ? (first, second) : (second, first);
        }

        /// <summary>How many connections a node has.</summary>
        public static long Open(RunningEngine node) => StatusOf(node).Peers.Values.Sum();

        /// <summary>Of the listener of both nodes.</summary>
        public IEnumerable<string> States() => ((RunningEngine[])[A, B]).Select(node => StatusOf(node).State);

        /// <summary>The senders that both nodes name.</summary>
        public IEnumerable<string> Peers() => ((RunningEngine[])[A, B]).SelectMany(node => StatusOf(node).Peers.Keys);

        public async ValueTask DisposeAsync()
        {
            _senders.ForEach(sender => sender.Dispose());
            await _balancer.DisposeAsync();
            await A.DisposeAsync();
            await B.DisposeAsync();
        }

        private static SourceStatus StatusOf(RunningEngine node) => node.Host.Sources.Single(source => source.Name == TestEngine.Guide.Name);

        private static Task<RunningEngine> StartNodeAsync(ListenerTlsOptions? tls, TimeSpan? drainFor) => RunningEngine.StartAsync(settings => settings with
        {
            Health = settings.Health with { Listens = new IPEndPoint(IPAddress.Loopback, 0), DrainFor = drainFor ?? settings.Health.DrainFor },
            Sources = [.. settings.Sources.Select(source => source with { Access = new MllpAccess { ProxyProtocol = true, Tls = tls } })],
        });

        private static string Server(RunningEngine node) => $"{node.Guide} port {node.Host.Health.Address!.Port}";

        /// <summary>Each must be there once, so that the test runs what the example shows.</summary>
        private static string Replace(string text, params (string Shown, string Used)[] addresses)
        {
            foreach (var (shown, used) in addresses)
            {
                text.Split(shown).Should().HaveCount(2, "the example shows {0} once", shown);
                text = text.Replace(shown, used, StringComparison.Ordinal);
            }

            return text;
        }
    }
}
