using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sql;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>
/// Every question is asked, and SQLite is asked how it would answer each statement that was prepared for it: none reads
/// a table of messages, deliveries, records or changes from end to end.
/// </summary>
public sealed class SqlitePlanTests : IAsyncLifetime, IDisposable
{
    /// <summary>What grows with the messages, and the short names that statements give these tables.</summary>
    private static readonly string[] _largeTables =
    [
        "messages", "m", "deliveries", "d", "records", "r", "changes", "aliases", "a", "look_ups", "l", "receipts", "parked",
        "cause_messages", "review_messages", "batch_messages", "delivery_lanes", "attachment_chunks", "confirmed_rows",
    ];

    /// <summary>Statements that may: what parked messages wait for is grouped over all of them, and a source has one run for each start.</summary>
    private static readonly string[] _allowed = ["FROM parked", "FROM source_runs r"];

    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private SqliteDatabase? _database;
    private KeyRing? _keys;

    public async Task InitializeAsync()
    {
        var samples = new StoreSamples(_clock);
        await using (var store = _folder.Open(_clock))
        {
            await store.CommitAsync(
                samples.Unit(records: StoreSamples.Create(samples.Record("1", "DOE"))) with { Deliveries = [StoreSamples.Delivery(samples.NextId(), "lane 1", "athena")] }, default);
        }

        using (var opening = SqliteDatabase.Open(_folder.Database, SqliteAccess.Read))
        {
            _keys = KeyRing.Load(opening, StoreFolder.Key, _folder.Data);
        }

        _database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Read);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _keys?.Dispose();
        _database?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void No_question_reads_a_large_table_from_end_to_end()
    {
        var reader = new StoreReader(_database!, _keys!, new StoreOptions());
        StoreQuestions.AskAll(reader, reader.Reset);

        var statements = _database!.PreparedSql.Distinct().ToList();
        statements.Should().HaveCountGreaterThan(40);
        statements.Where(sql => !_allowed.Any(sql.Contains)).SelectMany(sql => Plan(sql).Where(IsScan).Select(step => $"{step}: {sql}")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("quarantined")]
    [InlineData("parked")]
    [InlineData("ready")]
    [InlineData("held")]
    public void What_waits_for_somebody_is_found_by_its_index(string word)
    {
        var state = MessageStates.Parse(word);
        var reader = new StoreReader(_database!, _keys!, new StoreOptions());
        var before = _database!.PreparedSql.ToHashSet();
        reader.Messages(new MessageFilter(null, state, null, EngineId.None));
        reader.Messages(new MessageFilter(StoreSamples.Practice, state, "ADT^A04", EngineId.None));
        reader.MessagesIn(state, 10);
        reader.ParkedBefore(new EngineId(long.MaxValue), 10);

        _database.PreparedSql.Except(before).Select(sql => string.Join('\n', Plan(sql))).Should().HaveCountGreaterThan(2).And.AllSatisfy(plan => plan.Should().Contain("messages_waiting (state=?"));
    }

    [Theory]
    [InlineData("waiting")]
    [InlineData("held")]
    public void What_is_to_be_sent_is_found_by_its_index(string word)
    {
        var state = DeliveryStates.Parse(word);
        var reader = new StoreReader(_database!, _keys!, new StoreOptions());
        var before = _database!.PreparedSql.ToHashSet();
        reader.Deliveries(new DeliveryFilter(null, null, state, EngineId.None));
        reader.Deliveries(new DeliveryFilter(StoreSamples.Practice, "athena", state, EngineId.None));
        reader.OldestWaiting("athena");

        _database.PreparedSql.Except(before).Where(sql => !sql.Contains("delivery_counts")).Select(sql => string.Join('\n', Plan(sql)))
            .Should().HaveCountGreaterThan(1).And.AllSatisfy(plan => plan.Should().Contain("deliveries_open (destination=? AND state=?"));
    }

    [Fact]
    public void What_tells_of_a_record_is_found_by_its_index()
    {
        var reader = new StoreReader(_database!, _keys!, new StoreOptions());
        var before = _database!.PreparedSql.ToHashSet();

        reader.DeliveriesOf(StoreSamples.Practice, new EngineId(1), 10);

        _database.PreparedSql.Except(before).Select(sql => string.Join('\n', Plan(sql))).Should().ContainSingle().Which.Should().Contain("deliveries_of_record (practice_id=? AND record_id=?");
    }

    private static bool IsScan(string step) => step.Split(' ') is ["SCAN", var table, ..] && _largeTables.Contains(table);

    private List<string> Plan(string sql)
    {
        var steps = new List<string>();
        using var asking = SqliteDatabase.Open(_folder.Database, SqliteAccess.Read);
        var plan = asking.Prepare("EXPLAIN QUERY PLAN " + sql);
        while (plan.Step())
        {
            steps.Add(plan.Text(3)!);
        }

        return steps;
    }
}
