namespace InterfaceEngine.Store.Sqlite;

/// <content>Runs that were too old and were dropped.</content>
internal static partial class SqliteSchema
{
    private const string RunRetention = """
        -- Batches, files and answers of vendors that were too old. They stay in the ledger's counts, so they are counted here by day as well: the
        -- batches by their verdict, the files with what became of their rows. In a table of its own, for an engine of the version before
        -- knows the kinds of drops by name.
        CREATE TABLE run_drops (
            older_than INTEGER PRIMARY KEY NOT NULL,
            dropped_at INTEGER NOT NULL,
            dropped    INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE dropped_batches (
            day     INTEGER NOT NULL,
            source  TEXT    NOT NULL,
            is_file INTEGER NOT NULL,
            verdict TEXT    NOT NULL,
            batches INTEGER NOT NULL,
            PRIMARY KEY (day, source, is_file, verdict)) WITHOUT ROWID;
        CREATE TABLE dropped_files (
            day       INTEGER NOT NULL,
            source    TEXT    NOT NULL,
            files     INTEGER NOT NULL,
            rows      INTEGER NOT NULL,
            unread    INTEGER NOT NULL,
            created   INTEGER NOT NULL,
            updated   INTEGER NOT NULL,
            unchanged INTEGER NOT NULL,
            confirmed INTEGER NOT NULL,
            refused   INTEGER NOT NULL,
            held      INTEGER NOT NULL,
            parked    INTEGER NOT NULL,
            duplicate INTEGER NOT NULL,
            PRIMARY KEY (day, source)) WITHOUT ROWID;
        """;
}
