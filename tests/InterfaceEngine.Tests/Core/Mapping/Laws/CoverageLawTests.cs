using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Tests.Core.Mapping.Writing;

namespace InterfaceEngine.Tests.Core.Mapping.Laws;

/// <summary>L8 on documents whose lists make records of their own (header <c>each:</c>).</summary>
public sealed class CoverageLawTests
{
    [Fact]
    public void Of_the_elements_that_make_records_what_no_row_reads_is_found_with_its_list()
    {
        var law = new CoverageLaw(Clinic.Set.For("7")!);
        law.Add(JsonBody.Parse("""{"resourceType":"Observation","id":"1","component":[{"code":{"text":"a"},"valueString":"x","shade":"red"},{"valueAge":{}}]}"""u8.ToArray()), "");
        law.Add(JsonBody.Parse("""{"results":[{"labresultid":"1","analytes":[{"analyteid":"2","value":"3","loinc":"4","colour":"red","note":null}]}]}"""u8.ToArray()), "GET /chart/{patientid}/labresults");

        law.Unmapped.Select(place => $"{place.Format} {place.Place}").Should().BeEquivalentTo("Fhir component.shade", "Fhir component.valueAge", "AthenaNet analytes.colour");
    }

    [Fact]
    public void Nothing_that_the_shipped_tests_send_is_without_a_row_or_a_reason() =>
        MappingLaws.Run(ShippedMappingsTests.Load(), new LawOptions { Records = 1 }).Unmapped.Select(place => $"{place.Event} {place.Place}").Should().BeEmpty();

    [Theory]
    [InlineData("athena-patient.json", "GET /patients/{patientid}")]
    [InlineData("athena-appointment.json", "GET /appointments")]
    [InlineData("guide-booking.json", "POST /appointments/open")]
    [InlineData("fhir-patient.json", "")]
    [InlineData("fhir-appointment.json", "")]
    public void Nothing_that_a_sample_sends_is_without_a_row_or_a_reason(string file, string call)
    {
        var law = new CoverageLaw(ShippedMappingsTests.Load().For("195900")!);
        law.Add(JsonBody.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "samples", "json", file))), call);

        law.Count.Should().Be(1);
        law.Unmapped.Select(place => place.Place).Should().BeEmpty();
    }
}
