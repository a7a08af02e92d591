using System.Text;
using InterfaceEngine.Control;
using InterfaceEngine.Health;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>What watches over the engine asks: how this node is, and what it has done.</summary>
internal static class OperationEndpoints
{
    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/health", Roles.Anybody, ApiScope.Nobody, "Whether this node takes new connections: 200 when it does, 503 when not. Names checks and not their reasons.", HealthAsync)
        {
            Group = "Operation",
            Result = ApiJson.Camel.HealthResult,
            FurtherStatuses = [(StatusCodes.Status503ServiceUnavailable, "It takes none now.")],
            ResultExample = """{"state":"ready","since":"2026-02-01T12:00:00Z","checks":[{"name":"store","state":"ok","since":"2026-02-01T12:00:00Z"}]}""",
        },
        new("GET", "/metrics", Roles.Operators, ApiScope.AllPractices, "Counters and gauges in the text form of Prometheus.", MetricsAsync)
        {
            Group = "Operation",
            ContentTypes = ["text/plain"],
        },
        new("GET", "/openapi.json", Roles.All, ApiScope.Nobody, "This description.", DescribeAsync) { Group = "Operation" },
    ];

    private static Task HealthAsync(ApiCall call)
    {
        var now = call.Parts.Readiness.Now;
        return call.AnswerAsync(
            new HealthResult(now.State.InWords(), now.Since, [.. now.Checks.Select(check => new HealthCheck(check.Name, check.InWord(), check.Since))]),
            ApiJson.Camel.HealthResult,
            now.State == ReadinessState.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task MetricsAsync(ApiCall call)
    {
        var status = await call.AskAsync(new StatusRequest { Actor = call.Actor });
        var connections = await call.Parts.Control.AskAsync(new ListConnectionsRequest { Actor = call.Actor }, call.Aborted);
        var text = new PrometheusText();
        EngineMetrics.Write(text, status, connections as ConnectionsAnswer);
        call.Parts.Metrics.Write(text);
        await call.SendAsync(StatusCodes.Status200OK, MetricsType, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Task DescribeAsync(ApiCall call) => call.SendAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", OpenApiDocument.Bytes);
}

/// <param name="State"><c>starting</c>, <c>ready</c>, <c>not ready</c> or <c>draining</c>.</param>
internal sealed record HealthResult(string State, DateTimeOffset Since, IReadOnlyList<HealthCheck> Checks);

/// <param name="State"><c>ok</c>, <c>warning</c> or <c>failed</c>.</param>
internal sealed record HealthCheck(string Name, string State, DateTimeOffset Since);
