using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Files;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Files;

/// <summary>What every place for files promises. A class per kind of place runs it on a folder of this machine, which the tests can look into.</summary>
public abstract class FileFolderConformance
{
    public static TheoryData<string> Names =>
    [
        "patients.csv", "two words.csv", "it's \"quoted\".csv", "a\nnew line\r.csv", "Müller Ωmega 患者.csv", "-rf", "--help", ".hidden", "...", "a*b?[c].csv",
        "back\\slash", "dollar $(id) `id` ;|&", "tab\there", new string('n', 200),
    ];

    /// <summary>The folder that the place is, as this machine sees it.</summary>
    internal abstract string Root { get; }

    internal abstract Task<IFileFolder> OpenAsync(FolderLimits limits, FileReaders readers);

    private Task<IFileFolder> OpenAsync(FolderLimits limits) => OpenAsync(limits, FileReaders.Owner);

    private Task<IFileFolder> OpenAsync() => OpenAsync(new FolderLimits());

    [StoreTheory]
    [MemberData(nameof(Names))]
    public async Task A_file_of_any_name_is_written_listed_read_moved_and_deleted(string name)
    {
        await using var folder = await OpenAsync();
        await folder.MakeFolderAsync("done", default);

        await folder.WriteAsync(name, WriteText("content"), replaces: false, default);

        var listing = await folder.ListAsync("", default);
        listing.Entries.Select(entry => (entry.Name, entry.IsFile)).Should().BeEquivalentTo([(name, true), ("done", false)]);
        (await ReadTextAsync(folder, name)).Should().Be("content");
        (await folder.FindAsync(name, default))!.Size.Should().Be(7);
        await folder.MoveAsync(name, $"done/{name}", default);
        (await folder.FindAsync(name, default)).Should().BeNull();
        (await folder.ListAsync("done", default)).Entries.Should().ContainSingle().Which.Name.Should().Be(name);
        await folder.DeleteAsync($"done/{name}", default);
        (await folder.ListAsync("done", default)).Entries.Should().BeEmpty();
    }

    [StoreTheory]
    [InlineData("..")]
    [InlineData("../beside")]
    [InlineData("in/../../beside")]
    [InlineData("/etc/passwd")]
    [InlineData("in//a")]
    [InlineData("./a")]
    [InlineData("in/.")]
    [InlineData("a\0b")]
    public async Task A_path_that_may_lead_out_is_refused_whatever_is_done(string path)
    {
        await using var folder = await OpenAsync();
        await folder.WriteAsync("own", WriteText("x"), replaces: false, default);

        await ShouldFail(FileFault.Setup, () => folder.ListAsync(path, default));
        await ShouldFail(FileFault.Setup, () => folder.FindAsync(path, default));
        await ShouldFail(FileFault.Setup, () => folder.OpenReadAsync(path, default));
        await ShouldFail(FileFault.Setup, () => folder.WriteAsync(path, WriteText("x"), replaces: true, default));
        await ShouldFail(FileFault.Setup, () => folder.MoveAsync("own", path, default));
        await ShouldFail(FileFault.Setup, () => folder.MoveAsync(path, "own2", default));
        await ShouldFail(FileFault.Setup, () => folder.DeleteAsync(path, default));
        await ShouldFail(FileFault.Setup, () => folder.MakeFolderAsync(path, default));
    }

    [StoreTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData(10_000_001)]
    public async Task A_file_of_any_size_is_read_as_it_was_written(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        await using var folder = await OpenAsync();

        await folder.WriteAsync("file", (stream, cancellationToken) => WriteInPiecesAsync(stream, content, cancellationToken), replaces: false, default);

        (await File.ReadAllBytesAsync(Path.Combine(Root, "file"))).AsSpan().SequenceEqual(content).Should().BeTrue();
        await using var stream = await folder.OpenReadAsync("file", default);
        Convert.ToHexString(await SHA256.HashDataAsync(stream)).Should().Be(Convert.ToHexString(SHA256.HashData(content)));
        (await stream.ReadAsync(new byte[10])).Should().Be(0, "it stays at its end");
    }

