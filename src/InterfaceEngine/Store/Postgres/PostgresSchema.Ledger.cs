namespace InterfaceEngine.Store.Postgres;

/// <content>What is sent, who sends it, and the two sides of the ledger. What is no practice's has no practice in its key.</content>
internal static partial class PostgresSchema
{
    private const string Outgoing = """
        CREATE TABLE deliveries (
            practice_id     text   NOT NULL,
            delivery_id     bigint NOT NULL,
            destination     text   NOT NULL,
            lane_hash       uuid   NOT NULL,
            place           bigint NOT NULL,
            event           text   NOT NULL,
            state           text   NOT NULL CHECK (state IN ('waiting', 'delivered', 'held', 'dismissed')),
            code            text,
            attempts        bigint NOT NULL,
            tried_since     bigint,
            next_attempt_at bigint NOT NULL,
            created_at      bigint NOT NULL,
            settled_at      bigint,
            record_id       bigint,
            message_id      bigint,
            size            bigint NOT NULL,
            key_version     bigint NOT NULL,
            notes           bytea  NOT NULL,
            body            bytea  NOT NULL,
            PRIMARY KEY (practice_id, delivery_id),
            CHECK ((state IN ('delivered', 'dismissed')) = (settled_at IS NOT NULL)));
        CREATE INDEX deliveries_by_id ON deliveries (delivery_id);
        CREATE INDEX deliveries_of_lane ON deliveries (practice_id, destination, lane_hash, place) WHERE state IN ('waiting', 'held');
        CREATE INDEX deliveries_open ON deliveries (destination, state, delivery_id) WHERE state IN ('waiting', 'held');

        CREATE TABLE delivery_lanes (
            practice_id text   NOT NULL,
            destination text   NOT NULL,
            lane_hash   uuid   NOT NULL,
            last_place  bigint NOT NULL,
            first_id    bigint NOT NULL,
            state       text   NOT NULL CHECK (state IN ('waiting', 'held')),
            due_at      bigint NOT NULL,
            PRIMARY KEY (practice_id, destination, lane_hash));
        CREATE INDEX delivery_lanes_ready ON delivery_lanes (destination, due_at, first_id) WHERE state = 'waiting';

        CREATE TABLE delivery_counts (
            destination text   NOT NULL,
            state       text   NOT NULL,
            deliveries  bigint NOT NULL,
            PRIMARY KEY (destination, state));
        CREATE TABLE delivery_queued (
            destination text   PRIMARY KEY,
            deliveries  bigint NOT NULL);

        CREATE TABLE leases (
            name       text   PRIMARY KEY,
            owner      text   NOT NULL,
            number     bigint NOT NULL CHECK (number > 0),
            expires_at bigint NOT NULL);

        CREATE TABLE attachments (
            practice_id   text   NOT NULL,
            content_hash  uuid   NOT NULL,
            attachment_id bigint NOT NULL,
            message_id    bigint,
            kept_at       bigint NOT NULL,
            size          bigint NOT NULL CHECK (size >= 0),
            key_version   bigint NOT NULL,
            PRIMARY KEY (practice_id, content_hash));
        CREATE TABLE attachment_chunks (
            practice_id   text   NOT NULL,
            attachment_id bigint NOT NULL,
            number        bigint NOT NULL,
            content       bytea  NOT NULL,
            PRIMARY KEY (practice_id, attachment_id, number));
        ALTER TABLE attachment_chunks ALTER content SET STORAGE EXTERNAL;

        CREATE TABLE sequence_numbers (
            practice_id text   NOT NULL,
            sender_hash uuid   NOT NULL,
            last        bigint NOT NULL CHECK (last > 0),
            PRIMARY KEY (practice_id, sender_hash));

        CREATE TABLE causes (
            practice_id text   NOT NULL,
            cause_id    bigint NOT NULL,
            key_hash    uuid   NOT NULL,
            state       text   NOT NULL CHECK (state IN ('refused', 'quarantined', 'held', 'parked')),
            code        text   NOT NULL,
            first_seen  bigint NOT NULL,
            last_seen   bigint NOT NULL,
            messages    bigint NOT NULL CHECK (messages >= 0),
            sightings   bigint NOT NULL,
            key_version bigint NOT NULL,
            detail      bytea  NOT NULL,
            PRIMARY KEY (practice_id, cause_id),
            UNIQUE (practice_id, key_hash));
        CREATE INDEX causes_open ON causes (cause_id) WHERE messages > 0;
        CREATE TABLE cause_messages (
            message_id bigint PRIMARY KEY,
            cause_id   bigint NOT NULL);
        CREATE INDEX cause_messages_of_cause ON cause_messages (cause_id, message_id);
        CREATE TABLE uncaused_messages (message_id bigint PRIMARY KEY);

        CREATE TABLE batches (
            batch_id    bigint PRIMARY KEY,
            source      text   NOT NULL,
            is_file     bigint NOT NULL CHECK (is_file IN (0, 1)),
            received_at bigint NOT NULL,
            verdict     text   NOT NULL CHECK (verdict IN ('open', 'complete', 'mismatch', 'cut off', 'interrupted')),
            stated      bigint,
            found       bigint CHECK (found >= 0),
            stored      bigint CHECK (stored >= 0),
            key_version bigint,
            detail      bytea,
            CHECK (verdict IN ('open', 'interrupted') OR (found IS NOT NULL AND detail IS NOT NULL)),
            CHECK ((key_version IS NULL) = (detail IS NULL)));
        CREATE INDEX batches_open ON batches (batch_id) WHERE verdict = 'open';
        CREATE INDEX batches_unbalanced ON batches (batch_id) WHERE found <> stored;
        CREATE TABLE batch_messages (
            batch_id   bigint NOT NULL,
            message_id bigint NOT NULL,
            PRIMARY KEY (batch_id, message_id));
        CREATE TABLE batch_days (
            day         bigint NOT NULL,
            source      text   NOT NULL,
            is_file     bigint NOT NULL,
            received    bigint NOT NULL,
            open        bigint NOT NULL DEFAULT 0,
            complete    bigint NOT NULL DEFAULT 0,
            mismatch    bigint NOT NULL DEFAULT 0,
            cut_off     bigint NOT NULL DEFAULT 0,
            interrupted bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (day, source, is_file));
        CREATE TABLE batch_counts (
            batch_id bigint NOT NULL,
            state    text   NOT NULL,
            messages bigint NOT NULL CHECK (messages > 0),
            PRIMARY KEY (batch_id, state));
        """;

