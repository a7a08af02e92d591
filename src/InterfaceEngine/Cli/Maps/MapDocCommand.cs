using System.CommandLine;
using InterfaceEngine.Core.Mapping.Reports;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map doc</c>: the specification of a practice's interface, made of the tables that run.</summary>
internal static class MapDocCommand
{
    public static Command Make(CommandRunner run)
    {
        var folder = new Option<string?>("--out") { Description = "Write a page for each practice into this folder. Default: print one practice's.", HelpName = "FOLDER" };
        var isHtml = new Option<bool>("--html") { Description = "As HTML instead of Markdown." };
        var command = new Command("doc", "Writes the specification of a practice's interface.") { folder, isHtml, CommonOptions.Practice };
        command.SetAction(run(context => Task.FromResult(Write(context, context.Value(folder), context.Value(isHtml)))));
        return command;
    }

    private static int Write(CommandContext context, string? folder, bool isHtml)
    {
        var set = MapCommands.Load(context);
        var practice = folder is null ? context.Practice() : context.PracticeOrAll();
        MapCommands.Require(context, set, practice);
        foreach (var maps in set.Practices.Where(maps => practice is null || maps.Practice.Id == practice).OrderBy(maps => maps.Practice.Id, StringComparer.Ordinal))
        {
            var report = PracticeReport.Of(maps);
            var text = isHtml ? report.ToHtml() : report.ToMarkdown();
            if (folder is null)
            {
                context.Terminal.Out.Write(text);
            }
            else
            {
                var file = $"practice-{maps.Practice.Id}.{(isHtml ? "html" : "md")}";
                MapJson.WriteNew(context, folder, file, text, overwrites: true);
                context.Terminal.Line(Path.Combine(folder, file));
            }
        }

        return ExitCode.Done;
    }
}
