using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;

namespace InterfaceEngine.Cli.Maps;

/// <summary>
/// A mapping set as a command line names it: <c>working</c> for the folder of the settings, <c>deployed</c> (or <c>live</c>) for the one
/// in use, a folder, the hash or number of a set that was deployed, or a Git revision of the mapping folder.
/// </summary>
/// <param name="Name">As named.</param>
/// <param name="Place">Where it is.</param>
internal sealed record NamedMapSet(string Name, MappingPlace Place)
{
    private const int HashLettersMin = 4;

    /// <exception cref="UsageException">There is no such set, and no such revision.</exception>
    public static async Task<NamedMapSet> FindAsync(CommandContext context, string name, GitFolders git)
    {
        if (name is "working")
        {
            return new NamedMapSet(name, new MappingPlace(Path.GetFullPath(context.Settings.Mappings), null));
        }

        if (name is MappingPlace.InForce or "live")
        {
            return new NamedMapSet(name, new MappingPlace(null, MappingPlace.InForce));
        }

        if (Directory.Exists(context.FullPath(name)))
        {
            return new NamedMapSet(name, new MappingPlace(context.FullPath(name), null));
        }

        return IsSetName(name) && await IsDeployedAsync(context, name)
            ? new NamedMapSet(name, new MappingPlace(null, name))
            : new NamedMapSet(name, new MappingPlace(await git.TakeOutAsync(context, name), null));
    }

    /// <summary>The set itself, for a comparison that needs no store.</summary>
    /// <exception cref="CommandFailedException">It has errors, or can't be read.</exception>
    public async Task<MappingSet> LoadAsync(CommandContext context)
    {
        var set = Place.Set is { } stored
            ? MappingSet.LoadInUse((await context.AskAsync(new ShowMappingSetRequest(stored) { Actor = context.Terminal.Actor })).Files, context.Settings.Practices)
            : LoadFolder(context);
        return set.Problems.FirstOrDefault(problem => problem.Severity == MappingSeverity.Error) is { } error
            ? throw new CommandFailedException($"Mapping set {Name} has errors, so nothing is compared. The first: {error.ToShortText("")}")
            : set;
    }

    private MappingSet LoadFolder(CommandContext context)
    {
        try
        {
            return MappingFolder.Load(Place.Folder!, context.Settings.Practices);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailedException(failure.Message);
        }
    }

    private static bool IsSetName(string name) => name.All(char.IsAsciiDigit) || (name.Length >= HashLettersMin && name.All(char.IsAsciiHexDigitLower));

    /// <summary>Whether a store knows it; where there is no store, it is none of its sets.</summary>
    private static async Task<bool> IsDeployedAsync(CommandContext context, string name)
    {
        if (await OpenAsync(context) is not { } control)
        {
            return false;
        }

        await using (control)
        {
            return await control.AskAsync(new ShowMappingSetRequest(name) { Actor = context.Terminal.Actor }, context.CancellationToken) switch
            {
                FailureAnswer { Kind: FailureKind.NotFound } => false,
                FailureAnswer { Kind: FailureKind.Usage } failure => throw new UsageException(failure.Message),
                FailureAnswer failure => throw new CommandFailedException(failure.Message),
                _ => true,
            };
        }
    }

    private static async Task<IControl?> OpenAsync(CommandContext context)
    {
        try
        {
            return await context.ConnectAsync();
        }
        catch (CommandFailedException)
        {
            return null;
        }
    }
}
