using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>A row that was altered in the file hides no other from the lists that people look at.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private static readonly CauseWrite _badDate = new(MessageState.Quarantined, "MAP501", "PID-7", "patient.map.md:11", "a date that is none");

    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("notes = zeroblob(64)")]
    [InlineData("practice_id = '9999'")]
    public async Task A_message_is_listed_as_damaged_and_the_others_as_they_are(string change)
    {
        await using var store = await AlteredAsync("messages", "message_id", change);

        var listed = await store.ReadAsync(reader => reader.Messages(new MessageFilter(null, null, null, EngineId.None)), default);

        listed.Select(message => (message.IsDamaged, message.ControlId)).Should().BeEquivalentTo([(true, ""), (false, "C1")]);
        var reading = async () => await store.ReadAsync(reader => reader.Message(listed.Single(message => message.IsDamaged).Id), default);
        await reading.Should().ThrowAsync<InterfaceEngine.Protection.ProtectionException>("the engine never goes on with half a message");
    }

    [Theory]
    [InlineData("body = zeroblob(64)")]
    [InlineData("practice_id = '9999'")]
    public async Task A_body_is_read_as_damaged_and_the_others_as_they_are(string change)
    {
        await using var store = await AlteredAsync("messages", "message_id", change);

        var read = await store.ReadAsync(reader => reader.MessageBodies(null, EngineId.None, new EngineId(long.MaxValue), 10), default);

        read.Select(message => (message.IsDamaged, message.Body.IsEmpty)).Should().BeEquivalentTo([(true, true), (false, false)]);
    }

    [Fact]
    public async Task A_cause_is_listed_as_damaged_and_the_others_as_they_are()
    {
        await using var store = await AlteredAsync("causes", "cause_id", "detail = zeroblob(64)");

        var listed = await store.ReadAsync(reader => reader.Causes(null, EngineId.None, 10), default);

        listed.Select(cause => cause.Text).Should().BeEquivalentTo([StoredCause.Damaged, "another"]);
    }

    [Fact]
    public async Task A_review_item_is_listed_as_damaged_and_the_others_as_they_are()
    {
        await using var store = await AlteredAsync("reviews", "review_id", "detail = zeroblob(64)");

        var listed = await store.ReadAsync(reader => reader.Reviews(null, "open", 10), default);

        listed.Select(review => review.Detail).Should().BeEquivalentTo([null, "second"]);
    }

    /// <summary>A store of two messages with their causes and review items, of which the first row of a table is altered.</summary>
    private async Task<SqliteStore> AlteredAsync(string table, string key, string change)
    {
        var samples = new StoreSamples(_clock);
        await using (var store = _folder.Open(_clock))
        {
            await store.CommitAsync(samples.Unit(samples.Message(MessageState.Quarantined)) with { Cause = _badDate, Reviews = [new ReviewWrite("unknown code", "1", "first")] }, default);
            _clock.Advance(TimeSpan.FromSeconds(1));
            await store.CommitAsync(
                samples.Unit(samples.Message(MessageState.Quarantined)) with { Cause = _badDate with { Text = "another" }, Reviews = [new ReviewWrite("unknown code", "2", "second")] }, default);
        }

        using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write))
        {
            database.Execute($"UPDATE {table} SET {change} WHERE {key} = (SELECT min({key}) FROM {table})");
        }

        return _folder.Open(_clock);
    }
}
