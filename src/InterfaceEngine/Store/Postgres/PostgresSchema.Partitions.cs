namespace InterfaceEngine.Store.Postgres;

/// <content>
/// What lies in parts (<see cref="PartitionedTable"/>). A key of such a table must hold what its parts are told apart by. So of
/// changes the schema alone does not refuse two of one sequence at two times: the row of <c>practice_sequences</c> does, which
/// whoever writes a change has locked and counted up in the same transaction.
/// </content>
internal static partial class PostgresSchema
{
    private const string Parts = """
        ALTER TABLE receipts RENAME TO receipts_rest;
        ALTER INDEX receipts_pkey RENAME TO receipts_rest_pkey;
        CREATE TABLE receipts (LIKE receipts_rest, PRIMARY KEY (practice_id, week, control_hash, fingerprint_hash)) PARTITION BY RANGE (week);
        ALTER TABLE receipts ATTACH PARTITION receipts_rest DEFAULT;
        -- So that a month is found to be missing in the rest without reading it.
        CREATE INDEX changes_rest_by_time ON changes_rest (committed_at);
        CREATE INDEX receipts_rest_by_week ON receipts_rest (week);
        """;
}
