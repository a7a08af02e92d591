namespace InterfaceEngine.Store.Sqlite;

/// <content>What was too old and was dropped. It stays in the ledger's counts, so it is counted here as well.</content>
internal static partial class SqliteSchema
{
    private const string Retention = """
        -- What was older than a time was dropped, unless it was still needed.
        CREATE TABLE drops (
            kind       TEXT    NOT NULL CHECK (kind IN ('messages', 'changes', 'receipts', 'deliveries')),
            older_than INTEGER NOT NULL,
            dropped_at INTEGER NOT NULL,
            dropped    INTEGER NOT NULL,
            PRIMARY KEY (kind, older_than)) WITHOUT ROWID;
        CREATE TABLE dropped_days (
            day      INTEGER NOT NULL,
            source   TEXT    NOT NULL,
            run_id   INTEGER NOT NULL,
            state    TEXT    NOT NULL,
            messages INTEGER NOT NULL,
            PRIMARY KEY (day, source, run_id, state)) WITHOUT ROWID;
        CREATE TABLE dropped_deliveries (
            destination TEXT    NOT NULL,
            state       TEXT    NOT NULL,
            deliveries  INTEGER NOT NULL,
            PRIMARY KEY (destination, state)) WITHOUT ROWID;
        """;
}
