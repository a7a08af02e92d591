using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Core.Mapping.Canonical;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map import FILE…</c>: mapping files from the JSON that <c>map export</c> writes, or that another tool makes.</summary>
internal static class MapImportCommand
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    public static Command Make(CommandRunner run)
    {
        var files = new Argument<string[]>("FILE") { Description = "JSON files: one document, or a list of them.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string?>("--out") { Description = "Write them below this folder, e.g. the mapping folder. Default: print.", HelpName = "FOLDER" };
        var overwrites = new Option<bool>("--overwrite") { Description = "Replace files that are there." };
        var command = new Command("import", "Turns the JSON of mapping files back to Markdown.") { files, folder, overwrites };
        command.SetAction(run(context => Task.FromResult(Import(context, context.Value(files), context.Value(folder), context.Value(overwrites)))));
        return command;
    }

    private static int Import(CommandContext context, string[] names, string? folder, bool overwrites)
    {
        var vendors = MapJson.Vendors(context);
        var written = names.SelectMany(name => Documents(context, name).Select(one => Write(name, one.Pointer, one.Document, vendors))).ToList();
        if (folder is null)
        {
            if (written is not [var only])
            {
                throw new UsageException($"{written.Count} files can't be printed as one: say where to with --out.");
            }

            context.Terminal.Out.Write(only.Text);
            return ExitCode.Done;
        }

        if (written.GroupBy(one => one.Path).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new CommandFailedException($"{twice.Key} is there twice.");
        }

        // Nothing is written until it is known that everything can be.
        foreach (var one in written.Where(one => !overwrites && File.Exists(Path.Combine(context.FullPath(folder), one.Path))))
        {
            throw new CommandFailedException($"{Path.Combine(folder, one.Path)} is there already; --overwrite replaces it.");
        }

        foreach (var (path, text) in written)
        {
            MapJson.WriteNew(context, folder, path, text, overwrites);
            context.Terminal.Line(Path.Combine(folder, path));
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(string Pointer, JsonObject Document)> Documents(CommandContext context, string name)
    {
        var path = context.FullPath(name);
        if (!File.Exists(path))
        {
            throw new UsageException($"{name}: there is no such file.");
        }

        JsonNode? node;
        try
        {
            node = JsonNode.Parse(MappingFolder.ReadBytes(path), documentOptions: _strict);
        }
        catch (JsonException problem)
        {
            throw new CommandFailedException($"{name} is no JSON: {problem.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException(failure.Message);
        }

        return node switch
        {
            JsonObject one => [("", one)],
            JsonArray several => several.Select((one, at) => ($"/{at}", one as JsonObject ?? throw new CommandFailedException($"{name}: /{at} is no document of a mapping file."))),
            _ => throw new CommandFailedException($"{name} is no document of a mapping file, nor a list of them."),
        };
    }

    private static (string Path, string Text) Write(string name, string pointer, JsonObject document, IReadOnlyCollection<string> vendors)
    {
        try
        {
            return MapImport.Write(document, vendors);
        }
        catch (CanonicalException problem)
        {
            throw new CommandFailedException($"{name}: {pointer}{problem.Message}");
        }
    }
}
