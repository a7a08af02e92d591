namespace InterfaceEngine.Store.Sqlite;

/// <content>Rows of a practice that did not say so.</content>
internal static partial class SqliteSchema
{
    private const string Practices = """
        ALTER TABLE cause_messages ADD COLUMN practice_id TEXT NOT NULL DEFAULT '';
        UPDATE cause_messages SET practice_id = coalesce((SELECT practice_id FROM causes WHERE causes.cause_id = cause_messages.cause_id), '');
        ALTER TABLE review_messages ADD COLUMN practice_id TEXT NOT NULL DEFAULT '';
        UPDATE review_messages SET practice_id = coalesce((SELECT practice_id FROM reviews WHERE reviews.review_id = review_messages.review_id), '');
        """;
}
