using InterfaceEngine.Exports;
using InterfaceEngine.Files;

namespace InterfaceEngine.Tests;

/// <summary>Exports of schedules, as the settings name them.</summary>
public sealed class SettingsReaderExportsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_not_set_takes_its_default()
    {
        var export = Read("""{ "Practices": ["1959"], "Path": "out", "Schedule": "0 3 * * *" }""").Should().ContainSingle().Subject;

        export.Should().BeEquivalentTo(
            new { Name = "nightly", Practice = "1959", Path = Path.Combine(_folder, "out"), File = "Schedule file", FileName = "schedule-{date}.csv", DaysBack = 0, DaysAhead = 14, Rows = ExportedRows.All, Count = ExportedCount.None });
    }

    [Fact]
    public void A_server_and_every_other_setting_is_read()
    {
        var export = Read("""
            {
              "Kind": "sftp", "Practices": ["1959"], "Path": "out", "Every": "1h", "Server": { "Host": "files.example.org", "User": "drops", "Agent": true },
              "File": "Schedule file", "FileName": "s-{date}-{time}.csv", "DaysBack": 1, "DaysAhead": 7, "Rows": "changed", "Count": "sidecar", "Readers": "group", "RowsMax": 500
            }
            """).Should().ContainSingle().Subject;

        export.Should().BeEquivalentTo(new { Place = "sftp://drops@files.example.org:22/out", FileName = "s-{date}-{time}.csv", DaysBack = 1, DaysAhead = 7, Rows = ExportedRows.Changed, Count = ExportedCount.Sidecar, Readers = FileReaders.Group, RowsMax = 500 });
    }

    [Theory]
    [InlineData("""{ "Practices": ["1959"], "Path": "out" }""", "Exports:nightly:Schedule: say when")]
    [InlineData("""{ "Practices": ["1959"], "Every": "1h" }""", "Exports:nightly:Path")]
    [InlineData("""{ "Practices": ["1959"], "Path": "out", "Every": "1h", "FileName": "../{date}.csv" }""", "FileName: ../{date}.csv is not a name of a file")]
    [InlineData("""{ "Practices": ["1959"], "Path": "out", "Every": "1h", "Rows": "changed" }""", "FileName: needs {time}")]
    [InlineData("""{ "Practices": ["1959", "1960"], "Path": "out", "Every": "1h" }""", "Practices: names more than one")]
    [InlineData("""{ "Practices": ["1959"], "Path": "out", "Every": "1h", "Days": 3 }""", "Exports:nightly:Days: is not a setting")]
    public void What_makes_no_sense_is_a_problem(string export, string problem) =>
        FluentActions.Invoking(() => Read(export)).Should().Throw<SettingsException>().Which.Problems.Should().Contain(line => line.Contains(problem, StringComparison.Ordinal));

    private IReadOnlyList<ExportOptions> Read(string export)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "athena" }, "1960": { "Zone": "America/Chicago", "Profile": "athena" } },
              "Exports": { "nightly": {{export}} }
            }
            """);
        return SettingsReader.Read(file, []).Exports;
    }
}
