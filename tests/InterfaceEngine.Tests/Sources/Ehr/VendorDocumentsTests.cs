using System.Text;
using InterfaceEngine.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Sources.Ehr.Bulk;

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

    private static EhrDocument Document(string json) => new("FHIR Patient", Encoding.UTF8.GetBytes(json));
}
