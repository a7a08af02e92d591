namespace InterfaceEngine.Store.Sqlite;

/// <content>Binaries that records name. Equal content is kept once for a practice.</content>
internal static partial class SqliteSchema
{
    private const string Attachments = """
        CREATE TABLE attachments (
            practice_id   TEXT    NOT NULL,
            content_hash  BLOB    NOT NULL,
            attachment_id INTEGER NOT NULL,
            message_id    INTEGER,
            kept_at       INTEGER NOT NULL,
            size          INTEGER NOT NULL CHECK (size >= 0),
            key_version   INTEGER NOT NULL,
            PRIMARY KEY (practice_id, content_hash)) WITHOUT ROWID;

        CREATE TABLE attachment_chunks (
            practice_id   TEXT    NOT NULL,
            attachment_id INTEGER NOT NULL,
            number        INTEGER NOT NULL,
            content       BLOB    NOT NULL);
        CREATE UNIQUE INDEX attachment_chunks_in_order ON attachment_chunks (practice_id, attachment_id, number);
        """;
}
