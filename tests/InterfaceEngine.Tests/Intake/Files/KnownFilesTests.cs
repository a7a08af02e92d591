using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using NodaTime;

namespace InterfaceEngine.Tests.Intake.Files;

/// <summary>Content and rows that came before: when they say nothing new, and when they do.</summary>
public sealed class KnownFilesTests
{
    private static readonly string[] _nights = [DroppedRows.Patients([1, 2]), $"{DroppedRows.PatientColumns}\n{DroppedRows.Patient(1, "Changed")}\n{DroppedRows.Patient(2)}\n"];

    [Fact]
    public async Task A_file_that_goes_back_to_what_was_said_before_takes_the_change_back()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(_nights[0], made: DroppedRows.Made.AddDays(-2));
        await engine.TakeAsync(_nights[1], made: DroppedRows.Made.AddDays(-1));

        var third = (await engine.TakeAsync(_nights[0])).Run;

        (third.State, third.Counts).Should().Be((FileRunState.Done, new RowCounts { Confirmed = 1, Updated = 1 }));
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Sample1");
        RunDetail.FromJson(third.Detail).Notes.Should().Equal("The same content was read before: it is read again, since this file is newer.");
    }

    [Fact]
    public async Task Files_that_stay_where_they_are_are_known_each_time()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(_nights[0], made: DroppedRows.Made.AddDays(-1));
        await engine.TakeAsync(_nights[1]);

        (await engine.TakeAsync(_nights[0], made: DroppedRows.Made.AddDays(-1))).Run.State.Should().Be(FileRunState.Known);
        (await engine.TakeAsync(_nights[1])).Run.State.Should().Be(FileRunState.Known);
        (await engine.RecordAsync("1959", "patient", "1"))!["last_name"].Should().Be("Changed");
    }

    [Fact]
    public async Task What_somebody_decided_against_is_never_called_known()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.TakeAsync(DroppedRows.Patients(Enumerable.Range(1, 100)));
        var held = (await engine.TakeAsync(_nights[0], made: DroppedRows.Made.AddDays(1))).Run;
        await engine.Store.Files.DecideAsync(new FileDecision(held.Id, "1959", FileRunState.Held, FileRunState.Discarded, new AuditEntry("ann", "files discard", "1959", null, "a mistake")), default);

        var outcome = await engine.TakeAsync(_nights[0], made: DroppedRows.Made.AddDays(2));

        (outcome.Run.Id, outcome.Run.State, outcome.Reason).Should().Be((held.Id, FileRunState.Discarded, "Somebody decided that this content is not to be read."));
    }

    [Fact]
    public async Task A_row_is_another_one_when_its_practice_is_in_another_zone_or_has_other_tables()
    {
        await using var engine = await TestEngine.StartAsync();
        var file = DroppedRows.File(DroppedRows.Patients([1]));
        var survey = await RowSurvey.ReadAsync(await file.OpenAsync(default), null, isCsv: true, null, default);
        var (run, _) = await engine.Intake().BeginAsync(file, survey, default);
        var practice = engine.Settings.Practices[0];

        Fingerprint(practice).Should().Be(Fingerprint(practice with { Name = "as it is called now" }));
        new[] { practice, practice with { Zone = DateTimeZoneProviders.Tzdb["America/New_York"] }, practice with { Vendor = "other" }, practice with { Profile = "athena" } }
            .Select(Fingerprint).Should().OnlyHaveUniqueItems();

        string Fingerprint(Practice of)
        {
            var hash = new byte[32];
            RowFingerprints.Of(new RowRun(run, of, engine.Core.Mappings.Current) { HasTwin = false, MayConfirm = false }, survey).Write("1,Sam"u8, hash);
            return Convert.ToHexString(hash);
        }
    }
}
