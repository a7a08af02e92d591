using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Makes a mapping set the one of all nodes, and tells which was that when.</summary>
internal sealed class MappingOperations(EngineParts parts)
{
    private const int SetsMax = 10_000;

    /// <summary>The fewest characters by which a set is found that begins with them.</summary>
    private const int PrefixMin = 4;

    public async Task<DeployedMappingsAnswer> DeployAsync(DeployMappingsRequest request, CancellationToken cancellationToken)
    {
        var files = request.Again is { } again ? await FindAsync(again, cancellationToken) : ReadFolder(parts.MappingFolder);
        if (files.FirstError is { } error)
        {
            throw RequestException.Refused($"Mapping set {files.Set.Hash} has errors, so it was not deployed. The first: {error.ToShortText()}");
        }

        var hash = files.Set.Hash;
        if (request.Checked is { } known && known != hash)
        {
            throw RequestException.Refused($"The mapping folder was changed while set {known} was checked: it holds set {hash} now. Nothing was deployed: ask again.");
        }

        var inForce = await parts.Store.LookAsync(reader => reader.DeployedSets(1) is [var last] ? last : null, cancellationToken);
        await parts.Store.KeepMappingSetAsync(hash, files.Content, cancellationToken);
        var audit = new AuditEntry(request.Actor, request.Again is null ? "map deploy" : "map rollback", null, hash, request.Reason);
        var deployed = await parts.Store.DeployMappingSetAsync(new SetDeployment(hash) { Audit = audit, InPlaceOf = request.InPlaceOf }, cancellationToken);
        if (deployed.Hash != hash)
        {
            var compared = request.InPlaceOf == SetDeployment.NoSet ? "no set" : $"set {request.InPlaceOf}";
            throw RequestException.Refused($"{deployed.Actor} deployed set {deployed.Hash} meanwhile, and this one was compared with {compared}. Nothing was deployed: ask again.");
        }

        return new DeployedMappingsAnswer(View(deployed), IsNew: deployed.Number != inForce?.Number);
    }

    public async Task<MappingHistoryAnswer> ListAsync(MappingHistoryRequest request, CancellationToken cancellationToken)
    {
        var (sets, nodes) = await parts.Store.LookAsync(reader => (reader.DeployedSets(request.Limit), reader.Nodes()), cancellationToken);

        // A command is entered as a node while it runs, and takes over nothing.
        var engines = nodes.Where(node => node.IsLive && !node.IsCommand && (parts.StartedAt is not null || node.Owner != parts.Owner));
        return new MappingHistoryAnswer([.. sets.Select(View)], [.. engines.Select(node => new NodeMappingView(node.Name, node.MappingSet, node.Problem))]);
    }

    /// <summary>Reads stored messages by two sets and tells what would be different.</summary>
    public async Task<ComparedMappingsAnswer> CompareAsync(CompareMappingsRequest request, CancellationToken cancellationToken)
    {
        using var turn = parts.LongQuestions.Begin("map diff", request.Actor);
        var (before, after) = (await UsableAsync(request.Before, cancellationToken), await UsableAsync(request.After, cancellationToken));
        if (before.Hash == after.Hash)
        {
            return new ComparedMappingsAnswer(new DifferenceTally(showsValues: false).Report(before.Hash, after.Hash), IsLimited: false);
        }

        if (request.ShowsValues)
        {
            var audit = request.Audit("map diff", request.Practice, $"values of messages since {request.From:yyyy-MM-dd}, by sets {before.Hash} and {after.Hash}");
            await parts.Store.AskAsync(audit, _ => 0, cancellationToken);
        }

        return await new StoredComparison(parts.Store, parts.Practices, parts.Time).RunAsync(new SetComparison(before, after), request, cancellationToken);
    }

