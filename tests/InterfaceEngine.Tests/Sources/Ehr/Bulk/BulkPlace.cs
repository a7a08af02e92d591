using System.Text;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Ehr;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Sources.Ehr.Bulk;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sources.Ehr.Bulk;

/// <summary>A real engine, and a vendor's server that exports what a test says, over real HTTP. Time stands still but for <see cref="UntilOverAsync"/>.</summary>
internal sealed class BulkPlace : IAsyncDisposable
{
    public const string Practice = "195900";
    public const string KickOff = "GET /fhir/r4/Group/a-1.c-195900/$export";
    public const string Status = "GET /status";
    public const string Release = "DELETE /status";
    public const string At = "2026-02-01T11:00:00.000Z";

    private BulkPlace(ScriptedServer server, TestEngine engine) => (Server, Engine) = (server, engine);

    public ScriptedServer Server { get; }

    public TestEngine Engine { get; }

    public BulkExport Export => Engine.Core.Vendor(Connected.Id).Bulk();

    public BulkJobs Jobs => Export.Jobs;

    /// <summary>Everything but the kick-off's answer and the files is as it should be, until a test says otherwise.</summary>
    /// <param name="practices">What is otherwise of the practices; null for nothing.</param>
    public static async Task<BulkPlace> StartAsync(Func<ConnectionOptions, ConnectionOptions>? change = null, Func<Practice, Practice>? practices = null)
    {
        var server = await ScriptedServer.StartAsync();
        var options = Connected.Options(server.Address) with { Practice = Practice, Dialect = new EhrDialect { ExportGroup = "Group/a-1.c-{}" } };
        return new BulkPlace(server, await TestEngine.StartAsync(settings => settings with
        {
            Practices = [.. settings.Practices.Select(practices ?? (practice => practice))],
            Connections = [change?.Invoke(options) ?? options],
        }));
    }

    /// <summary>A vendor without faults: it begins, is busy once, and has three patients with two values each in files of their own.</summary>
    public static async Task<BulkPlace> WithClinicAsync(Func<ConnectionOptions, ConnectionOptions>? change = null, Func<Practice, Practice>? practices = null)
    {
        var place = await StartAsync(change, practices);
        place.Begins().Server.On(Status, 202, "", "text/plain", ("X-Progress", "40% Completed"), ("Retry-After", "120"));
        place.Manifest(("Observation", "/files/o1", 3), ("Patient", "/files/p", 3), ("Observation", "/files/o2", 3));
        place.File("/files/p", Patient(1), Patient(2), Patient(3));
        place.File("/files/o1", Value(1, 1), Value(2, 2), Value(3, 3));
        place.File("/files/o2", Value(4, 1), Value(5, 2), Value(6, 3));
        place.Server.On(Release, 202, "");
        return place;
    }

    public BulkPlace Begins()
    {
        Server.On(KickOff, 202, "", "text/plain", ("Content-Location", $"{Server.Address}/status?job=$1"));
        return this;
    }

    public BulkPlace Manifest(params (string Type, string Path, long? Count)[] files) => Manifest("", files);

    /// <param name="more">Further members, each with its comma in front.</param>
    public BulkPlace Manifest(string more, params (string Type, string Path, long? Count)[] files)
    {
        Server.On(Status, 200, $$"""{"transactionTime":"{{At}}","request":"x","requiresAccessToken":true,"output":[{{string.Join(',', files.Select(File))}}],"error":[]{{more}}}""");
        return this;
    }

    public string File((string Type, string Path, long? Count) file) =>
        $$"""{"type":"{{file.Type}}","url":"{{Server.Address}}{{file.Path}}"{{(file.Count is { } count ? $",\"count\":{count}" : "")}}}""";

    public BulkPlace File(string path, params string[] lines)
    {
        Server.On($"GET {path}", 200, string.Concat(lines.Select(line => line + "\n")), "application/fhir+ndjson");
        return this;
    }

    /// <summary>A file that says that it is longer than it is.</summary>
    public BulkPlace CutOff(string path, string text)
    {
        Server.On($"GET {path}", async context =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            (context.Response.ContentType, context.Response.ContentLength) = ("application/fhir+ndjson", bytes.Length + 10);
            await context.Response.Body.WriteAsync(bytes);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        return this;
    }

    public Task<BulkJob> BeginAsync(BulkRequest? request = null) => Export.StartAsync(request ?? new BulkRequest { Types = ["Patient", "Observation"] }, Engine.Time.GetUtcNow(), default);

    /// <summary>Begins one and goes on with it to its end.</summary>
    public async Task<BulkJob> RunAsync(BulkRequest? request = null) => await UntilOverAsync((await BeginAsync(request)).Id);

    /// <summary>Goes on until it is over; whenever it waits, time passes.</summary>
    public async Task<BulkJob> UntilOverAsync(string id, int stepsMax = 100)
    {
        for (var step = 0; step < stepsMax; step++)
        {
            var kept = (await Jobs.FindAsync(id, default))!;
            if (kept.Job.IsOver)
            {
                return kept.Job;
            }

            if (!kept.IsDue)
            {
                Engine.Time.Advance(kept.DueAt!.Value - kept.Now);
            }

            await Export.StepAsync((await Jobs.FindAsync(id, default))!, default);
        }

        throw new InvalidOperationException($"it was not over after {stepsMax} steps");
    }

    public async Task<int> CountAsync(string type) => (await Engine.RecordsAsync(Practice, type)).Count;

    /// <summary>Every run of the connection, oldest first.</summary>
    public async Task<IReadOnlyList<FileRun>> RunsAsync() =>
        [.. (await Engine.Store.ReadAsync(reader => reader.FileRuns(new FileRunQuery(Practice, Connected.Id, null), EngineId.None, 100), default)).OrderBy(run => run.Id.Value)];

    public async Task<long> MessagesAsync() => (await Engine.Store.ReadAsync(reader => reader.MessageCounts(), default)).Sum(count => count.Count);

    public IEnumerable<string> Asked => Server.Requests.Select(request => $"{request.Method} {request.Path}").Where(request => request != "GET /fhir/r4/metadata");

    public static string Patient(int number, string family = "Sample") =>
        $$"""{"resourceType":"Patient","id":"a-195900.E-{{number}}","name":[{"family":"{{family}}","given":["Ann"]}],"gender":"female","birthDate":"1980-05-{{10 + number}}"}""";

    public static string Value(int number, int patient) =>
        $$$"""{"resourceType":"Observation","id":"v-{{{number}}}","status":"final","subject":{"reference":"Patient/a-195900.E-{{{patient}}}"},"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}]},"effectiveDateTime":"2026-01-15T10:0{{{number}}}:00Z","valueQuantity":{"value":{{{70 + number}}},"unit":"/min"}}""";

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Server.DisposeAsync();
    }
}
