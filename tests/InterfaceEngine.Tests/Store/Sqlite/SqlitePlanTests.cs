using System.Reflection;
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
        "cause_messages", "review_messages", "batch_messages", "delivery_lanes", "attachment_chunks",
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
        foreach (var question in Questions())
        {
            foreach (var arguments in Arguments(question))
            {
                question.Invoke(reader, arguments);
                reader.Reset();
            }
        }

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

    private static bool IsScan(string step) => step.Split(' ') is ["SCAN", var table, ..] && _largeTables.Contains(table);

    private static IEnumerable<MethodInfo> Questions() =>
        typeof(IStoreReader).GetInterfaces().Append(typeof(IStoreReader)).SelectMany(type => type.GetMethods()).Where(method => method.Name != nameof(IStoreReader.Shown));

    /// <summary>Every combination of its parameters' values.</summary>
    private IEnumerable<object?[]> Arguments(MethodInfo question) =>
        question.GetParameters().Aggregate(
            (IEnumerable<object?[]>)[[]], (so, parameter) => so.SelectMany(before => Values(parameter).Select(value => before.Append(value).ToArray())));

    /// <summary>Values that lead a question to all of its statements.</summary>
    private IReadOnlyList<object?> Values(ParameterInfo parameter) => parameter switch
    {
        { Name: "practice" } => new NullabilityInfoContext().Create(parameter).ReadState is NullabilityState.Nullable ? [null, StoreSamples.Practice] : [StoreSamples.Practice],
        { Name: "state", ParameterType.Name: nameof(String) } => ["open"],
        { Name: "state" } => [MessageState.Parked],
        _ when parameter.ParameterType == typeof(string) => ["patient"],
        _ when parameter.ParameterType == typeof(bool) => [false, true],
        _ when parameter.ParameterType == typeof(int) => [10],
        _ when parameter.ParameterType == typeof(long) => [1L],
        _ when parameter.ParameterType == typeof(EngineId) => [new EngineId(1)],
        _ when parameter.ParameterType == typeof(IReadOnlyList<EngineId>) => [(EngineId[])[new EngineId(1)]],
        _ when parameter.ParameterType == typeof(RecordAlias) => [StoreSamples.Patient("1")],
        _ when parameter.ParameterType == typeof(LookUpKey) => [new LookUpKey("patient", "name", "DOE")],
        _ when parameter.ParameterType == typeof(StoredRecord) => [new StoreReader(_database!, _keys!, new StoreOptions()).Record(StoreSamples.Practice, StoreSamples.Patient("1"))!],
        _ when parameter.ParameterType == typeof(NumberRange) => [new NumberRange(1, 10)],
        _ when parameter.ParameterType == typeof(Stream) => [Stream.Null],
        _ when parameter.ParameterType == typeof(DroppedKind) => [.. Enum.GetValues<DroppedKind>()],
        _ when parameter.ParameterType == typeof(MessageFilter) =>
        [
            .. from practice in (string?[])[null, StoreSamples.Practice] from state in Enum.GetValues<MessageState>().Cast<MessageState?>().Append(null)
               from @event in (string?[])[null, "ADT^A04"]
               select new MessageFilter(practice, state, @event, EngineId.None),
        ],
        _ when parameter.ParameterType == typeof(DeliveryFilter) =>
        [
            .. from practice in (string?[])[null, StoreSamples.Practice] from destination in (string?[])[null, "athena"]
               from state in Enum.GetValues<DeliveryState>().Cast<DeliveryState?>().Append(null)
               select new DeliveryFilter(practice, destination, state, EngineId.None),
        ],
        _ => throw new InvalidOperationException($"Say what {parameter.Member.Name} is to be asked with for {parameter.Name}."),
    };

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
