namespace InterfaceEngine.Store.Sqlite;

/// <content>Why messages need somebody.</content>
internal static partial class SqliteSchema
{
    private const string Causes = """
        CREATE TABLE causes (
            cause_id    INTEGER PRIMARY KEY,
            practice_id TEXT    NOT NULL,
            key_hash    BLOB    NOT NULL,
            state       TEXT    NOT NULL CHECK (state IN ('refused', 'quarantined', 'held', 'parked')),
            code        TEXT    NOT NULL,
            first_seen  INTEGER NOT NULL,
            last_seen   INTEGER NOT NULL,
            messages    INTEGER NOT NULL CHECK (messages >= 0),
            sightings   INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            detail      BLOB    NOT NULL);
        CREATE UNIQUE INDEX causes_by_key ON causes (practice_id, key_hash);
        CREATE INDEX causes_open ON causes (cause_id) WHERE messages > 0;

        -- Only messages that stand still have a row.
        CREATE TABLE cause_messages (
            message_id INTEGER PRIMARY KEY,
            cause_id   INTEGER NOT NULL);
        CREATE INDEX cause_messages_of_cause ON cause_messages (cause_id, message_id);
        """;

    private const string Uncaused = """
        -- What stood still before there were causes. Why is in their notes, which are sealed: the engine reads them when it opens the store.
        CREATE TABLE uncaused_messages (message_id INTEGER PRIMARY KEY);
        INSERT INTO uncaused_messages
            SELECT message_id FROM messages
            WHERE state IN ('refused', 'quarantined', 'parked', 'held') AND message_id NOT IN (SELECT message_id FROM cause_messages);
        """;
}
