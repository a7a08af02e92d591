using System.Text.RegularExpressions;
using InterfaceEngine.Cli;
using InterfaceEngine.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// The machine of one node: settings that name a PostgreSQL database, a data folder and a place for the master key of its own. Commands
/// run on it as a person's do, with nothing of the test's in between.
/// </summary>
internal sealed partial class NodeMachine : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("node-").FullName;

    /// <param name="connection">How the database is reached.</param>
    /// <param name="name">The node's name.</param>
    public NodeMachine(string connection, string name)
    {
        Connection = connection;
        File.WriteAllText(Path.Combine(_root, "appsettings.json"), $$"""
            {
              "Data": "data",
              "Mappings": "{{Path.Combine(RepositoryRoot.Path, "mappings").Replace('\\', '/')}}",
              "Keys": { "MasterKeyFile": "keys/master.key", "MasterKeyVariable": "NO_SUCH_KEY" },
              "Store": { "Kind": "postgres", "Connection": "{{connection}}" },
              "Node": { "Name": "{{name}}" },
              "Practices": {
                "1959": { "Name": "Springfield", "Zone": "America/Chicago", "Profile": "guide" },
                "195900": { "Name": "Sample Practice", "Zone": "America/Chicago", "Profile": "athena" }
              },
              "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } },
              "Health": { "StoreTimeout": "1m" },
              "Logging": { "ShowsOnConsole": false }
            }
            """);
    }

    public string Connection { get; }

    public string KeyFile => Path.Combine(_root, "keys", "master.key");

    public EngineSettings Settings => SettingsReader.Read(Path.Combine(_root, "appsettings.json"), []);

    /// <summary>Makes a node of a new, empty database.</summary>
    public static async Task<NodeMachine> CreateAsync() => new(await (await PostgresServer.SharedAsync()).NewDatabaseAsync(), "node-1");

    /// <summary>Another machine, on the same database. It has no key.</summary>
    public NodeMachine Another(string name) => new(Connection, name);

    /// <summary>Gives this node the master key of another.</summary>
    public void TakeKeyOf(NodeMachine other)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        File.Copy(other.KeyFile, KeyFile);
    }

    public Task<EngineCore> OpenAsync() => EngineCore.OpenAsync(Settings, NullLoggerFactory.Instance, TimeProvider.System, default);

    public Task<EngineHost> StartAsync() => StartAsync(NullLoggerFactory.Instance, settings => settings);

    /// <summary>The same with other settings, and telling a test what it logs.</summary>
    public Task<EngineHost> StartAsync(ILoggerFactory loggers, Func<EngineSettings, EngineSettings> change) => EngineHost.StartAsync(change(Settings), loggers, TimeProvider.System, default);

    /// <summary>Runs a command line on this machine.</summary>
    public async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _root, Environment = [], Time = TimeProvider.System, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync(arguments, default);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The first value that the database answers.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Connection);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>How many tables the database holds: none as long as nobody made a store in it.</summary>
    public async Task<long> TablesAsync() => (long)(await ScalarAsync("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))!;

    /// <summary>The fingerprint of a key that a message names.</summary>
    public static string Fingerprint(string message) => FingerprintForm().Match(message).Value;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex("(?<=was made with the master key )[0-9a-f]{16}")]
    private static partial Regex FingerprintForm();
}
