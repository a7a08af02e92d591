using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// How much of what SQLite itself commits is left when the whole engine works in front of it: MLLP, parsing, reading
/// stored records, mapping, reconciling, encrypting? Both run in turn, several times, over files with the same
/// 100,000 patients; the middle of the ratios counts.
/// </summary>
internal sealed class IntakeBars(string repository)
{
    private const int Rounds = 3;
    private const int Captured = 20_000;
    private const double LeastShare = 0.6;
    private const double MostSpread = 5;

    private readonly Traffic _traffic = new();
    private readonly TrafficPlan _plan = new(seed: 1);

    public Bar[] Measure(int[] connections) => BenchEngine.InFolder(repository, folder => Measure(connections, folder));

    private Bar[] Measure(int[] connections, WorkFolder folder)
    {
        var bare = Path.Combine(folder.Path, "bare");
        Console.WriteLine($"messages of {_traffic.BodyBytes} bytes about {Traffic.Patients:N0} patients, {Traffic.ChangingPercent} % of them new; in {folder.Path}");
        Preload(folder);
        Copy(folder.Data, bare);
        var units = CapturedRows.TakeAsync(new WorkFolderSettings(folder), _traffic, _plan, Captured).GetAwaiter().GetResult();
        Console.WriteLine($"rows of one message: {units.Average(unit => unit.Size):N0} sealed bytes, {units.Average(unit => unit.Records.Length):F2} records, {units.Count(unit => unit.Change is not null) * 100.0 / units.Length:F0} % with changes");
        using var loop = new SqliteLoop(bare, units);
        using var engine = new BenchEngine(folder);
        engine.Start();
        var load = new LoadGenerator(_traffic, folder.Port);
        load.Run(16, 10_000, _plan.Next);
        loop.Run(16, 5_000);
        return [.. connections.SelectMany(count => Measure(count, load, _plan, loop, engine))];
    }

    /// <summary>The engine and the loop in turn.</summary>
    public static List<Bar> Measure(int connections, LoadGenerator load, TrafficPlan plan, BareLoop loop, BenchEngine engine)
    {
        var rounds = new List<(RunFigures Engine, RunFigures Loop)>();
        var messages = connections switch { 1 => 6_000, < 32 => 20_000, _ => 30_000 };
        for (var round = 1; round <= Rounds; round++)
        {
            var bare = loop.Run(connections, messages);
            var before = engine.Processor();
            var own = load.Run(connections, messages, plan.Next);
            var processor = (engine.Processor() - before) / messages;
            rounds.Add((own, bare));
            Console.WriteLine(
                $"{connections,3} connections: engine {own.PerSecond,8:N0}/s  p50 {own.P50.TotalMilliseconds,6:F2} ms  p99 {own.P99.TotalMilliseconds,6:F2} ms  {processor * 1e6,5:F0} us of processor each | loop {bare.PerSecond,8:N0}/s  p50 {bare.P50.TotalMilliseconds,6:F2} ms  p99 {bare.P99.TotalMilliseconds,6:F2} ms | {own.PerSecond / bare.PerSecond:P0}");
        }

        var middle = rounds.OrderBy(round => round.Engine.PerSecond / round.Loop.PerSecond).ElementAt(Rounds / 2);
        var bars = new List<Bar>
        {
            new($"durable intake, {connections} connections ({middle.Engine.PerSecond:N0} of {middle.Loop.PerSecond:N0}/s)", middle.Engine.PerSecond / middle.Loop.PerSecond, "of bare", LeastShare, IsLeast: true),
        };
        if (connections == 64)
        {
            var slow = rounds.Select(round => round.Engine.P99 / round.Engine.P50).Order().ElementAt(Rounds / 2);
            bars.Add(new("p99 at 64 connections", slow, "x p50", MostSpread, IsLeast: false));
        }

        return bars;
    }

    private void Preload(WorkFolder folder)
    {
        using var engine = new BenchEngine(folder);
        engine.Start();
        var figures = new LoadGenerator(_traffic, folder.Port).Run(64, Traffic.Patients, _plan.Preload);
        Console.WriteLine($"preloaded {figures.Messages:N0} patients, {figures.PerSecond:N0}/s");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "store.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}

/// <summary>The settings of a folder, for an engine inside this process.</summary>
internal sealed record WorkFolderSettings(WorkFolder Folder)
{
    public EngineSettings Read() => SettingsReader.Read(Folder.Settings, []);
}
