using System.Diagnostics;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Store;

/// <summary>
/// How long does <c>map diff</c> take over stored messages of 1 KB, and how much memory? An engine that runs is asked, as by an analyst; the
/// other set reads the mobile number elsewhere and fails on many, so that there is something to tell.
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class DiffBars(string repository)
{
    private const int MessagesOfBar = 100_000;
    private const double MostSeconds = 20;
    private const double MostMebibytes = 250;
    private const int Connections = 64;
    private const string Table = "athenahealth/patient.map.md";

    public Bar[] Measure(int messages) => BenchEngine.InFolder(repository, folder => Measure(messages, folder));

    private Bar[] Measure(int messages, WorkFolder folder)
    {
        var other = Path.Combine(folder.Path, "other");
        CopyTables(other);
        using var engine = new BenchEngine(folder);
        engine.Start();
        new LoadGenerator(new Traffic(), folder.Port).Run(Connections, messages, new TrafficPlan(seed: 3).Next);
        engine.ForgetPeak();
        Console.WriteLine($"{messages:N0} messages stored; the engine holds {engine.Memory("VmRSS"):F0} MiB");
        var (processor, started) = (engine.Processor(), Stopwatch.GetTimestamp());
        Run(folder, "map", "diff", "deployed", other, "--settings", folder.Settings, "--limit", $"{messages}");
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var peak = engine.Memory("VmHWM");
        Console.WriteLine($"compared in {seconds:F2} s, {messages / seconds:N0} messages/s, {engine.Processor() - processor:F2} s of processor; at most {peak:F0} MiB");
        return
        [
            new Bar($"map diff over {messages:N0} stored messages", seconds, "s", MostSeconds * messages / MessagesOfBar, IsLeast: false),
            new Bar("memory of the engine meanwhile, at most", peak, "MiB", MostMebibytes, IsLeast: false),
        ];
    }

    /// <summary>The shipped tables, with the mobile number where the feed has the name of the person's contact.</summary>
    private void CopyTables(string folder)
    {
        var shipped = Path.Combine(repository, "mappings");
        foreach (var file in Directory.EnumerateFiles(shipped, "*.md", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var table = Path.Combine(folder, Table);
        var (text, cell) = (File.ReadAllText(table), "| PID-13[2:=ORN,3=CP] ");
        File.WriteAllText(table, text.Contains(cell, StringComparison.Ordinal) ? text.Replace(cell, "| PID-9 ", StringComparison.Ordinal).Replace("| PID-9.1 ", "| PID-6 ", StringComparison.Ordinal) : throw new InvalidOperationException($"{Table} has no cell {cell}"));
    }

    private static void Run(WorkFolder folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ChildEngine.OwnCommand[0], [.. ChildEngine.OwnCommand.Skip(1), .. arguments]) { WorkingDirectory = folder.Path })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"map diff ended with {process.ExitCode}");
        }
    }
}
