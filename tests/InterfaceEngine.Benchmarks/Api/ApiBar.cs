using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Cli.Servers;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Benchmarks.Api;

/// <summary>
/// How many patients' records a second does the HTTP interface give, one at a time on each of 16 connections, when each call's key is checked and each
/// answer waits until its audit row is on disk? The engine is a process of its own; the load shares its cores.
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class ApiBar(string repository)
{
    private const int Connections = 16;
    private const int Patients = 5000;
    private const double Least = 8000;
    private const string Key = "ie_bench_0123456789abcdefghijklmnopqrstuvwxyz";

    private static readonly TimeSpan _warm = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(10);

    public Bar Measure() => BenchEngine.InFolder(repository, folder => MeasureAsync(folder).GetAwaiter().GetResult());

    private static async Task<Bar> MeasureAsync(WorkFolder folder)
    {
        var port = Ports.Free();
        File.WriteAllText(folder.Settings, File.ReadAllText(folder.Settings).TrimEnd().TrimEnd('}') + $$""", "Api": { "Port": {{port}} } }""");
        await AddKeyAsync(folder);
        using var engine = new BenchEngine(folder);
        engine.Start();
        var plan = new TrafficPlan(seed: 7);
        var traffic = new Traffic();
        new LoadGenerator(traffic, folder.Port).Run(Connections, Patients, plan.Preload);
        var ids = await IdsAsync(port);

        Run(port, ids, _warm);
        var processor = engine.Processor();
        var (calls, elapsed, p99) = Run(port, ids, _measured);
        Console.WriteLine($"{calls:N0} records in {elapsed.TotalSeconds:F1} s over {Connections} connections, p99 {p99.TotalMilliseconds:F1} ms, {engine.Processor() - processor:F1} processor seconds, {engine.Memory("VmRSS"):F0} MiB");
        return new Bar("GET /api/records/patient/{id}, audited, 16 connections", calls / elapsed.TotalSeconds, "records/s", Least, IsLeast: true);
    }

    /// <summary>The engine makes its store, and a key is put into it.</summary>
    private static async Task AddKeyAsync(WorkFolder folder)
    {
        using (var engine = new BenchEngine(folder))
        {
            engine.Start();
        }

        await using var store = await folder.OpenStoreAsync(TimeProvider.System, default);
        await store.ApiKeys.AddAsync(
            new ApiKey { Id = new EngineId(1), Name = "bench", Hash = SHA256.HashData(Encoding.UTF8.GetBytes(Key)), Role = ApiRole.Reader, Practices = [], CreatedAt = 0 },
            new AuditEntry("bench", "keys create", null, "bench", null),
            default);
    }

    private static async Task<byte[][]> IdsAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        var ids = new List<byte[]>();
        string? next = null;
        do
        {
            using var page = JsonDocument.Parse(await client.GetByteArrayAsync($"/api/records/patient?limit=1000{(next is null ? "" : $"&after={next}")}"));
            ids.AddRange(page.RootElement.GetProperty("records").EnumerateArray().Select(record => Encoding.ASCII.GetBytes(record.GetProperty("id").GetString()!)));
            next = page.RootElement.GetProperty("next").GetString();
        }
        while (next is not null);
        return [.. ids];
    }

    private static (long Calls, TimeSpan Elapsed, TimeSpan P99) Run(int port, byte[][] ids, TimeSpan time)
    {
        var ticks = new List<long>[Connections];
        var failure = default(Exception);
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Connections).Select(index => new Thread(() =>
        {
            try
            {
                ticks[index] = Ask(port, ids, new Random(index), started, time);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failure is not null)
        {
            throw new InvalidOperationException("The load failed.", failure);
        }

        var figures = RunFigures.Of(Stopwatch.GetElapsedTime(started), ticks);
        return (figures.Messages, figures.Elapsed, figures.P99);
    }

    /// <summary>One connection: asks, and reads the answer to its last byte before it asks again. No client's own work is measured beside it.</summary>
    private static List<long> Ask(int port, byte[][] ids, Random random, long started, TimeSpan time)
    {
        const string path = "GET /api/records/patient/";
        var request = Encoding.ASCII.GetBytes($"{path}{new string('0', ids[0].Length)} HTTP/1.1\r\nHost: engine\r\nX-Api-Key: {Key}\r\n\r\n");
        var answer = new byte[64 * 1024];
        var ticks = new List<long>(64 * 1024);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            ids[random.Next(ids.Length)].CopyTo(request, path.Length);
            var asked = Stopwatch.GetTimestamp();
            socket.Send(request);
            Read(socket, answer);
            ticks.Add(Stopwatch.GetTimestamp() - asked);
        }

        return ticks;
    }

    private static void Read(Socket socket, byte[] answer)
    {
        var (length, end) = (0, -1);
        while (end < 0 || length < end)
        {
            var read = socket.Receive(answer.AsSpan(length));
            length += read > 0 ? read : throw new IOException("The engine closed the connection.");
            if (end < 0 && answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var head)
            {
                var text = Encoding.ASCII.GetString(answer, 0, head);
                if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                {
                    throw new IOException($"A record was not given: {text}");
                }

                const string name = "Content-Length: ";
                var at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
                var stop = text.IndexOf('\r', at);
                end = head + 4 + int.Parse(text.AsSpan(at, (stop < 0 ? text.Length : stop) - at), System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }
}
