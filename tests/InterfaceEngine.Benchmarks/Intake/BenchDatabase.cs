using InterfaceEngine.Cli.Durability;
using Npgsql;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>A database of our own on somebody's server; it is gone when the measuring is over.</summary>
internal sealed class BenchDatabase : IDisposable
{
    private readonly string _server;
    private readonly string _name;

    private BenchDatabase(string server, string name, string template)
    {
        (_server, _name) = (server, name);
        Ask($"CREATE DATABASE {name} TEMPLATE {template}");
    }

    /// <summary>How it is reached.</summary>
    public string Address => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    /// <param name="server">Leads to any database of a server on which databases may be made.</param>
    /// <param name="use">A word for what it is used for.</param>
    public static BenchDatabase New(string server, string use) => new(server, Name(use), "template0 ENCODING 'UTF8' LOCALE 'C'");

    /// <summary>Another one with the same content. Nobody may be connected to this one.</summary>
    public BenchDatabase Copy(string use) => new(_server, Name(use), _name);

    /// <summary>Tells the engine of a folder to use it.</summary>
    /// <param name="folder">The engine's.</param>
    /// <param name="node">Its name.</param>
    /// <param name="key">The master key of all engines on this database.</param>
    public void Give(WorkFolder folder, string node, string key)
    {
        var text = File.ReadAllText(folder.Settings).Replace(folder.MasterKey, key, StringComparison.Ordinal);
        File.WriteAllText(folder.Settings, text.Replace(
            "\"Logging\":", $"\"Store\": {{ \"Kind\": \"postgres\", \"Connection\": \"{Address}\" }},\n  \"Node\": {{ \"Name\": \"{node}\" }},\n  \"Logging\":", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        Ask($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private static string Name(string use) => $"bench_{Environment.ProcessId}_{use}";

    private void Ask(string sql)
    {
        using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_server) { Pooling = false, CommandTimeout = 0 });
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
