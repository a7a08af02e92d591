using System.Diagnostics;
using System.Text.RegularExpressions;
using InterfaceEngine.Api;
using InterfaceEngine.Control;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Api;

/// <summary>What docs/http-api.md shows is so: every command of it is run by the real curl, in its order, against a real server.</summary>
public sealed partial class HttpApiDocumentTests
{
    public const string Guide = "docs/http-api.md";

    private static readonly Document _document = new(Guide);

    [RequiresProgramFact("bash", "curl")]
    public async Task Every_call_of_the_document_is_answered_as_it_says()
    {
        await using var place = await ApiPlace.StartAsync(WithVendor);
        place.Readiness.Started();
        await place.Engine.AcceptAsync(TestEngine.Sample("guide-a04.hl7"));
        var environment = new Dictionary<string, string>
        {
            ["API"] = place.Server.Url,
            ["KEY"] = place.Keys.Make(ApiRole.Writer, ["1959"]),
            ["OPERATOR"] = place.Keys.Make(ApiRole.Operator),
            ["RECEPTIONIST"] = place.Keys.Make(ApiRole.Receptionist, ["1959"]),
        };
        foreach (var (at, line) in _document.WalkThrough().SelectMany(block => block.Text.Split('\n').Select(line => (block.Place, line))))
        {
            var (code, output) = await RunAsync(line, environment);

            code.Should().Be(0, "{0} shows `{1}`, which printed\n{2}", at, line, output);
            if (VisitForm().Match(output) is { Success: true } visit)
            {
                environment["VISIT"] = visit.Groups[1].Value;
            }
        }
    }

    [Fact]
    public void Every_endpoint_is_shown()
    {
        var text = string.Join('\n', _document.Lines);
        var shown = CurlForm().Matches(text).Select(match => $"{(match.Groups[1].Success ? match.Groups[1].Value : "GET")} {match.Groups[2].Value}").ToList();
        foreach (var endpoint in ApiEndpoints.All)
        {
            var form = new Regex($"^{endpoint.Method} {PlaceholderForm().Replace(endpoint.Template, "[^/ ]+")}$");
            (shown.Exists(form.IsMatch) || text.Contains(endpoint.Name, StringComparison.Ordinal)).Should().BeTrue("{0} is to be shown", endpoint.Name);
        }
    }

    /// <summary>A vendor's place is taken by answers: what stands behind it has tests of its own.</summary>
    private static ApiParts WithVendor(ApiParts parts) => parts with
    {
        Connections = [ApiPlace.Connection("conn_123", "1959")],
        Control = new ScriptedControl(parts.Control)
            .On<ListConnectionsRequest>(_ => new ConnectionsAnswer([]))
            .On<EhrPatientsRequest>(asked => new EhrPatientsAnswer(asked.Connection, [new EhrPatientView("31001", "Ada", "Sample", "1980-05-15", "F")]))
            .On<EhrSlotsRequest>(asked => new EhrSlotsAnswer(asked.Connection, []))
            .On<StartEhrBulkRequest>(asked => new EhrBulkAnswer("job_123", asked.Connection, "IN_PROGRESS", DateTimeOffset.UnixEpoch) { Step = "exporting" })
            .On<EhrBulkRequest>(_ => new EhrBulkAnswer("job_123", "conn_123", "IN_PROGRESS", DateTimeOffset.UnixEpoch) { Step = "exporting" })
            .On<EhrSyncRequest>(asked => new EhrSyncAnswer(asked.Connection, 150, 75))
            .On<EhrSyncStateRequest>(asked => new EhrSyncStateAnswer(asked.Connection, "never"))
            .On<EhrCapabilitiesRequest>(asked => new EhrCapabilitiesAnswer(asked.Connection, new Dictionary<string, bool>(), "8 requests/second")),
    };

    private static async Task<(int Code, string Output)> RunAsync(string line, Dictionary<string, string> environment)
    {
        // As the document has it, but for what only says how it went.
        var start = new ProcessStartInfo("bash", ["-c", $"curl() {{ command curl --silent --show-error --fail-with-body --max-time 60 \"$@\"; }}\n{line}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("^\\{\"id\":\"([0-9A-Z]{13})\",\"event\"")]
    private static partial Regex VisitForm();

    [GeneratedRegex("""^curl (?:-X ([A-Z]+) )?"\$API([^"?]*)""", RegexOptions.Multiline)]
    private static partial Regex CurlForm();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PlaceholderForm();
}
