using System.Globalization;
using System.Text.Json;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>Makes a mapping set the one of all nodes, and tells which was that when.</summary>
internal sealed class MappingOperations(EngineParts parts)
{
    private const int SetsMax = 10_000;

    public async Task<DeployedMappingsAnswer> DeployAsync(DeployMappingsRequest request, CancellationToken cancellationToken)
    {
        var files = request.Again is { } again ? await FindAsync(again, cancellationToken) : ReadFolder();
        if (files.FirstError is { } error)
        {
            throw RequestException.Refused($"Mapping set {files.Set.Hash} has errors, so it was not deployed. The first: {error.ToShortText()}");
        }

        var hash = files.Set.Hash;
        var before = await parts.Store.LookAsync(reader => reader.DeployedSets(1) is [var last] ? last.Number : 0, cancellationToken);
        await parts.Store.KeepMappingSetAsync(hash, files.Content, cancellationToken);
        var audit = new AuditEntry(request.Actor, request.Again is null ? "map deploy" : "map rollback", null, hash, request.Reason);
        var deployed = await parts.Store.DeployMappingSetAsync(new SetDeployment(hash) { Audit = audit }, cancellationToken);
        return new DeployedMappingsAnswer(View(deployed), IsNew: deployed.Number != before);
    }

    public async Task<MappingHistoryAnswer> ListAsync(MappingHistoryRequest request, CancellationToken cancellationToken)
    {
        var (sets, nodes) = await parts.Store.LookAsync(reader => (reader.DeployedSets(request.Limit), reader.Nodes()), cancellationToken);

        // A command is entered as a node while it runs, and takes over nothing.
        return new MappingHistoryAnswer(
            [.. sets.Select(View)],
            [.. nodes.Where(node => node.IsLive && !node.IsCommand && (parts.StartedAt is not null || node.Owner != parts.Owner)).Select(node => new NodeMappingView(node.Name, node.MappingSet, node.Problem))]);
    }

    private MappingFiles ReadFolder()
    {
        try
        {
            return parts.ReadMappings?.Invoke() ?? throw RequestException.Refused("This engine has no mapping folder.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw RequestException.Refused(failure.Message);
        }
    }

    /// <summary>A set that was deployed before, by its number or its hash.</summary>
    private async Task<MappingFiles> FindAsync(string again, CancellationToken cancellationToken)
    {
        var isNumber = long.TryParse(again, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var content = await parts.Store.LookAsync(
            reader => reader.DeployedSets(SetsMax).FirstOrDefault(set => set.Hash == again || (isNumber && set.Number == number)) is { } found ? reader.MappingSet(found.Hash) : null,
            cancellationToken);
        try
        {
            return MappingFiles.OfKept(content ?? throw RequestException.NotFound($"No mapping set {again} was deployed: map history lists those that were."), parts.Practices);
        }
        catch (JsonException)
        {
            throw RequestException.Refused($"Mapping set {again} was altered in the store: it holds no files.");
        }
    }

    private static DeployedSetView View(DeployedSet set) => new(set.Number, set.Hash, Views.Time(set.DeployedAt), set.Actor, set.Node);
}
