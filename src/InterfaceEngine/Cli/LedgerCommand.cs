using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>ledger</c>: is everything that came in, and everything that was queued, accounted for?</summary>
internal static class LedgerCommand
{
    private static readonly string[] _messageStates = ["applied", "unchanged", "duplicate", "ignored", "refused", "quarantined", "parked", "ready", "held", "dismissed"];
    private static readonly string[] _verdicts = ["complete", "mismatch", "cut off", "interrupted", "open"];
    private static readonly string[] _deliveryStates = ["delivered", "waiting", "held", "dismissed"];

    public static void AddTo(Command root, CommandRunner run)
    {
        var since = new Option<string?>("--since") { Description = "The first day (UTC), as 2026-02-01, or days back, as 7d. Default: all.", HelpName = "DAY" };
        var source = new Option<string?>("--source") { Description = "Only this source.", HelpName = "SOURCE" };
        var full = new Option<bool>("--full") { Description = "Count the stored rows too, instead of comparing counts only. Takes seconds for each million messages." };
        var command = new Command("ledger", "Accounts for every message received and every delivery queued. Exit code 1 on any difference.") { since, source, full, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new LedgerRequest(context.Value(since), context.Value(source), context.Value(full)) { Actor = context.Terminal.Actor },
            answer => Render(context.Terminal, answer),
            answer => answer.IsBalanced ? ExitCode.Done : ExitCode.Failed)));
        command.Add(Accept(run));
        root.Add(command);
    }

    private static Command Accept(CommandRunner run)
    {
        var id = new Argument<string>("DIFFERENCE") { Description = "The difference's id, as ledger shows it." };
        var command = new Command("accept", "Accepts a difference that is explained: ledger shows it as accepted from then on, with the reason. Needs --reason.") { id, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new AcceptDifferenceRequest(context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"Difference {answer.Difference.Id} is accepted: {answer.Difference.Day} {answer.Difference.Name}: {answer.Difference.Text}"))));
        return command;
    }

    private static void Render(Terminal terminal, LedgerAnswer answer)
    {
        terminal.Table(Table("Source", answer.Sources, line => line.Source, line =>
        [
            ("received", line.Received), ("corrected", line.Corrected), .. _messageStates.Select(state => (state, line.States.GetValueOrDefault(state))),
            ("unanswered", line.Unanswered), ("interrupted", line.Interrupted), ("on their way", line.OnTheirWay), ("missing", line.Missing),
        ]));
        if (answer.Destinations.Count > 0)
        {
            terminal.Line();
            terminal.Table(Table("Destination", answer.Destinations, line => line.Destination, line =>
                [("queued", line.Queued), .. _deliveryStates.Select(state => (state, line.States.GetValueOrDefault(state)))]));
        }

        Batches(terminal, "Batches of", [.. answer.Batches.Where(line => !line.IsFile)]);
        Batches(terminal, "Files of", [.. answer.Batches.Where(line => line.IsFile)]);
        if (answer.Files.Count > 0)
        {
            terminal.Line();
            terminal.Table(Table("Rows of", answer.Files, line => line.Source, line =>
            [
                ("rows", line.Rows), ("files", line.Files), ("created", line.Created), ("updated", line.Updated), ("unchanged", line.Unchanged), ("confirmed", line.Confirmed),
                ("refused", line.Refused), ("held", line.Held), ("parked", line.Parked), ("duplicate", line.Duplicate), ("not read", line.Left), ("missing", line.Missing),
            ]));
        }

        terminal.Line();
        terminal.Line($"{(answer.Since is { } since ? $"Since {since}" : "All days")}, {(answer.IsFull ? "rows counted" : "counts compared")} in {answer.Seconds.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)} s; closed through {answer.ClosedThrough ?? "no day yet"}.");
        foreach (var dropped in answer.Dropped)
        {
            terminal.Line($"{dropped.Text}, {dropped.Rows} since the beginning; what was counted above is counted still.");
        }

        foreach (var difference in answer.Differences)
        {
            terminal.Line($"DIFFERENCE {difference.Day} {difference.Name}: {difference.Text}");
            List(terminal, "numbers", difference.Numbers);
            List(terminal, "messages", difference.Messages);
            List(terminal, "id", [difference.Id]);
        }

        foreach (var accepted in answer.Accepted)
        {
            terminal.Line($"accepted {accepted.Day} {accepted.Name}: {accepted.Text}");
            terminal.Line($"  by {accepted.By}, {CommandContext.Time(accepted.AcceptedAt)}: {accepted.Reason}");
        }

        terminal.Line(!answer.IsBalanced ? $"{answer.Differences.Count} differences."
            : answer.Accepted.Count == 0 ? "Everything is accounted for."
            : $"Everything else is accounted for; {answer.Accepted.Count} accepted.");
    }

    private static void Batches(Terminal terminal, string head, IReadOnlyList<BatchLedgerView> lines)
    {
        if (lines.Count > 0)
        {
            terminal.Line();
            terminal.Table(Table(head, lines, line => line.Source, line =>
                [("received", line.Received), .. _verdicts.Select(verdict => (verdict == "open" ? "on their way" : verdict, line.Verdicts.GetValueOrDefault(verdict)))]));
        }
    }

    private static void List(Terminal terminal, string what, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            terminal.Line($"  {what}: {string.Join(", ", items)}");
        }
    }

    /// <summary>A row for each line; columns in which nobody has anything are left out, but for the first.</summary>
    private static TextTable Table<T>(string head, IReadOnlyList<T> lines, Func<T, string> name, Func<T, (string Name, long Count)[]> columns)
    {
        var rows = lines.Select(line => (Name: name(line), Columns: columns(line))).ToList();
        var shown = rows.Count == 0 ? [] : Enumerable.Range(0, rows[0].Columns.Length).Where(index => index == 0 || rows.Any(row => row.Columns[index].Count != 0)).ToList();
        var table = new TextTable([head, .. shown.Select(index => rows[0].Columns[index].Name)]);
        foreach (var row in rows)
        {
            table.Add([row.Name, .. shown.Select(index => $"{row.Columns[index].Count}")]);
        }

        return table;
    }
}
