using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Core.Mapping.Reading;

/// <summary>What a Bundle says was deleted.</summary>
public sealed class DeletedResourceTests
{
    private static readonly Instant _received = InstantPattern.General.Parse("2026-02-01T00:00:00Z").Value;

    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);

    [Theory]
    [InlineData("Observation/12", "Observation", "12")]
    [InlineData("https://ehr.example.org/fhir/r4/Patient/a-195900.E-34772", "Patient", "a-195900.E-34772")]
    [InlineData("Encounter/9/_history/2", "Encounter", "9")]
    public void A_resource_is_named_by_type_and_id(string url, string type, string id) =>
        DeletedResource.Parse(url).Should().BeEquivalentTo(new { Type = type, Id = id });

    [Theory]
    [InlineData("")]
    [InlineData("Observation")]
    [InlineData("Observation?patient=12")]
    [InlineData("Patient/12/Observation?code=1")]
    [InlineData("observation/12")]
    [InlineData("Observation/a b")]
    [InlineData("Observation/")]
    public void Anything_else_names_none(string url) => DeletedResource.Parse(url).Should().BeNull();

    [Fact]
    public void Only_entries_without_a_resource_that_are_requests_to_delete_are_deletions()
    {
        var found = DeletedResource.In(Body("""
            {"resourceType":"Bundle","type":"history","entry":[
              {"request":{"method":"DELETE","url":"Observation/1"}},
              {"resource":{"resourceType":"Observation","id":"2"},"request":{"method":"DELETE","url":"Observation/2"}},
              {"request":{"method":"GET","url":"Observation/3"}},
              {"fullUrl":"urn:uuid:4"},
              {"request":{"method":"DELETE","url":"Observation?code=5"}}]}
            """), out var unread);

        found.Select(one => one.Message + " " + one.Id).Should().Equal("FHIR Observation 1");
        unread.Should().Be(1);
        DeletedResource.In(Body("""{"resourceType":"Observation","id":"1"}"""), out _).Should().BeEmpty();
    }

    [Fact]
    public void A_document_of_one_deletion_is_read_as_it_at_the_time_it_says()
    {
        var document = DeletedResource.Parse("Encounter/enc-9")!.ToDocument(InstantPattern.General.Parse("2026-01-20T10:00:00Z").Value);

        var read = _reader.Read(JsonBody.Parse(document), "FHIR Encounter", new ReadContext(_received));

        var record = read.Records.Should().ContainSingle().Which;
        record.Should().BeEquivalentTo(new { Type = "encounter", IsDeletion = true, EventTime = InstantPattern.General.Parse("2026-01-20T10:00:00Z").Value.ToUnixTimeMilliseconds() });
        record.Aliases.Should().ContainSingle().Which.Value.Should().Be("enc-9");
        record["status"].Text.Should().Be("entered_in_error");
        (read.IsMapped, read.IsRejected).Should().Be((true, false));
    }

    [Theory]
    [InlineData("Patient/a-195900.E-34772", "patient", "34772", "active", "false")]
    [InlineData("Appointment/77", "appointment", "77", "status", "cancelled")]
    [InlineData("DocumentReference/d1", "document", "d1", "availability", "cancelled")]
    [InlineData("AllergyIntolerance/al-1", "allergy", "al-1", "verification", "entered_in_error")]
    [InlineData("Condition/c1", "diagnosis", "c1", "status", "entered_in_error")]
    [InlineData("Observation/o1", "observation", "o1", "status", "deleted")]
    [InlineData("DiagnosticReport/r1", "result", "r1", "status", "deleted")]
    [InlineData("Coverage/cv1", "coverage", "cv1", "status", "entered_in_error")]
    [InlineData("MedicationRequest/m1", "medication", "m1", "status", "entered_in_error")]
    [InlineData("Immunization/i1", "immunization", "i1", "status", "entered_in_error")]
    [InlineData("Procedure/p1", "procedure", "p1", "status", "entered_in_error")]
    [InlineData("Communication/cm1", "communication", "cm1", "status", "entered_in_error")]
    [InlineData("Task/t1", "task", "t1", "status", "entered_in_error")]
    [InlineData("RelatedPerson/rp1", "contact", "rp1", "active", "false")]
    public void Every_resource_that_is_read_can_be_withdrawn(string url, string type, string name, string field, string value)
    {
        var record = Read($$$"""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"{{{url}}}"}}]}""").Records.Should().ContainSingle().Which;

        (record.Type, record.Aliases[0].Value, record[field].Text, record.Fields.Count).Should().Be((type, name, value, 1));
    }

    [Fact]
    public void A_care_plan_is_withdrawn_with_what_was_to_be_done_under_it() =>
        Read("""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"CarePlan/cp-1"}}]}""").Records.Select(record => $"{record.Type} {record.DeletedBy?.Value ?? record.Aliases[0].Value} {record["status"].Text}")
            .Should().BeEquivalentTo(["care_plan cp-1 entered_in_error", "care_plan_activity cp-1 entered_in_error"]);

    [Fact]
    public void What_no_table_reads_is_unmapped_and_another_practices_patient_is_refused()
    {
        Read("""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Basic/1"}}]}""").Should().BeEquivalentTo(new { IsMapped = false, IsRejected = false });
        Read("""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/a-1959.E-1"}}]}""").Records.Should().BeEmpty();
    }

    [Fact]
    public void A_deletion_by_a_condition_is_refused()
    {
        var read = Read("""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Observation?patient=Patient/1"}}]}""");

        read.IsRejected.Should().BeTrue();
        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Code = "MAP563", Reason = "1 deletions name no resource by type and id." });
    }

    [Fact]
    public void A_map_without_a_way_to_withdraw_puts_it_before_a_person()
    {
        var set = ShippedMappingsTests.Load(("practices/195900/coverage.map.md", """
            ---
            map: coverage
            practice: 195900
            extends: athenahealth
            version: 1
            ---
            | Practice Studio | FHIR R4 | Notes |
            |-----------------|---------|-------|
            | status          | -       | said in words |
            """));

        var read = new PracticeReader(set.For("195900")!).Read(Body("""{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Coverage/1"}}]}"""), "", new ReadContext(_received));

        read.Records.Should().BeEmpty();
        read.Notes.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Code = "MAP564", Severity = NoteSeverity.Review, Reason = "a Coverage was deleted at the sender, and no row of coverage says that it is withdrawn." });
    }

    private MappedMessage Read(string json) => _reader.Read(Body(json), "", new ReadContext(_received));

    private static JsonBody Body(string json) => JsonBody.Parse(Encoding.UTF8.GetBytes(json));
}
