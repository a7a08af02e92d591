using System.Text.Json;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Copy;

/// <summary>A store with rows in every table, and what can be read of a store.</summary>
internal sealed class FullStore(StoreClock clock)
{
    private static readonly RecordAlias _ann = StoreSamples.Patient("1");
    private static readonly ConnectionKey _token = new(StoreSamples.Practice, "conn_123", "token", "");

    public StoreSamples Samples { get; } = new(clock);

    /// <summary>Fills an embedded store, through the contract as far as it reaches.</summary>
    public async Task FillAsync(StoreFolder folder)
    {
        await using (var store = folder.Open(clock))
        {
            await FillAsync(store);
        }

        // Only an old store has these: a migration wrote the first, and what is too old the others.
        using var database = SqliteDatabase.Open(folder.Database, SqliteAccess.Write);
        database.Execute("INSERT INTO uncaused_messages (message_id) VALUES (4), (8)");
        database.Execute("INSERT INTO drops (kind, older_than, dropped_at, dropped) VALUES ('messages', 1, 2, 3)");
        database.Execute("INSERT INTO dropped_days (day, source, run_id, state, messages) VALUES (1, 'lab', 0, 'applied', 3)");
        database.Execute("INSERT INTO dropped_deliveries (destination, state, deliveries) VALUES ('lab', 'delivered', 3)");
        database.Execute("INSERT INTO run_drops (older_than, dropped_at, dropped) VALUES (1, 2, 3)");
        database.Execute("INSERT INTO dropped_batches (day, source, is_file, verdict, batches) VALUES (1, 'lab', 1, 'complete', 3)");
        database.Execute("INSERT INTO dropped_files VALUES (1, 'lab', 1, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1)");
    }

    /// <summary>Changes a stored record, so that the change log grows by one.</summary>
    public async Task ChangeAsync(IEngineStore store, string name, string practice = StoreSamples.Practice)
    {
        var stored = (await store.LoadAsync(practice, StoreSamples.Query(_ann), default)).ByAlias[_ann]!;
        var result = await store.CommitAsync(Samples.Unit(practice: practice, records: Samples.Change(stored, "last_name", name)), default);
        result.Outcome.Should().Be(CommitOutcome.Committed);
    }

