using System.CommandLine;

namespace InterfaceEngine.Cli;

/// <summary><c>files import|runs</c>: files of rows.</summary>
internal static class FilesCommands
{
    public static void AddTo(Command root, CommandRunner run) =>
        root.Add(new Command("files", "Takes files of rows and looks after them.") { FilesImportCommand.Of(run), RunCommands.List("runs", run) });
}
