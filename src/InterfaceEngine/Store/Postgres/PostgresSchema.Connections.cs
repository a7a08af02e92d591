namespace InterfaceEngine.Store.Postgres;

/// <content>What connections to vendors remember. What is meant stands at the embedded store. Rows are written over and over, so pages have room for them.</content>
internal static partial class PostgresSchema
{
    private const string Connections = """
        CREATE TABLE connection_documents (
            practice_id text   NOT NULL,
            connection  text   NOT NULL,
            kind        text   NOT NULL,
            name        text   NOT NULL,
            version     bigint NOT NULL CHECK (version > 0),
            due_at      bigint,
            written_at  bigint NOT NULL,
            key_version bigint NOT NULL,
            content     bytea  NOT NULL,
            PRIMARY KEY (practice_id, connection, kind, name)) WITH (fillfactor = 50);
        CREATE INDEX connection_documents_due ON connection_documents (kind, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX connection_documents_done ON connection_documents (kind, written_at) WHERE due_at IS NULL;
        """;
}
