using System.Diagnostics;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// The baseline: how fast does the database itself commit these rows? One writer, a sync for each transaction, all rows that wait
/// share one, and as many producers as the engine has connections, each waiting for its own commit. The same tables, indexes and
/// sizes; nothing is received, parsed, mapped, read, compared or encrypted, and no version is checked.
/// </summary>
internal abstract class BareLoop(SealedUnit[] units) : IDisposable
{
    private const int BatchMax = 256;

    private readonly object _gate = new();
    private readonly Queue<(SealedUnit Unit, TaskCompletionSource Done)> _waiting = new();
    private readonly Random _random = new(1);
    private int _nextUnit = -1;
    private bool _isClosing;

    public RunFigures Run(int producers, int messages)
    {
        _isClosing = false;
        var writer = new Thread(Write) { Name = "bare writer" };
        writer.Start();
        var ticks = Enumerable.Range(0, producers).Select(_ => new List<long>((messages / producers) + 1024)).ToArray();
        var left = messages;
        var started = Stopwatch.GetTimestamp();
        Task.WaitAll(ticks.Select(mine => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var sent = Stopwatch.GetTimestamp();
                await CommitAsync();
                mine.Add(Stopwatch.GetTimestamp() - sent);
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        writer.Join();
        return RunFigures.Of(elapsed, ticks);
    }

    public abstract void Dispose();

    /// <summary>Writes what waits in one transaction, with ids of its own, so that the captured rows can be written again and again.</summary>
    protected abstract void Write(IReadOnlyList<SealedUnit> batch, long now);

    protected KeyedHash NewHash() => new((ulong)_random.NextInt64(), (ulong)_random.NextInt64());

    private Task CommitAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var unit = units[(int)((uint)Interlocked.Increment(ref _nextUnit) % (uint)units.Length)];
        lock (_gate)
        {
            _waiting.Enqueue((unit, done));
            Monitor.Pulse(_gate);
        }

        return done.Task;
    }

    private void Write()
    {
        var batch = new List<(SealedUnit Unit, TaskCompletionSource Done)>(BatchMax);
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0)
                {
                    if (_isClosing)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                batch.Clear();
                while (batch.Count < BatchMax && _waiting.TryDequeue(out var next))
                {
                    batch.Add(next);
                }
            }

            Write(batch.ConvertAll(one => one.Unit), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            batch.ForEach(one => one.Done.SetResult());
        }
    }
}