    private const string Ledger = """
        CREATE TABLE source_runs (
            run_id          bigint PRIMARY KEY,
            node            text   NOT NULL,
            source          text   NOT NULL,
            first_number    bigint NOT NULL,
            settled_through bigint NOT NULL,
            in_flight_max   bigint NOT NULL,
            started_at      bigint NOT NULL,
            last_number     bigint,
            ended_at        bigint,
            CHECK ((last_number IS NULL) = (ended_at IS NULL)));
        CREATE INDEX source_runs_of_source ON source_runs (node, source, run_id);
        CREATE INDEX source_runs_open ON source_runs (node) WHERE ended_at IS NULL;
        CREATE TABLE source_days (
            day          bigint NOT NULL,
            source       text   NOT NULL,
            run_id       bigint NOT NULL,
            first_number bigint NOT NULL,
            last_number  bigint NOT NULL,
            PRIMARY KEY (day, source, run_id));
        CREATE TABLE unanswered_numbers (
            run_id       bigint NOT NULL,
            first_number bigint NOT NULL,
            last_number  bigint NOT NULL,
            day          bigint NOT NULL,
            kind         text   NOT NULL CHECK (kind IN ('unanswered', 'interrupted')),
            noted_at     bigint NOT NULL,
            PRIMARY KEY (run_id, first_number));
        CREATE INDEX unanswered_numbers_of_day ON unanswered_numbers (day);

        -- Each run is one node's, so nodes don't wait for each other's counts.
        CREATE TABLE message_days (
            day      bigint NOT NULL,
            source   text   NOT NULL,
            run_id   bigint NOT NULL,
            state    text   NOT NULL,
            messages bigint NOT NULL,
            PRIMARY KEY (day, source, run_id, state)) WITH (fillfactor = 50);

        CREATE TABLE ledger_seals (
            day       bigint PRIMARY KEY,
            sealed_at bigint NOT NULL,
            chain     bytea  NOT NULL);
        CREATE TABLE ledger_entries (
            sequence   bigint PRIMARY KEY,
            at         bigint NOT NULL,
            message_id bigint NOT NULL,
            day        bigint NOT NULL,
            source     text   NOT NULL,
            run_id     bigint NOT NULL,
            from_state text,
            to_state   text   NOT NULL,
            chain      bytea  NOT NULL);
        CREATE INDEX ledger_entries_of_day ON ledger_entries (day);
        CREATE TRIGGER ledger_seals_are_not_changed BEFORE UPDATE OR DELETE ON ledger_seals FOR EACH ROW EXECUTE FUNCTION engine_refuse_change();
        CREATE TRIGGER ledger_entries_are_not_changed BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION engine_refuse_change();
        CREATE TABLE corrections (
            day          bigint NOT NULL,
            source       text   NOT NULL,
            message_id   bigint NOT NULL,
            parent_id    bigint NOT NULL,
            corrected_at bigint NOT NULL,
            PRIMARY KEY (day, source, message_id));
        CREATE INDEX corrections_of_message ON corrections (parent_id);
        CREATE TABLE ledger_acceptances (
            difference_id bigint PRIMARY KEY,
            accepted_at   bigint NOT NULL,
            key_version   bigint NOT NULL,
            detail        bytea  NOT NULL);
        CREATE TRIGGER ledger_acceptances_are_not_changed BEFORE UPDATE OR DELETE ON ledger_acceptances FOR EACH ROW EXECUTE FUNCTION engine_refuse_change();
        """;
}
