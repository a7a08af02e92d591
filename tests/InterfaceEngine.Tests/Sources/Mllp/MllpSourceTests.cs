using System.Net;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Mllp;

public sealed class MllpSourceTests
{
    [Fact]
    public async Task A_message_is_taken_in_with_its_source_and_answered()
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();

        var reply = await sender.AskAsync("MSH|1");

        reply.Should().Be("AA MSH|1");
        var message = listener.Intake.Messages.Should().ContainSingle().Subject;
        message.Source.Name.Should().Be("front-desk");
        message.Source.Practices.Should().Equal("1959");
        message.Fault.Should().BeNull();
        listener.Counts.Should().BeEquivalentTo(new { Frames = 1, Bytes = 5, ConnectionsTotal = 1, ConnectionsOpen = 1, Unanswered = 0 });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Pipelined_messages_are_taken_and_answered_in_order_however_they_are_cut(int chunk)
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();
        var bodies = Enumerable.Range(1, 20).Select(number => $"MSH|{number}").ToArray();

        foreach (var part in string.Concat(bodies.Select(RawSender.Frame)).Chunk(chunk))
        {
            await sender.SendAsync(new string(part));
        }

        foreach (var body in bodies)
        {
            (await sender.ReplyAsync()).Should().Be("AA " + body);
        }

