using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Ehr;
using NodaTime;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// Our own side of what a vendor is told by calls of one type of records: delivered is only what our record knows, too. What the store throws goes through: the
/// delivery is then tried again, and costs no attempt.
/// </summary>
/// <param name="practice">Whose records.</param>
/// <param name="type">Their type.</param>
/// <param name="connection">The id of the connection over which the vendor is told.</param>
/// <param name="numbers">The vendor's numbers of our records.</param>
/// <param name="orders">What the vendor is still to be told.</param>
/// <param name="outbound">Writes by the practice's tables.</param>
/// <param name="documents">Takes in what the vendor has.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnRecords(
    Practice practice, string type, string connection, RecordNumbers numbers, OrdersOnTheirWay orders, OutboundMessages outbound, VendorDocuments documents, TimeProvider time)
{
    /// <summary>The vendor's number of our record as it is now; null when it has none yet.</summary>
    public Task<string?> NumberOfAsync(EngineId record, CancellationToken cancellationToken) => numbers.FindAsync(practice.Id, type, record, cancellationToken);

    /// <summary>Our id of the record that has a number of the vendor's; null when none of ours has.</summary>
    public Task<EngineId?> HolderOfAsync(string number, CancellationToken cancellationToken) => numbers.HolderAsync(practice.Id, type, number, cancellationToken);

    /// <summary>Gives our record the number that it has at the vendor from now on.</summary>
    /// <returns>Our id of another record that has it already; null when all is well.</returns>
    public Task<EngineId?> RenumberAsync(EngineId record, string number, CancellationToken cancellationToken) => numbers.ChangeAsync(practice.Id, type, record, number, cancellationToken);

    /// <summary>Whether another visit of the same patient was moved or cancelled before this one was changed, and the vendor is still to be told of that.</summary>
    public Task<bool> IsPrecededAsync(EngineId visit, CancellationToken cancellationToken) => orders.IsPrecededAsync(practice.Id, visit, cancellationToken);

    /// <summary>An order of a visit with its patient's number, as it is now: she may have got it since the order was written.</summary>
    /// <exception cref="HeldException">She has none.</exception>
    /// <exception cref="EhrException">She has none yet: what tells the vendor of her goes first.</exception>
    public async Task<CallOrder> WithPatientAsync(CallOrder order, CancellationToken cancellationToken)
    {
        if (!EngineId.TryParse(order.Patient, out var patient))
        {
            return order;
        }

        // Of a merged patient the survivor's.
        if (await numbers.FindAsync(practice.Id, RecordDefinition.Patient, patient, cancellationToken) is { } number)
        {
            return order.WithPatient(number);
        }

        if (await orders.IsAwaitedAsync(practice.Id, patient, cancellationToken))
        {
            throw new EhrException(EhrFault.ServerFailed, "The vendor does not know the visit's patient yet: the delivery that tells it of her goes first.");
        }

        throw new HeldException(
            "no patient",
            "The vendor does not know the visit's patient, and nothing is on its way that tells it of her. Say her number there (patients change --number), or change her here, which tells the vendor of her.");
    }

    /// <summary>What an order changes of our record, written by the practice's tables over what the vendor holds.</summary>
    /// <param name="order">The order.</param>
    /// <param name="message">The call or the resource by which it is told, as the tables list it.</param>
    /// <param name="held">What the vendor holds.</param>
    /// <exception cref="HeldException">It can't be written so.</exception>
    public ReadOnlyMemory<byte> Amend(CallOrder order, string message, ReadOnlyMemory<byte> held)
    {
        if (!JsonBody.TryParse(held, out var body, out var fault))
        {
            throw new HeldException("not read", $"What the vendor holds can't be read: {fault.Message}");
        }

        var written = outbound.Amend(order, message, type, body, practice, Instant.FromDateTimeOffset(time.GetUtcNow()));
        return written.IsRefused ? throw new HeldException("not written", string.Join(' ', OutboundMessages.Reasons(written))) : written.Body;
    }

    /// <summary>Takes in what the vendor has after an order was done; it is on disk when this returns.</summary>
    /// <param name="order">The order. What the vendor answers after it contains it, so that it counts from the order at least.</param>
    /// <param name="document">What the vendor has.</param>
    /// <param name="serverTime">When it was so, by the vendor's clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task TakeAsync(CallOrder order, EhrDocument document, DateTimeOffset serverTime, CancellationToken cancellationToken) =>
        documents.TakeAsync(practice.Id, connection, [document], serverTime, cancellationToken, notBefore: order.At);
}
