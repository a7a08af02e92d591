using InterfaceEngine.Cli.Durability;
using Npgsql;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// The same question as <see cref="IntakeBars"/> on PostgreSQL, and two more: what two nodes reach together beside one, and how
/// long anybody waits for a lock.
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
/// <param name="connection">Leads to any database of a server on which databases may be made.</param>
internal sealed class PostgresBars(string repository, string connection)
{
    private const int Rounds = 3;
    private const int Captured = 40_000;
    private const int TogetherConnections = 64;
    private const int TogetherMessages = 20_000;
    private const double LeastTogether = 0.85;
    private const double MostLockWaitMilliseconds = 50;

    private readonly Traffic _traffic = new();
    private readonly TrafficPlan _plan = new(seed: 1);

    public Bar[] Measure(int[] connections) => BenchEngine.InFolder(repository, one => BenchEngine.InFolder(repository, two => Measure(connections, one, two)));

    private Bar[] Measure(int[] connections, WorkFolder one, WorkFolder two)
    {
        using var engines = BenchDatabase.New(connection, "engines");
        engines.Give(one, "one", one.MasterKey);
        engines.Give(two, "two", one.MasterKey);
        Preload(one);
        using var bare = engines.Copy("bare");
        var units = CapturedRows.TakeAsync(new WorkFolderSettings(one), _traffic, _plan, Captured).GetAwaiter().GetResult();
        using var loop = new PostgresLoop(bare.Address, units);
        using var engine = new BenchEngine(one);
        engine.Start();
        var load = new LoadGenerator(_traffic, one.Port);
        load.Run(16, 5_000, _plan.Next);
        loop.Run(16, 5_000);
        var bars = connections.SelectMany(count => IntakeBars.Measure(count, load, _plan, loop, engine)).ToList();
        bars.AddRange(Together(two, load));
        return [.. bars];
    }

    /// <summary>One node with all connections, then two with half of them each, in turn; on the same processors and the same database.</summary>
    private Bar[] Together(WorkFolder two, LoadGenerator load)
    {
        using var second = new BenchEngine(two);
        second.Start();
        var other = new LoadGenerator(_traffic, two.Port);
        other.Run(16, 2_000, _plan.Next);
        var shares = new List<double>();
        var longest = TimeSpan.Zero;
        for (var round = 1; round <= Rounds; round++)
        {
            var alone = load.Run(TogetherConnections, TogetherMessages, _plan.Next);
            using var watch = new LockWatch(connection);
            var halves = Task.WhenAll(((LoadGenerator[])[load, other]).Select(one => Task.Run(() => one.Run(TogetherConnections / 2, TogetherMessages / 2, _plan.Next)))).GetAwaiter().GetResult();
            var both = TogetherMessages / halves.Max(half => half.Elapsed).TotalSeconds;
            longest = watch.Longest > longest ? watch.Longest : longest;
            shares.Add(both / alone.PerSecond);
            Console.WriteLine($"two nodes {both,8:N0}/s | one {alone.PerSecond,8:N0}/s | {shares[^1]:P0}; longest wait for a lock {watch.Longest.TotalMilliseconds:F0} ms");
        }

        return
        [
            new("two nodes on the same processors", shares.Order().ElementAt(Rounds / 2), "of one", LeastTogether, IsLeast: true),
            new("longest wait for a lock, two nodes", longest.TotalMilliseconds, "ms", MostLockWaitMilliseconds, IsLeast: false),
        ];
    }

    private void Preload(WorkFolder folder)
    {
        using var engine = new BenchEngine(folder);
        engine.Start();
        var figures = new LoadGenerator(_traffic, folder.Port).Run(64, Traffic.Patients, _plan.Preload);
        Console.WriteLine($"preloaded {figures.Messages:N0} patients, {figures.PerSecond:N0}/s");
    }

    /// <summary>Looks every few milliseconds who waits for a lock, and since when.</summary>
    private sealed class LockWatch : IDisposable
    {
        private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(5);

        private readonly NpgsqlDataSource _source;
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _watching;

        public LockWatch(string connection)
        {
            _source = NpgsqlDataSource.Create(connection);
            _watching = Task.Run(WatchAsync);
        }

        public TimeSpan Longest { get; private set; }

        public void Dispose()
        {
            _ending.Cancel();
            _watching.GetAwaiter().GetResult();
            _source.Dispose();
            _ending.Dispose();
        }

        private async Task WatchAsync()
        {
            await using var connection = await _source.OpenConnectionAsync();
            await using var ask = new NpgsqlCommand("SELECT coalesce(extract(epoch FROM max(clock_timestamp() - waitstart)) * 1000, 0)::float8 FROM pg_locks WHERE NOT granted", connection);
            while (!_ending.IsCancellationRequested)
            {
                var waits = TimeSpan.FromMilliseconds((double)(await ask.ExecuteScalarAsync())!);
                Longest = waits > Longest ? waits : Longest;
                await Task.Delay(_interval);
            }
        }
    }
}
