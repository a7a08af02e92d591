using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Intake;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Cli;

/// <summary><c>documents save</c> as people type it, over a real engine.</summary>
public sealed class DocumentCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("commands-").FullName;
    private readonly byte[] _pdf = [.. "%PDF-1.4\n"u8, .. Enumerable.Range(0, 4000).Select(number => (byte)number)];
    private TestEngine _engine = null!;

    public async Task InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" }, "195900": { "Zone": "America/Chicago", "Profile": "athena" } },
              "Sources": { "front-desk": { "Port": 0, "Practices": ["1959"] } }
            }
            """);
        _engine = await TestEngine.StartAsync();
        await DocumentAsync("D1", $"OBX|1|ED|N^Scan||^AP^PDF^Base64^{Convert.ToBase64String(_pdf)}");
        await DocumentAsync("D2", "OBX|1|TX|N^Note||Words only");
        await DocumentAsync("D3", $"OBX|1|ED|N^Scan||^AP^PDF^Base64^{Convert.ToBase64String(_pdf)}", $"OBX|2|ED|N^Scan||^AP^PDF^Base64^{Convert.ToBase64String([.. _pdf, 1])}");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_content_is_saved_by_its_documents_number_or_its_own_for_its_owner_only_and_audited(bool byDocument)
    {
        AttachmentValue.TryParse((await _engine.RecordAsync("1959", "document", "D1"))!["content.files"], out var content).Should().BeTrue();

        var saved = await SaveAsync(byDocument ? "D1" : content.Id, "scan.pdf", "--reason", "the doctor asks for it");

        saved.Code.Should().Be(0, saved.Error);
        var file = Path.Combine(_folder, "scan.pdf");
        saved.Out.Should().Be($"{_pdf.Length} bytes written to {file}. It is a patient's: delete it when it is no longer needed.\n");
        (await File.ReadAllBytesAsync(file)).Should().Equal(_pdf);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var audit = (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 1), default)).Single();
        (audit.Actor, audit.Action, audit.Reason).Should().Be(("maria", "documents save", "the doctor asks for it"));
    }

    [Fact]
    public async Task A_file_that_is_there_is_never_written_over()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "scan.pdf"), "mine");

        var saved = await SaveAsync("D1", "scan.pdf");

        saved.Code.Should().Be(1);
        saved.Error.Should().Contain("scan.pdf can't be written: ");
        (await File.ReadAllTextAsync(Path.Combine(_folder, "scan.pdf"))).Should().Be("mine");
    }

    [Theory]
    [InlineData("D2", 1, "Document D2 has no binary content; records show document D2 shows its text.")]
    [InlineData("D3", 2, "Document D3 has 2 contents; name one: ")]
    [InlineData("D9", 1, "Practice 1959 has no document D9.")]
    [InlineData("00000000000000000000000000", 1, "Practice 1959 has no document ")]
    public async Task What_can_not_be_saved_is_said_and_leaves_no_file(string id, int code, string problem)
    {
        var saved = await SaveAsync(id, "scan.pdf");

        saved.Code.Should().Be(code);
        saved.Error.Should().StartWith(problem);
        (await _engine.Store.ReadAsync(reader => reader.Audit("1959", 10), default)).Should().ContainSingle(row => row.Action == "documents save", "a refusal tells something, too");
        File.Exists(Path.Combine(_folder, "scan.pdf")).Should().BeFalse();
    }

    [Fact]
    public async Task A_content_of_another_practice_is_not_given_out()
    {
        AttachmentValue.TryParse((await _engine.RecordAsync("1959", "document", "D1"))!["content.files"], out var content).Should().BeTrue();

        var saved = await RunAsync("documents", "save", content.Id, "scan.pdf", "--practice", "195900");

        (saved.Code, saved.Error).Should().Be((1, $"Practice 195900 has no document with the content {content.Id}.\n"));
        File.Exists(Path.Combine(_folder, "scan.pdf")).Should().BeFalse();
    }

    [Fact]
    public async Task A_script_gets_file_and_size_as_JSON()
    {
        var saved = JsonDocument.Parse((await SaveAsync("D1", "scan.pdf", "--json")).Out).RootElement;

        (saved.GetProperty("file").GetString(), saved.GetProperty("size").GetInt64()).Should().Be((Path.Combine(_folder, "scan.pdf"), _pdf.Length));
    }

    private Task<Receipt> DocumentAsync(string id, params string[] content) => _engine.AcceptAsync(TestEngine.Message(
    [
        $"MSH|^~\\&|ATHENA|ATHENANET|PS|PS|20260106090000||MDM^T02|{id}|P|2.3",
        "EVN|T02|20260106090000",
        "PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M",
        $"TXA|1|CN|TX|||||||||{id}|||||AU",
        .. content,
    ]));

    private Task<Ran> SaveAsync(string id, string file, params string[] more) => RunAsync(["documents", "save", id, file, "--practice", "1959", .. more]);

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder, Environment = [], Time = _engine.Time, Actor = "maria" };
        var code = await new EngineCommandLine(terminal, (_, _, _) => Task.FromResult<IControl>(new EngineOperations(_engine.Core.Parts()))).RunAsync(arguments, CancellationToken.None);
        return new Ran(code, output.ToString(), error.ToString());
    }
}
