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
                    using var sender = new Sender(traffic, port);
                    ready.Signal();
                    go.Wait();
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        ticks[index].Add(sender.Send(next()));
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

    private sealed class Sender : IDisposable
    {
        private readonly Traffic _traffic;
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _frame;
        private readonly byte[] _reply = new byte[4096];

        public Sender(Traffic traffic, int port)
        {
            _traffic = traffic;
            _frame = traffic.NewFrame();
            _socket.Connect(IPAddress.Loopback, port);
        }

        public long Send((int Message, int Patient, int Version) what)
        {
            _traffic.Fill(_frame, what.Message, what.Patient, what.Version);
            var started = Stopwatch.GetTimestamp();
            _socket.Send(_frame);
            var length = 0;
            do
            {
                var read = _socket.Receive(_reply.AsSpan(length));
                length += read > 0 ? read : throw new IOException("The engine closed the connection.");
            }
            while (length < 2 || _reply[length - 1] != 0x0D || _reply[length - 2] != 0x1C);

            var ticks = Stopwatch.GetTimestamp() - started;
            return _reply.AsSpan(0, length).IndexOf("\rMSA|AA|"u8) > 0 ? ticks : throw new IOException("A message was not accepted.");
        }

        public void Dispose() => _socket.Dispose();
    }
}
