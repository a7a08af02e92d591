using System.Text.Json;
using InterfaceEngine.Tests.Support;
using static InterfaceEngine.Tests.Cli.Maps.MapDiffStore;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>What <c>map coverage</c> tells of stored messages, on every kind of store, and of files.</summary>
public abstract class MapCoverageConformance : MapStoreConformance
{
    [StoreFact]
    public async Task Stored_messages_are_looked_at_by_the_set_in_force_and_nothing_of_a_patient_is_told()
    {
        await Place.ReceiveAsync(A04(1) + "\rZZ1|1|WOMBATS\r", A04(2) + "\rZZ1|1|KOALA\r", A04(3), A04(4).Replace("ADT^A04", "ADT^A20", StringComparison.Ordinal));

        var ran = await Place.RunAsync("map", "coverage", "--practice", "1959");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().StartWith("practice 1959: 4 messages, by mapping set ")
            .And.MatchRegex(@"\nHL7 v2 +ZZ1-2 +2 of 3 +66\.7 % +ADT\^A04 +XXX… *\n")
            .And.MatchRegex(@"Messages that no table takes\nFormat +Message +Messages\nHL7 v2 +ADT\^A20 +1\n")
            .And.MatchRegex(@"\npatient +ethnicity +HL7 v2 PID-22 \(athenahealth/patient\.map\.md:36:25\)\n");
        ran.Out.Should().NotContainAny("WOMBAT", "KOALA", "QUIGLEYSON", "ZEBEDEE", "19480927", "523-");
        (await Place.ReadAsync(reader => reader.Audit(null, 10))).Should().NotContain(entry => entry.Action == "map coverage", "it shows nothing");
    }

    [StoreFact]
    public async Task Codes_are_shown_when_they_are_asked_for_and_that_is_audited()
    {
        await Place.ReceiveAsync(A04(1).Replace("|White|", "|Marsupial|", StringComparison.Ordinal));

        var hidden = await Place.RunAsync("map", "coverage", "--practice", "1959");
        var shown = await Place.RunAsync("map", "coverage", "--practice", "1959", "--show-values", "--reason", "ticket 7", "--json");

        hidden.Out.Should().NotContain("Marsupial").And.MatchRegex(@"\nrace +race +HL7 v2 +Xxxx… +1\n");
        var code = JsonDocument.Parse(shown.Out).RootElement.GetProperty("practices")[0].GetProperty("codes")[0];
        (code.GetProperty("code").GetString(), code.GetProperty("messages").GetInt64()).Should().Be(("Marsupial", 1));
        (await Place.ReadAsync(reader => reader.Audit("1959", 10))).Should().ContainSingle(entry => entry.Action == "map coverage" && entry.Reason == "ticket 7" && entry.Actor == "maria");
    }

    [StoreFact]
    public async Task Only_the_last_messages_of_a_time_are_looked_at_where_there_are_more()
    {
        await Place.ReceiveAsync(A04(1), A04(2), A04(3));

        var last = await Place.RunAsync("map", "coverage", "--practice", "1959", "--limit", "2");
        var none = await Place.RunAsync("map", "coverage", "--practice", "1959", "--corpus", "2001-01-01..2001-01-02");

        last.Out.Should().StartWith("only the last messages of that time were looked at: --limit says how many\npractice 1959: 2 messages");
        none.Out.Should().Be("There is no message to look at.\n");
    }

    [StoreFact]
    public async Task Files_are_looked_at_by_the_mapping_folder_without_a_store()
    {
        Directory.CreateDirectory(Path.Combine(Place.Root, "corpus"));
        File.WriteAllText(Path.Combine(Place.Root, "corpus", "a.hl7"), A04(1) + "\rZZ1|1|WOMBATS\r");
        File.WriteAllText(Path.Combine(Place.Root, "corpus", "b.csv"), "PatientID,FirstName,LastName,DOB,Shoe\n1,Jane,Smith,1975-08-22,41\n");
        File.WriteAllText(Path.Combine(Place.Root, "corpus", "c.json"), """{"resourceType":"Patient","id":"1","photo":[{"title":"x"}]}""");
        File.WriteAllText(Path.Combine(Place.Root, "corpus", "d.hl7"), "no message");

        var ran = await Place.RunAsync("map", "coverage", "--practice", "1959", "--corpus", "corpus");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().StartWith("not looked at: 1 unreadable as HL7\npractice 1959: 3 messages")
            .And.MatchRegex(@"\nHL7 v2 +ZZ1-2 ").And.MatchRegex(@"\nCSV +Shoe +1 of 1 +100\.0 % +Patients file +## *\n").And.MatchRegex(@"\nFHIR R4 +photo\.title ");
    }
}

public sealed class SqliteMapCoverageTests : MapCoverageConformance
{
    protected override Task<string> StoreSettingsAsync() => Task.FromResult("");
}

[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresMapCoverageTests : MapCoverageConformance
{
    protected override async Task<string> StoreSettingsAsync() =>
        $$""" "Store": { "Kind": "postgres", "Connection": "{{await (await PostgresServer.SharedAsync()).NewDatabaseAsync()}}" }, "Node": { "Name": "node-1" }, """;
}
