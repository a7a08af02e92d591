using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

public sealed class RowFileIntakeTests
{
    [Fact]
    public async Task The_guides_file_becomes_two_patients_with_coverage_who_are_those_of_the_feed()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var fed = (await engine.RecordAsync("1959", "patient", "12345"))!;
        var bytes = await System.IO.File.ReadAllBytesAsync(Path.Combine(RepositoryRoot.Path, "samples", "csv", "patients.csv"));

        var outcome = await engine.Intake().TakeAsync(DroppedRows.File(bytes), default);

        outcome.Run.State.Should().Be(FileRunState.Done);
        outcome.Run.Counts.Should().Be(new RowCounts { Created = 1, Updated = 1 });
        (await engine.RecordAsync("1959", "patient", "12345"))!.Id.Should().Be(fed.Id, "a file and the feed tell of one person");
        (await engine.RecordAsync("1959", "patient", "54321"))!["last_name"].Should().Be("Smith");
        var coverage = await engine.RecordsAsync("1959", "coverage");
        coverage.Should().HaveCount(2);
        coverage.Select(one => one["member_id"]).Should().BeEquivalentTo("BC987654321", "AET123456789");
    }

    [Fact]
    public async Task Each_row_that_says_something_is_a_message_of_the_run_in_the_order_of_the_file()
    {
        await using var engine = await TestEngine.StartAsync();

        var run = (await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 20)))).Run;

        var messages = await engine.MessagesAsync(run);
        messages.Select(message => message.Number).Should().Equal(Enumerable.Range(1, 20).Select(number => (long)number));
        messages.Should().AllSatisfy(message => (message.Event, message.ControlId, message.State, message.Run).Should().Be(("Patients file", run.Id.ToString(), MessageState.Applied, 0)));
        Encoding.UTF8.GetString(messages[6].Body.Span).Should().Be($"{DroppedRows.PatientColumns}\r\n{DroppedRows.Patient(7)}\r\n");
        messages[6].Reply.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task A_bad_row_is_refused_alone_and_says_where()
    {
        await using var engine = await TestEngine.StartAsync();

        var run = (await engine.TakeAsync($"{DroppedRows.PatientColumns}\n{DroppedRows.Patient(1)}\n2,Sam\n1.23457E+11,Sam,X,1980-05-15,F,62701,\n3,Sam,,1980-05-15,F,62701,\n{DroppedRows.Patient(4)}\n")).Run;

        run.Counts.Should().Be(new RowCounts { Created = 2, Refused = 3 });
        var bad = (await engine.MessagesAsync(run)).Where(message => message.State == MessageState.Quarantined).ToList();
        bad.Select(message => (message.Number, message.Code)).Should().Equal((2, "MAP534"), (3, "MAP553"), (4, "MAP544"));
        bad.Select(message => MessageDetail.FromJson(message.Detail).Notes[0]).Select(note => (note.Place, note.Reason)).Should().Equal(
            (null, "it has 2 cells and the header has 7."),
            ("column PatientID", "a number as a spreadsheet shortens it (1.23457E+11): its digits are lost. Format the column as text and export it again."),
            ("column LastName", "last_name is required for a new patient and was not given."));
    }

    [Fact]
    public async Task The_same_rows_the_next_night_are_confirmed_without_a_message()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 50)));

        var run = (await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 49)) + DroppedRows.Patient(50, "Married") + "\n" + DroppedRows.Patient(51) + "\n", made: DroppedRows.Made.AddDays(1))).Run;

        run.Counts.Should().Be(new RowCounts { Confirmed = 49, Updated = 1, Created = 1 });
        (await engine.MessagesAsync(run)).Select(message => message.Number).Should().Equal(50, 51);
        (await engine.RecordAsync("1959", "patient", "50"))!["last_name"].Should().Be("Married");
    }

    [Fact]
    public async Task What_the_feed_says_later_is_not_overwritten_by_an_older_file_and_such_a_row_is_read_each_time()
    {
        await using var engine = await TestEngine.StartAsync();
        var body = Encoding.UTF8.GetString(TestEngine.Sample("guide-a04.hl7"));
        await engine.AcceptAsync(Encoding.UTF8.GetBytes(body));
        var stored = (await engine.RecordAsync("1959", "patient", "12345"))!;
        var older = DateTimeOffset.FromUnixTimeMilliseconds(stored.Find("last_name")!.Cause!.EventTime).AddDays(-1);
        var row = $"PatientID,FirstName,LastName,DOB\n12345,{stored["first_name"]},Older,{stored["date_of_birth"]}\n";

        var first = (await engine.TakeAsync(row, made: older)).Run;
        var second = (await engine.TakeAsync(row + "\n", made: older.AddHours(1))).Run;

        first.Counts.Unchanged.Should().Be(1);
        second.Counts.Should().Be(new RowCounts { Unchanged = 1 }, "a row of which anything was kept back is never only confirmed");
        (await engine.RecordAsync("1959", "patient", "12345"))!["last_name"].Should().Be(stored["last_name"]);
    }

    [Fact]
    public async Task The_same_row_twice_is_a_duplicate_and_one_that_says_otherwise_is_refused_with_the_number_of_the_first()
    {
        await using var engine = await TestEngine.StartAsync();
        var rows = new List<string> { DroppedRows.PatientColumns };
        rows.AddRange(Enumerable.Range(1, 1_500).Select(number => DroppedRows.Patient(number)));
        rows[10] = DroppedRows.Patient(3);
        rows[20] = DroppedRows.Patient(4, "Otherwise");
        rows[1_400] = DroppedRows.Patient(5);
        rows[1_450] = DroppedRows.Patient(6, "Otherwise");

        var run = (await engine.TakeAsync(string.Join('\n', rows))).Run;

        run.Counts.Should().Be(new RowCounts { Created = 1_496, Duplicate = 2, Refused = 2 });
        var others = await engine.Store.ReadAsync(reader => reader.BatchMessages(run.Id, EngineId.None, 10_000).Where(message => message.State != MessageState.Applied).ToList(), default);
        others.Select(message => (message.Number, message.State, message.Code)).Should().Equal(
            (10, MessageState.Duplicate, null), (20, MessageState.Quarantined, "MAP558"), (1_400, MessageState.Duplicate, null), (1_450, MessageState.Quarantined, "MAP558"));
        MessageDetail.FromJson(others[1].Detail).Notes[0].Reason.Should().Be("row 4 of the same file says otherwise of this patient's last_name. The first was taken.");
        MessageDetail.FromJson(others[3].Detail).Notes[0].Reason.Should().Be("row 6 of the same file says otherwise of this patient's last_name. The first was taken.");
        (await engine.RecordAsync("1959", "patient", "4"))!["last_name"].Should().Be("Sample4");
    }

    [Fact]
    public async Task Of_rows_that_were_confirmed_the_file_is_held_to_its_word_as_well()
    {
        await using var engine = await TestEngine.StartAsync();
        var night = DroppedRows.Patients(Enumerable.Range(1, 3));
        await engine.TakeAsync(night);

        var run = (await engine.TakeAsync(night + DroppedRows.Patient(2) + "\n" + DroppedRows.Patient(3, "Otherwise") + "\n", made: DroppedRows.Made.AddDays(1))).Run;

        run.Counts.Should().Be(new RowCounts { Confirmed = 3, Duplicate = 1, Refused = 1 });
        MessageDetail.FromJson((await engine.MessagesAsync(run))[^1].Detail).Notes[0].Reason.Should().Be("another row of the same file says of this patient's last_name what was known before. That was kept.");
    }

    [Fact]
    public async Task Several_rows_of_one_patient_each_bring_their_own_coverage()
    {
        await using var engine = await TestEngine.StartAsync();

        var run = (await engine.TakeAsync("""
            PatientID,FirstName,LastName,DOB,InsuranceProvider,MemberID
            1,Sam,Sample,1980-05-15,Aetna,A1
            1,Sam,Sample,1980-05-15,Cigna,C1
            1,Sam,Sample,1980-05-15,,
            """)).Run;

        run.Counts.Should().Be(new RowCounts { Created = 2, Duplicate = 1 });
        (await engine.RecordsAsync("1959", "coverage")).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_corrected_file_of_the_very_same_time_is_no_contradiction()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients([1, 2]));

        var run = (await engine.TakeAsync($"{DroppedRows.PatientColumns}\n{DroppedRows.Patient(1)}\n{DroppedRows.Patient(2, "Corrected")}\n")).Run;

        run.Counts.Should().Be(new RowCounts { Confirmed = 1, Updated = 1 });
    }

    [Fact]
    public async Task A_schedule_makes_appointments_and_waits_for_a_patient_whom_nobody_has_sent()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients([1]));

        var run = (await engine.TakeAsync("""
            AppointmentID,PatientID,ProviderID,StartTime,Duration,Status,DepartmentID
            100,1,12345,2026-03-02 09:00,30,scheduled,1
            101,2,12345,2026-03-02 10:00,30,scheduled,1
            """, "Schedule file")).Run;

        run.Counts.Should().Be(new RowCounts { Created = 1, Parked = 1 });
        (await engine.RecordsAsync("1959", "appointment")).Should().ContainSingle().Which["end_time"].Should().Be("2026-03-02T15:30:00Z");

        await engine.TakeAsync(DroppedRows.Patients([2]), made: DroppedRows.Made.AddHours(1));
        var ready = (await engine.Store.ReadAsync(reader => reader.MessagesIn(MessageState.Ready, 10), default)).Should().ContainSingle().Subject;
        (await engine.Core.Intake.ReplayAsync(ready, default, null, default)).State.Should().Be(MessageState.Applied);
        var visit = (await engine.RecordAsync("1959", "appointment", "101"))!;
        visit.Find("start_time")!.Cause!.EventTime.Should().Be(run.EventAt, "a row counts from when its file was made, however long it waited");
    }

    [Theory]
    [InlineData("", "It can't be read: it is empty.")]
    [InlineData("PatientID,FirstName,LastNam,DOB\n1,Sam,Sample,1980-05-15\n", "The column LastName is missing, from which patient.last_name is read. Did you mean LastNam by it? No row was taken.")]
    [InlineData("Name,Birth\nSam,1980\n", "Its first line names none of the columns that are read (PatientID, LastName, FirstName, DOB must be there): is it a header? No row was taken.")]
    [InlineData("12345,Bob,Smith,1980-05-15\n1,Sam,Sample,1980-05-15\n", "Its first line names none of the columns that are read (PatientID, LastName, FirstName, DOB must be there): is it a header? No row was taken.")]
    [InlineData("PatientID,FirstName,LastName,DOB\n1,Sam,Sample,\"1980\n2,Sam\n", "It can't be read: line 2: a quote is never closed. All that stands below would belong to one cell.")]
    public async Task A_file_that_can_not_be_read_as_a_whole_gives_no_row(string text, string reason)
    {
        await using var engine = await TestEngine.StartAsync();

        var outcome = await engine.TakeAsync(text);

        (outcome.Run.State, outcome.Reason).Should().Be((FileRunState.Refused, reason));
        (await engine.RecordsAsync("1959", "patient")).Should().BeEmpty();
        RunDetail.FromJson(outcome.Run.Detail).Reason.Should().Be(reason);
    }

    [Fact]
    public async Task A_kind_that_no_table_reads_is_refused() =>
        await Engine(async engine => (await engine.TakeAsync("A\n1\n", "Bills file")).Reason.Should().Be("No table of practice 1959 reads files of kind 'Bills file'."));

    [Fact]
    public async Task Columns_stand_in_any_order_and_case_and_those_nobody_reads_are_said_once() =>
        await Engine(async engine =>
        {
            var run = (await engine.TakeAsync("Shoe Size;DOB;lastname;FIRSTNAME;patientid;rejected_reason\n42;1980-05-15;Sample;Sam;1;old\n43;1980-05-15;Sample;Ann;2;older\n")).Run;

            run.Counts.Should().Be(new RowCounts { Created = 2 });
            RunDetail.FromJson(run.Detail).Notes.Should().Equal("1 column that no table reads: Shoe Size.");
        });

    [Fact]
    public async Task A_file_of_Windows_1252_is_stored_as_it_was_meant() =>
        await Engine(async engine =>
        {
            var bytes = CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes("PatientID,FirstName,LastName,DOB\n1,José,Müller–Groß,1980-05-15\n");
            var run = (await engine.Intake().TakeAsync(DroppedRows.File(bytes), default)).Run;

            (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Müller–Groß");
            RunDetail.FromJson(run.Detail).Notes.Should().Equal("It is not UTF-8: it was read as Windows-1252.");
        });

    [Fact]
    public async Task The_same_content_is_known_and_read_again_only_when_somebody_wants_it() =>
        await Engine(async engine =>
        {
            await engine.TakeAsync(DroppedRows.Patients([1]));

            var known = await engine.TakeAsync(DroppedRows.Patients([1]));
            (known.Run.State, known.Reason).Should().Be((FileRunState.Known, "The same content was read before: nothing was read."));

            var again = await engine.Intake().TakeAsync(DroppedRows.File(DroppedRows.Patients([1]), isAgain: true), default);
            again.Run.Counts.Total.Should().Be(1);
        });

    [Fact]
    public async Task A_file_much_smaller_than_usual_is_held_until_somebody_says_that_it_may_be_read() =>
        await Engine(async engine =>
        {
            await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 100)));
            var held = await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 39)), made: DroppedRows.Made.AddDays(1));

            held.Run.State.Should().Be(FileRunState.Held);
            held.Reason.Should().Be("It has 39 rows, and the last files had about 100: it is held until somebody says that it may be read (SmallerThanUsual).");
            (await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 39)), made: DroppedRows.Made.AddDays(1))).Run.Id.Should().Be(held.Run.Id, "seen again it is still that one");

            await engine.Store.Files.DecideAsync(new FileDecision(held.Run.Id, "1959", FileRunState.Held, FileRunState.Released, new AuditEntry("ann", "files release", "1959", null, "holiday")), default);
            var read = (await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 39)), made: DroppedRows.Made.AddDays(1))).Run;
            (read.Id, read.State, read.Counts.Total).Should().Be((held.Run.Id, FileRunState.Done, 39));
            (await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 40)), made: DroppedRows.Made.AddDays(2))).Run.State.Should().Be(FileRunState.Done, "40 % is not less than 40 %");
        });

    [Fact]
    public async Task A_header_alone_is_a_file_without_rows() =>
        await Engine(async engine =>
        {
            var run = (await engine.TakeAsync(DroppedRows.PatientColumns + "\n", rules: new RowFileRules { SmallerThanUsual = 0 })).Run;

            (run.State, run.Counts.Total).Should().Be((FileRunState.Done, 0));
            RunDetail.FromJson(run.Detail).Notes.Should().Equal("It holds a header and no row.");
        });

    [Fact]
    public async Task A_trailer_is_no_row_and_a_wrong_one_refuses_the_file() =>
        await Engine(async engine =>
        {
            var rules = new RowFileRules { Trailer = "TRAILER" };
            (await engine.TakeAsync(DroppedRows.Patients([1, 2]) + "TRAILER,2\n", rules: rules)).Run.Counts.Should().Be(new RowCounts { Created = 2 });
            (await engine.TakeAsync(DroppedRows.Patients([1, 2]) + "TRAILER,3\n", rules: rules)).Reason.Should().Be("It can't be read: its trailer says 3 rows and there are 2.");
        });

    [Fact]
    public async Task More_rows_than_the_limit_are_refused_before_the_first() =>
        await Engine(async engine => (await engine.TakeAsync(DroppedRows.Patients([1, 2, 3]), rules: new RowFileRules { RowsMax = 2 })).Reason.Should().Be("It has 3 rows, and at most 2 are taken (RowsMax)."));

    [Fact]
    public async Task A_file_that_changes_between_the_two_looks_ends_its_run_and_is_taken_as_new() =>
        await Engine(async engine =>
        {
            var (before, after) = (DroppedRows.Patients([1, 2, 3]), DroppedRows.Patients([1, 2, 4]));
            var opened = 0;
            var file = DroppedRows.File(before) with { OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(opened++ == 0 ? before : after))) };

            (await engine.Intake().Invoking(intake => intake.TakeAsync(file, default)).Should().ThrowAsync<FileFaultException>()).Which.Fault.Should().Be(FileFault.Changed);

            var run = (await engine.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery(null, null, null), EngineId.None, 10), default)).Should().ContainSingle().Subject;
            run.State.Should().Be(FileRunState.Refused);
            RunDetail.FromJson(run.Detail).Reason.Should().StartWith("The file was changed while it was read.");
            (await engine.TakeAsync(after)).Run.Counts.Total.Should().Be(3);
        });

    private static async Task Engine(Func<TestEngine, Task> test)
    {
        await using var engine = await TestEngine.StartAsync();
        await test(engine);
    }
}
