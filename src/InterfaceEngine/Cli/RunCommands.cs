using System.CommandLine;
using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Intake.Files;

namespace InterfaceEngine.Cli;

/// <summary><c>runs list|show</c>: files of rows that were read, what became of their rows, and what goes back to whoever sent them.</summary>
internal static class RunCommands
{
    /// <summary>How many lines of changes a person is shown.</summary>
    private const int LinesMax = 200;

    public static void AddTo(Command root, CommandRunner run) => root.Add(new Command("runs", "Shows files of rows and what became of them.") { List("list", run), Show(run) });

    /// <summary>The same list under another name: <c>files runs</c>.</summary>
    public static Command List(string name, CommandRunner run)
    {
        var source = new Option<string?>("--source") { Description = "Only this source's.", HelpName = "NAME" };
        var state = new Option<string?>("--state") { Description = "Only those that are running, done, held, released, refused, discarded, known or undone.", HelpName = "STATE" };
        var before = new Option<string?>("--before") { Description = "The id with which the page before ended.", HelpName = "ID" };
        var limit = CommonOptions.Limit(50);
        var command = new Command(name, "Lists files of rows that came, newest first.") { CommonOptions.Practice, source, state, before, limit, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListRunsRequest(context.PracticeOrAll(), context.Value(source), context.Value(state), context.Value(before), context.Value(limit)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var id = new Argument<string>("RUN") { Description = "The run's id, as the list shows it." };
        var rejects = new Option<string?>("--rejects") { Description = "Write the rows that were refused or are held there, ready to be corrected and dropped again. Nothing may be there yet.", HelpName = "FILE" };
        var report = new Option<string?>("--report") { Description = "Write there, field by field, what the file changed and what was kept: CSV for a spreadsheet. Nothing may be there yet.", HelpName = "FILE" };
        var changes = new Option<bool>("--changes") { Description = "Show the same on screen." };
        var command = new Command("show", "Shows a file of rows and what became of it.") { id, rejects, report, changes, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => ShowAsync(context, context.Value(id), context.Value(rejects), context.Value(report), context.Value(changes))));
        return command;
    }

    /// <summary>What became of rows, in words: what there was none of is left out.</summary>
    public static string InWords(RunCounts counts)
    {
        (long Count, string What)[] all =
        [
            (counts.Created, "created"), (counts.Updated, "updated"), (counts.Unchanged, "unchanged"), (counts.Refused, "refused"),
            (counts.Held, "held for a person"), (counts.Parked, "waiting for their patient"), (counts.Duplicate, "twice in the file"),
        ];
        var said = all.Where(one => one.Count > 0).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count:N0} {one.What}")).ToList();
        return said.Count == 0 ? "no row" : string.Join(", ", said);
    }

    private static async Task<int> ShowAsync(CommandContext context, string id, string? rejects, string? report, bool showsChanges)
    {
        await using var control = await context.ConnectAsync();
        if (rejects is not null)
        {
            await WriteAsync(context, control, id, "rejects", rejects);
        }

        if (report is not null)
        {
            await WriteAsync(context, control, id, "report", report);
        }

        var answer = await context.AskAsync(control, new ShowRunRequest(id, showsChanges) { Actor = context.Terminal.Actor, Reason = context.Reason });
        var lines = new List<FieldLine>(answer.Lines);
        for (var next = answer.Next; next is not null && lines.Count < LinesMax;)
        {
            var page = await context.AskAsync(control, new ShowRunRequest(id, showsChanges, next) { Actor = context.Terminal.Actor, Reason = context.Reason });
            lines.AddRange(page.Lines);
            next = page.Next;
        }

        answer = answer with { Lines = [.. lines.Take(LinesMax)] };
        if (context.IsJson)
        {
            context.Terminal.Json(answer);
        }
        else
        {
            Render(context.Terminal, answer, showsChanges, lines.Count > LinesMax || answer.Next is not null && lines.Count >= LinesMax);
        }

        return ExitCode.Done;
    }

    private static async Task WriteAsync(CommandContext context, IControl control, string id, string what, string name)
    {
        var part = await context.AskAsync(control, new RunReportRequest(id, what) { Actor = context.Terminal.Actor, Reason = context.Reason });
        var lines = part.Lines;
        try
        {
            await using var file = new FileStream(context.FullPath(name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await file.WriteAsync(part.Text, context.CancellationToken);
            while (part.Next is { } next)
            {
                part = await context.AskAsync(control, new RunReportRequest(id, what, next) { Actor = context.Terminal.Actor, Reason = context.Reason });
                lines += part.Lines;
                await file.WriteAsync(part.Text, context.CancellationToken);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--{what} {name}: {failure.Message}");
        }

        if (!context.IsJson)
        {
            context.Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {lines:N0} {(what == "rejects" ? "rows" : "lines")}"));
        }
    }

    private static void Render(Terminal terminal, RunsAnswer answer)
    {
        var table = new TextTable("Run", "Received", "Practice", "Source", "Kind", "State", "Rows", "Created", "Updated", "Unchanged", "Refused", "Held", "Waiting", "Twice", "File");
        foreach (var run in answer.Runs)
        {
            table.Add(
                run.Id, CommandContext.Time(run.ReceivedAt), run.Practice, run.Source, run.Kind, run.State, $"{run.Rows}", $"{run.Counts.Created}", $"{run.Counts.Updated}", $"{run.Counts.Unchanged}",
                $"{run.Counts.Refused}", $"{run.Counts.Held}", $"{run.Counts.Parked}", $"{run.Counts.Duplicate}", run.File);
        }

        terminal.Table(table);
        if (answer.Next is { } next)
        {
            terminal.Line($"go on with --before {next}");
        }
    }

    private static void Render(Terminal terminal, RunAnswer answer, bool showsChanges, bool isCut)
    {
        var run = answer.Run;
        terminal.Line($"{run.Kind} {run.File} of {run.Source}, practice {run.Practice}");
        terminal.Line($"  {run.State}: made {CommandContext.Time(run.EventAt)}, received {CommandContext.Time(run.ReceivedAt)}{(run.EndedAt is { } ended ? $", ended {CommandContext.Time(ended)}" : $", at row {run.Position} of {run.Rows}")}");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {run.Rows:N0} rows: {InWords(run.Counts)}"));
        foreach (var note in run.Notes.Concat(run.Reason is null ? [] : [run.Reason]))
        {
            terminal.Line($"  {note}");
        }

        if (!showsChanges)
        {
            return;
        }

        terminal.Line();
        var table = new TextTable("Row", "Record", "Id", "Field", "Ours", "Theirs", "Result", "Why", "Last written by", "At");
        foreach (var line in answer.Lines)
        {
            table.Add([.. line.Cells().SkipLast(1)]);
        }

        terminal.Table(table);
        if (isCut)
        {
            terminal.Line($"and more: engine runs show {run.Id} --report FILE");
        }
    }
}
