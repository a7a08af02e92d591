using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Rates;

namespace InterfaceEngine.Benchmarks.Ehr;

/// <summary>
/// How much of a connection's allowed rate is used in an hour of simulated time, while three nodes always have calls waiting and look at chance times,
/// and how full the fullest window is: every span of each window's length is looked at, whenever it begins. The document is written and read
/// again between any two of them, as it is in a store.
/// </summary>
internal static class LimiterBars
{
    private const long Hour = 3_600_000;
    private const long Start = 1_795_600_800_000;
    private const int Nodes = 3;

    /// <summary>A node that waits is woken by its timer a little late.</summary>
    private const int LateMsMax = 4;

    public static Bar[] Measure() =>
    [
        .. Of("8/s, 16 in 2 s (athena-guide)", AthenaProfiles.Guide.Production.Rate),
        .. Of("4/s, 240/min (ecw-real)", EcwProfiles.Real.Production.Rate),
        .. Of("15/s (athena-real, sandbox)", AthenaProfiles.Real.Sandbox.Rate),
        .. Of("100/s (athena-real)", AthenaProfiles.Real.Production.Rate),
    ];

    private static Bar[] Of(string name, RateOptions rate)
    {
        var taken = Simulate(rate);
        var windows = new[] { (rate.PerSecond, 1000L), (rate.Burst, (long)rate.BurstWindow.TotalMilliseconds), (rate.PerMinute, 60_000L) }.Where(window => window.Item1 > 0).ToList();
        var perMillisecond = Math.Min(windows.Min(window => (double)window.Item1 / window.Item2), rate.PerDay > 0 ? (double)rate.PerDay / Hour : double.MaxValue);
        return
        [
            new($"limiter, an hour at {name}: of the allowed rate", 100 * taken.Count / (perMillisecond * Hour), "%", 98, IsLeast: true),
            new($"limiter, an hour at {name}: the fullest window", windows.Max(window => 100.0 * Fullest(taken, window.Item2) / window.Item1), "%", 100, IsLeast: false),
        ];
    }

    private static List<long> Simulate(RateOptions rate)
    {
        var (random, content, taken) = (new Random(7), default(ReadOnlyMemory<byte>), new List<long>());
        var wakes = new long[Nodes];
        Array.Fill(wakes, Start);
        while (true)
        {
            var node = Array.IndexOf(wakes, wakes.Min());
            var now = wakes[node];
            if (now >= Start + Hour)
            {
                return taken;
            }

            var book = RateBook.Read(rate, content);
            // Of a day's calls some are left to whoever waits for an answer: a synchronisation alone may not use them all.
            var priority = random.Next(2) == 0 ? CallPriority.Sync : CallPriority.Booking;
            var calls = Math.Min(book.Free(now, priority, $"{node}"), 1 + random.Next(8));
            book.Take(now, calls, 0);
            taken.AddRange(Enumerable.Repeat(now, calls));
            content = book.Write();
            wakes[node] = Math.Max(book.NextAt(now), now) + 1 + random.Next(LateMsMax);
        }
    }

    /// <summary>The most calls in any span of a length, whenever it begins.</summary>
    private static int Fullest(List<long> taken, long length)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < taken.Count; last++)
        {
            while (taken[last] - taken[first] >= length)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
