using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Ehr;

namespace InterfaceEngine.Tests.Sources.Ehr.Bulk;

/// <summary>
/// The process ends at each place at which something is kept, just before it is on disk and just after; another engine on the same store goes on. Whatever the
/// place, everything is taken once. What is within a file's rows, the tests of runs hold (<see cref="Intake.Files.ResumedFileTests"/>).
/// </summary>
public sealed class BulkKillTests
{
    /// <summary>More than an export has: begun, asked, polled twice, four for three files, ended.</summary>
    private const int WritesMax = 12;

    [Theory]
    [InlineData(true, 100, 8)]
    [InlineData(false, 100, 8)]
    [InlineData(false, 1, 6)]
    public async Task An_engine_that_is_killed_at_any_step_goes_on_where_it_was(bool isKept, int writingsMax, int killsMin)
    {
        var kills = 0;
        for (var write = 1; write <= WritesMax; write++)
        {
            await using var place = await BulkPlace.WithClinicAsync();
            var store = WatchedStore.Killed(place.Engine.Store.Connections, write, isKept);
            var export = new BulkExport(place.Engine.Core.Connections[Connected.Id], store, place.Engine.Core.RowFiles, Path.Combine(place.Engine.Settings.Data, "spool"), new BulkLimits { WritingsMax = writingsMax });
            if (!await IsKilledAsync(export, place))
            {
                break;
            }

            kills++;
            await place.Engine.RestartAsync();
            var open = await place.Jobs.OpenAsync(default);
            var job = open.Count > 0 ? await place.UntilOverAsync(open[0].Job.Id)
                : (await place.Jobs.ListAsync(100, default)) is [{ Job: { IsOver: true } over }] ? over
                : await place.RunAsync();

            (job.Step, job.Problem).Should().Be((BulkStep.Loaded, null), $"it was killed at write {write}");
            (await place.CountAsync("patient"), await place.CountAsync("observation"), await place.MessagesAsync()).Should().Be((3, 6, 9), $"it was killed at write {write}");
            place.Asked.Count(one => one == BulkPlace.KickOff).Should().BeLessThanOrEqualTo(2);
            (await place.Jobs.SinceAsync(job.Level, job.Types, default)).Should().Be(DateTimeOffset.Parse(BulkPlace.At, null));
        }

        kills.Should().BeGreaterThanOrEqualTo(killsMin);
    }

    [Fact]
    public async Task The_writings_of_an_export_of_many_files_are_no_more_than_those_of_one_with_few()
    {
        await using var place = await BulkPlace.StartAsync();
        var files = Enumerable.Range(1, 13).Select(number => ("Patient", $"/files/{number}", (long?)1)).ToArray();
        place.Begins().Manifest(files).Server.On(BulkPlace.Release, 202, "");
        foreach (var number in Enumerable.Range(1, files.Length))
        {
            place.File($"/files/{number}", BulkPlace.Patient(number));
        }

        var writings = 0;
        var store = new WatchedStore(place.Engine.Store.Connections, (number, write) =>
        {
            writings = number;
            return write();
        });
        var export = new BulkExport(place.Engine.Core.Connections[Connected.Id], store, place.Engine.Core.RowFiles, Path.Combine(place.Engine.Settings.Data, "spool"), new BulkLimits { WritingsMax = 4 });

        (await IsKilledAsync(export, place)).Should().BeFalse();

        var job = (await place.Jobs.ListAsync(1, default)).Single().Job;
        job = (await place.Jobs.FindAsync(job.Id, default))!.Job;
        (job.Step, job.Files.Count, job.Files.Sum(file => file.Rows)).Should().Be((BulkStep.Loaded, 13, 13));
        job.Files.Should().OnlyContain(file => file.State == BulkFileState.Loaded);
        writings.Should().Be(9, "begun, asked for, taken up, there, four for its files, over");
    }

    private static async Task<bool> IsKilledAsync(BulkExport export, BulkPlace place)
    {
        try
        {
            var job = await export.StartAsync(new BulkRequest { Types = ["Patient", "Observation"] }, place.Engine.Time.GetUtcNow(), default);
            while (!job.IsOver)
            {
                var kept = (await export.Jobs.FindAsync(job.Id, default))!;
                place.Engine.Time.Advance(kept.DueAt!.Value - kept.Now > TimeSpan.Zero ? kept.DueAt.Value - kept.Now : TimeSpan.Zero);
                job = (await export.StepAsync((await export.Jobs.FindAsync(job.Id, default))!, default)).Job;
            }

            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }
}
