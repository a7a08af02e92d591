using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Cli;

/// <summary>What every command promises: how it ends when it is called wrongly, and where its words go.</summary>
public sealed class EngineCommandLineTests : IDisposable
{
    private readonly CommandBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("statsu", "Unrecognized command or argument 'statsu'.")]
    [InlineData("status --jsno", "Unrecognized command or argument '--jsno'.")]
    [InlineData("records", "Required command was not provided.")]
    [InlineData("records list", "Required argument 'TYPE' missing for command: 'list'.")]
    [InlineData("records show patient", "Required argument 'EXTERNAL_ID' missing for command: 'show'.")]
    [InlineData("records sql", "Required argument 'QUERY' missing for command: 'sql'.")]
    [InlineData("records list patient --practice 1995", "--practice 1995: not a practice of the settings (1959, 1960). Did you mean 1959?")]
    [InlineData("records list patient --limit many", "Cannot parse argument 'many' for option '--limit': a whole number is expected.")]
    [InlineData("ehr sync c --since banana", "Cannot parse argument 'banana' for option '--since': a time such as 2026-12-01T09:00:00Z is expected.")]
    [InlineData("records list patient --after x", "x is not the id of a record: 13 letters and digits, as the list shows it.")]
    [InlineData("messages", "Required command was not provided.")]
    [InlineData("messages show", "Required argument 'ID' missing for command: 'show'.")]
    [InlineData("messages show 12", "12 is not the id of a message: 13 letters and digits, as the list shows it.")]
    [InlineData("messages list --state lost", "lost is not a state of messages: applied, unchanged, duplicate, ignored, refused, quarantined, parked, ready, held, dismissed.")]
    [InlineData("messages list --before x", "x is not the id of a message: 13 letters and digits, as the list shows it.")]
    [InlineData("review", "Required command was not provided.")]
    [InlineData("review list --state maybe", "maybe is not a state of review items: open, accepted or dismissed.")]
    [InlineData("review accept", "Required argument 'ID' missing for command: 'accept'.")]
    [InlineData("review accept 12", "12 is not the id of a review item: 13 letters and digits, as the list shows it.")]
    [InlineData("review dismiss 0000000000001", "Say why with --reason TEXT: what is dismissed is not applied, and the next person wants to know.")]
    [InlineData("audit", "Required command was not provided.")]
    [InlineData("backup", "Required argument 'DIR' missing for command: 'backup'.")]
    [InlineData("restore", "Required argument 'DIR' missing for command: 'restore'.")]
    [InlineData("send", "Required argument 'FILE' missing for command: 'send'.")]
    [InlineData("send a.hl7", "Option '--to' is required.")]
    [InlineData("send a.hl7 --to here", "--to here: a host and a port are expected, e.g. 127.0.0.1:2575.")]
    [InlineData("send a.hl7 --to here:99999", "--to here:99999: a host and a port are expected, e.g. 127.0.0.1:2575.")]
    [InlineData("send a.hl7 --to here:1 --connections 0", "--connections 0: a number from 1 to 1024 is expected.")]
    [InlineData("send a.hl7 --to here:1 --repeat 0", "--repeat 0: a number from 1 to 2147483647 is expected.")]
    [InlineData("send a.hl7 --to here:1", "a.hl7: there is no such file.")]
    [InlineData("status --settings nowhere.json", "there is no such file")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(string line, string expected)
    {
        var ran = await _bench.RunAsync(line.Split(' '));

        ran.Code.Should().Be(2, ran.Error);
        ran.Error.Split('\n').Select(text => text.Trim()).Should().Contain(expected);
        ran.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task A_wrong_option_points_at_the_commands_own_help() =>
        (await _bench.RunAsync("records", "list")).Error.Should().MatchRegex(@"See: \S+ records list --help");

    [Fact]
    public async Task Wrong_settings_end_with_2_and_list_every_problem()
    {
        _bench.WriteSettings("""{ "Practices": { "1": { "Zone": "Mars", "Profile": "x" } }, "Extra": 1 }""");

        var ran = await _bench.RunAsync("status");

        ran.Code.Should().Be(2);
        ran.Error.Should().Be($"""
            {Path.Combine(_bench.Root, "appsettings.json")} has 3 problems.
              Practices:1:Zone: Mars is not an IANA time zone.
              Practices:1:Profile: x is not one of athena, standard, guide.
              Extra: is not a setting.

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("records list --help")]
    [InlineData("--version")]
    public async Task Help_is_no_failure(string line)
    {
        var ran = await _bench.RunAsync(line.Split(' '));

        ran.Code.Should().Be(0);
        ran.Out.Should().NotBeEmpty();
        ran.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("records list patient", "Practice 1959 has no records yet.")]
    [InlineData("records show patient 12345", "Practice 1959 has no records yet.")]
    [InlineData("messages show 0000000000001", "There is no message 0000000000001.")]
    [InlineData("review accept 0000000000001", "There is no review item 0000000000001.")]
    public async Task What_is_not_there_ends_with_1_and_says_so(string line, string expected)
    {
        var ran = await _bench.RunAsync(line.Split(' '));

        (ran.Code, ran.Error.Trim(), ran.Out).Should().Be((1, expected, ""));
    }

    [Fact]
    public async Task A_practice_is_asked_for_where_the_settings_leave_it_open()
    {
        _bench.WriteSettings("""
            { "Data": "data", "Practices": { "1": { "Zone": "UTC", "Profile": "athena" }, "2": { "Zone": "UTC", "Profile": "athena" } } }
            """);

        var ran = await _bench.RunAsync("records", "list", "patient");

        (ran.Code, ran.Error.Trim()).Should().Be((2, "Say whose with --practice: 1, 2."));
    }

    [Fact]
    public async Task Looks_are_audited_with_person_and_reason_even_when_nothing_is_found()
    {
        await _bench.CommitAsync(_bench.Samples.Unit(records: StoreSamplesRecord()));
        await _bench.RunAsync("records", "show", "patient", "nobody", "--reason", "ticket 7");
        await _bench.RunAsync("records", "list", "patient");
        await _bench.RunAsync("messages", "list");

        var ran = await _bench.RunAsync("audit", "list");

        ran.Out.Should().MatchRegex(@"maria +messages list +")
            .And.MatchRegex(@"maria +records list +1959 +patient +1")
            .And.MatchRegex(@"maria +records show +1959 +patient nobody +0 +ticket 7");
        (await _bench.RunAsync("audit", "list")).Out.Should().MatchRegex("maria +audit list");
    }

    private RecordWrite StoreSamplesRecord() => InterfaceEngine.Tests.Store.StoreSamples.Create(_bench.Samples.Record("12345", "Doe"));
}
