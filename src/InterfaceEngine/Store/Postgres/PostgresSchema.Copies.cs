namespace InterfaceEngine.Store.Postgres;

/// <content>What a store needs to be moved to another database and back.</content>
internal static partial class PostgresSchema
{
    private const string Copies = """
        CREATE TABLE store_marks (
            kind     text   PRIMARY KEY CHECK (kind IN ('copying', 'moved')),
            place    text   NOT NULL,
            set_at   bigint NOT NULL,
            progress text);
        -- For triggers that bar every node of a store that moves, whatever it believes.
        CREATE FUNCTION engine_refuse_moved() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'this store has moved and takes nothing any more' USING ERRCODE = '25006';
            END $$;
        """;
}
