using System.CommandLine;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Canonical;
using InterfaceEngine.Core.Mapping.Files;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map export</c> and <c>map schema</c>: mapping files as JSON for other tools, or as CSV for spreadsheets.</summary>
internal static class MapExportCommand
{
    public static Command Make(CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "Mapping files, or folders of them. Default: all of the mapping folder.", Arity = ArgumentArity.ZeroOrMore };
        var isCsv = new Option<bool>("--csv") { Description = "As CSV for a spreadsheet, in which no code can turn into a date or a number." };
        var isJson = new Option<bool>("--json") { Description = "As JSON of the form that map schema prints, which map import turns back." };
        var folder = new Option<string?>("--out") { Description = "Write a file for each into this folder. Default: print.", HelpName = "FOLDER" };
        var command = new Command("export", "Writes mapping files as JSON or CSV.") { files, isJson, isCsv, folder };
        command.SetAction(run(context =>
        {
            if (context.IsJson == context.Value(isCsv))
            {
                throw new UsageException("Say --json or --csv.");
            }

            return Task.FromResult(Export(context, context.Value(files), context.Value(isCsv), context.Value(folder)));
        }));
        return command;
    }

    public static Command MakeSchema(CommandRunner run)
    {
        var command = new Command("schema", "Prints the JSON Schema of what map export --json writes and map import reads.");
        command.SetAction(run(context =>
        {
            context.Terminal.Out.WriteLine(MapJson.Text(MapSchema.Make()));
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    private static int Export(CommandContext context, string[] names, bool isCsv, string? folder)
    {
        // Tests are no tables; a test that is named is refused as such.
        var files = NamedMapFiles.Read(context, names).Where(file => names.Contains(file.Shown) || !file.Shown.EndsWith(".test.md", StringComparison.Ordinal)).ToList();
        if (files.Count == 0)
        {
            throw new UsageException("There is no mapping file to export.");
        }

        if (isCsv && folder is null && files.Count > 1)
        {
            throw new UsageException($"{files.Count} files can't be one CSV: say where to with --out.");
        }

        var vendors = MapJson.Vendors(context);
        var documents = files.ConvertAll(file => (Path: MapJson.PathInFolder(context, file), Document: Document(context, file, isCsv, vendors)));
        if (folder is not null)
        {
            foreach (var (path, document) in documents)
            {
                MapJson.WriteNew(context, folder, path[..^".md".Length] + (isCsv ? ".csv" : ".json"), document is string csv ? csv : MapJson.Text((JsonNode)document) + "\n", overwrites: true);
            }

            context.Terminal.Line($"{files.Count} files written to {folder}.");
        }
        else
        {
            context.Terminal.Out.Write(documents switch
            {
                [(_, string csv)] => csv,
                [(_, JsonNode one)] => MapJson.Text(one) + "\n",
                _ => MapJson.Text(new JsonArray([.. documents.Select(one => (JsonNode)one.Document)])) + "\n",
            });
        }

        return ExitCode.Done;
    }

    private static object Document(CommandContext context, NamedMapFile file, bool isCsv, IReadOnlyCollection<string> vendors)
    {
        var path = MapJson.PathInFolder(context, file);
        if (MapExport.TryRead(path, file.Text, vendors, out var problems) is not { } document)
        {
            throw new CommandFailedException(string.Join('\n', problems.Select(problem => problem.ToShortText(MapCommands.FolderText(context)))));
        }

        return isCsv ? SpreadsheetText.Write(MarkdownFile.Parse(path, file.Text)) : document;
    }
}
