using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map deploy|rollback|history</c>: which mapping set all nodes use. Deploying checks the folder, runs its tests and compares it with the
/// set in use first. Then it waits until the nodes that run say that they use it, and ends with 1 when one of them has not in time.
/// </summary>
internal static class MapDeployCommand
{
    /// <summary>What is compared before each deployment takes seconds, not minutes.</summary>
    private const int LimitDefault = 100_000;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    public static Command MakeDeploy(CommandRunner run)
    {
        var wait = Wait();
        var corpus = MapDiffCommand.Corpus("7d");
        var skips = new Option<bool>("--no-diff") { Description = "Do not compare with the set in use." };
        var limit = CommonOptions.Limit(LimitDefault);
        limit.Description = $"How many stored messages are compared at most, the last ones. Default: {LimitDefault}.";
        var (accept, because) = (DiffGate.AcceptOption, DiffGate.BecauseOption);
        var command = new Command("deploy", "Checks and tests the mapping folder, compares it with the set in use, and makes its set the one that all nodes use.")
        {
            corpus, skips, limit, accept, because, wait, CommonOptions.Reason,
        };
        command.SetAction(run(async context =>
        {
            var gate = DiffGate.Of(context.Value(accept)!, context.Value(because), DiffGate.Tests);
            var examined = await DeployExamination.RunAsync(context, gate, context.Value(skips) ? null : DiffCorpus.Parse(context, context.Value(corpus)!), context.Value(limit));
            if (examined is null)
            {
                context.Terminal.Problem("Nothing was deployed.");
                return ExitCode.Failed;
            }

            var request = new DeployMappingsRequest(null) { Actor = context.Terminal.Actor, Reason = gate.Reason(context.Reason), Checked = examined.Hash, InPlaceOf = examined.InPlaceOf };
            return await DeployAsync(context, request, context.Value(wait));
        }));
        return command;
    }

    public static Command MakeRollback(CommandRunner run)
    {
        var set = new Argument<string>("SET") { Description = "Number or hash of a set that was deployed before, as map history shows it." };
        var wait = Wait();
        var command = new Command("rollback", "Makes a set that was deployed before the one that all nodes use again.") { set, wait, CommonOptions.Reason };
        command.SetAction(run(context => DeployAsync(context, new DeployMappingsRequest(context.Value(set)) { Actor = context.Terminal.Actor, Reason = context.Reason }, context.Value(wait))));
        return command;
    }

    public static Command MakeHistory(CommandRunner run)
    {
        var limit = CommonOptions.Limit(20);
        var command = new Command("history", "Lists the sets that were deployed, newest first, and what the nodes use now.") { limit, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new MappingHistoryRequest(context.Value(limit)) { Actor = context.Terminal.Actor }, answer => Render(context.Terminal, answer))));
        return command;
    }

    private static async Task<int> DeployAsync(CommandContext context, DeployMappingsRequest request, int waitSeconds)
    {
        var terminal = context.Terminal;
        await using var control = await context.ConnectAsync();
        var answer = await context.AskAsync(control, request);
        var hash = answer.Deployed.Hash;
        terminal.Line(answer.IsNew ? $"Mapping set {hash} is deployed, as number {answer.Deployed.Number}." : $"Mapping set {hash} is deployed already, since number {answer.Deployed.Number}.");
        var startedAt = terminal.Time.GetTimestamp();
        while (true)
        {
            var nodes = (await context.AskAsync(control, new MappingHistoryRequest(1) { Actor = terminal.Actor })).Nodes;
            var others = nodes.Where(node => node.Set != hash).ToList();
            if (others.Count == 0 || terminal.Time.GetElapsedTime(startedAt) >= TimeSpan.FromSeconds(waitSeconds))
            {
                terminal.Line(nodes.Count == 0 ? "No engine runs: the next that starts on this store finds it." : $"{nodes.Count - others.Count} of {nodes.Count} nodes use it.");
                foreach (var node in others)
                {
                    terminal.Problem($"{node.Name} uses {node.Set ?? "none yet"}{(node.Problem is { } problem ? $": {problem}" : "")}");
                }

                return others.Count == 0 ? ExitCode.Done : ExitCode.Failed;
            }

            await Task.Delay(_pause, terminal.Time, context.CancellationToken);
        }
    }

    private static void Render(Terminal terminal, MappingHistoryAnswer answer)
    {
        var sets = new TextTable("Number", "Set", "Deployed", "By", "Node");
        foreach (var set in answer.Sets)
        {
            sets.Add($"{set.Number}", set.Hash, CommandContext.Time(set.DeployedAt), set.By, set.Node);
        }

        terminal.Table(sets);
        foreach (var node in answer.Nodes)
        {
            terminal.Line($"{node.Name} uses {node.Set ?? "none yet"}{(node.Problem is { } problem ? $": {problem}" : "")}");
        }
    }

    private static Option<int> Wait() => new("--wait")
    {
        Description = "How many seconds the nodes have to take it over. Default: 30.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };
}
