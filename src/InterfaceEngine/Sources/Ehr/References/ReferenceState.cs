using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using InterfaceEngine.Store;

namespace InterfaceEngine.Sources.Ehr.References;

/// <summary>What the last comparison of a vendor's lists with the practice's tables found. The names are those of providers and places.</summary>
internal sealed record ReferenceState
{
    /// <summary>More are counted and not kept.</summary>
    private const int DifferencesMax = 500;

    /// <summary>When it was made; null where none came to its end yet.</summary>
    public DateTimeOffset? At { get; init; }

    public int New { get; init; }

    public int Changed { get; init; }

    public int Gone { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<ReferenceDifference> Differences { get; init => field = value ?? []; } = [];

    /// <summary>Tells these differences from others, whether they are kept or not.</summary>
    public string? Mark { get; init; }

    /// <summary>The tables in the mapping folder that have all that is new, and wait to be deployed.</summary>
    public IReadOnlyList<string> Written { get; init => field = value ?? []; } = [];

    /// <summary>Why the last one that the clock began came to nothing; null when it did not. No patient data.</summary>
    public string? Fault { get; init; }

    public bool HasDifferences => New + Changed + Gone > 0;

    public static ReferenceState Of(DateTimeOffset at, IReadOnlyList<ReferenceDifference> differences)
    {
        int Count(string change) => differences.Count(one => one.Change == change);
        return new ReferenceState
        {
            At = at,
            New = Count("new"),
            Changed = Count("changed"),
            Gone = Count("gone"),
            Differences = [.. differences.Take(DifferencesMax)],
            Mark = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', differences.Select(one => one.ToString()).Order(StringComparer.Ordinal))))),
        };
    }
}

/// <summary>Keeps it: one document of a connection.</summary>
internal sealed class ReferenceStates(IConnectionStore store, string practice, string connection)
{
    private readonly ConnectionKey _key = new(practice, connection, "references", "last");

    /// <summary>Null when nothing was compared yet.</summary>
    public async Task<ReferenceState?> FindAsync(CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(_key, cancellationToken);
        return kept.Version == 0 ? null : JsonSerializer.Deserialize(kept.Content.Span, ReferenceJson.Default.ReferenceState);
    }

    /// <summary>Keeps it in place of what was: the last one is the true one.</summary>
    public async Task WriteAsync(ReferenceState state, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(state, ReferenceJson.Default.ReferenceState);
        while (!await store.WriteAsync([new ConnectionWrite(_key, (await store.FindAsync(_key, cancellationToken)).Version, content)], cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReferenceState))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
