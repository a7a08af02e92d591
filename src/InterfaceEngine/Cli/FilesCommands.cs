using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>files</c>: the folders where files are dropped, what a person decides about a file, and files that are brought by hand.</summary>
internal static class FilesCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("files", "Takes files of rows, and looks after the folders where they are dropped.")
        {
            Poll(run),
            Status(run),
            Held(run),
            Decide(run, "release", "Lets a file be read that is held because it is much smaller than usual."),
            Decide(run, "discard", "Says that a held file is never to be read."),
            Decide(run, "again", "Lets the same content be read once more."),
            FilesImportCommand.Of(run),
            ExportCommand.Of(run),
            RunCommands.List("runs", run),
            FileUndoCommand.Make(run),
        });

    private static Command Poll(CommandRunner run)
    {
        var source = new Argument<string>("SOURCE") { Description = "A source of files of the settings." };
        var once = new Option<bool>("--once") { Description = "Look once and end: the running engine does it, or this command itself. Needed: only an engine looks by its schedule.", Required = true };
        var command = new Command("poll", "Looks at a source's folder now.") { source, once, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new PollFilesRequest(context.Value(source)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer),
            answer => answer.Fault is null && answer.Refused == 0 && answer.Held == 0 ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    private static Command Status(CommandRunner run)
    {
        var command = new Command("status", "Shows how each source of files does. Ends with 1 when a file is overdue or a place fails.") { CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new FilesStatusRequest { Actor = context.Terminal.Actor },
            answer => Render(context.Terminal, answer),
            answer => answer.Sources.All(source => source.OverdueSince is null && source.Fault is null) ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    private static Command Held(CommandRunner run)
    {
        var limit = CommonOptions.Limit(100);
        var command = new Command("held", "Lists files that wait for a person, newest first.") { CommonOptions.Practice, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new HeldFilesRequest(context.PracticeOrAll(), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static Command Decide(CommandRunner run, string decision, string description)
    {
        var id = new Argument<string>("RUN") { Description = "The run's id, as the lists show it." };
        var command = new Command(decision, description) { id, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new DecideFileRequest(context.Value(id), decision) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"Run {answer.Run} of {answer.Source}: {answer.What}."))));
        return command;
    }

    private static void Render(Terminal terminal, PolledFilesAnswer answer)
    {
        var counts = new[]
        {
            (answer.Done, "read to their end"), (answer.Known, "known: their content came before"), (answer.Held, "held for a person: see files held"), (answer.Refused, "not taken: the reason lies beside them"),
            (answer.Changed, "replaced or taken away meanwhile"), (answer.Growing, "still being written"),
        }.Where(count => count.Item1 > 0).Select(count => $"{count.Item1} {count.Item2}").ToList();
        terminal.Line($"{answer.Source}: {(counts.Count == 0 ? "no new file" : string.Join(", ", counts))}");
        if (answer.Fault is { } fault)
        {
            terminal.Problem($"{answer.Source}: {fault}");
        }
    }

    private static void Render(Terminal terminal, FilesStatusAnswer answer)
    {
        var table = new TextTable("Source", "Practice", "State", "Last look", "Last file", "Run", "Became", "Rows", "Not taken", "Held", "Overdue since", "Next look");
        foreach (var source in answer.Sources)
        {
            table.Add(
                source.Name, source.Practice, source.State, Time(source.PolledAt), Time(source.FileAt), source.Run ?? "", source.RunState ?? "", $"{source.Rows}", $"{source.NotTaken}",
                source.Held == 0 ? "" : $"{source.Held}", Time(source.OverdueSince), Time(source.NextAt));
        }

        terminal.Table(table);
        foreach (var source in answer.Sources.Where(source => source.Fault is not null))
        {
            terminal.Line($"{source.Name} at {source.Place}: {source.Fault}");
        }

        foreach (var source in answer.Sources.Where(source => source.OverdueSince is not null))
        {
            terminal.Line($"{source.Name}: a file was expected by {Time(source.OverdueSince)} and has not come");
        }
    }

    private static void Render(Terminal terminal, HeldFilesAnswer answer)
    {
        var table = new TextTable("Run", "Practice", "Source", "Kind", "Received", "Rows", "File", "Why");
        foreach (var file in answer.Files)
        {
            table.Add(file.Run, file.Practice, file.Source, file.Kind, CommandContext.Time(file.ReceivedAt), $"{file.Rows}", file.Name, file.Reason);
        }

        terminal.Table(table);
    }

    private static string Time(DateTimeOffset? time) => time is { } at ? CommandContext.Time(at) : "";
}
