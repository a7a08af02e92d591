using System.CommandLine;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping.Comparing;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map diff OLD NEW</c>: what would be different, by stored messages or by files. Stores nothing, sends nothing. With <c>--gate</c> it ends
/// with 1 when messages newly fail by something that is not accepted.
/// </summary>
internal static class MapDiffCommand
{
    private const int LimitDefault = 1_000_000;

    public static Command Make(CommandRunner run)
    {
        var before = new Argument<string>("OLD") { Description = "working (the folder of the settings), deployed (the set in use), a folder, a hash of map history, or a Git revision of the mapping folder." };
        var after = new Argument<string>("NEW") { Description = "As OLD." };
        var corpus = Corpus("30d");
        var kind = new Option<string?>("--kind") { Description = "Of files: the kind of CSV file, or the call of athenaNet, as the tables call it. Default: as in map run.", HelpName = "KIND" };
        var gate = new Option<bool>("--gate") { Description = "End with 1 when messages newly fail by something that is not accepted." };
        var (accept, because) = (DiffGate.AcceptOption, DiffGate.BecauseOption);
        var values = new Option<bool>("--show-values") { Description = "Show the values themselves. Of stored messages, that is audited before any is read." };
        var limit = CommonOptions.Limit(LimitDefault);
        limit.Description = $"How many stored messages at most, the last ones. Default: {LimitDefault}.";
        var command = new Command("diff", "Shows what would be different with another mapping set. Stores nothing.")
        {
            before, after, corpus, kind, gate, accept, because, values, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(async context =>
        {
            var accepted = DiffGate.Of(context.Value(accept)!, context.Value(because));
            using var git = new GitFolders();
            var (old, young) = (await NamedMapSet.FindAsync(context, context.Value(before), git), await NamedMapSet.FindAsync(context, context.Value(after), git));
            var messages = DiffCorpus.Parse(context, context.Value(corpus)!);
            var (report, isLimited) = messages.Files is { } files
                ? (await OfFilesAsync(context, old, young, files, context.Value(kind), context.Value(values)), false)
                : await OfStoreAsync(context, old, young, messages, context.Value(limit), context.Value(values));
            Show(context, report, isLimited, context.Value(limit), context.Value(gate) ? accepted : null);
            return context.Value(gate) && report.NotAccepted(accepted.Accepted).Count > 0 ? ExitCode.Failed : ExitCode.Done;
        }));
        return command;
    }

    public static Option<string?> Corpus(string otherwise) => new("--corpus")
    {
        Description = $"What is compared: stored messages (30d, 12h, 2026-11-01..2026-11-08), or a file or folder of messages, CSV files and JSON documents. Default: {otherwise}.",
        HelpName = "TIME|PATH",
        DefaultValueFactory = _ => otherwise,
    };

    /// <summary>Compares by files, in this process.</summary>
    /// <exception cref="CommandFailedException">The files hold no message.</exception>
    public static async Task<ComparisonReport> OfFilesAsync(CommandContext context, NamedMapSet old, NamedMapSet young, string files, string? kind, bool showsValues)
    {
        var sets = new SetComparison(await old.LoadAsync(context), await young.LoadAsync(context));
        var tally = new DifferenceTally(showsValues);
        await new CorpusFiles(context, context.PracticeOrAll(), context.PracticeOrNone(), kind, new FileComparison(sets, tally)).ReadAsync(InputFiles.Find(context, [files]));
        var report = sets.Report(tally, context.PracticeOrAll());
        return report is { Messages: 0, NotCompared: [] } && report.Before != report.After ? throw new CommandFailedException($"{files} holds no message: nothing was compared.") : report;
    }

    /// <summary>Compares by stored messages, where the store is open.</summary>
    public static async Task<(ComparisonReport Report, bool IsLimited)> OfStoreAsync(CommandContext context, NamedMapSet old, NamedMapSet young, DiffCorpus messages, int limit, bool showsValues)
    {
        var answer = await context.AskAsync(new CompareMappingsRequest(old.Place, young.Place)
        {
            Actor = context.Terminal.Actor,
            Reason = context.Reason,
            Practice = context.PracticeOrAll(),
            From = messages.From!.Value,
            Until = messages.Until,
            Limit = limit,
            ShowsValues = showsValues,
        });
        return (answer.Report, answer.IsLimited);
    }

    private static void Show(CommandContext context, ComparisonReport report, bool isLimited, int limit, DiffGate? gate)
    {
        if (context.IsJson)
        {
            var view = new ComparisonView(report, isLimited, gate is null ? null : new GateView(report.NotAccepted(gate.Accepted).Count == 0, report.NotAccepted(gate.Accepted), gate.Accepted, gate.Because));
            context.Terminal.Out.WriteLine(JsonSerializer.Serialize(view, CommandJson.Indented.ComparisonView));
            return;
        }

        if (isLimited)
        {
            context.Terminal.Line($"only the last {limit} messages of that time were read: --limit says how many");
        }

        ComparisonText.Show(context.Terminal, report);
        if (gate is not null)
        {
            context.Terminal.Line(gate.Line(report));
        }
    }
}

/// <summary>What <c>map diff --json</c> prints.</summary>
/// <param name="IsLimited">There were more messages: only the last were read.</param>
/// <param name="Gate">Null without <c>--gate</c>.</param>
internal sealed record ComparisonView(ComparisonReport Report, bool IsLimited, GateView? Gate);

/// <param name="NotAccepted">What keeps it shut.</param>
internal sealed record GateView(bool IsOpen, IReadOnlyList<CountedReason> NotAccepted, IReadOnlyList<string> Accepted, string? Because);
