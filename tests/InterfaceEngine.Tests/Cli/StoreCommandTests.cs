using System.Diagnostics;
using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Copy;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Cli;

/// <summary><c>store copy</c> as it is typed.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class StoreCommandTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    private readonly CommandBench _bench = new();
    private string _database = "";

    private string Data => Path.Combine(_bench.Root, "data");

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var key = Path.Combine(_bench.Root, "master.key");
        await using (var file = StoreFiles.Create(key))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(number => (byte)number)])));
        }

        _bench.WriteSettings(Settings(""));
        await _bench.WithStoreAsync(store => store.CommitAsync(_bench.Samples.Unit(records: Tests.Store.StoreSamples.Create(_bench.Samples.Record("1", "DOE"))), default));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _bench.Dispose();

    [StoreFact]
    public async Task The_steps_of_a_move_say_what_comes_next()
    {
        var copied = await _bench.RunAsync("store", "copy", "--to", _database);
        copied.Should().BeEquivalentTo(new { Code = ExitCode.Done, Error = "" });
        copied.Out.Should().MatchRegex("(?m)^messages +1 +0 +[0-9a-f]{16}").And.Contain("run this with --switch");

        var verified = await _bench.RunAsync("store", "copy", "--to", _database, "--verify");
        verified.Should().BeEquivalentTo(new { Code = ExitCode.Done, Error = "" });
        verified.Out.Should().Contain("are equal");

        var moved = await _bench.RunAsync("store", "copy", "--to", _database, "--switch", "--reason", "it grew");
        moved.Should().BeEquivalentTo(new { Code = ExitCode.Done, Error = "" });
        moved.Out.Should().Contain($"The store is in {PostgresConnection.Place(_database)} now");
        FluentActions.Invoking(_bench.OpenStore).Should().Throw<StoreOpenException>().WithMessage("*was moved to*");

        _bench.WriteFile("postgres.json", Settings($$""", "Store": { "Kind": "postgres", "Connection": "{{_database}}" }"""));
        var back = await _bench.RunAsync("store", "copy", "--settings", "postgres.json", "--to", "data", "--switch", "--json");
        back.Code.Should().Be(ExitCode.Done, back.Error);
        JsonDocument.Parse(back.Out).RootElement.GetProperty("isEqual").GetBoolean().Should().BeTrue();
        var audit = await _bench.ReadAsync(reader => reader.Audit(null, 10));
        audit.Select(row => (row.Actor, row.Action, row.Reason)).Should().Contain(("maria", "store copy", "it grew")).And.HaveCount(2);
    }

    [StoreFact]
    public async Task A_settings_file_says_where_the_store_goes_and_a_moved_one_is_taken_back()
    {
        _bench.WriteFile("postgres.json", Settings($$""", "Store": { "Kind": "postgres", "Connection": "{{_database}}" }"""));

        (await _bench.RunAsync("store", "copy", "--to", "postgres.json", "--switch")).Code.Should().Be(ExitCode.Done);
        (await _bench.RunAsync("store", "copy", "--to", "elsewhere")).Should().BeEquivalentTo(new { Code = ExitCode.Failed, Out = "" })
            .And.Subject.As<Ran>().Error.Should().Contain("was moved to");
        var back = await _bench.RunAsync("store", "copy", "--undo-mark", "--reason", "nothing was taken there");

        back.Should().BeEquivalentTo(new { Code = ExitCode.Done, Error = "" });
        back.Out.Should().Contain(PostgresConnection.Place(_database));
        await _bench.WithStoreAsync(_ => Task.CompletedTask);
    }

    [StoreFact]
    public async Task A_difference_is_named_without_values_and_ends_with_1()
    {
        await _bench.RunAsync("store", "copy", "--to", _database);
        await ExecuteAsync("UPDATE records SET version = version + 1");

        var verified = await _bench.RunAsync("store", "copy", "--to", _database, "--verify");

        verified.Code.Should().Be(ExitCode.Failed);
        verified.Error.Should().Be("Differs: records, from the first row to the last.\n");
        verified.Out.Should().Contain("differ");
    }

    [StoreTheory]
    [InlineData("Say where with --to")]
    [InlineData("Say where with --to", "--to", "elsewhere", "--switch", "--verify")]
    [InlineData("Say where with --to", "--to", "elsewhere", "--undo-mark")]
    [InlineData("password", "--to", "Host=localhost;Database=engine;Password=secret")]
    [InlineData("Database is missing", "--to", "Host=localhost")]
    public async Task A_command_that_leaves_it_open_is_refused(string problem, params string[] arguments)
    {
        var ran = await _bench.RunAsync([.. (string[])["store", "copy"], .. arguments]);

        ran.Should().BeEquivalentTo(new { Code = ExitCode.Usage, Out = "" });
        ran.Error.Should().Contain(problem).And.NotContain("secret");
    }

    [StoreFact]
    public async Task A_copy_that_is_killed_goes_on_where_it_was()
    {
        // So far that the tables are there; then one of them is held, and the copy stands in the middle.
        await _bench.RunAsync("store", "copy", "--to", _database);
        await ExecuteAsync("DELETE FROM records; DELETE FROM changes; UPDATE store_marks SET progress = '{\"Table\":\"messages\",\"Practice\":null,\"Through\":null}'");
        await using var source = NpgsqlDataSource.Create(_database);
        await using (var holder = await source.OpenConnectionAsync())
        {
            await using var transaction = await holder.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("LOCK TABLE records IN ACCESS EXCLUSIVE MODE", holder))
            {
                await hold.ExecuteNonQueryAsync();
            }

            using var copy = Start("store", "copy", "--to", _database);
            await UntilItWaitsAsync(source);
            copy.Kill();
            await copy.WaitForExitAsync().WaitAsync(_timeout);
        }

        await FluentActions.Awaiting(() => PostgresStore.OpenAsync(
                new StoreOptions { Connection = _database }, _ => StoreFolder.Key, new(TimeProvider.System, new Random(1)), TimeProvider.System, default))
            .Should().ThrowAsync<StoreOpenException>().WithMessage("*not finished*");
        var rest = await RunUntilFreeAsync("store", "copy", "--to", _database, "--json");

        var report = JsonDocument.Parse(rest.Out).RootElement;
        report.GetProperty("isEqual").GetBoolean().Should().BeTrue();
        report.GetProperty("copied").GetInt64().Should().BeInRange(2, report.GetProperty("rows").GetInt64() - 2);
    }

    private static string Settings(string more) => $$"""
        {
          "Data": "data",
          "Keys": { "MasterKeyFile": "master.key" },
          "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } }{{more}}
        }
        """;

    /// <summary>The server notices only after a moment that a killed copy is gone.</summary>
    private async Task<Ran> RunUntilFreeAsync(params string[] arguments)
    {
        for (var patience = Stopwatch.StartNew(); ;)
        {
            var ran = await _bench.RunAsync(arguments);
            if (ran.Code == ExitCode.Done || patience.Elapsed > _timeout || !ran.Error.Contains("another copy", StringComparison.Ordinal))
            {
                ran.Code.Should().Be(ExitCode.Done, ran.Error);
                return ran;
            }
        }
    }

    /// <summary>Does what no engine does: a database that is being filled refuses it.</summary>
    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand($"SET session_replication_role = replica; {sql}");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task UntilItWaitsAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'records'::regclass)");
        for (var patience = Stopwatch.StartNew(); await command.ExecuteScalarAsync() is not true;)
        {
            patience.Elapsed.Should().BeLessThan(_timeout, "the copy should come to the table that is held");
            await Task.Delay(20);
        }
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(ChildEngine.OwnCommand[0]) { WorkingDirectory = _bench.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in ChildEngine.OwnCommand.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
