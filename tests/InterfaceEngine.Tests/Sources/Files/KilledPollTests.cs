using System.Diagnostics;
using System.Text.Json;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace InterfaceEngine.Tests.Sources.Files;

/// <summary>
/// The real program in a process of its own is killed (SIGKILL) in the middle of a file, over and over, and started again: the file is where it
/// was dropped until its last row is on disk, and each row is there once in the end.
/// </summary>
public sealed class KilledPollTests : IDisposable
{
    private const int Rows = 8_000;
    private const int Kills = 3;

    /// <summary>Rows between two places at which an engine is held that was not killed by then: between the answer that rows are there and the kill, a quick machine may read all of them.</summary>
    private const int HeldAfter = 2_000;

    /// <summary>Rows from the place at which the engine before may have been held to the kill, so that each has read some.</summary>
    private const int KilledAfter = 500;

    private readonly string _folder = Directory.CreateTempSubdirectory("killed-").FullName;
    private readonly DropFolder _drops = new();

    public void Dispose()
    {
        _drops.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_whose_engine_is_killed_goes_on_at_its_first_row_that_is_not_on_disk()
    {
        WriteSettings();
        await (await OpenAsync()).DisposeAsync();
        _drops.Drop("patients.csv", DroppedRows.Patients(Enumerable.Range(1, Rows)));
        var read = 0L;
        for (var kill = 1; kill <= Kills; kill++)
        {
            Hold($"CREATE TRIGGER is_held_here BEFORE UPDATE OF position ON file_runs WHEN new.position > {HeldAfter * kill} BEGIN SELECT RAISE(ABORT, 'held by a test'); END");
            using var engine = Start();
            read = await UntilReadAsync(engine, more: (HeldAfter * (kill - 1)) + KilledAfter);
            engine.Kill();
            await engine.WaitForExitAsync();
            _drops.Names().Should().Equal("patients.csv");
            Hold("DROP TRIGGER is_held_here");
        }

        read.Should().BeLessThan(Rows, "it was killed in the middle");
        using (var engine = Start())
        {
            await RunningEngine.UntilAsync(() => Task.FromResult(engine.HasExited || _drops.Names().SequenceEqual(["done/patients.csv"])));
            engine.Kill();
            await engine.WaitForExitAsync();
        }

        await using var core = await OpenAsync();
        var run = (await core.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery("1959", "nightly", null), EngineId.None, 10), default)).Should().ContainSingle().Subject;
        (run.State, run.Counts).Should().Be((FileRunState.Done, new RowCounts { Created = Rows }));
        (await core.Store.ReadAsync(reader => reader.RecordCounts("1959"), default)).Should().Contain(count => count.Type == "patient" && count.Count == Rows);
        (await core.Store.ReadAsync(reader => reader.MessageCounts(), default)).Sum(count => count.Count).Should().Be(Rows);
    }

    private string SettingsPath => Path.Combine(_folder, "appsettings.json");

    private string Data => Path.Combine(_folder, "data");

    private void WriteSettings() => File.WriteAllText(SettingsPath, JsonSerializer.Serialize(new
    {
        Data,
        Mappings = Path.Combine(RepositoryRoot.Path, "mappings"),
        Practices = new Dictionary<string, object> { ["1959"] = new { Zone = "America/Chicago", Profile = "guide" } },
        Sources = new Dictionary<string, object>
        {
            ["nightly"] = new { Kind = "folder", _drops.Path, Practices = new[] { "1959" }, File = "Patients file", Every = "1s", Finished = "Renamed", Pattern = "*.csv" },
        },
    }));

    private Task<EngineCore> OpenAsync() => EngineCore.OpenAsync(SettingsReader.Read(SettingsPath, []), NullLoggerFactory.Instance, TimeProvider.System, default);

    /// <summary>A row past which the store takes nothing, so that the engine tries it again and again; or none. Said while no engine runs.</summary>
    private void Hold(string sql)
    {
        using var database = SqliteDatabase.Open(Path.Combine(Data, StoreFiles.Database), SqliteAccess.Write);
        database.Execute(sql);
    }

    private Process Start() => Process.Start(new ProcessStartInfo(ChildEngine.OwnCommand[0], [.. ChildEngine.OwnCommand.Skip(1), "run", "--settings", SettingsPath]) { RedirectStandardOutput = true })!;

    /// <summary>Waits until the engine has that many rows on disk.</summary>
    private async Task<long> UntilReadAsync(Process engine, int more)
    {
        var count = 0L;
        await RunningEngine.UntilAsync(async () => engine.HasExited || (count = await ReadAsync()) >= more);
        engine.HasExited.Should().BeFalse();
        return count;
    }

    private async Task<long> ReadAsync()
    {
        try
        {
            await using var control = await ControlClient.TryConnectAsync(Data, default);
            return control is not null && await control.AskAsync(new StatusRequest { Actor = "test" }, default) is StatusAnswer status ? status.Messages.Sum(count => count.Count) : 0;
        }
        catch (ControlException)
        {
            // It has not opened its socket yet.
            return 0;
        }
    }
}
