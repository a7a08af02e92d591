namespace InterfaceEngine.Store.Sqlite;

/// <content>Keys of programs, and calls.</content>
internal static partial class SqliteSchema
{
    /// <summary>Two keys may have one name, if only one of them is in force: that one was revoked at 0. Calls are found by their time, which their numbers follow.</summary>
    private const string Calls = """
        CREATE TABLE api_keys (
            key_id     INTEGER PRIMARY KEY,
            name       TEXT    NOT NULL,
            hash       BLOB    NOT NULL,
            role       TEXT    NOT NULL,
            practices  TEXT    NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER NOT NULL DEFAULT 0,
            used_at    INTEGER,
            UNIQUE (name, revoked_at));

        CREATE TABLE calls (
            call_id      INTEGER PRIMARY KEY,
            at           INTEGER NOT NULL,
            practice_id  TEXT,
            connection   TEXT    NOT NULL,
            endpoint     TEXT    NOT NULL,
            status       INTEGER NOT NULL,
            fault        TEXT,
            milliseconds INTEGER NOT NULL,
            sent         INTEGER NOT NULL,
            received     INTEGER NOT NULL,
            request_id   TEXT,
            actor        TEXT    NOT NULL);
        CREATE INDEX calls_by_time ON calls (at);
        """;
}
