using System.Diagnostics;
using System.Globalization;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Copy;

namespace InterfaceEngine.Benchmarks.Store;

/// <summary>
/// How long does it take to move a store to PostgreSQL and back, and is it the same afterwards? Copying and the switch are measured apart:
/// the engine stands still during the switch alone. The database must be empty; it is on the same machine and shares its cores.
/// </summary>
internal sealed class CopyBars(string repository, string connection)
{
    private const int Connections = 64;
    private const double LeastRowsPerSecond = 20_000;

    public Bar[] Measure(int messages) => BenchEngine.InFolder(repository, folder => MeasureAsync(messages, folder).GetAwaiter().GetResult());

    private async Task<Bar[]> MeasureAsync(int messages, WorkFolder folder)
    {
        using (var engine = new BenchEngine(folder))
        {
            engine.Start();
            var figures = new LoadGenerator(new Traffic(), folder.Port).Run(Connections, messages, new TrafficPlan(seed: 2).Next);
            Console.WriteLine($"{messages:N0} messages were taken, {figures.PerSecond:N0}/s");
        }

        var settings = new WorkFolderSettings(folder).Read();
        var key = MasterKeyFile.Open(settings.Keys, settings.Data, mayCreate: false);
        var database = new StoreOptions { Kind = "postgres", Connection = connection };
        var back = settings.Store with { Folder = Path.Combine(folder.Path, "back") };
        var (there, thereRate) = await MoveAsync("to PostgreSQL", settings.Store, database, key);
        var (here, hereRate) = await MoveAsync("back to SQLite", database, back, key);
        var differing = there.Tables.Zip(here.Tables).Where(pair => pair.First.Name != "audit" && pair.First.Sha256 != pair.Second.Sha256).Select(pair => pair.First.Name).ToList();
        if (differing.Count > 0)
        {
            throw new InvalidOperationException($"What came back differs from what went: {string.Join(", ", differing)}");
        }

        Console.WriteLine($"What came back is what went, all but the two rows of the audit that say so: {there.Rows:N0} rows; at most {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MiB of memory");
        return
        [
            new Bar($"copied to PostgreSQL, {messages:N0} messages", thereRate, "rows/s", LeastRowsPerSecond, IsLeast: true),
            new Bar($"copied back to SQLite, {messages:N0} messages", hereRate, "rows/s", LeastRowsPerSecond, IsLeast: true),
        ];
    }

    /// <returns>What the switch found, and the rows that were copied in a second.</returns>
    private static async Task<(CopyReport Report, double Rate)> MoveAsync(string what, StoreOptions from, StoreOptions to, MasterKey key)
    {
        var (filledAt, began) = (0L, Stopwatch.GetTimestamp());
        var move = new StoreMove(from, to, key, TimeProvider.System, progress => filledAt = progress.Phase == CopyPhase.Copying ? Stopwatch.GetTimestamp() : filledAt);
        var copied = await move.CopyAsync(CancellationToken.None);
        var (filling, comparing) = (Stopwatch.GetElapsedTime(began, filledAt), Stopwatch.GetElapsedTime(filledAt));
        began = Stopwatch.GetTimestamp();
        var report = await move.SwitchAsync(new("bench", "store copy", null, what, null), CancellationToken.None);
        var switching = Stopwatch.GetElapsedTime(began);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {copied.Copied:N0} rows copied in {filling.TotalSeconds:F1} s ({copied.Copied / filling.TotalSeconds:N0}/s), compared in {comparing.TotalSeconds:F1} s ({copied.Rows / comparing.TotalSeconds:N0}/s), switched in {switching.TotalSeconds:F1} s; equal: {report.IsEqual}"));
        return report.IsEqual ? (report, copied.Copied / filling.TotalSeconds) : throw new InvalidOperationException($"{what}: the copy is not equal");
    }
}
