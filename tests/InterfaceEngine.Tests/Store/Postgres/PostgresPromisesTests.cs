using System.Diagnostics;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>What PostgreSQL would allow and the engine must not: promises that are not kept, and what two nodes could both do.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresPromisesTests
{
    private readonly StoreClock _clock = new();
    private readonly StoreSamples _samples;

    public PostgresPromisesTests() => _samples = new StoreSamples(_clock);

    [StoreFact]
    public async Task A_message_that_comes_to_two_nodes_at_once_is_one()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var one = await OpenAsync(database, "one");
        await using var two = await OpenAsync(database, "two");
        for (var message = 0; message < 25; message++)
        {
            var receipt = StoreSamples.Receipt($"C{message}");

            var outcomes = await Task.WhenAll(((PostgresStore[])[one, two]).Select(node => Task.Run(() =>
                node.CommitAsync(_samples.Unit(_samples.Message(MessageState.Unchanged)) with { Receipt = receipt }, default))));

            outcomes.Select(result => result.Outcome).Should().BeEquivalentTo([CommitOutcome.Committed, CommitOutcome.Duplicate]);
        }
    }

    [StoreTheory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task At_the_edge_of_a_week_a_resend_is_known_whichever_clock_is_ahead(int seconds)
    {
        const long Week = 7L * 24 * 60 * 60 * 1000;
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(Week - (_clock.Milliseconds % Week) - (seconds * 500)));
        var other = new StoreClock();
        other.Advance(TimeSpan.FromMilliseconds(_clock.Milliseconds - other.Milliseconds + (seconds * 1000)));
        await using var one = await OpenAsync(database, "one");
        await using var two = await OpenAsync(database, "two", other);
        await one.CommitAsync(_samples.Unit(receipt: StoreSamples.Receipt("C1")), default);

        var loaded = await two.LoadAsync(StoreSamples.Practice, new LoadQuery(StoreSamples.Receipt("C1"), [], []), default);
        var again = await two.CommitAsync(_samples.Unit(_samples.Message() with { ReceivedAt = other.Milliseconds }, StoreSamples.Receipt("C1")), default);

        loaded.Earlier.Should().NotBeNull();
        again.Outcome.Should().Be(CommitOutcome.Duplicate);
    }

    [StoreFact]
    public async Task What_its_replica_has_not_is_not_promised_however_long_it_takes()
    {
        await using var server = await PostgresServer.NewNodeAsync();
        await server.AskAsync("CREATE DATABASE engine");
        await using var store = await OpenAsync(server.Address("engine"), "one", statementTimeout: TimeSpan.FromSeconds(10));
        await store.CommitAsync(_samples.Unit(), default);
        await server.AskAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await server.AskAsync("SELECT pg_reload_conf()");

        var plain = () => UntilRefusedAsync(() => store.CommitAsync(_samples.Unit(), default));
        var other = () => UntilRefusedAsync(() => store.CommitAsync(_samples.Unit() with { Reviews = [new ReviewWrite("held", "key", "detail")] }, default));

        await plain.Should().ThrowAsync<StoreUnavailableException>();
        await other.Should().ThrowAsync<StoreUnavailableException>();
        await server.AskAsync("ALTER SYSTEM RESET synchronous_standby_names");
        await server.AskAsync("SELECT pg_reload_conf()");
    }

    [StoreFact]
    public async Task A_server_that_is_told_later_not_to_sync_is_promised_nothing()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var store = await OpenAsync(database, "one");
        await AskAsync(database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(database).Database} SET synchronous_commit = off");
        await AskAsync(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        var plain = () => UntilRefusedAsync(() => store.CommitAsync(_samples.Unit(), default), "before it is on disk");
        var other = () => UntilRefusedAsync(() => store.CommitAsync(_samples.Unit() with { Reviews = [new ReviewWrite("held", "key", "detail")] }, default), "before it is on disk");
        var lease = () => UntilRefusedAsync(() => store.Leases.TakeAsync("duty/ledger", "one", TimeSpan.FromSeconds(1), default), "before it is on disk");

        (await lease.Should().ThrowAsync<StoreUnavailableException>("who can commit nothing has no place among the living")).WithMessage("*before it is on disk*");
        (await plain.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*before it is on disk*");
        (await other.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*before it is on disk*");
    }

    [StoreFact]
    public async Task A_practice_that_somebody_holds_on_to_keeps_no_other_waiting()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var store = await OpenAsync(database, "one", lockTimeout: TimeSpan.FromSeconds(1));
        await store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("1", "Doe"))), default);
        await using var source = NpgsqlDataSource.Create(database);
        await using var holder = await source.OpenConnectionAsync();
        await using var holding = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"SELECT last FROM practice_sequences WHERE practice_id = '{StoreSamples.Practice}' FOR UPDATE", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var started = Stopwatch.GetTimestamp();
        var held = Enumerable.Range(2, 120).Select(number => store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record($"{number}", "Doe"))), default)).ToList();
        var others = Enumerable.Range(2, 24).Select(number => store.CommitAsync(
            _samples.Unit(practice: StoreSamples.OtherPractice, records: StoreSamples.Create(_samples.Record($"{number}", "Roe", practice: StoreSamples.OtherPractice))), default)).ToList();

        (await Task.WhenAll(others)).Should().OnlyContain(result => result.Outcome == CommitOutcome.Committed);
        foreach (var one in held)
        {
            var commit = () => one;
            await commit.Should().ThrowAsync<StoreUnavailableException>();
        }

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromMinutes(1), "it is a few times the time a lock is waited for, and not a time for each of the units");
    }

    [StoreFact]
    public async Task A_database_that_sorts_by_a_locale_is_refused()
    {
        var server = await PostgresServer.NewNodeAsync();
        await using var _ = server;
        await server.AskAsync("CREATE DATABASE engine TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'");

        var open = () => OpenAsync(server.Address("engine"), "one");

        (await open.Should().ThrowAsync<StoreOpenException>()).WithMessage("*collation of ICU; UTF8 and C are needed*");
    }

    [StoreTheory]
    [InlineData("audit")]
    [InlineData("ledger_seals")]
    [InlineData("ledger_entries")]
    [InlineData("ledger_acceptances")]
    public async Task What_is_never_changed_is_not_emptied_either(string table)
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var store = await OpenAsync(database, "one");
        await store.AskAsync(StoreSamples.Audit(), reader => 0, default);

        var empty = () => AskAsync(database, $"TRUNCATE {table}");

        (await empty.Should().ThrowAsync<PostgresException>()).WithMessage($"*rows of {table} are not changed or deleted*");
        (await store.ReadAsync(reader => reader.Audit(StoreSamples.Practice, 10), default)).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_store_that_is_closed_lets_questions_end_and_takes_no_more()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var store = await OpenAsync(database, "one");
        await store.CommitAsync(_samples.Unit(records: StoreSamples.Create(_samples.Record("1", "Doe"))), default);
        using var begun = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var asking = store.ReadAsync(
            reader =>
            {
                begun.Release();
                goOn.Wait();
                return reader.Record(StoreSamples.Practice, StoreSamples.Patient("1"))!.Version;
            },
            default).AsTask();
        await begun.WaitAsync();

        var closing = store.DisposeAsync().AsTask();
        var late = () => store.ReadAsync(reader => reader.MessageCounts(), default).AsTask();
        var load = () => store.LoadAsync(StoreSamples.Practice, StoreSamples.Query(StoreSamples.Patient("1")), default).AsTask();
        await FluentActions.Awaiting(() => UntilRefusedAsync(late, "The store is closed.")).Should().ThrowAsync<StoreUnavailableException>();
        (await load.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("The store is closed.");
        closing.IsCompleted.Should().BeFalse();
        goOn.Set();

        (await asking).Should().Be(1);
        await closing;
        (await late.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("The store is closed.");
    }

    /// <summary>A setting reaches a connection that is open a moment after it was made.</summary>
    private static async Task UntilRefusedAsync(Func<Task> commit, string because = "")
    {
        for (var attempt = 1; attempt <= 6_000; attempt++)
        {
            try
            {
                await commit();
            }
            catch (StoreUnavailableException failure) when (!failure.Message.Contains(because, StringComparison.Ordinal))
            {
                // A connection of before, that was cut.
            }

            await Task.Delay(10);
        }
    }

    private static async Task AskAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private Task<PostgresStore> OpenAsync(string database, string node, StoreClock? clock = null, TimeSpan? statementTimeout = null, TimeSpan? lockTimeout = null) => PostgresStore.OpenAsync(
        new StoreOptions
        {
            Connection = database,
            Node = node,
            UsesServerTime = false,
            StatementTimeout = statementTimeout ?? TimeSpan.FromSeconds(30),
            LockTimeout = lockTimeout ?? TimeSpan.FromSeconds(10),
        },
        _ => StoreFolder.Key,
        new IdSource(clock ?? _clock, new Random(node.Length)) { Node = node.Length },
        clock ?? _clock,
        default);
}
