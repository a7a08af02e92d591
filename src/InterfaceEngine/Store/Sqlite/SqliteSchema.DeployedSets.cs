namespace InterfaceEngine.Store.Sqlite;

/// <content>Which mapping set all nodes use, and which they used before; and which engines can go on with a store that a newer one migrated.</content>
internal static partial class SqliteSchema
{
    private const string DeployedSets = """
        -- The last row is the set in force.
        CREATE TABLE deployed_sets (
            number      INTEGER PRIMARY KEY,
            hash        TEXT    NOT NULL,
            deployed_at INTEGER NOT NULL,
            actor       TEXT    NOT NULL,
            node        TEXT    NOT NULL);
        ALTER TABLE schema_version ADD COLUMN readable_from INTEGER;
        """;
}
