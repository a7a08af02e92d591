using InterfaceEngine.Core.Records;

namespace InterfaceEngine.Tests;

/// <summary>Who wins where two sources differ, as the settings say it.</summary>
public sealed class SettingsReaderConflictTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_word_the_newer_event_wins() => Read("").Of("patient", "phone_home").Should().BeSameAs(ConflictRule.Newest);

    [Fact]
    public void Rules_are_read_by_field_by_what_belongs_together_and_by_record()
    {
        var rules = Read("""
            "patient.phone_home": "hold", "patient.address.*": "sources: front-desk, nightly", "appointment.*": "Sources: nightly", "appointment.status": "newest"
            """);

        rules.Of("patient", "phone_home").IsHold.Should().BeTrue();
        rules.Of("patient", "address").Sources.Should().Equal("front-desk", "nightly");
        rules.Of("patient", "email").Should().BeSameAs(ConflictRule.Newest);
        rules.Of("appointment", "start_time").Sources.Should().Equal("nightly");
        rules.Of("appointment", "status").Should().BeSameAs(ConflictRule.Newest);
    }

    [Theory]
    [InlineData("\"patient.address.line1\": \"hold\"", "patient.address.line1: is part of what is decided as a whole: patient.address.*")]
    [InlineData("\"phone_home\": \"hold\"", "phone_home: is no field: patient.phone_home, patient.address.* for what belongs together, or appointment.* for all of a record")]
    [InlineData("\"patient.email\": \"oldest\"", "patient.email: oldest is none of newest, hold, or sources: with their names, the one that wins first")]
    [InlineData("\"patient.email\": \"sources: nightly, nightly\"", "patient.email: names no source, or one twice: sources: front-desk, nightly")]
    [InlineData("\"patient.email\": \"sources:\"", "patient.email: names no source, or one twice: sources: front-desk, nightly")]
    [InlineData("\"patient.address\": \"hold\", \"patient.address.*\": \"hold\"", "patient.address.*: has a rule already, under another spelling")]
    public void A_rule_that_can_not_be_meant_is_a_problem(string rule, string problem) =>
        FluentActions.Invoking(() => Read(rule)).Should().Throw<SettingsException>().Which.Problems.Should().Contain($"Practices:1959:Conflicts:{problem}");

    [Fact]
    public void A_source_that_is_not_there_is_a_problem() =>
        FluentActions.Invoking(() => Read("\"patient.email\": \"sources: front-dsek\"")).Should().Throw<SettingsException>()
            .Which.Problems.Should().Equal("Practices:1959:Conflicts: front-dsek is not a source of these settings. Did you mean front-desk?");

    private ConflictRules Read(string conflicts)
    {
        var file = Path.Combine(_folder, "engine.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide", "Conflicts": { {{conflicts}} } } },
              "Sources": {
                "front-desk": { "Kind": "mllp", "Port": 6661, "Practices": ["1959"] },
                "nightly": { "Kind": "mllp", "Port": 6662, "Practices": ["1959"] }
              }
            }
            """);
        return SettingsReader.Read(file, []).Practices[0].Conflicts;
    }
}
