using System.Security.Cryptography;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Files.FileFolderConformance;
using static InterfaceEngine.Tests.Files.Sftp.SftpPeer;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>Servers that are slow, odd or hostile, on pipes of this process: none of them can hang us or fill our memory.</summary>
public sealed partial class SftpConnectionTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>Answers that no server may give, and whose words tell them apart.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "a packet of four gigabytes", "claims to have 4294967295 bytes" },
        { "a packet of nothing", "claims to have 0 bytes" },
        { "a reply without a number", "a reply has no number" },
        { "the number of another request", "answers nothing that was asked" },
        { "the same answer twice", "answers nothing that was asked" },
        { "a handle of a thousand bytes", "a handle has 1000 bytes" },
        { "a handle that is longer than its packet", "a field is longer than its packet" },
        { "attributes where a handle is due", "a reply of kind 105 answers another request" },
        { "success where a handle is due", "a reply of kind 101 answers another request" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task An_answer_that_breaks_the_protocol_ends_the_connection(string answer, string words)
    {
        await using var folder = await OpenAsync(asked => answer switch
        {
            "a packet of four gigabytes" => [[.. Number(uint.MaxValue), 101]],
            "a packet of nothing" => [[.. Number(0), 101]],
            "a reply without a number" => [Packet(SftpKind.Status, [1, 2])],
            "the number of another request" => [Status(asked.Id + 1000, 0)],
            "the same answer twice" => [Status(asked.Id, 2), Status(asked.Id, 2)],
            "a handle of a thousand bytes" => [Packet(SftpKind.Handle, Number(asked.Id), Bytes(new byte[1000]))],
            "a handle that is longer than its packet" => [Packet(SftpKind.Handle, Number(asked.Id), Number(0x7FFFFFFF), [1])],
            "attributes where a handle is due" => [Packet(SftpKind.Attributes, Number(asked.Id), FileOf(1))],
            _ => [Status(asked.Id, 0)],
        });

        if (answer == "the same answer twice")
        {
            await ShouldFail(FileFault.NotFound, () => folder.ListAsync("", default));
        }

        (await ShouldFail(FileFault.Protocol, () => UntilItEndsAsync(() => folder.ListAsync("", default)))).Should().Contain(words).And.StartWith("sftp://test");
        await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default));
    }

    [Fact]
    public async Task A_reply_that_nobody_asked_for_ends_the_connection()
    {
        var peer = new SftpPeer();
        var serving = peer.SayAndLeaveAsync(Version(), Status(77, 0));
        await using var folder = Folder(await ConnectAsync(peer));

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain("answers nothing that was asked");
        await serving;
    }

    [Theory]
    [InlineData("Welcome to the server of our files. Have a nice day.\n", "print text when it logs in")]
    [InlineData("\0\0\0\u0005e\0\0\0\u0003", "is not that of SFTP version 3")]
    [InlineData("\0\0\0\u0005\u0002\0\0\0\u0006", "is not that of SFTP version 3")]
    public async Task A_greeting_that_is_none_is_told(string greeting, string words)
    {
        var peer = new SftpPeer();
        var serving = peer.SayAndLeaveAsync(System.Text.Encoding.Latin1.GetBytes(greeting));

        (await ShouldFail(FileFault.Protocol, () => ConnectAsync(peer))).Should().Contain(words);
        await serving;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task An_endless_listing_ends(int entries)
    {
        var number = 0;
        await using var folder = await OpenAsync(asked => asked.Kind == SftpKind.ReadFolder
            ? [Packet(SftpKind.Name, [Number(asked.Id), Number((uint)entries), .. Enumerable.Range(0, entries).SelectMany(_ => (byte[][])[Text($"file-{number++}"), Text("-"), FileOf(1)])])]
            : Plain(asked));

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain(entries == 0 ? "goes on with nothing in it" : "more than 1000 entries");
        number.Should().BeLessThan(1200);
    }

    [Fact]
    public async Task A_listing_of_huge_names_ends()
    {
        await using var folder = await OpenAsync(asked => asked.Kind == SftpKind.ReadFolder
            ? [Packet(SftpKind.Name, Number(asked.Id), Number(1), Text(new string('x', 200_000)), Text(""), FileOf(1))]
            : Plain(asked));

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain("their names have more than");
    }

    [Fact]
    public async Task A_listing_that_counts_more_than_it_holds_ends()
    {
        await using var folder = await OpenAsync(asked => asked.Kind == SftpKind.ReadFolder
            ? [Packet(SftpKind.Name, Number(asked.Id), Number(uint.MaxValue), Text("a"), Text(""), FileOf(1))]
            : Plain(asked));

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain("a field is longer than its packet");
    }

    [Fact]
    public async Task Names_that_would_lead_elsewhere_are_left_out_of_a_listing()
    {
        string[] names = ["..", ".", "../../etc/passwd", "/etc/passwd", "a\0b", "good.csv"];
        var listed = 0;
        await using var folder = await OpenAsync(asked => asked.Kind != SftpKind.ReadFolder ? Plain(asked)
            : listed++ > 0 ? [Status(asked.Id, 1)]
            : [Packet(SftpKind.Name, [Number(asked.Id), Number(6), .. names.SelectMany(name => (byte[][])[Text(name), Text(""), FileOf(5)])])]);

        var listing = await folder.ListAsync("", default);

        listing.Entries.Select(entry => entry.Name).Should().Equal("good.csv");
        listing.LeftOut.Should().Be(3);
    }

    [Theory]
    [InlineData("more than was asked for")]
    [InlineData("nothing")]
    [InlineData("a length beyond the packet")]
    public async Task A_read_that_is_answered_with_something_else_ends_the_connection(string answer)
    {
        await using var folder = await OpenAsync(asked => asked.Kind != SftpKind.Read ? Plain(asked, size: 1000) : answer switch
        {
            "nothing" => [Packet(SftpKind.Data, Number(asked.Id), Bytes([]))],
            "a length beyond the packet" => [Packet(SftpKind.Data, Number(asked.Id), Number(1000), [1])],
            _ => [Packet(SftpKind.Data, Number(asked.Id), Bytes(new byte[1001]))],
        });
        await using var stream = await folder.OpenReadAsync("a", default);

        await ShouldFail(FileFault.Protocol, () => stream.CopyToAsync(Stream.Null));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 63)]
    public async Task A_size_beyond_all_bounds_ends_the_connection(ulong size)
    {
        await using var folder = await OpenAsync(asked => Plain(asked, size));

        (await ShouldFail(FileFault.Protocol, () => folder.OpenReadAsync("a", default))).Should().Contain("beyond all bounds");
    }

    [Fact]
    public async Task Attributes_that_go_on_for_ever_end_the_connection()
    {
        await using var folder = await OpenAsync(asked => [Packet(SftpKind.Attributes, Number(asked.Id), Number(0x80000000), Number(uint.MaxValue), Text("a"), Text("b"))]);

        await ShouldFail(FileFault.Protocol, () => folder.FindAsync("a", default));
    }

    [Fact]
    public async Task Short_reads_in_any_order_make_the_whole_file()
    {
        var content = new byte[300_000];
        new Random(7).NextBytes(content);
        var kept = new List<byte[]>();
        await using var folder = await OpenAsync(asked =>
        {
            if (asked.Kind != SftpKind.Read)
            {
                return Plain(asked, (ulong)content.Length);
            }

            // Of two blocks the later is answered first, and neither in full.
            var (offset, length) = asked.Range;
            const int block = 32 * 1024;
            kept.Add(Packet(SftpKind.Data, Number(asked.Id), Bytes(content[offset..(offset + Math.Max(1, length * 2 / 3))])));
            return length == block && offset / block % 2 == 0 && offset + 2 * block <= content.Length ? [] : Given(kept);
        });
        await using var stream = await folder.OpenReadAsync("a", default);

        Convert.ToHexString(await SHA256.HashDataAsync(stream)).Should().Be(Convert.ToHexString(SHA256.HashData(content)));
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_its_time()
    {
        await using var folder = await OpenAsync(_ => []);
        var listing = folder.ListAsync("", default);

        (await PassTimeUntilAsync(listing)).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));

        (await ShouldFail(FileFault.TimedOut, () => listing)).Should().Contain("said nothing for 60 s");
    }

    [Fact]
    public async Task A_server_that_never_says_hello_is_given_up_after_its_time()
    {
        var connecting = ConnectAsync(new SftpPeer());

        (await PassTimeUntilAsync(connecting)).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));

        (await ShouldFail(FileFault.TimedOut, () => connecting)).Should().Contain("was not ready within 30 s");
    }

    [Fact]
    public async Task A_server_that_leaves_in_the_middle_of_a_packet_is_lost()
    {
        var peer = new SftpPeer();
        var serving = peer.SayAndLeaveAsync(Version(), [0, 0, 0, 50, 101, 0]);
        await using var folder = Folder(await ConnectAsync(peer));

        await ShouldFail(FileFault.ConnectionLost, () => folder.ListAsync("", default));
        await serving;
    }

    [Theory]
    [InlineData(4, "Failure", 0, nameof(FileFault.DiskFull))]
    [InlineData(4, "Failure", 1_000_000_000, nameof(FileFault.Refused))]
    [InlineData(4, "write: No space left on device", 1_000_000_000, nameof(FileFault.DiskFull))]
    [InlineData(14, "", 0, nameof(FileFault.DiskFull))]
    [InlineData(15, "", 0, nameof(FileFault.DiskFull))]
    [InlineData(3, "", 0, nameof(FileFault.Permission))]
    public async Task A_full_disk_is_told_from_another_refusal(int code, string words, int free, string fault)
    {
        var removed = 0;
        await using var folder = await OpenAsync(
            asked => asked.Kind switch
            {
                SftpKind.Write => [Status(asked.Id, (uint)code, words)],
                SftpKind.Extended => [Packet(SftpKind.ExtendedReply, Number(asked.Id), Long(4096), Long(1), Long(free > 0 ? 100u : 0), Long((ulong)free), Long((ulong)free), new byte[48])],
                SftpKind.Remove => ++removed > 0 ? [Status(asked.Id, 0)] : [],
                SftpKind.LinkStat => [Status(asked.Id, 2)],
                _ => Plain(asked),
            },
            "statvfs@openssh.com");

        (await ShouldFail(Enum.Parse<FileFault>(fault), () => folder.WriteAsync("a", WriteText("content"), replaces: false, default))).Should().NotContain("No space left", "a server's words may name a file");
        removed.Should().Be(1, "nothing is left behind");
    }

    [Fact]
    public async Task A_refusal_without_a_code_is_a_refusal()
    {
        await using var folder = await OpenAsync(asked => [Packet(SftpKind.Status, Number(asked.Id))]);

        await ShouldFail(FileFault.Refused, () => folder.ListAsync("", default));
    }

    [Fact]
    public async Task Without_extensions_a_file_that_is_replaced_gives_way_to_a_plain_rename()
    {
        var done = new List<SftpKind>();
        await using var folder = await OpenAsync(asked =>
        {
            done.Add(asked.Kind);
            return asked.Kind is SftpKind.Remove or SftpKind.Rename or SftpKind.Write ? [Status(asked.Id, 0)] : Plain(asked);
        });

        await folder.WriteAsync("a", WriteText("content"), replaces: true, default);

        done.Should().Equal(SftpKind.Open, SftpKind.Write, SftpKind.Close, SftpKind.Remove, SftpKind.Rename);
    }

    /// <summary>What an ordinary server says: a handle of one byte, a file of some size, yes to a close.</summary>
    private static IEnumerable<byte[]> Plain(SftpPeer.Asked asked, ulong size = 0) => asked.Kind switch
    {
        SftpKind.Open or SftpKind.OpenFolder => [Packet(SftpKind.Handle, Number(asked.Id), Bytes([1]))],
        SftpKind.FileStat or SftpKind.LinkStat or SftpKind.Stat => [Packet(SftpKind.Attributes, Number(asked.Id), FileOf(size))],
        _ => [Status(asked.Id, 0)],
    };

    private static byte[][] Given(List<byte[]> kept)
    {
        byte[][] given = [.. Enumerable.Reverse(kept)];
        kept.Clear();
        return given;
    }

    /// <summary>An answer too many is found by the reader in its own time: asking goes on until it is.</summary>
    private static async Task UntilItEndsAsync(Func<Task> act)
    {
        while (true)
        {
            try
            {
                await act();
            }
            catch (FileFaultException fault) when (fault.Fault == FileFault.NotFound)
            {
            }
        }
    }

    /// <summary>How much time it took to pass until the task was done.</summary>
    private async Task<TimeSpan> PassTimeUntilAsync(Task task)
    {
        for (var start = _time.GetUtcNow(); ; await Task.Yield())
        {
            if (task.IsCompleted)
            {
                return _time.GetUtcNow() - start;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<SftpFolder> OpenAsync(Func<SftpPeer.Asked, IEnumerable<byte[]>> answer, params string[] extensions)
    {
        var peer = new SftpPeer();
        var serving = peer.ServeAsync(answer, extensions);
        return Folder(await ConnectAsync(peer), new Ending(serving));
    }

    private static SftpFolder Folder(SftpConnection connection, IAsyncDisposable? owned = null) =>
        new(connection, "in", new FolderLimits { EntriesMax = 1000, NameBytesMax = 1_000_000 }, owned);

    private Task<SftpConnection> ConnectAsync(SftpPeer peer) =>
        SftpConnection.OpenAsync(peer.Output, peer.Input, "sftp://test", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), _time, Task.FromResult, default);

    private sealed class Ending(Task serving) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await serving;
    }
}
