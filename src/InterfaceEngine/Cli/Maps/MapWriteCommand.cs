using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// <c>map write TYPE ID --event E</c>: the message that would tell of a stored record. Nothing is sent; the look is audited. Ends
/// with 1 when it may not be sent.
/// </summary>
internal static class MapWriteCommand
{
    public static Command Make(CommandRunner run)
    {
        var type = new Argument<string>("TYPE") { Description = "The record type, e.g. appointment." };
        var id = new Argument<string>("ID") { Description = "The record's id, as people know it or ours." };
        var @event = new Option<string>("--event") { Description = "The event, e.g. SIU^S14.", HelpName = "E", Required = true };
        var destination = new Option<string?>("--destination") { Description = "Whose header it gets. Default: the practice's first destination.", HelpName = "D" };
        var command = new Command("write", "Shows the message that would tell of a stored record. Sends nothing.")
        {
            type, id, @event, destination, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json,
        };
        command.SetAction(run(async context =>
        {
            var isRefused = false;
            var code = await context.ShowAsync(
                new WriteMessageRequest(context.Practice(), context.Value(type), context.Value(id), context.Value(@event)!)
                {
                    Actor = context.Terminal.Actor,
                    Reason = context.Reason,
                    Destination = context.Value(destination),
                },
                answer => isRefused = Render(context.Terminal, answer));
            return isRefused ? ExitCode.Failed : code;
        }));
        return command;
    }

    private static bool Render(Terminal terminal, WrittenAnswer answer)
    {
        foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            terminal.Line(line);
        }

        foreach (var note in answer.Notes)
        {
            terminal.Problem(note);
        }

        return answer.IsRefused;
    }
}
