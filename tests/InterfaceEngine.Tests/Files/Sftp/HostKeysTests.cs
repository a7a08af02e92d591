using InterfaceEngine.Files;
using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Files.FileFolderConformance;

namespace InterfaceEngine.Tests.Files.Sftp;

/// <summary>A host key is accepted by its fingerprint and in no other way.</summary>
public sealed class HostKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;

    private string Known => Path.Combine(_folder, "known_hosts");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresProgramFact(SshServer.Program)]
    public async Task The_key_that_a_server_shows_is_that_of_its_host_key_file_and_nothing_is_kept()
    {
        await using var server = await SshServer.StartAsync();
        var options = server.ToOptions() with { KnownHosts = Known };

        var shown = await HostKeys.ShownAsync(options, TimeProvider.System, default);

        shown.Fingerprint.Should().Be(await FingerprintOfAsync(server.HostKey));
        File.Exists(Known).Should().BeFalse();
        (await HostKeys.AcceptedAsync(options, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_program_that_looks_keys_up_gets_nothing_of_our_secrets()
    {
        var (program, told, variable) = (Path.Combine(_folder, "keygen"), Path.Combine(_folder, "told"), $"TEST_SECRET_{Guid.NewGuid():N}");
        await ScriptFile.WriteAsync(program, $"#!/bin/sh\nenv > {told}\n");
        await File.WriteAllTextAsync(Known, "");
        var options = new SftpOptions { Host = "files.example.org", User = "drops", KnownHosts = Known, KeyProgram = program };
        Environment.SetEnvironmentVariable(variable, "correct horse");
        try
        {
            await HostKeys.AcceptedAsync(options, default);

            (await File.ReadAllTextAsync(told)).Should().Contain("LC_ALL=C").And.NotContain(variable).And.NotContain("correct horse");
            (await ShouldFail(FileFault.Setup, () => HostKeys.AcceptedAsync(options with { KeyProgram = "no-such-keygen" }, default))).Should().Contain("openssh-client");
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task An_accepted_key_lets_the_engine_connect()
    {
        await using var server = await SshServer.StartAsync();
        var options = server.ToOptions() with { KnownHosts = Known };

        await HostKeys.AcceptAsync(options, await FingerprintOfAsync(server.HostKey), TimeProvider.System, default);

        await using var folder = await SftpFolder.ConnectAsync(options, server.Root, TimeProvider.System, default);
        (await HostKeys.AcceptedAsync(options, default)).Should().ContainSingle().Which.Fingerprint.Should().Be(await FingerprintOfAsync(server.HostKey));
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task Another_fingerprint_than_the_one_that_is_shown_accepts_nothing()
    {
        await using var server = await SshServer.StartAsync();
        await SshServer.MakeKeyAsync(Path.Combine(_folder, "other"));
        var other = await FingerprintOfAsync(Path.Combine(_folder, "other"));

        var message = await ShouldFail(FileFault.HostKeyChanged, () => HostKeys.AcceptAsync(server.ToOptions() with { KnownHosts = Known }, other, TimeProvider.System, default));

        message.Should().Contain(other).And.Contain(await FingerprintOfAsync(server.HostKey));
        File.Exists(Known).Should().BeFalse();
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_changed_key_takes_the_place_of_the_one_before_and_of_no_other_servers()
    {
        await using var server = await SshServer.StartAsync();
        await SshServer.MakeKeyAsync(Path.Combine(_folder, "other"));
        var key = (await File.ReadAllTextAsync(Path.Combine(_folder, "other.pub"))).Trim();
        await File.WriteAllLinesAsync(Known, ["# our servers", $"{server.ToOptions().KnownAs} {key}", $"files.example.org {key}"]);
        await SshServer.RunAsync("ssh-keygen", "-q", "-H", "-f", Known);
        var options = server.ToOptions() with { KnownHosts = Known };
        (await HostKeys.AcceptedAsync(options, default)).Should().ContainSingle("hashed names are found as well");
        await ShouldFail(FileFault.HostKeyChanged, () => SftpFolder.ConnectAsync(options, "", TimeProvider.System, default));

        await HostKeys.AcceptAsync(options, await FingerprintOfAsync(server.HostKey), TimeProvider.System, default);

        (await HostKeys.AcceptedAsync(options, default)).Should().ContainSingle().Which.Fingerprint.Should().Be(await FingerprintOfAsync(server.HostKey));
        (await HostKeys.AcceptedAsync(options with { Host = "files.example.org", Port = 22 }, default)).Should().ContainSingle();
        (await File.ReadAllLinesAsync(Known)).Should().HaveCount(3).And.HaveElementAt(0, "# our servers");
        await using var folder = await SftpFolder.ConnectAsync(options, server.Root, TimeProvider.System, default);
    }

    [RequiresProgramFact(SshServer.Program)]
    public async Task A_server_that_can_not_be_reached_shows_no_key()
    {
        await using var server = await SshServer.StartAsync();

        await ShouldFail(FileFault.HostNotFound, () => HostKeys.ShownAsync(server.ToOptions() with { Host = "no-such-host.invalid" }, TimeProvider.System, default));
    }

    private async Task<string> FingerprintOfAsync(string key)
    {
        var file = Path.Combine(_folder, "fingerprint");
        await SshServer.RunAsync("/bin/sh", "-c", "ssh-keygen -lf \"$1.pub\" > \"$2\"", "show", key, file);
        return (await File.ReadAllTextAsync(file)).Split(' ')[1];
    }
}
