namespace InterfaceEngine.Store.Postgres;

/// <content>Which mapping set all nodes use, and which they used before; and which engines can go on with a store that a newer one migrated.</content>
internal static partial class PostgresSchema
{
    private const string DeployedSets = """
        CREATE TABLE deployed_sets (
            number      bigint PRIMARY KEY,
            hash        text   NOT NULL,
            deployed_at bigint NOT NULL,
            actor       text   NOT NULL,
            node        text   NOT NULL);
        ALTER TABLE schema_version ADD COLUMN readable_from bigint;
        """;
}
