namespace InterfaceEngine.Store.Postgres;

/// <content>Keys of programs, and calls. What is meant stands at the embedded store.</content>
internal static partial class PostgresSchema
{
    private const string Calls = """
        CREATE TABLE api_keys (
            key_id     bigint PRIMARY KEY,
            name       text   NOT NULL,
            hash       bytea  NOT NULL,
            role       text   NOT NULL,
            practices  text   NOT NULL,
            created_at bigint NOT NULL,
            expires_at bigint,
            revoked_at bigint NOT NULL DEFAULT 0,
            used_at    bigint,
            UNIQUE (name, revoked_at));

        CREATE TABLE calls (
            call_id      bigint PRIMARY KEY,
            at           bigint NOT NULL,
            practice_id  text,
            connection   text   NOT NULL,
            endpoint     text   NOT NULL,
            status       bigint NOT NULL,
            fault        text,
            milliseconds bigint NOT NULL,
            sent         bigint NOT NULL,
            received     bigint NOT NULL,
            request_id   text,
            actor        text   NOT NULL);
        CREATE INDEX calls_by_time ON calls (at);
        """;
}
