using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using static InterfaceEngine.Tests.Files.FileFolderConformance;
using static InterfaceEngine.Tests.Files.Sftp.SftpPeer;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <content>Servers that keep to the protocol, and are odd all the same.</content>
public sealed partial class SftpConnectionTests
{
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("same.csv")]
    public async Task A_listing_that_repeats_a_name_for_ever_ends(string name)
    {
        await using var folder = await OpenAsync(asked => asked.Kind == SftpKind.ReadFolder
            ? [Packet(SftpKind.Name, Number(asked.Id), Number(1), Text(name), Text("-"), FileOf(1))]
            : Plain(asked));

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain("more than 1000 entries");
    }

    [Fact]
    public async Task A_name_that_is_listed_twice_is_one_file_as_it_was_listed_last()
    {
        var listed = 0;
        await using var folder = await OpenAsync(asked => asked.Kind != SftpKind.ReadFolder ? Plain(asked)
            : listed++ > 0 ? [Status(asked.Id, 1)]
            : [Packet(SftpKind.Name, Number(asked.Id), Number(2), Text("a"), Text(""), FileOf(5), Text("a"), Text(""), FileOf(7))]);

        (await folder.ListAsync("", default)).Entries.Should().ContainSingle().Which.Size.Should().Be(7);
    }

    [Fact]
    public async Task A_stream_does_not_go_on_after_a_read_that_was_given_up()
    {
        var isSilent = true;
        var kept = new List<byte[]>();
        await using var folder = await OpenAsync(asked =>
        {
            if (asked.Kind != SftpKind.Read)
            {
                return Plain(asked, size: 100_000);
            }

            kept.Add(Packet(SftpKind.Data, Number(asked.Id), Bytes(new byte[asked.Range.Length])));
            return isSilent ? [] : Given(kept);
        });
        await using var stream = await folder.OpenReadAsync("a", default);
        using var cancelled = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[10], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();

        isSilent = false;

        (await ShouldFail(FileFault.ConnectionLost, () => stream.CopyToAsync(Stream.Null))).Should().Contain("from its beginning");
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, nameof(FileFault.Exists))]
    public async Task A_move_that_a_server_does_not_allow_by_a_second_name_is_made_when_the_name_is_free(bool isFree, string? fault)
    {
        // As upstream's sftp-server on Linux answers for another account's file: link() is not permitted, rename() would be.
        var (done, looks) = (new List<SftpKind>(), 0);
        await using var folder = await OpenAsync(
            asked =>
            {
                done.Add(asked.Kind);
                return asked.Kind switch
                {
                    SftpKind.LinkStat => [isFree || looks++ == 0 ? Status(asked.Id, 2) : Packet(SftpKind.Attributes, Number(asked.Id), FileOf(1))],
                    SftpKind.Rename => [Status(asked.Id, 3)],
                    _ => [Status(asked.Id, 0)],
                };
            },
            "posix-rename@openssh.com");

        if (fault is not null)
        {
            await ShouldFail(Enum.Parse<FileFault>(fault), () => folder.MoveAsync("a", "done/a", default));
            done.Should().Equal(SftpKind.LinkStat, SftpKind.Rename, SftpKind.LinkStat);
            return;
        }

        await folder.MoveAsync("a", "done/a", default);
        done.Should().Equal(SftpKind.LinkStat, SftpKind.Rename, SftpKind.LinkStat, SftpKind.Extended);
    }
}
