using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>A row that makes the engine itself fail is kept for a person, and the file goes on.</summary>
public sealed class FailingRowTests
{
    [Fact]
    public async Task A_row_whose_record_is_damaged_is_quarantined_alone()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 5)));
        await DamageAsync(engine, "3");

        var run = (await engine.TakeAsync(DroppedRows.PatientColumns + "\n" + string.Concat(Enumerable.Range(1, 6).Select(number => DroppedRows.Patient(number, "Married") + "\n")), made: DroppedRows.Made.AddDays(1))).Run;

        (run.State, run.Counts).Should().Be((FileRunState.Done, new RowCounts { Updated = 4, Created = 1, Refused = 1 }));
        (await engine.MessagesAsync(run)).Single(message => message.State == MessageState.Quarantined).Should().Match<StoredMessage>(message => message.Number == 3 && message.Code == "AE207");
        (await engine.RecordAsync("1959", "patient", "5"))!["last_name"].Should().Be("Married");
    }

    /// <summary>As a disk, or a hand, would.</summary>
    private static async Task DamageAsync(TestEngine engine, string patient)
    {
        var id = (await engine.RecordAsync("1959", "patient", patient))!.Id;
        using var database = SqliteDatabase.Open(Path.Combine(engine.Settings.Data, "store.db"), SqliteAccess.Write);
        database.Execute($"UPDATE records SET document = (SELECT r.document FROM records r WHERE r.record_id <> {id.Value} LIMIT 1) WHERE record_id = {id.Value}");
    }
}
