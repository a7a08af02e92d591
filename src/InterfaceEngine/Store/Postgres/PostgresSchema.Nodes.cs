namespace InterfaceEngine.Store.Postgres;

/// <content>The processes that share the store, and the clock that they have in common.</content>
internal static partial class PostgresSchema
{
    private const string Nodes = """
        -- The database's own clock, whatever those of the nodes say; it goes on within a transaction.
        CREATE FUNCTION engine_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

        CREATE TABLE nodes (
            name        text   PRIMARY KEY,
            number      bigint NOT NULL UNIQUE,
            owner       text   NOT NULL,
            home        text   NOT NULL,
            version     text   NOT NULL,
            mapping_set text,
            problem     text,
            started_at  bigint NOT NULL,
            seen_at     bigint NOT NULL,
            expires_at  bigint NOT NULL);
        ALTER TABLE batches ADD COLUMN node text NOT NULL DEFAULT '';
        """;
}
