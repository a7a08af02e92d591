using System.CommandLine;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map fmt</c>: lays out the tables of mapping files. With <c>--check</c> it only says which are not, and ends with 1.</summary>
internal static class MapFmtCommand
{
    public static Command Make(CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "Mapping files, or folders of them. Default: all of the mapping folder.", Arity = ArgumentArity.ZeroOrMore };
        var isCheck = new Option<bool>("--check") { Description = "Change nothing; end with 1 when a file is not laid out." };
        var command = new Command("fmt", "Lays out the tables: cells as wide as their header, no row after another.") { files, isCheck };
        command.SetAction(run(context => Task.FromResult(Format(context, context.Value(files), context.Value(isCheck)))));
        return command;
    }

    private static int Format(CommandContext context, string[] names, bool isCheck)
    {
        var files = NamedMapFiles.Read(context, names);
        var changed = 0;
        foreach (var file in files)
        {
            var text = TableFormatter.Format(file.Text);
            if (text == file.Text)
            {
                continue;
            }

            changed++;
            context.Terminal.Line(file.Shown);
            if (!isCheck)
            {
                Write(file, text);
            }
        }

        context.Terminal.Line($"{changed} of {files.Count} files {(isCheck ? "are not laid out" : "changed")}.");
        return isCheck && changed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Write(NamedMapFile file, string text)
    {
        try
        {
            file.Write(text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file.Shown} can't be written: {failure.Message}");
        }
    }
}
