using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>Reading connections are opened when they are first needed, which is long after the store was.</summary>
public sealed class ReaderPoolTests
{
    [Fact]
    public async Task A_connection_that_cannot_be_opened_is_the_stores_failure()
    {
        using var readers = new ReaderPool(() => throw new SqliteFault(14, "unable to open database file"), null!, new StoreOptions { ReadersMax = 1 }, TimeProvider.System);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var read = async () => await readers.ReadAsync(0, static (_, state) => state, CancellationToken.None);

            (await read.Should().ThrowAsync<StoreUnavailableException>("a place in the pool is not lost to a failed attempt")).WithMessage("*unable to open database file*");
        }
    }
}
