using InterfaceEngine.Store.Copy;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Copy;

/// <summary>
/// The description that copies go by, compared with what the databases themselves say of their tables. A table or column that a
/// migration adds fails here until it is described, or said to stay.
/// </summary>
public sealed class StoreTablesTests
{
    /// <summary>Tables that are not carried over, and why.</summary>
    private static readonly Dictionary<string, string> _staying = new()
    {
        ["schema_version"] = "says what this database's own schema is",
        ["nodes"] = "says which processes share this database",
        ["store_marks"] = "says what is being done with this database",
        ["practice_sequences"] = "each database counts on in its own way, from the highest number that either knows",
    };

    [Fact]
    public async Task Describes_every_table_and_column_of_the_embedded_store()
    {
        using var folder = new StoreFolder();
        await folder.Open(TimeProvider.System).DisposeAsync();
        using var database = SqliteDatabase.Open(folder.Database, SqliteAccess.Read);
        var found = new List<(string, string, string)>();
        for (var rows = database.Prepare("SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"); rows.Step();)
        {
            found.Add((rows.Text(0)!, rows.Text(1)!, rows.Text(2)!));
        }

        Carried(found).Should().BeEquivalentTo(Described(kind => kind switch
        {
            ColumnKind.Number or ColumnKind.SmallNumber => "INTEGER",
            ColumnKind.Text => "TEXT",
            _ => "BLOB",
        }));
        foreach (var table in StoreTables.All)
        {
            Triggers(database, table.Name).Should().Be(table.IsAppendOnly ? 2 : 0, table.Name);
            Plan(database, table).Should().NotContain(step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal), table.Name);
        }
    }

    [RequiresProgramFact(PostgresServer.Program)]
    public async Task Describes_every_table_and_column_of_the_store_on_PostgreSQL()
    {
        await using var source = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).NewDatabaseAsync());
        await using (var connection = await source.OpenConnectionAsync())
        {
            (await PostgresSchema.OpenAsync(connection, "a test's", _ => StoreFolder.Key, now: 0, default)).Dispose();
        }

        var found = await ReadAsync(source, """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            """);
        Carried(found).Should().BeEquivalentTo(Described(kind => kind switch
        {
            ColumnKind.Number => "bigint",
            ColumnKind.SmallNumber => "integer",
            ColumnKind.Text => "text",
            ColumnKind.Blob => "bytea",
            _ => "uuid",
        }));
        // Type 27 refuses each row that is updated or deleted (1 + 2 + 8 + 16), type 34 the emptying of the table (2 + 32).
        (await ReadAsync(source, "SELECT tgrelid::regclass::text, string_agg(tgtype::text, ' ' ORDER BY tgtype), '' FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1"))
            .Select(trigger => (trigger.Item1, trigger.Item2)).Should().BeEquivalentTo(StoreTables.All.Where(table => table.IsAppendOnly).Select(table => (table.Name, "27 34")));
        var keys = (await ReadAsync(source, """
            SELECT i.indrelid::regclass::text, string_agg(a.attname, ',' ORDER BY k.place), ''
            FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE i.indpred IS NULL GROUP BY i.indexrelid, i.indrelid
            """)).Select(index => (index.Item1, index.Item2)).ToList();
        foreach (var table in StoreTables.All)
        {
            var key = string.Join(',', table.Key.Select(column => column.Name));
            keys.Should().Contain(index => index.Item1 == table.Name
                && $"{index.Item2},".StartsWith(table.IsByPractice || table.IsFoundByPractice ? $"{StoreTable.Practice},{key}," : $"{key},", StringComparison.Ordinal), table.Name);
        }
    }

    private static IEnumerable<(string, string, string)> Described(Func<ColumnKind, string> type) =>
        StoreTables.All.SelectMany(table => table.Columns.Select(column => (table.Name, column.Name, type(column.Kind))));

    private static IEnumerable<(string, string, string)> Carried(IEnumerable<(string Table, string, string)> found) =>
        found.Where(column => !_staying.ContainsKey(column.Table));

    private static long Triggers(SqliteDatabase database, string table) =>
        database.Number($"SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{table}'");

    /// <summary>How SQLite finds the rows after a key, in order.</summary>
    private static List<string> Plan(SqliteDatabase database, StoreTable table)
    {
        var key = string.Join(", ", table.Key.Select(column => column.Name));
        var after = string.Join(", ", table.Key.Select(_ => "?"));
        using var rows = database.Prepare($"EXPLAIN QUERY PLAN SELECT * FROM {table.Name} WHERE {(table.IsByPractice ? "practice_id = ? AND" : "")} ({key}) > ({after}) ORDER BY {key}");
        var steps = new List<string>();
        while (rows.Step())
        {
            steps.Add(rows.Text(3)!);
        }

        return steps;
    }

    private static async Task<List<(string, string, string)>> ReadAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string, string)>();
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return rows;
    }
}
