using System.Diagnostics;
using System.Text.RegularExpressions;
using InterfaceEngine.Cli.Durability;
using Npgsql;

namespace InterfaceEngine.Tests.Support;

/// <summary>
/// A folder in which bash runs the lines of docs/scaling.md as a reader's would in a checkout: the examples, mappings and samples, and the
/// program where it would have been published. Other than on a reader's machine are the ports, which are free ones, and the
/// database's administrator, who is found without <c>sudo</c>. What the lines leave running ends with the test, however that ends.
/// </summary>
internal sealed partial class WalkThroughPlace : IAsyncDisposable
{
    public const string Shell = "bash";

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(8);
    private static readonly string[] _ports = ["2575", "2601", "2602", "2603", "8081", "8082", "8083"];
    private static readonly string _examples = Path.Combine("docs", "examples", "three-nodes");

    private readonly string _folder = Directory.CreateTempSubdirectory("walk-").FullName;
    private readonly Dictionary<string, string> _used;
    private readonly Process _guard;

    private WalkThroughPlace(int databasePort)
    {
        _used = _ports.ToDictionary(port => port, _ => $"{Ports.Free()}");
        _used.Add("5432", $"{databasePort}");
        _guard = Process.Start(Guard(_folder))!;
    }

    public string Folder => _folder;

    /// <param name="database">A server of which nothing is wanted but this: its role <c>engine</c> goes, so that the reader can make one.</param>
    public static async Task<WalkThroughPlace> CreateAsync(PostgresNode database)
    {
        var place = new WalkThroughPlace(database.Port);
        await database.AskAsync("CREATE ROLE postgres LOGIN SUPERUSER");
        await using (var administrator = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Address("postgres")) { Username = "postgres", Pooling = false }))
        await using (var command = administrator.CreateCommand("ALTER ROLE engine RENAME TO former"))
        {
            await command.ExecuteNonQueryAsync();
        }

        foreach (var folder in new[] { "mappings", "samples" })
        {
            Directory.CreateSymbolicLink(Path.Combine(place._folder, folder), Path.Combine(RepositoryRoot.Path, folder));
        }

        Directory.CreateDirectory(Path.Combine(place._folder, _examples));
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, _examples)))
        {
            await File.WriteAllTextAsync(Path.Combine(place._folder, _examples, Path.GetFileName(file)), place.WithFreePorts(await File.ReadAllTextAsync(file)));
        }

        await place.ProvideAsync("data/program/engine", $"""exec "{string.Join("\" \"", ChildEngine.OwnCommand)}" "$@" """);
        await place.ProvideAsync("bin/sudo", $"""shift 2; PGHOST=127.0.0.1 PGPORT={database.Port} PGUSER=postgres PGDATABASE=postgres exec "$@" """);
        return place;
    }

    /// <summary>Runs the blocks one after the other in one shell, up to the first line that fails.</summary>
    /// <returns>The shell's exit code, and what was printed, each block's under a line that names its place.</returns>
    public async Task<(int Code, string Output)> RunAsync(IEnumerable<(string Place, string Text)> blocks)
    {
        var lines = string.Join('\n', blocks.Select(block => $"echo '== {block.Place}'\n{WithFreePorts(block.Text)}"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "walk.sh"), $"exec > walk.out 2>&1 < /dev/null\nset -e\n{lines}\n");
        var start = new ProcessStartInfo(Shell, ["walk.sh"]) { WorkingDirectory = _folder };
        start.Environment["PATH"] = string.Join(Path.PathSeparator, Path.Combine(_folder, "bin"), Environment.GetEnvironmentVariable("PATH"), Path.GetDirectoryName(PostgresNode.Find("psql")));
        start.Environment.Remove("INTERFACE_ENGINE_MASTER_KEY");
        using var shell = Process.Start(start)!;
        try
        {
            await shell.WaitForExitAsync().WaitAsync(_timeout);
            return (shell.ExitCode, await OutputAsync());
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The walk-through took more than {_timeout}, and printed\n{await OutputAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> OutputAsync() => File.ReadAllTextAsync(Path.Combine(_folder, "walk.out"));

    private string WithFreePorts(string text) => PortForm().Replace(text, port => _used.GetValueOrDefault(port.Value, port.Value));

    /// <summary>A program of the reader's machine that is another one here.</summary>
    private async Task ProvideAsync(string path, string line)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await ScriptFile.WriteAsync(file, $"#!/bin/sh\n{line}\n");
    }

    /// <summary>Waits until our end of its input is closed, and ends whatever works in the folder then, again until nothing does.</summary>
    private static ProcessStartInfo Guard(string folder)
    {
        const string guard = """
            read -r _
            while left=$(find /proc -maxdepth 2 -name cwd -lname "$1" 2>/dev/null | cut -d/ -f3) && [ -n "$left" ]; do kill -9 $left 2>/dev/null; done
            """;
        return new ProcessStartInfo("/bin/sh", ["-c", guard, "guard", folder]) { RedirectStandardInput = true, WorkingDirectory = "/" };
    }

    [GeneratedRegex(@"\b\d{4}\b")]
    private static partial Regex PortForm();
}
