using System.Text;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>What connections to vendors remember.</content>
public abstract partial class EngineStoreConformance
{
    private static ConnectionKey Token { get; } = new(StoreSamples.Practice, "conn_123", "token", "");

    [StoreFact]
    public async Task A_connection_remembers_what_was_written_last_and_when()
    {
        (await Store.Connections.FindAsync(Token, None)).Should().BeEquivalentTo(new { Key = Token, Version = 0L, DueAt = (long?)null });

        (await Store.Connections.WriteAsync([Write(Token, 0, "first")], None)).Should().BeTrue();
        (await Store.Connections.WriteAsync([Write(Token, 1, "second", TimeSpan.FromMinutes(5))], None)).Should().BeTrue();
        await ReopenAsync();

        var found = await Store.Connections.FindAsync(Token, None);
        (found.Version, Encoding.UTF8.GetString(found.Content.Span), found.DueAt - found.WrittenAt).Should().Be((2, "second", 300_000));
        (found.Now - found.WrittenAt).Should().BeInRange(0, 60_000);
    }

    [StoreFact]
    public async Task What_another_has_written_meanwhile_is_not_written_over()
    {
        await Store.Connections.WriteAsync([Write(Token, 0, "mine")], None);

        (await Store.Connections.WriteAsync([Write(Token, 0, "new too")], None)).Should().BeFalse();
        (await Store.Connections.WriteAsync([Write(Token, 2, "from a time to come")], None)).Should().BeFalse();
        (await Store.Connections.WriteAsync([new ConnectionWrite(Token, 3, null)], None)).Should().BeFalse();

        (await TextAsync(Token)).Should().Be("mine");
    }

    [StoreFact]
    public async Task Of_many_who_write_the_same_at_once_each_sees_what_the_one_before_wrote()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 10;)
            {
                var found = await Store.Connections.FindAsync(Token, None);
                var count = found.Version == 0 ? 0 : int.Parse(Encoding.UTF8.GetString(found.Content.Span), System.Globalization.CultureInfo.InvariantCulture);
                done += await Store.Connections.WriteAsync([Write(Token, found.Version, $"{count + 1}")], None) ? 1 : 0;
            }
        })));

        (await TextAsync(Token)).Should().Be("80");
    }

    [StoreFact]
    public async Task Documents_are_written_together_or_not_at_all()
    {
        var (one, two) = (Token with { Kind = "event", Name = "1" }, Token with { Kind = "event", Name = "2" });
        await Store.Connections.WriteAsync([Write(two, 0, "there")], None);

        (await Store.Connections.WriteAsync([Write(two, 0, "again"), Write(one, 0, "new")], None)).Should().BeFalse();
        (await Store.Connections.FindAsync(one, None)).Version.Should().Be(0);

        (await Store.Connections.WriteAsync([new ConnectionWrite(two, 1, null), Write(one, 0, "new")], None)).Should().BeTrue();
        (await TextAsync(one)).Should().Be("new");
        (await Store.Connections.FindAsync(two, None)).Version.Should().Be(0);
    }

    [StoreFact]
    public async Task What_is_due_is_found_in_its_order_and_only_then()
    {
        var (soon, later, other) = (Token with { Kind = "event", Name = "soon" }, Token with { Kind = "event", Name = "later", Connection = "conn_9" }, Token with { Kind = "bulk job", Name = "x" });
        await Store.Connections.WriteAsync(
            [Write(later, 0, "2", TimeSpan.FromSeconds(-1)), Write(soon, 0, "1", TimeSpan.FromSeconds(-2)), Write(other, 0, "3", TimeSpan.Zero), Write(Token, 0, "4"), Write(Token with { Kind = "event", Name = "z" }, 0, "5", TimeSpan.FromHours(1))], None);

        (await Store.Connections.DueAsync("event", 10, None)).Select(one => one.Key).Should().Equal(soon, later);
        (await Store.Connections.DueAsync("event", 1, None)).Select(one => one.Key).Should().Equal(soon);
        (await Store.Connections.ListAsync(Token.Practice, Token.Connection, "event", "", 10, None)).Select(one => one.Key.Name).Should().Equal("soon", "z");
        (await Store.Connections.ListAsync(Token.Practice, Token.Connection, "event", "soon", 10, None)).Select(one => one.Key.Name).Should().Equal("z");
        (await Store.Connections.ListAsync("1960", Token.Connection, "event", "", 10, None)).Should().BeEmpty();
    }

    [StoreFact]
    public async Task What_is_old_and_done_is_dropped_and_what_is_due_is_not()
    {
        var (done, waits) = (Token with { Kind = "event", Name = "done" }, Token with { Kind = "event", Name = "waits" });
        await Store.Connections.WriteAsync([Write(done, 0, "1"), Write(waits, 0, "2", TimeSpan.FromHours(1)), Write(Token, 0, "3")], None);
        var writtenAt = (await Store.Connections.FindAsync(done, None)).WrittenAt;

        (await Store.Connections.DropAsync("event", writtenAt, 10, None)).Should().Be(0);
        (await Store.Connections.DropAsync("event", writtenAt + 1, 10, None)).Should().Be(1);

        (await Store.Connections.FindAsync(done, None)).Version.Should().Be(0);
        ((await Store.Connections.FindAsync(waits, None)).Version, (await Store.Connections.FindAsync(Token, None)).Version).Should().Be((1, 1));
    }

    [StoreFact]
    public async Task A_name_that_could_hold_more_than_a_name_is_refused()
    {
        var write = () => Store.Connections.WriteAsync([Write(Token with { Name = new string('x', 201) }, 0, "")], None);

        (await write.Should().ThrowAsync<ArgumentException>()).WithMessage("*201 characters*200 at most*");
    }

    private static ConnectionWrite Write(ConnectionKey key, long version, string content, TimeSpan? dueIn = null) =>
        new(key, version, Encoding.UTF8.GetBytes(content)) { DueIn = dueIn };

    private async Task<string> TextAsync(ConnectionKey key) => Encoding.UTF8.GetString((await Store.Connections.FindAsync(key, None)).Content.Span);
}
