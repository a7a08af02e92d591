using System.Text.Json;
using InterfaceEngine.Control;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api;

/// <summary>
/// Errors as problem details (RFC 9457). The integration guides' endpoints say so in their own way too, in the same object:
/// <c>"success": false</c> and <c>"error"</c> stand before the problem's members.
/// </summary>
internal static class ApiProblem
{
    private const string ContentType = "application/problem+json";

    /// <summary>What the engine's refusals are in HTTP.</summary>
    public static ApiException Of(FailureKind kind, string message, TimeSpan? retryAfter) => kind switch
    {
        FailureKind.Usage => ApiException.BadRequest(message),
        FailureKind.NotFound => ApiException.NotFound(message),
        FailureKind.Changed => ApiException.Changed(message),
        FailureKind.Refused => ApiException.Refused(message),
        _ => ApiException.Unavailable(message, retryAfter),
    };

    /// <summary>Writes a problem in place of an answer.</summary>
    public static Task WriteAsync(ApiCall call, ApiException problem)
    {
        call.Fault = problem.Title;
        if (problem.RetryAfter is { } wait)
        {
            call.Http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            call.Http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return call.WriteAsync(problem.Status, ContentType, (call, problem), static (writer, one) => Write(writer, one.call, one.problem));
    }

    private static void Write(Utf8JsonWriter writer, ApiCall call, ApiException problem)
    {
        writer.WriteStartObject();
        if (call.Endpoint.IsOfGuides)
        {
            writer.WriteBoolean("success", false);
            writer.WriteString("error", problem.Message);
        }

        writer.WriteString("type", "about:blank");
        writer.WriteString("title", problem.Title);
        writer.WriteNumber("status", problem.Status);
        writer.WriteString("detail", problem.Message);
        writer.WriteString("requestId", call.RequestId);
        writer.WriteEndObject();
    }
}
