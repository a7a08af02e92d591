using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>Files that a real engine has read are taken back; what can stand in a history is tested with <see cref="FileUndoTests"/>.</summary>
public sealed class UndoneFileTests
{
    [Fact]
    public async Task What_a_later_file_has_confirmed_stays()
    {
        await using var engine = await TestEngine.StartAsync();
        await TakeAsync(engine, day: 0, DroppedRows.Patient(1), DroppedRows.Patient(2));
        var tuesday = await TakeAsync(engine, day: 1, DroppedRows.Patient(1, last: "Changed"), DroppedRows.Patient(2, last: "Changed"), DroppedRows.Patient(9));
        var wednesday = await TakeAsync(engine, day: 2, DroppedRows.Patient(1, last: "Changed"), DroppedRows.Patient(9));
        (tuesday.Counts, wednesday.Counts).Should().Be((new RowCounts { Created = 1, Updated = 2 }, new RowCounts { Confirmed = 2 }));

        var undone = await UndoAsync(engine, tuesday);

        undone.Should().BeEquivalentTo(new { Restored = 1L, Withdrawn = 0L, LeftCount = 2L });
        undone.Left.Select(left => left.ExternalId).Should().Equal("1", "9");
        (await LastNameAsync(engine, "1")).Should().Be("Changed");
        (await LastNameAsync(engine, "2")).Should().Be("Sample2", "no later file named it");
        (await engine.RecordAsync("1959", "patient", "9"))![Retraction.RetractedAt].Should().BeNull();
        (await UndoAsync(engine, wednesday)).Should().BeEquivalentTo(new { Restored = 0L, Withdrawn = 0L, LeftCount = 0L }, "it has changed nothing");
    }

    private static async Task<FileRun> TakeAsync(TestEngine engine, int day, params string[] rows) =>
        (await engine.TakeAsync($"{DroppedRows.PatientColumns}\n{string.Join('\n', rows)}\n", made: DroppedRows.Made.AddDays(day - 2))).Run;

    private static async Task<FileUndone> UndoAsync(TestEngine engine, FileRun run) =>
        await new FileUndo(engine.Store, practice => [.. engine.Core.Mappings.Current.Set.For(practice)!.Maps.Select(map => map.Definition)], TimeProvider.System)
            .RunAsync(run, isTrial: false, default);

    private static async Task<string?> LastNameAsync(TestEngine engine, string patient) => (await engine.RecordAsync("1959", "patient", patient))!["last_name"];
}
