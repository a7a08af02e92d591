using System.Net;
using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tests.Tls;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>A listener behind a balancer that says for whom it connects.</summary>
public sealed class MllpProxyHeaderTests
{
    private const string Line = "PROXY TCP4 198.51.100.7 10.0.0.5 4711 2575\r\n";

    private static readonly MllpAccess _proxied = new() { ProxyProtocol = true };

    private static readonly byte[] _binary = Convert.FromHexString("0D0A0D0A000D0A515549540A" + "2111000C" + "C6336407" + "0A000005" + "1267" + "0A0F");
    private static readonly byte[] _local = Convert.FromHexString("0D0A0D0A000D0A515549540A" + "20000000");

    public static TheoryData<int, int> Versions => new() { { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 1000 }, { 2, 1 }, { 2, 2 }, { 2, 3 }, { 2, 1000 } };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_sender_is_known_by_the_header_and_what_follows_is_taken_whole_however_it_is_cut(int version, int chunk)
    {
        await using var listener = new RunningListener(access: _proxied);
        var sender = await listener.ConnectAsync();

        foreach (var part in Wire(version, "MSH|1").Chunk(chunk))
        {
            await sender.SendAsync(part);
        }

        (await sender.ReplyAsync()).Should().Be("AA MSH|1");
        (await sender.AskAsync("MSH|2")).Should().Be("AA MSH|2");
        listener.Source.Peers.Should().BeEquivalentTo(new Dictionary<string, int> { ["198.51.100.7"] = 1 });
        listener.Counts.Should().BeEquivalentTo(new { HeadersRefused = 0, StrayBytes = 0, Frames = 2 });
    }

    [Fact]
    public async Task The_log_names_the_sender_and_the_balancer()
    {
        await using var listener = new RunningListener(access: _proxied);
        var sender = await listener.ConnectAsync();

        await sender.SendAsync(Line + "\u000bMSH|cut off");
        sender.HangUp();

        await listener.Logger.Logged("FrameCutOff");
        listener.Logger.Lines.Should().ContainSingle(line => line.Name == "FrameCutOff").Which.Text.Should().Contain("the connection from 198.51.100.7:4711 through 127.0.0.1:");
    }

    [Fact]
    public async Task TLS_begins_behind_the_header()
    {
        var folder = Directory.CreateTempSubdirectory("proxy").FullName;
        using var authority = new TestAuthority(folder, new FakeTimeProvider().GetUtcNow());
        await using var listener = new RunningListener(access: _proxied with { Tls = new ListenerTlsOptions { Own = new CertificateFiles { Certificate = authority.Issue("localhost") } } });
        using var tls = new SenderTls("athena", new SenderTlsOptions { Ca = authority.File }, listener.Time, listener.Logger);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.Address);
        await socket.SendAsync(_binary);
        await using var stream = await tls.ConnectAsync(new NetworkStream(socket), "localhost", default);

