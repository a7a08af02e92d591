using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>
/// How fast is a nightly file of patients read: when all of them are new, beside what SQLite itself takes for the same rows and look-ups in
/// the same run; and the next night, when nothing has changed? And how much memory does the engine hold meanwhile?
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class FileBars(string repository)
{
    private const double LeastShare = 0.6;
    private const double LeastConfirmed = 50_000;
    private const double MostMebibytes = 300;

    public Bar[] Measure(int rows) => BenchEngine.InFolder(repository, folder => Measure(rows, folder));

    private static Bar[] Measure(int rows, WorkFolder folder)
    {
        var (monday, tuesday) = (NightlyFile.Write(folder.Path, "monday.csv", rows), NightlyFile.Write(folder.Path, "tuesday.csv", rows + 1));
        Console.WriteLine($"{rows:N0} patients with their coverage, {new FileInfo(monday).Length / rows} bytes each; in {folder.Path}");
        var bare = BareFile.Run(folder, monday, rows);
        var first = FileReader.Run(folder.Settings, monday);
        Show("all new", first);
        var next = FileReader.Run(folder.Settings, tuesday);
        Show("nothing changed", next);
        return
        [
            new Bar($"file of {rows:N0} new patients ({first.PerSecond:N0} of {bare:N0} rows/s)", first.PerSecond / bare, "of bare", LeastShare, IsLeast: true),
            new Bar($"file of {rows:N0} patients, nothing changed", next.PerSecond, "rows/s", LeastConfirmed, IsLeast: true),
            new Bar("memory of the engine meanwhile, at most", Math.Max(first.Mebibytes, next.Mebibytes), "MiB", MostMebibytes, IsLeast: false),
        ];
    }

    private static void Show(string what, FileFigures figures) => Console.WriteLine(
        $"engine   {figures.PerSecond,9:N0} rows/s, {what}: {figures.Created:N0} created, {figures.Confirmed:N0} confirmed in {figures.Seconds:F1} s, {figures.Processor * 1e6 / figures.Rows:F0} us of processor a row; at most {figures.Mebibytes:F0} MiB");
}
