using System.Text;
using System.Text.Json;
using InterfaceEngine.Store;

namespace InterfaceEngine.Tests.Cli;

/// <summary>
/// Files of rows, taken by a running engine over its control socket and by a command that opens the store itself: real sockets, a real
/// store, the shipped mappings.
/// </summary>
public sealed class FilesImportCommandTests : IDisposable
{
    private const string Columns = "PatientID,FirstName,LastName,DOB,Zip,Phone,Email";

    private readonly EngineFolder _folder = new();

    public static TheoryData<bool> Ways => EngineFolder.Ways;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rejects_that_were_corrected_pass_when_they_are_brought_again(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("day.csv", $"{Columns}\n1,Ann,Sample,1980-05-15,2134,,\n2,Bo,Sample,1980-13-15,62701,,\n1.23457E+11,Cy,Sample,1980-05-15,62701,,\n4,\"De, \"\"D\"\"\",Sample,1980-05-15\n5,Eve,Sample,1980-05-15,62701,,\n");

        var ran = await RunAsync("files", "import", "day.csv");

        ran.Code.Should().Be(1, ran.Error);
        ran.Out.Should().Contain("day.csv as Patients file of import:1959, run ").And.Contain("2 created, 3 refused").And.NotContain("Sample");
        var run = (await RunsAsync()).Single().GetProperty("id").GetString()!;
        var shown = await RunAsync("runs", "show", run, "--rejects", "rejects.csv");
        shown.Out.Should().Contain("rejects.csv: 3 rows").And.Contain("5 rows: 2 created, 3 refused");

        var rejects = Read("rejects.csv");
        rejects.Should().Match(
            $"\uFEFF{Columns},rejected_row,rejected_column,rejected_reason\r\n"
            + "2,Bo,Sample,1980-13-15,62701,,,2,DOB,*not a date: * [MAP501] date_of_birth is required for a new patient and was not given. [MAP544]*\r\n"
            + "1.23457E+11,Cy,Sample,1980-05-15,62701,,,3,PatientID,a number as a spreadsheet shortens it (1.23457E+11): its digits are lost. Format the column as text and export it again. [MAP553]\r\n"
            + "4,\"De, \"\"D\"\"\",Sample,1980-05-15,4,,it has 4 cells and the header has 7. [MAP534]\r\n");

        Write("same.csv", rejects);
        (await RunAsync("files", "import", "same.csv")).Out.Should().Contain("3 refused", "what nobody corrected is refused again, a row that is too short as well");
        Write("corrected.csv", rejects.Replace("1980-13-15", "1980-12-15").Replace("1.23457E+11", "123457000123").Replace("1980-05-15,4,,it", "1980-05-15,62701,,,4,,it"));
        var corrected = await RunAsync("files", "import", "corrected.csv", "--json");

        corrected.Code.Should().Be(0, corrected.Out);
        JsonDocument.Parse(corrected.Out).RootElement[0].GetProperty("counts").GetProperty("created").GetInt64().Should().Be(3);
        (await RunAsync("records", "sql", "select external_id, first_name from patient order by 1")).Out.Should().Contain("De, \"D\"").And.Contain("123457000123");
        (await RunAsync("ledger", "--full")).Should().Match<Ran>(ledger => ledger.Code == 0 && ledger.Out.Contains("Everything is accounted for."));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_dry_run_says_the_same_counts_and_keeps_nothing(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("day.csv", $"{Columns}\n1,Ann,Sample,1980-05-15,62701,,\n2,Bo,Sample,1980-05-15,62701,,\n1,Ann,Sample,1980-05-15,62701,,\n2,Bo,Other,1980-05-15,62701,,\n3,,Sample,,62701,,\n");

        var tried = await RunAsync("files", "import", "day.csv", "--dry-run");

        tried.Code.Should().Be(1);
        tried.Out.Should().Contain("2 created, 2 refused, 1 twice in the file");
        (await RunsAsync()).Should().BeEmpty();
        (await RunAsync("records", "sql", "select external_id from patient")).Out.Should().Contain("0 rows");
        (await RunAsync("files", "import", "day.csv")).Out.Should().Contain("2 created, 2 refused, 1 twice in the file");
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_says_what_to_do_and_gives_no_row()
    {
        await using var engine = await StartAsync(isRunning: false);
        Write("wrong.csv", "PatientID,FirstNam,LastName,DOB\n1,Ann,Sample,1980-05-15\n");

        var ran = await RunAsync("files", "import", "wrong.csv", "--as", "Patients file");

        ran.Code.Should().Be(1);
        ran.Out.Should().Contain("refused: The column FirstName is missing, from which patient.first_name is read. Did you mean FirstNam by it? No row was taken.");
        (await RunAsync("files", "runs", "--state", "refused")).Out.Should().Contain("Patients file").And.Contain("wrong.csv");
        (await RunAsync("files", "import", "wrong.csv")).Should().Match<Ran>(none => none.Code == 2 && none.Error.Contains("Say what kind of file it is with --as KIND: its columns fit none of "));
    }

    [Fact]
    public async Task The_same_content_is_known_unless_somebody_wants_it_again()
    {
        await using var engine = await StartAsync(isRunning: false);
        Write("day.csv", $"{Columns}\n1,Ann,Sample,1980-05-15,62701,,\n");
        await RunAsync("files", "import", "day.csv");

        (await RunAsync("files", "import", "day.csv")).Should().Match<Ran>(ran => ran.Code == 0 && ran.Out.Contains("known: The same content was read before: nothing was read."));
        (await RunAsync("files", "import", "day.csv", "--even-if-known")).Out.Should().Contain("1 unchanged");
    }

    [Theory]
    [InlineData("json", "[{\"patientid\":\"1\",\"firstname\":\"Ann\",\"lastname\":\"Sample\",\"dob\":\"05/15/1980\"},\n {\"patientid\":\"2\",\"firstname\":\"Bo\"}]")]
    [InlineData("ndjson", "{\"patientid\":\"1\",\"firstname\":\"Ann\",\"lastname\":\"Sample\",\"dob\":\"05/15/1980\"}\n{\"patientid\":\"2\",\"firstname\":\"Bo\"}\n")]
    public async Task Objects_of_a_JSON_file_are_rows_too(string end, string text)
    {
        await using var engine = await StartAsync(isRunning: true);
        Write($"people.{end}", text);

        (await RunAsync("files", "import", $"people.{end}")).Should().Match<Ran>(ran => ran.Code == 2 && ran.Error.Contains("say which call of athenaNet its objects answer"));
        var ran = await RunAsync("files", "import", $"people.{end}", "--as", "GET /patients");

        ran.Out.Should().Contain("1 created, 1 refused", ran.Error);
        var run = (await RunsAsync()).Single().GetProperty("id").GetString()!;
        await RunAsync("runs", "show", run, "--rejects", "rejects.json");
        Read("rejects.json").Should().StartWith("{\"rejected_row\": 2, \"rejected_reason\": \"").And.EndWith(", \"patientid\":\"2\",\"firstname\":\"Bo\"}\r\n");
        JsonDocument.Parse(Read("rejects.json"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_report_says_field_by_field_what_was_ours_and_theirs_and_runs_no_formula(bool isRunning)
    {
        await using var engine = await StartAsync(isRunning);
        Write("one.csv", $"{Columns}\n1,Ann,Sample,1980-05-15,62701,,\n2,Bo,Sample,1980-05-15,62701,,\n");
        Write("two.csv", $"{Columns}\n1,Ann,=1+2,1980-05-15,62701,(617) 555-0142,\n2,Bo,Sample,1980-05-15,62701,,\n3,Cy,New,1980-05-15,62701,,\n4,,New,1980-05-15,62701,,\n");
        System.IO.File.SetLastWriteTimeUtc(Path.Combine(_folder.Root, "one.csv"), new DateTime(2026, 1, 1, 6, 0, 0, DateTimeKind.Utc));
        System.IO.File.SetLastWriteTimeUtc(Path.Combine(_folder.Root, "two.csv"), new DateTime(2026, 1, 2, 6, 0, 0, DateTimeKind.Utc));
        await RunAsync("files", "import", "one.csv", "two.csv");
        var run = (await RunsAsync())[0].GetProperty("id").GetString()!;

        await RunAsync("runs", "show", run, "--report", "report.csv", "--reason", "monthly look");

        var lines = Read("report.csv").Split("\r\n");
        lines[0].Should().Be("\uFEFFRow,Record,Id,Field,Ours,Theirs,Result,Why,Last written by,Last written at (UTC),Message");
        lines[1].Should().StartWith("1,patient,1,last name,Sample,'=1+2,changed to theirs,theirs is newer,import:1959,2026-01-01 06:00,");
        lines[2].Should().StartWith("3,patient,3,(all),,,new,this patient was not known,,,");
        lines[3].Should().StartWith("4,,,,,,not applied: refused,first_name is required for a new patient and was not given. [MAP544],,,");
        (await RunAsync("records", "sql", "select last_name from patient where external_id = '1'")).Out.Should().Contain("=1+2", "what machines read is as it was sent");
        (await RunAsync("runs", "show", run, "--changes")).Out.Should().Contain("changed to theirs").And.Contain("theirs is newer");
        (await RunAsync("audit", "list")).Out.Should().Contain("runs report").And.Contain("monthly look");
    }

    [Fact]
    public async Task Files_of_reports_are_never_written_over()
    {
        await using var engine = await StartAsync(isRunning: false);
        Write("day.csv", $"{Columns}\n1,,Sample,1980-05-15,62701,,\n");
        await RunAsync("files", "import", "day.csv");
        var run = (await RunsAsync()).Single().GetProperty("id").GetString()!;

        var ran = await RunAsync("runs", "show", run, "--rejects", "day.csv");

        ran.Should().Match<Ran>(one => one.Code == 1 && one.Error.Contains("--rejects day.csv: "));
        Read("day.csv").Should().StartWith(Columns);
    }

    private void Write(string name, string text) => System.IO.File.WriteAllText(Path.Combine(_folder.Root, name), text);

    private string Read(string name) => Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(Path.Combine(_folder.Root, name)));

    private async Task<IReadOnlyList<JsonElement>> RunsAsync() =>
        [.. JsonDocument.Parse((await RunAsync("runs", "list", "--json")).Out).RootElement.GetProperty("runs").EnumerateArray()];

    private Task<EngineHost?> StartAsync(bool isRunning) => _folder.StartAsync(isRunning);

    private Task<Ran> RunAsync(params string[] arguments) => _folder.RunAsync(arguments);
}
