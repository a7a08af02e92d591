using System.Text;
using InterfaceEngine.Benchmarks.Intake;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>
/// How fast is a bulk export of values loaded, over real HTTP and through the whole of the engine, beside what SQLite itself takes for the same rows and look-ups in the same
/// run? And how much memory does the engine hold meanwhile?
/// </summary>
/// <param name="repository">Where the shipped mappings are.</param>
internal sealed class BulkBars(string repository)
{
    private const double LeastShare = 0.6;
    private const double MostMebibytes = 350;
    private const string Patients = "FHIR Patient";
    private const string Values = "FHIR Observation";

    public Bar[] Measure(int rows) => BenchEngine.InFolder(repository, folder => MeasureAsync(rows, folder).GetAwaiter().GetResult());

    private static async Task<Bar[]> MeasureAsync(int rows, WorkFolder folder)
    {
        Console.WriteLine($"{rows:N0} values of {ExportServer.Patients:N0} patients, {ExportServer.Value(1).Length} bytes each, in {ExportServer.Files} files; in {folder.Path}");
        var bare = BareFile.Run(folder, (core, intake) => TakeBeginningAsync(core, intake, Math.Min(rows, BareFile.Captured)), rows);
        await using var server = await ExportServer.StartAsync(rows);
        var engine = BulkReader.Run(folder.Settings, server.Address);
        Console.WriteLine($"engine   {engine.PerSecond,9:N0} rows/s: {engine.Created:N0} created in {engine.Seconds:F1} s, {engine.Processor * 1e6 / engine.Rows:F0} us of processor a row; at most {engine.Mebibytes:F0} MiB");
        return
        [
            new Bar($"bulk export of {rows:N0} values ({engine.PerSecond:N0} of {bare:N0} rows/s)", engine.PerSecond / bare, "of bare", LeastShare, IsLeast: true),
            new Bar("memory of the engine meanwhile, at most", engine.Mebibytes, "MiB", MostMebibytes, IsLeast: false),
        ];
    }

    private static async Task TakeBeginningAsync(EngineCore core, RowFileIntake intake, int rows)
    {
        var practice = core.Settings.Practices[0].Id;
        await core.RowFiles(new RowFileRules()).TakeAsync(Offered(practice, Patients, Enumerable.Range(1, ExportServer.Patients).Select(ExportServer.Patient)), CancellationToken.None);
        await intake.TakeAsync(Offered(practice, Values, Enumerable.Range(0, rows).Select(ExportServer.Value)), CancellationToken.None);
    }

    private static OfferedFile Offered(string practice, string kind, IEnumerable<string> lines)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return new OfferedFile
        {
            Practice = practice,
            Source = BulkReader.Connection,
            Kind = kind,
            Name = kind,
            ModifiedAt = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            Size = bytes.Length,
            OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(bytes)),
        };
    }
}
