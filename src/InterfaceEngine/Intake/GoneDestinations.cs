using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// A visit that somebody has whom nobody would tell of a change any more, since its destination is not in the settings: to change it here alone would leave it
/// standing there as it was.
/// </summary>
internal static class GoneDestinations
{
    /// <summary>More than one visit ever has.</summary>
    private const int DeliveriesMax = 1_000;

    /// <summary>Looks whether whoever has a visit is told of its change. Who names a destination has said who is told.</summary>
    /// <param name="reader">What is stored.</param>
    /// <param name="outbound">Knows who is told now.</param>
    /// <param name="change">What is wanted.</param>
    /// <param name="visit">Of which visit.</param>
    /// <param name="system">The vendor's id system.</param>
    /// <exception cref="ChangeRefusedException">Nobody would be told, or no vendor by calls who was told so before.</exception>
    public static void Check(IStoreReader reader, OutboundMessages outbound, AppointmentChange change, StoredRecord visit, string system)
    {
        if (change.Destination is not null)
        {
            return;
        }

        // What still waits for a destination is sent once that is back, so it counts like what was sent. A destination that has another name by now is told as before.
        var now = outbound.For(change.Practice, null, AppointmentDesk.Type);
        var isCalledNow = now.Any(address => address.Form is not OutboundForm.Hl7);
        var gone = reader.DeliveriesOf(change.Practice, visit.Id, DeliveriesMax)
            .Where(delivery => delivery.State is not DeliveryState.Dismissed && now.All(address => address.Destination != delivery.Destination))
            .Where(delivery => now.Count == 0 || (IsOrder(delivery) && !isCalledNow))
            .Select(delivery => delivery.Destination).Distinct().Order(StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
        {
            throw new ChangeRefusedException(
                $"{string.Join(" and ", gone)} was told of this visit, and is no destination of practice {change.Practice} any more, so whoever has the visit would not be told. Nothing was changed: add the destination again "
                + $"(Destinations:{gone[0]}), {(now.Count > 0 ? "name who is to be told alone (destination), " : "")}or change the visit at the vendor. What is still to be sent there is shown by 'deliveries list', and counts no more once it is dismissed.");
        }

        if (now.Count == 0 && visit.Aliases.Any(alias => alias.System == system))
        {
            throw new ChangeRefusedException(
                $"The vendor has this visit under a number of its own, and practice {change.Practice} has no destination that would tell it. Nothing was changed: add one (Destinations), or change the visit at the vendor, which tells it here.");
        }
    }

    /// <summary>Orders have a word of ours; messages an event of HL7 v2, e.g. <c>SIU^S12</c>.</summary>
    private static bool IsOrder(StoredDelivery delivery) => !delivery.Event.Contains('^', StringComparison.Ordinal);
}
