namespace InterfaceEngine.Store.Postgres;

/// <content>Rows of a practice that did not say so: it leads their keys as it does all others. A node of the version before goes on without saying it.</content>
internal static partial class PostgresSchema
{
    private const string Practices = """
        ALTER TABLE cause_messages ADD practice_id text NOT NULL DEFAULT '';
        UPDATE cause_messages m SET practice_id = c.practice_id FROM causes c WHERE c.cause_id = m.cause_id;
        ALTER TABLE cause_messages DROP CONSTRAINT cause_messages_pkey, ADD PRIMARY KEY (practice_id, message_id);
        CREATE INDEX cause_messages_by_id ON cause_messages (message_id);
        ALTER TABLE review_messages ADD practice_id text NOT NULL DEFAULT '';
        UPDATE review_messages m SET practice_id = r.practice_id FROM reviews r WHERE r.review_id = m.review_id;
        ALTER TABLE review_messages DROP CONSTRAINT review_messages_pkey, ADD PRIMARY KEY (practice_id, review_id, message_id);
        CREATE INDEX review_messages_of_review ON review_messages (review_id, message_id);
        """;
}
