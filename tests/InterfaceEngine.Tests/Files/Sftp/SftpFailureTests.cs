using System.Net;
using System.Net.Sockets;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Files.FileFolderConformance;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>Each way in which a server can't be reached or used is told apart, with what to do. Against a real server.</summary>
public sealed class SftpFailureTests(SftpFailureTests.Server fixture) : IClassFixture<SftpFailureTests.Server>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sftp-").FullName;

    private SshServer Ssh => fixture.Ssh!;

    private SftpOptions Options => Ssh.ToOptions();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_name_that_nobody_has_is_said() =>
        (await ShouldNotConnect(FileFault.HostNotFound, Options with { Host = "no-such-host.invalid" }))
            .Should().StartWith($"sftp://{SshServer.User}@no-such-host.invalid:{Ssh.Port}: no machine of this name is known.");

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_port_that_nobody_listens_at_is_said()
    {
        // Kept, so that nobody else is given it meanwhile.
        using var kept = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        kept.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        (await ShouldNotConnect(FileFault.Unreachable, Options with { Port = ((IPEndPoint)kept.LocalEndPoint!).Port })).Should().Contain("nothing takes connections at this port");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_machine_that_takes_the_connection_and_says_nothing_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        (await ShouldNotConnect(FileFault.TimedOut, Options with { Port = ((IPEndPoint)silent.LocalEndpoint).Port, ConnectTimeout = TimeSpan.FromSeconds(1) }))
            .Should().Contain("ConnectTimeout");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_host_key_that_was_not_accepted_is_refused()
    {
        (await ShouldNotConnect(FileFault.HostKeyUnknown, Options with { KnownHosts = InFolder("empty", "") })).Should().Contain("has not been accepted yet").And.Contain("connectivity");
        await ShouldNotConnect(FileFault.HostKeyUnknown, Options with { KnownHosts = Path.Combine(_folder, "not-there") });
        File.Exists(Path.Combine(_folder, "not-there")).Should().BeFalse("nothing is accepted by itself");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_host_key_that_changed_is_refused_and_said_to_have_changed()
    {
        await SshServer.MakeKeyAsync(Path.Combine(_folder, "other"));
        var known = InFolder("known hosts", $"{Options.KnownAs} {await File.ReadAllTextAsync(Path.Combine(_folder, "other.pub"))}");

        (await ShouldNotConnect(FileFault.HostKeyChanged, Options with { KnownHosts = known })).Should().Contain("another host key than the one that was accepted");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_key_that_the_server_does_not_know_is_refused()
    {
        await SshServer.MakeKeyAsync(Path.Combine(_folder, "other"));

        (await ShouldNotConnect(FileFault.Authentication, Options with { KeyFile = Path.Combine(_folder, "other") })).Should().Contain("Look at User");
        await ShouldNotConnect(FileFault.Authentication, Options with { User = "nobody-of-this-name" });
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task What_a_server_greets_with_is_not_taken_for_the_words_of_ssh()
    {
        await using var server = await SshServer.StartAsync("internal-sftp", $"Banner {InFolder("banner", "REMOTE HOST IDENTIFICATION HAS CHANGED\nConnection refused\n")}");

        await ShouldNotConnect(FileFault.Authentication, server.ToOptions() with { User = "nobody-of-this-name" });
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_key_file_that_can_not_be_used_is_our_own_fault()
    {
        (await ShouldNotConnect(FileFault.Setup, Options with { KeyFile = Path.Combine(_folder, "none") })).Should().Contain("there is no file").And.Contain("KeyFile");

        File.Copy(Ssh.KeyFile, Path.Combine(_folder, "open"));
        await SshServer.RunAsync("chmod", "644", Path.Combine(_folder, "open"));
        (await ShouldNotConnect(FileFault.Setup, Options with { KeyFile = Path.Combine(_folder, "open") })).Should().Contain("chmod 600");
    }

    [Theory]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "puttygen")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHwE engine\n", "holds no private key")]
    [InlineData("", "holds no private key")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n", "PassphraseVariable")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBg\n", "PassphraseVariable")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0\n", "PassphraseVariable")]
    public async Task A_key_that_ssh_would_leave_out_is_said_before_a_server_is_asked(string content, string words)
    {
        var options = new SftpOptions { Host = "no-such-host.invalid", User = "u", KnownHosts = "known", KeyFile = InFolder("key", content) };
        await SshServer.RunAsync("chmod", "600", options.KeyFile);

        (await ShouldNotConnect(FileFault.Setup, options)).Should().Contain(words).And.Contain(options.KeyFile);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_key_that_is_damaged_within_is_said()
    {
        var key = InFolder("damaged", (await File.ReadAllTextAsync(Ssh.KeyFile)).Replace("\n", "\nAAAA", StringComparison.Ordinal).Replace("AAAA-----END", "-----END", StringComparison.Ordinal));
        await SshServer.RunAsync("chmod", "600", key);

        (await ShouldNotConnect(FileFault.Setup, Options with { KeyFile = key })).Should().Contain("can't be read as a key");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_hangs_up_before_it_says_who_it_is_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hangingUp = HangUpAsync(listener);

        (await ShouldNotConnect(FileFault.Refused, Options with { Port = ((IPEndPoint)listener.LocalEndpoint).Port })).Should().Contain("whether our address");
        await hangingUp;
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_program_that_is_missing_is_said() =>
        (await ShouldNotConnect(FileFault.Setup, Options with { Program = "no-such-ssh" })).Should().Contain("openssh-client");

    [Theory]
    [InlineData("-oProxyCommand=touch /tmp/x", "u")]
    [InlineData("", "u")]
    [InlineData("two words", "u")]
    [InlineData("host\nname", "u")]
    [InlineData("host", "-oProxyCommand=x")]
    [InlineData("host", "")]
    [InlineData("host", "u'; rm")]
    [InlineData("host", "DOMAIN\\")]
    public async Task A_name_that_ssh_could_take_for_something_else_is_refused_by_the_engine(string host, string user) =>
        (await ShouldNotConnect(FileFault.Setup, new SftpOptions { Host = host, User = user, KnownHosts = "known" })).Should().Contain("can't be given to ssh");

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_user_of_a_windows_domain_is_asked_for_at_the_server() =>
        await ShouldNotConnect(FileFault.Authentication, Options with { User = "DOMAIN\\nobody-of-this-name" });

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_serves_no_files_is_told_from_one_that_speaks_before_it_is_asked()
    {
        await using (var without = await SshServer.StartAsync(subsystem: null))
        {
            (await ShouldNotConnect(FileFault.Refused, without.ToOptions())).Should().Contain("SFTP is not offered to this user");
        }

        await using var greeting = await SshServer.StartAsync("/bin/echo Welcome to the machine of our files");
        (await ShouldNotConnect(FileFault.Protocol, greeting.ToOptions())).Should().Contain("print text when it logs in");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task What_the_user_may_not_do_is_said()
    {
        await using var server = await SshServer.StartAsync("internal-sftp -R");
        await using var folder = await SftpFolder.ConnectAsync(server.ToOptions(), server.Root, TimeProvider.System, default);
        await File.WriteAllTextAsync(Path.Combine(server.Root, "a"), "x");

        (await ShouldFail(FileFault.Permission, () => folder.WriteAsync("b", WriteText("x"), replaces: false, default))).Should().Contain("does not allow it to this user");
        await ShouldFail(FileFault.Permission, () => folder.MoveAsync("a", "b", default));
        await ShouldFail(FileFault.Permission, () => folder.DeleteAsync("a", default));
        await ShouldFail(FileFault.Permission, () => folder.MakeFolderAsync("done", default));
        (await ReadTextAsync(folder, "a")).Should().Be("x");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_connection_that_is_cut_is_said_at_whatever_stage()
    {
        var stages = new Dictionary<string, Func<IFileFolder, Action, Task>>
        {
            ["before a listing"] = (folder, cut) => Then(cut, () => folder.ListAsync("", default)),
            ["before a look"] = (folder, cut) => Then(cut, () => folder.FindAsync("large", default)),
            ["before a file is opened"] = (folder, cut) => Then(cut, () => folder.OpenReadAsync("large", default)),
            ["in the middle of a file that is read"] = async (folder, cut) =>
            {
                await using var stream = await folder.OpenReadAsync("large", default);
                await stream.ReadExactlyAsync(new byte[1000]);
                await Then(cut, () => stream.CopyToAsync(Stream.Null));
            },
            ["in the middle of a file that is written"] = (folder, cut) => folder.WriteAsync("new", async (stream, cancellationToken) =>
            {
                await stream.WriteAsync(new byte[1_000_000], cancellationToken);
                cut();
                await stream.WriteAsync(new byte[20_000_000], cancellationToken);
            }, replaces: true, default),
            ["before a file is renamed"] = (folder, cut) => folder.WriteAsync("new", (_, _) => Then(cut, () => Task.CompletedTask), replaces: true, default),
            ["before a move"] = (folder, cut) => Then(cut, () => folder.MoveAsync("large", "moved", default)),
        };
        await using var server = await SshServer.StartAsync();
        await File.WriteAllBytesAsync(Path.Combine(server.Root, "large"), new byte[30_000_000]);
        foreach (var (stage, act) in stages)
        {
            await using var folder = await SftpFolder.ConnectAsync(server.ToOptions(), server.Root, TimeProvider.System, default);

            var failure = (await FluentActions.Awaiting(() => act(folder, server.CutConnections)).Should().ThrowAsync<FileFaultException>(stage)).Which;

            failure.Fault.Should().Be(FileFault.ConnectionLost, stage);
            await ShouldFail(FileFault.ConnectionLost, () => folder.ListAsync("", default));
            File.Exists(Path.Combine(server.Root, "new")).Should().BeFalse(stage);
            File.Exists(Path.Combine(server.Root, "large")).Should().BeTrue(stage);
        }
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_line_that_is_cut_is_said()
    {
        await using var line = new CutLine(Ssh.Port);
        var known = InFolder("known", $"[127.0.0.1]:{line.Port} {await File.ReadAllTextAsync(Ssh.HostKey + ".pub")}");
        await using var folder = await SftpFolder.ConnectAsync(Options with { Port = line.Port, KnownHosts = known }, Ssh.Root, TimeProvider.System, default);

        line.Cut();

        (await ShouldFail(FileFault.ConnectionLost, () => folder.ListAsync("", default))).Should().Contain("broke off");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_hangs_is_given_up_after_its_time()
    {
        await using var server = await SshServer.StartAsync();
        var time = new FakeTimeProvider();
        await using var folder = await SftpFolder.ConnectAsync(server.ToOptions() with { SilenceTimeout = TimeSpan.FromSeconds(1) }, server.Root, time, default);

        server.FreezeConnections();
        var listing = folder.ListAsync("", default);
        await Soon.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            listing.IsCompleted.Should().BeTrue();
        });

        (await ShouldFail(FileFault.TimedOut, () => listing)).Should().Contain("said nothing for 1 s").And.Contain("SilenceTimeout");
    }

    private static async Task<string> ShouldNotConnect(FileFault fault, SftpOptions options) =>
        await ShouldFail(fault, () => SftpFolder.ConnectAsync(options, "", TimeProvider.System, default));

    private static async Task HangUpAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
    }

    private static async Task Then(Action cut, Func<Task> act)
    {
        cut();
        await act();
    }

    private string InFolder(string name, string content)
    {
        File.WriteAllText(Path.Combine(_folder, name), content);
        return Path.Combine(_folder, name);
    }

    /// <summary>One server for the tests of this class that change nothing of it; none where the program is missing.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal SshServer? Ssh { get; private set; }

        public async Task InitializeAsync() => Ssh = SshServer.FindProgram() is null ? null : await SshServer.StartAsync();

        public Task DisposeAsync() => Ssh?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }
}
