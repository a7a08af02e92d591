using InterfaceEngine.Protection;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;

namespace InterfaceEngine.Tests.Store.Sqlite;

/// <summary>Attachments in the file: chunks that were moved, cut off or exchanged do not open, and a backup holds them.</summary>
public sealed class SqliteAttachmentTests : IDisposable
{
    private const string First = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const string Second = "ZYXWVTSRQPNMKJHGFEDCBA9876543210";
    private const int Size = (3 * AttachmentChunks.Bytes) + 5;

    private readonly StoreFolder _folder = new();
    private readonly StoreClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("UPDATE attachment_chunks SET number = 3 - number", "swapped")]
    [InlineData("DELETE FROM attachment_chunks WHERE number = 3", "cut off")]
    [InlineData("DELETE FROM attachment_chunks WHERE number = 1", "a piece left out")]
    [InlineData("UPDATE attachments SET size = size - 5", "said to be shorter by a whole chunk")]
    [InlineData("UPDATE attachment_chunks SET content = (SELECT o.content FROM attachment_chunks o WHERE o.number = attachment_chunks.number AND o.attachment_id <> attachment_chunks.attachment_id)", "another's")]
    [InlineData("UPDATE attachment_chunks SET content = zeroblob(length(content)) WHERE number = 2", "overwritten")]
    public async Task Chunks_that_were_touched_do_not_open(string alteration, string because)
    {
        await MakeAsync();
        using (var database = SqliteDatabase.Open(_folder.Database, SqliteAccess.Write))
        {
            // The order is unique, so a swap needs the index out of its way.
            database.Execute("DROP INDEX attachment_chunks_in_order");
            database.Execute(alteration);
        }

        await using var store = _folder.Open(_clock);
        var copy = async () => await CopyAsync(store, First);

        await copy.Should().ThrowAsync<ProtectionException>(because);
    }

    [Fact]
    public async Task No_byte_of_the_content_stands_in_the_file()
    {
        await MakeAsync();

        var file = File.ReadAllBytes(_folder.Database);
        file.AsSpan().IndexOf(Content(1).AsSpan(0, 16)).Should().Be(-1);
        file.AsSpan().IndexOf("0123456789ABCDEFGHJK"u8).Should().Be(-1, "its id is made of the content, so it is hashed with the practice's key");
    }

    [Fact]
    public async Task A_restored_backup_holds_the_attachments()
    {
        await MakeAsync();
        var backup = Path.Combine(_folder.Root, "backup");
        await using (var store = _folder.Open(_clock))
        {
            await store.BackupAsync(backup, default);
        }

        await StoreRestore.RestoreAsync(backup, _folder.Data, StoreFolder.Key, "ann", "a test", _clock);

        await using var restored = _folder.Open(_clock);
        (await CopyAsync(restored, Second)).Should().Equal(Content(2));
    }

    private async Task MakeAsync()
    {
        var samples = new StoreSamples(_clock);
        await using var store = _folder.Open(_clock);
        var unit = samples.Unit(samples.Message()) with { Attachments = [Write(First, 1), Write(Second, 2)] };
        (await store.CommitAsync(unit, default)).Outcome.Should().Be(CommitOutcome.Committed);
    }

    private static AttachmentWrite Write(string id, int seed) => new(id, Size, () => new MemoryStream(Content(seed)));

    private static async Task<byte[]> CopyAsync(SqliteStore store, string id)
    {
        using var target = new MemoryStream();
        await store.ReadAsync(reader => reader.CopyAttachment(StoreSamples.Practice, id, target), default);
        return target.ToArray();
    }

    private static byte[] Content(int seed)
    {
        var content = new byte[Size];
        new Random(seed).NextBytes(content);
        return content;
    }
}
