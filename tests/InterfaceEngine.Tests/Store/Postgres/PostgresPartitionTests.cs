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
    private const string OldMessages = "SELECT '1959', 1000000000 + n, 's', 0, 'ADT^A08', 'applied', null, null, 1000, 0, 0, null, 1, '\\x00', decode(repeat('ab', 1000), 'hex')";

    private static readonly DateTimeOffset _may = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

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
    public async Task A_large_rest_is_not_searched_while_it_is_locked()
    {
        await FillRestAsync();

        (await MakeAsync(_may, mayTakeLong: false)).Problem.Should().EndWith("later", "an engine that starts does not wait for it");
        var (problem, told) = await MakeAsync(_may);

        problem.Should().BeNull();
        told.Should().Contain("updated partition constraint for default partition \"messages_rest\" is implied by existing constraints", "so PostgreSQL has nothing to search");
        (await PartsAsync("messages")).Should().Contain("messages_2026_05");
        (await RulesAsync()).Should().BeEmpty("what was ruled out for it is not needed any more");
    }

    [StoreFact]
    public async Task A_month_of_which_rows_may_come_soon_is_not_made_beside_a_large_rest()
    {
        await FillRestAsync();
        _clock.Advance(_may - NewPart.RuledAhead + TimeSpan.FromHours(1) - _clock.GetUtcNow());

        (await MakeAsync(_may)).Problem.Should().Be("messages_2026_05: messages_rest is too large to be searched for rows of that month");

        (await PartsAsync("messages")).Should().NotContain("messages_2026_05");
        (await RulesAsync()).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_month_that_was_begun_is_gone_on_with_while_there_is_time_and_let_go_when_there_is_none()
    {
        await FillRestAsync();
        var begun = IdSource.FirstAt(_may).Value;
        foreach (var month in (string[])["2026_05", "2026_06"])
        {
            await ExecuteAsync($"ALTER TABLE messages_rest ADD CONSTRAINT no_{month} CHECK (message_id < {begun}) NOT VALID");
        }

        (await MakeAsync(_may)).Problem.Should().BeNull();
        (await RulesAsync()).Should().Equal("no_2026_06");

        _clock.Advance(_may.AddMonths(1) - _clock.GetUtcNow());
        (await MakeAsync(_may.AddMonths(1))).Problem.Should().EndWith("too large to be searched for rows of that month");
        (await RulesAsync()).Should().BeEmpty();
        await CommitAsync("goes to the rest");
    }

    [StoreFact]
    public async Task A_month_whose_rows_lie_in_a_large_rest_gets_no_rule()
    {
        await FillRestAsync();
        await ExecuteAsync($"UPDATE messages_rest SET message_id = {IdSource.FirstAt(_may).Value + 1} WHERE message_id = (SELECT max(message_id) FROM messages_rest)");

        (await MakeAsync(_may)).Problem.Should().Be("messages_2026_05: rows of that month lie in messages_rest");
        (await RulesAsync()).Should().BeEmpty();
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

    /// <summary>As a store leaves it that is older than its months: more than is searched under a lock.</summary>
    private Task FillRestAsync() => ExecuteAsync($"INSERT INTO messages_rest {OldMessages} FROM generate_series(1, {NewPart.SearchedBytesMax / 1000}) n");

    /// <returns>What is made of a month of messages, and what PostgreSQL tells of it.</returns>
    private async Task<(string? Problem, List<string> Told)> MakeAsync(DateTimeOffset month, bool mayTakeLong = true)
    {
        var told = new List<string>();
        await using var connection = await _source.OpenConnectionAsync();
        connection.Notice += (_, notice) => told.Add(notice.Notice.MessageText);
        await using (var listen = new NpgsqlCommand("SET client_min_messages = debug1", connection))
        {
            await listen.ExecuteNonQueryAsync();
        }

        return (await new NewPart(connection, PartitionedTable.All[0], month).MakeAsync(isAlone: false, mayTakeLong, _clock.GetUtcNow(), default), told);
    }

    private Task<List<string>> RulesAsync() => TextsAsync("SELECT conname FROM pg_constraint WHERE conrelid = 'messages_rest'::regclass AND conname LIKE 'no\\_%' ORDER BY 1");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
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
