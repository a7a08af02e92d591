using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Ehr;

/// <summary><c>ehr subscriptions</c>: what vendors tell of as it happens.</summary>
internal static class EhrEventCommands
{
    public static Command Of(CommandRunner run) => new("subscriptions", "Shows what a vendor tells of as it happens, and decides about events that could not be worked off.") { List(run), Retry(run), Dismiss(run) };

    private static Command List(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var command = new Command("list", "Lists the subscriptions of a connection, the events that wait and those that were given up. Ends with 1 when something is to be looked at.") { connection, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new EhrSubscriptionsRequest(context.Value(connection)) { Actor = context.Terminal.Actor },
            answer => Render(context.Terminal, answer),
            answer => answer.HasProblem ? ExitCode.Failed : ExitCode.Done)));
        return command;
    }

    private static Command Retry(CommandRunner run) => Decide(run, "retry", "Tries events that were given up anew.", isDismissal: false);

    private static Command Dismiss(CommandRunner run) => Decide(run, "dismiss", "Forgets events that were given up: nobody needs them any more.", isDismissal: true);

    private static Command Decide(CommandRunner run, string name, string description, bool isDismissal)
    {
        var connection = EhrCommands.Connection();
        var one = new Option<string?>("--event") { Description = "One event alone, as list names it. Default: all of the connection.", HelpName = "EVENT" };
        var command = new Command(name, description) { connection, one, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new DecideEhrEventsRequest(context.Value(connection)) { Actor = context.Terminal.Actor, Reason = context.Reason, IsDismissal = isDismissal, Event = context.Value(one) },
            answer => context.Terminal.Line($"{answer.Connection}: {answer.Count} event{(answer.Count == 1 ? " is" : "s are")} {(isDismissal ? "forgotten" : "tried anew")}"))));
        return command;
    }

    private static void Render(Terminal terminal, EhrSubscriptionsAnswer answer)
    {
        if (answer.Subscriptions.Count == 0)
        {
            terminal.Line($"{answer.Connection} is subscribed to nothing (Events:Topics in the settings).");
        }
        else
        {
            var table = new TextTable("Topic", "Status", "Ends", "Number", "Missing", "Told last", "Heard of last", "Why");
            foreach (var one in answer.Subscriptions)
            {
                table.Add(
                    one.Topic, one.Status, Time(one.Ends, ""), one.LastNumber?.ToString(CultureInfo.InvariantCulture) ?? "", $"{one.Missing}", Time(one.ToldAt, "never"), Time(one.SeenAt, "never"), one.Problem ?? "");
            }

            terminal.Table(table);
        }

        terminal.Line($"{answer.Waiting} events wait{(answer.WaitingSince is { } since ? $", the oldest since {CommandContext.Time(since)}" : "")}; {answer.GivenUp} were given up.");
        terminal.Line($"What events may have left out was asked for: {Time(answer.PolledAt, "not yet")}{(answer.PollFault is { } fault ? $", and failed: {fault}" : "")}");
        if (answer.Events.Count > 0)
        {
            var table = new TextTable("Event", "Topic", "Told", "Attempts", "Why");
            foreach (var one in answer.Events)
            {
                table.Add(one.Event, one.Topic, CommandContext.Time(one.ToldAt), $"{one.Attempts}", one.Problem);
            }

            terminal.Table(table);
        }
    }

    private static string Time(DateTimeOffset? time, string otherwise) => time is { } at ? CommandContext.Time(at) : otherwise;
}
