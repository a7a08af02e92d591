using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>What the embedded store does with deliveries beyond what every store promises.</summary>
public sealed class SqliteDeliveryTests : IDisposable
{
    private const string Destination = "athena";

    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_owners_lease_is_free_when_the_folder_is_opened_again()
    {
        Lease? before;
        await using (var store = _folder.Open(_clock))
        {
            before = await store.Leases.TakeAsync("destination/athena", "killed", TimeSpan.FromHours(1), default);
        }

        await using var again = _folder.Open(_clock);
        var after = await again.Leases.TakeAsync("destination/athena", "next", TimeSpan.FromHours(1), default);

        after!.Number.Should().BeGreaterThan(before!.Number);
    }

    [Fact]
    public async Task A_delivery_that_was_altered_in_the_file_stops_nobody_else_and_can_be_held()
    {
        var samples = new StoreSamples(_clock);
        var (altered, whole) = (StoreSamples.Delivery(samples.NextId(), "lane 1", Destination), StoreSamples.Delivery(samples.NextId(), "lane 2", Destination));
        await using (var store = _folder.Open(_clock))
        {
            await store.CommitAsync(samples.Unit() with { Deliveries = [altered, whole] }, default);
        }

        using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write))
        {
            database.Execute($"UPDATE deliveries SET body = zeroblob(100) WHERE delivery_id = {altered.Id.Value}");
        }

        await using var again = _folder.Open(_clock);
        var lease = (await again.Leases.TakeAsync("destination/athena", "one", TimeSpan.FromHours(1), default))!;
        var claim = (await again.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(10), default))!;
        claim.Deliveries.Select(claimed => (claimed.Id, claimed.IsDamaged)).Should().Equal((altered.Id, true), (whole.Id, false));

        await again.Deliveries.SettleAsync(lease, [new DeliverySettlement { Delivery = claim.Deliveries[0], State = DeliveryState.Held, Code = "damaged" }], default);

        (await again.ReadAsync(reader => reader.DeliveryCounts(), default)).Should().Equal((Destination, DeliveryState.Held, 1L), (Destination, DeliveryState.Waiting, 1L));
        (await again.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, DeliveryState.Held, EngineId.None)), default)).Single()
            .Should().BeEquivalentTo(new { altered.Id, altered.ControlId, Code = "damaged" });
    }

    [Theory]
    [InlineData("body = zeroblob(100)")]
    [InlineData("notes = zeroblob(100)")]
    [InlineData("practice_id = '9999'")]
    public async Task A_delivery_that_was_altered_in_the_file_is_held_listed_and_can_be_dismissed_and_its_lane_goes_on(string change)
    {
        var samples = new StoreSamples(_clock);
        var (altered, behind, whole) = (
            StoreSamples.Delivery(samples.NextId(), "lane 1", Destination), StoreSamples.Delivery(samples.NextId(), "lane 1", Destination), StoreSamples.Delivery(samples.NextId(), "lane 2", Destination));
        await using (var store = _folder.Open(_clock))
        {
            await store.CommitAsync(samples.Unit() with { Deliveries = [altered, behind, whole] }, default);
        }

        using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write))
        {
            database.Execute($"UPDATE deliveries SET {change} WHERE delivery_id = {altered.Id.Value}");
        }

        await using var again = _folder.Open(_clock);
        var lease = (await again.Leases.TakeAsync("destination/athena", "one", TimeSpan.FromHours(1), default))!;
        var claim = (await again.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(10), default))!;
        await again.Deliveries.SettleAsync(lease, [.. claim.Deliveries.Select(delivery => new DeliverySettlement
        {
            Delivery = delivery,
            State = delivery.IsDamaged ? DeliveryState.Held : DeliveryState.Delivered,
            Code = delivery.IsDamaged ? DeliverySettlement.DamagedCode : "AA",
        })], default);

        (await again.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(10), default))!.Deliveries.Should().BeEmpty("the lane is held");
        var held = (await again.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, DeliveryState.Held, EngineId.None)), default)).Single();
        held.Id.Should().Be(altered.Id);
        var shown = (await again.ReadAsync(reader => reader.Delivery(altered.Id), default))!;
        shown.IsDamaged.Should().BeTrue();
        (await again.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None)), default)).Should().HaveCount(3);

        var practice = (await again.ReadAsync(reader => reader.Standing(altered.Id), default))!.Value.Practice;
        await again.CommitAsync(new CommitUnit { Practice = practice, DeliveryDecisions = [new DeliveryDecision(altered.Id, DeliveryVerdict.Dismiss)], Audit = StoreSamples.Audit() }, default);

        (await again.ReadAsync(reader => reader.Standing(altered.Id), default))!.Value.State.Should().Be(DeliveryState.Dismissed);
        (await again.Deliveries.ClaimAsync(lease, Destination, StoreSamples.Scope(10), default))!.Deliveries.Single().Id.Should().Be(behind.Id);
    }

    [Fact]
    public void A_database_of_the_first_schema_is_brought_up_to_date()
    {
        using var database = SqliteDatabase.Open(Path.Combine(_folder.Root, "first.db"), SqliteAccess.Create);
        database.ExecuteScript(SqliteSchema.Migrations[0].Sql);

        SqliteSchema.Migrate(database, 1, _clock.Milliseconds);

        database.Number("SELECT count(*) FROM sqlite_master WHERE name IN ('deliveries', 'delivery_lanes', 'delivery_counts', 'leases')").Should().Be(4);
        database.Number("SELECT max(version) FROM schema_version").Should().Be(SqliteSchema.Version);
    }
}
