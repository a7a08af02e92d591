using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Sandbox.Faults;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Durability;

/// <summary>
/// <c>verify-durability</c>: proves on the customer's own machine and disk that no acknowledged message is lost. It
/// takes the mapping folder from the settings and nothing else; the data of a running engine is not touched.
/// </summary>
internal static class VerifyDurabilityCommand
{
    private const int FindingsShown = 20;
    private const int NodesByDefault = 3;
    private const string Sqlite = "sqlite";
    private const string Postgres = "postgres";

    public static void AddTo(Command root, CommandRunner run)
    {
        var defaults = new DurabilityOptions { Mappings = "" };
        var messages = Number("--messages", $"How many messages are sent. Default: {defaults.Messages}.", defaults.Messages);
        var connections = Number("--connections", $"Over how many connections. Default: {defaults.Connections}.", defaults.Connections);
        var kills = new Option<int?>("--kills") { Description = $"How often something is killed. Default: {defaults.Kills}; of several engines each kind once.", HelpName = "N" };
        var store = new Option<string>("--store") { Description = $"Which store: {Sqlite} (default), or {Postgres}, on a server that the check starts itself.", HelpName = "KIND", DefaultValueFactory = _ => Sqlite };
        store.AcceptOnlyFromAmong(Sqlite, Postgres);
        var nodes = new Option<int?>("--nodes") { Description = $"How many engines share a {Postgres} store. Default: {NodesByDefault}.", HelpName = "N" };
        var kinds = new Option<string?>("--kill")
        {
            Description = $"What is killed of several engines and their database, in turn: {string.Join(", ", KillKinds.All.Select(KillKinds.NameOf))}, or all. Default: all.",
            HelpName = "node,primary",
        };
        var deliveries = Number("--deliveries", $"How many deliveries are sent meanwhile, to the sandbox. Default: {defaults.Deliveries}.", defaults.Deliveries);
        var faults = new Option<string?>("--faults")
        {
            Description = $"How the sandbox misbehaves as it receives them: {string.Join(", ", FaultOptions.OfReceiver.Select(FaultOptions.NameOf))}, all or none; each with a chance per message behind a colon. Default: all:{FaultOptions.ChanceByDefault:0.##}.",
            HelpName = "split,drop:0.1",
        };
        var seed = Number("--seed", "Repeats a run. Default: another each time.", 0);
        var folder = new Option<string?>("--folder") { Description = "An empty or new folder to work in, on the disk to be checked; it is kept. Default: a temporary one.", HelpName = "DIR" };
        var command = new Command("verify-durability", "Kills an engine while it works and accounts for every message.")
        {
            messages, connections, store, nodes, kinds, kills, deliveries, faults, seed, folder,
        };
        command.SetAction(run(context =>
        {
            var isShared = context.Value(store) == Postgres;
            if (!isShared && (context.Value(nodes) is not null || context.Value(kinds) is not null))
            {
                throw new UsageException($"--nodes and --kill are for --store {Postgres}: the embedded store has one engine, which is killed.");
            }

            if (context.Value(nodes) is < 1)
            {
                throw new UsageException($"--nodes must be between 1 and {DurabilityOptions.NodesMax}.");
            }

            var chosen = context.Value(kinds) is { } named ? Read("--kill", () => KillKinds.Parse(named)) : KillKinds.All;
            return RunAsync(context, new DurabilityOptions
            {
                Messages = context.Value(messages),
                Connections = context.Value(connections),
                Nodes = isShared ? context.Value(nodes) ?? NodesByDefault : 0,
                Kinds = chosen,
                Kills = context.Value(kills) ?? (isShared ? chosen.Count : defaults.Kills),
                ReplyTimeout = isShared ? defaults.FrozenFor / 2 : defaults.ReplyTimeout,
                Deliveries = context.Value(deliveries),
                Faults = context.Value(faults) is { } chances ? Read("--faults", () => ReadFaults(chances)) : defaults.Faults,
                Seed = context.Value(seed) is not 0 and var wanted ? wanted : Random.Shared.Next(1, int.MaxValue),
                Folder = context.Value(folder) is { } path ? context.FullPath(path) : null,
                Mappings = context.Settings.Mappings,
            });
        }));
        root.Add(command);
    }

