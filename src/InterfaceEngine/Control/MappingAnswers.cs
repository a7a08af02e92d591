namespace InterfaceEngine.Control;

/// <summary>Makes a mapping set the one that all nodes use. Audited.</summary>
/// <param name="Again">Number or hash of a set that was deployed before; null for what this engine's folder holds now.</param>
internal sealed record DeployMappingsRequest(string? Again) : ControlRequest<DeployedMappingsAnswer>;

/// <summary>Which sets were deployed, and which the nodes use now. Shows no patient data and is not audited.</summary>
internal sealed record MappingHistoryRequest(int Limit) : ControlRequest<MappingHistoryAnswer>;

/// <param name="Deployed">The set in force.</param>
/// <param name="IsNew">False when it was that already.</param>
internal sealed record DeployedMappingsAnswer(DeployedSetView Deployed, bool IsNew) : ControlAnswer;

/// <param name="Sets">The one in force first.</param>
/// <param name="Nodes">The engines that run.</param>
internal sealed record MappingHistoryAnswer(IReadOnlyList<DeployedSetView> Sets, IReadOnlyList<NodeMappingView> Nodes) : ControlAnswer;

/// <param name="By">Who deployed it; <c>start</c> when an engine did by starting.</param>
/// <param name="Node">Where; empty on an embedded store.</param>
internal sealed record DeployedSetView(long Number, string Hash, DateTimeOffset DeployedAt, string By, string Node);

/// <param name="Set">The set it uses, as it said last; null before it said so.</param>
/// <param name="Problem">Why it takes no new connections; null when it does.</param>
internal sealed record NodeMappingView(string Name, string? Set, string? Problem);
