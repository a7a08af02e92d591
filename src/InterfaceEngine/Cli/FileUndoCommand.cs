using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>files undo</c>: takes back what a file has changed.</summary>
internal static class FileUndoCommand
{
    public static Command Make(CommandRunner run)
    {
        var id = new Argument<string>("RUN") { Description = "The run's id, as the lists show it." };
        var trial = new Option<bool>("--dry-run") { Description = "Change nothing, and say what would become of it." };
        var command = new Command("undo", "Takes back what a file has changed, where nothing newer wrote. Needs --reason.") { id, trial, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new UndoFileRequest(context.Value(id), context.Value(trial)) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer))));
        return command;
    }

    private static void Render(Terminal terminal, FileUndoneAnswer answer)
    {
        terminal.Line($"Run {answer.Run} of {answer.Source}{(answer.IsTrial ? ", if it were undone" : " is undone")}:");
        terminal.Line($"  {answer.Restored} records get back what they held ({answer.RestoredFields} values)");
        terminal.Line($"  {answer.Withdrawn} records that it had made are marked as withdrawn, until they are sent again");
        terminal.Line($"  {answer.LeftRecords} records keep something, because somebody has written it since");
        if (answer.Left.Count > 0)
        {
            var table = new TextTable("Type", "Record", "Stays");
            foreach (var left in answer.Left)
            {
                table.Add(left.Type, left.ExternalId, string.Join(", ", left.Fields));
            }

            terminal.Table(table);
        }
    }
}