    /// <summary>Everything that questions to a store answer, audit and leases left out.</summary>
    public static async Task<string> ReadAsync(IEngineStore store) => await ReadOfProgramsAsync(store) + await store.ReadAsync(
        reader =>
        {
            var messages = reader.Messages(new MessageFilter(null, null, null, EngineId.None, 1000));
            string[] practices = [StoreSamples.Practice, StoreSamples.OtherPractice];
            var records = practices.SelectMany(practice => reader.Records(practice, "patient", EngineId.None, 1000)).ToList();
            var causes = reader.Causes(null, EngineId.None, 1000);
            var batches = reader.Batches(EngineId.None, 1000);
            return JsonSerializer.Serialize(new
            {
                messages = messages.Select(message => reader.Message(message.Id)),
                corrections = messages.Select(message => reader.Corrections(message.Id)),
                records,
                changes = records.Select(record => reader.Changes(record.Practice, record, 100)),
                counts = reader.MessageCounts().Select(count => $"{count}"),
                deliveries = reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None, 1000)).Select(delivery => reader.Delivery(delivery.Id)),
                causes,
                ofCauses = causes.Select(cause => reader.CauseMessages(cause.Id, EngineId.None, 100)),
                reviews = reader.Reviews(null, "open", 100),
                batches,
                runs = reader.FileRuns(new FileRunQuery(null, null, null), EngineId.None, 1000),
                polls = reader.PollNotes(),
                ofBatches = batches.Select(batch => reader.BatchMessages(batch.Id, EngineId.None, 100).Select(message => message.Id)),
                sets = reader.DeployedSets(10),
                days = reader.DayCounts(0),
                sourceDays = reader.SourceDays(0),
                seals = (reader.SealedThrough(), reader.FirstAlteredDay(), reader.FirstAlteredEntry(isFull: true)).ToString(),
                acceptances = reader.Acceptances(),
            });
        },
        default);

    /// <summary>What is kept beside what questions answer: documents of connections, opened, keys and calls.</summary>
    private static async Task<string> ReadOfProgramsAsync(IEngineStore store)
    {
        var document = await store.Connections.FindAsync(_token, default);
        return JsonSerializer.Serialize(new
        {
            document = new { document.Version, Content = Convert.ToHexString(document.Content.Span), document.DueAt, document.WrittenAt },
            keys = (await store.ApiKeys.ListAsync(default)).Select(key => new { key.Id, key.Name, Hash = Convert.ToHexString(key.Hash.Span), key.Role, key.CreatedAt }),
            calls = await store.Calls.ReadAsync(new CallQuery(), default),
        });
    }

    private static async Task FillOfProgramsAsync(SqliteStore store)
    {
        await store.Connections.WriteAsync([new ConnectionWrite(_token, 0, StoreSamples.Bytes("{}")) { DueIn = TimeSpan.FromHours(1) }], default);
        await store.ApiKeys.AddAsync(
            new ApiKey { Id = new EngineId(7), Name = "practice-studio", Hash = new byte[] { 1, 2, 3 }, Role = ApiRole.Reader, Practices = [], CreatedAt = 0 }, new AuditEntry("maria", "keys create", null, "practice-studio", null), default);
        store.Calls.Note(new CallEntry { Practice = null, Connection = "api", Endpoint = "GET /health", Status = 200, At = 1, Milliseconds = 2, Actor = "practice-studio" });
    }

    private async Task FillAsync(SqliteStore store)
    {
        await FillOfProgramsAsync(store);
        await store.KeepMappingSetAsync("set-1", StoreSamples.Bytes("{}"), default);
        await store.DeployMappingSetAsync(new SetDeployment("set-1"), default);
        var run = await store.Ledger.BeginRunAsync("front-desk", 16, default);
        foreach (var practice in (string[])[StoreSamples.Practice, StoreSamples.OtherPractice])
        {
            await CommitAsync(store, Samples.Unit(
                Samples.Message() with { Run = run.Id, Number = practice == StoreSamples.Practice ? 1 : 2 },
                StoreSamples.Receipt("C1"),
                practice,
                StoreSamples.Create(Samples.Record("1", "DOE", practice), new LookUpKey("patient", "last_name", "DOE"))) with
            {
                Sequence = new SequenceWrite(new SequenceKey("front-desk", "ATHENA"), null, 5),
                Reviews = [new ReviewWrite("unknown code", "7", "{}")],
                Deliveries = [StoreSamples.Delivery(Samples.NextId(), "lane 1", "athena"), StoreSamples.Delivery(Samples.NextId(), "lane 1", "athena")],
                Attachments = [new AttachmentWrite("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 3, () => new MemoryStream([1, 2, 3]))],
                Audit = StoreSamples.Audit(practice: practice),
            });
            await ChangeAsync(store, "DOE-ROE", practice);
        }

        await CommitAsync(store, Samples.Unit(Samples.Message(MessageState.Parked)) with { WaitsFor = [StoreSamples.Patient("9")] });
        var bad = Samples.Message(MessageState.Quarantined, body: "bad\0\u00e9") with { Run = run.Id, Number = 3 };
        await CommitAsync(store, Samples.Unit(bad) with { Cause = new CauseWrite(MessageState.Quarantined, "MAP501", "PID-7", "a.map.md:1", "a date that is none") });
        await CommitAsync(store, Samples.Unit(Samples.Message(MessageState.Refused, body: "") with { Code = "AR204", MappingSet = null, Detail = null }, practice: null));
        await CommitAsync(store, Samples.Unit(Samples.Message(body: "good") with { ReceivedAt = bad.ReceivedAt, Corrects = new Original(bad.Id, MessageState.Quarantined) }));
        await CommitAsync(store, Samples.Unit(Samples.Message(MessageState.Held) with { Run = run.Id, Number = 6 }) with
        {
            Cause = new CauseWrite(MessageState.Held, "MAP700", null, null, "another person"),
        });
        await store.Batches.BeginAsync(new BatchStart(new EngineId(7), "front-desk", IsFile: true, clock.Milliseconds), default);
        await CommitAsync(store, Samples.Unit(Samples.Message() with { Batch = new EngineId(7), Run = run.Id, Number = 5 }));
        await store.Batches.EndAsync(
            new BatchEnd
            {
                Id = new EngineId(7),
                Verdict = BatchVerdict.Complete,
                Stated = 1,
                Found = 1,
                States = new Dictionary<MessageState, long> { [MessageState.Applied] = 1 },
                Detail = "{}",
            },
            default);
        await store.Batches.BeginAsync(new BatchStart(new EngineId(8), "front-desk", IsFile: false, clock.Milliseconds), default);
        await new FileSamples(store, Samples, clock) { Practice = StoreSamples.OtherPractice }.FillAsync();
        var day = LedgerDay.Of(clock.Milliseconds);
        await store.Ledger.ReportAsync(new NumberReport(run, [new DayNumbers(day, new NumberRange(1, 6))], [new DayNumbers(day, new NumberRange(4, 4))], 6, IsFinal: false), default);
        (await store.Leases.TakeAsync("destination athena", "node-1", TimeSpan.FromMinutes(1), default)).Should().NotBeNull();
        clock.Advance(TimeSpan.FromDays(2));
        await store.Ledger.SealAsync(day + 1, default);
        await CommitAsync(store, Samples.Unit(bad with { Replaces = MessageState.Dismissed, State = MessageState.Applied }));
        await CommitAsync(store, new CommitUnit
        {
            Practice = null,
            Accepts = new LedgerAcceptance(new EngineId(4711), 0, "maria", "killed then", "1 missing"),
            Audit = StoreSamples.Audit("ledger accept", practice: null),
        });
    }

    private static async Task CommitAsync(SqliteStore store, CommitUnit unit) =>
        (await store.CommitAsync(unit, default)).Outcome.Should().Be(CommitOutcome.Committed);
}
