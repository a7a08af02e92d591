using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>review list|accept|dismiss</c>: what the engine could not decide by itself.</summary>
internal static class ReviewCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(new Command("review", "Unknown codes and providers, held records: what needs a person.") { List(run), Accept(run), Dismiss(run) });
    }

    private static Command List(CommandRunner run)
    {
        var state = new Option<string>("--state") { Description = "open, accepted or dismissed. Default: open.", HelpName = "STATE", DefaultValueFactory = _ => "open" };
        var limit = CommonOptions.Limit(100);
        var command = new Command("list", "Lists review items, newest first.") { state, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListReviewsRequest(context.PracticeOrAll(), context.Value(state)!, context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Accept(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The item's id, as the list shows it." };
        var command = new Command("accept", "Takes up again the messages concerned: a held one is applied as it is, an unknown code is read with the mappings as they are now.")
        {
            id, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(context => context.ShowAsync(
            new AcceptReviewRequest(context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderDecision(context.Terminal, answer))));
        return command;
    }

    private static Command Dismiss(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The item's id, as the list shows it." };
        var command = new Command("dismiss", "Closes an item; a message held for it is never applied. Needs --reason.") { id, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new DismissReviewRequest(context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderDecision(context.Terminal, answer))));
        return command;
    }

    private static void RenderList(Terminal terminal, ReviewsAnswer answer)
    {
        var table = new TextTable("Id", "Practice", "Kind", "Seen", "Last", "What");
        foreach (var review in answer.Reviews)
        {
            var what = string.Join("; ", MessageCommands.Detail(review.Detail));
            table.Add(review.Id, review.Practice, review.Kind, $"{review.Count}×", CommandContext.Time(review.LastSeen), what);
        }

        terminal.Table(table);
    }

    private static void RenderDecision(Terminal terminal, DecisionAnswer answer)
    {
        foreach (var message in answer.Messages)
        {
            terminal.Line($"message {message.Message}: {message.State}");
        }

        terminal.Line(answer.State == "open"
            ? $"Review item {answer.Review} stays open: its messages still show it. Add the missing row to the mappings, or dismiss the item."
            : $"Review item {answer.Review} is {answer.State}.");
    }
}
