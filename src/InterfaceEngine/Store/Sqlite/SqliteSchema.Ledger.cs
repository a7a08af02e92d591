namespace InterfaceEngine.Store.Sqlite;

/// <content>The two sides of the ledger: what sources say they received, and what the store counts.</content>
internal static partial class SqliteSchema
{
    private const string Ledger = """
        -- Made anew, because the body must stay last: lists don't read over it, and a large one is filled in afterwards
        -- without a copy in memory. Run 0 is of messages that no source numbered: those from before there were numbers,
        -- and corrected copies, which name their original as parent.
        CREATE TABLE numbered_messages (
            message_id  INTEGER PRIMARY KEY,
            practice_id TEXT    NOT NULL,
            source      TEXT    NOT NULL,
            received_at INTEGER NOT NULL,
            event       TEXT    NOT NULL,
            state       TEXT    NOT NULL CHECK (state IN ('applied', 'unchanged', 'duplicate', 'ignored', 'refused',
                                                          'quarantined', 'parked', 'ready', 'held', 'dismissed')),
            code        TEXT,
            mapping_set TEXT,
            size        INTEGER NOT NULL,
            run_id      INTEGER NOT NULL,
            number      INTEGER NOT NULL,
            parent_id   INTEGER,
            key_version INTEGER NOT NULL,
            notes       BLOB    NOT NULL,
            body        BLOB    NOT NULL);
        INSERT INTO numbered_messages
            SELECT message_id, practice_id, source, received_at, event, state, code, mapping_set, size, 0, 0, NULL, key_version, notes, body
            FROM messages ORDER BY message_id;
        DROP TABLE messages;
        ALTER TABLE numbered_messages RENAME TO messages;
        CREATE INDEX messages_of_practice ON messages (practice_id);
        CREATE INDEX messages_waiting ON messages (state)
            WHERE state IN ('refused', 'quarantined', 'parked', 'ready', 'held');
        -- Holds all that a recount asks for, and a day is a range of it.
        CREATE INDEX messages_by_number ON messages (run_id, number, state);

        -- A source's numbering from a start to its end, by one node. Numbers up to settled_through are stored or unanswered.
        CREATE TABLE source_runs (
            run_id          INTEGER PRIMARY KEY,
            node            TEXT    NOT NULL,
            source          TEXT    NOT NULL,
            first_number    INTEGER NOT NULL,
            settled_through INTEGER NOT NULL,
            in_flight_max   INTEGER NOT NULL,
            started_at      INTEGER NOT NULL,
            last_number     INTEGER,
            ended_at        INTEGER,
            CHECK ((last_number IS NULL) = (ended_at IS NULL)));
        CREATE INDEX source_runs_of_source ON source_runs (node, source, run_id);
        CREATE INDEX source_runs_open ON source_runs (node) WHERE ended_at IS NULL;

        -- The sources' side. Days are UTC, counted from 1970.
        CREATE TABLE source_days (
            day          INTEGER NOT NULL,
            source       TEXT    NOT NULL,
            run_id       INTEGER NOT NULL,
            first_number INTEGER NOT NULL,
            last_number  INTEGER NOT NULL,
            PRIMARY KEY (day, source, run_id)) WITHOUT ROWID;
        CREATE TABLE unanswered_numbers (
            run_id       INTEGER NOT NULL,
            first_number INTEGER NOT NULL,
            last_number  INTEGER NOT NULL,
            day          INTEGER NOT NULL,
            kind         TEXT    NOT NULL CHECK (kind IN ('unanswered', 'interrupted')),
            noted_at     INTEGER NOT NULL,
            PRIMARY KEY (run_id, first_number)) WITHOUT ROWID;
        CREATE INDEX unanswered_numbers_of_day ON unanswered_numbers (day);

        -- The store's side, counted in the transaction that writes the messages.
        CREATE TABLE message_days (
            day      INTEGER NOT NULL,
            source   TEXT    NOT NULL,
            run_id   INTEGER NOT NULL,
            state    TEXT    NOT NULL,
            messages INTEGER NOT NULL,
            PRIMARY KEY (day, source, run_id, state)) WITHOUT ROWID;
        INSERT INTO message_days (day, source, run_id, state, messages)
            SELECT received_at / 86400000, source, 0, state, count(*) FROM messages GROUP BY 1, 2, 4;
        INSERT INTO source_days (day, source, run_id, first_number, last_number)
            SELECT day, source, 0, 1, sum(messages) FROM message_days GROUP BY day, source;
        DROP TABLE message_counts;
        """;
}