    /// <summary>Looks at stored messages for what the set in force leaves of them.</summary>
    public async Task<CoverageAnswer> CoverAsync(CoverageRequest request, CancellationToken cancellationToken)
    {
        using var turn = parts.LongQuestions.Begin("map coverage", request.Actor);
        var set = await UsableAsync(new MappingPlace(null, MappingPlace.InForce), cancellationToken);
        if (request.ShowsValues)
        {
            await parts.Store.AskAsync(request.Audit("map coverage", request.Practice, $"unknown codes of messages since {request.From:yyyy-MM-dd}, by set {set.Hash}"), _ => 0, cancellationToken);
        }

        return await new StoredCoverage(parts.Store, parts.Practices, parts.Time).RunAsync(set, request, cancellationToken);
    }

    /// <summary>Runs the laws of single messages on stored ones.</summary>
    public async Task<CheckedMessagesAnswer> CheckAsync(CheckMessagesRequest request, CancellationToken cancellationToken)
    {
        using var turn = parts.LongQuestions.Begin("map check", request.Actor);
        return await new StoredLaws(parts.Store, parts.Practices, parts.Time).RunAsync(await UsableAsync(request.Set, cancellationToken), request, cancellationToken);
    }

    /// <summary>The files of a set that was deployed.</summary>
    public async Task<MappingSetAnswer> ShowAsync(ShowMappingSetRequest request, CancellationToken cancellationToken)
    {
        var files = await FindAsync(request.Set, cancellationToken);
        return new MappingSetAnswer(files.Set.Hash, JsonSerializer.Deserialize<Dictionary<string, string>>(files.Content.Span)!);
    }

    /// <exception cref="RequestException">There is no such set, or it has errors.</exception>
    private async Task<MappingSet> UsableAsync(MappingPlace place, CancellationToken cancellationToken)
    {
        var files = place.Set is { } set ? await FindAsync(set, cancellationToken) : ReadFolder(place.Folder);
        return files.FirstError is { } error ? throw RequestException.Refused($"Mapping set {files.Set.Hash} has errors, so nothing is compared. The first: {error.ToShortText()}") : files.Set;
    }

    private MappingFiles ReadFolder(string? folder)
    {
        try
        {
            return folder is not null && parts.ReadMappings is { } read ? read(folder) : throw RequestException.Refused("This engine has no mapping folder.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw RequestException.Refused(failure.Message);
        }
    }

    /// <summary>A set that was deployed before, by its number, its hash or the beginning of that; or the one in force.</summary>
    private async Task<MappingFiles> FindAsync(string again, CancellationToken cancellationToken)
    {
        var isNumber = long.TryParse(again, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var isInForce = again == MappingPlace.InForce;
        var content = await parts.Store.LookAsync(reader => Find(reader.DeployedSets(isInForce ? 1 : SetsMax)) is { } found ? reader.MappingSet(found.Hash) : null, cancellationToken)
            ?? throw RequestException.NotFound(isInForce ? "No mapping set is deployed yet." : $"No mapping set {again} was deployed: map history lists those that were.");
        try
        {
            return MappingFiles.OfKept(content, parts.Practices);
        }
        catch (JsonException)
        {
            throw RequestException.Refused($"Mapping set {again} was altered in the store: it holds no files.");
        }

        DeployedSet? Find(IReadOnlyList<DeployedSet> sets) =>
            again == MappingPlace.InForce ? sets is [var inForce, ..] ? inForce : null
            : sets.FirstOrDefault(set => set.Hash == again || (isNumber && set.Number == number))
            ?? (again.Length >= PrefixMin ? sets.Where(set => set.Hash.StartsWith(again, StringComparison.Ordinal)).DistinctBy(set => set.Hash).ToList() switch
            {
                [var only] => only,
                [] => null,
                var several => throw RequestException.Usage($"{again} begins the names of {several.Count} mapping sets: {string.Join(", ", several.Select(set => set.Hash))}."),
            } : null);
    }

    private static DeployedSetView View(DeployedSet set) => new(set.Number, set.Hash, Views.Time(set.DeployedAt), set.Actor, set.Node);
}
