using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>Files that are a full picture of the days they cover: what they no longer name is listed, and cancelled only where the source is set so.</summary>
public class AbsentAppointmentsTests : IAsyncLifetime
{
    private const string Columns = "AppointmentID,PatientID,ProviderID,StartTime,Duration,Status,DepartmentID\n";

    private static readonly RowFileRules _lists = new() { FullPicture = new FullPictureRules(), SmallerThanUsual = 0 };
    private static readonly RowFileRules _cancels = new() { FullPicture = new FullPictureRules { Cancels = true }, SmallerThanUsual = 0 };

    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        _engine = await StartAsync();
        await _engine.TakeAsync(DroppedRows.Patients([1, 2]));
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [StoreFact]
    public async Task What_a_file_no_longer_names_is_listed_and_stays()
    {
        await NightAsync(0, _lists, Row(100, 2), Row(101, 3), Row(102, 4));

        var run = await NightAsync(1, _lists, Row(100, 2), Row(102, 4));

        run.Counts.Confirmed.Should().Be(2);
        (await StatusAsync(101)).Should().Be("scheduled");
        RunDetail.FromJson(run.Detail).Notes.Should().Contain("1 open appointment of 2026-03-02 to 2026-03-04 is not in the file: listed for a person.");
        var detail = MessageDetail.FromJson((await ItemsAsync()).Should().ContainSingle().Which.Detail);
        detail.Records.Select(record => (record.ExternalId, record.Did)).Should().Equal(("101", "kept"));
        detail.Notes.Should().ContainSingle(note => note.Code == AbsentAppointments.Code && note.Severity == "review");
    }

