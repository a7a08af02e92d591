namespace InterfaceEngine.Store.Sqlite;

/// <content>What connections to vendors remember.</content>
internal static partial class SqliteSchema
{
    /// <summary>
    /// A document for each name. What is due is few, so only that is in the index by its time; what is to be dropped is found by kind and time of writing.
    /// </summary>
    private const string Connections = """
        CREATE TABLE connection_documents (
            practice_id TEXT    NOT NULL,
            connection  TEXT    NOT NULL,
            kind        TEXT    NOT NULL,
            name        TEXT    NOT NULL,
            version     INTEGER NOT NULL CHECK (version > 0),
            due_at      INTEGER,
            written_at  INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            content     BLOB    NOT NULL,
            PRIMARY KEY (practice_id, connection, kind, name)) WITHOUT ROWID;
        CREATE INDEX connection_documents_due ON connection_documents (kind, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX connection_documents_done ON connection_documents (kind, written_at) WHERE due_at IS NULL;
        """;
}
