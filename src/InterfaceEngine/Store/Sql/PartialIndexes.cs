namespace InterfaceEngine.Store.Sql;

/// <summary>
/// The terms of the partial indexes. SQLite uses such an index only for a statement that has the index's own term among
/// its conditions: it does not see that <c>state = 'ready'</c> implies it. Statements name the index as well, so that
/// one that can't use it fails when it is prepared and does not read the whole table.
/// </summary>
internal static class PartialIndexes
{
    /// <summary>The term of <c>messages_waiting</c>.</summary>
    public const string MessagesWaiting = "state IN ('refused', 'quarantined', 'parked', 'ready', 'held')";

    /// <summary>The term of <c>deliveries_open</c> and <c>deliveries_of_lane</c>.</summary>
    public const string DeliveriesOpen = "state IN ('waiting', 'held')";

    /// <summary>The states that <c>messages_waiting</c> holds.</summary>
    public static bool IsWaiting(MessageState state) =>
        state is MessageState.Refused or MessageState.Quarantined or MessageState.Parked or MessageState.Ready or MessageState.Held;

    /// <summary>The states that <c>deliveries_open</c> holds.</summary>
    public static bool IsOpen(DeliveryState state) => state is DeliveryState.Waiting or DeliveryState.Held;
}
