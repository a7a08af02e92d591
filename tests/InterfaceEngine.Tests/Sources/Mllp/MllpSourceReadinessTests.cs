using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Health;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Mllp;

/// <summary>A listener of a node that is not ready, or that is about to stop.</summary>
public sealed class MllpSourceReadinessTests
{
    [Fact]
    public async Task A_node_that_is_not_ready_refuses_new_connections_goes_on_with_open_ones_and_takes_new_ones_again_on_the_same_port()
    {
        await using var listener = new RunningListener(port: Ports.Free());
        var open = await listener.ConnectAsync();
        (await open.AskAsync("MSH|1")).Should().Be("AA MSH|1");

        listener.Readiness.Report("store", "gone");

        await listener.Logger.Logged("ListeningPaused");
        (await ConnectErrorAsync(listener)).Should().Be(SocketError.ConnectionRefused, "who is refused at once turns elsewhere");
        listener.Source.State.Should().Be("closed: the node is not ready");
        (await open.AskAsync("MSH|2")).Should().Be("AA MSH|2");

        listener.Readiness.Report("store", null);

        await RunningEngine.UntilAsync(async () => await ConnectErrorAsync(listener) is null);
        await Soon.HoldsAsync(() => listener.Source.State.Should().Be("listening"));
        (await (await listener.ConnectAsync()).AskAsync("MSH|3")).Should().Be("AA MSH|3");
        (await open.AskAsync("MSH|4")).Should().Be("AA MSH|4");
    }

    [Fact]
    public async Task A_port_that_another_program_took_meanwhile_is_a_reason_of_its_own_until_it_is_free_again()
    {
        await using var listener = new RunningListener(port: Ports.Free());
        listener.Readiness.Report("store", "gone");
        await listener.Logger.Logged("ListeningPaused");
        using var other = new TcpListener(listener.Address);
        other.Start();

        listener.Readiness.Report("store", null);

        await RunningEngine.UntilAsync(() => Task.FromResult(listener.Readiness.Now.State == ReadinessState.NotReady));
        listener.Readiness.Now.Checks.Single(check => !check.IsFine).Should().BeEquivalentTo(new
        {
            Name = "listener front-desk",
            Problem = $"can't listen on {listener.Address} again: the port is in use by another program or another source",
        });
        other.Stop();
        await RunningEngine.UntilAsync(() =>
        {
            listener.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(listener.Readiness.Now.State == ReadinessState.Ready);
        });
        (await (await listener.ConnectAsync()).AskAsync("MSH|1")).Should().Be("AA MSH|1");
    }

    [Fact]
    public async Task A_node_that_drains_takes_no_new_connection_and_finishes_the_message_in_hand()
    {
        var (taken, answer) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        await using var listener = new RunningListener((_, _) =>
        {
            taken.SetResult();
            return answer.Task;
        }, port: Ports.Free());
        var sender = await listener.ConnectAsync();
        await sender.SendAsync(RawSender.Frame("MSH|1"));
        await taken.Task;

        listener.Readiness.Drain();
        await listener.Logger.Logged("ListeningPaused");
        (await ConnectErrorAsync(listener)).Should().Be(SocketError.ConnectionRefused);
        listener.Stop();
        answer.SetResult("AA");

        (await sender.ReplyAsync()).Should().Be("AA");
        (await sender.ReplyAsync()).Should().BeNull();
        await listener.AdvanceUntilAsync(listener.Running);
        listener.Counts.Should().BeEquivalentTo(new { Unanswered = 0, Replies = 1 });
    }

    [Fact]
    public async Task Open_connections_are_counted_by_their_senders_addresses()
    {
        await using var listener = new RunningListener();
        foreach (var from in (string[])["127.0.0.1", "127.0.0.2", "127.0.0.2"])
        {
            await (await listener.ConnectAsync(from: IPAddress.Parse(from))).AskAsync("MSH|1");
        }

        listener.Source.Peers.Should().BeEquivalentTo(new Dictionary<string, int> { ["127.0.0.1"] = 1, ["127.0.0.2"] = 2 });
    }

    /// <summary>Null when the connection is taken.</summary>
    private static async Task<SocketError?> ConnectErrorAsync(RunningListener listener)
    {
        try
        {
            await listener.ConnectAsync();
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
        }
    }
}
