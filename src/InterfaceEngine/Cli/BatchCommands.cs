using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>batches list|show</c>: what came as a batch or a file, and what became of its messages.</summary>
internal static class BatchCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("batches", "Shows batches and files of messages.") { List(run), Show(run) });

    private static Command List(CommandRunner run)
    {
        var before = new Option<string?>("--before") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(50);
        var command = new Command("list", "Lists batches and files, newest first.") { before, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListBatchesRequest(context.Value(before), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The batch's id, as the list shows it." };
        var after = new Option<string?>("--after") { Description = "The message's id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(100);
        var command = new Command("show", "Shows a batch and what its messages are now.") { id, after, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ShowBatchRequest(context.Value(id), context.Value(after), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderOne(context.Terminal, answer))));
        return command;
    }

    /// <summary>What a batch held, in lines: verdict and counts, problems of the envelope, charges.</summary>
    public static void Describe(Terminal terminal, BatchView batch)
    {
        var stated = batch.Stated is { } number ? $"{number} stated, " : "";
        terminal.Line($"  {batch.Verdict}: {stated}{batch.Found ?? batch.Stored ?? 0} found; {string.Join(", ", batch.States.Select(state => $"{state.Value} {state.Key}"))}".TrimEnd(';', ' '));
        foreach (var problem in batch.Problems)
        {
            terminal.Line($"  {problem}");
        }

        foreach (var charges in batch.Charges)
        {
            terminal.Line($"  charges: {charges}");
        }
    }

    private static void RenderList(Terminal terminal, BatchesAnswer answer)
    {
        var table = new TextTable("Id", "Received", "Source", "Control id", "File", "Verdict", "Stated", "Found", "Not taken");
        foreach (var batch in answer.Batches)
        {
            table.Add(
                batch.Id, CommandContext.Time(batch.ReceivedAt), batch.Source, batch.ControlId, batch.File, batch.Verdict, $"{batch.Stated}", $"{batch.Found}",
                $"{batch.States.GetValueOrDefault("refused") + batch.States.GetValueOrDefault("quarantined")}");
        }

        terminal.Table(table);
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --before {next}");
        }
    }

    private static void RenderOne(Terminal terminal, BatchAnswer answer)
    {
        var batch = answer.Batch;
        var name = string.Join(' ', new[] { batch.IsFile ? "file" : "batch", batch.File, batch.ControlId }.Where(part => part.Length > 0));
        terminal.Line($"{name} by {batch.Source}, received {CommandContext.Time(batch.ReceivedAt)}");
        Describe(terminal, batch);
        terminal.Line();
        var table = new TextTable("Message", "Practice", "Event", "Control id", "State now", "Code", "Bytes");
        foreach (var message in answer.Messages)
        {
            table.Add(message.Id, message.Practice ?? "?", message.Event, message.ControlId, message.State, message.Code, $"{message.Size}");
        }

        terminal.Table(table);
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --after {next}");
        }
    }
}
