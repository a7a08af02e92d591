using System.Net;
using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tests.Tls;
using InterfaceEngine.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake;

/// <summary>Messages that ask for an accept acknowledgement (MSH-15), an application reply (MSH-16), or both.</summary>
public sealed class EnhancedModeTests : IAsyncLifetime
{
    private static readonly SourceBinding OnApplied = TestEngine.Guide with { Acknowledge = AcknowledgePolicy.OnApplied };
    private static readonly SourceBinding Elsewhere = TestEngine.Guide with { ApplicationReplies = new ApplicationReplyOptions("replies") };

    private TestEngine _engine = null!;

    public async Task InitializeAsync() => await StartAsync(TestEngine.Guide);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task A_good_message_gets_both_replies_each_a_message_of_its_own()
    {
        var receipt = await _engine.AcceptAsync(Asking("AL", "AL", Adt("A04", "1", 1, Doe())));

        var (accept, application) = (Hl7Message.Parse(receipt.Reply), Hl7Message.Parse(receipt.ApplicationReply));
        Replies(receipt).Should().Be("CA|1 AA|1");
        accept.ControlId.Should().NotBe(application.ControlId).And.NotBeEmpty();
        application.ControlId.Should().NotBeEmpty();
        accept.GetSegment(0).Field(15).HasValue.Should().BeFalse();
        (application.GetSegment(0).Field(15).Decode(), application.GetSegment(0).Field(16).Decode()).Should().Be(("NE", "NE"));
    }

    [Theory]
    [InlineData("AL", "NE", "CA|1 -")]
    [InlineData("", "AL", "- AA|1")]
    [InlineData("NE", "NE", "- -")]
    [InlineData("ER", "ER", "- -")]
    public async Task What_is_not_asked_for_is_not_sent_and_the_message_is_applied_all_the_same(string accept, string application, string replies)
    {
        var receipt = await _engine.AcceptAsync(Asking(accept, application, Adt("A04", "1", 1, Doe())));

        Replies(receipt).Should().Be(replies);
        receipt.State.Should().Be(MessageState.Applied);
    }

    [Fact]
    public async Task Bad_content_is_taken_and_refused_by_the_application_with_every_problem()
    {
        var receipt = await _engine.AcceptAsync(Asking("AL", "AL", Adt("A04", "1", 1, Doe(birth: "19801305"))));

        Replies(receipt).Should().Be("CA|1 AE|1");
        Encoding.UTF8.GetString(receipt.Reply.Span).Should().NotContain("ERR|");
        Encoding.UTF8.GetString(receipt.ApplicationReply.Span).Should().Contain("ERR|PID^1^7").And.NotContain("19801305");
    }

    [Theory]
    [InlineData("|2.3|", "|3.0|", "CR|1 -", "- AR|1")]
    [InlineData("|P|", "|D|", "CR|1 -", "- AR|1")]
    [InlineData("ADT^A04", "ADT^Z99", "CR|1 -", "- AR|1")]
    [InlineData("|ATHENANET|", "|1000|", "CA|1 AA|1", "- AA|1")]
    public async Task What_is_not_served_is_refused_at_the_door(string before, string after, string asked, string applicationOnly)
    {
        var body = Encoding.UTF8.GetString(Adt("A04", "1", 1, Doe())).Replace(before, after, StringComparison.Ordinal);

        Replies(await _engine.AcceptAsync(Asking("AL", "AL", Encoding.UTF8.GetBytes(body)))).Should().Be(asked);
        Replies(await _engine.AcceptAsync(Asking("NE", "AL", Encoding.UTF8.GetBytes(body)))).Should().Be(applicationOnly);
    }

    [Fact]
    public async Task An_oversize_frame_is_not_taken()
    {
        var receipt = await _engine.AcceptAsync(Asking("AL", "AL", Adt("A04", "1", 1, Doe())), fault: new FrameFault("frame is larger than 16 MiB"));

        Replies(receipt).Should().Be("CE|1 -");
    }

