using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;

namespace InterfaceEngine.Destinations.Ehr;

/// <summary>
/// What finds its time taken, or another visit of the patient there, waits while the vendor is still to be told that another visit of the patient was moved or
/// cancelled before it: that one may be what is there. Visits have lanes of their own, so nothing else keeps this order.
/// </summary>
/// <param name="calls">The steps.</param>
/// <param name="records">Our own side.</param>
internal sealed class VisitsInTurn(IOrderCalls calls, OwnRecords records) : IOrderCalls
{
    public async Task<string> DoAsync(CallOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await calls.DoAsync(order, cancellationToken);
        }
        catch (Exception failure) when (failure is HeldException { Code: HeldException.NoSlot or HeldException.TwoRecords } or EhrException { Fault: EhrFault.Conflict })
        {
            if (EngineId.TryParse(order.Visit, out var visit) && await records.IsPrecededAsync(visit, cancellationToken))
            {
                throw new EhrException(
                    EhrFault.ServerFailed,
                    "The time is taken, and the vendor is still to be told of another visit of the patient that was moved or cancelled before: that one goes first.",
                    failure);
            }

            throw;
        }
    }
}
