using InterfaceEngine.Sandbox.Faults;

namespace InterfaceEngine.Cli.Durability;

/// <summary>The figures of one check.</summary>
/// <param name="Options">How hard it tried.</param>
/// <param name="Sending">What happened while messages were sent.</param>
/// <param name="Stored">What lay in the store at the end.</param>
/// <param name="Outbound">What the receiver got.</param>
/// <param name="Faults">How often the receiver misbehaved, and in which way.</param>
/// <param name="Findings">Whatever is wrong.</param>
/// <param name="Folder">The check's folder; null when it was deleted.</param>
internal sealed record DurabilityReport(
    DurabilityOptions Options,
    SendingFigures Sending,
    StoredFigures Stored,
    OutboundFigures Outbound,
    IReadOnlyDictionary<FaultKind, int> Faults,
    DurabilityFindings Findings,
    string? Folder)
{
    public bool IsPassed => Findings.Count == 0 && Sending.Acknowledged == Options.Messages;

    public double MessagesPerSecond => Sending.Elapsed > TimeSpan.Zero ? Sending.Acknowledged / Sending.Elapsed.TotalSeconds : 0;
}
