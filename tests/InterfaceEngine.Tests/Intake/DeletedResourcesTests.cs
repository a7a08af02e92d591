using System.Text;
using InterfaceEngine.Core.Json;
using InterfaceEngine.Core.Mapping.Reading;
using InterfaceEngine.Core.Reconciliation;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Laws;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Core.Mapping;
using NodaTime;
using NodaTime.Text;

namespace InterfaceEngine.Tests.Intake;

/// <summary>What a FHIR server deletes is withdrawn here, and nothing that was taken of it goes away.</summary>
public sealed class DeletedResourcesTests
{
    private const string BloodPressure = """
        {"resourceType":"Observation","id":"bp-1","meta":{"lastUpdated":"2026-01-10T10:00:00Z"},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/34772"},
         "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"unit":"mmHg"}},
                      {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"unit":"mmHg"}}]}
        """;

    private readonly RecordShelf _shelf = new("195900");
    private readonly PracticeReader _reader = new(ShippedMappingsTests.Load().For("195900")!);

    [Fact]
    public void All_values_of_a_deleted_observation_are_withdrawn_and_kept()
    {
        Apply(BloodPressure);
        Apply(Deleted("Observation/bp-1", "2026-01-12T08:00:00Z"));

        Values("observation", "retracted_at").Should().Equal(Enumerable.Repeat("2026-01-12T08:00:00Z", 3));
        Values("observation", "status").Should().Equal("deleted", "deleted", "deleted");
        Values("observation", "value.quantity").Should().BeEquivalentTo(["120 mmHg", "80 mmHg"]);
    }

    [Fact]
    public void A_deletion_that_is_older_than_what_was_told_since_changes_nothing()
    {
        Apply(BloodPressure);
        Apply(Deleted("Observation/bp-1", "2026-01-09T08:00:00Z"));

        Values("observation", "retracted_at").Should().BeEmpty();
    }

    [Fact]
    public void A_resource_that_is_told_again_later_stands_again()
    {
        Apply(BloodPressure);
        Apply(Deleted("Observation/bp-1", "2026-01-12T08:00:00Z"));
        Apply(BloodPressure.Replace("2026-01-10", "2026-01-15", StringComparison.Ordinal));

        Values("observation", "retracted_at").Should().BeEmpty();
        Values("observation", "status").Should().Equal("final", "final", "final");
    }

    [Fact]
    public void What_another_resource_told_stands()
    {
        Apply(BloodPressure);
        Apply(BloodPressure.Replace("bp-1", "bp-2", StringComparison.Ordinal));
        Apply(Deleted("Observation/bp-2", "2026-01-12T08:00:00Z"));

        Values("observation", "retracted_at").Should().HaveCount(3);
    }

    [Fact]
    public void A_deletion_of_what_nobody_has_told_makes_nothing()
    {
        Apply(Deleted("Observation/unknown", "2026-01-12T08:00:00Z"));
        Apply(Deleted("Encounter/unknown", "2026-01-12T08:00:00Z"));

        _shelf.Values().Should().BeEmpty();
    }

    [Fact]
    public void That_nothing_is_known_of_it_is_said()
    {
        var read = _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(Deleted("Encounter/unknown", "2026-01-12T08:00:00Z"))), "", new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0)));

        var work = MessageWork.Run(
            "195900", ConflictRules.None, read, LoadedRecords.Empty, MergedPatients.None, new Cause(new EngineId(1), read.EventTime, "test", ""), new IdSource(TimeProvider.System, new Random(0)), Acceptance.None);

        (work.HasChanged, work.IsHeld, work.WaitsFor.Count).Should().Be((false, false, 0));
        work.Notes.Should().ContainSingle().Which.Note.Should().BeEquivalentTo(
            new { Code = "MAP562", NeedsPerson = false, Reason = "nothing is stored of what the sender has deleted, a record of type encounter: nothing was done." });
    }

    [Fact]
    public void A_visit_is_found_by_its_own_id()
    {
        Apply("""{"resourceType":"Encounter","id":"enc-1","meta":{"lastUpdated":"2026-01-10T10:00:00Z"},"status":"in-progress","class":{"code":"AMB"},"subject":{"reference":"Patient/34772"}}""");
        Apply(Deleted("Encounter/enc-1", "2026-01-12T08:00:00Z"));

        Values("encounter", "status").Should().Equal("entered_in_error");
    }

    private static string Deleted(string url, string at) =>
        Encoding.UTF8.GetString(DeletedResource.Parse(url)!.ToDocument(InstantPattern.General.Parse(at).Value));

    private void Apply(string json)
    {
        var read = _reader.Read(JsonBody.Parse(Encoding.UTF8.GetBytes(json)), "", new ReadContext(Instant.FromUtc(2026, 2, 1, 0, 0)));
        _shelf.Apply(read, read.EventTime).Should().BeTrue();
    }

    private IEnumerable<string> Values(string type, string field) =>
        _shelf.Values().Where(value => value.Key.Record.StartsWith(type, StringComparison.Ordinal) && value.Key.Field == field).Select(value => value.Value);
}
