namespace InterfaceEngine.Tests;

/// <summary>Servers that are reached by SFTP, as the settings name them.</summary>
public sealed class SettingsReaderSftpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_server_is_read_with_its_defaults_and_files_from_the_settings_own_folder()
    {
        var source = Read("""{ "Host": "files.example.org", "User": "drops", "KeyFile": "keys/drops" }""").FileSources.Should().ContainSingle().Subject;

        source.Server!.KeyFile.Should().Be(Path.Combine(_folder, "keys/drops"));
        source.Server.KnownHosts.Should().Be(Path.Combine(_folder, "data/engine/known_hosts"));
        source.Server.Port.Should().Be(22);
        source.Place.Should().Be("sftp://drops@files.example.org:22/in");
    }

    [Theory]
    [InlineData("""{ }""", "Server:Host: is missing", "Server:User: is missing", "Server:KeyFile: is missing: how the engine proves who it is, by KeyFile, PasswordVariable or Agent")]
    [InlineData("""{ "Host": "-oProxyCommand=x", "User": "-x", "Agent": true }""", "Server:Host: -oProxyCommand=x is not a name", "Server:User: -x is not a name of a user")]
    [InlineData("""{ "Host": "a", "User": "u", "Agent": true, "PassphraseVariable": "P", "CertificateFile": "c" }""", "PassphraseVariable: is of no use without KeyFile", "CertificateFile: is of no use without KeyFile")]
    [InlineData("""{ "Host": "a", "User": "u", "Agent": true, "JumpHost": "b:0", "ProxyCommand": "nc %h %p" }""", "JumpHost: b:0 is not a machine to go through", "ProxyCommand: does not go with JumpHost")]
    [InlineData("""{ "Host": "a", "User": "u", "Agent": true, "Password": "secret" }""", "Server:Password: is not a setting.")]
    public void What_makes_no_sense_is_a_problem(string server, params string[] problems)
    {
        var wrong = FluentActions.Invoking(() => Read(server)).Should().Throw<SettingsException>().Which;

        foreach (var problem in problems)
        {
            wrong.Problems.Should().Contain(line => line.Contains(problem, StringComparison.Ordinal));
        }
    }

    private EngineSettings Read(string server)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "athena" } },
              "Sources": { "drops": { "Kind": "sftp", "Practices": ["1959"], "Folder": "in", "File": "Patients file", "Every": "15m", "Server": {{server}} } }
            }
            """);
        return SettingsReader.Read(file, []);
    }
}
