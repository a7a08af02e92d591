using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Files;

/// <summary>One row on its way from its chunk to the store.</summary>
/// <param name="Arrival">The message that it makes.</param>
/// <param name="Fingerprint">See <see cref="NumberedFingerprint"/>.</param>
internal sealed record RowTask(Arrival Arrival, ReadOnlyMemory<byte> Fingerprint)
{
    public long Number => Arrival.Number.Value;

    public EngineId Id => Arrival.Id;

    /// <summary>What it says; null when it can't be read, which <see cref="Verdict"/> tells.</summary>
    public MappedBody? Body { get; init; }

    /// <summary>What becomes of it whatever is stored; null when that is to be found out.</summary>
    public Verdict? Verdict { get; init; }
}
