using InterfaceEngine.Control;
using InterfaceEngine.Core.Csv;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Exports;
using InterfaceEngine.Files;
using InterfaceEngine.Schedules;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Intake;
using InterfaceEngine.Tests.Intake.Files;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace InterfaceEngine.Tests.Exports;

/// <summary>Appointments of some days as a file, over a real store and the shipped mappings.</summary>
public sealed class ScheduleExportTests : IAsyncLifetime
{
    private static readonly AuditEntry _audit = new("maria", "files export", "1959", "a test", null);
    private static readonly string[] _fields = ["external_id", "provider_id", "appointment_type", "start_time", "end_time", "status", "reason", "location_id", "notes"];

    private readonly string _folder = Directory.CreateTempSubdirectory("export-").FullName;
    private TestEngine _engine = null!;
    private int _messages;

    /// <summary>Today on the practice's calendar.</summary>
    private LocalDate Today => Instant.FromDateTimeOffset(_engine.Time.GetUtcNow()).InZone(_engine.Settings.Practices[0].Zone).Date;

    public async Task InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        await _engine.AcceptAsync(GuideMessages.Adt("A04", "p1", 0, GuideMessages.Doe()));
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_exported_is_read_back_as_it_was()
    {
        await BookAsync("900001", Today, "0900", "=1+2|cmd, \"quoted\"; and more");
        await BookAsync("900002", Today.PlusDays(14), "1015", "@Müller");

        var report = await Export().RunAsync(_audit, default);

        report.Should().BeEquivalentTo(new { Rows = 2, LeftOut = 0, IsWhole = true });
        var file = await File.ReadAllTextAsync(Path.Combine(_folder, report.FileName));
        file.Should().Contain("\"=1+2|cmd, \"\"quoted\"\"; and more\"", "machines read it, so nothing is altered for spreadsheets");
        await using var other = await TestEngine.StartAsync();
        await other.AcceptAsync(GuideMessages.Adt("A04", "p1", 0, GuideMessages.Doe()));
        await other.TakeAsync(file, "Schedule file");
        Fields(await other.RecordsAsync("1959", "appointment")).Should().BeEquivalentTo(Fields(await _engine.RecordsAsync("1959", "appointment")));
    }

    [Fact]
    public async Task The_days_are_those_of_the_practices_calendar()
    {
        await BookAsync("900001", Today.PlusDays(-1), "2330", "yesterday");
        await BookAsync("900002", Today, "0000", "first");
        await BookAsync("900003", Today.PlusDays(14), "2330", "last, which is the next day in UTC");
        await BookAsync("900004", Today.PlusDays(15), "0000", "too late");

        (await IdsAsync(await Export().RunAsync(_audit, default))).Should().Equal("900002", "900003");
    }

    [Fact]
    public async Task An_incremental_export_tells_what_changed_and_what_its_days_reach_anew()
    {
        await BookAsync("900001", Today, "0900", "a");
        await BookAsync("900002", Today.PlusDays(1), "0900", "b");
        await BookAsync("900003", Today.PlusDays(15), "0900", "tomorrow's last day");
        var export = Export(options => options with { Rows = ExportedRows.Changed, FileName = "changes-{date}-{time}.csv" });

        (await IdsAsync(await export.RunAsync(_audit, default))).Should().Equal("900001", "900002");
        _engine.Time.Advance(TimeSpan.FromMinutes(1));
        (await IdsAsync(await export.RunAsync(_audit, default))).Should().BeEmpty();
        await BookAsync("900002", Today.PlusDays(1), "1000", "b");
        _engine.Time.Advance(TimeSpan.FromDays(1));
        (await IdsAsync(await export.RunAsync(_audit, default))).Should().Equal("900002", "900003");

        File.Delete(Path.Combine(_folder, ExportMark.FileNameOf("nightly")));
        _engine.Time.Advance(TimeSpan.FromMinutes(1));
        (await export.RunAsync(_audit, default)).Should().BeEquivalentTo(new { Rows = 2, IsWhole = true }, "without its mark it tells everything again");
    }

