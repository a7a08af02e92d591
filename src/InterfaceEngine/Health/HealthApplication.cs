using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace InterfaceEngine.Health;

/// <summary>
/// What is answered over HTTP. Anybody who reaches the port may ask, so an answer names checks and their states and not the
/// reasons, which are in <c>status</c> and the log. It looks at what was reported and waits for nothing.
/// </summary>
/// <param name="startedAt">Since when the process answers.</param>
internal sealed class HealthApplication(Readiness readiness, DateTimeOffset startedAt) : IHttpApplication<HttpContext>
{
    private const string LivePath = "/health/live";
    private const string ReadyPath = "/health/ready";

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        if (path is not (LivePath or ReadyPath))
        {
            return AnswerAsync(context, StatusCodes.Status404NotFound, new HealthRefusal($"only {LivePath} and {ReadyPath} are here"));
        }

        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, new HealthRefusal("only GET and HEAD are answered"));
        }

        if (path == LivePath)
        {
            return AnswerAsync(context, StatusCodes.Status200OK, new HealthAnswer("live", startedAt, null));
        }

        var now = readiness.Now;
        return AnswerAsync(
            context,
            now.State == ReadinessState.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new HealthAnswer(now.State.InWords(), now.Since, [.. now.Checks.Select(check => new HealthCheckAnswer(check.Name, check.InWord(), check.Since))]));
    }

    private static Task AnswerAsync<T>(HttpContext context, int status, T answer)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <param name="Checks">Null where only the process was asked about.</param>
    private sealed record HealthAnswer(string State, DateTimeOffset Since, IReadOnlyList<HealthCheckAnswer>? Checks);

    private sealed record HealthCheckAnswer(string Name, string State, DateTimeOffset Since);

    private sealed record HealthRefusal(string Problem);
}

/// <summary>States as people and programs read them.</summary>
internal static class ReadinessWords
{
    public static string InWords(this ReadinessState state) => state switch
    {
        ReadinessState.Starting => "starting",
        ReadinessState.Ready => "ready",
        ReadinessState.NotReady => "not ready",
        _ => "draining",
    };

    /// <summary>How a check stands, for those who are not told why.</summary>
    public static string InWord(this ReadinessCheck check) => check.IsFine ? "ok" : check.Effect == ReadinessEffect.Warns ? "warning" : "failed";
}
