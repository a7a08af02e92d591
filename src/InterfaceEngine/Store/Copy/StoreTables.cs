namespace InterfaceEngine.Store.Copy;

/// <summary>
/// Every table, so that a store can be carried from one database to another. A test compares it with the schema of both: whoever
/// adds a table adds it here, or says why it stays where it is.
/// </summary>
internal static class StoreTables
{
    /// <summary>In the order in which they are copied: what is small and says whose the store is comes first.</summary>
    public static IReadOnlyList<StoreTable> All { get; } =
    [
        new("practice_keys", "practice_id, version", "practice_id text, version number, master_key text, wrapped blob, created_at number"),
        new("mapping_sets", "hash", "hash text, kept_at number, content blob"),
        new("deployed_sets", "number", "number number, hash text, deployed_at number, actor text, node text"),
        new("messages", "message_id", """
            practice_id text, message_id number, source text, received_at number, event text, state text, code text, mapping_set text, size number,
            run_id number, number number, parent_id number, key_version number, notes blob, body blob
            """) { IsFoundByPractice = true },
        new("receipts", "practice_id, week, control_hash, fingerprint_hash", """
            practice_id text, week number, control_hash hash, fingerprint_hash hash, message_id number
            """),
        new("parked", "practice_id, alias_hash, message_id", "practice_id text, alias_hash hash, message_id number"),
        new("records", "record_id", """
            practice_id text, record_id number, type text, version number, event_at number, updated_at number, changed_sequence number, key_version number, document blob
            """) { IsFoundByPractice = true },
        new("aliases", "practice_id, group_hash, alias_hash", "practice_id text, group_hash small, alias_hash hash, record_id number"),
        new("look_ups", "practice_id, key_hash, record_id", "practice_id text, key_hash hash, record_id number"),
        new("changes", "practice_id, sequence", """
            practice_id text, sequence number, message_id number, unit_id number, committed_at number, key_version number, document blob
            """),
        new("reviews", "review_id", """
            practice_id text, review_id number, kind text, key_hash hash, state text, first_seen number, last_seen number, sightings number, key_version number, detail blob
            """) { IsFoundByPractice = true },
        new("review_messages", "review_id, message_id", "review_id number, message_id number, practice_id text") { IsFoundByPractice = true },
        new("causes", "cause_id", """
            practice_id text, cause_id number, key_hash hash, state text, code text, first_seen number, last_seen number, messages number, sightings number,
            key_version number, detail blob
            """) { IsFoundByPractice = true },
        new("cause_messages", "message_id", "message_id number, cause_id number, practice_id text") { IsFoundByPractice = true },
        new("uncaused_messages", "message_id", "message_id number"),
        new("attachments", "practice_id, content_hash", """
            practice_id text, content_hash hash, attachment_id number, message_id number, kept_at number, size number, key_version number
            """),
        new("attachment_chunks", "practice_id, attachment_id, number", "practice_id text, attachment_id number, number number, content blob"),
        new("sequence_numbers", "practice_id, sender_hash", "practice_id text, sender_hash hash, last number"),
        new("deliveries", "delivery_id", """
            practice_id text, delivery_id number, destination text, lane_hash hash, place number, event text, state text, code text, attempts number,
            tried_since number, next_attempt_at number, created_at number, settled_at number, record_id number, message_id number, size number,
            key_version number, notes blob, body blob
            """) { IsFoundByPractice = true },
        new("delivery_lanes", "practice_id, destination, lane_hash", """
            practice_id text, destination text, lane_hash hash, last_place number, first_id number, state text, due_at number
            """),
        new("delivery_counts", "destination, state", "destination text, state text, deliveries number"),
        new("delivery_queued", "destination", "destination text, deliveries number"),
        new("leases", "name", "name text, owner text, number number, expires_at number"),
        new("batches", "batch_id", """
            batch_id number, source text, is_file number, received_at number, verdict text, stated number, found number, stored number, key_version number, detail blob,
            node text
            """),
        new("batch_messages", "batch_id, message_id", "batch_id number, message_id number"),
        new("batch_days", "day, source, is_file", """
            day number, source text, is_file number, received number, open number, complete number, mismatch number, cut_off number, interrupted number
            """),
        new("batch_counts", "batch_id, state", "batch_id number, state text, messages number"),
        new("file_runs", "run_id", """
            run_id number, practice_id text, source text, kind text, content blob, size number, rows number, event_at number, received_at number, ended_at number,
            state text, is_wanted_again number, position number, pending text, created number, updated number, unchanged number, confirmed number, refused number,
            held number, parked number, duplicate number, key_version number, detail blob, reader number
            """) { IsFoundByPractice = true },
        new("confirmed_rows", "practice_id, record_id, row_hash", """
            practice_id text, record_id number, row_hash hash, source text, version number, records number, said_at number, confirmed_at number, run_id number
            """),
        new("polls", "source", "source text, due_at number, started_at number, ended_at number, fault text, files number"),
        new("connection_documents", "practice_id, connection, kind, name", """
            practice_id text, connection text, kind text, name text, version number, due_at number, written_at number, key_version number, content blob
            """),
        new("api_keys", "key_id", "key_id number, name text, hash blob, role text, practices text, created_at number, expires_at number, revoked_at number, used_at number"),
        new("calls", "call_id", """
            call_id number, at number, practice_id text, connection text, endpoint text, status number, fault text, milliseconds number, sent number, received number,
            request_id text, actor text
            """),
        new("source_runs", "run_id", """
            run_id number, node text, source text, first_number number, settled_through number, in_flight_max number, started_at number, last_number number, ended_at number
            """),
        new("source_days", "day, source, run_id", "day number, source text, run_id number, first_number number, last_number number"),
        new("unanswered_numbers", "run_id, first_number", "run_id number, first_number number, last_number number, day number, kind text, noted_at number"),
        new("message_days", "day, source, run_id, state", "day number, source text, run_id number, state text, messages number"),
        new("corrections", "day, source, message_id", "day number, source text, message_id number, parent_id number, corrected_at number"),
        new("ledger_seals", "day", "day number, sealed_at number, chain blob") { IsAppendOnly = true },
        new("ledger_entries", "sequence", """
            sequence number, at number, message_id number, day number, source text, run_id number, from_state text, to_state text, chain blob
            """) { IsAppendOnly = true },
        new("ledger_acceptances", "difference_id", "difference_id number, accepted_at number, key_version number, detail blob") { IsAppendOnly = true },
        new("drops", "kind, older_than", "kind text, older_than number, dropped_at number, dropped number"),
        new("dropped_days", "day, source, run_id, state", "day number, source text, run_id number, state text, messages number"),
        new("dropped_deliveries", "destination, state", "destination text, state text, deliveries number"),
        new("run_drops", "older_than", "older_than number, dropped_at number, dropped number"),
        new("dropped_batches", "day, source, is_file, verdict", "day number, source text, is_file number, verdict text, batches number"),
        new("dropped_files", "day, source", """
            day number, source text, files number, rows number, unread number, created number, updated number, unchanged number, confirmed number, refused number,
            held number, parked number, duplicate number
            """),
        new("audit", "sequence", """
            sequence number, at number, actor text, action text, practice_id text, entry_id number, key_version number, document blob, chain blob
            """) { IsAppendOnly = true },
    ];
}
