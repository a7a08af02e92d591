namespace InterfaceEngine.Store.Sqlite;

/// <content>The last sequence number (MSH-13) of each sender that numbers its messages.</content>
internal static partial class SqliteSchema
{
    private const string Sequences = """
        CREATE TABLE sequence_numbers (
            practice_id TEXT    NOT NULL,
            sender_hash BLOB    NOT NULL,
            last        INTEGER NOT NULL CHECK (last > 0),
            PRIMARY KEY (practice_id, sender_hash)) WITHOUT ROWID;
        """;
}
