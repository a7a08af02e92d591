using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map check</c>: every problem of the tables at once, and how much each carries; with <c>--laws</c>, whether what they write is
/// read back as the same. Ends with 1 when there is an error or a law does not hold.
/// </summary>
internal static class MapCheckCommand
{
    /// <summary>How often the folder is looked at with <c>--watch</c>.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    private const int RecordsThorough = 10 * MappingLaws.RecordsDefault;

    public static Command Make(CommandRunner run)
    {
        var isShort = new Option<bool>("--short") { Description = "One line for each problem, as editors' problem matchers read it." };
        var laws = new Option<bool>("--laws") { Description = "Also writes generated records and the messages of the tests, and reads them back." };
        var isThorough = new Option<bool>("--thorough") { Description = "With --laws: ten times as many records." };
        var isWatch = new Option<bool>("--watch") { Description = "Check again whenever a file changes, until it is stopped." };
        var command = new Command("check", "Checks every mapping file.") { isShort, laws, isThorough, isWatch, CommonOptions.Practice, CommonOptions.Json };
        command.SetAction(run(context =>
        {
            var records = (context.Value(laws), context.Value(isThorough)) switch { (false, _) => 0, (_, false) => MappingLaws.RecordsDefault, _ => RecordsThorough };
            return context.Value(isWatch) ? WatchAsync(context, context.Value(isShort), records) : Task.FromResult(Check(context, context.Value(isShort), records));
        }));
        return command;
    }

    /// <summary>Checks, waits for a change and checks again. What is wrong, even that there is no folder, is said and waited out.</summary>
    private static async Task<int> WatchAsync(CommandContext context, bool isShort, int records)
    {
        try
        {
            while (true)
            {
                var stamp = MappingFolder.Stamp(context.Settings.Mappings);
                context.Terminal.Line($"Checking {MapCommands.FolderText(context)}");
                try
                {
                    Check(context, isShort, records);
                }
                catch (CommandFailedException failure)
                {
                    context.Terminal.Line($"not checked: {failure.Message}");
                }

                do
                {
                    await Task.Delay(_pause, context.Terminal.Time, context.CancellationToken);
                }
                while (MappingFolder.Stamp(context.Settings.Mappings) == stamp);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }

    private static int Check(CommandContext context, bool isShort, int records)
    {
        var (set, practice) = (MapCommands.Load(context), context.PracticeOrAll());
        var problems = set.Problems.Where(problem => MapCommands.Concerns(practice, problem.File)).ToList();
        var errors = Count(problems, MappingSeverity.Error);
        if (context.IsJson)
        {
            var views = problems.Select(problem => new ProblemView(
                problem.Severity.ToString().ToLowerInvariant(), problem.Code, problem.File, problem.Line, problem.Column, problem.Length, problem.Text, problem.Help));
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. views], CommandJson.Indented.ProblemViewArray));
        }
        else
        {
            Show(context, set, practice, problems, isShort);
            context.Terminal.Line($"{errors} errors, {Count(problems, MappingSeverity.Warning)} warnings, {Count(problems, MappingSeverity.Note)} notes; set {set.Hash}");
        }

        return errors > 0 || (records > 0 && !Keeps(context, set, practice, records)) ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Runs the laws and says what they found. The generated records are invented, so an example may be shown.</summary>
    private static bool Keeps(CommandContext context, MappingSet set, string? practice, int records)
    {
        var report = MappingLaws.Run(set, new LawOptions { Practice = practice, Records = records });
        if (!context.IsJson || report.Failures.Count > 0)
        {
            var write = context.IsJson ? context.Terminal.Error : context.Terminal.Out;
            foreach (var failure in report.Failures)
            {
                write.WriteLine(failure.ToString());
            }

            var places = string.Join(", ", report.Normalisations.Select(one => $"{one.Key} {one.Value}"));
            write.WriteLine($"laws L1 to L3: {report.Records} generated records, {report.Messages} messages written over themselves, {report.Failures.Count} failures");
            write.WriteLine($"spelled otherwise than it was sent: {(places.Length == 0 ? "nothing" : places)}");
        }

        return report.Failures.Count == 0;
    }

    private static void Show(CommandContext context, MappingSet set, string? practice, List<MappingProblem> problems, bool isShort)
    {
        var (terminal, folder) = (context.Terminal, MapCommands.FolderText(context));
        foreach (var problem in problems)
        {
            terminal.Line(isShort ? problem.ToShortText(folder) : problem.ToText(folder) + "\n");
        }

        foreach (var maps in set.Practices.Where(maps => !isShort && (practice is null || maps.Practice.Id == practice)).OrderBy(maps => maps.Practice.Id, StringComparer.Ordinal))
        {
            var table = new TextTable(["practice " + maps.Practice.Id, "fields", .. MapFormats.All.Select(format => format.Title()), "one-way", "equations"]);
            foreach (var summary in maps.Maps.Select(MapSummary.Of))
            {
                table.Add([summary.Type, $"{summary.Fields}", .. MapFormats.All.Select(format => $"{summary.Carried[format]}"), $"{summary.OneWay}", $"{summary.Equations}"]);
            }

            terminal.Table(table);
            terminal.Line($"{maps.Codes.Count} code tables, {maps.References.Count} reference tables");
            terminal.Line();
        }
    }

    private static int Count(List<MappingProblem> problems, MappingSeverity severity) => problems.Count(problem => problem.Severity == severity);
}

/// <summary>A problem as <c>map check --json</c> prints it. The file is relative to the mapping folder.</summary>
internal sealed record ProblemView(string Severity, string Code, string File, int Line, int Column, int Length, string Text, string Help);
