using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Benchmarks.Files;

/// <summary>A vendor that exports at once: some patients, and values of theirs in several files, made while they are sent.</summary>
internal sealed class ExportServer : IAsyncDisposable
{
    public const int Patients = 1_000;
    public const int Files = 8;

    private readonly WebApplication _application;
    private readonly int _rows;

    private ExportServer(WebApplication application, int rows) => (_application, _rows) = (application, rows);

    public string Address => _application.Urls.Single();

    public static async Task<ExportServer> StartAsync(int rows)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var server = new ExportServer(builder.Build(), rows);
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        return server;
    }

    public static string Patient(int number) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"resourceType":"Patient","id":"{{number}}","name":[{"family":"Sample{{number}}","given":["Ann"]}],"gender":"female","birthDate":"{{1930 + (number % 90)}}-{{1 + (number % 12):00}}-{{1 + (number % 28):00}}"}""");

    public static string Value(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"resourceType":"Observation","id":"v-{{{number}}}","meta":{"lastUpdated":"2026-01-15T10:00:00Z"},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}]},"subject":{"reference":"Patient/{{{1 + (number % Patients)}}}"},"effectiveDateTime":"2026-01-{{{1 + (number % 28):00}}}T{{{number % 24:00}}}:{{{number / 24 % 60:00}}}:00Z","valueQuantity":{"value":{{{50 + (number % 80)}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}""");

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/$export", StringComparison.Ordinal))
        {
            (context.Response.StatusCode, context.Response.Headers["Content-Location"]) = (202, $"{Address}/status");
        }
        else if (path == "/status" && HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync(
                $$"""{"transactionTime":"2026-02-01T00:00:00Z","requiresAccessToken":false,"output":[{"type":"Patient","url":"{{Address}}/patients","count":{{Patients}}},{{string.Join(',', Enumerable.Range(0, Files).Select(file => $"{{\"type\":\"Observation\",\"url\":\"{Address}/values/{file}\",\"count\":{Count(file)}}}"))}}],"error":[]}""");
        }
        else if (path == "/patients")
        {
            await WriteAsync(context, Enumerable.Range(1, Patients).Select(Patient));
        }
        else if (path.StartsWith("/values/", StringComparison.Ordinal))
        {
            var file = int.Parse(path.AsSpan("/values/".Length), CultureInfo.InvariantCulture);
            await WriteAsync(context, Enumerable.Range(0, Count(file)).Select(row => Value((row * Files) + file)));
        }
        else
        {
            context.Response.StatusCode = HttpMethods.IsDelete(context.Request.Method) ? 202 : 404;
        }
    }

    private int Count(int file) => (_rows / Files) + (file < _rows % Files ? 1 : 0);

    private static async Task WriteAsync(HttpContext context, IEnumerable<string> lines)
    {
        context.Response.ContentType = "application/fhir+ndjson";
        foreach (var lot in lines.Chunk(200))
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', lot) + "\n"), context.RequestAborted);
        }
    }
}
