using InterfaceEngine.Core.Mapping.Comparing;
using InterfaceEngine.Core.Mapping.Laws;

namespace InterfaceEngine.Control;

/// <summary>Makes a mapping set the one that all nodes use. Audited.</summary>
/// <param name="Again">Number or hash of a set that was deployed before; null for what this engine's folder holds now.</param>
internal sealed record DeployMappingsRequest(string? Again) : ControlRequest<DeployedMappingsAnswer>
{
    /// <summary>The set that was checked, tested and compared: the folder must still hold it. Null takes what it holds.</summary>
    public string? Checked { get; init; }

    /// <summary>
    /// The set with which it was compared: it must still be the one in force; <see cref="Store.SetDeployment.NoSet"/> when none was. Null takes
    /// the place of any.
    /// </summary>
    public string? InPlaceOf { get; init; }
}

/// <summary>A mapping set and where it is: one of the two is said.</summary>
/// <param name="Folder">The whole path of a mapping folder of this machine.</param>
/// <param name="Set"><see cref="InForce"/>, or the number, hash or beginning of the hash of a set that was deployed.</param>
internal sealed record MappingPlace(string? Folder, string? Set)
{
    /// <summary>The set that all nodes were told to use.</summary>
    public const string InForce = "deployed";
}

/// <summary>
/// Reads stored messages by two mapping sets and tells what would be different. Writes nothing and calls nobody. Its answer holds no value
/// of a patient's and is not audited, unless values are asked for: then that is audited before any is read.
/// </summary>
internal sealed record CompareMappingsRequest(MappingPlace Before, MappingPlace After) : ControlRequest<ComparedMappingsAnswer>(TimeSpan.FromHours(6)), ILongQuestion
{
    /// <summary>Null for all practices.</summary>
    public string? Practice { get; init; }

    /// <summary>Messages received before are left out.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Messages received then or later are left out; null for none.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The most messages: where there are more, the last ones count.</summary>
    public required int Limit { get; init; }

    public bool ShowsValues { get; init; }
}

/// <summary>
/// Runs the laws of single messages (L2, L5, L8) on stored ones. Writes nothing; its answer holds places, codes and message ids but no value
/// of a patient's, and is not audited.
/// </summary>
/// <param name="Set">By which they are read.</param>
internal sealed record CheckMessagesRequest(MappingPlace Set) : ControlRequest<CheckedMessagesAnswer>(TimeSpan.FromHours(1)), ILongQuestion
{
    /// <summary>Null for all practices.</summary>
    public string? Practice { get; init; }

    /// <summary>Messages received before are left out.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Messages received then or later are left out; null for none.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The most messages: where there are more, the last ones count.</summary>
    public required int Limit { get; init; }
}

/// <summary>The files of a set that was deployed. Shows no patient data and is not audited.</summary>
/// <param name="Set">As in <see cref="MappingPlace.Set"/>.</param>
internal sealed record ShowMappingSetRequest(string Set) : ControlRequest<MappingSetAnswer>;

/// <summary>Which sets were deployed, and which the nodes use now. Shows no patient data and is not audited.</summary>
internal sealed record MappingHistoryRequest(int Limit) : ControlRequest<MappingHistoryAnswer>;

/// <param name="Deployed">The set in force.</param>
/// <param name="IsNew">False when it was that already.</param>
internal sealed record DeployedMappingsAnswer(DeployedSetView Deployed, bool IsNew) : ControlAnswer;

/// <param name="IsLimited">There were more messages than were asked for: only the last ones were read.</param>
internal sealed record ComparedMappingsAnswer(ComparisonReport Report, bool IsLimited) : ControlAnswer;

/// <param name="Messages">How many were read.</param>
internal sealed record CheckedMessagesAnswer(LawReport Report, int Messages) : ControlAnswer;

/// <param name="Files">Text by path.</param>
internal sealed record MappingSetAnswer(string Hash, IReadOnlyDictionary<string, string> Files) : ControlAnswer;

/// <param name="Sets">The one in force first.</param>
/// <param name="Nodes">The engines that run.</param>
internal sealed record MappingHistoryAnswer(IReadOnlyList<DeployedSetView> Sets, IReadOnlyList<NodeMappingView> Nodes) : ControlAnswer;

/// <param name="By">Who deployed it; <c>start</c> when an engine did by starting.</param>
/// <param name="Node">Where; empty on an embedded store.</param>
internal sealed record DeployedSetView(long Number, string Hash, DateTimeOffset DeployedAt, string By, string Node);

/// <param name="Set">The set it uses, as it said last; null before it said so.</param>
/// <param name="Problem">Why it takes no new connections; null when it does.</param>
internal sealed record NodeMappingView(string Name, string? Set, string? Problem);