        listener.Intake.Bodies.Should().Equal(bodies);
    }

    [Fact]
    public async Task The_next_message_of_a_connection_waits_for_the_one_in_flight()
    {
        var first = new TaskCompletionSource<string>();
        var isFirstDone = false;
        await using var listener = new RunningListener(async (body, _) =>
        {
            if (body == "MSH|A04")
            {
                await first.Task;
                isFirstDone = true;
            }

            return $"AA {body} {isFirstDone}";
        });
        var sender = await listener.ConnectAsync();
        await sender.SendAsync(RawSender.Frame("MSH|A04") + RawSender.Frame("MSH|A08"));
        var other = await listener.ConnectAsync();

        (await other.AskAsync("MSH|other")).Should().Be("AA MSH|other False", "another connection does not wait");
        first.SetResult("");

        (await sender.ReplyAsync()).Should().Be("AA MSH|A04 True");
        (await sender.ReplyAsync()).Should().Be("AA MSH|A08 True");
    }

    [Fact]
    public async Task Stray_bytes_are_skipped_and_counted()
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();

        await sender.SendAsync("\r\n" + RawSender.Frame("MSH|1") + "junk\n" + RawSender.Frame("MSH|2"));

        (await sender.ReplyAsync()).Should().Be("AA MSH|1");
        (await sender.ReplyAsync()).Should().Be("AA MSH|2");
        sender.HangUp();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Counts.StrayBytes.Should().Be(7);
    }

    [Fact]
    public async Task An_oversize_frame_goes_in_by_its_head_and_the_connection_goes_on()
    {
        await using var listener = new RunningListener(limits: new() { FrameBytesMax = 2048 });
        var sender = await listener.ConnectAsync();

        (await sender.AskAsync("MSH|" + new string('x', 1_000_000))).Should().Be("AR frame is larger than 2 KiB");
        (await sender.AskAsync("MSH|2")).Should().Be("AA MSH|2");

        listener.Intake.Messages.First().Body.Length.Should().Be(2048);
        listener.Counts.Oversize.Should().Be(1);
        listener.Counts.Frames.Should().Be(2);
    }

    [Fact]
    public async Task Every_frame_gets_the_next_number_and_those_without_an_answer_are_known()
    {
        await using var listener = new RunningListener((body, _) => body == "MSH|2" ? throw new StoreUnavailableException("the disk is full") : Task.FromResult("AA " + body));
        var sender = await listener.ConnectAsync();
        (await sender.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        (await sender.AskAsync("MSH|2")).Should().BeNull();
        var other = await listener.ConnectAsync();
        await other.SendAsync("\u000bMSH|half" + RawSender.Frame("MSH|4"));
        (await other.ReplyAsync()).Should().Be("AA MSH|4");
        await other.SendAsync("\u000bMSH|half");
        other.HangUp();
        await listener.CountsAsync(new { CutOff = 2, ConnectionsOpen = 0 });

        listener.Intake.Messages.Select(message => message.Number.Value).Should().Equal(1, 2, 4);
        var now = listener.Numbers.Now();
        now.Days.Should().ContainSingle().Which.Numbers.Should().Be(new NumberRange(1, 5));
        now.Unanswered.Should().Equal(new NumberRange(2, 3), new NumberRange(5, 5));
        now.OnTheirWay.Should().BeEmpty();
    }

    [Fact]
    public async Task A_close_inside_a_frame_is_an_error_and_never_taken_in()
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();

        await sender.SendAsync("\u000bMSH|SECRET");
        sender.HangUp();

        (await sender.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Intake.Messages.Should().BeEmpty();
        listener.Counts.CutOff.Should().Be(1);
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Error).Which.Text.Should().Contain("10 bytes");
        listener.Logger.Lines.Should().NotContain(line => line.Text.Contains("SECRET"));
    }

    [Fact]
    public async Task A_frame_inside_an_unfinished_one_is_taken_and_the_unfinished_one_reported()
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();

        await sender.SendAsync("\u000bMSH|half" + RawSender.Frame("MSH|whole"));

        (await sender.ReplyAsync()).Should().Be("AA MSH|whole");
        listener.Intake.Bodies.Should().Equal("MSH|whole");
        listener.Counts.CutOff.Should().Be(1);
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task An_empty_reply_sends_nothing()
    {
        await using var listener = new RunningListener((body, _) => Task.FromResult(body == "ACK" ? "" : "AA " + body));
        var sender = await listener.ConnectAsync();

        await sender.SendAsync(RawSender.Frame("ACK"));

        (await sender.AskAsync("MSH|2")).Should().Be("AA MSH|2");
        listener.Counts.Unanswered.Should().Be(0);
    }

    [Fact]
    public async Task A_reply_that_echoes_reserved_bytes_stays_one_frame()
    {
        await using var listener = new RunningListener();
        var sender = await listener.ConnectAsync();

        (await sender.AskAsync("MSH|\u001cX")).Should().Be("AA MSH| X");
    }

    [Fact]
    public async Task When_the_store_fails_there_is_silence_the_connection_closes_and_the_log_says_why()
    {
        await using var listener = new RunningListener((_, _) => throw new StoreUnavailableException("disk is full"));
        var sender = await listener.ConnectAsync();

        (await sender.AskAsync("MSH|1")).Should().BeNull();

        await listener.Logger.Logged("ConnectionClosed");
        await listener.CountsAsync(new { Unanswered = 1, Replies = 0, ConnectionsOpen = 0 });
        listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Error).Which.Text.Should().EndWith("disk is full");
    }

    [Fact]
    public async Task When_intake_fails_that_connection_closes_the_rest_goes_on_and_the_log_quotes_nothing()
    {
        await using var listener = new RunningListener(
            (body, _) => body.Contains("Smith") ? throw new FormatException("the input 'Smith' is bad") : Task.FromResult("AA"));
        var failing = await listener.ConnectAsync();
        var other = await listener.ConnectAsync();

        (await failing.AskAsync("MSH|Smith")).Should().BeNull();

        (await other.AskAsync("MSH|2")).Should().Be("AA");
        var line = listener.Logger.Lines.Should().ContainSingle(line => line.Level == LogLevel.Critical).Subject;
        line.Text.Should().Contain("FormatException");
        listener.Logger.Lines.Should().NotContain(each => each.Text.Contains("Smith"));
        listener.Counts.Unanswered.Should().Be(1);
    }

    [Fact]
    public void A_port_in_use_is_a_clear_error_with_the_address()
    {
        using var first = NewSource(0);
        var port = first.Bind().Port;
        using var second = NewSource(port);

        var bind = second.Bind;

        bind.Should().Throw<SourceStartException>()
            .WithMessage($"source 'front-desk' can't listen on 127.0.0.1:{port}: the port is in use by another program or another source");
    }

    [Fact]
    public async Task A_thousand_idle_connections_do_not_delay_a_message()
    {
        await using var listener = new RunningListener(limits: new() { ConnectionsMax = 1100 });
        for (var count = 0; count < 1000; count++)
        {
            await listener.ConnectAsync();
        }

        var sender = await listener.ConnectAsync();

        (await sender.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        listener.Counts.ConnectionsOpen.Should().Be(1001);
    }

    [Fact]
    public async Task Beyond_the_connection_limit_a_connection_is_closed_at_once_and_counted()
    {
        await using var listener = new RunningListener(limits: new() { ConnectionsMax = 2 });
        var first = await listener.ConnectAsync();
        var second = await listener.ConnectAsync();
        (await first.AskAsync("MSH|1")).Should().NotBeNull();
        (await second.AskAsync("MSH|2")).Should().NotBeNull();

        for (var count = 0; count < 3; count++)
        {
            (await (await listener.ConnectAsync()).ReplyAsync()).Should().BeNull();
        }

        listener.Counts.ConnectionsRefused.Should().Be(3);
        listener.Logger.Lines.Should().ContainSingle(line => line.Name == "ConnectionsRefused", "a flood is told once a minute");
        (await first.AskAsync("MSH|3")).Should().NotBeNull();

        second.HangUp();
        (await second.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        await listener.CountsAsync(new { ConnectionsOpen = 1 });
        (await (await listener.ConnectAsync()).AskAsync("MSH|4")).Should().Be("AA MSH|4");
    }

    private static MllpSource NewSource(int port) =>
        new(RunningListener.Binding, new ScriptedIntake((body, _) => Task.FromResult(body)), new SourceNumbers(new SourceRun(1, RunningListener.Binding.Name, 1), TimeProvider.System), new IPEndPoint(IPAddress.Loopback, port), new(), MllpAccess.Plain, TimeProvider.System, new RecordingLogger<MllpSource>());
}
