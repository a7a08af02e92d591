using System.Diagnostics;
using System.Globalization;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>The engine that reads one file, in a process of its own: so its memory is its own.</summary>
internal static class FileReader
{
    public const string Word = "files-read";
    public const string Source = "nightly";

    private const string Kind = "Patients file";

    public static OfferedFile Offered(string practice, string path) => new()
    {
        Practice = practice,
        Source = Source,
        Kind = Kind,
        Name = Path.GetFileName(path),
        ModifiedAt = File.GetLastWriteTimeUtc(path),
        Size = new FileInfo(path).Length,
        OpenAsync = _ => Task.FromResult<Stream>(File.OpenRead(path)),
    };

    /// <summary>Run in the child: says on its last line what it did.</summary>
    public static Bar[] Read(string settings, string path) => ReadAsync(settings, path).GetAwaiter().GetResult();

    /// <summary>Starts the child and reads what it says.</summary>
    public static FileFigures Run(string settings, string path) => Run(Word, settings, path);

    /// <summary>Starts a child of another word and reads what it says.</summary>
    public static FileFigures Run(string word, string settings, string from)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(FileReader).Assembly.Location, word, settings, from]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1];
        process.WaitForExit();
        return process.ExitCode == 0 ? FileFigures.Parse(said) : throw new InvalidOperationException($"the engine ended with {process.ExitCode}: {said}");
    }

    private static async Task<Bar[]> ReadAsync(string settings, string path)
    {
        await using var core = await EngineCore.OpenAsync(SettingsReader.Read(settings, []), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        var intake = core.RowFiles(new RowFileRules());
        var started = Stopwatch.GetTimestamp();
        var outcome = await intake.TakeAsync(Offered(core.Settings.Practices[0].Id, path), CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var counts = outcome.Run.Counts;
        if (outcome.Run.State != FileRunState.Done || counts.Total != outcome.Run.Rows)
        {
            throw new InvalidOperationException($"the file is {outcome.Run.State}, {counts} of {outcome.Run.Rows} rows");
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(new FileFigures(counts.Total, counts.Created, counts.Confirmed, seconds, process.TotalProcessorTime.TotalSeconds, Memory()));
        return [];
    }

    /// <summary>MiB in memory at most.</summary>
    public static double Memory() => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}

/// <param name="Rows">In the file.</param>
/// <param name="Seconds">From the first byte of the first reading to the end of the run.</param>
/// <param name="Processor">Seconds of processor of the whole process.</param>
/// <param name="Mebibytes">In memory at most.</param>
internal sealed record FileFigures(long Rows, long Created, long Confirmed, double Seconds, double Processor, double Mebibytes)
{
    public double PerSecond => Rows / Seconds;

    public static FileFigures Parse(string text)
    {
        var words = text.Split(' ');
        return new FileFigures(long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture), Number(3), Number(4), Number(5));

        double Number(int index) => double.Parse(words[index], CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows} {Created} {Confirmed} {Seconds} {Processor} {Mebibytes}");
}
