using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>What grows with the messages lies in months, which are there before anything of theirs comes.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresPartitionTests : IAsyncLifetime
{
    private readonly StoreClock _clock = new();
    private StoreSamples _samples = null!;
    private string _address = null!;
    private NpgsqlDataSource _source = null!;
    private PostgresStore _store = null!;

    public async Task InitializeAsync()
    {
        _samples = new StoreSamples(_clock);
        _address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _source = NpgsqlDataSource.Create(_address);
        _store = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _source.DisposeAsync();
    }

    [StoreFact]
    public async Task A_new_store_has_this_month_and_the_next_two()
    {
        (await PartsAsync("messages")).Should().Equal("messages_2026_01", "messages_2026_02", "messages_2026_03", "messages_rest");
        (await PartsAsync("changes")).Should().Equal("changes_2026_01", "changes_2026_02", "changes_2026_03", "changes_rest");
        (await PartsAsync("receipts")).Should().Equal("receipts_2026_01", "receipts_2026_02", "receipts_2026_03", "receipts_rest");
    }

    [StoreFact]
    public async Task A_part_has_every_key_index_and_rule_of_its_table()
    {
        foreach (var table in PartitionedTable.All)
        {
            var part = table.Part(_clock.GetUtcNow());
            (await TextsAsync($"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{part}'::regclass ORDER BY 1"))
                .Should().Equal(await TextsAsync($"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{table.Name}'::regclass ORDER BY 1"));
            (await TextsAsync($"SELECT attname || attstorage::text || attnotnull::text FROM pg_attribute WHERE attrelid = '{part}'::regclass AND attnum > 0 ORDER BY attnum"))
                .Should().Equal(await TextsAsync($"SELECT attname || attstorage::text || attnotnull::text FROM pg_attribute WHERE attrelid = '{table.Name}'::regclass AND attnum > 0 ORDER BY attnum"));
            (await TextsAsync($"SELECT count(*)::text FROM pg_index WHERE indrelid = '{part}'::regclass"))
                .Should().Equal(await TextsAsync($"SELECT count(*)::text FROM pg_index WHERE indrelid = '{table.Name}'::regclass"));
        }
    }

    [StoreFact]
    public async Task A_message_lies_in_its_month_with_its_change_and_its_receipt()
    {
        await CommitAsync("1");
        _clock.Advance(TimeSpan.FromDays(31));
        await CommitAsync("2");

        (await PlacesAsync()).Should().Equal("changes_2026_01", "changes_2026_02", "messages_2026_01", "messages_2026_02", "receipts_2026_01", "receipts_2026_02");
    }

    [StoreFact]
    public async Task The_months_go_on_while_the_engine_runs()
    {
        _clock.Advance(TimeSpan.FromDays(31));
        (await _store.Retention.PrepareAsync(default)).Should().BeEmpty();
        (await _store.Retention.PrepareAsync(default)).Should().BeEmpty("what is there is not made again");

        (await PartsAsync("messages")).Should().Equal("messages_2026_01", "messages_2026_02", "messages_2026_03", "messages_2026_04", "messages_rest");
    }

    [StoreFact]
    public async Task What_a_clock_that_ran_ahead_has_written_is_kept_with_the_rest_and_found_there()
    {
        _clock.Advance(TimeSpan.FromDays(120));
        var ahead = await CommitAsync("ahead");
        _clock.Advance(TimeSpan.FromDays(-45));

        (await PlacesAsync()).Should().Equal("changes_rest", "messages_rest", "receipts_rest");
        (await _store.Retention.PrepareAsync(default)).Should().BeEquivalentTo(
            ["messages_2026_05: rows of that month lie in messages_rest", "changes_2026_05: rows of that month lie in changes_rest", "receipts_2026_05: rows of that month lie in receipts_rest"]);
        (await PartsAsync("messages")).Should().Contain("messages_2026_04").And.NotContain("messages_2026_05");
        (await _store.ReadAsync(reader => reader.Message(ahead), default)).Should().NotBeNull();
    }

    [StoreFact]
    public async Task Who_makes_a_month_waits_for_no_reader_and_keeps_no_message_waiting()
    {
        _clock.Advance(TimeSpan.FromDays(31));
        await using var reading = await _source.OpenConnectionAsync();
        await using var transaction = await reading.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT count(*) FROM messages", reading);
        await read.ExecuteScalarAsync();

        var making = _store.Retention.PrepareAsync(default);
        await CommitAsync("meanwhile");
        (await making).Should().Equal("messages_2026_04: others held messages all the time");
        (await PartsAsync("changes")).Should().Contain("changes_2026_04", "nobody reads there");

        await transaction.RollbackAsync();
        (await _store.Retention.PrepareAsync(default)).Should().BeEmpty();
        (await PartsAsync("messages")).Should().Contain("messages_2026_04");
    }

    [StoreFact]
    public async Task Nodes_that_make_a_month_at_the_same_time_make_it_once()
    {
        await using var other = await OpenAsync();
        _clock.Advance(TimeSpan.FromDays(31));

        var problems = await Task.WhenAll(_store.Retention.PrepareAsync(default), other.Retention.PrepareAsync(default));

        problems.Should().AllSatisfy(one => one.Should().BeEmpty());
        (await PartsAsync("messages")).Should().Contain("messages_2026_04");
    }

    private Task<PostgresStore> OpenAsync() =>
        PostgresStore.OpenAsync(new StoreOptions { Connection = _address, UsesServerTime = false }, _ => StoreFolder.Key, new IdSource(_clock, new Random(2)), _clock, default);

    private async Task<EngineId> CommitAsync(string control)
    {
        var unit = _samples.Unit(receipt: StoreSamples.Receipt(control), records: StoreSamples.Create(_samples.Record(control, "DOE")));
        (await _store.CommitAsync(unit, default)).Outcome.Should().Be(CommitOutcome.Committed);
        return unit.Message!.Id;
    }

    private Task<List<string>> PartsAsync(string table) =>
        TextsAsync($"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{table}'::regclass ORDER BY 1");

    /// <summary>Where the rows lie.</summary>
    private Task<List<string>> PlacesAsync() => TextsAsync("""
        SELECT tableoid::regclass::text FROM messages UNION SELECT tableoid::regclass::text FROM changes UNION SELECT tableoid::regclass::text FROM receipts ORDER BY 1
        """);

    private async Task<List<string>> TextsAsync(string sql)
    {
        var texts = new List<string>();
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}
