namespace InterfaceEngine.Store.Sqlite;

/// <content>What was told of a record is asked by it: how the deliveries of a visit stand.</content>
internal static partial class SqliteSchema
{
    private const string DeliveriesOfRecord = "CREATE INDEX deliveries_of_record ON deliveries (practice_id, record_id, delivery_id) WHERE record_id IS NOT NULL";
}
