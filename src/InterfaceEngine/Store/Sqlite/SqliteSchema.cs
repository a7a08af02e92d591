using InterfaceEngine.Store.Sql;

namespace InterfaceEngine.Store.Sqlite;

/// <summary>
/// The schema, as numbered migrations. Plain columns hold what operation needs and no patient's value; what is
/// called notes, body, document or detail is sealed, what is called a hash is keyed. Times are UTC milliseconds.
/// Not STRICT: a file made with a new SQLite must open with the bundled one, which does not know the word.
/// </summary>
internal static partial class SqliteSchema
{
    /// <summary>Says that a database is ours: "IEng".</summary>
    public const int ApplicationId = 0x49456E67;

    public static int Version => Migrations[^1].Number;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "messages, records, changes, reviews, audit", First),
        new(2, "deliveries, leases", Deliveries),
        new(3, "attachments", Attachments),
        new(4, "numbers of sources, counts by day", Ledger),
        new(5, "closed days of the ledger", Seals),
        new(6, "sequence numbers of senders", Sequences),
        new(7, "causes", Causes),
        new(8, "batches", Batches),
        new(9, "batches from their beginning, their ledger", BatchLedger),
        new(10, "causes of what stood still before", Uncaused),
        new(11, "groups of aliases", Groups),
        new(12, "accepted differences of the ledger", Acceptances),
        new(13, "copies of stores, changes by practice", Copies),
        new(15, "nodes", Nodes),
        new(16, "what was dropped", Retention),
        new(17, "the practice of causes' and reviews' messages", Practices),
        new(18, "deployed mapping sets", DeployedSets) { ReadableFrom = 17 },
        new(Migration.FilesSince, "files of rows", FileRuns) { ReadableFrom = 18 },
        new(21, "readers of files", FileReaders) { ReadableFrom = 18 },
        new(22, "what connections to vendors remember", Connections) { ReadableFrom = 18 },
        new(23, "keys of programs, calls", Calls) { ReadableFrom = 18 },
        new(24, "runs that were dropped", RunRetention) { ReadableFrom = 18 },
        new(25, "deliveries by their record", DeliveriesOfRecord) { ReadableFrom = 18 },
    ];

    /// <summary>Runs what is missing. The caller's transaction holds all of it.</summary>
    public static void Migrate(SqliteDatabase database, int from, long now)
    {
        foreach (var migration in Migrations)
        {
            if (migration.Number > from)
            {
                database.ExecuteScript(migration.Sql);
                database.Prepare("INSERT INTO schema_version (version, name, applied_at) VALUES (?1, ?2, ?3)")
                    .Bind(1, migration.Number).Bind(2, migration.Name).Bind(3, now).Run();
                if (migration.ReadableFrom is { } oldest)
                {
                    database.Prepare("UPDATE schema_version SET readable_from = ?2 WHERE version = ?1").Bind(1, migration.Number).Bind(2, oldest).Run();
                }
            }
        }
    }

    private const string First = """
        CREATE TABLE schema_version (
            version    INTEGER PRIMARY KEY,
            name       TEXT    NOT NULL,
            applied_at INTEGER NOT NULL);

        -- Data keys, wrapped by the master key whose fingerprint stands beside them. Practice '' is the engine itself.
        CREATE TABLE practice_keys (
            practice_id TEXT    NOT NULL,
            version     INTEGER NOT NULL,
            master_key  TEXT    NOT NULL,
            wrapped     BLOB    NOT NULL,
            created_at  INTEGER NOT NULL,
            PRIMARY KEY (practice_id, version)) WITHOUT ROWID;

        -- The body stands last, so that lists don't read over it.
        CREATE TABLE messages (
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
            key_version INTEGER NOT NULL,
            notes       BLOB    NOT NULL,
            body        BLOB    NOT NULL);
        CREATE INDEX messages_of_practice ON messages (practice_id);
        -- Only what may need somebody: most messages never enter it.
        CREATE INDEX messages_waiting ON messages (state)
            WHERE state IN ('refused', 'quarantined', 'parked', 'ready', 'held');

        CREATE TABLE message_counts (
            source   TEXT    NOT NULL,
            state    TEXT    NOT NULL,
            messages INTEGER NOT NULL,
            PRIMARY KEY (source, state)) WITHOUT ROWID;

        -- Accepted messages, to know a resend. By week, so that inserts stay together and old weeks can be dropped.
        CREATE TABLE receipts (
            practice_id      TEXT    NOT NULL,
            week             INTEGER NOT NULL,
            control_hash     BLOB    NOT NULL,
            fingerprint_hash BLOB    NOT NULL,
            message_id       INTEGER NOT NULL,
            PRIMARY KEY (practice_id, week, control_hash, fingerprint_hash)) WITHOUT ROWID;

        CREATE TABLE parked (
            practice_id TEXT    NOT NULL,
            alias_hash  BLOB    NOT NULL,
            message_id  INTEGER NOT NULL,
            PRIMARY KEY (practice_id, alias_hash, message_id)) WITHOUT ROWID;
        CREATE INDEX parked_messages ON parked (message_id);

        CREATE TABLE records (
            record_id        INTEGER PRIMARY KEY,
            practice_id      TEXT    NOT NULL,
            type             TEXT    NOT NULL,
            version          INTEGER NOT NULL CHECK (version > 0),
            event_at         INTEGER,
            updated_at       INTEGER NOT NULL,
            changed_sequence INTEGER NOT NULL,
            key_version      INTEGER NOT NULL,
            document         BLOB    NOT NULL);
        CREATE INDEX records_of_type ON records (practice_id, type);

        CREATE TABLE aliases (
            practice_id TEXT    NOT NULL,
            alias_hash  BLOB    NOT NULL,
            record_id   INTEGER NOT NULL,
            PRIMARY KEY (practice_id, alias_hash)) WITHOUT ROWID;

        CREATE TABLE look_ups (
            practice_id TEXT    NOT NULL,
            key_hash    BLOB    NOT NULL,
            record_id   INTEGER NOT NULL,
            PRIMARY KEY (practice_id, key_hash, record_id)) WITHOUT ROWID;

        -- The sequence has no gaps. The document names each record's change before this one: a history is a chain.
        CREATE TABLE changes (
            sequence     INTEGER PRIMARY KEY,
            practice_id  TEXT    NOT NULL,
            message_id   INTEGER,
            unit_id      INTEGER NOT NULL,
            committed_at INTEGER NOT NULL,
            key_version  INTEGER NOT NULL,
            document     BLOB    NOT NULL);

        CREATE TABLE reviews (
            review_id   INTEGER PRIMARY KEY,
            practice_id TEXT    NOT NULL,
            kind        TEXT    NOT NULL,
            key_hash    BLOB    NOT NULL,
            state       TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'dismissed')),
            first_seen  INTEGER NOT NULL,
            last_seen   INTEGER NOT NULL,
            sightings   INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            detail      BLOB    NOT NULL);
        CREATE INDEX reviews_by_key ON reviews (practice_id, key_hash);
        CREATE INDEX reviews_by_state ON reviews (state);
        CREATE TABLE review_messages (
            review_id  INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            PRIMARY KEY (review_id, message_id)) WITHOUT ROWID;

        -- Each row's chain is a keyed hash over the row and the chain before it.
        CREATE TABLE audit (
            sequence    INTEGER PRIMARY KEY,
            at          INTEGER NOT NULL,
            actor       TEXT    NOT NULL,
            action      TEXT    NOT NULL,
            practice_id TEXT,
            entry_id    INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            document    BLOB    NOT NULL,
            chain       BLOB    NOT NULL);
        CREATE INDEX audit_of_practice ON audit (practice_id);
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit rows are not changed'); END;
        CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit rows are not deleted'); END;

        CREATE TABLE mapping_sets (
            hash    TEXT    PRIMARY KEY,
            kept_at INTEGER NOT NULL,
            content BLOB    NOT NULL);
        """;
}
