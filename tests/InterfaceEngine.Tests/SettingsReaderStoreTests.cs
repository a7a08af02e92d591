using InterfaceEngine.Store;
using Npgsql;

namespace InterfaceEngine.Tests;

/// <summary>Which store the settings name, and how its database is reached.</summary>
public sealed class SettingsReaderStoreTests : IDisposable
{
    private const string Secret = "s3cret";

    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_word_it_is_the_embedded_store_in_the_data_folder_and_the_node_has_the_machines_name()
    {
        var settings = Read("");

        (settings.Store.Kind, settings.Store.Connection, settings.Store.Folder).Should().Be(("sqlite", null, settings.Data));
        settings.Node.Name.Should().Be(Environment.MachineName);
        settings.Store.Node.Should().Be(settings.Node.Name);
    }

    [Fact]
    public void Every_setting_of_a_database_is_read()
    {
        var settings = Read("""
            "Node": { "Name": "node-1.example" },
            "Store": {
              "Kind": "postgres", "Connection": "Host=127.0.0.1;Port=5433;Database=engine;Username=engine",
              "ConnectionsMax": 40, "ReadersMax": 6, "ConnectTimeout": "5s", "StatementTimeout": "20s", "LockTimeout": "500ms", "ReceiptMemory": "7d"
            },
            """);

        settings.Store.Should().BeEquivalentTo(new StoreOptions
        {
            Kind = "postgres",
            Connection = "Host=127.0.0.1;Port=5433;Database=engine;Username=engine",
            Folder = settings.Data,
            Node = "node-1.example",
            ConnectionsMax = 40,
            ReadersMax = 6,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            StatementTimeout = TimeSpan.FromSeconds(20),
            LockTimeout = TimeSpan.FromMilliseconds(500),
            ReceiptMemory = TimeSpan.FromDays(7),
        });
    }

    [Theory]
    [InlineData("Host=db1;Database=engine", SslMode.VerifyFull)]
    [InlineData("Server=db1,db2:5433;Database=engine;Target Session Attributes=primary", SslMode.VerifyFull)]
    [InlineData("Host=127.0.0.1,db2;Database=engine", SslMode.VerifyFull)]
    [InlineData("Host=db1;Database=engine;SSL Mode=Require", SslMode.Require)]
    [InlineData("Host=db1;Database=engine;sslmode=verifyca", SslMode.VerifyCA)]
    [InlineData("Host=localhost;Database=engine", SslMode.Prefer)]
    [InlineData("Host=[::1]:5433;Database=engine", SslMode.Prefer)]
    [InlineData("Host=::1;Database=engine", SslMode.Prefer)]
    [InlineData("Host=/var/run/postgresql;Database=engine", SslMode.Prefer)]
    [InlineData("Host=127.0.0.1;Database=engine;SSL Mode=Disable", SslMode.Disable)]
    public void What_goes_to_another_machine_is_encrypted_and_the_server_is_known_by_its_certificate(string connection, SslMode mode) =>
        Mode(Read(Postgres(connection))).Should().Be(mode);

    [Theory]
    [InlineData("", SslMode.Prefer)]
    [InlineData(";SSL Mode=Disable", SslMode.Disable)]
    public void A_network_that_is_protected_otherwise_needs_no_TLS_where_the_settings_say_so(string more, SslMode mode) =>
        Mode(Read(Postgres($"Host=db1;Database=engine{more}", "\"AllowsPlain\": true,"))).Should().Be(mode);

    [Theory]
    [InlineData("Host=db1;Database=engine;SSL Mode=Prefer", "Store:Connection: SSL Mode=Prefer may send everything unencrypted to another machine.*AllowsPlain*")]
    [InlineData("Host=127.0.0.1,db1;Database=engine;SSL Mode=Disable", "Store:Connection: SSL Mode=Disable may send everything unencrypted*")]
    [InlineData("Database=engine", "Store:Connection: Host is missing*")]
    [InlineData("Host=db1", "Store:Connection: Database is missing*")]
    [InlineData("Host=db1;Database=engine;Pooling=false", "Store:Connection: Pooling is set by the engine itself")]
    [InlineData("Host=db1;Database=engine;Application Name=mine", "Store:Connection: Application Name is set by the engine itself")]
    [InlineData("Host=db1;Database=engine;Include Error Detail=true", "Store:Connection: Include Error Detail is set by the engine itself")]
    [InlineData("Host=db1;Database=engine;MaxPoolSize=7", "Store:Connection: Maximum Pool Size is set by the engine itself: see Store:ConnectionsMax")]
    [InlineData("Host=db1;Database=engine;Command Timeout=7", "Store:Connection: Command Timeout is set by the engine itself: see Store:StatementTimeout")]
    [InlineData("Host=db1;Database=engine;Timeout=7", "Store:Connection: Timeout is set by the engine itself: see Store:ConnectTimeout")]
    [InlineData("Host=db1;Port=many;Database=engine", "Store:Connection: port has a value that it can't have")]
    [InlineData("Host=db1;Database=engine;Password=s3cret;t3nth=1", "Store:Connection: its key number 4 is none that Npgsql knows*")]
    [InlineData("Host=db1;Database=engine;Password=s3cret;t3nth", "Store:Connection: can't be read*")]
    public void A_connection_that_can_not_be_used_is_a_problem_that_says_why_and_quotes_no_value(string connection, string problem) =>
        Problems(Postgres(connection)).Should().ContainSingle().Which.Should().Match(problem).And.NotContain(Secret).And.NotContain("t3nth");

