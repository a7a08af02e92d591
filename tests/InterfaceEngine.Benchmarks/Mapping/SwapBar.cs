using System.Diagnostics;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Control;

namespace InterfaceEngine.Benchmarks.Mapping;

/// <summary>
/// What do senders notice while mapping sets are swapped under full load? Every message must be accepted on the connection it was
/// begun on, and the longest time in which nobody got a reply must not be longer than without a swap by more than the bar.
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class SwapBar(string repository)
{
    private const int Connections = 16;
    private const int Swaps = 10;
    private const double MostAddedMilliseconds = 50;

    /// <summary>After a set is in use, how long what the swap left behind may still be felt.</summary>
    private static readonly TimeSpan _after = TimeSpan.FromSeconds(1);

    private readonly Traffic _traffic = new();
    private readonly TrafficPlan _plan = new(seed: 5);

    public Bar Measure() => BenchEngine.InFolder(repository, folder => MeasureAsync(folder).GetAwaiter().GetResult());

    private async Task<Bar> MeasureAsync(WorkFolder folder)
    {
        var tables = Path.Combine(folder.Path, "tables");
        Copy(Path.Combine(repository, "mappings"), tables);
        File.WriteAllText(folder.Settings, File.ReadAllText(folder.Settings).Replace(Path.Combine(repository, "mappings"), tables, StringComparison.Ordinal));
        using var engine = new BenchEngine(folder);
        engine.Start();
        await using var control = await ControlClient.TryConnectAsync(folder.Data, default) ?? throw new InvalidOperationException("The engine has no control socket.");
        File.AppendAllText(Path.Combine(tables, "athenahealth", "patient.map.md"), "\nAnother set with the same tables.\n");
        await DeployAsync(control, null);

        new LoadGenerator(_traffic, folder.Port).Run(Connections, 20_000, _plan.Next);
        var load = new Load(_traffic, folder.Port, _plan);
        var (quiet, swaps) = (new List<(long From, long To)>(), new List<(long From, long To)>());
        for (var swap = 0; swap < Swaps; swap++)
        {
            var started = Stopwatch.GetTimestamp();
            await DeployAsync(control, $"{1 + (swap % 2)}");
            await Task.Delay(_after);
            var ended = Stopwatch.GetTimestamp();
            swaps.Add((started, ended));
            await Task.Delay(Stopwatch.GetElapsedTime(started, ended));
            quiet.Add((ended, Stopwatch.GetTimestamp()));
        }

        var replies = load.End();
        var (without, with) = (quiet.Select(window => Longest(replies, window)).ToList(), swaps.Select(window => Longest(replies, window)).ToList());
        Console.WriteLine($"{replies.Length:N0} messages over {Connections} connections, all accepted; {Swaps} swaps of {swaps.Average(window => Stopwatch.GetElapsedTime(window.From, window.To).TotalSeconds):F1} s each");
        Console.WriteLine($"longest time without a reply: {string.Join(", ", with.Select(time => $"{time:F0}"))} ms with a swap, {string.Join(", ", without.Select(time => $"{time:F0}"))} ms without");
        return new Bar("pause that swapping a mapping set adds", Math.Max(0, with.Max() - without.Max()), "ms", MostAddedMilliseconds, IsLeast: false);
    }

    private static async Task DeployAsync(ControlClient control, string? again)
    {
        if (await control.AskAsync(new DeployMappingsRequest(again) { Actor = "bench" }, default) is FailureAnswer failure)
        {
            throw new InvalidOperationException(failure.Message);
        }
    }

    /// <summary>Milliseconds.</summary>
    private static double Longest(long[] replies, (long From, long To) window)
    {
        var (longest, last) = (0L, window.From);
        foreach (var reply in replies.Where(reply => reply >= window.From && reply <= window.To).Append(window.To))
        {
            longest = Math.Max(longest, reply - last);
            last = reply;
        }

        return Stopwatch.GetElapsedTime(0, longest).TotalMilliseconds;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*.md", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Senders that go on until they are told to stop, and when each reply came.</summary>
    private sealed class Load
    {
        private readonly List<long>[] _replies = new List<long>[Connections];
        private readonly List<Thread> _threads;
        private volatile Exception? _failure;
        private volatile bool _isOver;

        public Load(Traffic traffic, int port, TrafficPlan plan)
        {
            _threads = [.. Enumerable.Range(0, Connections).Select(index => new Thread(() => Send(_replies[index] = [], traffic, port, plan)))];
            _threads.ForEach(thread => thread.Start());
        }

        /// <summary>Stops, and gives the times of all replies in order.</summary>
        public long[] End()
        {
            _isOver = true;
            _threads.ForEach(thread => thread.Join());
            return _failure is { } failure ? throw new InvalidOperationException("The load failed.", failure) : [.. _replies.SelectMany(replies => replies).Order()];
        }

        private void Send(List<long> replies, Traffic traffic, int port, TrafficPlan plan)
        {
            try
            {
                using var sender = new FrameSender(port);
                var frame = traffic.NewFrame();
                while (!_isOver)
                {
                    var (message, patient, version) = plan.Next();
                    traffic.Fill(frame, message, patient, version);
                    sender.Send(frame);
                    replies.Add(Stopwatch.GetTimestamp());
                }
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        }
    }
}
