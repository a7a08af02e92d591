using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Protection;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Feed;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Copy;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Copy;

/// <summary>
/// A whole engine whose store moves to PostgreSQL while a clinic's day comes in, and back: what it acknowledged before is there, a
/// resend is known, and the ledger balances, on either side.
/// </summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class MovedEngineTests : IAsyncLifetime
{
    private const int Events = 400;

    private readonly ClinicFeed _feed = new(FeedStyle.Athena, new ClinicOptions { Events = Events, People = 60 });
    private RunningEngine _engine = null!;
    private StoreOptions _database = null!;

    public async Task InitializeAsync()
    {
        _engine = await RunningEngine.StartAsync();
        _database = new StoreOptions { Kind = "postgres", Connection = await (await PostgresServer.SharedAsync()).NewDatabaseAsync() };
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [StoreFact]
    public async Task What_was_acknowledged_while_the_store_was_copied_is_there_after_the_switch_and_after_the_way_back()
    {
        List<FeedMessage> day = [.. _feed.Messages()];
        var sending = SendAsync(day);
        var copies = 0;
        do
        {
            await Move(_engine.Settings.Store, _database).CopyAsync(default);
            copies++;
        }
        while (!sending.IsCompleted);
        (await sending).Accepted.Should().Be(Events);
        await RunningEngine.UntilAsync(async () => (await _engine.CountsAsync()).GetValueOrDefault(MessageState.Ready) == 0);
        var embedded = _engine.Settings.Store;
        var taken = await TakenAsync();

        await MoveAsync(embedded, _database);

        (await TakenAsync()).Should().Equal(taken, "after {0} copies", copies);
        await CheckLedgerAsync(Events);
        (await SendAsync(day)).Accepted.Should().Be(Events);
        (await _engine.CountsAsync())[MessageState.Duplicate].Should().Be(Events, "every message is known there");
        taken = await TakenAsync();

        await MoveAsync(_database, embedded);

        (await TakenAsync()).Should().Equal(taken);
        await CheckLedgerAsync(2 * Events);
    }

    private StoreMove Move(StoreOptions from, StoreOptions to)
    {
        var key = MasterKeyFile.Open(_engine.Settings.Keys, _engine.Settings.Data, mayCreate: false);
        return new StoreMove(from, to, key, TimeProvider.System, _ => { }) { RangeRows = 50 };
    }

    private Task MoveAsync(StoreOptions from, StoreOptions to) => _engine.RestartAsync(async settings =>
    {
        // The server sees a moment later that the engine has gone, and a move believes it after some time.
        await using var database = NpgsqlDataSource.Create($"{_database.Connection};Pooling=false");
        await using var connected = database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'InterfaceEngine%'");
        await RunningEngine.UntilAsync(async () => await connected.ExecuteScalarAsync() is 0L);
        var report = await Move(from, to).SwitchAsync(new AuditEntry("maria", "store copy", null, null, null), default);
        report.Tables.SelectMany(table => table.Differences).Should().BeEmpty();
        return settings with { Store = to };
    });

    private Task<FeedAccount> SendAsync(IEnumerable<FeedMessage> messages) =>
        new FeedClient(new FeedClientOptions { To = _engine.Athena, Connections = 4 }, TimeProvider.System).SendAsync(messages, default);

    /// <summary>Every message with what became of it, and every patient with what is known.</summary>
    private async Task<List<string>> TakenAsync()
    {
        var patients = await _engine.RecordsAsync("195900", RecordDefinition.Patient);
        return
        [
            .. (await _engine.MessagesAsync()).Select(message => $"{message.Id} {message.ControlId} {message.State}"),
            .. patients.OrderBy(patient => patient.Key, StringComparer.Ordinal).SelectMany(patient => patient.Value.Fields.Select(field => $"{patient.Key} {field.Name} {field.Value}")),
        ];
    }

    private async Task CheckLedgerAsync(long stored)
    {
        var ledger = await _engine.AskAsync(new LedgerRequest(null, TestEngine.Athena.Name, IsFull: true) { Actor = "test" });
        ledger.Differences.Select(difference => difference.Text).Should().BeEmpty();
        ledger.Sources.Single().Should().Match<SourceLedgerView>(source => source.Received - source.Unanswered - source.OnTheirWay == stored && source.Missing == 0);
    }
}
