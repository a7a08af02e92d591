namespace InterfaceEngine.Store.Postgres;

/// <content>Runs that were too old and were dropped. What is meant stands at the embedded store.</content>
internal static partial class PostgresSchema
{
    private const string RunRetention = """
        CREATE TABLE run_drops (
            older_than bigint PRIMARY KEY,
            dropped_at bigint NOT NULL,
            dropped    bigint NOT NULL);
        CREATE TABLE dropped_batches (
            day     bigint NOT NULL,
            source  text   NOT NULL,
            is_file bigint NOT NULL,
            verdict text   NOT NULL,
            batches bigint NOT NULL,
            PRIMARY KEY (day, source, is_file, verdict));
        CREATE TABLE dropped_files (
            day       bigint NOT NULL,
            source    text   NOT NULL,
            files     bigint NOT NULL,
            rows      bigint NOT NULL,
            unread    bigint NOT NULL,
            created   bigint NOT NULL,
            updated   bigint NOT NULL,
            unchanged bigint NOT NULL,
            confirmed bigint NOT NULL,
            refused   bigint NOT NULL,
            held      bigint NOT NULL,
            parked    bigint NOT NULL,
            duplicate bigint NOT NULL,
            PRIMARY KEY (day, source));
        """;
}