    [Theory]
    [InlineData("\"Store\": { \"Kind\": \"oracle\" },", "Store:Kind: oracle is not one of sqlite, postgres*")]
    [InlineData("\"Store\": { \"Kind\": \"postgres\" },", "Store:Connection: is missing*ConnectionFile*INTERFACE_ENGINE__Store__Connection*")]
    [InlineData("\"Store\": { \"Connection\": \"Host=db1;Database=engine\" },", "Store:Connection: is a setting of Kind postgres, and this store is of Kind sqlite")]
    [InlineData("\"Store\": { \"LockTimeout\": \"1s\" },", "Store:LockTimeout: is a setting of Kind postgres, and this store is of Kind sqlite")]
    [InlineData("\"Store\": { \"Kind\": \"postgres\", \"CacheBytes\": \"1MiB\", \"Connection\": \"Host=/tmp;Database=engine\" },", "Store:CacheBytes: is a setting of Kind sqlite, and this store is of Kind postgres")]
    [InlineData("\"Store\": { \"Kind\": \"postgres\", \"Conection\": 1, \"Connection\": \"Host=/tmp;Database=engine\" },", "Store:Conection: is not a setting. Did you mean Connection?")]
    [InlineData("\"Store\": { \"Kind\": \"postgres\", \"ReadersMax\": 8, \"ConnectionsMax\": 9, \"Connection\": \"Host=/tmp;Database=engine\" },", "Store:ConnectionsMax: 9 are too few: 8 readers (ReadersMax) and 6 more are needed")]
    [InlineData("\"Store\": { \"Kind\": \"postgres\", \"LockTimeout\": \"30s\", \"Connection\": \"Host=/tmp;Database=engine\" },", "Store:LockTimeout: is not shorter than StatementTimeout*")]
    [InlineData("\"Node\": { \"Name\": \"node 1\" },", "Node:Name: node 1 has other signs than letters, digits*")]
    [InlineData("\"Node\": { \"Name\": \"12345678901234567890123456789012345678901234567890123456789012345\" },", "Node:Name: *or more than 64")]
    [InlineData("\"Node\": { \"BeatEvery\": \"10s\", \"Life\": \"15s\" },", "Node:Life: 15 seconds are shorter than two of BeatEvery*")]
    [InlineData("\"Node\": { \"Nam\": \"n\" },", "Node:Nam: is not a setting. Did you mean Name?")]
    public void Every_problem_of_the_store_has_its_path(string settings, string problem) => Problems(settings).Should().ContainSingle().Which.Should().Match(problem);

    [Fact]
    public void A_connection_with_a_password_may_stand_in_a_file_of_its_own_that_only_its_owner_reads()
    {
        var file = WriteSecret($"Host=127.0.0.1;Database=engine;Password={Secret}\n");

        var settings = Read(InFile("secrets/connection"));

        new NpgsqlConnectionStringBuilder(settings.Store.Connection).Password.Should().Be(Secret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Problems(InFile("secrets/connection")).Should().ContainSingle().Which.Should().Match("Store:ConnectionFile: *connection can be read by others*").And.NotContain(Secret);
        }
    }

    [Fact]
    public void A_connection_that_stands_in_two_places_or_in_a_file_that_is_not_there_is_a_problem()
    {
        WriteSecret($"Host=127.0.0.1;Database=engine;Passwort={Secret}");

        Problems(InFile("nowhere")).Should().ContainSingle().Which.Should().Match("Store:ConnectionFile: *nowhere can't be read");
        Problems(InFile("secrets/connection", "\"Connection\": \"Host=db1;Database=engine\",")).Should().ContainSingle().Which.Should().StartWith("Store:ConnectionFile: and Connection are both there");
        Problems(InFile("secrets/connection")).Should().ContainSingle().Which.Should().StartWith("Store:ConnectionFile: its key number 3 is none that Npgsql knows").And.NotContain(Secret);
    }

    [Fact]
    public void The_environment_may_say_the_connection()
    {
        var settings = Read("\"Store\": { \"Kind\": \"postgres\" },", KeyValuePair.Create<string, string?>("INTERFACE_ENGINE__Store__Connection", $"Host=127.0.0.1;Database=engine;Password={Secret}"));

        new NpgsqlConnectionStringBuilder(settings.Store.Connection).Password.Should().Be(Secret);
        Catalog.KindOf(settings.Store).Place(settings.Store).Should().Be("127.0.0.1:5432/engine");
    }

    [Theory]
    [InlineData("Host=db1,db2:5433;Port=5434;Database=engine;Username=u;Password=s3cret", "db1:5434,db2:5433/engine")]
    [InlineData("Host=/var/run/postgresql;Database=engine", "/var/run/postgresql:5432/engine")]
    public void A_place_is_told_without_who_and_how(string connection, string place) =>
        Catalog.KindOf(new StoreOptions { Kind = "postgres" }).Place(new StoreOptions { Connection = connection }).Should().Be(place);

    private static SslMode Mode(EngineSettings settings) => new NpgsqlConnectionStringBuilder(settings.Store.Connection).SslMode;

    private static string Postgres(string connection, string more = "") => $"\"Store\": {{ \"Kind\": \"postgres\", {more} \"Connection\": \"{connection}\" }},";

    private static string InFile(string file, string more = "") => $"\"Store\": {{ \"Kind\": \"postgres\", {more} \"ConnectionFile\": \"{file}\" }},";

    private string WriteSecret(string text)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "secrets")).FullName, "connection");
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private EngineSettings Read(string settings, params IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              {{settings}}
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } },
              "Sources": { "front-desk": { "Kind": "mllp", "Port": 2575, "Practices": ["1959"] } }
            }
            """);
        return SettingsReader.Read(file, environment);
    }

    private IReadOnlyList<string> Problems(string settings) => new Func<EngineSettings>(() => Read(settings)).Should().Throw<SettingsException>().Which.Problems;
}
