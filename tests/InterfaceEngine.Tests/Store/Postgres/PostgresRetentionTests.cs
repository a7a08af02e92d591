using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Postgres;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Npgsql;

namespace InterfaceEngine.Tests.Store.Postgres;

/// <summary>Months that are dropped as a whole, and what keeps one.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresRetentionTests : IAsyncLifetime
{
    private readonly StoreClock _clock = new();
    private StoreSamples _samples = null!;
    private NpgsqlDataSource _source = null!;
    private PostgresStore _store = null!;

    public async Task InitializeAsync()
    {
        _samples = new StoreSamples(_clock);
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _source = NpgsqlDataSource.Create(address);
        _store = await PostgresStore.OpenAsync(new StoreOptions { Connection = address, UsesServerTime = false }, _ => StoreFolder.Key, new IdSource(_clock, new Random(2)), _clock, default);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _source.DisposeAsync();
    }

    [StoreFact]
    public async Task A_month_of_which_everything_may_go_goes_as_a_whole()
    {
        await CommitAsync("january");
        _clock.Advance(TimeSpan.FromDays(31));
        await CommitAsync("february");
        await LongAfterAsync();

        (await DropAsync(DroppedKind.Messages, "2026-02-01")).Should().BeEquivalentTo((1, Array.Empty<string>()));
        (await DropAsync(DroppedKind.Changes, "2026-02-28")).Should().BeEquivalentTo((1, Array.Empty<string>()));
        (await DropAsync(DroppedKind.Receipts, "2026-02-01")).Should().BeEquivalentTo((1, Array.Empty<string>()));

        (await PartsAsync()).Should().NotContain(["messages_2026_01", "changes_2026_01", "receipts_2026_01"])
            .And.Contain(["messages_2026_02", "changes_2026_02", "receipts_2026_02", "messages_rest"]);
        (await _store.ReadAsync(reader => reader.Audit(null, 10).Select(row => row.Subject).ToArray(), default))
            .Should().BeEquivalentTo("messages of before 2026-02-01", "changes of before 2026-02-01", "receipts of before 2026-02-01");
    }

    [StoreFact]
    public async Task A_month_stays_whole_while_one_message_in_it_is_not_finished_and_later_ones_go()
    {
        await CommitAsync("january");
        var held = await CommitAsync("held", MessageState.Held);
        _clock.Advance(TimeSpan.FromDays(31));
        await CommitAsync("february");
        await LongAfterAsync();

        var (rows, stays) = await DropAsync(DroppedKind.Messages, "2026-03-01");

        (rows, stays).Should().BeEquivalentTo((1, new[] { "messages_2026_01: messages in it are not finished: errors list and messages list show them" }));
        (await PartsAsync()).Should().Contain("messages_2026_01").And.NotContain("messages_2026_02");

        (await _store.CommitAsync(_samples.Unit(held with { Replaces = MessageState.Held, State = MessageState.Dismissed }), default)).Outcome.Should().Be(CommitOutcome.Committed);
        (await DropAsync(DroppedKind.Messages, "2026-03-01")).Rows.Should().Be(2);
    }

    [StoreFact]
    public async Task A_month_whose_days_the_ledger_has_not_closed_stays()
    {
        await CommitAsync("january");
        _clock.Advance(TimeSpan.FromDays(100));

        (await DropAsync(DroppedKind.Messages, "2026-02-01")).Should().BeEquivalentTo((0, new[] { "messages_2026_01: the ledger has not closed its days" }));
    }

    [StoreFact]
    public async Task A_month_that_somebody_reads_is_not_waited_for()
    {
        await CommitAsync("january");
        await LongAfterAsync();
        await using var reading = await _source.OpenConnectionAsync();
        await using var transaction = await reading.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT count(*) FROM messages_2026_01", reading);
        await read.ExecuteScalarAsync();

        var dropping = DropAsync(DroppedKind.Messages, "2026-02-01");
        await CommitAsync("meanwhile");

        (await dropping).Should().BeEquivalentTo((0, new[] { "messages_2026_01: others held messages all the time" }));
        await transaction.RollbackAsync();
        (await DropAsync(DroppedKind.Messages, "2026-02-01")).Rows.Should().Be(1);
    }

    [StoreFact]
    public async Task No_unit_fails_with_a_month_that_can_t_be_dropped()
    {
        await CommitAsync("january");
        await LongAfterAsync();
        await using var reading = await _source.OpenConnectionAsync();
        await using var transaction = await reading.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT count(*) FROM messages", reading);
        await read.ExecuteScalarAsync();

        var dropping = DropAsync(DroppedKind.Messages, "2026-02-01");
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            // A unit with a review is not plain: such units share transactions.
            for (var number = 0; !dropping.IsCompleted; number++)
            {
                await _store.CommitAsync(Unit($"{sender}-{number}") with { Reviews = [new ReviewWrite("unknown code", $"{sender}", "{}")] }, default);
            }
        }));

        await Task.WhenAll(senders);
        (await dropping).Stays.Should().Equal("messages_2026_01: others held messages all the time");

        CommitUnit Unit(string control)
        {
            lock (_samples)
            {
                return _samples.Unit(receipt: StoreSamples.Receipt(control));
            }
        }
    }

    [StoreFact]
    public async Task A_month_of_which_a_message_has_changed_its_state_since_it_was_counted_stays()
    {
        var write = await CommitAsync("january");
        await LongAfterAsync();
        var part = new OldPart(PartitionedTable.All[0], new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var connection = await _source.OpenConnectionAsync();
        var entry = await OldPart.LastEntryAsync(connection, default);
        (await part.CountAsync(connection, default)).Rows.Should().Be(1);

        await _store.CommitAsync(_samples.Unit(write with { Replaces = MessageState.Applied, State = MessageState.Dismissed }), default);

        await using var transaction = await connection.BeginTransactionAsync();
        part.DropUnlessNeeded(connection, entry).Should().Be("messages_2026_01: a message of it has changed its state just now");
    }

    [StoreFact]
    public async Task What_lies_with_the_rest_goes_row_by_row()
    {
        _clock.Advance(TimeSpan.FromDays(120));
        await CommitAsync("no part was made for it");
        await LongAfterAsync();

        (await DropAsync(DroppedKind.Messages, "2026-06-01")).Rows.Should().Be(1);
        (await DropAsync(DroppedKind.Changes, "2026-06-01")).Rows.Should().Be(1);
        (await DropAsync(DroppedKind.Receipts, "2026-06-01")).Rows.Should().Be(1);
        (await PartsAsync()).Should().Contain("messages_rest");
    }

    private async Task<MessageWrite> CommitAsync(string control, MessageState state = MessageState.Applied)
    {
        var write = _samples.Message(state);
        var unit = _samples.Unit(write, StoreSamples.Receipt(control), records: StoreSamples.Create(_samples.Record(control, "DOE")));
        (await _store.CommitAsync(unit, default)).Outcome.Should().Be(CommitOutcome.Committed);
        return write;
    }

    private async Task LongAfterAsync()
    {
        _clock.Advance(TimeSpan.FromDays(100));
        await _store.CommitAsync(_samples.Unit(), default);
        await _store.Ledger.SealAsync(LedgerDay.Of(_clock.Milliseconds) - 1, default);
    }

    private async Task<(long Rows, string[] Stays)> DropAsync(DroppedKind what, string before)
    {
        var lease = (await _store.Leases.TakeAsync("retention", $"{Guid.NewGuid()}", TimeSpan.FromMinutes(5), default))!;
        var (rows, stays) = (0L, new List<string>());
        for (DropPlace? place = DropPlace.Start; place is { } after;)
        {
            var turn = (await _store.Retention.DropAsync(lease, new Dropping(what, DateTimeOffset.Parse(before + "Z", System.Globalization.CultureInfo.InvariantCulture), after), default))!;
            rows += turn.Rows;
            stays.AddRange(turn.Stays);
            place = turn.Next;
        }

        await _store.Leases.ReleaseAsync(lease, default);
        return (rows, [.. stays]);
    }

    private async Task<List<string>> PartsAsync()
    {
        var parts = new List<string>();
        await using var command = _source.CreateCommand("SELECT inhrelid::regclass::text FROM pg_inherits");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            parts.Add(reader.GetString(0));
        }

        return parts;
    }
}
