using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;

namespace InterfaceEngine.Intake;

/// <summary>
/// What vendors are still to be told by calls. The orders of one visit go one after the other, those of different visits do not; but what one visit of a
/// patient leaves, another of hers may be given, and then the one goes first.
/// </summary>
internal sealed class OrdersOnTheirWay(IEngineStore store, LiveMappings mappings)
{
    /// <summary>More than one visit ever has at once.</summary>
    private const int OrdersMax = 100;

    /// <summary>Whether another visit of the same patient was moved or cancelled before, and the vendor is still to be told. What is held for a person is not waited for.</summary>
    public async Task<bool> IsPrecededAsync(string practice, EngineId visit, CancellationToken cancellationToken)
    {
        var patient = mappings.Current.Set.For(practice)?.Find(AppointmentDesk.Type)?.Definition.Find("patient_id");
        return patient is not null && await store.ReadAsync(
            reader => LookUpKeys.For(AppointmentDesk.Type, patient, reader.Record(practice, visit)?[patient.Name]) is { } ofPatient
                && Waiting(reader, practice, visit).Select(own => own.Id).DefaultIfEmpty().Max() is var own
                && reader.Records(practice, ofPatient).Any(other => other.Id != visit
                    && Waiting(reader, practice, other.Id).Any(order => order.Event is CallOrder.Modified or CallOrder.Cancelled && order.Id.Value < own.Value)),
            cancellationToken);
    }

    /// <summary>Whether a vendor is still to be told of a patient herself, by what waits or is held for a person.</summary>
    public async Task<bool> IsAwaitedAsync(string practice, EngineId patient, CancellationToken cancellationToken) => await store.ReadAsync(
        reader => reader.DeliveriesOf(practice, patient, OrdersMax).Any(order => order.State is DeliveryState.Waiting or DeliveryState.Held && order.Event is CallOrder.Registered or CallOrder.Updated), cancellationToken);

    /// <summary>The orders of a visit that a cancellation makes needless, where the first of them is held: it looks at what the vendor has, and ends what stands there.</summary>
    /// <param name="reader">What is stored.</param>
    /// <param name="visit">The visit that is cancelled.</param>
    /// <param name="destination">Who is told of the cancellation.</param>
    public static IReadOnlyList<DeliveryDecision> Needless(IStoreReader reader, StoredRecord visit, string destination)
    {
        var open = Open(reader, visit.Practice, visit.Id, destination);
        return IsHeldBack(open) ? Dismissed(open) : [];
    }

    /// <summary>The same where the cancellation waits already: what stands before it.</summary>
    public static IReadOnlyList<DeliveryDecision> NeedlessBeforeCancellation(IStoreReader reader, string practice, EngineId visit, string destination)
    {
        var open = Open(reader, practice, visit, destination);
        var before = open.FindLastIndex(order => order is { State: DeliveryState.Waiting, Event: CallOrder.Cancelled });
        return before > 0 && IsHeldBack(open) ? Dismissed(open[..before]) : [];
    }

    /// <summary>What a destination is still to be told of a visit, in order.</summary>
    private static List<StoredDelivery> Open(IStoreReader reader, string practice, EngineId visit, string destination) =>
        [.. reader.DeliveriesOf(practice, visit, OrdersMax).Where(order => order.Destination == destination && order.State is DeliveryState.Waiting or DeliveryState.Held).OrderBy(order => order.Id.Value)];

    /// <summary>What names two records, or was altered, a person looks at in any case. One that waits and is the first may be at the vendor just now.</summary>
    private static bool IsHeldBack(List<StoredDelivery> open) => open is [{ State: DeliveryState.Held, IsDamaged: false, Code: not "two records" }, ..];

    private static DeliveryDecision[] Dismissed(List<StoredDelivery> orders) => [.. orders.Select(order => new DeliveryDecision(order.Id, DeliveryVerdict.Dismiss))];

    private static IEnumerable<StoredDelivery> Waiting(IStoreReader reader, string practice, EngineId visit) =>
        reader.DeliveriesOf(practice, visit, OrdersMax).Where(order => order.State is DeliveryState.Waiting);
}
