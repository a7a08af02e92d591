using System.Text;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Tests.Sources.Ehr;

/// <summary>What of a vendor's documents counts as taken.</summary>
public sealed class VendorDocumentsTests
{
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

    private static EhrDocument Document(string json) => new("FHIR Patient", Encoding.UTF8.GetBytes(json));
}
