using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Copy;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Copy;

/// <summary>
/// Stores that are moved to PostgreSQL and back, with rows in every table. Ranges are of three rows, so that there are several of them.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed partial class StoreMoveTests : IAsyncLifetime, IDisposable
{
    private const int RangeRows = 3;

    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly FullStore _full;
    private readonly List<CopyProgress> _progress = [];
    private string _database = "";

    public StoreMoveTests()
    {
        _full = new FullStore(_clock);
    }

    private StoreOptions Embedded => new() { Folder = _folder.Data };

    private StoreOptions Database => new() { Kind = "postgres", Connection = _database, UsesServerTime = false, Node = "node" };

    private string Place => PostgresConnection.Place(_database);

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await _full.FillAsync(_folder);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [StoreFact]
    public async Task A_store_moves_to_PostgreSQL_and_back_with_all_it_holds()
    {
        var before = await ReadAsync(Embedded);

        await Move(Embedded, Database).CopyAsync(default);
        var there = await SwitchAsync(Embedded, Database);

        there.Tables.Select(table => table.Name).Should().Equal(StoreTables.All.Select(table => table.Name));
        there.Tables.Should().OnlyContain(table => table.SourceRows > 0 && table.TargetRows == table.SourceRows, "every table is filled and compared");
        (await ReadAsync(Database)).Should().Be(before);

        await ChangeAsync(Database, "SMITH", "JONES");
        await ChangeOtherAsync(Database, "MILLER");
        var after = await ReadAsync(Database);
        var back = await SwitchAsync(Database, Embedded);

        (await ReadAsync(Embedded)).Should().Be(after).And.NotBe(before);
        back.Mended.Should().BeInRange(1, back.Rows / 2, "what lies there from before is taken for what it is");
        using var other = new StoreFolder();
        await ChangeAsync(Embedded, "MILLER-SMITH");
        (await SwitchAsync(Embedded, Embedded with { Folder = other.Data })).IsEqual.Should().BeTrue("two embedded stores are copied like any");
        (await ReadAsync(Embedded with { Folder = other.Data })).Should().Contain("MILLER-SMITH").And.NotBe(after);
    }

    [StoreFact]
    public async Task What_is_old_lies_in_the_months_it_came_in()
    {
        _clock.Advance(TimeSpan.FromDays(200));

        await SwitchAsync(Embedded, Database);

        (await InTheRestAsync()).Should().Be(0);
    }

    [StoreFact]
    public async Task What_came_after_the_first_copy_lies_in_its_months_too_and_after_the_way_back()
    {
        using var other = new StoreFolder();
        await Move(Embedded, Database).CopyAsync(default);
        await MonthsPassAsync(Embedded);

        (await SwitchAsync(Embedded, Database)).NoParts.Should().BeEmpty();
        (await InTheRestAsync()).Should().Be(0);

        await SwitchAsync(Database, Embedded with { Folder = other.Data });
        await MonthsPassAsync(Embedded with { Folder = other.Data });
        await SwitchAsync(Embedded with { Folder = other.Data }, Database);
        (await InTheRestAsync()).Should().Be(0);

        async Task MonthsPassAsync(StoreOptions options)
        {
            _clock.Advance(TimeSpan.FromDays(150));
            await using var store = await OpenAsync(options);
            var control = $"{_clock.Milliseconds}";
            await store.CommitAsync(_full.Samples.Unit(receipt: StoreSamples.Receipt(control), records: StoreSamples.Create(_full.Samples.Record(control, "DOE"))), default);
        }
    }

    [StoreFact]
    public async Task A_month_whose_rows_lie_with_the_rest_is_told()
    {
        await Move(Embedded, Database).CopyAsync(default);
        await ExecuteAsync("ALTER TABLE changes DETACH PARTITION changes_2026_01; INSERT INTO changes SELECT * FROM changes_2026_01; DROP TABLE changes_2026_01");

        (await SwitchAsync(Embedded, Database)).NoParts.Should().Equal("changes_2026_01: rows of that month lie in changes_rest");
    }

    [StoreFact]
    public async Task A_store_without_messages_gets_no_months_of_the_past()
    {
        using var empty = new StoreFolder();
        await empty.Open(_clock).DisposeAsync();

        await SwitchAsync(Embedded with { Folder = empty.Data }, Database);

        (await NumberAsync("count(*) FROM pg_inherits WHERE inhparent = 'messages'::regclass")).Should().Be(4, "this month, two more and the rest");
    }

    [StoreFact]
    public async Task Equal_content_has_equal_hashes_whichever_database_it_lies_in()
    {
        var there = await SwitchAsync(Embedded, Database);
        using var other = new StoreFolder();
        var back = await SwitchAsync(Database, Embedded with { Folder = other.Data });

        back.Tables.Where(table => table.Name != "audit").Select(table => (table.Name, table.SourceRows, table.Sha256))
            .Should().Equal(there.Tables.Where(table => table.Name != "audit").Select(table => (table.Name, table.SourceRows, table.Sha256)));
        back.Tables.Single(table => table.Name == "audit").SourceRows.Should().Be(there.Tables.Single(table => table.Name == "audit").SourceRows + 1, "each move is noted");
    }

    [StoreFact]
    public async Task Changes_go_on_after_the_last_of_every_practice_wherever_the_store_was()
    {
        await SwitchAsync(Embedded, Database);
        await ChangeAsync(Database, "A", "B", "C", "D", "E");
        await ChangeOtherAsync(Database, "F");
        await SwitchAsync(Database, Embedded);
        await ChangeOtherAsync(Embedded, "G");

        var (names, sequences) = await HistoryAsync(Embedded, StoreSamples.OtherPractice);
        var (firstNames, firstSequences) = await HistoryAsync(Embedded, StoreSamples.Practice);

        names.Should().Equal("G", "F", "DOE-ROE", "DOE");
        firstNames.Should().Equal("E", "D", "C", "B", "A", "DOE-ROE", "DOE");
        sequences.Max().Should().BeGreaterThan(firstSequences.Max());
        sequences.Intersect(firstSequences).Should().NotBeEmpty("each practice counted for itself there, and the numbers stayed as they were");
    }

    [StoreFact]
    public async Task What_a_killed_engine_left_open_is_ended_where_its_store_went()
    {
        await SwitchAsync(Embedded, Database);
        await using var node = await OpenAsync(Database);

        (await node.ReadAsync(reader => reader.OpenRuns(), default)).Should().ContainSingle(run => run.Run.Source == "front-desk" && run.IsGone);
        (await node.Ledger.EndRunsOfGoneNodesAsync(default)).Select(run => run.Source).Should().Equal("front-desk");
        (await node.Batches.EndThoseOfGoneNodesAsync(default)).Should().Be(1);
        (await node.ReadAsync(reader => reader.OpenRuns(), default)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_row_that_was_altered_lost_or_added_at_the_target_is_found_and_named_by_its_range()
    {
        await Move(Embedded, Database).CopyAsync(default);
        await ExecuteAsync("UPDATE messages SET notes = notes || '\\x00' WHERE message_id = (SELECT max(message_id) FROM messages)");
        await ExecuteAsync("DELETE FROM aliases WHERE practice_id = '1960'");
        await ExecuteAsync("INSERT INTO parked (practice_id, alias_hash, message_id) VALUES ('none', gen_random_uuid(), 1)");

        var found = await Move(Embedded, Database).VerifyAsync(default);

        found.IsEqual.Should().BeFalse();
        found.Tables.Where(table => table.Differences.Count > 0).Select(table => table.Name).Should().Equal("messages", "parked", "aliases");
        found.Tables.SelectMany(table => table.Differences).Should().SatisfyRespectively(
            messages => messages.Should().MatchRegex("^messages, after [0-9]+ to the last$"),
            parked => parked.Should().StartWith("parked: ").And.Contain("no practice"),
            aliases => aliases.Should().Be("aliases, practice '1960', from the first row to the last"));
        (await Move(Embedded, Database).SwitchAsync(Audit, default)).IsEqual.Should().BeFalse("a row of nobody's is nothing that a copy mends");
        await ReadAsync(Embedded);
        await ExecuteAsync("DELETE FROM parked WHERE practice_id = 'none'");
        (await SwitchAsync(Embedded, Database)).IsEqual.Should().BeTrue("the rest is mended");
    }

    [StoreFact]
    public async Task A_body_of_32_megabytes_is_copied_whole()
    {
        var body = new byte[32 * 1024 * 1024];
        new Random(1).NextBytes(body);
        var message = _full.Samples.Message() with { Body = body };
        await using (var store = OpenEmbedded())
        {
            await store.CommitAsync(_full.Samples.Unit(message), default);
        }

        using var other = new StoreFolder();
        await SwitchAsync(Embedded, Database);
        await SwitchAsync(Database, Embedded with { Folder = other.Data });

        await using var back = await OpenAsync(Embedded with { Folder = other.Data });
        (await back.ReadAsync(reader => reader.Message(message.Id), default))!.Body.ToArray().AsSpan().SequenceEqual(body).Should().BeTrue();
    }

    [StoreFact]
    public async Task A_target_that_holds_anything_else_is_refused_and_left_as_it_is()
    {
        using var other = new StoreFolder();
        await new FullStore(_clock).FillAsync(other);
        var theirs = Embedded with { Folder = other.Data };
        var before = await ReadAsync(theirs);

        await RefusedAsync(() => Move(Embedded, theirs).CopyAsync(default), $"{other.Data}: there is a store already (mapping_sets is not empty)*");
        await RefusedAsync(() => Move(Embedded, Embedded).CopyAsync(default), $"{_folder.Data}: a store can't be copied to itself*");
        await RefusedAsync(() => SwitchAsync(Embedded, Embedded), "*to itself*");
        (await ReadAsync(theirs)).Should().Be(before);
        await Move(Embedded, Database).CopyAsync(default);
        await RefusedAsync(() => Move(theirs, Database).CopyAsync(default), $"{Place}: what is here came from another store ({_folder.Data})*");
        (await Move(Embedded, Database).VerifyAsync(default)).IsEqual.Should().BeTrue();
    }

    [StoreFact]
    public async Task A_switch_waits_for_no_engine_and_another_key_opens_nothing()
    {
        await using (var store = OpenEmbedded())
        {
            await RefusedAsync(() => SwitchAsync(Embedded, Database), "*another engine is running*");
        }

        var wrong = new MasterKey([.. Enumerable.Repeat((byte)9, 32)], "a test's other key", isNew: false);
        await RefusedAsync(() => new StoreMove(Embedded, Database, wrong, _clock, _ => { }).CopyAsync(default), "*master key*");
        using var empty = new StoreFolder();
        await RefusedAsync(() => Move(Embedded with { Folder = empty.Data }, Database).CopyAsync(default), "*there is no store*");
        await SwitchAsync(Embedded, Database);
        await RefusedAsync(() => new StoreMove(Database, Embedded with { Folder = empty.Data }, wrong, _clock, _ => { }).CopyAsync(default), "*master key*");
    }

    private static AuditEntry Audit => new("maria", "store copy", null, "a test's", "it grew");

    private StoreMove Move(StoreOptions from, StoreOptions to) => new(from, to, StoreFolder.Key, _clock, _progress.Add) { RangeRows = RangeRows };

    private async Task<CopyReport> SwitchAsync(StoreOptions from, StoreOptions to)
    {
        await UntilNobodyIsConnectedAsync();
        var report = await Move(from, to).SwitchAsync(Audit, default);
        report.Tables.SelectMany(table => table.Differences).Should().BeEmpty();
        return report;
    }

    /// <summary>The server sees a moment later that an engine has gone, and a move believes it after some time.</summary>
    private Task UntilNobodyIsConnectedAsync() =>
        RunningEngine.UntilAsync(async () => await NumberAsync("count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'InterfaceEngine%'") == 0);

    private static async Task RefusedAsync(Func<Task> action, string message) =>
        await FluentActions.Awaiting(action).Should().ThrowAsync<StoreOpenException>().WithMessage(message);

    private SqliteStore OpenEmbedded() => _folder.Open(_clock);

    private async Task<IEngineStore> OpenAsync(StoreOptions options) =>
        await Catalog.KindOf(options).OpenAsync(options, _ => StoreFolder.Key, new IdSource(_clock, new Random(3)), _clock, default);

    private async Task<string> ReadAsync(StoreOptions options)
    {
        await using var store = await OpenAsync(options);
        return await FullStore.ReadAsync(store);
    }

    private Task ChangeAsync(StoreOptions options, params string[] names) => ChangeAsync(options, StoreSamples.Practice, names);

    private Task ChangeOtherAsync(StoreOptions options, string name) => ChangeAsync(options, StoreSamples.OtherPractice, [name]);

    private async Task ChangeAsync(StoreOptions options, string practice, string[] names)
    {
        await using var store = await OpenAsync(options);
        foreach (var name in names)
        {
            await _full.ChangeAsync(store, name, practice);
        }
    }

    private async Task<(List<string?> Names, List<long> Sequences)> HistoryAsync(StoreOptions options, string practice)
    {
        await using var store = await OpenAsync(options);
        var changes = await store.ReadAsync(reader => reader.Changes(practice, reader.Record(practice, StoreSamples.Patient("1"))!, 100), default);
        return ([.. changes.Select(change => change.Fields.Single(field => field.Name == "last_name").After)], [.. changes.Select(change => change.Sequence)]);
    }

    private Task<long> InTheRestAsync() => NumberAsync("(SELECT count(*) FROM messages_rest) + (SELECT count(*) FROM changes_rest) + (SELECT count(*) FROM receipts_rest)");

    /// <summary>Does what no engine does: the database's own rules are passed by.</summary>
    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand($"SET session_replication_role = replica; {sql}");
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> NumberAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand($"SELECT {sql}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
