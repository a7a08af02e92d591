using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Demo;

/// <summary>
/// What a practice drops at night: the sample of patients with one bad row more, in a folder of the demo's own. The folder is polled as it is
/// by <c>files poll</c>.
/// </summary>
internal static class DemoDrop
{
    private const string Source = "demo-drops";
    private const string Practice = "1959";
    private const string Sample = "samples/csv/patients.csv";
    private const string Name = "patients.csv";
    private const string BadRow = "67890,Alex,Sample,1990-13-45,X,1 Oak St,,Springfield,IL,62701,5550100000,alex.sample@example.com,Blue Cross,BC000000001,GRP000001";

    /// <summary>The source that looks there; none where the settings don't have the sample's practice.</summary>
    public static IReadOnlyList<FileSourceSettings> Sources(EngineSettings settings, string data) => settings.FindPractice(Practice) is null ? [] :
    [
        new FileSourceSettings(
            "folder",
            new SourceBinding { Name = Source, Practices = [Practice] },
            new FileSourceOptions
            {
                Practice = Practice,
                Schedule = new IntervalSchedule(TimeSpan.FromDays(1)),
                Pattern = new NamePattern("*.csv"),
                Finished = FinishedRule.Renamed,
                File = "Patients file",
                Rejects = "rejects",
            },
            Folder(data)),
    ];

    /// <summary>Drops the file and shows what became of it.</summary>
    /// <returns>Whether it came to what it must.</returns>
    public static async Task<bool> ShowAsync(CommandContext context, EngineHost engine)
    {
        var settings = engine.Core.Settings;
        if (settings.FileSources.Count == 0)
        {
            return true;
        }

        var folder = Folder(settings.Data);
        Directory.CreateDirectory(folder);
        var sample = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(settings.File)!, Sample), context.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, Name), $"{sample.TrimEnd()}\n{BadRow}\n", context.CancellationToken);
        await engine.PollFilesAsync(Source, context.CancellationToken);

        var (run, coverage) = await engine.Core.Store.AskAsync(
            new AuditEntry(context.Terminal.Actor, "demo", Practice, "the dropped file", context.Reason),
            reader => (reader.FileRuns(new FileRunQuery(Practice, Source, null), EngineId.None, 1) is [var last] ? last : null, Shown(reader)),
            context.CancellationToken);
        context.Terminal.Line($"Dropped    {Name} in {Path.GetRelativePath(context.Terminal.WorkingFolder, folder)}: {run?.State.Text() ?? "not seen"}, {run?.Rows} rows, {run?.Counts.Created} created, {run?.Counts.Updated} updated, {run?.Counts.Unchanged} unchanged, {run?.Counts.Refused} refused");
        foreach (var one in coverage)
        {
            context.Terminal.Line($"           coverage of {one["payer_name"] ?? one.ExternalId}, member {one["member_id"]}");
        }

        foreach (var line in Rejects(folder))
        {
            context.Terminal.Line($"Rejected   {line}");
        }

        context.Terminal.Line();
        return run is { State: FileRunState.Done, Rows: 3, Counts.Refused: 1 };
    }

    private static List<StoredRecord> Shown(IStoreReader reader)
    {
        var coverage = reader.Records(Practice, "coverage", EngineId.None, 10);
        foreach (var one in coverage)
        {
            reader.Shown(one);
        }

        return [.. coverage];
    }

    /// <summary>The rows of the file of rejects, without its header.</summary>
    private static IEnumerable<string> Rejects(string folder) =>
        Directory.Exists(Path.Combine(folder, "rejects")) ? Directory.EnumerateFiles(Path.Combine(folder, "rejects")).SelectMany(file => File.ReadLines(file).Skip(1)) : [];

    private static string Folder(string data) => Path.Combine(data, "drops");
}
