namespace InterfaceEngine.Store;

/// <summary>A mapping set that all nodes were told to use.</summary>
/// <param name="Number">Counts deployments, from 1.</param>
/// <param name="Hash">Names the set.</param>
/// <param name="DeployedAt">UTC milliseconds.</param>
/// <param name="Actor">Who deployed it; <see cref="SetDeployment.Start"/> when an engine did by starting.</param>
/// <param name="Node">Where; empty on an embedded store.</param>
internal sealed record DeployedSet(long Number, string Hash, long DeployedAt, string Actor, string Node);

/// <summary>That a kept mapping set is to be used by all nodes.</summary>
/// <param name="Hash">Names the set.</param>
internal sealed record SetDeployment(string Hash)
{
    /// <summary>The value of <see cref="InPlaceOf"/> that stands for no set at all.</summary>
    public const string NoSet = "none";

    /// <summary>The actor of a deployment that nobody asked for.</summary>
    public const string Start = "start";

    /// <summary>Who deploys it, and why; null for an engine that starts.</summary>
    public AuditEntry? Audit { get; init; }

    /// <summary>Only in place of this set; <see cref="NoSet"/> only where none was deployed ever before. Null takes the place of any.</summary>
    public string? InPlaceOf { get; init; }
}