    [StoreFact]
    public async Task Where_the_source_is_set_so_it_is_cancelled_by_the_run_and_nothing_is_sent()
    {
        await NightAsync(0, _cancels, Row(100, 2), Row(101, 3), Row(102, 4));

        var run = await NightAsync(1, _cancels, Row(100, 2), Row(102, 4));

        var visit = (await _engine.RecordAsync("1959", "appointment", "101"))!;
        (visit["status"], visit.Find("status")!.Cause!.Message, visit.Find("status")!.Cause!.Source).Should().Be(("cancelled", run.Id, DroppedRows.Source));
        RunDetail.FromJson(run.Detail).Notes.Should().Contain("1 open appointment of 2026-03-02 to 2026-03-04 is not in the file: 1 cancelled, 0 listed for a person.");
        (await _engine.Store.ReadAsync(reader => reader.Deliveries(new DeliveryFilter(null, null, null, EngineId.None)), default)).Should().BeEmpty();
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 20), default)).Should().Contain(row => row.Action == "files absent" && row.Subject == $"appointment {visit.Id}");
        (await StatusAsync(100)).Should().Be("scheduled");

        await NightAsync(2, _cancels, Row(100, 2), Row(101, 3), Row(102, 5));
        (await StatusAsync(101)).Should().Be("scheduled", "a file that names it again brings it back");
    }

    [StoreFact]
    public async Task A_visit_whose_row_was_not_taken_is_listed_only()
    {
        await NightAsync(0, _cancels, Row(100, 2), Row(101, 3), Row(102, 4), Row(103, 4), Row(104, 4));

        var run = await NightAsync(1, _cancels, Row(100, 2), "101,2,12345,2026-03-03 09:00,30,f,1\n", Row(103, 4), Row(104, 4));

        run.Counts.Held.Should().Be(1, "it would give the visit to another patient");
        (await StatusAsync(101)).Should().Be("scheduled");
        (await StatusAsync(102)).Should().Be("cancelled");
        RunDetail.FromJson(run.Detail).Notes.Should().Contain("2 open appointments of 2026-03-02 to 2026-03-04 are not in the file: 1 cancelled, 1 listed for a person.");
    }

    [StoreTheory]
    [InlineData("1.23457E+11,1,12345,2026-03-03 09:00,30,f,1\n")]
    [InlineData("101,1,12345\n")]
    [InlineData(",1,12345,2026-03-03 09:00,30,f,1\n")]
    public async Task Where_a_row_could_be_anyones_nothing_is_cancelled(string broken)
    {
        await NightAsync(0, _cancels, Row(100, 2), Row(102, 3), Row(103, 4));

        var run = await NightAsync(1, _cancels, Row(100, 2), broken, Row(103, 4));

        (await StatusAsync(102)).Should().Be("scheduled");
        RunDetail.FromJson(run.Detail).Notes.Should().Contain(
            "1 open appointment of 2026-03-02 to 2026-03-04 is not in the file: listed for a person, and not cancelled, for rows of the file could not be read far enough to know which appointments they name.");
    }

    [StoreFact]
    public async Task Where_most_of_the_days_are_absent_the_file_is_taken_for_no_full_picture()
    {
        await NightAsync(0, _cancels, Row(100, 2), Row(101, 2), Row(102, 3), Row(103, 4));

        var run = await NightAsync(1, _cancels with { FullPicture = _cancels.FullPicture! with { Days = 60 } }, Row(100, 2));

        (await StatusAsync(101)).Should().Be("scheduled");
        RunDetail.FromJson(run.Detail).Notes.Should().Contain(
            "3 open appointments of 2026-02-02 to 2026-04-02 are not in the file: listed for a person, and not cancelled, for more than half of the appointments of these days are absent.");
    }

    [StoreFact]
    public async Task What_another_source_booked_what_has_ended_what_is_newer_and_other_days_are_left_alone()
    {
        var booked = await _engine.AcceptAsync(Siu("S12", "1", 0, "|900||||||82^Office|30|minutes|^^^20260303090000^20260303093000", Doe(id: "1", given: "Sam", family: "Sample1"), "AIP|1||12345", "AIL|1||1"));
        await NightAsync(0, _cancels, Row(100, 2), Row(101, 3, "x"), Row(102, 4), Row(103, 20), Row(104, 3));
        _engine.Time.Advance(DroppedRows.Made.AddDays(1).AddHours(1) - _engine.Time.GetUtcNow());
        var moved = await _engine.AcceptAsync(TestEngine.Message(
            "MSH|^~\\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20260202003000||SIU^S14|2|P|2.3|", "SCH||104|||||82^Office|30|minutes|^^^20260303100000^20260303103000", $"PID|1||{Doe(id: "1", given: "Sam", family: "Sample1")}"));

        var run = await NightAsync(1, _cancels, Row(100, 2), Row(102, 4));

        (booked.State, moved.State).Should().Be((MessageState.Applied, MessageState.Applied));
        RunDetail.FromJson(run.Detail).Notes.Should().NotContain(note => note.Contains("not in the file", StringComparison.Ordinal));
        (await ItemsAsync()).Should().BeEmpty();
        foreach (var visit in (int[])[900, 103, 104])
        {
            (await StatusAsync(visit)).Should().Be("scheduled", "visit {0}", visit);
        }
    }

    [StoreFact]
    public async Task A_file_that_was_held_for_being_small_and_let_through_cancels_nothing()
    {
        var rules = _cancels with { SmallerThanUsual = 0.3 };
        await NightAsync(0, rules, Row(100, 2), Row(101, 2), Row(102, 3), Row(103, 4));
        var held = await NightAsync(1, rules, Row(100, 2), Row(103, 4));
        held.State.Should().Be(FileRunState.Held);
        await _engine.Store.Files.DecideAsync(new FileDecision(held.Id, "1959", FileRunState.Held, FileRunState.Released, new AuditEntry("maria", "files release", "1959", null, "holiday")), default);

        var run = await NightAsync(1, rules, Row(100, 2), Row(103, 4));

        (await StatusAsync(101)).Should().Be("scheduled");
        RunDetail.FromJson(run.Detail).Notes.Should().Contain(
            "2 open appointments of 2026-03-02 to 2026-03-04 are not in the file: listed for a person, and not cancelled, for the file is much smaller than usual.");
    }

    [StoreFact]
    public async Task Other_kinds_of_files_are_no_picture_of_the_schedule()
    {
        await NightAsync(0, _cancels, Row(100, 2));

        await _engine.TakeAsync(DroppedRows.Patients([1, 2]), made: DroppedRows.Made.AddDays(1), rules: _cancels);

        (await StatusAsync(100)).Should().Be("scheduled");
    }

    private protected virtual Task<TestEngine> StartAsync() => TestEngine.StartAsync();

    private static string Row(int number, int day, string status = "f") => $"{number},1,12345,2026-03-{day:D2} 09:00,30,{status},1\n";

    private async Task<FileRun> NightAsync(int night, RowFileRules rules, params string[] rows)
    {
        var made = DroppedRows.Made.AddDays(night);
        _engine.Time.Advance(made.AddHours(7) - _engine.Time.GetUtcNow());
        return (await _engine.TakeAsync(Columns + string.Concat(rows), "Schedule file", made, rules)).Run;
    }

    private async Task<string?> StatusAsync(int visit) => (await _engine.RecordAsync("1959", "appointment", $"{visit}"))!["status"];

    private async Task<List<StoredReview>> ItemsAsync() =>
        [.. (await _engine.Store.ReadAsync(reader => reader.Reviews("1959", "open", 20), default)).Where(item => item.Kind == AbsentAppointments.ReviewKind)];
}

/// <summary>The same on a PostgreSQL database.</summary>
[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresAbsentAppointmentsTests : AbsentAppointmentsTests
{
    private protected override Task<TestEngine> StartAsync() => TestEngine.StartOnPostgresAsync(settings => settings);
}
