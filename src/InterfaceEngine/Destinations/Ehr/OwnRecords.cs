using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// What a destination that speaks of one type of records by calls may ask of the engine's own: delivered is only what our record knows, too. What each of
/// them throws of the store goes through: the delivery is then tried again, and costs no attempt.
/// </summary>
internal sealed record OwnRecords
{
    /// <summary>The vendor's number of our record as it is now; null when it has none yet.</summary>
    public required Func<EngineId, CancellationToken, Task<string?>> NumberOf { get; init; }

    /// <summary>The vendor's number of a patient of ours, of a merged one the survivor's; null when she has none yet.</summary>
    public required Func<EngineId, CancellationToken, Task<string?>> PatientNumberOf { get; init; }

    /// <summary>Our id of the record that has a number of the vendor's; null when none of ours has.</summary>
    public required Func<string, CancellationToken, Task<EngineId?>> HolderOf { get; init; }

    /// <summary>Gives our record the number that it has at the vendor from now on. Gives our id of another record that has it already; null when all is well.</summary>
    public required Func<EngineId, string, CancellationToken, Task<EngineId?>> Renumber { get; init; }

    /// <summary>Whether another visit of the same patient was moved or cancelled before this one was changed, and the vendor is still to be told of that.</summary>
    public required Func<EngineId, CancellationToken, Task<bool>> IsPreceded { get; init; }

    /// <summary>Whether the vendor is still to be told of a patient herself.</summary>
    public required Func<EngineId, CancellationToken, Task<bool>> IsAwaited { get; init; }

    /// <summary>
    /// What an order changes of a record of ours, written by the practice's tables over what the vendor holds: by a call or as a resource, as the tables list it.
    /// A <see cref="HeldException"/> says that it can't be.
    /// </summary>
    public required Func<CallOrder, string, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Amend { get; init; }

    /// <summary>Takes in what the vendor has after an order was done, with the vendor's clock; it is on disk when this returns.</summary>
    public required Func<CallOrder, EhrDocument, DateTimeOffset, CancellationToken, Task> TakeAsync { get; init; }

    /// <summary>An order of a visit with its patient's number, as it is now: she may have got it since the order was written.</summary>
    /// <exception cref="HeldException">She has none.</exception>
    /// <exception cref="EhrException">She has none yet: what tells the vendor of her goes first.</exception>
    public async Task<CallOrder> WithPatientAsync(CallOrder order, CancellationToken cancellationToken) => !EngineId.TryParse(order.Patient, out var patient) ? order
        : await PatientNumberOf(patient, cancellationToken) is { } number ? order.WithPatient(number)
        : await IsAwaited(patient, cancellationToken) ? throw new EhrException(EhrFault.ServerFailed, "The vendor does not know the visit's patient yet: the delivery that tells it of her goes first.")
        : throw new HeldException("no patient", "The vendor does not know the visit's patient, and nothing is on its way that tells it of her. Say her number there (patients change --number), or change her here, which tells the vendor of her.");
}
