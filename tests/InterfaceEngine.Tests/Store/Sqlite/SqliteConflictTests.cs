using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>What is a conflict, and what is a fault of ours that must not be taken for one and tried again.</summary>
public sealed class SqliteConflictTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_id_that_is_taken_is_a_conflict_and_a_row_that_breaks_the_schema_is_not()
    {
        var samples = new StoreSamples(_clock);
        await using var store = _folder.Open(_clock);
        var message = samples.Message();
        await store.CommitAsync(samples.Unit(message), default);

        (await store.CommitAsync(samples.Unit(message), default)).Outcome.Should().Be(CommitOutcome.Conflict);
        var broken = () => store.CommitAsync(samples.Unit(samples.Message() with { Event = null! }), default);
        (await broken.Should().ThrowAsync<SqliteFault>()).WithMessage("*NOT NULL*");
    }

    [Theory]
    [InlineData(StoreSamples.Practice)]
    [InlineData(null)]
    public async Task A_large_message_that_is_taken_up_again_reads_as_it_came(string? before)
    {
        var samples = new StoreSamples(_clock);
        await using var store = _folder.Open(_clock);
        var message = samples.Message(MessageState.Quarantined, body: new string('A', 3_000_000));
        await store.CommitAsync(samples.Unit(message, practice: before), default);

        await store.CommitAsync(samples.Unit(message with { Replaces = MessageState.Quarantined, State = MessageState.Applied }), default);

        var read = (await store.ReadAsync(reader => reader.Message(message.Id), default))!;
        (read.Practice, read.State).Should().Be((StoreSamples.Practice, MessageState.Applied));
        read.Body.Span.SequenceEqual(message.Body.Span).Should().BeTrue();
    }
}
