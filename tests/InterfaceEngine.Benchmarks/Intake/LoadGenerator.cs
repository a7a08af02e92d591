using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>What a run gave.</summary>
/// <param name="Messages">How many were accepted.</param>
/// <param name="Elapsed">From the first byte to the last reply.</param>
/// <param name="P50">The middle time from sending to reply.</param>
/// <param name="P99">Of 100 messages, one waited longer.</param>
internal sealed record RunFigures(int Messages, TimeSpan Elapsed, TimeSpan P50, TimeSpan P99)
{
    public double PerSecond => Messages / Elapsed.TotalSeconds;

    public static RunFigures Of(TimeSpan elapsed, IReadOnlyList<List<long>> ticks)
    {
        var all = ticks.SelectMany(one => one).ToArray();
        Array.Sort(all);
        TimeSpan At(double part) => all.Length == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, all[Math.Min(all.Length - 1, (int)(all.Length * part))]);
        return new RunFigures(all.Length, elapsed, At(0.5), At(0.99));
    }
}

/// <summary>
/// Sends messages over raw sockets, one in flight on each connection. A thread for each connection that blocks in
/// the system is the cheapest sender there is: nothing of it runs while it waits.
/// </summary>
internal sealed class LoadGenerator(Traffic traffic, int port)
{
    private const int StackBytes = 256 * 1024;

    public RunFigures Run(int connections, int messages, Func<(int Message, int Patient, int Version)> next)
    {
        var ticks = new List<long>[connections];
        var failure = default(Exception);
        var left = messages;
        using var ready = new CountdownEvent(connections);
        using var go = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, connections).Select(index => new Thread(
            () =>
            {
                try
                {
                    ticks[index] = new List<long>((messages / connections) + 1024);
                    using var sender = new FrameSender(port);
                    var frame = traffic.NewFrame();
                    ready.Signal();
                    go.Wait();
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        var (message, patient, version) = next();
                        traffic.Fill(frame, message, patient, version);
                        ticks[index].Add(sender.Send(frame));
                    }
                }
                catch (Exception exception)
                {
                    failure = exception;
                    Volatile.Write(ref left, 0);
                    if (!go.IsSet)
                    {
                        ready.Signal();
                    }
                }
            },
            StackBytes)).ToList();
        threads.ForEach(thread => thread.Start());
        ready.Wait();
        var started = Stopwatch.GetTimestamp();
        go.Set();
        threads.ForEach(thread => thread.Join());
        var elapsed = Stopwatch.GetElapsedTime(started);
        return failure is null ? RunFigures.Of(elapsed, ticks) : throw new InvalidOperationException("The load failed.", failure);
    }
}
