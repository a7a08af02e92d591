using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Tests.Sources.Mllp;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox.Peers;

/// <summary>The receiving side, seen by a sender that sends any bytes over a real socket.</summary>
public sealed class AthenaServerTests
{
    private static readonly TimeSpan _late = TimeSpan.FromSeconds(30);

    private static string Booking(string controlId, string placer = "5001", string filler = "", string @event = "S12") =>
        $"MSH|^~\\&|PRACTICESTUDIO|1959|ATHENA|ATHENANET|20260105093000||SIU^{@event}|{controlId}|P|2.3\rSCH|{placer}|{filler}||||||OFFICE|30|minutes|^^^20260112101500\r";

    [Fact]
    public async Task A_message_is_kept_and_acknowledged()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);

        var reply = await sender.AskAsync(Booking("M1"));

        reply.Should().Contain("\rMSA|AA|M1").And.StartWith("MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|1959|");
        server.Kept.Should().ContainSingle().Which.Should().Match<Arrival>(arrival => arrival.ControlId == "M1" && arrival.Event == "SIU^S12");
        server.Account.Events.Should().Equal(new Dictionary<string, long> { ["SIU^S12"] = 1 });
    }

    [Fact]
    public async Task The_same_bytes_again_are_acknowledged_and_not_kept_twice()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);
        await sender.AskAsync(Booking("M1"));

        (await sender.AskAsync(Booking("M1"))).Should().Contain("\rMSA|AA|M1");

        server.Account.Kinds.Should().Equal(new Dictionary<ArrivalKind, long> { [ArrivalKind.Kept] = 1, [ArrivalKind.Repeated] = 1 });
    }

    [Fact]
    public async Task Other_bytes_under_the_same_control_id_are_refused_and_counted()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);
        await sender.AskAsync(Booking("M1"));

        (await sender.AskAsync(Booking("M1", placer: "5002"))).Should().Contain("\rMSA|AE|M1");

        server.Account.CountOf(ArrivalKind.Conflicting).Should().Be(1);
    }

    [Fact]
    public async Task What_is_no_message_is_refused()
    {
        await using var server = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync("PID|1")).Should().Contain("\rMSA|AR|");

        server.Account.CountOf(ArrivalKind.Unreadable).Should().Be(1);
    }

    [Theory]
    [InlineData(FaultKind.Ae, "\rMSA|AE|M1")]
    [InlineData(FaultKind.Ar, "\rMSA|AR|M1")]
    public async Task It_refuses_as_it_is_told_and_keeps_nothing(FaultKind fault, string msa)
    {
        await using var server = Misbehaving(fault);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync(Booking("M1"))).Should().Contain(msa);

        server.Account.Kinds.Should().Equal(new Dictionary<ArrivalKind, long> { [ArrivalKind.Refused] = 1 });
    }

    [Fact]
    public async Task A_lost_reply_never_comes_and_the_message_is_kept()
    {
        await using var server = Misbehaving(FaultKind.LostAck, most: 1);
        using var sender = await RawSender.ConnectAsync(server.Address);
        await sender.SendAsync(RawSender.Frame(Booking("M1")));

        (await sender.AskAsync(Booking("M2"))).Should().Contain("\rMSA|AA|M2");

        server.Kept.Select(arrival => arrival.ControlId).Should().Equal("M1", "M2");
    }

    [Fact]
    public async Task A_late_reply_comes_after_the_next_message_s()
    {
        var time = new FakeTimeProvider();
        await using var server = Misbehaving(FaultKind.LateAck, most: 1, time);
        using var sender = await RawSender.ConnectAsync(server.Address);
        await sender.SendAsync(RawSender.Frame(Booking("M1")));

        (await sender.AskAsync(Booking("M2"))).Should().Contain("\rMSA|AA|M2");
        time.Advance(_late);
        (await sender.ReplyAsync()).Should().Contain("\rMSA|AA|M1");
    }

    [Fact]
    public async Task A_wrong_reply_names_the_message_before()
    {
        await using var server = Misbehaving(FaultKind.WrongAck);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync(Booking("M1"))).Should().Contain("\rMSA|AA|NOBODYS");
        (await sender.AskAsync(Booking("M2"))).Should().Contain("\rMSA|AA|M1");
    }

    [Fact]
    public async Task A_merged_reply_is_followed_by_one_that_answers_nothing()
    {
        await using var server = Misbehaving(FaultKind.Merge);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync(Booking("M1"))).Should().Contain("\rMSA|AA|M1");
        (await sender.ReplyAsync()).Should().Contain("\rMSA|AA|NOBODYS");
    }

    [Fact]
    public async Task A_wrong_reply_is_followed_by_another_wrong_one()
    {
        var chances = new Dictionary<FaultKind, double> { [FaultKind.WrongAck] = 1, [FaultKind.Merge] = 1, [FaultKind.Ae] = 1 };
        await using var server = AthenaServer.Start(new AthenaServerOptions { Faults = new FaultOptions { Chances = chances } }, TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync(Booking("A-CONTROL-ID-OF-20-CH"))).Should().Contain("\rMSA|AE|NOBODYS|");
        (await sender.ReplyAsync()).Should().Contain("\rMSA|AE|NOBODYS|");
        (await sender.AskAsync(Booking("M2"))).Should().Contain("\rMSA|AE|A-CONTROL-ID-OF-20-CH|");
    }

    [Fact]
    public async Task A_reply_comes_twice()
    {
        await using var server = Misbehaving(FaultKind.Resend);
        using var sender = await RawSender.ConnectAsync(server.Address);

        var reply = await sender.AskAsync(Booking("M1"));

        (await sender.ReplyAsync()).Should().Be(reply);
    }

    [Theory]
    [InlineData(FaultKind.Split)]
    [InlineData(FaultKind.Slow)]
    [InlineData(FaultKind.Garbage)]
    public async Task A_reply_in_pieces_or_behind_garbage_is_a_reply(FaultKind fault)
    {
        await using var server = Misbehaving(fault);
        using var sender = await RawSender.ConnectAsync(server.Address);

        (await sender.AskAsync(Booking("M1"))).Should().Contain("\rMSA|AA|M1");
        (await sender.AskAsync(Booking("M2"))).Should().Contain("\rMSA|AA|M2");

        server.Account.Faults.Should().ContainKey(fault).WhoseValue.Should().Be(2);
    }

    [Fact]
    public async Task A_dropped_connection_gives_no_reply_and_may_have_kept_the_message_or_not()
    {
        // By seed: some of these are dropped inside the message, some inside the reply, some not.
        var chances = new Dictionary<FaultKind, double> { [FaultKind.Drop] = 0.4 };
        await using var server = AthenaServer.Start(new AthenaServerOptions { Faults = new FaultOptions { Chances = chances } }, TimeProvider.System);
        var answered = new HashSet<string>();
        for (var number = 1; number <= 40; number++)
        {
            using var sender = await RawSender.ConnectAsync(server.Address);
            if (await sender.AskAsync(Booking($"M{number}")) is not null)
            {
                answered.Add($"M{number}");
            }
        }

        var kept = server.Kept.Select(arrival => arrival.ControlId).ToHashSet();
        kept.Should().Contain(answered);
        kept.Except(answered).Should().NotBeEmpty("some replies were dropped after the message was kept");
        kept.Should().HaveCountLessThan(40, "some messages were dropped before they were whole");
    }

    [Fact]
    public async Task Kept_messages_go_to_the_folder_byte_for_byte()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-").FullName;
        try
        {
            await using var server = AthenaServer.Start(new AthenaServerOptions { Folder = folder }, TimeProvider.System);
            using var sender = await RawSender.ConnectAsync(server.Address);

            await sender.AskAsync(Booking("M1"));

            (await File.ReadAllTextAsync(Path.Combine(folder, "000001-SIU-S12.hl7"))).Should().Be(Booking("M1"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_booking_is_told_of_again_with_athenahealths_number()
    {
        await using var engine = AthenaServer.Start(new AthenaServerOptions(), TimeProvider.System);
        await using var server = AthenaServer.Start(new AthenaServerOptions { Echo = engine.Address }, TimeProvider.System);
        using var sender = await RawSender.ConnectAsync(server.Address);
        await sender.AskAsync(Booking("M1", placer: "5001"));
        await sender.AskAsync(Booking("M2", placer: "5001", @event: "S15"));
        await sender.AskAsync(Booking("M3", placer: "5002"));

        await engine.WaitForKeptAsync(3).WaitAsync(TimeSpan.FromMinutes(1));

        var echoes = engine.Kept.Select(arrival => System.Text.Encoding.UTF8.GetString(arrival.Body.Span)).ToList();
        echoes[0].Should().Be("MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|1959|20260105093000||SIU^S12|E1|P|2.3\rSCH|5001|700001||||||OFFICE|30|minutes|^^^20260112101500\r");
        echoes[1].Should().Contain("|SIU^S15|E2|").And.Contain("\rSCH|5001|700001|");
        echoes[2].Should().Contain("\rSCH|5002|700002|");
    }

    private static AthenaServer Misbehaving(FaultKind fault, int most = 1_000, TimeProvider? time = null) => AthenaServer.Start(
        new AthenaServerOptions { Faults = new FaultOptions { Chances = new Dictionary<FaultKind, double> { [fault] = 1 }, FaultsMax = most, Late = _late } }, time ?? TimeProvider.System);
}
