using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>What of a vendor's documents counts as taken.</summary>
public sealed class VendorDocumentsTests
{
    private IdSource? _ids;

    [Fact]
    public async Task What_can_not_be_read_as_a_whole_is_not_taken_for_read()
    {
        await using var place = await BulkPlace.StartAsync();
        EhrDocument[] broken = [Document(BulkPlace.Patient(1)), Document("""{"resourceType":"Patient","id":"x""")];

        var taking = () => place.Engine.Core.VendorDocuments.TakeAsync(BulkPlace.Practice, Connected.Id, broken, place.Engine.Time.GetUtcNow(), default);

        (await taking.Should().ThrowAsync<EhrException>()).Which.Should().Match<EhrException>(fault =>
            fault.Fault == EhrFault.NotUnderstood && fault.Message.StartsWith("conn_1: what came as FHIR Patient was not read (run ", StringComparison.Ordinal) && fault.Message.EndsWith("object 2 is not closed: the file was cut off.", StringComparison.Ordinal));
        (await place.CountAsync("patient")).Should().Be(0);
        (await place.Engine.Core.VendorDocuments.TakeAsync(BulkPlace.Practice, Connected.Id, broken[..1], place.Engine.Time.GetUtcNow(), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task What_changed_nothing_is_no_line_for_people()
    {
        await using var place = await BulkPlace.StartAsync();
        var core = place.Engine.Core;
        var log = new RecordingLogger<RowFileIntake>();
        var documents = new VendorDocuments(rules => new RowFileIntake(core.Store, core.Mappings, core.Settings.Practices, new IdSource(place.Engine.Time, Random.Shared), place.Engine.Time, log) { Rules = rules });

        for (var time = 0; time < 2; time++)
        {
            await documents.TakeAsync(BulkPlace.Practice, Connected.Id, [Document(BulkPlace.Patient(1, "Sample"))], place.Engine.Time.GetUtcNow(), default);
            place.Engine.Time.Advance(TimeSpan.FromMinutes(1));
        }

        log.Lines.Where(line => line.Name == "FileEnded").Select(line => line.Level).Should().Equal(LogLevel.Information, LogLevel.Debug);
    }

    [Fact]
    public async Task What_a_kill_broke_off_is_over_after_the_next_start_and_an_export_keeps_what_is_its()
    {
        await using var place = await BulkPlace.WithClinicAsync();
        var patients = (await BeginAsync(place, "FHIR Patient")).Id;
        var conditions = (await BeginAsync(place, "FHIR Condition")).Id;
        (await place.Engine.Core.Vendor(Connected.Id).BrokenRuns().EndAsync(default)).Should().Be(0, "somebody reads them");
        var export = await place.BeginAsync(new BulkRequest { Types = ["Condition"] });

        await place.Engine.RestartAsync();
        (await place.Engine.Core.Vendor(Connected.Id).BrokenRuns().EndAsync(default)).Should().Be(1);

        (await StateAsync(place, patients), await StateAsync(place, conditions)).Should().Be((FileRunState.Refused, FileRunState.Running));
        RunDetail.FromJson((await RunAsync(place, patients)).Detail).Reason.Should().StartWith("It was broken off when the engine ended.");
        (await BeginAsync(place, "FHIR Patient")).State.Should().Be(FileRunState.Running, "the same content is read anew");

        await place.Export.CancelAsync(export.Id, default);
        (await place.Engine.Core.Vendor(Connected.Id).BrokenRuns().EndAsync(default)).Should().Be(1);
        (await StateAsync(place, conditions)).Should().Be(FileRunState.Refused);
        (await place.Engine.Core.Vendor(Connected.Id).BrokenRuns().EndAsync(default)).Should().Be(0);
    }

    private Task<FileRun> BeginAsync(BulkPlace place, string kind) => place.Engine.Store.Files.BeginAsync(
        new FileRunStart
        {
            Id = (_ids ??= new IdSource(place.Engine.Time, Random.Shared)).Next(),
            Practice = BulkPlace.Practice,
            Source = Connected.Id,
            Kind = kind,
            Content = new byte[32],
            Size = 1,
            Rows = 2,
            EventAt = 1,
            ReceivedAt = place.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Detail = new RunDetail().ToJson(),
        },
        default);

    private static async Task<FileRun> RunAsync(BulkPlace place, EngineId run) => (await place.Engine.Store.ReadAsync(reader => reader.FileRun(run), default))!;

    private static async Task<FileRunState> StateAsync(BulkPlace place, EngineId run) => (await RunAsync(place, run)).State;

    private static EhrDocument Document(string json) => new("FHIR Patient", Encoding.UTF8.GetBytes(json));
}
