namespace InterfaceEngine.Control;

/// <summary>Tries every place of the settings that the engine reaches out to. Nothing is moved or kept, and nothing of a patient is read.</summary>
/// <param name="Name">Only that of one source, destination or connection; null for all.</param>
internal sealed record ConnectivityRequest(string? Name) : ControlRequest<ConnectivityAnswer>(TimeSpan.FromMinutes(10))
{
    /// <summary>Whether receivers of messages are sent a message for trial (processing id T) of an invented person, and its acknowledgement is waited for.</summary>
    public bool SendsTest { get; init; }
}

/// <summary>Accepts the host key that a server shows now, if it has this fingerprint.</summary>
/// <param name="Name">A source or destination that is reached by SFTP.</param>
/// <param name="Fingerprint">As whoever runs the server told it: <c>SHA256:…</c>.</param>
internal sealed record AcceptHostKeyRequest(string Name, string Fingerprint) : ControlRequest<HostKeyAnswer>(TimeSpan.FromMinutes(5));

/// <param name="Reached">One entry for each place, in the order of the settings.</param>
internal sealed record ConnectivityAnswer(IReadOnlyList<ReachedView> Reached) : ControlAnswer;

/// <summary>What came of trying one place.</summary>
/// <param name="Name">Its source or destination.</param>
/// <param name="Kind">Its kind in the settings.</param>
/// <param name="Address">Where it is, without secrets.</param>
/// <param name="Works">It can be used.</param>
/// <param name="Problem">Why not, and what to do; null when it works.</param>
/// <param name="AcceptedKeys">The fingerprints of the host keys that were accepted for it.</param>
/// <param name="ShownKey">The fingerprint of the key that the server shows, when that is not an accepted one.</param>
internal sealed record ReachedView(string Name, string Kind, string Address, bool Works, string? Problem, IReadOnlyList<string> AcceptedKeys, string? ShownKey)
{
    /// <summary>How far it goes, step by step; those behind one that failed were not tried.</summary>
    public IReadOnlyList<ReachedStep> Steps { get; init; } = [];
}

/// <summary>One step of trying a place.</summary>
/// <param name="State"><c>ok</c>, <c>failed</c> or <c>not tried</c>.</param>
/// <param name="Evidence">What was seen, fit to be sent to whoever runs the place: no secret, nothing of a patient.</param>
internal sealed record ReachedStep(string Name, string State, double Milliseconds, string Evidence);

/// <param name="Address">The server.</param>
/// <param name="Kind">The kind of key, such as <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="File">The file that holds it now.</param>
internal sealed record HostKeyAnswer(string Address, string Kind, string Fingerprint, string File) : ControlAnswer;
