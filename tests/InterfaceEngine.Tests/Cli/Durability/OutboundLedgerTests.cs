using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Sandbox.Peers;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store;
using InterfaceEngine.Tests.Store.Sqlite;

namespace InterfaceEngine.Tests.Cli.Durability;

/// <summary>The account of deliveries finds what a sender can do wrong: one that can't find it proves nothing.</summary>
public sealed class OutboundLedgerTests : IAsyncLifetime, IDisposable
{
    private const int Queued = 10;

    private readonly StoreFolder _folder = new();
    private readonly OutboundLedger _ledger = new();
    private readonly DurabilityFindings _findings = new();
    private readonly List<Arrival> _arrivals = [];
    private SqliteStore _store = null!;
    private List<ClaimedDelivery> _deliveries = [];

    public async Task InitializeAsync()
    {
        _store = _folder.Open(TimeProvider.System);
        await _ledger.QueueAsync(_store, Queued, new IdSource(TimeProvider.System, new Random(1)), default);
        _deliveries = await SettleAllAsync();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_arrived_in_order_with_its_bytes_and_is_settled_is_well()
    {
        Receive([.. Enumerable.Range(0, Queued), Queued - 1]);

        (await CompareAsync()).Should().Be(new OutboundFigures(Queued, Queued, 1));
        _findings.Kept.Should().BeEmpty();
    }

    [Fact]
    public async Task What_never_arrived_is_lost()
    {
        Receive([.. Enumerable.Range(0, Queued - 1)]);

        await CompareAsync();

        Found(FindingKind.Lost).Should().Equal(_deliveries[^1].ControlId);
    }

    [Fact]
    public async Task What_a_dead_connection_still_held_may_be_read_after_what_follows_it()
    {
        Receive([0, 1, 2]);
        Receive([1], connection: 2);
        Receive([3, 4, 5, 6, 7, 8, 9], connection: 3);

        (await CompareAsync()).Should().Be(new OutboundFigures(Queued, Queued, 1));
        _findings.Kept.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_kept_first_over_another_connection_than_what_was_before_it_is_out_of_order()
    {
        Receive([0, 2]);
        Receive([1, 3, 4, 5, 6, 7, 8, 9], connection: 2);

        await CompareAsync();

        Found(FindingKind.OutOfOrder).Should().Equal(_deliveries[0].ControlId);
    }

    [Fact]
    public async Task What_was_only_ever_refused_is_lost()
    {
        Receive([.. Enumerable.Range(0, Queued - 1)]);
        _arrivals.Add(ArrivalOf(_deliveries[^1], 1) with { Kind = ArrivalKind.Refused });

        (await CompareAsync()).Should().Be(new OutboundFigures(Queued, Queued - 1, 1));
        Found(FindingKind.Lost).Should().Equal(_deliveries[^1].ControlId);
    }

    [Theory]
    [InlineData(1, 0, 2, 3, 4, 5, 6, 7, 8, 9)]
    [InlineData(0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9)]
    public async Task What_overtook_another_of_its_lane_is_out_of_order(params int[] order)
    {
        Receive(order);

        await CompareAsync();

        Found(FindingKind.OutOfOrder).Should().Equal(_deliveries[0].ControlId);
    }

    [Fact]
    public async Task What_arrived_with_other_bytes_is_altered_and_what_nobody_queued_is_unaccounted()
    {
        Receive([.. Enumerable.Range(0, Queued)]);
        _arrivals.Add(ArrivalOf(_deliveries[^1], 1) with { Kind = ArrivalKind.Conflicting, Body = "MSH|"u8.ToArray() });
        _arrivals.Add(ArrivalOf(_deliveries[^1], 1) with { ControlId = "ANOTHER" });

        await CompareAsync();

        Found(FindingKind.Altered).Should().Equal(_deliveries[^1].ControlId);
        Found(FindingKind.Unaccounted).Should().Equal("ANOTHER");
    }

    [Fact]
    public async Task What_arrived_and_is_not_settled_is_unaccounted()
    {
        await _ledger.QueueAsync(_store, 1, new IdSource(TimeProvider.System, new Random(2)), default);
        var waiting = (await _store.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, DeliveryState.Waiting, EngineId.None)), default)).Single();
        Receive([.. Enumerable.Range(0, Queued)]);
        var body = (await _store.ReadAsync(reader => reader.Delivery(waiting.Id), default))!.Body;
        _arrivals.Add(ArrivalOf(_deliveries[^1], 1) with { Kind = ArrivalKind.Kept, ControlId = waiting.ControlId, Body = body });

        await CompareAsync();

        Found(FindingKind.Unaccounted).Should().Equal(waiting.ControlId);
    }

    private void Receive(int[] order, int connection = 1) => Array.ForEach(order, number => _arrivals.Add(ArrivalOf(_deliveries[number], connection)));

    private Arrival ArrivalOf(ClaimedDelivery delivery, int connection) => new(
        _arrivals.Count + 1,
        _arrivals.Any(arrival => arrival.ControlId == delivery.ControlId) ? ArrivalKind.Repeated : ArrivalKind.Kept,
        delivery.ControlId,
        delivery.Event,
        delivery.Body,
        connection);

    private Task<OutboundFigures> CompareAsync() => _ledger.CompareAsync(_store, _arrivals, _findings, default);

    private IEnumerable<string> Found(FindingKind kind) => _findings.Kept.Where(finding => finding.Kind == kind).Select(finding => finding.ControlId);

    /// <summary>In the order in which they were queued: they are one lane.</summary>
    private async Task<List<ClaimedDelivery>> SettleAllAsync()
    {
        var settled = new List<ClaimedDelivery>();
        var lease = (await _store.Leases.TakeAsync(DestinationSender.LeaseOf(OutboundLedger.Destination), "test", TimeSpan.FromMinutes(1), default))!;
        while ((await _store.Deliveries.ClaimAsync(lease, OutboundLedger.Destination, StoreSamples.Scope(1), default))!.Deliveries is [var next])
        {
            await _store.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = next, State = DeliveryState.Delivered, Code = "AA" }], default);
            settled.Add(next);
        }

        return settled;
    }
}
