using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors.Fhir;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Sandbox.Vendors;

/// <summary>Puts an answer on the wire, spoilt where a fault says so.</summary>
/// <param name="time">For pauses.</param>
/// <param name="stopping">The server ends: nobody is kept waiting any more.</param>
internal sealed class VendorWire(TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] _block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0,", 32_768)));

    /// <summary>What is answered in place of doing what was asked; null where it is done.</summary>
    public static VendorAnswer? Instead(VendorFault? fault) => fault switch
    {
        VendorFault.Hang or VendorFault.Drop => new VendorAnswer(0),
        VendorFault.ServerError => VendorAnswer.Json(new JsonObject { ["error"] = "An internal error occurred." }, 500),
        VendorFault.BadGateway => VendorAnswer.Text(502, "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>", "text/html"),
        VendorFault.Unavailable => VendorAnswer.Json(new JsonObject { ["error"] = "The service is being maintained." }, 503).With("Retry-After", "2"),
        VendorFault.Transient => FhirAnswers.Outcome(503, "transient", "The server is busy.").With("Retry-After", "2"),
        VendorFault.JobFailed => FhirAnswers.Outcome(500, "exception", "The export failed."),
        VendorFault.RateLimited => TooMany(TimeSpan.FromSeconds(2)),
        VendorFault.RateLimitedBare => TooMany(null),
        VendorFault.Unauthorized => VendorAnswer.Json(new JsonObject { ["error"] = "The access token is no longer valid." }, 401),
        VendorFault.GatewayText => VendorAnswer.Text(200, "Service temporarily not registered with API gateway."),
        VendorFault.Forbidden => VendorAnswer.Json(new JsonObject { ["error"] = "Forbidden.", ["detailedmessage"] = "The application may not use this endpoint." }, 403),
        VendorFault.NotSuccess => VendorAnswer.Json(new JsonObject { ["success"] = false, ["errormessage"] = "The practice's database is read only at the moment." }),
        VendorFault.RedirectElsewhere => new VendorAnswer(302).With("Location", "http://elsewhere.invalid/collect"),
        VendorFault.Endless => new VendorAnswer(200) { ContentType = "application/json", Write = EndlessAsync },
        VendorFault.DeepJson => VendorAnswer.Text(200, new string('[', 1_000_000), "application/json"),
        _ => null,
    };

    public static VendorAnswer TooMany(TimeSpan? wait)
    {
        var answer = VendorAnswer.Text(429, "Developer Over Rate");
        return wait is { } time ? answer.With("Retry-After", Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <returns>The status; 0 where none was sent.</returns>
    public async Task<int> SendAsync(HttpContext context, VendorAnswer answer, VendorFault? fault)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            return await SendAsync(context, answer, fault, gone.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The client hung up, or the server ends: there is nobody to tell.
            context.Abort();
            return 0;
        }
    }

    private async Task<int> SendAsync(HttpContext context, VendorAnswer answer, VendorFault? fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case VendorFault.Hang or VendorFault.HangAfterDoing:
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return 0;
            case VendorFault.Drop or VendorFault.DropAfterDoing:
                context.Abort();
                return 0;
        }

        var response = context.Response;
        response.StatusCode = answer.Status;
        response.Headers.Date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (answer.ContentType.Length > 0)
        {
            response.ContentType = fault == VendorFault.WrongContentType ? "text/html" : answer.ContentType;
        }

        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        await WriteAsync(context, answer, fault, cancellationToken);
        return answer.Status;
    }

    private async Task WriteAsync(HttpContext context, VendorAnswer answer, VendorFault? fault, CancellationToken cancellationToken)
    {
        var stream = context.Response.Body;
        if (answer.Write is { } write)
        {
            await WriteAsync(context, write, answer.IsCompressible, fault == VendorFault.Truncated ? new CutStream(stream, context.Abort) : stream, cancellationToken);
            return;
        }

        if (answer.Body.Length == 0)
        {
            // Kestrel takes even an empty write after a 204 for a mistake, and breaks the connection off.
            if (fault == VendorFault.Truncated)
            {
                context.Abort();
            }

            return;
        }

        context.Response.ContentLength = answer.Body.Length;
        switch (fault)
        {
            case VendorFault.Truncated:
                await stream.WriteAsync(answer.Body.AsMemory(0, answer.Body.Length / 2), cancellationToken);
                await stream.FlushAsync(cancellationToken);
                context.Abort();
                break;
            case VendorFault.SlowDrip:
                foreach (var one in answer.Body)
                {
                    await stream.WriteAsync(new[] { one }, cancellationToken);
                    await stream.FlushAsync(cancellationToken);
                    await Task.Delay(_pause, time, cancellationToken);
                }

                break;
            default:
                await stream.WriteAsync(answer.Body, cancellationToken);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, Func<Stream, CancellationToken, Task> write, bool isCompressible, Stream stream, CancellationToken cancellationToken)
    {
        if (!isCompressible || !context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            await write(stream, cancellationToken);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using var packed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        await write(packed, cancellationToken);
    }

    private static async Task EndlessAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("["u8.ToArray(), cancellationToken);
        while (true)
        {
            await stream.WriteAsync(_block, cancellationToken);
        }
    }
}
