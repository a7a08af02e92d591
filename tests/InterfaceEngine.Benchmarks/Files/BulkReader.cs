using System.Diagnostics;
using InterfaceEngine.Ehr;
using InterfaceEngine.Sources.Ehr.Bulk;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>The engine that loads one export, in a process of its own: so its memory is its own.</summary>
internal static class BulkReader
{
    public const string Word = "bulk-read";
    public const string Connection = "conn_1";

    /// <summary>Starts the child and reads what it says.</summary>
    public static FileFigures Run(string settings, string address) => FileReader.Run(Word, settings, address);

    /// <summary>Run in the child: says on its last line what it did.</summary>
    public static Bar[] Read(string settings, string address) => ReadAsync(settings, new Uri(address)).GetAwaiter().GetResult();

    private static async Task<Bar[]> ReadAsync(string settings, Uri address)
    {
        var read = SettingsReader.Read(settings, []);
        var connection = new ConnectionOptions
        {
            Id = Connection,
            Practice = read.Practices[0].Id,
            Profile = "custom",
            System = "athenahealth",
            VendorPractice = read.Practices[0].Id,
            Fhir = address,
            IsEnabled = true,
        };
        await using var core = await EngineCore.OpenAsync(read with { Connections = [connection] }, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var export = core.Vendor(Connection).Bulk();
        var started = Stopwatch.GetTimestamp();
        var job = await export.StartAsync(new BulkRequest { Types = ["Patient", "Observation"] }, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        while (!job.IsOver)
        {
            // The pauses are the vendor's and not of interest.
            job = (await export.StepAsync((await export.Jobs.FindAsync(job.Id, CancellationToken.None))!, CancellationToken.None)).Job;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (job.Step != BulkStep.Loaded)
        {
            throw new InvalidOperationException($"the export is {job.Step}: {job.Problem}");
        }

        var counts = await core.Store.ReadAsync(reader => reader.RecordCounts(connection.Practice), CancellationToken.None);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(new FileFigures(job.Files.Sum(file => file.Rows ?? 0), counts.Sum(count => count.Count), 0, seconds, process.TotalProcessorTime.TotalSeconds, FileReader.Memory()));
        return [];
    }
}
