using System.CommandLine;
using InterfaceEngine.Control;

namespace InterfaceEngine.Cli;

/// <summary><c>documents save</c>: a person takes a binary out of the store; audited like every look.</summary>
internal static class DocumentCommands
{
    public static void AddTo(Command root, CommandRunner run)
    {
        root.Add(new Command("documents", "Gives out the binaries that records name.") { Save(run) });
    }

    private static Command Save(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The content's id as records show prints it, or the id of a document." };
        var file = new Argument<string>("FILE") { Description = "Where to write it. Nothing may be there yet." };
        var command = new Command("save", "Writes a document's binary content to a file that only you can read.") { id, file, CommonOptions.Practice, CommonOptions.Reason, CommonOptions.Json };
        command.SetAction(run(context => context.ShowAsync(
            new SaveDocumentRequest(context.Practice(), context.Value(id), context.FullPath(context.Value(file))) { Actor = context.Terminal.Actor, Reason = context.Reason },
            answer => context.Terminal.Line($"{answer.Size} bytes written to {answer.File}. It is a patient's: delete it when it is no longer needed."))));
        return command;
    }
}
