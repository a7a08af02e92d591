using InterfaceEngine.Sources.Mllp;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>
/// Time-outs and stopping. The clock is a fake that the test pushes until the real socket has noticed; the time-outs
/// that are not meant are a year away, so that only the one that is can be the cause.
/// </summary>
public sealed class MllpSourceTimeTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private static readonly MllpLimits Patient = new()
    {
        IdleTimeout = Year,
        FrameTimeout = Year,
        ReplyTimeout = Year,
    };

    [Fact]
    public async Task An_idle_connection_is_closed_and_told_from_its_last_reply_on()
    {
        await using var listener = new RunningListener(limits: Patient with { IdleTimeout = TimeSpan.FromMinutes(10) });
        var sender = await listener.ConnectAsync();
        (await sender.AskAsync("MSH|1")).Should().NotBeNull();
        listener.Time.Advance(TimeSpan.FromMinutes(9));
        (await sender.AskAsync("MSH|2")).Should().NotBeNull();
        listener.Time.Advance(TimeSpan.FromMinutes(9));
        (await sender.AskAsync("MSH|3")).Should().NotBeNull();

        var closed = sender.ReplyAsync();
        await listener.AdvanceUntilAsync(closed);

        (await closed).Should().BeNull();
        await listener.Logger.Logged("IdleConnectionClosed");
        listener.Counts.Should().BeEquivalentTo(new { TimedOut = 1, CutOff = 0, Replies = 3 });
    }

    [Fact]
    public async Task Dribbled_stray_bytes_do_not_keep_a_connection_open()
    {
        await using var listener = new RunningListener(limits: Patient with { IdleTimeout = TimeSpan.FromMinutes(10) });
        var sender = await listener.ConnectAsync();
        var closed = sender.ReplyAsync();

        while (!closed.IsCompleted)
        {
            await IgnoreAsync(sender.SendAsync("\r"));
            listener.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await closed).Should().BeNull();
        await listener.Logger.Logged("IdleConnectionClosed");
    }

    [Fact]
    public async Task A_frame_that_dribbles_in_is_closed_without_an_answer()
    {
        await using var listener = new RunningListener(limits: Patient with { FrameTimeout = TimeSpan.FromMinutes(1) });
        var sender = await listener.ConnectAsync();
        await sender.SendAsync("\u000bMSH");
        var closed = sender.ReplyAsync();

        while (!closed.IsCompleted)
        {
            await IgnoreAsync(sender.SendAsync("x"));
            listener.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await closed).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Intake.Messages.Should().BeEmpty();
        listener.Counts.Should().BeEquivalentTo(new { TimedOut = 1, CutOff = 1 });
        listener.Logger.Lines.Should().Contain(line => line.Level == LogLevel.Error && line.Name == "FrameCutOff");
    }

    [Fact]
    public async Task A_sender_that_never_reads_its_replies_is_closed_and_delays_nobody()
    {
        // More than any socket takes ahead: a reply that was sent while the clock was pushed past its time would be none that is missing.
        var large = new string('x', 20_000_000);
        await using var listener = new RunningListener((body, _) => Task.FromResult("AA " + (body == "MSH|big" ? large : body)),
            Patient with { ReplyTimeout = TimeSpan.FromSeconds(30) });
        var deaf = await listener.ConnectAsync(receiveBufferBytes: 4096);
        var sending = IgnoreAsync(deaf.SendAsync(string.Concat(Enumerable.Repeat(RawSender.Frame("MSH|big"), 2000))));
        var other = await listener.ConnectAsync();

        (await other.AskAsync("MSH|1")).Should().Be("AA MSH|1");
        // It hangs up, for the clock that is pushed below would find it waiting for its next message, or not yet done with this reply.
        other.Dispose();
        await listener.Logger.Logged("ConnectionClosed");
        await listener.AdvanceUntilAsync(listener.Logger.Logged("TimeOver"));

        (await (await listener.ConnectAsync()).AskAsync("MSH|2")).Should().Be("AA MSH|2");
        await listener.CountsAsync(new { TimedOut = 1, Unanswered = 1 });
        await sending;
    }

    [Fact]
    public async Task Stopping_lets_the_message_in_flight_finish_and_takes_no_other()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var listener = new RunningListener(
            async (body, _) =>
            {
                arrived.SetResult();
                await release.Task;
                return "AA " + body;
            },
            Patient);
        var idle = await listener.ConnectAsync();
        var busy = await listener.ConnectAsync();
        await busy.SendAsync(RawSender.Frame("MSH|1") + RawSender.Frame("MSH|2"));
        await arrived.Task;

        listener.Stop();
        (await idle.ReplyAsync()).Should().BeNull("an idle connection closes at once");
        listener.Running.IsCompleted.Should().BeFalse();
        release.SetResult();

        (await busy.ReplyAsync()).Should().Be("AA MSH|1");
        (await busy.ReplyAsync()).Should().BeNull();
        await listener.Running;
        listener.Intake.Bodies.Should().Equal("MSH|1");
        listener.Counts.Should().BeEquivalentTo(new { Replies = 1, Unanswered = 0, ConnectionsOpen = 0 });
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_frame_to_end()
    {
        await using var listener = new RunningListener(limits: Patient);
        var sender = await listener.ConnectAsync();
        await sender.SendAsync(RawSender.Frame("MSH|1") + "\u000bMSH|half");
        (await sender.ReplyAsync()).Should().Be("AA MSH|1");

        listener.Stop();
        await listener.Running;

        (await sender.ReplyAsync()).Should().BeNull();
        listener.Intake.Bodies.Should().Equal("MSH|1");
    }

    [Fact]
    public async Task Stopping_abandons_what_does_not_finish_in_time()
    {
        var arrived = new TaskCompletionSource();
        await using var listener = new RunningListener(
            async (_, cancellationToken) =>
            {
                arrived.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return "never";
            },
            Patient with { StopTimeout = TimeSpan.FromSeconds(10) });
        var sender = await listener.ConnectAsync();
        await sender.SendAsync(RawSender.Frame("MSH|1"));
        await arrived.Task;

        listener.Stop();
        listener.Time.Advance(TimeSpan.FromSeconds(9));
        listener.Running.IsCompleted.Should().BeFalse();
        await listener.AdvanceUntilAsync(listener.Running);

        (await sender.ReplyAsync()).Should().BeNull();
        await listener.Logger.Logged("ConnectionClosed");
        listener.Counts.Should().BeEquivalentTo(new { Replies = 0, Unanswered = 1 });
        listener.Logger.Lines.Should().Contain(line => line.Name == "StopTimedOut");
    }

    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The listener has closed, which is what the test waits for.
        }
    }
}
