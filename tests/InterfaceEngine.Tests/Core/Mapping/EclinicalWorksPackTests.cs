using System.Text;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Mapping.Laws;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Mapping.Reports;
using InterfaceEngine.Core.Mapping.Writing;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The pack of eClinicalWorks, as a practice uses it that is not in the shipped settings.</summary>
public sealed class EclinicalWorksPackTests
{
    private const string Id = "ABCDEF";

    private static readonly MappingSet _set = Load();

    private readonly PracticeReader _reader = new(_set.For(Id)!);

    [Fact]
    public void A_practice_that_uses_it_has_tables_without_a_problem() =>
        _set.Problems.Where(problem => problem.Severity > MappingSeverity.Note).Should().BeEmpty();

    [Fact]
    public void Its_tables_keep_the_laws()
    {
        var report = MappingLaws.Run(_set, new LawOptions { Practice = Id, Records = 40 });

        report.Failures.Should().BeEmpty();
        report.Cases[Law.WriteRead].Should().BeGreaterThan(500);
    }

    [Fact]
    public void Ids_and_references_stand_in_no_frame()
    {
        var read = Read("""
            {"resourceType":"Bundle","entry":[
              {"resource":{"resourceType":"Patient","id":"Lzk8aQ-34772","name":[{"family":"Garcia","given":["Maria"]}],"birthDate":"1975-08-22"}},
              {"resource":{"resourceType":"MedicationRequest","id":"m-1","status":"active","intent":"order","medicationCodeableConcept":{"text":"Warfarin"},"subject":{"reference":"https://fhir4.eclinicalworks.com/fhir/r4/ABCDEF/Patient/Lzk8aQ-34772"},"requester":{"reference":"Practitioner/pr-1"}}},
              {"resource":{"resourceType":"Encounter","id":"e-1","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/Lzk8aQ-34772"},"location":[{"location":{"reference":"Location/loc-9"}}]}}]}
            """);

        read.Records.Select(record => record["external_id"].Text).Should().Equal("Lzk8aQ-34772", "m-1", "e-1");
        read.Records.Skip(1).Select(record => record["patient_id"].Text).Should().Equal("Lzk8aQ-34772", "Lzk8aQ-34772");
        read.Records[1]["provider_id"].Text.Should().Be("prov-ng");
        read.Records[2]["location_id"].Text.Should().Be("loc-elm");
        read.Records.Select(record => record.Aliases[0].System).Distinct().Should().Equal("eclinicalworks");
    }

    [Fact]
    public void What_is_written_has_no_frame_either()
    {
        var read = Read("""{"resourceType":"Procedure","id":"p-1","status":"completed","code":{"text":"Colonoscopy"},"subject":{"reference":"Patient/77"},"performer":[{"actor":{"reference":"Practitioner/pr-1"}}]}""");
        var record = new StoredRecord
        {
            Id = new EngineId(5),
            Practice = Id,
            Type = "procedure",
            Version = 1,
            Aliases = read.Records[0].Aliases,
            Fields = [.. read.Records[0].Fields.Select(field => new StoredField(field.Definition.Name, field.Definition.Name == "patient_id" ? new EngineId(9).ToString() : field.Value.Text, null, null, ByteRange.None))],
        };

        var written = new PracticeWriter(_reader).Write(new OutgoingDocument { Message = "FHIR Procedure", Record = record, ExternalIdOf = _ => "77", Instant = Instant.FromUtc(2026, 2, 1, 0, 0) });

        var document = JsonBody.Parse(written.Body).Root;
        document["subject"u8]["reference"u8].Says("Patient/77"u8).Should().BeTrue();
        document["performer"u8].First["actor"u8]["reference"u8].Says("Practitioner/pr-1"u8).Should().BeTrue();
    }

    [Fact]
    public void A_patient_of_HL7_is_known_by_the_medical_record_number()
    {
        var message = Hl7Message.Parse(Encoding.UTF8.GetBytes("MSH|^~\\&|ECW|X|PS|Y|20260105093000||ADT^A04|1|P|2.5.1\rEVN|A04|20260105093000\rPID|1||9^^^N^NI~34772^^^ECW^MR||GARCIA^MARIA||19750822|F"));

        _reader.Read(message, new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0))).Records[0]["external_id"].Text.Should().Be("34772");
    }

    [Fact]
    public void It_takes_resources_and_no_calls_of_athenaNet() =>
        (_reader.ReadsCall("FHIR Task"), _reader.ReadsCall("GET /patients"), _reader.ReadsCall("GET /chart/1/medications")).Should().Be((true, false, false));

    [Fact]
    public void Its_specification_can_be_printed() =>
        PracticeReport.Of(_set.For(Id)!).Should().NotBeNull();

    private MappedMessage Read(string json) => _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(json)), "", new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0)));

    private static MappingSet Load()
    {
        var files = ShippedMappingsTests.Files();
        files[$"practices/{Id}/providers.ref.md"] = References("provider", "| prov-ng | pr-1 | ang | 1234567893 | Ann Ng, MD | |");
        files[$"practices/{Id}/locations.ref.md"] = References("location", "| loc-elm | loc-9 | | | Elm Street | America/New_York |");
        return MappingSet.Load(files,
        [
            .. ShippedMappingsTests.Practices,
            new Practice { Id = Id, Name = "Elm Street Practice", Vendor = "eclinicalworks", Profile = "standard", Zone = DateTimeZoneProviders.Tzdb["America/New_York"] },
        ]);
    }

    private static string References(string kind, string row) => $"""
        ---
        references: {kind}
        practice:   {Id}
        ---

        # Of {Id}

        | Practice Studio | eclinicalworks | User name | NPI | Name | Zone |
        |-----------------|----------------|-----------|-----|------|------|
        {row}
        """;
}
