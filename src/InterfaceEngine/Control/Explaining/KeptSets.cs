using System.Text.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control.Explaining;

/// <summary>The mapping sets that were ever used, made ready to read one practice's messages again. For one question.</summary>
internal sealed class KeptSets(IStoreReader reader, Practice practice)
{
    private const int SetsMax = 10_000;

    private readonly Dictionary<string, PracticeReader?> _readers = new(StringComparer.Ordinal);
    private IReadOnlyList<DeployedSet>? _deployed;

    /// <summary>What a set makes of the practice's messages; null when the set is not kept, was altered, or this version can't load it.</summary>
    public PracticeReader? Find(string? hash)
    {
        if (hash is null)
        {
            return null;
        }

        if (!_readers.TryGetValue(hash, out var known))
        {
            _readers[hash] = known = Load(hash);
        }

        return known;
    }

    /// <summary>When the set was deployed that was in force at a time; its first deployment, where none is known from before.</summary>
    public DeployedSet? Deployed(string hash, long at)
    {
        var own = (_deployed ??= reader.DeployedSets(SetsMax)).Where(set => set.Hash == hash).ToList();
        return own.Find(set => set.DeployedAt <= at) ?? own.LastOrDefault();
    }

    private PracticeReader? Load(string hash)
    {
        try
        {
            var set = reader.MappingSet(hash) is { } content ? MappingFiles.OfKept(content, [practice]).Set : null;
            return set?.Hash == hash && set.For(practice.Id) is { } maps ? new PracticeReader(maps) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