        await stream.WriteAsync(Encoding.UTF8.GetBytes(RawSender.Frame("MSH|1")));
        var reply = new byte["\u000bAA MSH|1\u001c\r".Length];
        await stream.ReadExactlyAsync(reply).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        Encoding.UTF8.GetString(reply).Should().Be("\u000bAA MSH|1\u001c\r");
        listener.Source.Peers.Keys.Should().Equal("198.51.100.7");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("\u000bMSH|SECRET\u001c\r", "it begins without a PROXY header, which this listener expects of its balancer")]
    [InlineData("PROXY TCP4 SECRET\r\n\u000bMSH|1\u001c\r", "its PROXY header of version 1 can't be read: expected TCP4 or TCP6, two addresses and two ports, or UNKNOWN")]
    public async Task A_connection_without_a_header_that_can_be_used_is_refused_counted_and_logged_with_the_reason(string wire, string reason)
    {
        await using var listener = new RunningListener(access: _proxied);
        var sender = await listener.ConnectAsync();

        await IgnoreAsync(sender.SendAsync(wire));

        (await sender.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ProxyHeaderRefused");
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning).Which.Text
            .Should().StartWith("front-desk refused the connection from 127.0.0.1:").And.EndWith(reason).And.NotContain("SECRET");
        listener.Counts.Should().BeEquivalentTo(new { HeadersRefused = 1, Frames = 0 });
        listener.Intake.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task A_header_that_breaks_off_is_refused()
    {
        await using var listener = new RunningListener(access: _proxied);
        var sender = await listener.ConnectAsync();

        await sender.SendAsync(_binary.AsMemory(0, 20));
        sender.HangUp();

        (await sender.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ProxyHeaderRefused");
        listener.Logger.Lines.Should().Contain(line => line.Text.EndsWith("it ended within its PROXY header, after 20 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_of_the_port_that_says_nothing_is_nothing_to_tell_of()
    {
        await using var listener = new RunningListener(access: _proxied);
        var probe = await listener.ConnectAsync();

        probe.HangUp();

        (await probe.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Logger.Lines.Should().NotContain(line => line.Level >= LogLevel.Warning);
        listener.Counts.HeadersRefused.Should().Be(0);
    }

    [Fact]
    public async Task A_header_that_does_not_come_in_time_closes_its_connection_and_delays_nobody()
    {
        var year = TimeSpan.FromDays(365);
        await using var listener = new RunningListener(limits: new MllpLimits { IdleTimeout = year, HandshakeTimeout = TimeSpan.FromSeconds(5) }, access: _proxied);
        var slow = await listener.ConnectAsync();
        await slow.SendAsync(_binary.AsMemory(0, 5));
        var quick = await listener.ConnectAsync();
        await quick.SendAsync(_binary);
        (await quick.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        await listener.CountsAsync(new { Replies = 1 });

        var closed = slow.ReplyAsync();
        await listener.AdvanceUntilAsync(closed);

        (await closed).Should().BeNull();
        await listener.Logger.Logged("TimeOver");
        listener.Logger.Lines.Should().Contain(line => line.Name == "TimeOver" && line.Text.EndsWith("for ProxyHeader", StringComparison.Ordinal));
        listener.Counts.Should().BeEquivalentTo(new { TimedOut = 1, HeadersRefused = 0 });
    }

    [Fact]
    public async Task A_header_of_somebody_who_is_no_balancer_of_ours_is_not_even_read()
    {
        await using var listener = new RunningListener(access: _proxied with { ProxyFrom = Ranges("127.0.0.2/32") });
        var stranger = await listener.ConnectAsync(from: IPAddress.Loopback);
        var balancer = await listener.ConnectAsync(from: IPAddress.Parse("127.0.0.2"));

        await IgnoreAsync(stranger.SendAsync(Line));
        await balancer.SendAsync(Line);

        (await stranger.ReplyAsync()).Should().BeNull();
        (await balancer.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        await listener.Logger.Logged("AddressRefused");
        listener.Counts.Should().BeEquivalentTo(new { AddressesRefused = 1, ConnectionsTotal = 1 });
        listener.Logger.Lines.Should().ContainSingle(line => line.Name == "AddressRefused").Which.Text.Should().StartWith("front-desk refuses connections from addresses that ProxyFrom does not name, such as 127.0.0.1:");
    }

    [Theory]
    [InlineData("198.51.100.0/24", Line, true)]
    [InlineData("198.51.101.0/24", Line, false)]
    [InlineData("198.51.100.0/24", "PROXY UNKNOWN\r\n", false)]
    [InlineData("127.0.0.0/8", "PROXY UNKNOWN\r\n", true)]
    public async Task AllowFrom_names_senders_and_not_the_balancer_unless_it_names_nobody(string allowed, string header, bool isTaken)
    {
        await using var listener = new RunningListener(access: _proxied with { AllowFrom = Ranges(allowed) });
        var sender = await listener.ConnectAsync();

        await sender.SendAsync(header);
        await IgnoreAsync(sender.SendAsync(RawSender.Frame("MSH|1")));

        (await sender.ReplyAsync()).Should().Be(isTaken ? "AA MSH|1" : null);
        listener.Counts.AddressesRefused.Should().Be(isTaken ? 0 : 1);
        listener.Logger.Lines.Count(line => line.Name == "SenderRefused").Should().Be(isTaken ? 0 : 1);
    }

    [Fact]
    public async Task A_balancer_that_speaks_for_itself_is_taken_whatever_senders_are_allowed()
    {
        await using var listener = new RunningListener(access: _proxied with { AllowFrom = Ranges("198.51.100.0/24") });
        var check = await listener.ConnectAsync();

        await check.SendAsync(_local);

        (await check.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        listener.Source.Peers.Keys.Should().Equal("127.0.0.1");
    }

    private static byte[] Wire(int version, string body) =>
        [.. version == 1 ? Encoding.ASCII.GetBytes(Line) : _binary, .. Encoding.UTF8.GetBytes(RawSender.Frame(body))];

    private static AddressRanges Ranges(string range) => new([IPNetwork.Parse(range)]);

    /// <summary>The listener may have closed already.</summary>
    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (SocketException)
        {
        }
    }
}
