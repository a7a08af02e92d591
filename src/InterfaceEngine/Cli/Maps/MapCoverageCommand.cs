using System.CommandLine;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping.Coverage;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map coverage</c>: what arrives and no cell reads, what is read and never arrives. Of stored messages, by the set in force; of files, by the mapping folder.</summary>
internal static class MapCoverageCommand
{
    private const int LimitDefault = 1_000_000;

    public static Command Make(CommandRunner run)
    {
        var corpus = MapDiffCommand.Corpus("30d");
        corpus.Description = "What is looked at: stored messages (30d, 12h, 2026-11-01..2026-11-08), or a file or folder of messages, CSV files and JSON documents. Default: 30d.";
        var kind = new Option<string?>("--kind") { Description = "Of files: the kind of CSV file, or the call of athenaNet, as the tables call it. Default: as in map run.", HelpName = "KIND" };
        var values = new Option<bool>("--show-values") { Description = "Show unknown codes themselves. Of stored messages, that is audited before any is read." };
        var limit = CommonOptions.Limit(LimitDefault);
        limit.Description = $"How many stored messages at most, the last ones. Default: {LimitDefault}.";
        var command = new Command("coverage", "Reports what arrives and is not mapped, and what is mapped and never arrives.")
        {
            corpus, kind, values, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(async context =>
        {
            var messages = DiffCorpus.Parse(context, context.Value(corpus)!);
            var answer = messages.Files is { } files
                ? await OfFilesAsync(context, files, context.Value(kind), context.Value(values))
                : await context.AskAsync(new CoverageRequest(messages.From!.Value, context.Value(limit))
                {
                    Actor = context.Terminal.Actor,
                    Reason = context.Reason,
                    Practice = context.PracticeOrAll(),
                    Until = messages.Until,
                    ShowsValues = context.Value(values),
                });
            if (context.IsJson)
            {
                context.Terminal.Json(answer);
            }
            else
            {
                CoverageText.Show(context.Terminal, answer);
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static async Task<CoverageAnswer> OfFilesAsync(CommandContext context, string files, string? kind, bool showsCodes)
    {
        var (set, practice) = (MapCommands.Load(context), context.PracticeOrAll());
        MapCommands.Require(context, set, practice);
        var coverage = new PracticeCoverages(set, showsCodes);
        await new CorpusFiles(context, practice, context.PracticeOrNone(), kind, new FileCoverage(coverage)).ReadAsync(InputFiles.Find(context, [files]));
        return new CoverageAnswer(coverage.Reports(), coverage.NotRead(), IsLimited: false);
    }
}
