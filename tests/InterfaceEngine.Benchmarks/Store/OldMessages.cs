using InterfaceEngine.Store.Sqlite;
using Npgsql;

namespace InterfaceEngine.Benchmarks.Store;

/// <summary>
/// Puts old messages into a store, each with its receipt and its change: copies of the last one, as large as it is, under ids before
/// the first one's and hashes of their own. Nobody could open them; intake never looks at them, and that is what is measured.
/// </summary>
internal static class OldMessages
{
    private const int Together = 250_000;

    /// <param name="file">The database of an engine that does not run.</param>
    /// <param name="messages">How many.</param>
    public static void AddToSqlite(string file, int messages)
    {
        using var database = SqliteDatabase.Open(file, SqliteAccess.Write);
        database.Execute("PRAGMA synchronous = OFF");
        var (first, last) = (database.Number("SELECT min(message_id) FROM messages"), database.Number("SELECT max(message_id) FROM messages WHERE state = 'applied'"));
        for (var done = 0; done < messages; done += Together)
        {
            database.Execute("BEGIN");
            foreach (var statement in Statements(first, last, done + 1, Math.Min(done + Together, messages), "randomblob(16)"))
            {
                database.Execute(statement);
            }

            database.Execute("COMMIT");
            database.Checkpoint();
        }
    }

    /// <param name="connection">The database of engines that do not run.</param>
    /// <param name="messages">How many.</param>
    public static void AddToPostgres(string connection, int messages)
    {
        using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 0, Pooling = false });
        var (first, last) = (Number("SELECT min(message_id) FROM messages"), Number("SELECT max(message_id) FROM messages WHERE state = 'applied'"));
        for (var done = 0; done < messages; done += Together)
        {
            foreach (var statement in Statements(first, last, done + 1, Math.Min(done + Together, messages), "gen_random_uuid()"))
            {
                Run(statement);
            }
        }

        // What the server would do by itself within minutes, and then in the middle of a measurement.
        Run("VACUUM (ANALYZE, FREEZE) messages, receipts, changes");
        Run("CHECKPOINT");

        void Run(string sql)
        {
            using var command = source.CreateCommand(sql);
            command.ExecuteNonQuery();
        }

        long Number(string sql)
        {
            using var command = source.CreateCommand(sql);
            return (long)command.ExecuteScalar()!;
        }
    }

    private static string[] Statements(long first, long last, int from, int to, string hash)
    {
        var numbers = $"WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to})";
        return
        [
            $"""
            {numbers}
            INSERT INTO messages (practice_id, message_id, source, received_at, event, state, mapping_set, size, run_id, number, key_version, notes, body)
            SELECT m.practice_id, {first} - n.i, m.source, m.received_at, m.event, m.state, m.mapping_set, m.size, m.run_id, -n.i, m.key_version, m.notes, m.body
            FROM n CROSS JOIN messages m WHERE m.message_id = {last}
            """,
            $"""
            {numbers}
            INSERT INTO receipts (practice_id, week, control_hash, fingerprint_hash, message_id)
            SELECT r.practice_id, r.week - n.i % 4, {hash}, {hash}, {first} - n.i
            FROM n CROSS JOIN (SELECT practice_id, week FROM receipts ORDER BY week DESC LIMIT 1) r
            """,
            $"""
            {numbers}
            INSERT INTO changes (practice_id, sequence, message_id, unit_id, committed_at, key_version, document)
            SELECT c.practice_id, -n.i, {first} - n.i, c.unit_id, c.committed_at, c.key_version, c.document
            FROM n CROSS JOIN (SELECT * FROM changes WHERE sequence > 0 ORDER BY sequence DESC LIMIT 1) c
            """,
        ];
    }
}
