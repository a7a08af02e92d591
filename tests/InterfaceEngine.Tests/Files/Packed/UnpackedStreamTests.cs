using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Files.FileFolderConformance;

namespace InterfaceEngine.Tests.Files.Packed;

/// <summary>Packed files are read as what they were; damage, bombs and what is no single file are said.</summary>
public sealed class UnpackedStreamTests
{
    private static readonly byte[] _table = Encoding.UTF8.GetBytes("patientid,lastname\n" + string.Concat(Enumerable.Range(0, 50_000).Select(number => $"{number},Müller-{number * 7919 % 1000}\n")));

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zip")]
    [InlineData("streamed zip")]
    [InlineData("stored zip")]
    [InlineData("zip with its folder")]
    [InlineData("gzip in zip")]
    [InlineData("two gzips behind each other")]
    public async Task A_file_is_read_as_it_was_before_it_was_packed(string form)
    {
        var packed = form switch
        {
            "gzip" => Gzip(_table),
            "zip" => Zip(("a.csv", _table)),
            "streamed zip" => Zip(isStreamed: true, CompressionLevel.Optimal, ("a.csv", _table)),
            "stored zip" => Zip(isStreamed: false, CompressionLevel.NoCompression, ("a.csv", _table)),
            "zip with its folder" => Zip(("in/", []), ("in/a.csv", _table)),
            "gzip in zip" => Zip(("a.csv.gz", Gzip(_table))),
            "two gzips behind each other" => [.. Gzip(_table[..1000]), .. Gzip(_table[1000..])],
            _ => _table,
        };

        (await ReadAsync(packed)).Should().Be(Hash(_table));
        (await ReadAsync(packed, chunk: 1)).Should().Be(Hash(_table), "however it comes in pieces");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    public async Task A_short_file_is_what_it_is(int size) => (await ReadAsync(_table[..size])).Should().Be(Hash(_table[..size]));

    [Theory]
    [InlineData("gzip")]
    [InlineData("zip")]
    [InlineData("streamed zip")]
    [InlineData("stored zip")]
    public async Task A_packed_file_that_ends_too_early_is_damaged(string form)
    {
        var packed = form switch
        {
            "gzip" => Gzip(_table),
            "streamed zip" => Zip(isStreamed: true, CompressionLevel.Optimal, ("a.csv", _table)),
            "stored zip" => Zip(isStreamed: false, CompressionLevel.NoCompression, ("a.csv", _table)),
            _ => Zip(("a.csv", _table)),
        };
        foreach (var length in new[] { 33, 40, packed.Length / 2, packed.Length - 30, packed.Length - 1 })
        {
            await ShouldFail(FileFault.Damaged, () => ReadAsync(packed[..length]));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zip")]
    [InlineData("stored zip")]
    public async Task A_changed_byte_is_found(string form)
    {
        var packed = form == "gzip" ? Gzip(_table) : Zip(isStreamed: false, form == "zip" ? CompressionLevel.Optimal : CompressionLevel.NoCompression, ("a.csv", _table));
        packed[packed.Length / 2] ^= 0x10;

        await ShouldFail(FileFault.Damaged, () => ReadAsync(packed));
    }

    [Fact]
    public async Task A_zip_with_more_than_one_file_or_none_is_refused()
    {
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Zip(("a.csv", _table), ("b.csv", _table))))).Should().Contain("holds 2 files; exactly one is expected");
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Zip([.. Enumerable.Range(0, 5000).Select(number => ($"a-file-with-a-long-name-{number}", _table[..10]))])))).Should().Contain("exactly one is expected");
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Zip()))).Should().Contain("holds no file");
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Zip(("in/", []))))).Should().Contain("folders and no file");
    }

    [Fact]
    public async Task A_zip_that_is_encrypted_in_its_own_way_or_packed_in_another_is_refused()
    {
        var zip = Zip(("a.csv", _table));
        zip[6] |= 1;
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(zip))).Should().Contain("OpenPGP instead");

        zip = Zip(("a.csv", _table));
        zip[8] = 12;
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(zip))).Should().Contain("number 12");
    }

    [Fact]
    public async Task What_becomes_too_large_is_stopped()
    {
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Gzip(_table), new UnpackOptions { UnpackedBytesMax = _table.Length - 1 }))).Should().Contain("UnpackedBytesMax");
        (await ReadAsync(Gzip(_table), new UnpackOptions { UnpackedBytesMax = _table.Length })).Should().Be(Hash(_table));

        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Gzip(new byte[50_000_000])))).Should().Contain("more than 200 times larger");
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(Gzip(Gzip(Gzip(Gzip(_table))))))).Should().Contain("more than 3 times over");
    }

    [Fact]
    public async Task An_encrypted_file_that_nobody_expects_is_said()
    {
        (await ShouldFail(FileFault.Damaged, () => ReadAsync("-----BEGIN PGP MESSAGE-----\n\n"u8.ToArray()))).Should().Contain("OpenPGP").And.Contain("Gpg");
    }

    [Fact]
    public async Task A_program_that_is_missing_is_said() =>
        (await ShouldFail(FileFault.Refused, () => ReadAsync("-----BEGIN PGP MESSAGE-----\n\n"u8.ToArray(), new UnpackOptions { Gpg = new GpgOptions { Home = "/", Program = "no-such-gpg" } }))).Should().Contain("package gnupg");

    [RequiresProgramFact("gpg")]
    public async Task An_encrypted_file_is_opened_and_its_damage_is_found()
    {
        await using var keys = await GpgHome.MakeAsync("");
        var options = new UnpackOptions { Gpg = new GpgOptions { Home = keys.Home } };
        foreach (var arguments in (string[][])[["--encrypt"], ["--encrypt", "--armor"], ["--encrypt", "--sign"]])
        {
            var encrypted = await keys.RunAsync(Gzip(_table), arguments);
            (await ReadAsync(encrypted, options)).Should().Be(Hash(_table));

            // A line break among armoured letters may be any other sign: it says nothing.
            encrypted[Array.FindIndex(encrypted, encrypted.Length / 2, one => one is not ((byte)'\r' or (byte)'\n'))] ^= 1;
            await ShouldFail(FileFault.Damaged, () => ReadAsync(encrypted, options));
            await ShouldFail(FileFault.Damaged, () => ReadAsync(encrypted[..(encrypted.Length / 2)], options));
        }
    }

    [RequiresProgramFact("gpg")]
    public async Task A_key_that_is_not_ours_or_not_open_is_said()
    {
        await using var locked = await GpgHome.MakeAsync("correct horse");
        await using var other = await GpgHome.MakeAsync("");
        var encrypted = await locked.RunAsync(_table, "--encrypt");
        var passphrase = Path.Combine(locked.Home, "passphrase");
        await File.WriteAllTextAsync(passphrase, "correct horse\n");

        (await ReadAsync(encrypted, new UnpackOptions { Gpg = new GpgOptions { Home = locked.Home, PassphraseFile = passphrase } })).Should().Be(Hash(_table));
        (await ShouldFail(FileFault.Damaged, () => ReadAsync(encrypted, new UnpackOptions { Gpg = new GpgOptions { Home = other.Home } }))).Should().Contain("encrypted to a key that is not in");
    }

    [RequiresProgramFact("gpg")]
    public async Task A_reading_that_is_given_up_ends_the_program()
    {
        await using var keys = await GpgHome.MakeAsync("");
        var encrypted = await keys.RunAsync(RandomNumberGenerator.GetBytes(10_000_000), "--encrypt", "--compress-algo", "none");

        await using (var stream = new UnpackedStream(new MemoryStream(encrypted), new UnpackOptions { Gpg = new GpgOptions { Home = keys.Home } }))
        {
            await stream.ReadExactlyAsync(new byte[100]);
        }

        Process.GetProcessesByName("gpg").Where(process => CommandOf(process).Contains(keys.Home, StringComparison.Ordinal)).Should().BeEmpty();
    }

    private static string CommandOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            // Another test's, which ended meanwhile.
            return "";
        }
    }

    private static Task<string> ReadAsync(byte[] packed, UnpackOptions? options = null) => ReadAsync(packed, int.MaxValue, options);

    private static async Task<string> ReadAsync(byte[] packed, int chunk, UnpackOptions? options = null)
    {
        await using var stream = new UnpackedStream(chunk == 1 ? new SlowStream(packed) : new MemoryStream(packed), options ?? new UnpackOptions());
        return Convert.ToHexString(await SHA256.HashDataAsync(stream));
    }

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files) => Zip(isStreamed: false, CompressionLevel.Optimal, files);

    private static byte[] Zip(bool isStreamed, CompressionLevel level, params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(isStreamed ? new OneWayStream(packed) : packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class SlowStream(byte[] content) : ForwardStream
    {
        private int _position;

        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(7, buffer.Length), content.Length - _position);
            content.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return ValueTask.FromResult(count);
        }
    }

    /// <summary>A stream that can't go back, so that sizes stand behind a file in a zip.</summary>
    private sealed class OneWayStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }

    /// <summary>A home folder of GnuPG with one key; what it started ends with it.</summary>
    private sealed class GpgHome : IAsyncDisposable
    {
        public string Home { get; } = Directory.CreateTempSubdirectory("gpg-").FullName;

        public static async Task<GpgHome> MakeAsync(string passphrase)
        {
            var home = new GpgHome();
            await home.RunAsync([], "--pinentry-mode", "loopback", "--passphrase", passphrase, "--quick-generate-key", "engine@example.org", "future-default", "default", "never");
            return home;
        }

        public async Task<byte[]> RunAsync(byte[] input, params string[] arguments)
        {
            string[] recipient = arguments.Contains("--encrypt") ? ["--recipient", "engine@example.org"] : [];
            using var gpg = Process.Start(new ProcessStartInfo("gpg", ["--homedir", Home, "--batch", "--quiet", "--no-tty", "--trust-model", "always", .. recipient, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = gpg.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            var reading = gpg.StandardOutput.BaseStream.CopyToAsync(output);
            await gpg.StandardInput.BaseStream.WriteAsync(input);
            gpg.StandardInput.Close();
            await reading;
            await gpg.WaitForExitAsync();
            gpg.ExitCode.Should().Be(0, await error);
            return output.ToArray();
        }

        public async ValueTask DisposeAsync()
        {
            await SshServer.RunAsync("gpgconf", "--homedir", Home, "--kill", "all");
            Directory.Delete(Home, recursive: true);
        }
    }
}
