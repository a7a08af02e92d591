using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>Batches of a store from before batches were kept from their beginning.</summary>
public sealed class SqliteBatchMigrationTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Former_batches_keep_their_counts_and_are_no_difference()
    {
        Directory.CreateDirectory(_folder.Data);
        using var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Create);
        foreach (var migration in SqliteSchema.Migrations.Where(migration => migration.Number <= 8))
        {
            database.ExecuteScript(migration.Sql);
        }

        database.Execute("INSERT INTO batches VALUES (7, 'lab', 86400001, 3, 3, 1, 1, x'00'), (8, 'lab', 86400002, 4, 3, 0, 1, x'00')");

        SqliteSchema.Migrate(database, 8, now: 0);

        database.Number("SELECT count(*) FROM batches WHERE source = 'lab' AND found = 3 AND stored IS NULL AND detail IS NOT NULL").Should().Be(2);
        database.Number("SELECT count(*) FROM batch_days WHERE day = 1 AND received = 2 AND complete = 1 AND mismatch = 1 AND open + cut_off + interrupted = 0").Should().Be(1);
        database.Number("SELECT count(*) FROM batches WHERE found <> stored").Should().Be(0);
    }
}
