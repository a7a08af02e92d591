using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>errors list|show|retry|dismiss|parked</c>: messages that stand still, by what they stand still for.</summary>
internal static class ErrorCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(new Command("errors", "Messages that need somebody, by cause: refused, quarantined, held, parked.") { List(run), Show(run), Retry(run), Dismiss(run), Parked(run) });
    }

    private static Command List(CommandRunner run)
    {
        var before = new Option<string?>("--before") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(100);
        var command = new Command("list", "Lists causes that messages stand still for, newest first.") { before, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListErrorsRequest(context.PracticeOrAll(), context.Value(before), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var id = new Argument<string>("CAUSE") { Description = "The cause's id, as the list shows it." };
        var after = new Option<string?>("--after") { Description = "The message with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(50);
        var command = new Command("show", "Shows a cause, its messages and one of them as an example.") { id, after, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ShowErrorRequest(context.Value(id), context.Value(after), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderOne(context.Terminal, answer))));
        return command;
    }

    private static Command Retry(CommandRunner run)
    {
        var ids = Ids();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say how many would pass now." };
        var command = new Command("retry", "Takes messages up again in their original place, once it has said how many would pass now.") { ids, dryRun, CommonOptions.Reason };
        command.SetAction(run(context => RetryAsync(context, context.Value(ids), context.Value(dryRun))));
        return command;
    }

    private static Command Dismiss(CommandRunner run)
    {
        var ids = Ids();
        var command = new Command("dismiss", "Decides that messages are never applied. Needs --reason.") { ids, CommonOptions.Reason };
        command.SetAction(run(async context =>
        {
            var results = await AllAsync(context, "dismissing", after => new DismissErrorsRequest(context.Value(ids), after) { Actor = context.Terminal.Actor, Reason = context.Reason });
            Problems(context.Terminal, results);
            context.Terminal.Line($"{results.Count(result => result.Passes)} of {results.Count} messages are dismissed.");
            return results.All(result => result.Passes) ? ExitCode.Done : ExitCode.Failed;
        }));
        return command;
    }

    private static Command Parked(CommandRunner run)
    {
        var limit = CommonOptions.Limit(100);
        var command = new Command("parked", "Lists patients whom messages wait for, longest first.") { limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListParkedRequest(context.PracticeOrAll(), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderParked(context.Terminal, answer))));
        return command;
    }

    private static Argument<string[]> Ids() => new("ID") { Description = "Causes or messages.", Arity = ArgumentArity.OneOrMore };

    private static async Task<int> RetryAsync(CommandContext context, string[] ids, bool isTrial)
    {
        var trial = await AllAsync(context, "trying", after => new RetryErrorsRequest(ids, IsTrial: true, after) { Actor = context.Terminal.Actor, Reason = context.Reason });
        context.Terminal.Line($"{trial.Count(result => result.Passes)} of {trial.Count} messages would pass now.");
        if (isTrial)
        {
            Problems(context.Terminal, trial);
            return ExitCode.Done;
        }

        var results = await AllAsync(context, "taking up", after => new RetryErrorsRequest(ids, IsTrial: false, after) { Actor = context.Terminal.Actor, Reason = context.Reason });
        Problems(context.Terminal, results);
        foreach (var state in results.CountBy(result => result.State).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            context.Terminal.Line($"{state.Value} {state.Key}");
        }

        context.Terminal.Line($"{results.Count(result => result.Passes)} of {results.Count} messages passed.");
        return results.All(result => result.Passes) ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Asks page after page, so that a thousand messages keep no other request waiting, and shows how far it is.</summary>
    private static async Task<List<RetryView>> AllAsync(CommandContext context, string what, Func<string?, ControlRequest<RetryAnswer>> request)
    {
        var results = new List<RetryView>();
        string? next = null;
        do
        {
            var answer = await context.AskAsync(request(next));
            results.AddRange(answer.Results);
            next = answer.Next;
            if (next is not null)
            {
                context.Terminal.Line($"{what}: {results.Count} so far");
            }
        }
        while (next is not null);
        return results;
    }

    private static void Problems(Terminal terminal, List<RetryView> results)
    {
        foreach (var result in results.Where(result => result.Problem is not null))
        {
            terminal.Problem($"message {result.Message}: {result.Problem}");
        }
    }

    private static void RenderList(Terminal terminal, ErrorsAnswer answer)
    {
        var table = new TextTable("Cause", "Practice", "State", "Messages", "First", "Last", "Code", "Place", "What", "Cell");
        foreach (var cause in answer.Causes)
        {
            table.Add(
                cause.Id, cause.Practice ?? "?", cause.State, $"{cause.Count}", CommandContext.Time(cause.FirstSeen), CommandContext.Time(cause.LastSeen),
                cause.Code, cause.Place, cause.Text, cause.Cell);
        }

        terminal.Table(table);
        terminal.Line(answer.Causes.Count == 0 ? "Nothing stands still." : "errors show CAUSE names the messages; review list has the decisions about values.");
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --before {next}");
        }
    }

    private static void RenderOne(Terminal terminal, ErrorAnswer answer)
    {
        var cause = answer.Cause;
        terminal.Line($"{cause.State} {cause.Code} of practice {cause.Practice ?? "?"}{(cause.Place is { } place ? $" at {place}" : "")}: {cause.Text}{(cause.Cell is { } cell ? $"   [{cell}]" : "")}");
        terminal.Line($"{cause.Count} messages stand still for it, of {cause.Seen} that did; first {CommandContext.Time(cause.FirstSeen)}, last {CommandContext.Time(cause.LastSeen)}");
        if (answer.Example is { } example)
        {
            terminal.Line($"For example {example.Id}, {example.Event} by {example.Source}, received {CommandContext.Time(example.ReceivedAt)}:");
            foreach (var line in MessageCommands.Detail(example.Detail))
            {
                terminal.Line($"  {line}");
            }
        }

        foreach (var message in answer.Messages)
        {
            terminal.Line($"message {message}");
        }

        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --after {next}");
        }
    }

    private static void RenderParked(Terminal terminal, ParkedAnswer answer)
    {
        var table = new TextTable("Practice", "Waits for", "Messages", "Since", "Days", "Oldest");
        foreach (var one in answer.References)
        {
            table.Add(one.Practice, one.Reference, $"{one.Count}", CommandContext.Time(one.Since), $"{one.Days}", one.Oldest);
        }

        terminal.Table(table);
    }
}
