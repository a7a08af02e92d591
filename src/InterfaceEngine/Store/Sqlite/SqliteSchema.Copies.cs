namespace InterfaceEngine.Store.Sqlite;

/// <content>What a store needs to be moved to another database and back.</content>
internal static partial class SqliteSchema
{
    private const string Copies = """
        -- Made anew, because where several nodes write each practice counts its own changes, and both numberings have to fit here.
        -- Here one sequence goes over all practices: it begins after every number that any practice has.
        CREATE TABLE changes_by_practice (
            practice_id  TEXT    NOT NULL,
            sequence     INTEGER NOT NULL,
            message_id   INTEGER,
            unit_id      INTEGER NOT NULL,
            committed_at INTEGER NOT NULL,
            key_version  INTEGER NOT NULL,
            document     BLOB    NOT NULL);
        INSERT INTO changes_by_practice SELECT practice_id, sequence, message_id, unit_id, committed_at, key_version, document FROM changes ORDER BY sequence;
        DROP TABLE changes;
        ALTER TABLE changes_by_practice RENAME TO changes;
        CREATE UNIQUE INDEX changes_in_order ON changes (practice_id, sequence);

        -- The last change that a practice is known to have had elsewhere, kept or not.
        CREATE TABLE practice_sequences (
            practice_id TEXT    PRIMARY KEY,
            last        INTEGER NOT NULL) WITHOUT ROWID;

        -- While there is a row no engine opens the store: it is being filled from another one, or went there.
        CREATE TABLE store_marks (
            kind     TEXT    PRIMARY KEY CHECK (kind IN ('copying', 'moved')),
            place    TEXT    NOT NULL,
            set_at   INTEGER NOT NULL,
            progress TEXT) WITHOUT ROWID;
        """;
}
