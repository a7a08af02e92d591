using InterfaceEngine.Intake;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;

namespace InterfaceEngine.Tests.Support;

/// <summary>A folder in which a test drops files, and the source that looks there: only when it is asked, for its next time is in 2052.</summary>
internal sealed class DropFolder : IDisposable
{
    public const string Source = "nightly";

    private readonly string _root;
    private readonly SshServer? _server;

    /// <param name="server">The server whose folder it is; null for a folder of this machine.</param>
    public DropFolder(SshServer? server = null)
    {
        _server = server;
        _root = server?.Root ?? Directory.CreateTempSubdirectory("drops-").FullName;
    }

    public string Path => _root;

    public FileSourceSettings Settings(Func<FileSourceOptions, FileSourceOptions>? change = null, string name = Source)
    {
        var options = new FileSourceOptions
        {
            Practice = "1959",
            Schedule = new IntervalSchedule(TimeSpan.FromDays(10_000)),
            Finished = FinishedRule.Renamed,
            Pattern = new NamePattern("*.csv"),
            File = "Patients file",
        };
        return new FileSourceSettings(_server is null ? "folder" : "sftp", new SourceBinding { Name = name, Practices = ["1959"] }, change?.Invoke(options) ?? options, _root, _server?.ToOptions());
    }

    /// <summary>As a careful sender does it: under another name first.</summary>
    public void Drop(string name, string text, DateTime? written = null)
    {
        File.WriteAllText(At(name + ".part"), text);
        File.SetLastWriteTimeUtc(At(name + ".part"), written ?? DateTime.UtcNow);
        File.Move(At(name + ".part"), At(name), overwrite: true);
    }

    public string Text(string path) => File.ReadAllText(At(path));

    /// <summary>All files, those that were put away as well.</summary>
    public IReadOnlyList<string> Tree() =>
        [.. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => System.IO.Path.GetRelativePath(_root, file)).Order(StringComparer.Ordinal)];

    /// <summary>Without the day in which they were put away.</summary>
    public IEnumerable<string> Names() => Tree().Select(file => file.StartsWith("done", StringComparison.Ordinal) ? $"done/{System.IO.Path.GetFileName(file)}" : file);

    public void Dispose()
    {
        if (_server is null)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private string At(string path) => System.IO.Path.Combine(_root, path);
}
