using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Store;

/// <content>Binaries kept beside the records.</content>
public abstract partial class EngineStoreConformance
{
    private protected const string AttachmentId = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    [StoreTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(AttachmentChunks.Bytes)]
    [InlineData(AttachmentChunks.Bytes + 1)]
    [InlineData(3 * AttachmentChunks.Bytes)]
    public async Task An_attachment_is_given_back_byte_for_byte(int size)
    {
        var content = Content(size);
        await CommitAsync(Samples.Unit(Samples.Message()) with { Attachments = [Attachment(AttachmentId, content)] });
        await ReopenAsync();

        (await CopyAsync(AttachmentId)).Should().Equal(content);
        (await CopyAsync("ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ")).Should().BeNull();
        (await CopyAsync(AttachmentId, StoreSamples.OtherPractice)).Should().BeNull("it is another practice's");
    }

    [StoreFact]
    public async Task Equal_content_is_kept_once_for_a_practice_and_apart_for_another()
    {
        var opened = 0;
        var content = Content(10);
        var write = new AttachmentWrite(AttachmentId, content.Length, () =>
        {
            opened++;
            return new MemoryStream(content);
        });

        await CommitAsync(Samples.Unit(Samples.Message(controlId: "1")) with { Attachments = [write] });
        await CommitAsync(Samples.Unit(Samples.Message(controlId: "2")) with { Attachments = [write, write] });
        opened.Should().Be(1);
        await CommitAsync(Samples.Unit(Samples.Message(controlId: "3"), practice: StoreSamples.OtherPractice) with { Attachments = [write] });

        opened.Should().Be(2);
        (await CopyAsync(AttachmentId, StoreSamples.OtherPractice)).Should().Equal(content);
    }

    [StoreFact]
    public async Task An_attachment_is_stored_with_its_unit_or_not_at_all()
    {
        var record = Samples.Record("7", "Doe");
        await CommitRecordsAsync(StoreSamples.Create(record));
        var lost = Samples.Unit(Samples.Message(), records: [StoreSamples.Create(record)]) with { Attachments = [Attachment(AttachmentId, Content(10))] };

        (await CommitAsync(lost)).Outcome.Should().Be(CommitOutcome.Conflict);

        (await CopyAsync(AttachmentId)).Should().BeNull();
    }

    [StoreTheory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task An_attachment_that_is_not_as_long_as_it_says_fails_its_unit(int size)
    {
        var message = Samples.Message();
        var unit = Samples.Unit(message) with { Attachments = [new AttachmentWrite(AttachmentId, 10, () => new MemoryStream(Content(size)))] };

        await FluentActions.Awaiting(() => CommitAsync(unit)).Should().ThrowAsync<Exception>();

        (await ReadAsync(reader => reader.Message(message.Id))).Should().BeNull();
        (await CopyAsync(AttachmentId)).Should().BeNull();
    }

    [StoreTheory]
    [InlineData(MessageRow.WholeBytesMax)]
    [InlineData(MessageRow.WholeBytesMax + 1)]
    [InlineData((3 * MessageRow.WholeBytesMax) + 17)]
    public async Task A_large_body_is_given_back_byte_for_byte_also_after_a_replay(int size)
    {
        var body = Content(size);
        var message = Samples.Message(MessageState.Refused) with { Body = body };
        await CommitAsync(Samples.Unit(message, practice: null));
        (await MessageAsync(message.Id)).Body.ToArray().Should().Equal(body);

        await CommitAsync(Samples.Unit(message with { Replaces = MessageState.Refused, State = MessageState.Applied }));
        await ReopenAsync();

        (await MessageAsync(message.Id)).Should().BeEquivalentTo(new { Practice = StoreSamples.Practice, Size = (long)size }, options => options.ExcludingMissingMembers());
        (await MessageAsync(message.Id)).Body.ToArray().Should().Equal(body);
    }

    private protected static AttachmentWrite Attachment(string id, byte[] content) => new(id, content.Length, () => new MemoryStream(content));

    private protected static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private protected async Task<byte[]?> CopyAsync(string id, string practice = StoreSamples.Practice)
    {
        using var target = new MemoryStream();
        return await ReadAsync(reader => reader.CopyAttachment(practice, id, target)) is null ? null : target.ToArray();
    }
}
