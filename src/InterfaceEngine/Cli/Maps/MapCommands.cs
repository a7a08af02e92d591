using System.CommandLine;
using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Cli.Maps;

/// <summary><c>map …</c>: what analysts do with the mapping tables. Nothing is sent, and nothing stored but for which set is deployed.</summary>
internal static class MapCommands
{
    public static void AddTo(Command root, CommandRunner run) => root.Add(new Command("map", "Checks, shows, tests, tries and deploys the mapping tables.")
    {
        MapCheckCommand.Make(run), MapShowCommand.Make(run), MapDocCommand.Make(run), MapNewPracticeCommand.Make(run), MapCodesCommand.Make(run), MapFmtCommand.Make(run), MapExportCommand.Make(run), MapExportCommand.MakeSchema(run), MapImportCommand.Make(run), MapTestCommand.Make(run), MapRunCommand.Make(run), MapWriteCommand.Make(run), MapDiffCommand.Make(run),
        MapExplainCommand.Make(run), MapCoverageCommand.Make(run),
        MapDeployCommand.MakeDeploy(run), MapDeployCommand.MakeRollback(run), MapDeployCommand.MakeHistory(run),
    });

    /// <summary>The mapping folder of the settings, read and checked for all practices.</summary>
    public static MappingSet Load(CommandContext context)
    {
        try
        {
            return MappingFolder.Load(context.Settings.Mappings, context.Settings.Practices);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException(failure.Message);
        }
    }

    /// <summary>The folder as problems name it: as short as it can be from where the command was started.</summary>
    public static string FolderText(CommandContext context)
    {
        var relative = Path.GetRelativePath(context.Terminal.WorkingFolder, context.Settings.Mappings).Replace('\\', '/');
        return (relative.StartsWith("../", StringComparison.Ordinal) ? context.Settings.Mappings.Replace('\\', '/') : relative) + "/";
    }

    /// <summary>True for what a practice uses or could: everything but the folders of the others, and that tests of others are not run.</summary>
    public static bool Concerns(string? practice, MappingProblem problem) =>
        Concerns(practice, problem.File) && (practice is null || problem is not { Severity: MappingSeverity.Note, Code: MappingFileCodes.Test });

    private static bool Concerns(string? practice, string file) =>
        practice is null || !file.StartsWith("practices/", StringComparison.Ordinal)
        || file.StartsWith($"practices/{practice}/", StringComparison.Ordinal) || file == $"practices/{practice}";

    /// <summary>A set with errors shows and runs nothing, for half of it could be wrong.</summary>
    public static void Require(CommandContext context, MappingSet set, string? practice)
    {
        var errors = set.Problems.Where(problem => problem.Severity == MappingSeverity.Error && Concerns(practice, problem.File)).ToList();
        if (errors.Count > 0)
        {
            throw new MappingException(context.Settings.Mappings, errors);
        }
    }
}
