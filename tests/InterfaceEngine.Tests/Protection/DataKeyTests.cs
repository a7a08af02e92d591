using InterfaceEngine.Protection;

namespace InterfaceEngine.Tests.Protection;

public sealed class DataKeyTests : IDisposable
{
    private static readonly RowIdentity _row = new(SealedKind.Record, 42, 3);

    private readonly DataKey _key = new("1959", 1, Secret(1));

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DataKey.ChunkBytes - 1)]
    [InlineData(DataKey.ChunkBytes)]
    [InlineData(DataKey.ChunkBytes + 1)]
    [InlineData(2 * DataKey.ChunkBytes)]
    [InlineData((3 * DataKey.ChunkBytes) + 5)]
    public void What_is_sealed_opens_to_the_same(int length)
    {
        var content = Content(length);

        var sealedContent = _key.Seal(_row, content);

        sealedContent.Should().HaveCount(DataKey.SealedLength(length));
        _key.Open(_row, sealedContent).Should().Equal(content);
    }

    [Fact]
    public void Sealing_twice_gives_different_bytes() =>
        _key.Seal(_row, Content(20)).Should().NotEqual(_key.Seal(_row, Content(20)));

    [Fact]
    public void Another_row_version_kind_practice_or_key_does_not_open_it()
    {
        var sealedContent = _key.Seal(_row, Content(20));
        using var otherPractice = new DataKey("1960", 1, Secret(1));
        using var otherVersion = new DataKey("1959", 2, Secret(1));
        using var otherSecret = new DataKey("1959", 1, Secret(2));

        AssertClosed(_key, _row with { Row = 43 }, sealedContent);
        AssertClosed(_key, _row with { Version = 2 }, sealedContent);
        AssertClosed(_key, _row with { Kind = SealedKind.Change }, sealedContent);
        AssertClosed(otherPractice, _row, sealedContent);
        AssertClosed(otherVersion, _row, sealedContent);
        AssertClosed(otherSecret, _row, sealedContent);
    }

    [Fact]
    public void A_change_of_any_byte_shows()
    {
        var sealedContent = _key.Seal(_row, Content(40));
        for (var index = 0; index < sealedContent.Length; index++)
        {
            var altered = sealedContent.ToArray();
            altered[index] ^= 0x10;
            AssertClosed(_key, _row, altered);
        }
    }

    [Fact]
    public void A_cut_anywhere_shows()
    {
        var sealedContent = _key.Seal(_row, Content(40));
        for (var length = 0; length < sealedContent.Length; length++)
        {
            AssertClosed(_key, _row, sealedContent[..length]);
        }
    }

    [Fact]
    public void Chunks_left_out_repeated_or_moved_show()
    {
        const int Sealed = DataKey.ChunkBytes + 28;
        var whole = _key.Seal(_row, Content(3 * DataKey.ChunkBytes));
        var (first, second, third) = (whole[1..(1 + Sealed)], whole[(1 + Sealed)..(1 + (2 * Sealed))], whole[(1 + (2 * Sealed))..]);
        byte[] format = [whole[0]];

        AssertClosed(_key, _row, [.. format, .. first, .. second]);
        AssertClosed(_key, _row, [.. format, .. second, .. third]);
        AssertClosed(_key, _row, [.. format, .. second, .. first, .. third]);
        AssertClosed(_key, _row, [.. format, .. first, .. second, .. third, .. third]);
        AssertClosed(_key, _row, [.. format, .. third]);
        _key.Open(_row, [.. format, .. first, .. second, .. third]).Should().HaveCount(3 * DataKey.ChunkBytes);
    }

    [Fact]
    public void What_does_not_open_is_not_told()
    {
        var sealedContent = _key.Seal(_row, "Zzyzx"u8);
        sealedContent[^1] ^= 1;

        new Action(() => _key.Open(_row, sealedContent)).Should().Throw<ProtectionException>()
            .WithMessage("Record 42*").Which.ToString().Should().NotContain("Zzyzx");
    }

    [Fact]
    public void Many_threads_share_a_key()
    {
        var content = Content(500);

        Parallel.For(0, 2000, index => _key.Open(_row with { Row = index }, _key.Seal(_row with { Row = index }, content)).Should().Equal(content));
    }

    [Fact]
    public void Hashes_are_equal_for_equal_values_only()
    {
        var hash = _key.Hash(HashKind.Alias, "patient", "athenahealth", "7");
        using var other = new DataKey("1959", 1, Secret(2));

        _key.Hash(HashKind.Alias, "patient", "athenahealth", "7").Should().Be(hash);
        _key.Hash(HashKind.LookUp, "patient", "athenahealth", "7").Should().NotBe(hash);
        _key.Hash(HashKind.Alias, "patient", "athenahealth7", "").Should().NotBe(hash);
        _key.Hash(HashKind.Alias, "patien", "tathenahealth", "7").Should().NotBe(hash);
        other.Hash(HashKind.Alias, "patient", "athenahealth", "7").Should().NotBe(hash);
    }

    [Fact]
    public void A_long_value_is_hashed_as_a_short_one_is()
    {
        var text = new string('ü', 5000);

        _key.Hash(HashKind.LookUp, "patient", text).Should().Be(_key.Hash(HashKind.LookUp, "patient", text)).And.NotBe(_key.Hash(HashKind.LookUp, "patient", text + "x"));
    }

    [Fact]
    public void A_version_that_is_not_kept_is_named()
    {
        using var keys = new PracticeKeys([new DataKey("1959", 2, Secret(2)), new DataKey("1959", 3, Secret(3))]);

        keys.Current.Version.Should().Be(3);
        keys.Hashing.Version.Should().Be(2);
        keys.Version(2).Version.Should().Be(2);
        new Action(() => keys.Version(1)).Should().Throw<ProtectionException>().WithMessage("version 1 of the data key of practice '1959'*");
    }

    private static void AssertClosed(DataKey key, RowIdentity row, byte[] sealedContent) =>
        new Action(() => key.Open(row, sealedContent)).Should().Throw<ProtectionException>();

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static byte[] Secret(byte fill) => [.. Enumerable.Repeat(fill, MasterKey.Length)];
}
