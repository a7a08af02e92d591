namespace InterfaceEngine.Store.Sqlite;

/// <content>The processes that share the store. Of this one only one at a time, and the same rows as where there are several.</content>
internal static partial class SqliteSchema
{
    private const string Nodes = """
        CREATE TABLE nodes (
            name        TEXT    PRIMARY KEY,
            number      INTEGER NOT NULL UNIQUE,
            owner       TEXT    NOT NULL,
            home        TEXT    NOT NULL,
            version     TEXT    NOT NULL,
            mapping_set TEXT,
            problem     TEXT,
            started_at  INTEGER NOT NULL,
            seen_at     INTEGER NOT NULL,
            expires_at  INTEGER NOT NULL) WITHOUT ROWID;
        ALTER TABLE batches ADD COLUMN node TEXT NOT NULL DEFAULT '';
        """;
}
