using System.Text.Json;
using System.Xml.Linq;

namespace InterfaceEngine.Tests.Cli.Maps;

/// <summary>What an analyst does with the tables: on a copy of the shipped ones, so that a test may spoil it.</summary>
public sealed class MapCommandTests : IDisposable
{
    private readonly MapFolder _maps = new();
    private readonly CommandBench _bench;

    public MapCommandTests() => _bench = _maps.Bench;

    private static string Samples => Path.Combine(RepositoryRoot.Path, "samples", "hl7");

    public void Dispose() => _maps.Dispose();

    [Fact]
    public async Task The_shipped_tables_pass_their_check()
    {
        var ran = await _bench.RunAsync("map", "check");

        ran.Code.Should().Be(0, ran.Out + ran.Error);
        ran.Out.Should().MatchRegex("practice 1959 +fields +HL7 v2 +CSV +athenaNet +FHIR R4 +one-way +equations")
            .And.MatchRegex(@"\nlaws   L1 ok \d+,\d+   L2 ok \d+ \(\d+ places spelled otherwise\)   L3 ok [\d,]+   L4 ok [\d,]+   L5 ok [\d,]+   L6 ok [\d,]+   L7 ok [\d,]+   L8 ok \d+   seed 1   \d+\.\d s\n")
            .And.MatchRegex(@"0 errors, 0 warnings, \d+ notes; set [0-9a-f]{12}\n$");
    }

    [Fact]
    public async Task A_wrong_cell_is_shown_with_its_row_a_caret_and_what_to_do()
    {
        Edit("practices/1959/patient.map.md", "PID-14", "PID-134");

        var full = await _bench.RunAsync("map", "check");
        var line = await _bench.RunAsync("map", "check", "--short");
        var json = JsonDocument.Parse((await _bench.RunAsync("map", "check", "--json")).Out).RootElement.EnumerateArray().Single(problem => problem.GetProperty("severity").GetString() == "error");

        full.Code.Should().Be(1);
        full.Out.Should().MatchRegex(@"mappings/practices/1959/patient\.map\.md:\d+:\d+: error MAP201 PID-134 does not exist: PID has \d+ fields\.\n  \| phone_mobile .*\n +\^\^\^\^\^\^\^\n  Did you mean ");
        line.Out.Should().MatchRegex(@"mappings/practices/1959/patient\.map\.md:\d+:\d+: error MAP201 PID-134 does not exist: PID has \d+ fields\.\n").And.NotContain("^^^");
        json.EnumerateObject().Select(property => property.Name).Should().Equal("severity", "code", "file", "line", "column", "length", "text", "help");
        json.GetProperty("file").GetString().Should().Be("practices/1959/patient.map.md");
        (await _bench.RunAsync("map", "check", "--static", "--practice", "195900")).Code.Should().Be(0, "the other practice's tables are sound");
    }

    [Fact]
    public async Task Tables_with_errors_are_neither_shown_nor_run()
    {
        Edit("practices/1959/patient.map.md", "PID-14", "PID-134");

        foreach (var line in new[] { "map show patient", "map test", $"map run {Path.Combine(Samples, "guide-a04.hl7")}" })
        {
            var ran = await _bench.RunAsync(line.Split(' '));

            ran.Code.Should().Be(1);
            ran.Error.Should().Contain("error MAP201 PID-134 does not exist").And.Contain("map check shows them with their rows");
        }
    }

    [Fact]
    public async Task A_document_that_is_larger_than_may_be_is_not_read_into_memory()
    {
        var file = Path.Combine(_bench.Root, "large.json");
        using (var large = File.Create(file))
        {
            large.SetLength((32 << 20) + 1);
        }

        (await _bench.RunAsync("map", "run", file, "--practice", "195900")).Out.Should().Contain("33554433 bytes; at most 33554432 are taken.");
    }

    [Fact]
    public async Task The_merged_table_names_the_origin_of_every_cell_and_what_it_overrides()
    {
        var text = (await _bench.RunAsync("map", "show", "patient", "--practice", "1959")).Out;
        var rows = JsonDocument.Parse((await _bench.RunAsync("map", "show", "patient", "--json")).Out).RootElement;

        text.Should().MatchRegex(@"\nphone_mobile\n  HL7 v2:    PID-14  \(practices/1959/patient\.map\.md:\d+, practice 1959\), overrides .* \(athenahealth/patient\.map\.md:\d+, athenahealth\)\n")
            .And.MatchRegex(@"  athenaNet: mobilephone  \(athenahealth/patient\.map\.md:\d+, athenahealth\)\n").And.Contain(", profile guide)");
        var cell = rows.EnumerateArray().Single(row => row.GetProperty("name").GetString() == "phone_mobile").GetProperty("cells").EnumerateArray()
            .Single(one => one.GetProperty("column").GetString() == "HL7 v2");
        cell.GetProperty("layer").GetString().Should().Be("practice 1959");
        (cell.GetProperty("text").GetString(), cell.GetProperty("overrides")[0].GetProperty("file").GetString()).Should().Be(("PID-14", "athenahealth/patient.map.md"));
    }

