using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>files export</c>: writes an export now, to its place or to a file of this machine.</summary>
internal static class ExportCommand
{
    public static Command Of(CommandRunner run)
    {
        var name = new Argument<string>("NAME") { Description = "An export of the settings." };
        var file = new Option<string?>("--out") { Description = "A file of this machine to write all of it to, in place of its own. Nothing may be there yet.", HelpName = "FILE" };
        var command = new Command("export", "Writes an export of appointments now, whatever its schedule says. Exit 1 when an appointment had to be left out.") { name, file, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new ExportRequest(context.Value(name), context.Value(file) is { } path ? context.FullPath(path) : null) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => Render(context.Terminal, answer),
            answer => answer.LeftOut == 0 ? ExitCode.Done : ExitCode.Failed)));
        return command;
    }

    private static void Render(Terminal terminal, ExportAnswer answer)
    {
        terminal.Line($"{answer.FileName} in {answer.Location}: {answer.Rows} appointments from {answer.From} to {answer.Until}{(answer.IsWhole ? "" : ", those that changed")}.");
        if (answer.LeftOut > 0)
        {
            terminal.Line($"{answer.LeftOut} could not be written so that they would be read as they are:");
            foreach (var reason in answer.Reasons)
            {
                terminal.Line($"  {reason}");
            }
        }
    }
}
