namespace InterfaceEngine.Store.Sqlite;

/// <content>Aliases that begin alike lie together.</content>
internal static partial class SqliteSchema
{
    private const string Groups = """
        CREATE TABLE grouped_aliases (
            practice_id TEXT    NOT NULL,
            group_hash  INTEGER NOT NULL,
            alias_hash  BLOB    NOT NULL,
            record_id   INTEGER NOT NULL,
            PRIMARY KEY (practice_id, group_hash, alias_hash)) WITHOUT ROWID;
        INSERT INTO grouped_aliases SELECT practice_id, 0, alias_hash, record_id FROM aliases ORDER BY practice_id, alias_hash;
        DROP TABLE aliases;
        ALTER TABLE grouped_aliases RENAME TO aliases;
        """;
}
