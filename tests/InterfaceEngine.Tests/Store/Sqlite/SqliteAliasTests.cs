using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>Aliases that were stored before there were groups still name their records, and no record beside them.</summary>
public sealed class SqliteAliasTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;

    public SqliteAliasTests()
    {
        _samples = new StoreSamples(_clock);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alias_from_before_finds_its_record()
    {
        var items = new[] { "NA", "K" }.Select(code => _samples.Record(Item(code), "Doe", type: "observation")).ToList();
        await CommitAsync([.. items.Select(item => StoreSamples.Create(item))]);
        Ungroup();

        await using var store = _folder.Open(_clock);
        var loaded = await store.LoadAsync(StoreSamples.Practice, StoreSamples.Query([.. items.Select(item => item.Aliases[0])]), CancellationToken.None);

        loaded.ByAlias.Should().HaveCount(2);
        (await store.ReadAsync(reader => reader.Record(StoreSamples.Practice, items[1].Aliases[0]), CancellationToken.None))!.Id.Should().Be(items[1].Id);
    }

    [Fact]
    public async Task An_alias_from_before_is_not_given_to_another_record()
    {
        await CommitAsync(StoreSamples.Create(_samples.Record("7", "Doe")));
        Ungroup();

        await using var store = _folder.Open(_clock);
        var again = await store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("7", "Other"))), CancellationToken.None);

        again.Outcome.Should().Be(CommitOutcome.Conflict);
    }

    [Fact]
    public async Task A_message_does_not_park_for_a_patient_who_is_known_from_before()
    {
        await CommitAsync(StoreSamples.Create(_samples.Record("7", "Doe")));
        Ungroup();

        await using var store = _folder.Open(_clock);
        var parked = await store.CommitAsync(_samples.Unit(_samples.Message(MessageState.Parked)) with { WaitsFor = [StoreSamples.Patient("7")] }, CancellationToken.None);

        parked.Outcome.Should().Be(CommitOutcome.Conflict);
    }

    [Fact]
    public void Aliases_of_the_first_schema_are_kept()
    {
        using var database = SqliteDatabase.Open(Path.Combine(_folder.Root, "first.db"), SqliteAccess.Create);
        database.ExecuteScript(SqliteSchema.Migrations[0].Sql);
        database.Execute("INSERT INTO aliases (practice_id, alias_hash, record_id) VALUES ('1959', x'0102', 7), ('1960', x'0102', 8)");

        SqliteSchema.Migrate(database, 1, _clock.Milliseconds);

        database.Number("SELECT count(*) FROM aliases").Should().Be(2);
        database.Number("SELECT record_id FROM aliases WHERE practice_id = '1960' AND group_hash = 0 AND alias_hash = x'0102'").Should().Be(8);
    }

    private static string Item(string code) => string.Join(FieldValue.ListSeparator, "7", "O-1", "CHEM", code);

    private async Task CommitAsync(params RecordWrite[] records)
    {
        await using var store = _folder.Open(_clock);
        (await store.CommitAsync(_samples.Unit(records: records), CancellationToken.None)).Outcome.Should().Be(CommitOutcome.Committed);
    }

    /// <summary>As the migration leaves the aliases that it finds.</summary>
    private void Ungroup()
    {
        using var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write);
        database.Execute("UPDATE aliases SET group_hash = 0");
    }
}