    [StoreFact]
    public async Task Nobody_sees_a_file_before_it_is_whole_and_a_failure_leaves_nothing()
    {
        await using var folder = await OpenAsync();

        var writing = () => folder.WriteAsync("report.csv", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(new byte[100_000], cancellationToken);
            File.Exists(Path.Combine(Root, "report.csv")).Should().BeFalse();
            throw new InvalidOperationException("the writer failed");
        }, replaces: false, default);

        await writing.Should().ThrowAsync<InvalidOperationException>().WithMessage("the writer failed");
        Directory.EnumerateFileSystemEntries(Root).Should().BeEmpty();
    }

    [StoreFact]
    public async Task A_file_is_replaced_only_when_that_is_asked_for()
    {
        await using var folder = await OpenAsync();
        await folder.WriteAsync("a", WriteText("first"), replaces: true, default);

        await ShouldFail(FileFault.Exists, () => folder.WriteAsync("a", WriteText("second"), replaces: false, default));
        (await ReadTextAsync(folder, "a")).Should().Be("first");

        await folder.WriteAsync("a", WriteText("third"), replaces: true, default);
        (await ReadTextAsync(folder, "a")).Should().Be("third");
        Directory.EnumerateFileSystemEntries(Root).Should().ContainSingle();
    }

    [StoreFact]
    public async Task A_move_never_takes_the_place_of_another_file()
    {
        await using var folder = await OpenAsync();
        await folder.WriteAsync("a", WriteText("a"), replaces: false, default);
        await folder.WriteAsync("b", WriteText("b"), replaces: false, default);

        await ShouldFail(FileFault.Exists, () => folder.MoveAsync("a", "b", default));

        (await ReadTextAsync(folder, "a")).Should().Be("a");
        (await ReadTextAsync(folder, "b")).Should().Be("b");
    }

    [StoreFact]
    public async Task What_is_not_there_is_said_to_be_not_there()
    {
        await using var folder = await OpenAsync();

        (await folder.FindAsync("none", default)).Should().BeNull();
        (await folder.FindAsync("none/deeper", default)).Should().BeNull();
        await folder.DeleteAsync("none", default);
        await ShouldFail(FileFault.NotFound, () => folder.ListAsync("none", default));
        await ShouldFail(FileFault.NotFound, () => folder.OpenReadAsync("none", default));
        await ShouldFail(FileFault.NotFound, () => folder.MoveAsync("none", "other", default));
        await ShouldFail(FileFault.NotFound, () => folder.WriteAsync("none/a", WriteText("x"), replaces: false, default));
    }

    [StoreFact]
    public async Task Folders_are_made_with_those_above_and_made_again_without_a_fault()
    {
        await using var folder = await OpenAsync();

        await folder.MakeFolderAsync("done/2026/01", default);
        await folder.MakeFolderAsync("done/2026/01", default);
        await folder.MakeFolderAsync("", default);

        Directory.Exists(Path.Combine(Root, "done/2026/01")).Should().BeTrue();
        (await folder.FindAsync("done", default))!.IsFile.Should().BeFalse();
        await folder.WriteAsync("file", WriteText("x"), replaces: false, default);
        await ShouldFail(FileFault.Exists, () => folder.MakeFolderAsync("file", default));
    }

    [StoreFact]
    public async Task Size_and_time_are_those_of_the_file()
    {
        await using var folder = await OpenAsync();
        var time = new DateTimeOffset(2026, 3, 8, 7, 30, 5, TimeSpan.Zero);
        await File.WriteAllTextAsync(Path.Combine(Root, "a"), "12345");
        File.SetLastWriteTimeUtc(Path.Combine(Root, "a"), time.UtcDateTime);

        (await folder.ListAsync("", default)).Entries.Should().Equal(new FolderEntry("a", true, 5, time));
        (await folder.FindAsync("a", default)).Should().Be(new FolderEntry("a", true, 5, time));
    }

    [StoreFact]
    public async Task A_link_is_no_file_wherever_it_leads()
    {
        await using var folder = await OpenAsync();
        await folder.WriteAsync("own", WriteText("x"), replaces: false, default);
        File.CreateSymbolicLink(Path.Combine(Root, "inside"), "own");
        File.CreateSymbolicLink(Path.Combine(Root, "outside"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(Root, "nowhere"), "missing");

        (await folder.ListAsync("", default)).Entries.Where(entry => entry.IsFile).Select(entry => entry.Name).Should().Equal("own");
        await ShouldFail(FileFault.Refused, () => folder.OpenReadAsync("outside", default));
        (await folder.FindAsync("outside", default))!.IsFile.Should().BeFalse();
    }

    [StoreFact]
    public async Task A_pipe_is_no_file_and_is_not_waited_for()
    {
        await using var folder = await OpenAsync();
        await folder.WriteAsync("good", WriteText("x"), replaces: false, default);
        await SshServer.RunAsync("mkfifo", Path.Combine(Root, "pipe"));

        (await folder.ListAsync("", default)).Entries.Where(entry => entry.IsFile).Select(entry => entry.Name).Should().Equal("good");
        await ShouldFail(FileFault.Refused, () => folder.OpenReadAsync("pipe", default));
        (await ReadTextAsync(folder, "good")).Should().Be("x");
    }

    [StoreFact]
    public async Task What_was_left_unfinished_a_day_ago_is_swept_and_nothing_else()
    {
        await using var folder = await OpenAsync();
        var (now, stale) = (new DateTime(2026, 1, 15, 9, 0, 0, DateTimeKind.Utc), PlacePath.Temporary());
        string[] others = [PlacePath.Temporary(), ".part", ".0123456789abcdeX.part", "0123456789abcdef0.part", "patients.csv"];
        foreach (var name in others.Append(stale))
        {
            await File.WriteAllTextAsync(Path.Combine(Root, name), "x");
            File.SetLastWriteTimeUtc(Path.Combine(Root, name), now.AddHours(name == others[0] ? -23 : -25));
        }

        await StaleParts.SweepAsync(folder, "", now, default);
        await StaleParts.SweepAsync(folder, "nowhere", now, default);

        Directory.EnumerateFiles(Root).Select(Path.GetFileName).Should().BeEquivalentTo(others);
    }

    [StoreTheory]
    [InlineData(nameof(FileReaders.Owner), "600", "700")]
    [InlineData(nameof(FileReaders.Group), "640", "750")]
    public async Task What_is_written_is_for_those_to_read_who_are_meant(string readers, string file, string made)
    {
        await using var folder = await OpenAsync(new FolderLimits(), Enum.Parse<FileReaders>(readers));
        await folder.MakeFolderAsync("rejects/2026", default);

        await folder.WriteAsync("rejects/2026/rows.csv", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(new byte[100_000], cancellationToken);
            ModeOf(Directory.EnumerateFiles(Path.Combine(Root, "rejects/2026")).Single()).Should().Be(file, "it is nobody else's while it grows either");
        }, replaces: false, default);

        ModeOf(Path.Combine(Root, "rejects/2026/rows.csv")).Should().Be(file);
        ModeOf(Path.Combine(Root, "rejects")).Should().Be(made);
        ModeOf(Path.Combine(Root, "rejects/2026")).Should().Be(made);
    }

    [StoreFact]
    public async Task A_file_that_grows_is_read_to_the_size_it_had()
    {
        await using var folder = await OpenAsync();
        await File.WriteAllTextAsync(Path.Combine(Root, "a"), "12345");
        await using var stream = await folder.OpenReadAsync("a", default);

        await File.AppendAllTextAsync(Path.Combine(Root, "a"), "67890");

        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync()).Should().Be("12345");
    }

    [StoreFact]
    public async Task A_file_that_is_cut_while_it_is_read_is_never_a_short_file()
    {
        await using var folder = await OpenAsync();
        await File.WriteAllBytesAsync(Path.Combine(Root, "a"), new byte[30_000_000]);
        await using var stream = await folder.OpenReadAsync("a", default);
        await stream.ReadExactlyAsync(new byte[1000]);

        await using (var file = new FileStream(Path.Combine(Root, "a"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(2000);
        }

        await ShouldFail(FileFault.Changed, () => stream.CopyToAsync(Stream.Null));
    }

    [StoreFact]
    public async Task A_listing_holds_while_files_are_renamed()
    {
        await using var folder = await OpenAsync();
        foreach (var number in Enumerable.Range(0, 400))
        {
            await File.WriteAllTextAsync(Path.Combine(Root, $"stays-{number}"), "x");
            await File.WriteAllTextAsync(Path.Combine(Root, $"{number}.tmp"), "x");
        }

        var renaming = Task.Run(() =>
        {
            foreach (var number in Enumerable.Range(0, 400))
            {
                File.Move(Path.Combine(Root, $"{number}.tmp"), Path.Combine(Root, $"{number}.csv"));
            }
        });
        do
        {
            var names = (await folder.ListAsync("", default)).Entries.Select(entry => entry.Name).ToList();
            names.Count(name => name.StartsWith("stays-", StringComparison.Ordinal)).Should().Be(400);
        }
        while (!renaming.IsCompleted);
        await renaming;
    }

    [StoreFact]
    public async Task A_folder_of_too_many_entries_is_refused_and_not_listed_in_part()
    {
        await using var folder = await OpenAsync(new FolderLimits { EntriesMax = 10 });
        foreach (var number in Enumerable.Range(0, 10))
        {
            await File.WriteAllTextAsync(Path.Combine(Root, $"{number}"), "");
        }

        (await folder.ListAsync("", default)).Entries.Should().HaveCount(10);
        await File.WriteAllTextAsync(Path.Combine(Root, "10"), "");

        (await ShouldFail(FileFault.Protocol, () => folder.ListAsync("", default))).Should().Contain("more than 10 entries");
    }

    [StoreFact]
    public async Task A_name_that_is_no_text_is_left_out_and_counted()
    {
        await using var folder = await OpenAsync();
        await SshServer.RunAsync("/bin/sh", "-c", "touch \"$1/$(printf 'bad\\377name')\" \"$1/good\"", "touch", Root);

        var listing = await folder.ListAsync("", default);

        listing.Entries.Should().ContainSingle().Which.Name.Should().Be("good");
        listing.LeftOut.Should().Be(1);

        // The framework can't name it either, to delete it.
        await SshServer.RunAsync("/bin/sh", "-c", "rm \"$1\"/bad*", "rm", Root);
    }

    [StoreFact]
    public async Task A_cancelled_reading_ends_and_the_place_can_still_be_used()
    {
        await using var folder = await OpenAsync();
        await File.WriteAllBytesAsync(Path.Combine(Root, "a"), new byte[5_000_000]);
        using var cancelled = new CancellationTokenSource();
        await using (var stream = await folder.OpenReadAsync("a", default))
        {
            await stream.ReadExactlyAsync(new byte[10]);
            await cancelled.CancelAsync();
            var reading = async () => await stream.CopyToAsync(Stream.Null, cancelled.Token);
            await reading.Should().ThrowAsync<OperationCanceledException>();
        }

        (await folder.ListAsync("", default)).Entries.Should().ContainSingle();
    }

    /// <summary>The fault is told apart, and its message names the place and no file.</summary>
    internal static async Task<string> ShouldFail(FileFault fault, Func<Task> act)
    {
        var failure = (await act.Should().ThrowAsync<FileFaultException>()).Which;
        failure.Fault.Should().Be(fault, failure.Message);
        return failure.Message;
    }

    internal static Func<Stream, CancellationToken, Task> WriteText(string text) =>
        async (stream, cancellationToken) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    internal static async Task<string> ReadTextAsync(IFileFolder folder, string path)
    {
        using var reader = new StreamReader(await folder.OpenReadAsync(path, default));
        return await reader.ReadToEndAsync();
    }

    internal static string ModeOf(string path) => Convert.ToString((int)new FileInfo(path).UnixFileMode, 8);

    private static async Task WriteInPiecesAsync(Stream stream, byte[] content, CancellationToken cancellationToken)
    {
        for (var start = 0; start < content.Length; start += 77_777)
        {
            await stream.WriteAsync(content.AsMemory(start, Math.Min(77_777, content.Length - start)), cancellationToken);
        }
    }
}
