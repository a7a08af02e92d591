using System.Net.Sockets;
using System.Text;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Tls;

/// <summary>MLLP over TLS between the engine's own listener and its own sender, with certificates made here.</summary>
public sealed class MllpTlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new FakeTimeProvider().GetUtcNow();

    private readonly string _folder = Directory.CreateTempSubdirectory("tls").FullName;
    private readonly TestAuthority _ours;
    private readonly TestAuthority _others;

    public MllpTlsTests()
    {
        _ours = new TestAuthority(_folder, Now);
        _others = new TestAuthority(_folder, Now, "Other Authority");
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_message_goes_over_mutual_TLS_and_its_reply_comes_back()
    {
        await using var listener = Listen(Mutual("sender.example"));
        using var sender = Connect(listener, own: _ours.Issue("sender.example"));

        (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
        (await AskAsync(sender, "MSH|2")).Should().Be("AA MSH|2");

        await listener.CountsAsync(new { ConnectionsTotal = 1, HandshakesRefused = 0, Replies = 2 });
    }

    [Theory]
    [InlineData("SENDER.example")]
    [InlineData("athena sender")]
    public async Task A_client_is_known_by_DNS_name_or_common_name_in_any_letter_case(string name)
    {
        await using var listener = Listen(Mutual("someone.else", name));
        using var sender = Connect(listener, own: _ours.Issue(name == "athena sender" ? name : "sender.example"));

        (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
    }

    public static TheoryData<string, string> BadClients => new()
    {
        { "none", "it shows no certificate" },
        { "other authority", "its certificate 'sender.example' is not vouched for by an authority that is trusted here" },
        { "expired", "its certificate 'sender.example' has expired, is not valid yet, or is vouched for by one that is not valid now" },
        { "not yet valid", "its certificate 'sender.example' has expired, is not valid yet, or is vouched for by one that is not valid now" },
        { "other name", "its certificate 'stranger.example' bears none of the names that are allowed" },
    };

    [Theory]
    [MemberData(nameof(BadClients))]
    public async Task A_sender_whose_certificate_is_not_good_is_refused_logged_and_counted(string kind, string reason)
    {
        await using var listener = Listen(Mutual("sender.example"));
        using var sender = Connect(listener, own: kind switch
        {
            "none" => null,
            "other authority" => _others.Issue("sender.example"),
            "expired" => _ours.Issue("sender.example", -30, -1),
            "not yet valid" => _ours.Issue("sender.example", 1, 30),
            _ => _ours.Issue("stranger.example"),
        });

        (await FailureAsync(sender)).Should().BeOneOf(MllpFailure.NotConnected, MllpFailure.Closed);

        await listener.Logger.Logged("ConnectionClosed");
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning).Which.Text.Should().EndWith(reason);
        listener.Intake.Messages.Should().BeEmpty();
        await listener.CountsAsync(new { HandshakesRefused = 1, ConnectionsOpen = 0 });
    }

    [Theory]
    [InlineData(ClientCertificate.Optional, "none", true)]
    [InlineData(ClientCertificate.Optional, "good", true)]
    [InlineData(ClientCertificate.Optional, "other authority", false)]
    [InlineData(ClientCertificate.None, "other authority", true)]
    internal async Task Whether_a_certificate_is_asked_for_is_a_setting(ClientCertificate asks, string shows, bool isLetIn)
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")) with { ClientCertificate = asks, ClientCa = asks == ClientCertificate.None ? null : _ours.File });
        using var sender = Connect(listener, own: shows switch { "none" => null, "good" => _ours.Issue("sender.example"), _ => _others.Issue("sender.example") });

        if (isLetIn)
        {
            (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
        }
        else
        {
            (await FailureAsync(sender)).Should().BeOneOf(MllpFailure.NotConnected, MllpFailure.Closed);
        }
    }

    public static TheoryData<string, string> BadReceivers => new()
    {
        { "other authority", "its certificate 'localhost' is not vouched for by an authority that is trusted here" },
        { "expired", "its certificate 'localhost' has expired, is not valid yet, or is vouched for by one that is not valid now" },
        { "not yet valid", "its certificate 'localhost' has expired, is not valid yet, or is vouched for by one that is not valid now" },
        { "other name", "its certificate 'elsewhere.example' is not for the expected name" },
    };

    [Theory]
    [MemberData(nameof(BadReceivers))]
    public async Task A_receiver_whose_certificate_is_not_good_gets_no_message(string kind, string reason)
    {
        await using var listener = Listen(Own(kind switch
        {
            "other authority" => _others.Issue("localhost"),
            "expired" => _ours.Issue("localhost", -30, -1),
            "not yet valid" => _ours.Issue("localhost", 1, 30),
            _ => _ours.Issue("elsewhere.example"),
        }));
        using var sender = Connect(listener);

        var failure = (await sender.Awaiting(client => client.SendAsync("MSH|1"u8.ToArray(), default)).Should().ThrowAsync<MllpClientException>()).Which;

        failure.Failure.Should().Be(MllpFailure.NotConnected);
        failure.Message.Should().EndWith($"no TLS with the receiver: {reason}");
        await listener.Logger.Logged("ConnectionClosed");
        listener.Intake.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task The_expected_name_can_differ_from_the_host()
    {
        await using var listener = Listen(Own(_ours.Issue("mllp.example")));
        using var sender = Connect(listener, name: "mllp.example");

        (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
    }

    [Fact]
    public async Task A_sender_of_plain_MLLP_is_told_from_one_of_TLS_at_its_first_byte()
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")));
        var sender = await listener.ConnectAsync();

        (await sender.AskAsync("MSH|SECRET")).Should().BeNull();

        await listener.Logger.Logged("ConnectionClosed");
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning)
            .Which.Text.Should().EndWith("it speaks plain MLLP, and this listener speaks TLS").And.NotContain("SECRET");
        listener.Counts.HandshakesRefused.Should().Be(1);
    }

    [Fact]
    public async Task A_sender_of_TLS_is_not_left_waiting_by_a_plain_listener()
    {
        await using var listener = new RunningListener();
        using var sender = Connect(listener);

        (await FailureAsync(sender)).Should().Be(MllpFailure.NotConnected);

        await listener.Logger.Logged("ConnectionClosed");
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Warning).Which.Text.Should().EndWith("it speaks TLS, and this listener speaks plain MLLP");
        listener.Counts.Should().BeEquivalentTo(new { HandshakesRefused = 1, StrayBytes = 0 });
    }

    [Fact]
    public async Task A_sender_that_can_do_no_better_than_TLS_1_1_is_refused()
    {
        // A hello that offers version 1.1 (0x0302) and its usual ciphers; the framework will not send one any more.
        byte[] body = [0x03, 0x02, .. new byte[32], 0, 0, 8, 0xC0, 0x14, 0xC0, 0x0A, 0x00, 0x35, 0x00, 0x2F, 1, 0];
        byte[] hello = [0x16, 0x03, 0x01, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
        await using var listener = Listen(Own(_ours.Issue("localhost")));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.Address);

        await socket.SendAsync(hello);
        var answer = new byte[16];
        var length = await socket.ReceiveAsync(answer).WaitAsync(TimeSpan.FromMinutes(1));

        // An alert (21), fatal (2): protocol version (70).
        (answer[0], answer[5], answer[6], length).Should().Be(((byte)21, (byte)2, (byte)70, 7));
        await listener.Logger.Logged("HandshakeRefused");
        listener.Counts.HandshakesRefused.Should().Be(1);
    }

    [Fact]
    public async Task A_handshake_that_stands_still_is_closed_and_delays_nobody()
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")), new MllpLimits { IdleTimeout = TimeSpan.FromDays(365), HandshakeTimeout = TimeSpan.FromSeconds(5) });
        var slow = await listener.ConnectAsync();
        await slow.SendAsync("\u0016\u0003\u0001");
        using var sender = Connect(listener);
        (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
        await listener.CountsAsync(new { Replies = 1 });

        var closed = slow.ReplyAsync();
        await listener.AdvanceUntilAsync(closed);

        (await closed).Should().BeNull();
        await listener.Logger.Logged("TimeOver");
        listener.Logger.Lines.Should().Contain(line => line.Name == "TimeOver" && line.Text.EndsWith("for Handshake", StringComparison.Ordinal));
        listener.Counts.Should().BeEquivalentTo(new { TimedOut = 1, HandshakesRefused = 0 });
    }

    [Fact]
    public async Task A_connection_that_ends_before_its_handshake_is_no_refusal()
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")));
        var probe = await listener.ConnectAsync();

        probe.HangUp();

        (await probe.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Counts.HandshakesRefused.Should().Be(0);
    }

    [Fact]
    public async Task New_files_are_taken_up_and_bad_ones_leave_the_last_good_in_use()
    {
        var file = _ours.Issue("localhost", until: 10, file: "own.pem");
        await using var listener = Listen(Own(file));
        DaysLeft(listener).Should().Be(10);

        await File.WriteAllTextAsync(file, "no certificate");
        LookTwice(listener.Time);

        DaysLeft(listener).Should().Be(9, "twenty seconds of the tenth day are over");
        listener.Source.Tls!.Problems.Should().ContainSingle().Which.Should().StartWith(file);
        await listener.Logger.Logged("CertificatesNotReloaded");
        using (var sender = Connect(listener))
        {
            (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
        }

        _ours.Issue("localhost", until: 90, file: "own.pem");
        LookTwice(listener.Time);

        DaysLeft(listener).Should().Be(89);
        listener.Source.Tls!.Problems.Should().BeEmpty();
        await listener.Logger.Logged("CertificatesReloaded");
        listener.Logger.Lines.Count(line => line.Name == "CertificatesNotReloaded").Should().Be(1);
    }

    [Fact]
    public async Task An_authority_that_is_exchanged_decides_over_the_next_handshake()
    {
        var ca = Path.Combine(_folder, "clients.pem");
        File.Copy(_others.File, ca);
        await using var listener = Listen(Own(_ours.Issue("localhost")) with { ClientCertificate = ClientCertificate.Required, ClientCa = ca });
        using var sender = Connect(listener, own: _ours.Issue("sender.example"));
        (await FailureAsync(sender)).Should().BeOneOf(MllpFailure.NotConnected, MllpFailure.Closed);

        File.Copy(_ours.File, ca, overwrite: true);
        LookTwice(listener.Time);

        (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_not_taken_up()
    {
        var file = _ours.Issue("localhost", until: 10, file: "own.pem");
        await using var listener = Listen(Own(file));
        var longer = File.ReadAllBytes(_ours.Issue("localhost", until: 50, file: "draft.pem"));
        var longest = File.ReadAllBytes(_ours.Issue("localhost", until: 90, file: "draft.pem"));

        await File.WriteAllBytesAsync(file, longer);
        listener.Time.Advance(ReloadedFiles<object>.Interval);
        await File.WriteAllBytesAsync(file, longest);
        listener.Time.Advance(ReloadedFiles<object>.Interval);
        DaysLeft(listener).Should().Be(9, "each look found other content");

        listener.Time.Advance(ReloadedFiles<object>.Interval);
        DaysLeft(listener).Should().Be(89);
    }

    [Fact]
    public async Task The_status_tells_every_certificate_with_its_days()
    {
        await using var listener = Listen(Mutual());

        listener.Source.Tls!.Certificates.Should().BeEquivalentTo(new[]
        {
            new { Use = "own", Name = "localhost", ExpiresAt = Now.AddDays(90), DaysLeft = 90 },
            new { Use = "authority", Name = "Test Authority", ExpiresAt = Now.AddYears(10), DaysLeft = (int)(Now.AddYears(10) - Now).TotalDays },
        });
    }

    [Fact]
    public async Task A_key_of_its_own_file_and_a_PFX_are_read_with_the_password_of_the_environment()
    {
        const string variable = "INTERFACE_ENGINE_TEST_TLS_PASSWORD";
        Environment.SetEnvironmentVariable(variable, "open sesame");
        var (certificate, key) = _ours.IssueApart("localhost", "open sesame");
        foreach (var files in new[]
        {
            new CertificateFiles { Certificate = certificate, Key = key, PasswordVariable = variable },
            new CertificateFiles { Certificate = _ours.IssuePfx("localhost", "open sesame"), PasswordVariable = variable },
        })
        {
            await using var listener = Listen(new ListenerTlsOptions { Own = files });
            using var sender = Connect(listener);
            (await AskAsync(sender, "MSH|1")).Should().Be("AA MSH|1");
        }
    }

    public static TheoryData<string, string> UnusableFiles => new()
    {
        { "", "no certificate can be made of it" },
        { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate can be made of it" },
        { "missing", "can't be read" },
        { "password", "the environment variable NOBODY_SET_THIS with its password is not set" },
        { "other key", "no certificate can be made of it and" },
        { "large", "is larger than 1048576 bytes" },
    };

    [Theory]
    [MemberData(nameof(UnusableFiles))]
    public void A_listener_does_not_start_on_a_certificate_it_cannot_use(string content, string reason)
    {
        var file = Path.Combine(_folder, "own.pem");
        if (content != "missing")
        {
            File.WriteAllText(file, content == "large" ? new string('x', 1_100_000) : content);
        }

        var files = content switch
        {
            "password" => new CertificateFiles { Certificate = file, PasswordVariable = "NOBODY_SET_THIS" },
            "other key" => new CertificateFiles { Certificate = _ours.IssueApart("one", "x").Certificate, Key = _ours.Issue("two") },
            _ => new CertificateFiles { Certificate = file },
        };
        using var source = new MllpSource(
            RunningListener.Binding, new ScriptedIntake((body, _) => Task.FromResult(body)), new SourceNumbers(new SourceRun(1, RunningListener.Binding.Name, 1), TimeProvider.System), new(System.Net.IPAddress.Loopback, 0), new(), new MllpAccess { Tls = new ListenerTlsOptions { Own = files } }, TimeProvider.System, new RecordingLogger<MllpSource>());

        source.Invoking(one => one.Bind()).Should().Throw<SourceStartException>().Which.Message.Should().StartWith($"source 'front-desk' can't speak TLS: {files.Certificate}: {reason}");
    }

    [Fact]
    public async Task Twenty_megabytes_arrive_whole()
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")), new MllpLimits { FrameBytesMax = 32 << 20 }, (body, _) => Task.FromResult($"AA {body.Length}"));
        using var sender = Connect(listener);

        (await AskAsync(sender, new string('x', 20 << 20))).Should().Be($"AA {20 << 20}");
    }

    [Fact]
    public async Task Replies_that_come_later_wake_a_connection_that_waits_for_its_next_message()
    {
        await using var listener = Listen(Own(_ours.Issue("localhost")));
        using var tls = new SenderTls("athena", new SenderTlsOptions { Ca = _ours.File }, listener.Time, listener.Logger);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.Address);
        await using var stream = await tls.ConnectAsync(new NetworkStream(socket), "localhost", default);

        for (var round = 1; round <= 20; round++)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"\u000bMSH|{round}\u001c\r"));
            await ExpectAsync($"AA MSH|{round}");
            listener.Intake.Messages.Last().Sender!.TryTake(Encoding.UTF8.GetBytes($"late {round}")).Should().BeTrue();
            await ExpectAsync($"late {round}");
        }

        async Task ExpectAsync(string body)
        {
            var frame = new byte[body.Length + 3];
            await stream.ReadExactlyAsync(frame).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            Encoding.UTF8.GetString(frame).Should().Be($"\u000b{body}\u001c\r");
        }
    }

    [Fact]
    public async Task A_reply_is_not_lost_when_the_listener_stops()
    {
        var answer = new TaskCompletionSource<string>();
        var taken = new TaskCompletionSource();
        await using var listener = Listen(Own(_ours.Issue("localhost")), answer: (_, _) =>
        {
            taken.SetResult();
            return answer.Task;
        });
        using var sender = Connect(listener);
        var reply = AskAsync(sender, "MSH|1");
        await taken.Task;

        listener.Stop();
        answer.SetResult("AA MSH|1");

        (await reply).Should().Be("AA MSH|1");
        (await FailureAsync(sender)).Should().BeOneOf(MllpFailure.NotConnected, MllpFailure.Closed);
    }

    private static ListenerTlsOptions Own(string file) => new() { Own = new CertificateFiles { Certificate = file } };

    private ListenerTlsOptions Mutual(params string[] allowed) =>
        Own(_ours.Issue("localhost")) with { ClientCertificate = ClientCertificate.Required, ClientCa = _ours.File, AllowedClients = allowed };

    private static RunningListener Listen(ListenerTlsOptions tls, MllpLimits? limits = null, Func<string, CancellationToken, Task<string>>? answer = null) =>
        new(answer, limits, new MllpAccess { Tls = tls });

    private Sender Connect(RunningListener listener, string? own = null, string? name = null) => new(
        listener,
        new SenderTlsOptions { Ca = _ours.File, Name = name, Own = own is null ? null : new CertificateFiles { Certificate = own } });

    private static int DaysLeft(RunningListener listener) => listener.Source.Tls!.Certificates.Single(one => one.Use == "own").DaysLeft;

    private static async Task<string> AskAsync(Sender sender, string body) =>
        Encoding.UTF8.GetString((await sender.SendAsync(Encoding.UTF8.GetBytes(body), default)).Body.Span);

    private static async Task<MllpFailure> FailureAsync(Sender sender) =>
        (await sender.Awaiting(one => one.SendAsync("MSH|1"u8.ToArray(), default)).Should().ThrowAsync<MllpClientException>()).Which.Failure;

    /// <summary>The engine's own sender. It waits by the system's clock, and judges certificates by the test's.</summary>
    private sealed class Sender(RunningListener listener, SenderTlsOptions options) : IDisposable
    {
        private readonly SenderTls _tls = new("athena", options, listener.Time, listener.Logger);
        private MllpClient? _client;

        public Task<MllpReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            _client ??= new MllpClient(new MllpClientOptions { Host = "localhost", Port = listener.Address.Port, SendTimeout = TimeSpan.FromMinutes(1), ReplyTimeout = TimeSpan.FromMinutes(1) }, TimeProvider.System, _tls);
            return _client.SendAsync(body, cancellationToken);
        }

        public void Dispose()
        {
            _client?.Dispose();
            _tls.Dispose();
        }
    }

    private static void LookTwice(FakeTimeProvider time)
    {
        time.Advance(ReloadedFiles<object>.Interval);
        time.Advance(ReloadedFiles<object>.Interval);
    }
}
