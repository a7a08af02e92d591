using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Ehr;

/// <summary><c>ehr bulk</c>: exports of everything a vendor has, file by file.</summary>
internal static class EhrBulkCommands
{
    /// <summary>How often somebody who waits looks how far it is.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    public static Command Of(CommandRunner run) => new("bulk", "Begins, shows and gives up bulk exports. They go on by themselves in a running engine.") { Start(run), Show(run), List(run), Cancel(run) };

    private static Command Start(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var level = new Option<string?>("--export") { Description = "Patient, Group or System. Default: what the profile says.", HelpName = "LEVEL" };
        var types = EhrCommands.Types("Types of resources. Default: all that a table reads.");
        var since = EhrCommands.Since("What changed since then. Default: since the last complete export of the same types, by the server's clock.");
        var full = new Option<bool>("--full") { Description = "Everything, whatever was exported before." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is loaded; ends with 1 when it fails, or a row was refused." };
        var command = new Command("start", "Begins a bulk export.") { connection, level, types, since, full, wait, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(async context =>
        {
            var request = new StartEhrBulkRequest(context.Value(connection))
            {
                Actor = context.Terminal.Actor,
                Reason = context.Reason,
                ExportType = context.Value(level),
                ResourceTypes = EhrCommands.List(context.Value(types)),
                Since = context.Value(since),
                IsFull = context.Value(full),
            };
            if (!context.Value(wait))
            {
                return await context.ShowAsync(request, answer => Render(context.Terminal, answer));
            }

            var begun = await context.AskAsync(request);
            return await WaitAsync(context, begun.Connection, begun.Id);
        }));
        return command;
    }

    private static Command Show(CommandRunner run)
    {
        var job = Job();
        var wait = new Option<bool>("--wait") { Description = "Wait until it is loaded; ends with 1 when it fails, or a row was refused." };
        var command = new Command("show", "Shows how far a bulk export is, and its files.") { job, wait, CommonOptions.Json };
        command.SetAction(run(context => context.Value(wait)
            ? WaitAsync(context, "", context.Value(job))
            : context.ShowAsync(new EhrBulkRequest("", context.Value(job)) { Actor = context.Terminal.Actor }, answer => Render(context.Terminal, answer), Code)));
        return command;
    }

    private static Command List(CommandRunner run)
    {
        var connection = EhrCommands.Connection();
        var command = new Command("list", "Lists the bulk exports of a connection, the newest first.") { connection, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ListEhrBulkRequest(context.Value(connection)) { Actor = context.Terminal.Actor },
            answer =>
            {
                var table = new TextTable("Job", "Status", "Step", "Begun", "Complete", "Since", "Types", "Why");
                foreach (var one in answer.Jobs)
                {
                    table.Add(
                        one.Id, one.Status, one.Step, CommandContext.Time(one.StartedAt), one.CompletedAt is { } at ? CommandContext.Time(at) : "", one.Since is { } since ? CommandContext.Time(since) : "",
                        string.Join(", ", one.ResourceTypes), one.ErrorMessage ?? "");
                }

                context.Terminal.Table(table);
            })));
        return command;
    }

    private static Command Cancel(CommandRunner run)
    {
        var job = Job();
        var command = new Command("cancel", "Gives a bulk export up, here and at the vendor. What was taken stays.") { job, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new CancelEhrBulkRequest("", context.Value(job)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static Argument<string> Job() => new("JOB") { Description = "The export's id, as start and list show it." };

    private static async Task<int> WaitAsync(CommandContext context, string connection, string job)
    {
        while (true)
        {
            var answer = await context.AskAsync(new EhrBulkRequest(connection, job) { Actor = context.Terminal.Actor });
            if (answer.Step is "loaded" or "failed" or "cancelled")
            {
                return await context.ShowAsync(new EhrBulkRequest(connection, job) { Actor = context.Terminal.Actor }, shown => Render(context.Terminal, shown), Code);
            }

            await Task.Delay(_look, context.Terminal.Time, context.CancellationToken);
        }
    }

    private static int Code(EhrBulkAnswer answer) => answer.Step is "failed" or "cancelled" || answer.Files.Any(file => file.Refused > 0) ? ExitCode.Failed : ExitCode.Done;

    private static void Render(Terminal terminal, EhrBulkAnswer answer)
    {
        terminal.Line($"export {answer.Id} of {answer.Connection}: {answer.Status}, {answer.Step}{(answer.Progress is { } progress ? $" ({progress})" : "")}");
        if (answer.ErrorMessage is { } error)
        {
            terminal.Problem(error);
        }

        foreach (var note in answer.Notes)
        {
            terminal.Line(note);
        }

        if (answer.Files.Count == 0)
        {
            return;
        }

        var table = new TextTable("Type", "State", "Rows", "Refused", "Stated", "Run", "Problem");
        foreach (var file in answer.Files)
        {
            table.Add(file.Type, file.State, $"{file.Rows}", $"{file.Refused}", $"{file.Stated}", file.Run ?? "", file.Problem ?? "");
        }

        terminal.Table(table);
    }
}
