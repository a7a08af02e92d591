using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Files.FileFolderConformance;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>Each way to log in and to get there, on real servers; and that what was started ends.</summary>
public sealed class SftpAccessTests : IDisposable
{
    /// <summary>As long as nobody should have to wait, on a machine that is busy.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("sftp-").FullName;
    private readonly string _variable = $"TEST_SECRET_{Guid.NewGuid():N}";

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_key_with_a_passphrase_is_opened_by_it_and_only_by_it()
    {
        await using var server = await SshServer.StartAsync();
        var options = await WithLockedKeyAsync(server);

        Environment.SetEnvironmentVariable(_variable, "correct horse ' battery");
        await ShouldConnect(options);

        Environment.SetEnvironmentVariable(_variable, "wrong");
        (await ShouldNotConnect(FileFault.Setup, options)).Should().Contain("passphrase is missing or wrong").And.NotContain("wrong.wrong");
        (await ShouldNotConnect(FileFault.Setup, options with { PassphraseVariable = null })).Should().Contain("PassphraseVariable");
        Environment.SetEnvironmentVariable(_variable, null);
        (await ShouldNotConnect(FileFault.Setup, options)).Should().Contain(_variable).And.Contain("is not set");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_secret_stands_in_no_argument_and_in_no_environment_of_another_process()
    {
        await using var server = await SshServer.StartAsync();
        var options = await WithLockedKeyAsync(server);
        Environment.SetEnvironmentVariable(_variable, "correct horse ' battery");

        await using var ssh = SshProcess.Start(options);
        await using var connection = await SftpConnection.OpenAsync(ssh.Output, ssh.Input, "test", _patience, _patience, TimeProvider.System, ssh.ExplainAsync, default);

        var process = await File.ReadAllTextAsync($"/proc/{ssh.Id}/cmdline") + await File.ReadAllTextAsync($"/proc/{ssh.Id}/environ");
        process.Should().Contain("StrictHostKeyChecking=yes").And.Contain("LC_ALL=C").And.NotContain("correct horse").And.NotContain(_variable);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_certificate_lets_in_a_key_that_the_server_does_not_know()
    {
        var authority = Path.Combine(_folder, "authority");
        var key = Path.Combine(_folder, "key");
        await SshServer.MakeKeyAsync(authority);
        await SshServer.MakeKeyAsync(key);
        await SshServer.RunAsync("ssh-keygen", "-q", "-s", authority, "-I", "engine", "-n", SshServer.User, key + ".pub");
        await using var server = await SshServer.StartAsync("internal-sftp", $"TrustedUserCAKeys {authority}.pub");
        File.Move(key + "-cert.pub", Path.Combine(_folder, "the certificate 100%.pub"));

        await ShouldConnect(server.ToOptions() with { KeyFile = key, CertificateFile = Path.Combine(_folder, "the certificate 100%.pub") });
        await ShouldNotConnect(FileFault.Authentication, server.ToOptions() with { KeyFile = key });
    }

    [RequiresProgramFact(SshServer.Program, "ssh-agent")]
    public async Task An_agent_is_asked_only_when_that_is_said()
    {
        await using var server = await SshServer.StartAsync();
        var socket = Path.Combine(_folder, "agent");
        using var agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            await RunningEngine.UntilAsync(() => TakesConnectionsAsync(socket));
            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", socket);
            await SshServer.RunAsync("ssh-add", "-q", server.KeyFile);

            await ShouldConnect(server.ToOptions() with { KeyFile = null, Agent = true });
            await ShouldNotConnect(FileFault.Authentication, server.ToOptions() with { KeyFile = null });
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSH_AUTH_SOCK", null);
            agent.Kill();
            await agent.WaitForExitAsync();
        }
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_jump_host_is_gone_through_and_its_host_key_is_held_to_as_well()
    {
        await using var gate = await SshServer.StartAsync();
        await using var server = await SshServer.StartAsync("internal-sftp", $"AuthorizedKeysFile {gate.AuthorizedKeys}");
        var options = server.ToOptions() with { KeyFile = gate.KeyFile, JumpHost = $"{SshServer.User}@{SshServer.Host}:{gate.Port}" };
        var both = Path.Combine(_folder, "both of 100% known");
        await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(gate.KnownHosts) + await File.ReadAllTextAsync(server.KnownHosts));

        await ShouldConnect(options with { KnownHosts = both });
        await Soon.HoldsAsync(() => gate.Connections.Should().Be(0, "what was gone through is left with it"));
        await ShouldNotConnect(FileFault.HostKeyUnknown, options with { KnownHosts = server.KnownHosts });
        await ShouldNotConnect(FileFault.HostKeyUnknown, options with { KnownHosts = gate.KnownHosts });
    }

    [RequiresProgramFact(SshServer.Program, "bash")]
    public async Task A_proxy_command_makes_the_connection_and_ends_with_it()
    {
        await using var server = await SshServer.StartAsync();
        var mark = Path.Combine(_folder, "ended");
        var options = server.ToOptions() with { ProxyCommand = $"bash -c 'trap \"touch {mark}\" EXIT; exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3'" };

        await ShouldConnect(options);

        await Soon.HoldsAsync(() => (server.Connections, File.Exists(mark)).Should().Be((0, true)));
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task Ssh_ends_with_its_place()
    {
        await using var server = await SshServer.StartAsync();
        var ssh = SshProcess.Start(server.ToOptions());
        var id = ssh.Id;
        await using (var connection = await SftpConnection.OpenAsync(ssh.Output, ssh.Input, "test", _patience, _patience, TimeProvider.System, ssh.ExplainAsync, default))
        {
            Directory.Exists($"/proc/{id}").Should().BeTrue();
        }

        await ssh.DisposeAsync();

        Directory.Exists($"/proc/{id}").Should().BeFalse();
        await Soon.HoldsAsync(() => server.Connections.Should().Be(0));
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task Ssh_ends_by_itself_when_its_pipes_close_as_they_do_when_the_engine_is_killed()
    {
        await using var server = await SshServer.StartAsync();
        var ssh = SshProcess.Start(server.ToOptions());
        await SftpConnection.OpenAsync(ssh.Output, ssh.Input, "test", _patience, _patience, TimeProvider.System, ssh.ExplainAsync, default);

        // Before it ends: whoever comes later finds no such process.
        using var process = Process.GetProcessById(ssh.Id);

        // What the operating system does with the pipes of a process that was killed.
        await ssh.Input.DisposeAsync();
        await ssh.Output.DisposeAsync();

        await process.WaitForExitAsync().WaitAsync(_patience);
        await Soon.HoldsAsync(() => server.Connections.Should().Be(0));
        await ssh.DisposeAsync();
    }

    [RequiresProgramFact(SshServer.Program, "useradd", "chpasswd")]
    public async Task A_password_is_given_when_the_server_asks_and_a_wrong_one_is_refused()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // sshd of an ordinary user can check nobody's password: only root reads them. CI runs the tests as root.
            return;
        }

        await using var server = await SshServer.StartAsync("internal-sftp", "PasswordAuthentication yes", "KbdInteractiveAuthentication no");
        var user = $"ie{Guid.NewGuid():N}"[..12];
        await SshServer.RunAsync("useradd", "-M", "-d", "/", "-s", "/bin/sh", user);
        try
        {
            await SshServer.RunAsync("/bin/sh", "-c", "echo \"$1:correct horse\" | chpasswd", "set", user);
            var options = server.ToOptions() with { User = user, KeyFile = null, PasswordVariable = _variable };

            Environment.SetEnvironmentVariable(_variable, "correct horse");
            await ShouldConnect(options);
            Environment.SetEnvironmentVariable(_variable, "wrong");
            (await ShouldNotConnect(FileFault.Authentication, options)).Should().Contain("the password is right");
        }
        finally
        {
            // A user of whom a process is left is not taken away.
            await Soon.HoldsAsync(() => server.Connections.Should().Be(0));
            await SshServer.RunAsync("userdel", user);
        }
    }

    [Theory]
    [InlineData("Enter passphrase for key '/keys/client': ", "the passphrase")]
    [InlineData("drops@files.example.org's password: ", "the password")]
    [InlineData("(drops@files.example.org) Password: ", "the password")]
    [InlineData("drops@FILES.example.org's password: ", "the password")]
    [InlineData("drops@gate.example.org's password: ", null)]
    [InlineData("root@files.example.org's password: ", null)]
    [InlineData("(drops@gate.example.org) Password: ", null)]
    [InlineData("Password: ", null)]
    [InlineData("Enter passphrase for key '/keys/another': ", null)]
    [InlineData("Are you sure you want to continue connecting (yes/no/[fingerprint])? ", null)]
    [InlineData("(drops@files.example.org) Verification code: ", null)]
    public void A_question_gets_the_secret_that_it_asks_for_and_no_other(string question, string? answer) =>
        Secrets().For(question).Should().Be(answer);

    [Fact]
    public void A_password_is_given_once()
    {
        var secrets = Secrets();

        secrets.For("drops@files.example.org's password: ").Should().Be("the password");
        secrets.For("drops@files.example.org's password: ").Should().BeNull();
        secrets.For("Enter passphrase for key '/keys/client': ").Should().Be("the passphrase");
        secrets.For("Enter passphrase for key '/keys/client': ").Should().Be("the passphrase", "a machine that is gone through takes the same key");
    }

    [Fact]
    public async Task One_that_asks_nothing_does_not_hold_up_the_end()
    {
        var askpass = Askpass.Start(_ => "secret");
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(new UnixDomainSocketEndPoint(askpass.Path));

        await askpass.DisposeAsync().AsTask().WaitAsync(_patience);

        File.Exists(askpass.Path).Should().BeFalse();
    }

    [Fact]
    public void What_ssh_could_not_ask_us_by_is_said()
    {
        FluentActions.Invoking(() => Askpass.Check("/no/such/program", _folder)).Should().Throw<FileFaultException>().Which.Message.Should().Contain("/no/such/program");
        FluentActions.Invoking(() => Askpass.Check("/bin/sh", "/" + new string('x', 100))).Should().Throw<FileFaultException>().Which.Message.Should().Contain("TMPDIR");
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task Ssh_ends_when_the_engine_is_killed_also_where_the_server_does_not_end()
    {
        await using var server = await SshServer.StartAsync("/bin/sleep 600");
        using var engine = Process.Start("/bin/sleep", ["600"]);
        var ssh = SshProcess.Start(server.ToOptions(), engine.Id);
        await Soon.HoldsAsync(() => server.Connections.Should().Be(1));

        // Before it ends: whoever comes later finds no such process.
        using var process = Process.GetProcessById(ssh.Id);

        await SshServer.RunAsync("/bin/kill", "-9", engine.Id.ToString(CultureInfo.InvariantCulture));
        await engine.WaitForExitAsync();

        await process.WaitForExitAsync().WaitAsync(_patience);
        await ssh.DisposeAsync();
    }

    /// <summary>A socket is there a moment before anybody listens at it.</summary>
    private static async Task<bool> TakesConnectionsAsync(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static SshSecrets Secrets() =>
        new(new SftpOptions { Host = "files.example.org", User = "drops", KeyFile = "/keys/client", KnownHosts = "known" }, "the passphrase", "the password");

    private async Task<SftpOptions> WithLockedKeyAsync(SshServer server)
    {
        var key = Path.Combine(_folder, "locked key");
        await SshServer.MakeKeyAsync(key, "correct horse ' battery");
        await File.AppendAllTextAsync(server.AuthorizedKeys, await File.ReadAllTextAsync(key + ".pub"));
        return server.ToOptions() with { KeyFile = key, PassphraseVariable = _variable };
    }

    private static async Task ShouldConnect(SftpOptions options)
    {
        await using var folder = await SftpFolder.ConnectAsync(options, "", TimeProvider.System, default);
        (await folder.ListAsync("", default)).Should().NotBeNull();
    }

    private static Task<string> ShouldNotConnect(FileFault fault, SftpOptions options) =>
        ShouldFail(fault, () => SftpFolder.ConnectAsync(options, "", TimeProvider.System, default));
}
