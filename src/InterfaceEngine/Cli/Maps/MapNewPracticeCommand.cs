using System.CommandLine;
using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map new-practice ID</c>: begins a practice's folder with files that say nothing yet. It never touches one that is there.</summary>
internal static class MapNewPracticeCommand
{
    public static Command Make(CommandRunner run)
    {
        var id = new Argument<string>("ID") { Description = "The practice's id, as the settings name it." };
        var vendor = new Option<string?>("--vendor") { Description = "The vendor pack. Default: that of the settings, else athenahealth.", HelpName = "VENDOR" };
        var command = new Command("new-practice", "Begins the folder of a practice's differences.") { id, vendor };
        command.SetAction(run(context => Task.FromResult(Begin(context, context.Value(id), context.Value(vendor)))));
        return command;
    }

    private static int Begin(CommandContext context, string id, string? vendor)
    {
        if (!SettingsReader.IsName(id))
        {
            throw new UsageException($"'{id}' can't be a practice's id, which has letters, digits, _ and - only.");
        }

        var practice = context.Settings.Practices.FirstOrDefault(known => known.Id == id);
        var pack = vendor ?? practice?.Vendor ?? "athenahealth";
        if (practice is not null && practice.Vendor != pack)
        {
            throw new UsageException($"The settings say that practice {id} is of {practice.Vendor}.");
        }

        var packs = MapJson.Vendors(context);
        if (!packs.Contains(pack))
        {
            throw new UsageException($"There is no vendor pack '{pack}': there are {string.Join(", ", packs.Order(StringComparer.Ordinal))}.{Spelling.DidYouMean(pack, packs)}");
        }

        if (Path.Exists(Path.Combine(context.Settings.Mappings, "practices", id)))
        {
            throw new CommandFailedException($"{MapCommands.FolderText(context)}practices/{id} is there already.");
        }

        foreach (var (path, text) in NewPractice.Files(id, pack))
        {
            MapJson.WriteNew(context, context.Settings.Mappings, path, text, overwrites: false);
            context.Terminal.Line(MapCommands.FolderText(context) + path);
        }

        context.Terminal.Line(practice is null
            ? $"Enter it in the settings, under Practices: \"{id}\": {{ \"Zone\": \"America/Chicago\", \"Profile\": \"athena\" }}. Until then its files are checked and not used."
            : $"It inherits all of {pack} and the profile {practice.Profile} until its files say otherwise.");
        return ExitCode.Done;
    }
}