    [Fact]
    public async Task A_resend_gets_both_stored_replies_again()
    {
        var body = Asking("AL", "AL", Adt("A04", "1", 1, Doe()));
        var first = await _engine.AcceptAsync(body);
        _engine.Time.Advance(TimeSpan.FromMinutes(5));
        await _engine.RestartAsync();

        var second = await _engine.AcceptAsync(body);

        second.State.Should().Be(MessageState.Duplicate);
        second.Reply.ToArray().Should().Equal(first.Reply.ToArray());
        second.ApplicationReply.ToArray().Should().Equal(first.ApplicationReply.ToArray());
    }

    [Theory]
    [InlineData("ACK")]
    [InlineData("ACK^A04^ACK")]
    [InlineData("MCF")]
    public async Task An_acknowledgement_is_not_acknowledged_whatever_it_asks(string type)
    {
        var receipt = await _engine.AcceptAsync(TestEngine.Message($"MSH|^~\\&|ATHENA|ATHENANET|PS|PSSERVER|{Time(1)}||{type}|1|P|2.3|||AL|AL", "MSA|CA|77"));

        Replies(receipt).Should().Be("- -");
        receipt.State.Should().Be(MessageState.Ignored);
    }

    [Fact]
    public async Task A_message_without_control_id_and_processing_id_gets_its_replies()
    {
        var body = Encoding.UTF8.GetString(Asking("AL", "AL", Adt("A04", "77", 1, Doe()))).Replace("|77|P|", "|||", StringComparison.Ordinal);

        Replies(await _engine.AcceptAsync(Encoding.UTF8.GetBytes(body))).Should().Be("CA| AA|");
    }

    [Fact]
    public async Task A_parked_message_is_answered_on_commit_by_default()
    {
        var receipt = await ParkAsync(TestEngine.Guide);

        Replies(receipt).Should().Be("CA|9001 AA|9001");
    }

    [Fact]
    public async Task In_original_mode_a_parked_message_is_answered_AA_even_on_applied()
    {
        var receipt = await ParkAsync(OnApplied, "", "");

        Replies(receipt).Should().Be("AA|9001 -");
    }

    [Fact]
    public async Task On_applied_a_message_that_is_applied_at_once_gets_both_replies_at_once() =>
        Replies(await _engine.AcceptAsync(Asking("AL", "AL", Adt("A04", "1", 1, Doe())), OnApplied)).Should().Be("CA|1 AA|1");

    [Fact]
    public async Task On_applied_the_reply_of_a_parked_message_comes_over_its_connection_when_it_is_resumed()
    {
        await using var listener = await ListenAsync(OnApplied);
        using var sender = await RawSender.ConnectAsync(listener.Address);

        Code(await sender.AskAsync(Visit())).Should().Be("CA|9001");
        Code(await sender.AskAsync(Text(Asking("AL", "NE", Adt("A04", "1", 1, Doe()))))).Should().Be("CA|1", "the visit's reply is not due yet");
        await ResumeAsync();

        Code(await sender.ReplyAsync()).Should().Be("AA|9001");
        Code(await sender.AskAsync(Text(Asking("AL", "AL", Adt("A08", "2", 2, Doe()))))).Should().Be("CA|2", "the connection goes on");
        Code(await sender.ReplyAsync()).Should().Be("AA|2");
    }

    [Fact]
    public async Task A_resend_of_a_parked_message_on_another_connection_gets_the_reply_there()
    {
        await using var listener = await ListenAsync(OnApplied);
        using (var first = await RawSender.ConnectAsync(listener.Address))
        {
            Code(await first.AskAsync(Visit())).Should().Be("CA|9001");
        }

        using var second = await RawSender.ConnectAsync(listener.Address);
        Code(await second.AskAsync(Visit())).Should().Be("CA|9001");
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await ResumeAsync();

        Code(await second.ReplyAsync()).Should().Be("AA|9001");
    }

