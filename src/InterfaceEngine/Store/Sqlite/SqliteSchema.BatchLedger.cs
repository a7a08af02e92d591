namespace InterfaceEngine.Store.Sqlite;

/// <content>Batches from their first message on, and both sides of their ledger.</content>
internal static partial class SqliteSchema
{
    private const string BatchLedger = """
        -- Made anew, because a batch is kept from its beginning, when little is known of it yet. found is counted by whoever
        -- read the batch, stored by the transactions that stored its messages; null for batches from before they did.
        ALTER TABLE batches RENAME TO former_batches;
        CREATE TABLE batches (
            batch_id    INTEGER PRIMARY KEY,
            source      TEXT    NOT NULL,
            is_file     INTEGER NOT NULL CHECK (is_file IN (0, 1)),
            received_at INTEGER NOT NULL,
            verdict     TEXT    NOT NULL CHECK (verdict IN ('open', 'complete', 'mismatch', 'cut off', 'interrupted')),
            stated      INTEGER,
            found       INTEGER CHECK (found >= 0),
            stored      INTEGER CHECK (stored >= 0),
            key_version INTEGER,
            detail      BLOB,
            CHECK (verdict IN ('open', 'interrupted') OR (found IS NOT NULL AND detail IS NOT NULL)),
            CHECK ((key_version IS NULL) = (detail IS NULL)));
        INSERT INTO batches (batch_id, source, is_file, received_at, verdict, stated, found, key_version, detail)
            SELECT batch_id, source, 0, received_at, CASE is_whole WHEN 1 THEN 'complete' ELSE 'mismatch' END, stated, found, key_version, detail FROM former_batches;
        DROP TABLE former_batches;
        CREATE INDEX batches_open ON batches (batch_id) WHERE verdict = 'open';
        -- Holds differences only, so that it is empty.
        CREATE INDEX batches_unbalanced ON batches (batch_id) WHERE found <> stored;

        CREATE TABLE batch_messages (
            batch_id   INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            PRIMARY KEY (batch_id, message_id)) WITHOUT ROWID;

        -- received = open + complete + mismatch + cut_off + interrupted. Days are UTC, counted from 1970.
        CREATE TABLE batch_days (
            day         INTEGER NOT NULL,
            source      TEXT    NOT NULL,
            is_file     INTEGER NOT NULL,
            received    INTEGER NOT NULL,
            open        INTEGER NOT NULL DEFAULT 0,
            complete    INTEGER NOT NULL DEFAULT 0,
            mismatch    INTEGER NOT NULL DEFAULT 0,
            cut_off     INTEGER NOT NULL DEFAULT 0,
            interrupted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (day, source, is_file)) WITHOUT ROWID;
        INSERT INTO batch_days (day, source, is_file, received, complete, mismatch)
            SELECT received_at / 86400000, source, is_file, count(*), sum(verdict = 'complete'), sum(verdict = 'mismatch') FROM batches GROUP BY 1, 2, 3;
        """;
}
