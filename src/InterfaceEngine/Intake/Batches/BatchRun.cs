using InterfaceEngine.Core.Hl7.Batches;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake.Batches;

/// <summary>One batch while it is read: what it held so far. Its size does not grow with the batch's.</summary>
internal sealed class BatchRun(EngineId id, BatchOrigin origin, Action<BatchedReceipt> onReceipt)
{
    private readonly Dictionary<MessageState, long> _states = [];
    private IReadOnlyList<ChargeTotal> _charges = [];
    private long _taken;

    public EngineId Id => id;

    public BatchOrigin Origin => origin;

    public BatchTally Tally { get; } = new();

    /// <summary>A message of it is on disk.</summary>
    public void Took(BatchPart part, Receipt receipt)
    {
        _taken++;
        _states[receipt.State] = _states.GetValueOrDefault(receipt.State) + 1;
        if (receipt.Charges.Count > 0)
        {
            _charges = ChargeTotals.Sum([_charges, receipt.Charges]);
        }

        onReceipt(new BatchedReceipt(id, Tally.Header, _taken, part.Offset, receipt));
    }

    public BatchSummary Summary(BatchVerdict verdict) => new()
    {
        Id = id,
        Source = origin.Source.Name,
        Verdict = verdict,
        Stated = Tally.Stated,
        Found = _taken,
        States = _states,
        Detail = new BatchDetail
        {
            ControlId = Tally.Header?.BatchControlId ?? "",
            File = origin.File ?? "",
            Problems = Tally.Problems,
            Charges = _charges,
        },
    };
}