    /// <summary>The figures, the findings, and one line with the verdict.</summary>
    public static void Show(DurabilityReport report, Terminal terminal)
    {
        terminal.Table(Figures(report));
        foreach (var finding in report.Findings.Kept.Take(FindingsShown))
        {
            terminal.Line($"{(finding.ControlId.Length > 0 ? finding.ControlId + ": " : "")}{finding.Reason}");
        }

        if (report.Folder is { } folder)
        {
            terminal.Line($"Kept: {folder}");
        }

        terminal.Line(Verdict(report));
    }

    private static async Task<int> RunAsync(CommandContext context, DurabilityOptions options)
    {
        if (options.Problem() is { } problem)
        {
            throw new UsageException($"{problem}.");
        }

        var terminal = context.Terminal;
        var check = new DurabilityCheck(options, folder => new ChildEngine(ChildEngine.OwnCommand, folder, options.StartTimeout, terminal.Time), terminal.Time);
        DurabilityReport? report = null;
        await terminal.ProgressAsync("messages acknowledged", options.Messages, async step => report = await check.RunAsync(step, context.CancellationToken));
        Show(report!, terminal);
        return report!.IsPassed ? ExitCode.Done : ExitCode.Failed;
    }

    private static TextTable Figures(DurabilityReport report)
    {
        var (options, sending, stored, findings) = (report.Options, report.Sending, report.Stored, report.Findings);
        var table = new TextTable("Figure", "Value");
        table.Add("messages", Text(options.Messages));
        table.Add("connections", Text(options.Connections));
        table.Add("acknowledged", Text(sending.Acknowledged));
        if (options.Nodes > 0)
        {
            table.Add("engines", Text(options.Nodes));
            table.Add("kinds of kill", string.Join(", ", options.Kinds.Take(options.Kills).Select(KillKinds.NameOf)));
        }

        table.Add("kills", Text(options.Kills));
        table.Add("unanswered when each came", string.Join(' ', sending.AtKills.Select(count => Text(count))));
        table.Add("sent again", Text(sending.Resends));
        foreach (var (state, count) in stored.States.OrderBy(pair => pair.Key))
        {
            table.Add($"stored as {state.Text()}", Text(count));
        }

        table.Add("patients", Text(stored.Patients));
        table.Add("patients that are current", Text(stored.Current));
        table.Add("deliveries queued", Text(report.Outbound.Queued));
        table.Add("deliveries received", Text(report.Outbound.Received));
        table.Add("deliveries received again", Text(report.Outbound.Again));
        table.Add("faults of the receiver", string.Join(", ", report.Faults.OrderBy(fault => fault.Key).Select(fault => $"{FaultOptions.NameOf(fault.Key)} {Text(fault.Value)}")));
        table.Add("lost", Text(findings.CountOf(FindingKind.Lost)));
        table.Add("accepted twice", Text(findings.CountOf(FindingKind.Twice)));
        table.Add("altered", Text(findings.CountOf(FindingKind.Altered)));
        table.Add("out of order", Text(findings.CountOf(FindingKind.OutOfOrder)));
        table.Add("unaccounted", Text(findings.CountOf(FindingKind.Unaccounted)));
        table.Add("seconds to start", string.Join(' ', sending.Starts.Select(start => Text(start.TotalSeconds, "F2"))));
        table.Add("seconds in all", Text(sending.Elapsed.TotalSeconds, "F1"));
        table.Add("messages/s, restarts included", Text(report.MessagesPerSecond, "N0"));
        table.Add("seed", options.Seed.ToString(CultureInfo.InvariantCulture));
        return table;
    }

    private static string Verdict(DurabilityReport report)
    {
        if (report.IsPassed)
        {
            return $"PASSED: all {Text(report.Options.Messages)} messages were acknowledged, each is stored exactly once and with its bytes, and every record is current."
                + (report.Outbound.Queued > 0 ? $" All {Text(report.Outbound.Queued)} deliveries arrived with their bytes, in order within their lanes, and are settled." : "");
        }

        var more = report.Findings.Count > FindingsShown ? $", of which the first {FindingsShown} are shown" : "";
        return $"FAILED: {Text(report.Findings.Count)} finding{(report.Findings.Count == 1 ? "" : "s")}{more}; {Text(report.Sending.Acknowledged)} of {Text(report.Options.Messages)} messages were acknowledged.";
    }

    private static FaultOptions ReadFaults(string text)
    {
        const string None = "none";
        return new FaultOptions { Chances = FaultOptions.ParseChances(text == None ? "" : text, FaultOptions.OfReceiver) };
    }

    private static T Read<T>(string option, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"{option} {wrong.Message}.");
        }
    }

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };

    private static string Text(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);
}
