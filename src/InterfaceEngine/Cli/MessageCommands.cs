using System.CommandLine;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;

namespace InterfaceEngine.Cli;

/// <summary><c>messages list|show</c>: what came in, and what became of it.</summary>
internal static class MessageCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(new Command("messages", "Shows received messages.") { List(run), Show(run), Correct(run) });
    }

    private static Command List(CommandRunner run)
    {
        var state = new Option<string?>("--state") { Description = "Only messages in this state, e.g. quarantined.", HelpName = "STATE" };
        var kind = new Option<string?>("--event") { Description = "Only this event, e.g. ADT^A04.", HelpName = "EVENT" };
        var before = new Option<string?>("--before") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(50);
        var command = new Command("list", "Lists messages, newest first.") { state, kind, before, limit, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListMessagesRequest(context.PracticeOrAll(), context.Value(state), context.Value(kind), context.Value(before), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderList(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The message's id, as the list shows it." };
        var command = new Command("show", "Shows a message, its reply and what it did.") { id, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ShowMessageRequest(context.Value(id)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => RenderOne(context.Terminal, answer))));
        return command;
    }

    private static Command Correct(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "A message that is refused, quarantined, held or parked." };
        var file = new Argument<string>("FILE") { Description = "The corrected copy." };
        var command = new Command("correct", "Applies a corrected copy in place of a message that stands still; the original stays as it came. Needs --reason.")
        {
            id, file, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(async context =>
        {
            var path = context.FullPath(context.Value(file));
            if (!File.Exists(path))
            {
                throw new UsageException($"{context.Value(file)}: there is no such file.");
            }

            var body = await File.ReadAllBytesAsync(path, context.CancellationToken);
            return await context.ShowAsync(
                new CorrectMessageRequest(context.Value(id), body) { Actor = context.Terminal.Actor, Reason = context.Reason },
                answer => context.Terminal.Line($"The copy is message {answer.Message}: {answer.State}. Its original {answer.Original} is dismissed and stays as it came."));
        }));
        return command;
    }

    private static void RenderList(Terminal terminal, MessagesAnswer answer)
    {
        var table = new TextTable("Id", "Received", "Practice", "Source", "Event", "Control id", "State", "Code", "Bytes");
        foreach (var message in answer.Messages)
        {
            table.Add(
                message.Id, CommandContext.Time(message.ReceivedAt), message.Practice ?? "?", message.Source, message.Event, message.ControlId,
                message.State, message.Code, $"{message.Size}");
        }

        terminal.Table(table);
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --before {next}");
        }
    }

    private static void RenderOne(Terminal terminal, MessageAnswer answer)
    {
        var message = answer.Message;
        terminal.Line($"{message.Event} {message.ControlId} of practice {message.Practice ?? "?"}, by {message.Source}, received {CommandContext.Time(message.ReceivedAt)}");
        terminal.Line($"{message.State}{(message.Code is { } code ? $" ({code})" : "")}, read with mapping set {message.MappingSet ?? "none"}");
        if (answer.Original is { } original)
        {
            terminal.Line($"a corrected copy of message {original}:");
            foreach (var difference in answer.Differences)
            {
                terminal.Line($"  {difference.Place}: {difference.Before ?? "(not there)"} -> {difference.After ?? "(not there)"}");
            }
        }

        foreach (var copy in answer.CorrectedBy)
        {
            terminal.Line($"corrected by message {copy}");
        }

        foreach (var line in Detail(message.Detail))
        {
            terminal.Line($"  {line}");
        }

        terminal.Line();
        Segments(terminal, answer.Body);
        terminal.Line();
        Segments(terminal, answer.Reply.Length == 0 ? "(no reply)" : answer.Reply);
        if (answer.ApplicationReply.Length > 0)
        {
            terminal.Line();
            Segments(terminal, answer.ApplicationReply);
        }
    }

    /// <summary>What it did and what was noticed, a line each.</summary>
    internal static IEnumerable<string> Detail(MessageDetail detail)
    {
        foreach (var record in detail.Records)
        {
            yield return $"{record.Type} {record.ExternalId} {record.Did}{(record.Fields.Count > 0 ? $": {string.Join(", ", record.Fields)}" : "")}";
        }

        foreach (var total in detail.Charges)
        {
            yield return total.ToString();
        }

        foreach (var note in detail.Notes)
        {
            yield return $"{note.Severity} {note.Code}{(note.Place is { } place ? $" {place}" : "")}: {note.Reason}{(note.Found is { } found ? $" Found: {found}" : "")}{(note.Cell is { } cell ? $"   [{cell}]" : "")}";
        }

        if (detail.Earlier is { } earlier)
        {
            yield return $"the same control id came before: message {earlier}";
        }
    }

    internal static void Segments(Terminal terminal, string body)
    {
        foreach (var segment in body.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            terminal.Line(segment);
        }
    }
}
