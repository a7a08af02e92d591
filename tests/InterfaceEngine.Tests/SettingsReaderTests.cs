using System.Net;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Sources.Mllp;
using Serilog.Events;

namespace InterfaceEngine.Tests;

public sealed class SettingsReaderTests : IDisposable
{
    private const string Good = """
        {
          "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } },
          "Sources": { "front-desk": { "Kind": "mllp", "Port": 2575, "Practices": ["1959"] } }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_shipped_settings_bind_port_2575_on_loopback_to_the_guides_practice()
    {
        var settings = SettingsReader.Read(Path.Combine(RepositoryRoot.Path, "appsettings.json"), []);

        var source = settings.Sources.Should().ContainSingle().Subject;
        source.Listens.Should().Be(new IPEndPoint(IPAddress.Loopback, 2575));
        source.Binding.Practices.Should().Equal("1959");
        var practice = settings.FindPractice("1959")!;
        (practice.Name, practice.Zone.Id, practice.Profile, practice.Vendor)
            .Should().Be(("Springfield Family Medicine", "America/Chicago", "guide", "athenahealth"));
        settings.Data.Should().Be(Path.Combine(RepositoryRoot.Path, "data", "engine"));
        settings.Mappings.Should().Be(Path.Combine(RepositoryRoot.Path, "mappings"));
        settings.Logging.Folder.Should().Be(Path.Combine(settings.Data, "logs"));
    }

    [Fact]
    public void What_is_not_set_takes_its_default()
    {
        var settings = Read(Good);

        var binding = settings.Sources[0].Binding;
        (binding.BadContent, binding.UnmappedEvent).Should().Be((null, null));
        binding.ProcessingIds.Should().Equal("P", "T");
        settings.Sources[0].Limits.Should().Be(new MllpLimits());
        settings.Practices[0].Name.Should().Be("Practice 1959");
        settings.Data.Should().Be(Path.Combine(_folder, "data", "engine"));
        settings.Logging.Level.Should().Be(LogEventLevel.Information);
    }

    [Fact]
    public void A_source_may_be_strict_and_say_which_messages_are_not_for_us()
    {
        var settings = Read(Good.Replace("\"Port\": 2575", """
            "Port": 2580, "Strict": true, "Filters": [ { "When": "HL7:MSH-4.3 = '99'", "Reason": "the training department" }, { "When": "HL7:MSH-11.1 = 'T'", "Reason": "a test" } ]
            """, StringComparison.Ordinal));

        settings.Sources[0].Binding.Strict.Should().BeTrue();
        settings.Sources[0].Binding.Filters.Select(filter => (filter.When, filter.Reason)).Should().Equal(
            ("HL7:MSH-4.3 = '99'", "the training department"), ("HL7:MSH-11.1 = 'T'", "a test"));
        Read(Good).Sources[0].Binding.Strict.Should().BeFalse();
    }

    [Fact]
    public void Every_setting_of_a_source_is_read()
    {
        var settings = Read(Good.Replace("\"Port\": 2575", """
            "Port": 2580, "Host": "0.0.0.0", "AllowsRemote": true, "BadContent": "quarantine", "UnmappedEvent": "Ignore", "ProcessingIds": ["D"]
            """, StringComparison.Ordinal));

        settings.Sources[0].Listens.Should().Be(new IPEndPoint(IPAddress.Any, 2580));
        settings.Sources[0].Binding.Should().BeEquivalentTo(new SourceBinding
        {
            Name = "front-desk",
            Practices = ["1959"],
            BadContent = BadContentPolicy.Quarantine,
            UnmappedEvent = UnmappedEventPolicy.Ignore,
            ProcessingIds = ["D"],
        });
    }

    [Fact]
    public void Every_limit_of_a_source_is_read()
    {
        var settings = Read(Good.Replace("\"Port\": 2575", """
            "Port": 2575, "FrameBytesMax": "1MiB", "ConnectionsMax": 10, "IdleTimeout": "5m", "FrameTimeout": "20s", "HandshakeTimeout": "7s", "ReplyTimeout": "10s", "StopTimeout": "3s"
            """, StringComparison.Ordinal));

        settings.Sources[0].Limits.Should().Be(new MllpLimits
        {
            FrameBytesMax = 1024 * 1024,
            ConnectionsMax = 10,
            IdleTimeout = TimeSpan.FromMinutes(5),
            FrameTimeout = TimeSpan.FromSeconds(20),
            HandshakeTimeout = TimeSpan.FromSeconds(7),
            ReplyTimeout = TimeSpan.FromSeconds(10),
            StopTimeout = TimeSpan.FromSeconds(3),
        });
    }

    [Fact]
    public void Keys_and_the_limits_of_the_store_are_read()
    {
        var settings = Read(Good.Replace("\"Practices\": {", """
            "Keys": { "MasterKeyFile": "keys/master.key", "MasterKeyVariable": "OUR_KEY" },
            "Store": { "ReceiptMemory": "7d", "CacheBytes": "64MiB" },
            "Messages": { "ParkedFor": "12d" },
            "Ledger": { "Interval": "5m", "FullAtHour": 4, "ClosesAfter": "2h" },
            "Retention": { "Messages": "400d", "Receipts": "7d", "Runs": "400d", "AtHour": 5 },
            "Practices": {
            """, StringComparison.Ordinal));

        settings.Keys.MasterKeyFile.Should().Be(Path.Combine(_folder, "keys", "master.key"));
        settings.Keys.MasterKeyVariable.Should().Be("OUR_KEY");
        settings.Store.ReceiptMemory.Should().Be(TimeSpan.FromDays(7));
        settings.Messages.ParkedFor.Should().Be(TimeSpan.FromDays(12));
        settings.Ledger.Should().Be(new LedgerOptions { Interval = TimeSpan.FromMinutes(5), FullAtHour = 4, ClosesAfter = TimeSpan.FromHours(2) });
        settings.Retention.Should().Be(new RetentionOptions { Messages = TimeSpan.FromDays(400), Receipts = TimeSpan.FromDays(7), Runs = TimeSpan.FromDays(400), AtHour = 5 });
        settings.Store.CacheBytes.Should().Be(64 * 1024 * 1024);
        settings.Store.Folder.Should().Be(settings.Data);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_the_command_line_over_both()
    {
        var file = Write(Good);
        KeyValuePair<string, string?>[] environment =
        [
            new("INTERFACE_ENGINE__Sources__front-desk__Port", "2600"),
            new("INTERFACE_ENGINE__Data", "elsewhere"),
            new("Data", "not ours"),
        ];

        SettingsReader.Read(file, environment).Sources[0].Listens.Port.Should().Be(2600);
        SettingsReader.Read(file, environment).Data.Should().Be(Path.Combine(_folder, "elsewhere"));
        SettingsReader.Read(file, environment, data: "/srv/engine").Data.Should().Be("/srv/engine");
    }

    [Theory]
    [InlineData("\"Port\": 2575", "\"Port\": 99999", "Sources:front-desk:Port: 99999 is not a port (0..65535)")]
    [InlineData("\"Port\": 2575", "\"Port\": \"mllp\"", "Sources:front-desk:Port: mllp is not a port (0..65535)")]
    [InlineData("\"Port\": 2575", "\"Port\": [2575]", "Sources:front-desk:Port: is a section or a list, and one value is expected")]
    [InlineData("\"Port\": 2575,", "", "Sources:front-desk:Port: is missing: the port to listen on; 0 takes a free one")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Prot\": 1", "Sources:front-desk:Prot: is not a setting. Did you mean Port?")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"BadContent\": \"Quarantin\"", "Sources:front-desk:BadContent: Quarantin is not one of Refuse, Quarantine. Did you mean Quarantine?")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"ConnectionsMax\": 0", "Sources:front-desk:ConnectionsMax: 0 is not a number of connections (1..10000)")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"FrameBytesMax\": \"1GiB\"", "Sources:front-desk:FrameBytesMax: 1GiB is out of bounds (1024..268435456 bytes)")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"IdleTimeout\": \"5ms\"", "Sources:front-desk:IdleTimeout: 5ms is out of bounds (1s..30d)")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Strict\": \"maybe\"", "Sources:front-desk:Strict: maybe is neither true nor false")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Filters\": [ { \"When\": \"HL7:MSH-4.3 = '99'\" } ]", "Sources:front-desk:Filters:0:Reason: is missing: why such a message is not for us")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Filters\": [ { \"When\": \"HL7:MSH-4.3 = '99' and\", \"Reason\": \"x\" } ]", "Sources:front-desk:Filters:0:When: MAP351 at 23: Here the formula ends; a field, a value or a function was expected.")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Filters\": [ { \"When\": \"HL7:MSH-4.3 = '99'\", \"Reason\": \"x\", \"Because\": \"y\" } ]", "Sources:front-desk:Filters:0:Because: is not a setting.")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"UnmappedEvent\": \"Drop\"", "Sources:front-desk:UnmappedEvent: Drop is not one of Refuse, Ignore.")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"AllowsRemote\": \"yes\"", "Sources:front-desk:AllowsRemote: yes is neither true nor false")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Host\": \"interfaces\"", "Sources:front-desk:Host: interfaces is not an IP address of this machine")]
    [InlineData("\"Port\": 2575", "\"Port\": 2575, \"Host\": \"0.0.0.0\"", "Sources:front-desk:Host: 0.0.0.0 would take unencrypted messages from other machines. Say how it is encrypted (\"Tls\"), or, where the network itself is protected (a VPN), \"AllowsRemote\": true; otherwise use 127.0.0.1")]
    [InlineData("\"Kind\": \"mllp\"", "\"Kind\": \"mlp\"", "Sources:front-desk:Kind: mlp is not one of mllp, folder, sftp. Did you mean mllp?")]
    [InlineData("[\"1959\"]", "[\"1995\"]", "Sources:front-desk:Practices:0: 1995 is not a practice of these settings (1959). Did you mean 1959?")]
    [InlineData("[\"1959\"]", "\"1959\"", "Sources:front-desk:Practices: is one value, and a list is expected: [\"1959\"]\nSources:front-desk:Practices: is missing: the practices whose messages come this way")]
    [InlineData(", \"Practices\": [\"1959\"]", "", "Sources:front-desk:Practices: is missing: the practices whose messages come this way")]
    [InlineData("\"front-desk\"", "\"front desk\"", "Sources:front desk: a source's name has letters, digits, _ and - only")]
    [InlineData("America/Chicago", "America/Chicaco", "Practices:1959:Zone: America/Chicaco is not an IANA time zone. Did you mean America/Chicago?")]
    [InlineData("\"Zone\": \"America/Chicago\",", "", "Practices:1959:Zone: is missing: the practice's time zone, such as America/Chicago")]
    [InlineData("\"guide\"", "\"guides\"", "Practices:1959:Profile: guides is not one of athena, standard, guide. Did you mean guide?")]
    [InlineData(", \"Profile\": \"guide\"", "", "Practices:1959:Profile: is missing: how the vendor lays out messages, one of athena, standard, guide")]
    [InlineData("\"guide\"", "\"guide\", \"FallbackCharacterSet\": \"Latin\"", "Practices:1959:FallbackCharacterSet: Latin is not a character set, such as WINDOWS-1252, 8859/1 or UNICODE UTF-8")]
    [InlineData("\"guide\"", "\"guide\", \"Vendor\": \"../x\"", "Practices:1959:Vendor: ../x is not a folder of the mappings")]
    [InlineData("\"Practices\": {", "\"Practices\": { \"7\": { \"Zone\": \"UTC\", \"Profile\": \"athena\", \"Facilities\": [\"1959\"] }, ", "Practices:7:Facilities: 1959 already belongs to practice 1959|Practices:1959:Facilities: 1959 already belongs to practice 7")]
    [InlineData("\"Practices\": {", "\"Practises\": {}, \"Practices\": {", "Practises: is not a setting. Did you mean Practices?")]
    [InlineData("\"Practices\": {", "\"Logging\": { \"Level\": \"Loud\" }, \"Practices\": {", "Logging:Level: Loud is not one of Verbose, Debug, Information, Warning, Error, Fatal.")]
    [InlineData("\"Practices\": {", "\"Logging\": { \"FileBytesMax\": \"1KiB\" }, \"Practices\": {", "Logging:FileBytesMax: 1KiB is out of bounds (65536..1073741824 bytes)")]
    [InlineData("\"Practices\": {", "\"Logging\": { \"FileBytesMax\": \"big\" }, \"Practices\": {", "Logging:FileBytesMax: big is not a number of bytes, such as 65536, 64KiB, 16MiB or 2GiB")]
    [InlineData("\"Practices\": {", "\"Ledger\": { \"FullAtHour\": 24 }, \"Practices\": {", "Ledger:FullAtHour: 24 is not an hour of the day (0..23)")]
    [InlineData("\"Practices\": {", "\"Store\": { \"ReceiptMemory\": \"1m\" }, \"Practices\": {", "Store:ReceiptMemory: 1m is out of bounds (1h..3650d)")]
    [InlineData("\"Practices\": {", "\"Store\": { \"ReceiptMemory\": \"long\" }, \"Practices\": {", "Store:ReceiptMemory: long is not a time, such as 500ms, 30s, 5m, 2h or 30d")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Messages\": \"1d\" }, \"Practices\": {", "Retention:Messages: 1d is out of bounds (2d..36500d)")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Messages\": \"29d\" }, \"Practices\": {", "Retention:Messages: 29 days is shorter than Store:ReceiptMemory, 30 days: a resend would be stored again")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Receipts\": \"29d\" }, \"Practices\": {", "Retention:Receipts: 29 days is shorter than Store:ReceiptMemory, 30 days: a resend would be stored again")]
    [InlineData("\"Practices\": {", "\"Store\": { \"ReceiptMemory\": \"2h\" }, \"Ledger\": { \"ClosesAfter\": \"7d\" }, \"Retention\": { \"Messages\": \"5d\" }, \"Practices\": {", "Retention:Messages: 5 days is shorter than a day and Ledger:ClosesAfter, 8 days: the ledger would not have closed its day")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Messages\": \"90d\", \"Runs\": \"89d\" }, \"Practices\": {", "Retention:Runs: 89 days is shorter than Retention:Messages, 90 days: messages would be without the file or batch that brought them")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Runs\": \"400d\" }, \"Practices\": {", "Retention:Runs: 400 days is shorter than Retention:Messages, for ever: messages would be without the file or batch that brought them")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"AtHour\": 24 }, \"Practices\": {", "Retention:AtHour: 24 is not an hour of the day (0..23)")]
    [InlineData("\"Practices\": {", "\"Retention\": { \"Audit\": \"90d\" }, \"Practices\": {", "Retention:Audit: is not a setting.")]
    [InlineData("\"Practices\": {", "\"Keys\": { \"MasterKeyPath\": \"x\" }, \"Practices\": {", "Keys:MasterKeyPath: is not a setting. Did you mean MasterKeyFile?")]
    [InlineData("\"Practices\": {", "\"Logging\": \"all\", \"Practices\": {", "Logging: is one value, and a section is expected")]
    public void A_wrong_setting_is_reported_with_its_path(string part, string instead, string expected)
    {
        var problems = ProblemsOf(Good.Replace(part, instead, StringComparison.Ordinal));

        expected.Split('|').Should().Contain(string.Join('\n', problems));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "localhost", true)]
    [InlineData("127.0.0.1", "0.0.0.0", true)]
    [InlineData("127.0.0.1", "::1", false)]
    public void Two_sources_on_one_port_are_a_problem(string one, string other, bool collide)
    {
        var json = Good.Replace("\"Sources\": {", $$"""
            "Sources": { "b": { "Host": "{{one}}", "Port": 1, "Practices": ["1959"] }, "c": { "Host": "{{other}}", "AllowsRemote": true, "Port": 1, "Practices": ["1959"] },
            """, StringComparison.Ordinal);

        if (collide)
        {
            ProblemsOf(json).Should().Equal("Sources:c:Port: 1 is already the port of b");
        }
        else
        {
            Read(json).Sources.Should().HaveCount(3);
        }
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        ProblemsOf("""
            {
              "Practices": { "1959": { "Zone": "Chicago", "Profile": "x" } },
              "Sources": { "a": { "Port": -1, "Practices": ["2"], "Colour": "red" } },
              "Extra": 1
            }
            """).Should().Equal(
            "Practices:1959:Zone: Chicago is not an IANA time zone.",
            "Practices:1959:Profile: x is not one of athena, standard, guide.",
            "Sources:a:Practices:0: 2 is not a practice of these settings (1959).",
            "Sources:a:Port: -1 is not a port (0..65535)",
            "Sources:a:Colour: is not a setting.",
            "Extra: is not a setting.");
    }

    [Fact]
    public void Settings_without_a_practice_are_refused() =>
        ProblemsOf("{}").Should().Equal("Practices: at least one practice is needed");

    [Fact]
    public void A_file_that_is_not_JSON_is_reported_with_its_place() =>
        ProblemsOf("{\n  \"Data\" 1\n}").Should().Equal("line 2, column 10: this is not JSON");

    [Fact]
    public void A_setting_given_twice_is_reported() =>
        ProblemsOf("""{ "Data": "a", "data": "b" }""").Should().ContainSingle().Which.Should().Contain("'data'");

    [Fact]
    public void A_settings_file_that_is_not_there_is_reported() =>
        FluentActions.Invoking(() => SettingsFile.Find("nowhere.json", _folder))
            .Should().Throw<SettingsException>().Which.File.Should().Be(Path.Combine(_folder, "nowhere.json"));

    private EngineSettings Read(string json) => SettingsReader.Read(Write(json), []);

    private IReadOnlyList<string> ProblemsOf(string json) =>
        FluentActions.Invoking(() => Read(json)).Should().Throw<SettingsException>().Which.Problems;

    private string Write(string json)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, json);
        return file;
    }
}
