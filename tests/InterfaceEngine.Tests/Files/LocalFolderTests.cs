using InterfaceEngine.Files;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Files;

public sealed class LocalFolderTests : FileFolderConformance, IDisposable
{
    private readonly string _beside = Directory.CreateTempSubdirectory("place-").FullName;

    public LocalFolderTests() => Directory.CreateDirectory(Root);

    internal override string Root => Path.Combine(_beside, "place");

    public void Dispose() => Directory.Delete(_beside, recursive: true);

    internal override Task<IFileFolder> OpenAsync(FolderLimits limits, FileReaders readers) => Task.FromResult<IFileFolder>(new LocalFolder(Root, limits, readers));

    [Theory]
    [InlineData("../secret")]
    [InlineData("./../place/../secret")]
    [InlineData("/absolute")]
    public async Task A_linked_folder_that_leads_out_is_refused(string target)
    {
        var secret = target == "/absolute" ? Path.Combine(_beside, "secret") : target;
        Directory.CreateDirectory(Path.Combine(_beside, "secret"));
        await File.WriteAllTextAsync(Path.Combine(_beside, "secret", "a"), "x");
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), secret);
        await using var folder = new LocalFolder(Root);

        (await ShouldFail(FileFault.Permission, () => folder.OpenReadAsync("link/a", default))).Should().Contain("leads out of this folder");
        await ShouldFail(FileFault.Permission, () => folder.WriteAsync("link/b", WriteText("x"), replaces: true, default));
        await ShouldFail(FileFault.Permission, () => folder.MoveAsync("link/a", "a", default));
        await ShouldFail(FileFault.Permission, () => folder.DeleteAsync("link/a", default));
        await ShouldFail(FileFault.Permission, () => folder.MakeFolderAsync("link/more", default));
        await ShouldFail(FileFault.Permission, () => folder.FindAsync("link/a", default));
        File.Exists(Path.Combine(_beside, "secret", "a")).Should().BeTrue();
    }

    [Fact]
    public async Task A_linked_folder_within_is_followed_and_a_circle_is_not()
    {
        await using var folder = new LocalFolder(Root);
        await folder.MakeFolderAsync("real", default);
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), "real");
        Directory.CreateSymbolicLink(Path.Combine(Root, "round"), "round");

        await folder.WriteAsync("link/a", WriteText("x"), replaces: false, default);

        File.Exists(Path.Combine(Root, "real", "a")).Should().BeTrue();
        await ShouldFail(FileFault.Refused, () => folder.ListAsync("round/deeper", default));
    }

    [Fact]
    public async Task A_place_that_is_a_link_itself_is_what_the_settings_say()
    {
        Directory.CreateSymbolicLink(Path.Combine(_beside, "mounted"), Root);
        await using var folder = new LocalFolder(Path.Combine(_beside, "mounted"));

        await folder.WriteAsync("a", WriteText("x"), replaces: false, default);

        (await folder.ListAsync("", default)).Entries.Should().ContainSingle();
    }

    [Fact]
    public async Task What_the_user_may_not_do_is_said()
    {
        // Root may do everything to a folder of its own; among the kernel's it makes none either.
        await SshServer.RunAsync("chmod", "500", Root);
        await using var folder = new LocalFolder(Environment.IsPrivilegedProcess ? "/sys/kernel" : Root);

        (await ShouldFail(FileFault.Permission, () => folder.WriteAsync("a", WriteText("x"), replaces: false, default))).Should().Contain("not allowed to the user");
        await SshServer.RunAsync("chmod", "700", Root);
    }

    [Fact]
    public async Task What_was_put_in_a_files_place_after_the_look_at_it_is_not_read()
    {
        // What a look may say and the opening meet differ, if whoever drops files is quick: only what was opened counts.
        File.CreateSymbolicLink(Path.Combine(Root, "link"), "/etc/passwd");
        await SshServer.RunAsync("mkfifo", Path.Combine(Root, "pipe"));

        LocalFile.TryOpenRead(Path.Combine(Root, "link")).Should().BeNull();
        LocalFile.TryOpenRead(Path.Combine(Root, "pipe")).Should().BeNull();
        LocalFile.TryOpenRead(Root).Should().BeNull();
    }

    [Fact]
    public async Task A_move_to_another_file_system_is_whole_or_none_and_takes_no_place()
    {
        const string elsewhere = "/dev/shm";
        if (!Directory.Exists(elsewhere))
        {
            // Linux has it everywhere; on other systems the framework moves.
            return;
        }

        var other = Path.Combine(elsewhere, Path.GetFileName(_beside));
        Directory.CreateDirectory(other);
        try
        {
            var (from, to, taken) = (Path.Combine(Root, "a"), Path.Combine(other, "a"), Path.Combine(other, "taken"));
            await File.WriteAllTextAsync(from, "content");
            await File.WriteAllTextAsync(taken, "another's");
            File.SetLastWriteTimeUtc(from, new DateTime(2026, 3, 8, 7, 30, 5, DateTimeKind.Utc));

            FluentActions.Invoking(() => LocalFile.Move(from, taken)).Should().Throw<IOException>().Which.HResult.Should().Be(17);
            File.Exists(from).Should().BeTrue();
            LocalFile.Move(from, to);

            (await File.ReadAllTextAsync(to), await File.ReadAllTextAsync(taken)).Should().Be(("content", "another's"));
            File.GetLastWriteTimeUtc(to).Should().Be(new DateTime(2026, 3, 8, 7, 30, 5, DateTimeKind.Utc));
            File.Exists(from).Should().BeFalse();
            Directory.EnumerateFiles(other).Should().HaveCount(2, "nothing is left of the copying");
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Theory]
    [InlineData(28, nameof(FileFault.DiskFull), "Make room")]
    [InlineData(122, nameof(FileFault.DiskFull), "Make room")]
    [InlineData(30, nameof(FileFault.Permission), "not allowed")]
    [InlineData(116, nameof(FileFault.ConnectionLost), "Look at the mount")]
    [InlineData(99, nameof(FileFault.Refused), "error 99")]
    public void Failures_of_the_operating_system_are_told_apart(int error, string fault, string words)
    {
        var failure = LocalFaults.From(new IOException("/folder/name-of-a-file", error), "/folder", "writing a file");

        failure.Fault.ToString().Should().Be(fault);
        failure.Message.Should().StartWith("/folder: writing a file: ").And.Contain(words).And.NotContain("name-of-a-file");
    }

    [Fact]
    public async Task A_full_disk_is_said_when_a_file_is_written()
    {
        // A real device that has no room: what is written to it fails as on a full disk.
        await using var full = new LocalWriteStream(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), "/dev");

        await ShouldFail(FileFault.DiskFull, () => full.WriteAsync(new byte[10]).AsTask());
    }
}
