using System.Text;
using System.Text.Json;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Store;
using static InterfaceEngine.Tests.Intake.GuideMessages;

namespace InterfaceEngine.Tests.Cli;

/// <summary>
/// Files of messages, taken by a running engine over its control socket and by a command that opens the store itself: real
/// sockets, a real store, the shipped mappings.
/// </summary>
public sealed class ImportCommandTests : IDisposable
{
    private const string Header = "BHS|^~\\&|ATHENA|1959|PS|PSSERVER|20260105||NIGHTLY|x|BATCH-9\r";

    private readonly EngineFolder _folder = new();

    public static TheoryData<bool> Ways => EngineFolder.Ways;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_message_of_a_file_gets_its_verdict_and_what_was_not_taken_is_listed_with_its_place(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        var text = $"{Header}{Patient(1)}{Patient(2, birth: "19801399")}{Patient(3)}BTS|3\r";
        Write("day.hl7", text);

        var ran = await RunAsync("import", "day.hl7");

        ran.Code.Should().Be(1, ran.Error);
        ran.Out.Should().Contain("day.hl7 as front-desk").And.Contain("complete: 3 stated, 3 found; 2 applied, 1 refused");
        ran.Out.Should().MatchRegex($@"\n2 +{text.IndexOf("MSH|^~\\&|ATHENA", text.IndexOf("|P1|", StringComparison.Ordinal), StringComparison.Ordinal)} +P2 +refused +");
        ran.Out.Should().NotContain("DOE").And.NotContain("19801399");
        (await PatientsAsync()).Should().Be("external_id\n1\n3\n2 rows\n");
        (await RunAsync("ledger", "--full")).Should().Match<Ran>(ledger => ledger.Code == 0 && ledger.Out.Contains("Everything is accounted for."));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_that_is_read_twice_is_recognised_by_its_messages(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("day.hl7", $"{Header}{Patient(1)}{Patient(2)}BTS|2\r");

        var first = await RunAsync("import", "day.hl7");
        var again = await RunAsync("import", "day.hl7", "--json");

        (first.Code, again.Code).Should().Be((0, 0), again.Error);
        var batch = JsonDocument.Parse(again.Out).RootElement[0].GetProperty("batch");
        batch.GetProperty("verdict").GetString().Should().Be("complete");
        batch.GetProperty("states").EnumerateObject().Select(state => $"{state.Name} {state.Value}").Should().Equal("duplicate 2");
        batch.GetProperty("file").GetString().Should().Be("day.hl7");
    }

    [Theory]
    [InlineData("{1}{2}", 0)]
    [InlineData("{1}", 0)]
    [InlineData("\u000b{1}\u001c\r\u000b{2}\u001c\r", 0)]
    [InlineData("FHS|^~\\&\r{0}{1}BTS|1\r{0}{2}BTS|1\rFTS|2\r", 0)]
    [InlineData("{0}{1}{2}BTS|3\r", 1)]
    [InlineData("{0}{1}{2}", 1)]
    public async Task A_file_may_have_any_form_and_a_wrong_envelope_fails_although_its_messages_are_taken(string form, int code)
    {
        await using var engine = await StartAsync(isRunning: false);
        foreach (var (end, name) in new[] { ("\r", "cr"), ("\n", "lf"), ("\r\n", "crlf") })
        {
            Write($"{name}.hl7", form.Replace("{0}", Header).Replace("{1}", Patient(1)).Replace("{2}", Patient(2)).Replace("\r", end).Replace("\u001c" + end, "\u001c\r"));

            var ran = await RunAsync("import", $"{name}.hl7");

            ran.Code.Should().Be(code, $"{name}: {ran.Out} {ran.Error}");
        }

        (await PatientsAsync()).Should().StartWith("external_id\n1\n");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_answers_are_written_as_one_batch_for_each_file(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("a.hl7", $"{Header}{Patient(1)}{Patient(2, birth: "19801399")}BTS|2\r");
        Write("b.hl7", Patient(3).Replace("|P|2.3|", "|P|2.3|||AL|AL|", StringComparison.Ordinal));

        await RunAsync("import", "a.hl7", "b.hl7", "--replies", "answers.hl7");
        var again = await RunAsync("import", "b.hl7", "--replies", "answers.hl7");

        var answers = File.ReadAllText(Path.Combine(_folder.Root, "answers.hl7")).Split('\r');
        answers.Where(segment => segment.StartsWith("BHS", StringComparison.Ordinal)).Select(segment => segment.Split('|')[^1]).Should().HaveCount(2).And.StartWith("BATCH-9");
        answers.Where(segment => segment.StartsWith("MSA", StringComparison.Ordinal) || segment.StartsWith("BTS", StringComparison.Ordinal)).Select(segment => string.Join('|', segment.Split('|').Take(3)))
            .Should().Equal("MSA|AA|P1", "MSA|AE|P2", "BTS|2", "MSA|CA|P3", "MSA|AA|P3", "BTS|2");
        (again.Code, again.Error).Should().Match<(int Code, string Error)>(ran => ran.Code == 2 && ran.Error.Contains("--replies answers.hl7"), "nothing is written over");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_practice_s_file_needs_no_source_and_is_accounted_for_by_itself(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("day.hl7", Patient(1) + Patient(2));

        var ran = await RunAsync("import", "day.hl7", "--practice", "1959");
        var ledger = await RunAsync("ledger", "--full");

        ran.Code.Should().Be(0, ran.Error);
        ledger.Out.Should().MatchRegex(@"import:1959 +2 +2").And.MatchRegex(@"Files of +received +complete\nimport:1959 +1 +1\n").And.Contain("Everything is accounted for.");
        (await RunAsync("audit", "list")).Out.Should().MatchRegex("maria +import +1959 +day.hl7 as import:1959");
    }

    [Theory]
    [InlineData("import day.hl7", "Say as what the files come: --source NAME (front-desk, lab) or --practice ID (1959).")]
    [InlineData("import day.hl7 --source desk", "--source desk: not a source of the settings (front-desk, lab).")]
    [InlineData("import day.hl7 --source lab --practice 1959", "Say as what the file comes: --source NAME or --practice ID, one of them.")]
    [InlineData("import day.hl7 --practice 1960", "--practice 1960: not a practice of the settings (1959). Did you mean 1959?")]
    [InlineData("import night.hl7 --source lab", "night.hl7: there is no such file.")]
    public async Task What_makes_no_sense_is_said_and_nothing_is_taken(string command, string problem)
    {
        WriteSettings("\"front-desk\": { \"Port\": 0, \"Practices\": [\"1959\"] }, \"lab\": { \"Port\": 0, \"Practices\": [\"1959\"] }");
        await using var engine = await StartAsync(isRunning: false);
        Write("day.hl7", Patient(1));

        var ran = await RunAsync(command.Split(' '));

        (ran.Code, ran.Error.Trim()).Should().Be((2, problem));
        (await PatientsAsync()).Should().Be("external_id\n0 rows\n");
    }

    [Fact]
    public async Task A_command_that_goes_away_breaks_its_file_off_and_the_next_import_takes_the_rest()
    {
        var text = Encoding.Latin1.GetBytes($"{Header}{string.Concat(Enumerable.Range(1, 40).Select(number => Patient(number)))}BTS|40\r");
        var engine = await StartAsync(isRunning: true);
        await using (var gone = (await ControlClient.TryConnectAsync(engine!.Core.Settings.Data, default))!)
        {
            await gone.AskAsync(new BeginImportRequest("day.hl7", "front-desk", null, false) { Actor = "maria" }, default);
            await gone.AskAsync(new ImportPieceRequest(text.AsMemory(0, text.Length - 300)) { Actor = "maria" }, default);
        }

        Write("day.hl7", Encoding.Latin1.GetString(text));
        // The engine notices the closed connection by itself; the next file does not wait for it.
        var ran = await RunAsync("import", "day.hl7");

        ran.Code.Should().Be(0, ran.Error);
        ran.Out.Should().Contain("complete: 40 stated, 40 found");
        (await RunAsync("records", "sql", "select count(*) from patient")).Out.Should().Contain("\n40\n");
        await engine.DisposeAsync();
        var batches = await RunAsync("batches", "list");
        batches.Out.Should().MatchRegex("day.hl7 +complete +40 +40").And.MatchRegex("day.hl7 +interrupted");
        (await RunAsync("ledger", "--full")).Out.Should().Contain("Everything is accounted for.");
    }

    [Fact]
    public async Task An_engine_that_stops_inside_a_file_says_that_it_can_be_imported_again()
    {
        var engine = await StartAsync(isRunning: true);
        await using var client = (await ControlClient.TryConnectAsync(engine!.Core.Settings.Data, default))!;
        await client.AskAsync(new BeginImportRequest("day.hl7", "front-desk", null, false) { Actor = "maria" }, default);
        await client.AskAsync(new ImportPieceRequest(Encoding.Latin1.GetBytes(Header + Patient(1) + Patient(2))) { Actor = "maria" }, default);

        await engine.DisposeAsync();

        var piece = () => client.AskAsync(new ImportPieceRequest(Encoding.Latin1.GetBytes(Patient(3))) { Actor = "maria" }, default);
        await piece.Should().ThrowAsync<ControlException>();
        Write("day.hl7", $"{Header}{Patient(1)}{Patient(2)}{Patient(3)}BTS|3\r");
        (await RunAsync("import", "day.hl7")).Code.Should().Be(0);
        (await PatientsAsync()).Should().Be("external_id\n1\n2\n3\n3 rows\n");
        (await RunAsync("ledger", "--full")).Out.Should().Contain("Everything is accounted for.");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_batch_shows_what_it_held_and_what_its_messages_are_now_and_the_look_is_audited(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("day.hl7", $"{Header}{Patient(1)}{Patient(2, birth: "19801399")}BTS|3\r");
        var imported = JsonDocument.Parse((await RunAsync("import", "day.hl7", "--json")).Out).RootElement[0];
        var id = imported.GetProperty("batch").GetProperty("id").GetString()!;

        var list = await RunAsync("batches", "list");
        var show = await RunAsync("batches", "show", id, "--reason", "ticket 7");
        await RunAsync("errors", "dismiss", imported.GetProperty("notTaken")[0].GetProperty("message").GetString()!, "--reason", "test");
        var later = await RunAsync("batches", "show", id, "--json");

        list.Out.Should().MatchRegex($"{id} .* front-desk +BATCH-9 +day.hl7 +mismatch +3 +2 +1");
        show.Out.Should().Contain("file day.hl7 BATCH-9 by front-desk").And.Contain("mismatch: 3 stated, 2 found; 1 applied, 1 refused")
            .And.Contain("batch 1 states 3 messages (BTS-1) and has 2").And.MatchRegex(@"1959 +ADT\^A04 +P1 +applied").And.MatchRegex(@"1959 +ADT\^A04 +P2 +refused");
        JsonDocument.Parse(later.Out).RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("state").GetString()).Should().Equal("applied", "dismissed");
        (await RunAsync("batches", "show", "0000000000000")).Code.Should().Be(1);
        (await RunAsync("audit", "list")).Out.Should().MatchRegex($"maria +batches show .*batch {id} +0 +ticket 7").And.Contain("batches list");
    }

    [Fact]
    public async Task Charges_of_a_file_are_added_up()
    {
        await using var engine = await StartAsync(isRunning: false);
        var dft = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "hl7", "guide-p03.hl7"), Encoding.Latin1);
        Write("day.hl7", $"{Patient(1)}{dft}");

        var ran = await RunAsync("import", "day.hl7", "--practice", "1959");

        ran.Out.Should().MatchRegex(@"charges: \d+ charge, in all \d+");
    }

    private static string Patient(int number, string birth = "19800515") =>
        Encoding.UTF8.GetString(Adt("A04", $"P{number}", number, Doe(id: $"{number}", birth: birth), "PV1|1|O"));

    private void WriteSettings(string sources) => _folder.WriteSettings($"\"Sources\": {{ {sources} }}");

    private void Write(string name, string text) => _folder.Write(name, text);

    private async Task<string> PatientsAsync() => (await RunAsync("records", "sql", "select external_id from patient order by 1")).Out;

    private Task<EngineHost?> StartAsync(bool isRunning) => _folder.StartAsync(isRunning);

    private Task<Ran> RunAsync(params string[] arguments) => _folder.RunAsync(arguments);
}