    [Fact]
    public async Task The_number_of_rows_stands_in_a_trailer_or_beside_the_file()
    {
        await BookAsync("900001", Today, "0900", "a");

        var report = await Export(options => options with { Count = ExportedCount.Trailer }).RunAsync(_audit, default);
        using var file = File.OpenRead(Path.Combine(_folder, report.FileName));
        (await CsvSurvey.ReadAsync(file, ExportOptions.TrailerWord, default)).Should().BeEquivalentTo(new { Rows = 1, Fault = (string?)null });

        report = await Export(options => options with { Count = ExportedCount.Sidecar, FileName = "other.csv" }).RunAsync(_audit, default);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "other.csv.count"))).Should().Be("1\n");
    }

    [Fact]
    public async Task Too_many_rows_write_nothing()
    {
        await BookAsync("900001", Today, "0900", "a");
        await BookAsync("900002", Today, "1000", "b");

        var failure = (await FluentActions.Awaiting(() => Export(options => options with { RowsMax = 1 }).RunAsync(_audit, default)).Should().ThrowAsync<FileFaultException>()).Which;

        failure.Message.Should().Contain("2 appointments are to be written, and 1 are allowed");
        Directory.EnumerateFiles(_folder).Should().BeEmpty();
    }

    [Fact]
    public async Task A_person_gets_an_export_at_once_and_it_is_audited()
    {
        await BookAsync("900001", Today, "0900", "a");
        await using var operations = new EngineOperations(_engine.Core.Parts() with { Exports = [Export()] });
        var file = Path.Combine(_folder, "look.csv");

        var answer = await operations.AskAsync(new ExportRequest("nightly", file) { Actor = "maria", Reason = "asked for" }, default);

        answer.Should().BeOfType<ExportAnswer>().Which.Should().BeEquivalentTo(new { Rows = 1, FileName = "look.csv" });
        (await operations.AskAsync(new ExportRequest("nightly", file) { Actor = "maria" }, default)).Should().BeOfType<FailureAnswer>().Which.Message.Should().Contain("is there already");
        (await operations.AskAsync(new ExportRequest("other", null) { Actor = "maria" }, default)).Should().BeOfType<FailureAnswer>().Which.Message.Should().Contain("other is no export of the settings (nightly)");
        var audit = (AuditAnswer)await operations.AskAsync(new ListAuditRequest(null) { Actor = "maria" }, default);
        audit.Entries.Should().Contain(entry => entry.Action == "files export" && entry.Reason == "asked for" && entry.Practice == "1959");
    }

    [Fact]
    public async Task An_export_runs_when_it_is_due_and_one_that_failed_is_tried_again()
    {
        await BookAsync("900001", Today, "0900", "a");
        var place = Path.Combine(_folder, "not-yet");
        var scheduled = new ScheduledExport(Export(options => options with { Path = place }), _engine.Store, _engine.Time, NullLogger<ScheduledExport>.Instance);
        using var stopping = new CancellationTokenSource();
        var running = scheduled.RunAsync(stopping.Token);

        await PassTimeUntilAsync(async () => (await NoteAsync())?.Fault is not null);
        Directory.CreateDirectory(place);
        await PassTimeUntilAsync(async () => await NoteAsync() is { Fault: null, EndedAt: not null });

        Directory.EnumerateFiles(place).Should().ContainSingle();
        await stopping.CancelAsync();
        await FluentActions.Awaiting(() => running).Should().ThrowAsync<OperationCanceledException>();
    }

    private ScheduleExport Export(Func<ExportOptions, ExportOptions>? change = null)
    {
        var options = new ExportOptions { Name = "nightly", Practice = "1959", Path = _folder, Schedule = new IntervalSchedule(Duration.FromHours(1).ToTimeSpan()) };
        options = change?.Invoke(options) ?? options;
        return new ScheduleExport(options, _engine.Settings.Practices[0], () => new LocalFolder(options.Path), _engine.Core.Mappings, _engine.Store, _engine.Time);
    }

    private async Task BookAsync(string id, LocalDate day, string time, string reason)
    {
        var start = $"{day.Year:D4}{day.Month:D2}{day.Day:D2}{time}00";
        _messages++;
        await _engine.AcceptAsync(GuideMessages.Siu(
            "S12", $"s{_messages}", _messages, $"{id}|{id}|||||CHECKUP^{reason.Replace("|", "\\F\\", StringComparison.Ordinal)}|82^OFFICE VISIT|30|min|^^30^{start}||||||||||||||BOOKED", GuideMessages.Doe(), "RGS|1", "AIG|1||54321^RIVERA^MARIA", "AIL|1||1^MAIN STREET CLINIC"));
    }

    private async Task<IReadOnlyList<string>> IdsAsync(ExportReport report)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, report.FileName));
        return [.. lines.Skip(1).Select(line => line.Split(',')[Array.IndexOf(lines[0].Split(','), "AppointmentID")])];
    }

    private static IEnumerable<string> Fields(IReadOnlyList<StoredRecord> records) =>
        records.Select(record => string.Join(" | ", _fields.Select(field => $"{field}={record[field]}")));

    private async Task<PollNote?> NoteAsync() => (await _engine.Store.LookAsync(reader => reader.PollNotes(), default)).FirstOrDefault(note => note.Source == "export nightly");

    private async Task PassTimeUntilAsync(Func<Task<bool>> holds)
    {
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); !await holds(); await Task.Delay(5))
        {
            patience.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(1));

            // So little that no day passes while a busy machine lets the export stand still: its file is named by the day.
            _engine.Time.Advance(TimeSpan.FromSeconds(20));
        }
    }
}