    [Fact]
    public async Task When_the_connection_is_gone_the_reply_is_kept_for_a_resend()
    {
        await using var listener = await ListenAsync(OnApplied);
        using (var gone = await RawSender.ConnectAsync(listener.Address))
        {
            Code(await gone.AskAsync(Visit())).Should().Be("CA|9001");
        }

        await listener.Logger.Logged("ConnectionClosed");
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await ResumeAsync();

        using var again = await RawSender.ConnectAsync(listener.Address);
        Code(await again.AskAsync(Visit())).Should().Be("CA|9001");
        Code(await again.ReplyAsync()).Should().Be("AA|9001");
    }

    [Fact]
    public async Task What_can_no_longer_be_applied_when_it_is_resumed_is_told_as_an_error()
    {
        await RestartAsync(OnApplied);
        const string check = "| end_time > start_time ";
        var parked = await ParkAsync(OnApplied);
        Replies(parked).Should().Be("CA|9001 -");
        var file = Path.Combine(_engine.Settings.Mappings, ParkedVisits.MapFile);
        var map = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, map.Replace(check, "| end_time < start_time ", StringComparison.Ordinal));
        await _engine.RestartAsync();
        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));

        await ResumeAsync();

        var message = await _engine.MessageAsync(parked);
        message.State.Should().Be(MessageState.Refused);
        Code(Encoding.UTF8.GetString(message.ApplicationReply.Span)).Should().Be("AE|9001");
    }

    [Fact]
    public async Task By_setting_the_application_reply_waits_for_a_destination_in_the_messages_own_transaction()
    {
        var body = Asking("AL", "AL", Adt("A04", "1", 1, Doe()));
        var receipt = await _engine.AcceptAsync(body, Elsewhere);
        Replies(await _engine.AcceptAsync(body, Elsewhere)).Should().Be("CA|1 -", "a resend hears again that it was taken, and the reply is on its way");

        Replies(receipt).Should().Be("CA|1 -");
        var delivery = (await DeliveriesAsync()).Should().ContainSingle().Subject;
        (delivery.Destination, delivery.Event, delivery.Practice, delivery.State).Should().Be(("replies", "ACK^A04", "1959", DeliveryState.Waiting));
        delivery.Message.Should().Be(receipt.Message);
        var reply = Hl7Message.Parse((await _engine.Store.ReadAsync(reader => reader.Delivery(delivery.Id), default))!.Body);
        (reply.ControlId, reply.Find("MSA").Field(1).Decode(), reply.Find("MSA").Field(2).Decode()).Should().Be((delivery.ControlId, "AA", "1"));
        reply.GetSegment(0).Field(15).Decode().Should().Be("AL", "the sender of deliveries waits for an acknowledgement");
    }

    [Fact]
    public async Task On_applied_and_by_setting_the_reply_of_a_parked_message_is_queued_once_it_is_applied()
    {
        var source = Elsewhere with { Acknowledge = AcknowledgePolicy.OnApplied };
        await RestartAsync(source);
        var parked = await ParkAsync(source);
        (await DeliveriesAsync()).Should().BeEmpty();

        await _engine.AcceptAsync(Adt("A04", "1", 1, Doe()));
        await ResumeAsync();
        await ResumeAsync();

        (await DeliveriesAsync()).Should().ContainSingle().Which.Message.Should().Be(parked.Message);
    }

    [Fact]
    public async Task An_application_reply_reaches_its_destination_over_mutual_TLS()
    {
        var folder = Directory.CreateTempSubdirectory("replies-").FullName;
        using var authority = new TestAuthority(folder, new FakeTimeProvider().GetUtcNow());
        var arrived = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = new RunningListener(
            (body, _) =>
            {
                arrived.TrySetResult(body);
                return Task.FromResult($"MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.3\rMSA|CA|{Hl7Message.Parse(Encoding.UTF8.GetBytes(body)).ControlId}\r");
            },
            access: new MllpAccess { Tls = new ListenerTlsOptions { Own = Own("localhost"), ClientCertificate = ClientCertificate.Required, ClientCa = authority.File } });
        var settings = TestEngine.SettingsIn(folder);
        await using (var host = await EngineHost.StartAsync(
            settings with
            {
                Sources = [new SourceSettings("mllp", Elsewhere, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits())],
                Destinations =
                [
                    new DestinationSettings(
                        "mllp",
                        new OutboundAddress { Destination = "replies", Practices = [], SendingApplication = "PS", ReceivingApplication = "ATHENA" },
                        new MllpDestinationOptions { Client = new MllpClientOptions { Host = "localhost", Port = receiver.Address.Port } },
                        new DeliveryOptions()) { Tls = new SenderTlsOptions { Ca = authority.File, Own = Own("engine.example") } },
                ],
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            default))
        {
            using var sender = await RawSender.ConnectAsync(host.Addresses.Single().Address);

            Code(await sender.AskAsync(Text(Asking("AL", "AL", Adt("A04", "1", 1, Doe()))))).Should().Be("CA|1");
            Code(await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1))).Should().Be("AA|1");
        }

        Directory.Delete(folder, recursive: true);

        // Valid by the receiver's clock, which is the test's, and by the engine's.
        CertificateFiles Own(string name) => new() { Certificate = authority.Issue(name, -3000, 3000) };
    }

    private async Task StartAsync(SourceBinding source) => _engine = await TestEngine.StartAsync(
        settings => settings with { Sources = [new SourceSettings("mllp", source, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits())] },
        await ParkedVisits.MapsAsync());

    private async Task RestartAsync(SourceBinding source)
    {
        await _engine.DisposeAsync();
        await StartAsync(source);
    }

    private async Task<EngineListener> ListenAsync(SourceBinding source)
    {
        await RestartAsync(source);
        var run = await _engine.Core.Store.Ledger.BeginRunAsync(source.Name, 10, default);
        return new EngineListener(_engine, source, new SourceNumbers(run, _engine.Time));
    }

    private async Task<Receipt> ParkAsync(SourceBinding source, string accept = "AL", string application = "AL")
    {
        var receipt = await _engine.AcceptAsync(Encoding.UTF8.GetBytes(Visit(accept, application)), source);
        receipt.State.Should().Be(MessageState.Parked, Text(receipt.ApplicationReply));
        return receipt;
    }

    private Task ResumeAsync() =>
        new ReadyMessages(_engine.Store, _engine.Core.Intake, _engine.Time, new RecordingLogger<ReadyMessages>()).ResumeAsync(default);

    private Task<IReadOnlyList<StoredDelivery>> DeliveriesAsync() =>
        _engine.Store.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None)), default).AsTask();

    private static string Visit(string accept = "AL", string application = "AL") =>
        Text(Asking(accept, application, Encoding.UTF8.GetBytes(ParkedVisits.Message("9001"))));

    /// <summary>The message with MSH-15 and MSH-16.</summary>
    private static byte[] Asking(string accept, string application, byte[] body)
    {
        var segments = Text(body).Split('\r', 2);
        return Encoding.UTF8.GetBytes($"{segments[0]}||{accept}|{application}\r{segments[1]}");
    }

    private static string Replies(Receipt receipt) => $"{Code(Text(receipt.Reply))} {Code(Text(receipt.ApplicationReply))}";

    /// <summary>MSA-1 and MSA-2; a stroke for no reply.</summary>
    private static string Code(string? reply) => string.IsNullOrEmpty(reply) ? "-" : string.Join('|', reply.Split('\r')[1].Split('|')[1..3]);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>A real listener before a real engine.</summary>
    private sealed class EngineListener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly MllpSource _source;
        private readonly Task _running;

        public EngineListener(TestEngine engine, SourceBinding binding, SourceNumbers numbers)
        {
            _source = new MllpSource(binding, engine.Core.Intake, numbers, new IPEndPoint(IPAddress.Loopback, 0), new MllpLimits { StopTimeout = TimeSpan.Zero }, MllpAccess.Plain, TimeProvider.System, Logger);
            Address = _source.Bind();
            _running = _source.RunAsync(_stop.Token);
        }

        public RecordingLogger<MllpSource> Logger { get; } = new();

        public IPEndPoint Address { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _source.Dispose();
            _stop.Dispose();
        }
    }
}
