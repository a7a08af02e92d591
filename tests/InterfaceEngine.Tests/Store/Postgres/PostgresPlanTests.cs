using System.Globalization;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>
/// The engine works on a store of some size, and PostgreSQL writes down how it answered: no statement reads a large table from end
/// to end, those of the hot path touch one month, and all of them name the practice, so that the tables can be distributed by it.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed partial class PostgresPlanTests : IAsyncLifetime
{
    /// <summary>What grows with the messages; the months of those that lie in months too.</summary>
    private static readonly string[] _largeTables =
    [
        "messages", "changes", "receipts", "deliveries", "records", "aliases", "look_ups", "parked", "cause_messages", "review_messages", "batch_messages", "delivery_lanes", "attachment_chunks", "causes", "reviews", "confirmed_rows",
    ];

    /// <summary>Tables that hold no practice's rows, or hold them for all practices together, and why.</summary>
    private static readonly Dictionary<string, string> _ofNoPractice = new()
    {
        ["audit"] = "one chain over everything that people read and did",
        ["batches"] = "a batch may hold messages of several practices; it is its source's",
        ["batch_counts"] = "as the batches",
        ["batch_days"] = "the ledger's: by source",
        ["batch_messages"] = "as the batches; kept for the ledger, which counts by source",
        ["corrections"] = "the ledger's: by source",
        ["delivery_counts"] = "the ledger's: by destination",
        ["delivery_queued"] = "the ledger's: by destination",
        ["drops"] = "what retention did, for all",
        ["dropped_days"] = "the ledger's: by source",
        ["dropped_deliveries"] = "the ledger's: by destination",
        ["run_drops"] = "what retention did, for all",
        ["dropped_batches"] = "the ledger's: by source",
        ["dropped_files"] = "the ledger's: by source",
        ["leases"] = "who does what, for all",
        ["ledger_acceptances"] = "the ledger's",
        ["ledger_entries"] = "the ledger's: one chain",
        ["ledger_seals"] = "the ledger's: one chain",
        ["mapping_sets"] = "a set is for all practices",
        ["deployed_sets"] = "a set is for all practices",
        ["message_days"] = "the ledger's: by source and run",
        ["nodes"] = "the processes",
        ["polls"] = "the sources'",
        ["api_keys"] = "a program may speak of several practices",
        ["calls"] = "operators read the calls of all; a call may speak of several practices, or of none",
        ["schema_version"] = "the database's own",
        ["source_days"] = "the ledger's: by source and run",
        ["source_runs"] = "the ledger's: by source and run",
        ["store_marks"] = "the database's own",
        ["unanswered_numbers"] = "the ledger's: by run",
        ["uncaused_messages"] = "a list of work that an upgrade left; empty afterwards",
    };

    /// <summary>Hot statements that ask all practices, and why.</summary>
    private static readonly Dictionary<string, string> _ofAllPractices = new()
    {
        ["SELECT first_id, lane_hash, due_at, practice_id FROM delivery_lanes"] = "finds what is due for a destination, whosever it is, in one short index",
        ["SELECT due_at FROM delivery_lanes"] = "when more is due for a destination, whosever it is",
        ["SELECT message_id FROM messages  WHERE state = 'ready'"] = "finds what can be taken up again, whosever it is, in the index of what is not finished",
    };

    private readonly StoreClock _clock = new();
    private StoreSamples _samples = null!;
    private ExplainedPostgres? _server;
    private PostgresStore? _store;

    public async Task InitializeAsync()
    {
        _samples = new StoreSamples(_clock);
        _server = await ExplainedPostgres.StartAsync();
        _store = await PostgresStore.OpenAsync(
            new StoreOptions { Connection = _server.Address, UsesServerTime = false }, _ => StoreFolder.Key, new IdSource(_clock, new Random(2)), _clock, default);
        await FillAsync();
    }

    public async Task DisposeAsync()
    {
        await (_store?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
    }

    [StoreFact]
    public async Task The_hot_path_reads_nothing_from_end_to_end_touches_one_month_and_names_the_practice()
    {
        await _server!.TakeAsync();
        await WorkAsync();

        var statements = await _server.TakeAsync();

        statements.Select(one => one.Sql).Distinct().Should().HaveCountGreaterThan(40);
        Scans(statements).Should().BeEmpty();
        foreach (var table in PartitionedTable.All)
        {
            // A resend is looked for in all the weeks in which it is recognised: 30 days lie in two months.
            statements.Where(one => one.Nodes.Where(node => node.Loops > 0 && node.Table != table.Name && IsOf(table.Name, node.Table)).Select(node => node.Table).Distinct().Count() > (table.Name == "receipts" ? 2 : 1))
                .Select(one => one.Sql).Where(sql => !_ofAllPractices.Keys.Any(sql.Contains)).Should().BeEmpty("{0} are read by months", table.Name);
        }

        statements.Select(one => one.Sql).Distinct().Where(sql => !NamesThePractice().IsMatch(sql))
            .Where(sql => !_ofAllPractices.Keys.Any(sql.Contains) && TablesIn(sql).Except(_ofNoPractice.Keys).Any())
            .Should().BeEmpty("each of them is of one practice");
    }

    [StoreFact]
    public async Task No_question_reads_a_large_table_from_end_to_end()
    {
        await _server!.TakeAsync();
        await _store!.ReadAsync(
            reader =>
            {
                StoreQuestions.AskAll(reader, () => { });
                return 0;
            },
            default);

        var statements = await _server.TakeAsync();

        statements.Select(one => one.Sql).Distinct().Should().HaveCountGreaterThan(40);

        // What parked messages wait for is grouped over all of them.
        Scans(statements.Where(one => !one.Sql.Contains("FROM parked", StringComparison.Ordinal))).Should().BeEmpty();

        // People name a cause or a review without its practice; the key, which that leads, would be walked as a whole.
        statements.Where(one => one.Sql.Contains("WHERE cause_id = ", StringComparison.Ordinal) || one.Sql.Contains("WHERE review_id = ", StringComparison.Ordinal))
            .SelectMany(one => one.Nodes).Where(node => node.Table is "causes" or "reviews").Select(node => node.Index).Distinct().Should().BeEquivalentTo("causes_by_id", "reviews_by_id");
    }

    [StoreFact]
    public async Task The_practice_leads_every_key_of_a_practices_rows()
    {
        var keys = (string)(await _server!.AskAsync("""
            SELECT string_agg(c.conrelid::regclass::text || ' ' || a.attname, ',' ORDER BY 1) FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            JOIN pg_class t ON t.oid = c.conrelid AND NOT t.relispartition
            WHERE c.contype IN ('p', 'u') AND t.relnamespace = 'public'::regnamespace
            """))!;
        var unique = await _server.AskAsync("""
            SELECT count(*) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid AND NOT t.relispartition
            WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
            """);

        var led = keys.Split(',').Select(key => key.Split(' ')).ToLookup(key => key[0], key => key[1]);
        unique.Should().Be(0L, "what is unique is a constraint");
        led.Where(table => table.Any(column => column != "practice_id")).Select(table => table.Key).Should().BeEquivalentTo(_ofNoPractice.Keys);
        led.Select(table => table.Key).Should().Contain(_largeTables.Except(_ofNoPractice.Keys));
        ((string)(await _server.AskAsync("SELECT coalesce(string_agg(relname, ','), '') FROM pg_class t WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conrelid = t.oid AND c.contype = 'p')"))!)
            .Should().BeEmpty("every table has a key");
    }

    [GeneratedRegex(@"practice_id (=|IN)|USING \((\w+, )*practice_id|INTO \w+ (AS \w+ )?\([^)]*practice_id")]
    private static partial Regex NamesThePractice();

    [GeneratedRegex(@"(FROM|JOIN|INTO|UPDATE) (\w+)")]
    private static partial Regex Named();

    private static IEnumerable<string> TablesIn(string sql) =>
        Named().Matches(sql).Select(match => match.Groups[2].Value).Where(word => word is not ("unnest" or "SET" or "kept" or "written" or "LATERAL" or "pg_advisory_xact_lock" or "engine_now"));

    private static bool IsOf(string table, string? relation) => relation == table || (relation?.StartsWith(table + "_", StringComparison.Ordinal) == true && PartitionedTable.All.Any(one => one.Name == table));

    private static IEnumerable<string> Scans(IEnumerable<ExplainedStatement> statements) => statements
        .SelectMany(one => one.Nodes.Where(node => node.Kind.EndsWith("Seq Scan", StringComparison.Ordinal) && _largeTables.Any(table => IsOf(table, node.Table))).Select(node => $"{node.Table}: {one.Sql}"))
        .Distinct();

    /// <summary>Rows of many practices, in January and February; March is empty, and was looked at when it was.</summary>
    private async Task FillAsync()
    {
        await _store!.CommitAsync(
            _samples.Unit(records: StoreSamples.Create(_samples.Record("1", "DOE"))) with { Deliveries = [StoreSamples.Delivery(_samples.NextId(), "lane 1", "athena")] }, default);
        var january = IdSource.FirstAt(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).Value;
        var february = IdSource.FirstAt(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)).Value;
        var (id, practice) = (string.Create(CultureInfo.InvariantCulture, $"{january} + n * {(february - january) / 4000}"), "'p' || n % 20");
        var milliseconds = string.Create(CultureInfo.InvariantCulture, $"{new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()} + n * {TimeSpan.FromDays(31).Ticks / 10_000 / 4000}");
        await _server!.RunAsync($$"""
            INSERT INTO messages SELECT {{practice}}, {{id}}, 'front-desk', {{milliseconds}}, 'ADT^A04', CASE WHEN n % 100 = 0 THEN 'held' ELSE 'applied' END, NULL, 's', 1, 1, n, NULL, 1, '\x00', '\x00' FROM generate_series(1::bigint, 8000) n;
            INSERT INTO changes SELECT {{practice}}, n, {{id}}, {{id}}, {{milliseconds}}, 1, '\x00' FROM generate_series(1::bigint, 8000) n;
            INSERT INTO receipts SELECT {{practice}}, ({{milliseconds}}) / 604800000, gen_random_uuid(), gen_random_uuid(), {{id}} FROM generate_series(1::bigint, 8000) n;
            INSERT INTO records SELECT {{practice}}, {{id}}, 'patient', 1, NULL, 0, n, 1, '\x00' FROM generate_series(1::bigint, 8000) n;
            INSERT INTO aliases SELECT {{practice}}, n, gen_random_uuid(), {{id}} FROM generate_series(1::bigint, 8000) n;
            INSERT INTO look_ups SELECT {{practice}}, gen_random_uuid(), {{id}} FROM generate_series(1::bigint, 8000) n;
            INSERT INTO deliveries SELECT {{practice}}, {{id}}, 'athena', gen_random_uuid(), n, 'SIU^S12', 'delivered', 'AA', 1, NULL, 0, {{milliseconds}}, 0, NULL, NULL, 1, 1, '\x00', '\x00' FROM generate_series(1::bigint, 8000) n;
            INSERT INTO delivery_lanes SELECT {{practice}}, 'other', gen_random_uuid(), n, {{id}}, 'held', 0 FROM generate_series(1::bigint, 2000) n;
            INSERT INTO parked SELECT {{practice}}, gen_random_uuid(), {{id}} FROM generate_series(1::bigint, 2000) n;
            INSERT INTO cause_messages (practice_id, message_id, cause_id) SELECT {{practice}}, {{id}}, n FROM generate_series(1::bigint, 2000) n;
            INSERT INTO review_messages (practice_id, review_id, message_id) SELECT {{practice}}, n, {{id}} FROM generate_series(1::bigint, 2000) n;
            INSERT INTO batch_messages SELECT n, {{id}} FROM generate_series(1::bigint, 2000) n;
            INSERT INTO confirmed_rows SELECT {{practice}}, {{id}}, gen_random_uuid(), 'nightly', 1, 1, 0, 0, 1 FROM generate_series(1::bigint, 8000) n;
            INSERT INTO attachment_chunks SELECT {{practice}}, {{id}}, 0, '\x00' FROM generate_series(1::bigint, 2000) n
            """);
        await _server.RunAsync("VACUUM ANALYZE");
    }

    /// <summary>Messages that come, wait, are woken and taken up again; deliveries that are queued, claimed and settled.</summary>
    private async Task WorkAsync()
    {
        var record = _samples.Record("2", "POE");
        await CommitAsync(_samples.Unit(receipt: StoreSamples.Receipt("A"), records: StoreSamples.Create(record, new LookUpKey("patient", "name", "POE"))));
        await _store!.LoadAsync(
            StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("A"), [StoreSamples.Patient("2"), StoreSamples.Patient("3")], [new LookUpKey("patient", "name", "POE")]), default);
        var stored = (await _store.LoadAsync(StoreSamples.Practice, StoreSamples.Query(StoreSamples.Patient("2")), default)).ByAlias[StoreSamples.Patient("2")];
        await CommitAsync(_samples.Unit(receipt: StoreSamples.Receipt("B"), records: _samples.Change(stored, "last_name", "ROE")));

        var parked = _samples.Message(MessageState.Parked);
        await CommitAsync(_samples.Unit(parked) with { WaitsFor = [StoreSamples.Patient("3")] });
        await CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("3", "LOE"))));
        (await _store.ReadAsync(reader => reader.MessagesIn(MessageState.Ready, 10), default)).Should().Equal(parked.Id);
        await CommitAsync(_samples.Unit(parked with { Replaces = MessageState.Ready, State = MessageState.Applied }));
        var unknown = _samples.Message(MessageState.Quarantined);
        await CommitAsync(_samples.Unit(unknown, practice: null));
        await CommitAsync(_samples.Unit(unknown with { Replaces = MessageState.Quarantined, State = MessageState.Applied }));

        await CommitAsync(_samples.Unit() with { Deliveries = [StoreSamples.Delivery(_samples.NextId(), "lane 2", "athena")] });
        var lease = (await _store.Leases.TakeAsync("destination/athena", "one", TimeSpan.FromHours(1), default))!;
        var claim = (await _store.Deliveries.ClaimAsync(lease, "athena", StoreSamples.Scope(10), default))!;
        claim.Deliveries.Should().HaveCount(2);
        await _store.Deliveries.SettleAsync(
            lease,
            [
                new DeliverySettlement { Delivery = claim.Deliveries[0], State = DeliveryState.Delivered, Code = "AA" },
                new DeliverySettlement { Delivery = claim.Deliveries[1], State = DeliveryState.Waiting, Code = "AE", RetryIn = TimeSpan.FromSeconds(1) },
            ],
            default);
    }

    private async Task CommitAsync(CommitUnit unit) => (await _store!.CommitAsync(unit, default)).Outcome.Should().Be(CommitOutcome.Committed);
}
