using System.Diagnostics;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Intake.Laws;

namespace InterfaceEngine.Cli.Maps;

/// <summary>One check of the mapping folder: the tables first, then, where they have no error, the laws.</summary>
/// <param name="laws">What the laws are run on; null does not run them.</param>
internal sealed class MapCheck(CommandContext context, bool isShort, bool listsOneWay, LawOptions? laws)
{
    /// <summary>The stored messages on which the laws of single messages run too; null for none.</summary>
    public DiffCorpus? Stored { get; init; }

    /// <summary>The most of them.</summary>
    public int StoredMax { get; init; }

    public async Task<int> RunAsync()
    {
        var (set, practice) = (MapCommands.Load(context), context.PracticeOrAll());
        var problems = set.Problems.Where(problem => MapCommands.Concerns(practice, problem)).ToList();
        var practices = set.Practices.Where(maps => practice is null || maps.Practice.Id == practice).OrderBy(maps => maps.Practice.Id, StringComparer.Ordinal).ToList();
        var started = Stopwatch.GetTimestamp();
        var report = laws is null || Count(problems, MappingSeverity.Error) > 0 ? null : LawReport.Of([MappingLaws.Run(set, laws), RecordLaws.Run(set, laws), .. await OfStoreAsync()]);
        var took = Stopwatch.GetElapsedTime(started);
        problems.AddRange(report is null ? [] : LawView.Problems(report));
        var errors = Count(problems, MappingSeverity.Error);
        if (context.IsJson)
        {
            var views = problems.Select(problem => new ProblemView(
                problem.Severity.ToString().ToLowerInvariant(), problem.Code, problem.File, problem.Line, problem.Column, problem.Length, problem.Text, problem.Help));
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize([.. views], CommandJson.Indented.ProblemViewArray));
            return errors > 0 ? ExitCode.Failed : ExitCode.Done;
        }

        Show(problems, practices);
        ShowOneWay(practices);
        if (report is not null)
        {
            context.Terminal.Line(LawView.Summary(report, laws!.Seed, took));
            context.Terminal.Line(LawView.Normalisations(report));
        }
        else if (laws is not null)
        {
            context.Terminal.Line("laws   not run: the tables have errors");
        }

        context.Terminal.Line($"{errors} errors, {Count(problems, MappingSeverity.Warning)} warnings, {Count(problems, MappingSeverity.Note)} notes; set {set.Hash}");
        return errors > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <exception cref="UsageException">It is no time.</exception>
    private async Task<IReadOnlyList<LawReport>> OfStoreAsync()
    {
        if (Stored is null)
        {
            return [];
        }

        var answer = await context.AskAsync(new CheckMessagesRequest(new MappingPlace(Path.GetFullPath(context.Settings.Mappings), null))
        {
            Actor = context.Terminal.Actor,
            Reason = context.Reason,
            Practice = context.PracticeOrAll(),
            From = Stored.From ?? throw new UsageException($"--stored {Stored.Files}: not a time (30d, 12h, 2026-11-01..2026-11-08)."),
            Until = Stored.Until,
            Limit = StoredMax,
        });
        if (!context.IsJson)
        {
            context.Terminal.Line($"{answer.Messages} stored messages were read");
        }

        return [answer.Report];
    }

    private void ShowOneWay(IReadOnlyList<PracticeMaps> practices)
    {
        var cells = OneWayCell.Of(practices);
        if (listsOneWay)
        {
            foreach (var cell in cells)
            {
                context.Terminal.Line($"{MapCommands.FolderText(context)}{cell.Cell}: {cell.Goes} only: {cell.Type} {cell.Field} in {cell.Format.Title()}: {(cell.Why.Length > 0 ? cell.Why : "no reason is given in Notes")}");
            }
        }

        context.Terminal.Line($"{cells.Count} cells go one way{(cells.Count(cell => cell.Why.Length == 0) is > 0 and var silent ? $", {silent} of them without a reason in Notes" : "")}{(listsOneWay || cells.Count == 0 ? "" : " (--one-way lists them)")}");
    }

    private void Show(List<MappingProblem> problems, IReadOnlyList<PracticeMaps> practices)
    {
        var (terminal, folder) = (context.Terminal, MapCommands.FolderText(context));
        foreach (var problem in problems)
        {
            terminal.Line(isShort ? problem.ToShortText(folder) : problem.ToText(folder) + "\n");
        }

        foreach (var maps in practices.Where(_ => !isShort))
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
