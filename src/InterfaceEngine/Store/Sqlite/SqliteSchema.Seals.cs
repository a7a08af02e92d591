namespace InterfaceEngine.Store.Sqlite;

/// <content>Days of the ledger that are closed, and what happened to them since.</content>
internal static partial class SqliteSchema
{
    private const string Seals = """
        -- A seal is a keyed hash over its day's rows on both sides and the seal before it.
        CREATE TABLE ledger_seals (
            day       INTEGER PRIMARY KEY,
            sealed_at INTEGER NOT NULL,
            chain     BLOB    NOT NULL);
        -- A message of a sealed day that changes its state is an entry: the day's counts stay as they were sealed.
        CREATE TABLE ledger_entries (
            sequence   INTEGER PRIMARY KEY,
            at         INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            day        INTEGER NOT NULL,
            source     TEXT    NOT NULL,
            run_id     INTEGER NOT NULL,
            from_state TEXT,
            to_state   TEXT    NOT NULL,
            chain      BLOB    NOT NULL);
        CREATE INDEX ledger_entries_of_day ON ledger_entries (day);
        CREATE TRIGGER ledger_seals_are_not_changed BEFORE UPDATE ON ledger_seals
            BEGIN SELECT RAISE(ABORT, 'seals are not changed'); END;
        CREATE TRIGGER ledger_seals_are_not_deleted BEFORE DELETE ON ledger_seals
            BEGIN SELECT RAISE(ABORT, 'seals are not deleted'); END;
        CREATE TRIGGER ledger_entries_are_not_changed BEFORE UPDATE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'entries of the ledger are not changed'); END;
        CREATE TRIGGER ledger_entries_are_not_deleted BEFORE DELETE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'entries of the ledger are not deleted'); END;

        -- A corrected copy of a message: the other side of messages that no source numbered.
        CREATE TABLE corrections (
            day          INTEGER NOT NULL,
            source       TEXT    NOT NULL,
            message_id   INTEGER NOT NULL,
            parent_id    INTEGER NOT NULL,
            corrected_at INTEGER NOT NULL,
            PRIMARY KEY (day, source, message_id)) WITHOUT ROWID;
        CREATE INDEX corrections_of_message ON corrections (parent_id);

        -- The other side of delivery_counts.
        CREATE TABLE delivery_queued (
            destination TEXT    PRIMARY KEY,
            deliveries  INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO delivery_queued (destination, deliveries) SELECT destination, sum(deliveries) FROM delivery_counts GROUP BY destination;
        """;

    private const string Acceptances = """
        -- Differences that people know and have explained: who, why and what it said are sealed under the difference's id.
        CREATE TABLE ledger_acceptances (
            difference_id INTEGER PRIMARY KEY,
            accepted_at   INTEGER NOT NULL,
            key_version   INTEGER NOT NULL,
            detail        BLOB    NOT NULL);
        CREATE TRIGGER ledger_acceptances_are_not_changed BEFORE UPDATE ON ledger_acceptances
            BEGIN SELECT RAISE(ABORT, 'acceptances are not changed'); END;
        CREATE TRIGGER ledger_acceptances_are_not_deleted BEFORE DELETE ON ledger_acceptances
            BEGIN SELECT RAISE(ABORT, 'acceptances are not deleted'); END;
        """;
}
