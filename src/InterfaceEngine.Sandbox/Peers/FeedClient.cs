using System.Threading.Channels;
using InterfaceEngine.Sandbox.Chance;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Sandbox.Peers;

/// <summary>
/// The sending side of the stand-in: messages over several connections, each waiting for its reply, those of one lane in
/// order on one connection.
/// </summary>
public sealed class FeedClient(FeedClientOptions options, TimeProvider time)
{
    private const int WaitingMax = 64;

    /// <summary>Sends a feed and gives the account of it. The feed is read as it is sent.</summary>
    /// <param name="feed">May be endless where <see cref="FeedClientOptions.Duration"/> ends the sending.</param>
    /// <param name="cancellationToken">Ends the sending at once.</param>
    public async Task<FeedAccount> SendAsync(IEnumerable<FeedMessage> feed, CancellationToken cancellationToken)
    {
        var tally = new FeedTally();
        var faults = new FaultPlan(options.Faults, time);
        var started = time.GetTimestamp();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Enumerable.Range(0, options.Connections).Select(_ => Channel.CreateBounded<FeedMessage>(WaitingMax)).ToArray();
        var connections = lanes.Select(lane => RunAsync(lane.Reader, tally, faults, failed)).ToList();
        try
        {
            await ShareOutAsync(feed, lanes, started, failed.Token);
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Writer.Complete();
            }

            await Task.WhenAll(connections);
        }

        return tally.Close(faults.Counts, time.GetElapsedTime(started));
    }

    private async Task ShareOutAsync(IEnumerable<FeedMessage> feed, Channel<FeedMessage>[] lanes, long started, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var message in feed)
        {
            var elapsed = time.GetElapsedTime(started);
            if (elapsed >= options.Duration)
            {
                return;
            }

            var due = options.PerSecond is { } rate ? TimeSpan.FromSeconds(count / rate) : TimeSpan.Zero;
            if (due > elapsed)
            {
                await Task.Delay(due - elapsed, time, cancellationToken);
            }

            var lane = (int)((ulong)Scatter.Of(message.Lane) % (ulong)lanes.Length);
            await lanes[lane].Writer.WriteAsync(message, cancellationToken);
            count++;
        }
    }

    private async Task RunAsync(ChannelReader<FeedMessage> lane, FeedTally tally, FaultPlan faults, CancellationTokenSource failed)
    {
        var isDone = false;
        try
        {
            using var connection = new FeedConnection(options, faults, tally, time);
            while (await lane.WaitToReadAsync(failed.Token))
            {
                while (lane.TryRead(out var message))
                {
                    if (lane.TryPeek(out var next) && faults.Strikes(FaultKind.Merge, message.ControlId) && lane.TryRead(out _))
                    {
                        await connection.SendTogetherAsync(message, next, failed.Token);
                    }
                    else
                    {
                        await connection.SendAsync(message, failed.Token);
                    }
                }
            }

            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                await failed.CancelAsync();
            }
        }
    }
}
