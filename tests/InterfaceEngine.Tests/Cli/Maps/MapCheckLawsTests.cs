using System.Text.Json;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary><c>map check</c> on tables that break a law: what an analyst is told of it.</summary>
public sealed class MapCheckLawsTests : IDisposable
{
    private readonly MapFolder _maps = new();

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task A_broken_cell_fails_with_its_line_and_the_smallest_record()
    {
        _maps.Edit("practices/1959/patient.map.md", "PID-14", "read: PID-14; write: PID-19");

        var full = await _maps.RunAsync("map", "check", "--practice", "1959");
        var line = await _maps.RunAsync("map", "check", "--practice", "1959", "--short");

        full.Code.Should().Be(1);
        full.Out.Should().MatchRegex(@"\nmappings/practices/1959/patient\.map\.md:\d+:\d+: error L1 phone_mobile is read back as nothing\. \(practice 1959 patient ADT\^A\d\d\)\n"
            + @"  Example: external_id = \S+; last_name = a; first_name = a; date_of_birth = 2000-01-01; phone_mobile = \+12025550100\n");
        full.Out.Should().MatchRegex(@"\nlaws   L1 1 failed ");
        line.Out.Should().MatchRegex(@"(^|\n)mappings/practices/1959/patient\.map\.md:\d+:\d+: error L1 ").And.NotContain("Example:");
    }

    [Fact]
    public async Task Without_the_laws_nothing_is_written_and_with_an_error_in_the_tables_neither()
    {
        _maps.Edit("practices/1959/patient.map.md", "PID-14", "read: PID-14; write: PID-19");

        (await _maps.RunAsync("map", "check", "--static", "--short")).Should().Match<Ran>(ran => ran.Code == 0 && !ran.Out.Contains("laws", StringComparison.Ordinal));

        _maps.Edit("practices/1959/patient.map.md", "read: PID-14", "read: PID-134");

        (await _maps.RunAsync("map", "check", "--short")).Out.Should().Contain("laws   not run: the tables have errors");
    }

    [Fact]
    public async Task Another_seed_makes_other_records_and_json_lists_what_fails_beside_the_problems()
    {
        _maps.Edit("practices/1959/patient.map.md", "PID-14", "read: PID-14; write: PID-19");

        var text = await _maps.RunAsync("map", "check", "--practice", "1959", "--short", "--seed", "7");
        var json = JsonDocument.Parse((await _maps.RunAsync("map", "check", "--practice", "1959", "--json")).Out).RootElement.EnumerateArray().ToList();

        text.Out.Should().Contain("   seed 7   ");
        json.Should().Contain(problem => problem.GetProperty("code").GetString() == "L1" && problem.GetProperty("file").GetString() == "practices/1959/patient.map.md"
            && problem.GetProperty("help").GetString()!.StartsWith("Example: external_id = ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_tests_send_and_no_row_reads_is_a_warning_that_names_the_place()
    {
        _maps.Edit("athenahealth/appointment.map.md", "athenaNet reasonid", "athenaNet resonid");

        var ran = await _maps.RunAsync("map", "check", "--practice", "1959", "--short");

        ran.Code.Should().Be(0, "a message may carry what nobody wants");
        ran.Out.Should().MatchRegex(@"mappings/athenahealth/appointment\.map\.md:\d+:3: warning L8 athenaNet reasonid is filled in \d+ of \d+ messages and no row reads it \(POST /appointments/open\)\.\n")
            .And.MatchRegex("   L8 look \\d+   ");
    }

    [Fact]
    public async Task Cells_that_go_one_way_are_counted_and_on_request_listed_with_their_reason()
    {
        var count = await _maps.RunAsync("map", "check", "--static", "--short");
        var list = await _maps.RunAsync("map", "check", "--static", "--short", "--one-way");

        count.Out.Should().MatchRegex(@"\n\d+ cells go one way.*\(--one-way lists them\)\n");
        list.Out.Should().MatchRegex(@"\nmappings/athenahealth/charge\.map\.md:\d+:\d+: in only: charge is_negative in HL7 v2: the quantity or an amount is negative");
    }
}
