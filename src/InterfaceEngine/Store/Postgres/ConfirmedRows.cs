using InterfaceEngine.Protection;
using InterfaceEngine.Store.Sql;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// Confirms rows of a file in one round trip, by the rule of <see cref="FileRowWriter.Confirm"/>: row by row a chunk would hold up its practice's
/// messages, and on this node everybody's, for some round trips a row.
/// </summary>
internal static class ConfirmedRows
{
    private const string Sql = """
        WITH found AS (
            SELECT n.ordinal, n.practice_id, n.row_hash, f.record_ids
            FROM unnest($1, $2, $3) WITH ORDINALITY n (practice_id, row_hash, source, ordinal)
            CROSS JOIN LATERAL (
                SELECT array_agg(c.record_id) AS record_ids, min(c.records) AS fewest, max(c.records) AS most,
                    bool_and(c.version = r.version AND c.source = n.source AND c.run_id <> $4) AS is_in_force
                FROM confirmed_rows c
                CROSS JOIN LATERAL (SELECT r.version FROM records r WHERE r.practice_id = c.practice_id AND r.record_id = c.record_id LIMIT 1) r
                WHERE c.practice_id = n.practice_id AND c.row_hash = n.row_hash) f
            WHERE f.is_in_force AND f.fewest = cardinality(f.record_ids) AND f.most = f.fewest),
        said AS (
            UPDATE confirmed_rows c SET run_id = $4, confirmed_at = greatest(c.confirmed_at, $5)
            FROM (SELECT practice_id, row_hash, unnest(record_ids) AS record_id FROM found) n
            WHERE c.practice_id = n.practice_id AND c.record_id = n.record_id AND c.row_hash = n.row_hash)
        SELECT ordinal FROM found
        """;

    /// <inheritdoc cref="FileRowWriter.Confirm"/>
    /// <param name="transaction">In it.</param>
    public static bool[] Confirm(NpgsqlTransaction transaction, FileRun run, KeyedHash[] hashes, bool[] isSettled)
    {
        // The same row a second time in one file is not confirmed once more.
        var asked = new HashSet<KeyedHash>();
        int[] places = [.. Enumerable.Range(0, hashes.Length).Where(place => !isSettled[place] && asked.Add(hashes[place]))];
        using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        new Columns()
            .Texts(places, _ => run.Practice)
            .Hashes(places, place => hashes[place])
            .Texts(places, _ => run.Source)
            .Value(run.Id.Value)
            .Value(run.EventAt)
            .AddTo(batch, Sql);
        var confirmed = new bool[hashes.Length];
        using var reader = batch.ExecuteReader();
        while (reader.Read())
        {
            confirmed[places[reader.GetInt64(0) - 1]] = true;
        }

        return confirmed;
    }
}
