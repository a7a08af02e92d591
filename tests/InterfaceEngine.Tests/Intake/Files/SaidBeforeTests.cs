using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Files;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>What counts as said by the file itself, and what by another one of the very same time.</summary>
public sealed class SaidBeforeTests
{
    private const string Coverages = """
        PatientID,FirstName,LastName,DOB,InsuranceProvider,MemberID
        1,Sam,Sample,1980-05-15,Aetna,A1
        1,Sam,Sample,1980-05-15,Cigna,C1
        1,Sam,Sample,1980-05-15,Humana,H1

        """;

    [Fact]
    public async Task Rows_of_one_patient_are_all_confirmed_the_next_night_and_her_version_stays()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(Coverages);
        var first = (await engine.RecordAsync("1959", "patient", "1"))!.Version;

        (await engine.TakeAsync(Coverages + "\n", made: DroppedRows.Made.AddDays(1))).Run.Counts.Should().Be(new RowCounts { Confirmed = 3 });

        first.Should().Be(1);
        (await engine.RecordAsync("1959", "patient", "1"))!.Version.Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_was_undone_and_is_read_again_brings_back_what_it_had_made()
    {
        await using var engine = await TestEngine.StartAsync();
        var file = DroppedRows.Patients([9]);
        var run = (await engine.TakeAsync(file)).Run;
        await UndoAsync(engine, run);
        (await engine.RecordAsync("1959", "patient", "9"))![Retraction.RetractedAt].Should().NotBeNull();

        var again = (await engine.Intake().TakeAsync(DroppedRows.File(file, isAgain: true), default)).Run;

        again.Counts.Should().Be(new RowCounts { Updated = 1 });
        (await engine.RecordAsync("1959", "patient", "9"))![Retraction.RetractedAt].Should().BeNull();
    }

    [Fact]
    public async Task A_value_that_an_undo_put_back_is_not_what_the_file_said()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients([1]), made: DroppedRows.Made.AddDays(-1));
        var changed = DroppedRows.PatientColumns + "\n" + DroppedRows.Patient(1, "Changed") + "\n";
        await UndoAsync(engine, (await engine.TakeAsync(changed)).Run);
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Sample1");

        var again = (await engine.Intake().TakeAsync(DroppedRows.File(changed, isAgain: true), default)).Run;

        again.Counts.Should().Be(new RowCounts { Updated = 1 });
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Changed");
    }

    [Fact]
    public async Task A_file_that_was_mended_within_the_second_it_was_read_in_is_no_contradiction()
    {
        await using var engine = await TestEngine.StartAsync();
        var (before, after) = (DroppedRows.Patients([1, 2, 3]), DroppedRows.Patients([1, 2, 4]).Replace("Sample1", "Mended", StringComparison.Ordinal));
        var opened = 0;
        var changing = DroppedRows.File(before) with { OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(opened++ == 0 ? DroppedRows.Bytes(before) : DroppedRows.Bytes(before[..^1] + " "))) };
        await engine.Intake().Invoking(intake => intake.TakeAsync(changing, default)).Should().ThrowAsync<FileFaultException>();

        var run = (await engine.TakeAsync(after)).Run;

        run.Counts.Refused.Should().Be(0);
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Mended");
    }

    private static async Task UndoAsync(TestEngine engine, FileRun run)
    {
        RecordDefinition[] definitions = [.. engine.Core.Mappings.Current.Set.For("1959")!.Maps.Select(map => map.Definition)];
        await new FileUndo(engine.Store, _ => definitions, engine.Time).RunAsync(run, isTrial: false, default);
        await engine.Store.Files.DecideAsync(new FileDecision(run.Id, run.Practice, FileRunState.Done, FileRunState.Undone, new AuditEntry("ann", "files undo", run.Practice, null, "a mistake")), default);
    }
}
