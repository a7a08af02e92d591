namespace InterfaceEngine.Store.Sqlite;

/// <content>What is to be sent, in which order, and by whom.</content>
internal static partial class SqliteSchema
{
    private const string Deliveries = """
        -- The body stands last, so that lists don't read over it. The place is the order within the lane.
        CREATE TABLE deliveries (
            delivery_id     INTEGER PRIMARY KEY,
            practice_id     TEXT    NOT NULL,
            destination     TEXT    NOT NULL,
            lane_hash       BLOB    NOT NULL,
            place           INTEGER NOT NULL,
            event           TEXT    NOT NULL,
            state           TEXT    NOT NULL CHECK (state IN ('waiting', 'delivered', 'held', 'dismissed')),
            code            TEXT,
            attempts        INTEGER NOT NULL,
            tried_since     INTEGER,
            next_attempt_at INTEGER NOT NULL,
            created_at      INTEGER NOT NULL,
            settled_at      INTEGER,
            record_id       INTEGER,
            message_id      INTEGER,
            size            INTEGER NOT NULL,
            key_version     INTEGER NOT NULL,
            notes           BLOB    NOT NULL,
            body            BLOB    NOT NULL,
            CHECK ((state IN ('delivered', 'dismissed')) = (settled_at IS NOT NULL)));
        -- What is not settled: by lane, to find what follows a lane's first; by state, for people.
        CREATE INDEX deliveries_of_lane ON deliveries (practice_id, destination, lane_hash, place)
            WHERE state IN ('waiting', 'held');
        CREATE INDEX deliveries_open ON deliveries (destination, state, delivery_id)
            WHERE state IN ('waiting', 'held');

        -- One row for each lane that holds anything unsettled: its first, and whether that may be sent. A held lane is
        -- not in the index of ready ones, so it costs nothing there, however much waits behind its first.
        CREATE TABLE delivery_lanes (
            practice_id TEXT    NOT NULL,
            destination TEXT    NOT NULL,
            lane_hash   BLOB    NOT NULL,
            last_place  INTEGER NOT NULL,
            first_id    INTEGER NOT NULL,
            state       TEXT    NOT NULL CHECK (state IN ('waiting', 'held')),
            due_at      INTEGER NOT NULL,
            PRIMARY KEY (practice_id, destination, lane_hash)) WITHOUT ROWID;
        CREATE INDEX delivery_lanes_ready ON delivery_lanes (destination, due_at, first_id) WHERE state = 'waiting';

        CREATE TABLE delivery_counts (
            destination TEXT    NOT NULL,
            state       TEXT    NOT NULL,
            deliveries  INTEGER NOT NULL,
            PRIMARY KEY (destination, state)) WITHOUT ROWID;

        -- The number rises with every owner and is never reset: it fences off those before.
        CREATE TABLE leases (
            name       TEXT    NOT NULL PRIMARY KEY,
            owner      TEXT    NOT NULL,
            number     INTEGER NOT NULL CHECK (number > 0),
            expires_at INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
