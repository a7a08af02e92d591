namespace InterfaceEngine.Store.Postgres;

/// <content>What was too old and was dropped.</content>
internal static partial class PostgresSchema
{
    private const string Retention = """
        CREATE TABLE drops (
            kind       text   NOT NULL CHECK (kind IN ('messages', 'changes', 'receipts', 'deliveries')),
            older_than bigint NOT NULL,
            dropped_at bigint NOT NULL,
            dropped    bigint NOT NULL,
            PRIMARY KEY (kind, older_than));
        CREATE TABLE dropped_days (
            day      bigint NOT NULL,
            source   text   NOT NULL,
            run_id   bigint NOT NULL,
            state    text   NOT NULL,
            messages bigint NOT NULL,
            PRIMARY KEY (day, source, run_id, state));
        CREATE TABLE dropped_deliveries (
            destination text   NOT NULL,
            state       text   NOT NULL,
            deliveries  bigint NOT NULL,
            PRIMARY KEY (destination, state));
        """;
}
