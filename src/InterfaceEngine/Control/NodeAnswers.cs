using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Control;

/// <summary>The processes that share the store, who does what only one may do, and how far things are behind. Nothing of a patient.</summary>
internal sealed record NodesStatus
{
    /// <summary>Whether other processes can use the store at all.</summary>
    public required bool IsShared { get; init; }

    /// <summary>By name; dead ones stay until their number is needed.</summary>
    public required IReadOnlyList<NodeView> Nodes { get; init; }

    /// <summary>Those that somebody has.</summary>
    public required IReadOnlyList<LeaseView> Leases { get; init; }

    /// <summary>When the oldest message was received that could be taken up again and was not yet; null when there is none.</summary>
    public required DateTimeOffset? OldestReady { get; init; }

    public static NodesStatus Read(IStoreReader reader, bool isShared)
    {
        var nodes = reader.Nodes();
        var names = nodes.ToDictionary(node => node.Owner, node => node.Name, StringComparer.Ordinal);
        return new NodesStatus
        {
            IsShared = isShared,
            Nodes = [.. nodes.Select(Of)],
            Leases =
            [
                .. reader.Leases().Where(lease => lease.EndsIn > TimeSpan.Zero)
                    .Select(lease => new LeaseView(lease.Name, names.GetValueOrDefault(lease.Owner, lease.Owner), lease.Number, Seconds(lease.EndsIn))),
            ],
            OldestReady = reader.MessagesIn(MessageState.Ready, 1) is [var oldest] ? IdSource.TimeOf(oldest) : null,
        };
    }

    private static NodeView Of(StoredNode node) => new(
        node.Name,
        node.Number,
        node.Version,
        node.IsLive,
        DateTimeOffset.FromUnixTimeMilliseconds(node.StartedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(node.SeenAt),
        Seconds(node.Silence),
        node.MappingSet,
        node.Problem);

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 1);
}

/// <param name="Number">Stands in the ids that it gives.</param>
/// <param name="Version">The program's.</param>
/// <param name="IsLive">It was heard of within its life, and has not ended.</param>
/// <param name="StartedAt">By the store's clock.</param>
/// <param name="SeenAt">When it was last heard of, by the store's clock.</param>
/// <param name="SilentSeconds">How long ago that was.</param>
/// <param name="MappingSet">The hash of the set it reads by; null before it has one.</param>
/// <param name="Problem">Why it takes no new connections; null when it does.</param>
internal sealed record NodeView(string Name, int Number, string Version, bool IsLive, DateTimeOffset StartedAt, DateTimeOffset SeenAt, double SilentSeconds, string? MappingSet, string? Problem);

/// <param name="Name">What it is for, e.g. <c>destination/athena</c> or <c>duty/ledger</c>.</param>
/// <param name="Owner">The node, or the process if that is no node any more.</param>
/// <param name="Number">The fencing number: one more for each owner.</param>
/// <param name="EndsInSeconds">When it ends unless it is renewed.</param>
internal sealed record LeaseView(string Name, string Owner, long Number, double EndsInSeconds);
