using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;

namespace InterfaceEngine.Tests.Intake;

/// <summary>A resource that comes before its patient waits for her, by whatever form its reference names her.</summary>
public sealed class ReferencesOfResourcesTests
{
    private static readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);

    [Theory]
    [InlineData("Patient/34772")]
    [InlineData("Patient/a-195900.E-34772")]
    [InlineData("https://api.platform.athenahealth.com/fhir/r4/Patient/a-195900.E-34772")]
    [InlineData("https://api.platform.athenahealth.com/fhir/r4/Patient/a-195900.E-34772/_history/3")]
    public void It_waits_for_the_patient_whom_it_names(string reference)
    {
        foreach (var resource in new[]
        {
            $$$"""{"resourceType":"Observation","id":"o-1","status":"final","code":{"text":"Weight"},"subject":{"reference":"{{{reference}}}"},"valueQuantity":{"value":70}}""",
            $$$"""{"resourceType":"MedicationRequest","id":"m-1","status":"active","intent":"order","medicationCodeableConcept":{"text":"x"},"subject":{"reference":"{{{reference}}}"}}""",
            $$$"""{"resourceType":"Immunization","id":"i-1","status":"completed","vaccineCode":{"text":"x"},"occurrenceDateTime":"2026","patient":{"reference":"{{{reference}}}"}}""",
            $$$"""{"resourceType":"CarePlan","id":"c-1","status":"active","intent":"plan","subject":{"reference":"{{{reference}}}"},"activity":[{"detail":{"description":"x","status":"scheduled"}}]}""",
            $$$"""{"resourceType":"Communication","id":"k-1","status":"completed","subject":{"reference":"{{{reference}}}"}}""",
            $$$"""{"resourceType":"Task","id":"t-1","status":"ready","intent":"order","for":{"reference":"{{{reference}}}"}}""",
        })
        {
            var work = Run(resource);

            work.WaitsFor.Should().Equal([new RecordAlias("patient", "athenahealth", "34772")], resource);
            work.Records.Should().NotContain(record => record.IsCreated, "nothing is made before she is known");
        }
    }

    [Fact]
    public void A_task_of_nobody_waits_for_nobody() =>
        Run("""{"resourceType":"Task","id":"t-1","status":"ready","intent":"order"}""").Should().BeEquivalentTo(new { HasChanged = true, IsRefused = false });

    private static MessageWork Run(string resource)
    {
        var read = _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(resource)), "", new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0)));
        return MessageWork.Run(
            "195900", ConflictRules.None, read, LoadedRecords.Empty, MergedPatients.None, new Cause(new EngineId(1), read.EventTime, "test", ""), new IdSource(TimeProvider.System, new Random(0)), Acceptance.None);
    }
}
