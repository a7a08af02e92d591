using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary><c>map test --capture</c> of a stored message, and <c>map check --stored</c>, on every kind of store.</summary>
public abstract class MapCaptureConformance : MapStoreConformance
{
    [StoreFact]
    public async Task A_stored_message_becomes_a_test_that_passes_and_reading_it_is_audited()
    {
        await Place.ReceiveAsync(MapDiffStore.A04(1));
        var id = (await Place.ReadAsync(reader => reader.Messages(new InterfaceEngine.Store.MessageFilter(null, null, null, default)))).Single().Id.ToString();

        var ran = await Place.RunAsync("map", "test", "--capture", id, "--out", "mappings/tests/mobile.test.md", "--reason", "ticket 4471");

        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().Be("mappings/tests/mobile.test.md: 1 case. It passes. Read it before you commit it.\n");
        var text = Place.Read("tests/mobile.test.md");
        text.Should().StartWith("---\ntest:     patient\npractice: 1959\nreceived: ").And.Contain("## ADT^A04").And.Contain("|M||White|");
        foreach (var value in new[] { "QUIGLEYSON", "ZEBEDEE", "770001", "1948", "WOMBAT", "CAPITALVILLE", "62799", "523-1234", "5231234", "523-5678", "5235678", "D1|", "20220315" })
        {
            text.Should().NotContain(value);
        }

        (await Place.RunAsync("map", "test")).Code.Should().Be(0);
        (await Place.RunAsync("map", "fmt", "--check")).Code.Should().Be(0);
        (await Place.ReadAsync(reader => reader.Audit(null, 100).Where(entry => entry.Action == "messages show").ToList()))
            .Should().ContainSingle().Which.Should().BeEquivalentTo(new { Actor = "maria", Practice = "1959", Subject = $"message {id}", Reason = "ticket 4471" });
    }

    [StoreFact]
    public async Task Stored_messages_are_checked_by_the_laws_and_no_value_of_theirs_is_printed()
    {
        var strange = MapDiffStore.A04(2) + "\rZZZ|1|secretword";
        await Place.ReceiveAsync(MapDiffStore.A04(1), strange);
        Place.Edit("athenahealth/patient.map.md", "| last_name           | PID-5.1 ", "| last_name           | read: PID-5.1 & 'x'; write: PID-5.1 ");

        var ran = await Place.RunAsync("map", "check", "--stored", "30d", "--practice", "1959");
        var json = await Place.RunAsync("map", "check", "--stored", "30d", "--practice", "1959", "--json");

        ran.Code.Should().Be(1);
        ran.Out.Should().Contain("2 stored messages were read\n")
            .And.MatchRegex(@"\nerror L2 patient last_name is read otherwise from what was written back\. \(practice 1959 ADT\^A04\)\n  Example: message [0-9A-Z]{13}\n")
            .And.MatchRegex(@"warning L8 HL7 v2 ZZZ-2 is filled in 1 of \d+ messages and no row reads it \(ADT\^A04\)\.");
        foreach (var value in new[] { "QUIGLEYSON", "ZEBEDEE", "770001", "WOMBAT", "523-1234", "5231234", "523-5678", "5235678", "secretword" })
        {
            (ran.Out + ran.Error + json.Out).Should().NotContain(value);
        }

        (await Place.RunAsync("map", "check", "--stored", "mappings")).Error.Should().StartWith("--stored mappings: not a time (30d, 12h, 2026-11-01..2026-11-08).");
    }

    [StoreFact]
    public async Task What_is_neither_a_file_nor_a_message_is_said()
    {
        await Place.ReceiveAsync(MapDiffStore.A04(1));

        (await Place.RunAsync("map", "test", "--capture", "nowhere.hl7")).Should().Match<Ran>(ran => ran.Code == 2 && ran.Error.StartsWith("--capture nowhere.hl7: neither a file nor the id of a message", StringComparison.Ordinal));
        (await Place.RunAsync("map", "test", "--capture", "0000000000001")).Code.Should().NotBe(0);
    }
}

public sealed class SqliteMapCaptureTests : MapCaptureConformance
{
    protected override Task<string> StoreSettingsAsync() => Task.FromResult("");
}

[NeedsProgram(PostgresServer.Program)]
public sealed class PostgresMapCaptureTests : MapCaptureConformance
{
    protected override async Task<string> StoreSettingsAsync() =>
        $$""" "Store": { "Kind": "postgres", "Connection": "{{await (await PostgresServer.SharedAsync()).NewDatabaseAsync()}}" }, "Node": { "Name": "node-1" }, """;
}
