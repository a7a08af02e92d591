using System.Diagnostics;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// How many bytes of a mixed day (60 % ADT, 20 % SIU, 15 % ORU of 5 KB, 5 % DFT and MDM) does the engine take in a second,
/// beside the ADT-only traffic of the intake bar? Both run in turn, several times, against one engine that knows the
/// patients of both; the middle of the ratios counts. A patient stays on one connection, as a sender would do it.
/// </summary>
internal sealed class MixedBars(string repository)
{
    private const int Rounds = 3;
    private const int People = 5_000;
    private const int WarmUp = 20_000;
    private const double LeastShare = 0.7;

    private readonly Traffic _traffic = new();
    private readonly TrafficPlan _plan = new(seed: 1);

    public Bar[] Measure(int[] connections) => BenchEngine.InFolder(repository, folder => Measure(connections, folder));

    private Bar[] Measure(int[] connections, WorkFolder folder)
    {
        using var engine = new BenchEngine(folder);
        engine.Start();
        var adt = new LoadGenerator(_traffic, folder.Port);
        var preloaded = adt.Run(64, Traffic.Patients, _plan.Preload);
        Console.WriteLine($"preloaded {preloaded.Messages:N0} patients, {preloaded.PerSecond:N0}/s; in {folder.Path}");

        var messages = connections.ToDictionary(count => count, count => count < 32 ? 12_000 : 18_000);
        // Seed 7 has other people than the traffic of the intake bar.
        var feed = new ClinicFeed(FeedStyle.Athena, new ClinicOptions { Seed = 7, People = People, Events = WarmUp + (Rounds * messages.Values.Sum()) });
        using var day = feed.Messages().GetEnumerator();
        var load = new MixedLoad(folder.Port);
        Describe(load.Run(64, Take(day, WarmUp)));
        return [.. connections.Select(count => Measure(count, messages[count], engine, adt, load, day))];
    }

    private Bar Measure(int connections, int messages, BenchEngine engine, LoadGenerator adt, MixedLoad load, IEnumerator<FeedMessage> day)
    {
        var ratios = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var plain = adt.Run(connections, messages, _plan.Next);
            var next = Take(day, messages);
            var before = engine.Processor();
            var mixed = load.Run(connections, next);
            var processor = (engine.Processor() - before) / mixed.Figures.Messages;
            var plainBytes = plain.PerSecond * _traffic.BodyBytes;
            ratios.Add(mixed.BytesPerSecond / plainBytes);
            Console.WriteLine(
                $"{connections,3} connections: ADT only {plain.PerSecond,7:N0}/s {plainBytes / 1e6,6:F2} MB/s | mixed {mixed.Figures.PerSecond,7:N0}/s {mixed.BytesPerSecond / 1e6,6:F2} MB/s  p50 {mixed.Figures.P50.TotalMilliseconds:F2} ms  p99 {mixed.Figures.P99.TotalMilliseconds:F2} ms  {processor * 1e6:F0} us of processor each | {ratios[^1]:P0}");
        }

        return new Bar($"mixed day by bytes, {connections} connections", ratios.Order().ElementAt(Rounds / 2), "of ADT", LeastShare, IsLeast: true);
    }

    private static void Describe(MixedFigures warm) =>
        Console.WriteLine($"mixed messages of {warm.Bytes / (double)warm.Figures.Messages:F0} bytes on average, of {People:N0} people; warmed up at {warm.Figures.PerSecond:N0}/s");

    private static List<FeedMessage> Take(IEnumerator<FeedMessage> day, int count)
    {
        var taken = new List<FeedMessage>(count);
        while (taken.Count < count && day.MoveNext())
        {
            taken.Add(day.Current);
        }

        return taken;
    }
}

/// <param name="Bytes">Of the bodies.</param>
internal sealed record MixedFigures(RunFigures Figures, long Bytes)
{
    public double BytesPerSecond => Bytes / Figures.Elapsed.TotalSeconds;
}

/// <summary>Sends ready messages over raw sockets, each patient's on one connection, one in flight on each.</summary>
internal sealed class MixedLoad(int port)
{
    private const int StackBytes = 256 * 1024;

    public MixedFigures Run(int connections, IReadOnlyList<FeedMessage> messages)
    {
        var shares = Enumerable.Range(0, connections).Select(_ => new List<byte[]>()).ToList();
        foreach (var message in messages)
        {
            shares[(int)((uint)message.Lane.GetHashCode(StringComparison.Ordinal) % (uint)connections)].Add([0x0B, .. message.Body.Span, 0x1C, 0x0D]);
        }

        var ticks = new List<long>[connections];
        var failure = default(Exception);
        using var ready = new CountdownEvent(connections);
        using var go = new ManualResetEventSlim();
        var threads = shares.Select((share, index) => new Thread(
            () =>
            {
                try
                {
                    ticks[index] = new List<long>(share.Count);
                    using var sender = new FrameSender(port);
                    ready.Signal();
                    go.Wait();
                    share.ForEach(frame => ticks[index].Add(sender.Send(frame)));
                }
                catch (Exception exception)
                {
                    failure = exception;
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
        return failure is null
            ? new MixedFigures(RunFigures.Of(elapsed, ticks), messages.Sum(message => (long)message.Body.Length))
            : throw new InvalidOperationException("The load failed.", failure);
    }
}