    [Theory]
    [InlineData("map", "Required command was not provided.")]
    [InlineData("map show", "Required argument 'TYPE' missing for command: 'show'.")]
    [InlineData("map show patent", "Practice 1959 has no table patent: there are patient, allergy, appointment, care_plan, care_plan_activity, charge, communication, contact, coverage, diagnosis, document, encounter, guarantor, immunization, medication, observation, procedure, result, task. Did you mean patient?")]
    [InlineData("map run", "Required argument 'FILE' missing for command: 'run'.")]
    [InlineData("map run nowhere.hl7", "nowhere.hl7: there is no such file.")]
    [InlineData("map test --practice 7", "--practice 7: not a practice of the settings (1959, 195900).")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(string line, string expected)
    {
        var ran = await _bench.RunAsync(line.Split(' '));

        (ran.Code, ran.Error.Split('\n')[0]).Should().Be((2, expected));
    }

    [Fact]
    public async Task A_mapping_folder_that_is_not_there_is_said()
    {
        Directory.Delete(_maps.Root, recursive: true);

        var ran = await _bench.RunAsync("map", "check");

        (ran.Code, ran.Out).Should().Be((1, ""));
        ran.Error.Should().Contain(_maps.Root);
    }

    [Fact]
    public async Task The_shipped_tests_pass()
    {
        var ran = await _bench.RunAsync("map", "test");

        ran.Code.Should().Be(0, ran.Out);
        ran.Out.Should().MatchRegex(@"^\d+ cases, \d+ expectations, 0 cases failed; set [0-9a-f]{12}\n$");
    }

    [Fact]
    public async Task A_changed_row_fails_the_test_that_expects_the_old_and_shows_in_what_a_message_becomes()
    {
        var before = JsonDocument.Parse((await _bench.RunAsync("map", "run", Path.Combine(Samples, "guide-a04.hl7"), "--json")).Out).RootElement;
        Edit("practices/1959/patient.map.md", "PID-14", "read: PID-13[#1]");

        var test = await _bench.RunAsync("map", "test", "--practice", "1959", "--junit", "results.xml");
        var json = JsonDocument.Parse((await _bench.RunAsync("map", "test", "--json")).Out).RootElement;
        var after = JsonDocument.Parse((await _bench.RunAsync("map", "run", Path.Combine(Samples, "guide-a04.hl7"), "--json")).Out).RootElement;

        Field(before, "phone_mobile").GetProperty("value").GetString().Should().Be("+15555555678");
        Field(before, "phone_mobile").GetProperty("place").GetString().Should().Be("PID-14");
        Field(after, "phone_mobile").GetProperty("value").GetString().Should().Be("+15555551234");
        Field(after, "phone_mobile").GetProperty("place").GetString().Should().Be("PID-13");
        test.Code.Should().Be(1);
        test.Out.Should().MatchRegex(@"mappings/tests/\S+:\d+: phone_mobile: expected \+15555555678, got \+15555551234\n");
        XDocument.Load(Path.Combine(_bench.Root, "results.xml")).Root!.Attribute("failures")!.Value.Should().NotBe("0");
        json.EnumerateArray().Count(result => !result.GetProperty("isPassed").GetBoolean()).Should().BePositive();
    }

    [Fact]
    public async Task A_message_is_shown_field_by_field_with_place_and_cell_and_nothing_is_stored()
    {
        var ran = await _bench.RunAsync("map", "run", Path.Combine(Samples, "guide-a04.hl7"));

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().Contain("ADT^A04  12345  practice 1959  mapped")
            .And.Contain("  create or update patient 12345\n")
            .And.MatchRegex(@"date_of_birth +1980-05-15 +PID-7 \(byte 151\) +athenahealth/patient\.map\.md:\d+:\d+\n")
            .And.Contain("\n    not said, and cleared with the address before: line2")
            .And.Contain("1 read: 1 mapped. Nothing was stored");
        Directory.Exists(Path.Combine(_bench.Root, "data")).Should().BeFalse();
    }

    [Fact]
    public async Task What_is_removed_by_the_message_itself_is_a_row_of_its_own()
    {
        var ran = await _bench.RunAsync("map", "run", Path.Combine(Samples, "guide-a08-delete.hl7"));

        ran.Out.Should().MatchRegex(@"\nphone_mobile +\(cleared\) +PID-14 \(byte \d+\)");
    }

    [Fact]
    public async Task Segments_out_of_their_order_are_told_as_they_would_be_with_the_message()
    {
        _bench.WriteFile("a.hl7", "MSH|^~\\&|A|1959|||20220315||SIU^S14|1|P|2.3\rSCH|1|1\rAIL|1||1\rPID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M\r");

        var ran = await _bench.RunAsync("map", "run", "a.hl7");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().MatchRegex(@"\n  warning 100 \S+: ");
    }

    [Fact]
    public async Task Every_sample_gets_its_verdict_and_writes_back_to_the_same_bytes()
    {
        var ran = await _bench.RunAsync("map", "run", Path.Combine(RepositoryRoot.Path, "samples"), "--json");
        var trials = JsonDocument.Parse(ran.Out).RootElement.EnumerateArray().ToList();

        trials.Count.Should().BeGreaterThan(25);
        trials.Where(trial => trial.GetProperty("file").GetString()!.EndsWith(".hl7", StringComparison.Ordinal)).Should().OnlyContain(trial => trial.GetProperty("writesBack").GetBoolean());
        trials.Select(trial => trial.GetProperty("verdict").GetString()).Distinct().Should().BeSubsetOf(["mapped", "ignored", "refused", "held"]);
    }

    [Theory]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\r{0}{1}BTS|2\rFTS|1\r", 0, "2 read")]
    [InlineData("BHS|^~\\&\r{0}{1}BTS|3\r", 1, "day.hl7:  batch  mismatch  batch 1 states 3 messages (BTS-1) and has 2")]
    [InlineData("BHS|^~\\&\r{0}{1}", 1, "day.hl7:  batch  cut off  batch 1 has no BTS: it was cut off, or its sender left it out")]
    public async Task A_batch_file_is_mapped_message_by_message_and_a_wrong_envelope_is_told(string form, int code, string problem)
    {
        var (first, second) = (Sample("guide-a04.hl7"), Sample("guide-s12.hl7"));
        _bench.WriteFile("day.hl7", form.Replace("{0}", first).Replace("{1}", second));

        var ran = await _bench.RunAsync("map", "run", "day.hl7", "--short");

        ran.Code.Should().Be(code, ran.Out + ran.Error);
        ran.Out.Should().Contain("day.hl7 1:  ADT^A04").And.Contain("day.hl7 2:  SIU^S12").And.Contain(problem).And.Contain("2 mapped");

        static string Sample(string name) => File.ReadAllText(Path.Combine(Samples, name), System.Text.Encoding.Latin1).TrimEnd() + "\r";
    }

    [Theory]
    [InlineData("no message", "unreadable", 1)]
    [InlineData("MSH|^~\\&|A|1959|||20220315||ACK|1|P|2.3\rMSA|AA|1\r", "acknowledgement", 0)]
    [InlineData("MSH|^~\\&|A|1959|||20220315||ADT^A99|1|P|2.3\rPID|1\r", "ignored", 0)]
    [InlineData("MSH|^~\\&|A|1959|||20220315||ADT^A04|1|P|3.0\rPID|1\r", "refused", 1)]
    [InlineData("MSH|^~\\&|A|1959|||20220315||ADT^A04|1|P|2.3\rPID|1||||DOE\r", "refused", 1)]
    [InlineData("MSH|^~\\&|A|195900|||20220315||ADT^A99|1|P|2.3\r", "ignored", 0)]
    public async Task Every_message_gets_a_verdict(string message, string expected, int code)
    {
        _bench.WriteFile("a.hl7", message);

        var ran = await _bench.RunAsync("map", "run", "a.hl7", "--json");

        JsonDocument.Parse(ran.Out).RootElement[0].GetProperty("verdict").GetString().Should().Be(expected);
        ran.Code.Should().Be(code);
    }

    [Fact]
    public async Task Rows_of_a_file_become_records_too()
    {
        var ran = await _bench.RunAsync("map", "run", Path.Combine(RepositoryRoot.Path, "samples", "csv", "patients.csv"), "--practice", "1959");

        ran.Out.Should().Contain("Patients file  practice 1959  mapped").And.MatchRegex(@"last_name +\S+ +row 1 +athenahealth/patient\.map\.md");
        (await _bench.RunAsync("map", "run", Path.Combine(RepositoryRoot.Path, "samples", "csv", "patients.csv"), "--kind", "x")).Error
            .Should().StartWith("The tables of practice 1959 read no file of kind 'x': there are ");
    }

    private static JsonElement Field(JsonElement trials, string name) =>
        trials[0].GetProperty("records")[0].GetProperty("fields").EnumerateArray().Single(field => field.GetProperty("name").GetString() == name);

    private void Edit(string file, string from, string to) => _maps.Edit(file, from, to);
}
