using InterfaceEngine.Protection;

namespace InterfaceEngine.Tests.Protection;

public sealed class MasterKeyTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("engine-keys-").FullName;
    private readonly string _variable = "ENGINE_TEST_KEY_" + Guid.NewGuid().ToString("N");

    private string KeyFile => Path.Combine(_root, "keys", "master.key");

    private string Data => Path.Combine(_root, "data");

    private KeyOptions Options => new() { MasterKeyFile = KeyFile, MasterKeyVariable = _variable };

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_first_start_makes_a_key_for_its_owner_only_and_the_next_reads_it()
    {
        var made = MasterKeyFile.Open(Options, Data, mayCreate: true);
        var read = MasterKeyFile.Open(Options, Data, mayCreate: true);

        made.Should().BeEquivalentTo(new { IsNew = true, Location = KeyFile });
        read.Should().BeEquivalentTo(new { IsNew = false, made.Fingerprint });
        Directory.GetFiles(Path.GetDirectoryName(KeyFile)!).Should().Equal(KeyFile);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(KeyFile).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Path.GetDirectoryName(KeyFile)!).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_store_whose_key_is_gone_is_never_given_another()
    {
        Refusal(mayCreate: false).Should().Contain(KeyFile).And.Contain(_variable);

        File.Exists(KeyFile).Should().BeFalse();
    }

    [Theory]
    [InlineData("data/master.key")]
    [InlineData("data/keys/master.key")]
    [InlineData("other/../data/master.key")]
    public void A_key_inside_the_data_folder_is_refused(string path)
    {
        var options = Options with { MasterKeyFile = Path.Combine(_root, path) };

        new Action(() => MasterKeyFile.Open(options, Data, mayCreate: true)).Should().Throw<MasterKeyException>().WithMessage("*inside the data folder*");

        Directory.Exists(Data).Should().BeFalse();
    }

    [Fact]
    public void A_folder_whose_name_only_begins_like_the_data_folders_is_not_inside_it() =>
        MasterKeyFile.Open(Options with { MasterKeyFile = Path.Combine(_root, "data-keys", "master.key") }, Data, mayCreate: true).IsNew.Should().BeTrue();

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        MasterKeyFile.Open(Options, Data, mayCreate: true);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Refusal().Should().Contain("chmod 600");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    [InlineData("AAAA")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==")]
    public void A_file_that_holds_no_key_is_refused_without_telling_it(string text)
    {
        MasterKeyFile.Open(Options, Data, mayCreate: true);
        File.WriteAllText(KeyFile, text);

        var refusal = Refusal();

        refusal.Should().Contain(KeyFile).And.Contain("32 bytes");
        if (text.Length > 0)
        {
            refusal.Should().NotContain(text);
        }
    }

    [Fact]
    public void The_environment_goes_before_the_file_in_base64_or_hexadecimal()
    {
        byte[] secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];
        var expected = new MasterKey(secret, "here", isNew: false).Fingerprint;

        Environment.SetEnvironmentVariable(_variable, Convert.ToBase64String(secret));
        var base64 = MasterKeyFile.Open(Options, Data, mayCreate: true);
        Environment.SetEnvironmentVariable(_variable, Convert.ToHexString(secret) + "\n");
        var hexadecimal = MasterKeyFile.Open(Options, Data, mayCreate: true);

        base64.Should().BeEquivalentTo(new { Fingerprint = expected, Location = "environment variable " + _variable, IsNew = false });
        hexadecimal.Fingerprint.Should().Be(expected);
        File.Exists(KeyFile).Should().BeFalse();
    }

    [Fact]
    public void A_wrapped_key_opens_for_its_practice_version_and_master_key_only()
    {
        var key = new MasterKey(new byte[32], "here", isNew: false);
        var other = new MasterKey([.. Enumerable.Repeat((byte)1, 32)], "there", isNew: false);
        var secret = PracticeKeys.NewSecret();

        var wrapped = key.Wrap("1959", 1, secret);

        key.Unwrap("1959", 1, wrapped).Should().Equal(secret);
        AssertClosed(() => other.Unwrap("1959", 1, wrapped));
        AssertClosed(() => key.Unwrap("1960", 1, wrapped));
        AssertClosed(() => key.Unwrap("1959", 2, wrapped));
        AssertClosed(() => key.Unwrap("1959", 1, wrapped.AsSpan(..^1)));
        AssertClosed(() => key.Unwrap("1959", 1, []));
    }

    private string Refusal(bool mayCreate = true) =>
        new Action(() => MasterKeyFile.Open(Options, Data, mayCreate)).Should().Throw<MasterKeyException>().Which.Message;

    private static void AssertClosed(Func<byte[]> open) => open.Should().Throw<ProtectionException>();
}
