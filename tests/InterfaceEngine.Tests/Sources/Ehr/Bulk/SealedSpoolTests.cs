using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Sources.Ehr.Bulk;

namespace InterfaceEngine.Tests.Sources.Ehr.Bulk;

public sealed class SealedSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    [InlineData((128 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task What_was_put_in_comes_out_more_than_once(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        await using var spool = SealedSpool.Create(_folder);
        (await ReadAsync(spool.Filling(new MemoryStream(content)))).Should().Equal(content);

        spool.Length.Should().Be(length);
        (await ReadAsync(spool.OpenRead())).Should().Equal(content);
        (await ReadAsync(spool.OpenRead())).Should().Equal(content);
    }

    [Fact]
    public void A_disk_that_would_be_full_is_left_alone() =>
        FluentActions.Invoking(() => SealedSpool.Create(_folder, long.MaxValue)).Should().Throw<IOException>().WithMessage("*no room*");

    [Fact]
    public async Task Nothing_of_it_can_be_read_from_the_folder()
    {
        await using var spool = SealedSpool.Create(_folder);
        await ReadAsync(spool.Filling(new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Garcia ", 100_000))))));

        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            (await reader.ReadToEndAsync()).Should().NotContain("Garcia");
        }

        (OperatingSystem.IsWindows() || !Directory.EnumerateFiles(_folder).Any()).Should().BeTrue("its name goes at once, so that a kill leaves nothing behind");
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
