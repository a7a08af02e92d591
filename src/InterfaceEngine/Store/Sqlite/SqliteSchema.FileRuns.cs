namespace InterfaceEngine.Store.Sqlite;

/// <content>Files of rows.</content>
internal static partial class SqliteSchema
{
    private const string FileRuns = """
        -- One reading of one file: a batch with more to it. Rows up to the position were looked at, and of these the pending ones are not
        -- committed: the others are what is counted. The content is the file's SHA-256.
        CREATE TABLE file_runs (
            run_id          INTEGER PRIMARY KEY,
            practice_id     TEXT    NOT NULL,
            source          TEXT    NOT NULL,
            kind            TEXT    NOT NULL,
            content         BLOB    NOT NULL,
            size            INTEGER NOT NULL,
            rows            INTEGER NOT NULL,
            event_at        INTEGER NOT NULL,
            received_at     INTEGER NOT NULL,
            ended_at        INTEGER,
            state           TEXT    NOT NULL CHECK (state IN ('running', 'done', 'held', 'released', 'refused', 'discarded', 'known', 'undone')),
            is_wanted_again INTEGER NOT NULL DEFAULT 0 CHECK (is_wanted_again IN (0, 1)),
            position        INTEGER NOT NULL CHECK (position >= 0),
            pending         TEXT    NOT NULL CHECK (pending = '' OR state IN ('running', 'refused', 'discarded')),
            created         INTEGER NOT NULL DEFAULT 0,
            updated         INTEGER NOT NULL DEFAULT 0,
            unchanged       INTEGER NOT NULL DEFAULT 0,
            confirmed       INTEGER NOT NULL DEFAULT 0,
            refused         INTEGER NOT NULL DEFAULT 0,
            held            INTEGER NOT NULL DEFAULT 0,
            parked          INTEGER NOT NULL DEFAULT 0,
            duplicate       INTEGER NOT NULL DEFAULT 0,
            key_version     INTEGER NOT NULL,
            detail          BLOB    NOT NULL,
            CHECK ((state = 'running') = (ended_at IS NULL)));
        CREATE INDEX file_runs_of_content ON file_runs (practice_id, source, content);
        -- Holds differences only, so that it is empty.
        CREATE INDEX file_runs_unbalanced ON file_runs (run_id)
            WHERE state IN ('done', 'undone') AND rows <> created + updated + unchanged + confirmed + refused + held + parked + duplicate;

        -- Rows of files that are wholly in force, once for each of the so many records that a row speaks of. The same row has nothing new to
        -- say as long as all of them have these versions. By record: what lies together in a file does so here, night after night.
        CREATE TABLE confirmed_rows (
            practice_id  TEXT    NOT NULL,
            record_id    INTEGER NOT NULL,
            row_hash     BLOB    NOT NULL,
            source       TEXT    NOT NULL,
            version      INTEGER NOT NULL CHECK (version > 0),
            records      INTEGER NOT NULL CHECK (records > 0),
            said_at      INTEGER NOT NULL,
            confirmed_at INTEGER NOT NULL CHECK (confirmed_at >= said_at),
            run_id       INTEGER NOT NULL,
            PRIMARY KEY (practice_id, record_id, row_hash)) WITHOUT ROWID;
        CREATE INDEX confirmed_rows_by_hash ON confirmed_rows (practice_id, row_hash);

        -- When each source was last looked at.
        CREATE TABLE polls (
            source     TEXT    PRIMARY KEY NOT NULL,
            due_at     INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at   INTEGER,
            fault      TEXT,
            files      INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
