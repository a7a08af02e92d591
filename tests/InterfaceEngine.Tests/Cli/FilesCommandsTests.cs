using InterfaceEngine.Cli;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Schedules;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Cli;

public sealed class FilesCommandsTests : IDisposable
{
    private readonly DropFolder _drops = new();

    public void Dispose() => _drops.Dispose();

    [Fact]
    public async Task A_dropped_file_is_polled_read_and_put_away_by_the_running_engine()
    {
        await using var engine = await StartAsync();
        _drops.Drop("patients.csv", DroppedRows.Patients([1, 2, 3]));

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Should().Be((ExitCode.Done, "nightly: 1 read to their end\n", ""));
        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be("nightly: no new file\n");

        (await engine.RecordsAsync("1959", "patient")).Keys.Should().BeEquivalentTo("1", "2", "3");
        _drops.Names().Should().Equal("done/patients.csv");
        var (code, status, _) = await engine.CommandAsync("files", "status");
        code.Should().Be(ExitCode.Done);
        status.Should().Contain("nightly").And.Contain("done").And.NotContain("patients.csv", "a file's name may be a patient's");
        (await engine.CommandAsync("status")).Out.Should().Contain("folder").And.Contain("files done 1");
    }

    [Fact]
    public async Task It_works_where_no_engine_runs()
    {
        await using var engine = await StartAsync();
        await engine.Host.DisposeAsync();
        _drops.Drop("patients.csv", DroppedRows.Patients([1, 2, 3]));

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Should().Be((ExitCode.Done, "nightly: 1 read to their end\n", ""));

        _drops.Names().Should().Equal("done/patients.csv");
        (await engine.CommandAsync("files", "status")).Out.Should().Contain("stopped");
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_ends_with_1_and_lies_with_its_reason()
    {
        await using var engine = await StartAsync();
        _drops.Drop("patients.csv", "FirstName,LastName\nSam,Sample\n");

        var (code, output, _) = await engine.CommandAsync("files", "poll", "nightly", "--once");

        (code, output).Should().Be((ExitCode.Failed, "nightly: 1 not taken: the reason lies beside them\n"));
        _drops.Names().Should().Equal("failed/patients.csv", "failed/patients.csv.reason.txt");
        _drops.Text("failed/patients.csv.reason.txt").Should().Contain("The column PatientID is missing");
    }

    [Fact]
    public async Task Rows_that_were_not_taken_are_written_back_and_pass_once_they_are_corrected_and_dropped_again()
    {
        await using var engine = await StartAsync(options => options with { Rejects = "rejects", Reports = "reports" });
        _drops.Drop("patients.csv", DroppedRows.Patients([1, 2]) + DroppedRows.Patient(3).Replace("1980-05-15", "1980-13-15", StringComparison.Ordinal) + "\n");

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Code.Should().Be(ExitCode.Done);

        var run = (await RunsAsync(engine)).Single();
        _drops.Names().Should().Equal("done/patients.csv", $"rejects/patients.rejects.{run.Id}.csv", $"reports/patients.report.{run.Id}.csv");
        var rejects = _drops.Text($"rejects/patients.rejects.{run.Id}.csv");
        rejects.Split("\r\n").Should().HaveCount(3).And.Contain(line => line.StartsWith("3,Sam,Sample3,1980-13-15", StringComparison.Ordinal) && line.Contains("DOB", StringComparison.Ordinal));
        _drops.Text($"reports/patients.report.{run.Id}.csv").Should().StartWith("Row,Record,Id,Field,Ours,Theirs");

        _drops.Drop("patients.corrected.csv", rejects.Replace("1980-13-15", "1980-12-15", StringComparison.Ordinal));
        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be("nightly: 1 read to their end\n", "rejected rows are not held for being few");
        (await engine.RecordsAsync("1959", "patient")).Keys.Should().BeEquivalentTo("1", "2", "3");
    }

    [Fact]
    public async Task A_much_smaller_file_is_held_until_it_is_released_and_read_at_once_then()
    {
        await using var engine = await StartAsync();
        var run = await HoldAsync(engine);

        var (code, _, error) = await engine.CommandAsync("files", "release", run);
        (code, error).Should().Be((ExitCode.Usage, "Say why with --reason TEXT: the next person wants to know.\n"));

        (await engine.CommandAsync("files", "release", run, "--reason", "half the practice is on leave")).Code.Should().Be(ExitCode.Done);
        await RunningEngine.UntilAsync(() => Task.FromResult(!_drops.Tree().Contains("small.csv")));
        (await engine.RecordsAsync("1959", "patient")).Should().ContainKey("99");
        (await engine.CommandAsync("files", "held")).Out.Should().NotContain(run);
        (await engine.CommandAsync("audit", "list")).Out.Should().Contain("files release").And.Contain("half the practice is on leave");
        (await engine.CommandAsync("files", "release", run, "--reason", "again")).Error.Should().Contain("only what is held waits for a person");
    }

    [Fact]
    public async Task A_held_file_that_is_discarded_is_never_read()
    {
        await using var engine = await StartAsync();
        var run = await HoldAsync(engine);

        await engine.CommandAsync("files", "discard", run, "--reason", "the export broke");
        await engine.CommandAsync("files", "poll", "nightly", "--once");
        _drops.Drop("once more.csv", DroppedRows.Patients([99]));
        await engine.CommandAsync("files", "poll", "nightly", "--once");

        (await engine.RecordsAsync("1959", "patient")).Should().NotContainKey("99");
        _drops.Names().Should().Contain(["failed/small.csv", "failed/small.csv.reason.txt"]).And.NotContain("small.csv");
    }

    [Fact]
    public async Task The_same_content_is_known_and_read_again_only_when_a_person_says_so()
    {
        await using var engine = await StartAsync();
        var written = DateTime.UtcNow.AddMinutes(-1);
        _drops.Drop("patients.csv", DroppedRows.Patients([1, 2, 3]), written);
        await engine.CommandAsync("files", "poll", "nightly", "--once");
        _drops.Drop("copy.csv", DroppedRows.Patients([1, 2, 3]), written);
        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be("nightly: 1 known: their content came before\n");
        var done = (await RunsAsync(engine)).Single(one => one.State == FileRunState.Done);

        (await engine.CommandAsync("files", "again", done.Id.ToString(), "--reason", "the tables were mended")).Code.Should().Be(ExitCode.Done);

        await RunningEngine.UntilAsync(async () => (await RunsAsync(engine)).Count(one => one.State == FileRunState.Done) == 2);
        // It is put away after it is done.
        await Soon.HoldsAsync(() => _drops.Names().Should().HaveCount(2).And.OnlyContain(name => name.StartsWith("done/", StringComparison.Ordinal), "it was put back, read and put away again"));
    }

    [Fact]
    public async Task A_file_that_is_overdue_makes_it_end_with_1()
    {
        await using var engine = await StartAsync(options => options with { ExpectBy = CronSchedule.Parse("30 6 * * *", DateTimeZone.Utc) });

        var (code, output, _) = await engine.CommandAsync("files", "status");

        code.Should().Be(ExitCode.Failed);
        output.Should().Contain("nightly: a file was expected by ").And.Contain("and has not come");
    }

    [Fact]
    public async Task A_place_that_fails_is_told_and_the_engine_stays_ready()
    {
        await using var engine = await StartAsync(options => options with { Folder = "nowhere" });

        var (code, _, error) = await engine.CommandAsync("files", "poll", "nightly", "--once");

        code.Should().Be(ExitCode.Failed);
        error.Should().Contain("there is no such file or folder");
        (await engine.CommandAsync("files", "status")).Code.Should().Be(ExitCode.Failed);
        (await engine.CommandAsync("status")).Out.Should().Contain("Readiness ready").And.Contain("files nightly: ");
    }

    [Fact]
    public async Task Schedules_are_listed_with_what_is_next_and_how_the_last_ended()
    {
        await using var engine = await StartAsync(options => options with { Schedule = CronSchedule.Parse("30 12 * * *", DateTimeZoneProviders.Tzdb["America/Chicago"]) });
        await engine.CommandAsync("files", "poll", "nightly", "--once");

        var (code, output, _) = await engine.CommandAsync("schedule", "list");

        code.Should().Be(ExitCode.Done);
        // At noon, for in the night one day of the year lacks an hour.
        output.Should().Contain("30 12 * * * (America/Chicago)").And.MatchRegex("12:30:00 America/Chicago").And.Contain("done");
    }

    [Theory]
    [InlineData("files", "poll", "patients", "--once")]
    [InlineData("files", "release", "0123", "--reason", "x")]
    public async Task What_is_not_there_is_told(params string[] arguments)
    {
        await using var engine = await StartAsync();

        var (code, _, error) = await engine.CommandAsync(arguments);

        code.Should().NotBe(ExitCode.Done);
        error.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Files_of_messages_are_read_like_batches_and_answered()
    {
        await using var engine = await StartAsync(options => options with { Format = FileFormat.Hl7, Pattern = new NamePattern("*.hl7"), Replies = "acks" });
        var message = System.Text.Encoding.UTF8.GetString(TestEngine.Sample("guide-a04.hl7"));
        _drops.Drop("night.hl7", $"FHS|^~\\&|ATHENA|1959|PS|1959|20260115||||F77\rBHS|^~\\&|ATHENA|1959|PS|1959|20260115||||B77\r{message}BTS|1\rFTS|1\r");

        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be("nightly: 1 read to their end\n");

        _drops.Names().Should().Equal("acks/night.hl7.ack", "done/night.hl7");
        var answer = _drops.Text("acks/night.hl7.ack").Split('\r');
        answer[0].Should().StartWith("BHS|^~\\&|PS|1959|ATHENA|1959|").And.EndWith("|F77");
        answer.Should().Contain("MSA|AA|12345").And.Contain("BTS|1");
        (await engine.RecordsAsync("1959", "patient")).Should().ContainKey("12345");
        _drops.Drop("again.hl7", _drops.Text(_drops.Tree().Single(name => name.EndsWith("night.hl7", StringComparison.Ordinal))));
        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Out.Should().Be("nightly: 1 known: their content came before\n");
        (await engine.CommandAsync("ledger")).Code.Should().Be(ExitCode.Done);
    }

    private Task<RunningEngine> StartAsync(Func<FileSourceOptions, FileSourceOptions>? change = null) =>
        RunningEngine.StartAsync(settings => settings with { FileSources = [_drops.Settings(change)] });

    /// <summary>A usual file, and one with a tenth of its rows.</summary>
    private async Task<string> HoldAsync(RunningEngine engine)
    {
        _drops.Drop("usual.csv", DroppedRows.Patients(Enumerable.Range(1, 10)));
        await engine.CommandAsync("files", "poll", "nightly", "--once");
        _drops.Drop("small.csv", DroppedRows.Patients([99]));
        (await engine.CommandAsync("files", "poll", "nightly", "--once")).Should().Be((ExitCode.Failed, "nightly: 1 held for a person: see files held\n", ""));
        var held = (await engine.CommandAsync("files", "held")).Out;
        held.Should().Contain("small.csv").And.Contain("It has 1 row, and the last files had about 10");
        return (await RunsAsync(engine)).Single(run => run.State == FileRunState.Held).Id.ToString();
    }

    private static async Task<IReadOnlyList<FileRun>> RunsAsync(RunningEngine engine) =>
        await engine.Host.Core.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery("1959", null, null), EngineId.None, 100), default);
}
