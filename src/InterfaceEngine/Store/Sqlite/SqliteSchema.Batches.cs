namespace InterfaceEngine.Store.Sqlite;

/// <content>Batches and files of messages. The messages themselves stand where all messages do.</content>
internal static partial class SqliteSchema
{
    private const string Batches = """
        -- A batch may hold messages of several practices, so it belongs to its source and its detail to the engine's key.
        CREATE TABLE batches (
            batch_id    INTEGER PRIMARY KEY,
            source      TEXT    NOT NULL,
            received_at INTEGER NOT NULL,
            stated      INTEGER,
            found       INTEGER NOT NULL CHECK (found >= 0),
            is_whole    INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
            key_version INTEGER NOT NULL,
            detail      BLOB    NOT NULL);
        CREATE TABLE batch_counts (
            batch_id    INTEGER NOT NULL,
            state       TEXT    NOT NULL,
            messages    INTEGER NOT NULL CHECK (messages > 0),
            PRIMARY KEY (batch_id, state)) WITHOUT ROWID;
        """;
}
