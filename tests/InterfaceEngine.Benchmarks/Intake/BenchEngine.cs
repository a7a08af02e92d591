using System.Diagnostics;
using System.Globalization;
using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// The engine as a customer runs it, a process of its own with the settings' defaults: so its memory, its start and
/// its share of the processors are its own and not the load's. Only the console is off, as for any service.
/// </summary>
internal sealed class BenchEngine : IDisposable
{
    private readonly ChildEngine _engine;

    public BenchEngine(WorkFolder folder)
    {
        Folder = folder;
        _engine = new ChildEngine(ChildEngine.OwnCommand, folder, TimeSpan.FromMinutes(2), TimeProvider.System);
    }

    public WorkFolder Folder { get; }

    /// <param name="repository">Where the shipped mappings are.</param>
    private static WorkFolder NewFolder(string repository)
    {
        var folder = WorkFolder.Create(null, Path.Combine(repository, "mappings"));
        File.WriteAllText(folder.Settings, $$"""
            {
              "Data": "data",
              "Mappings": "{{Path.Combine(repository, "mappings")}}",
              "Keys": { "MasterKeyFile": "{{folder.MasterKey}}" },
              "Practices": { "{{Traffic.Practice}}": { "Name": "Load", "Zone": "America/Chicago", "Profile": "athena" } },
              "Sources": { "load": { "Kind": "mllp", "Port": {{folder.Port}}, "Practices": [ "{{Traffic.Practice}}" ] } },
              "Logging": { "ShowsOnConsole": false }
            }
            """);
        return folder;
    }

    /// <summary>Measures in a folder of its own, which is kept, with the engine's log, when the measuring fails.</summary>
    public static T InFolder<T>(string repository, Func<WorkFolder, T> measure)
    {
        var folder = NewFolder(repository);
        try
        {
            var measured = measure(folder);
            folder.Delete();
            return measured;
        }
        catch
        {
            Console.Error.WriteLine($"Kept: {folder.Path}");
            throw;
        }
    }

    /// <returns>How long it took until it listened.</returns>
    public TimeSpan Start()
    {
        var started = Stopwatch.GetTimestamp();
        _engine.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>MiB in memory now (VmRSS) or at most so far (VmHWM).</summary>
    public double Memory(string what)
    {
        var line = File.ReadLines($"/proc/{_engine.ProcessId}/status").First(line => line.StartsWith(what, StringComparison.Ordinal));
        return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Lets the system's VmHWM begin anew.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{_engine.ProcessId}/clear_refs", "5");

    /// <summary>Processor seconds used so far.</summary>
    public double Processor()
    {
        using var process = Process.GetProcessById(_engine.ProcessId!.Value);
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Without warning, as nothing that was acknowledged needs one.</summary>
    public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
