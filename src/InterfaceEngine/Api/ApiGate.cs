using System.Diagnostics;
using System.Net;
using InterfaceEngine.Control;
using InterfaceEngine.Intake;
using InterfaceEngine.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace InterfaceEngine.Api;

/// <summary>
/// Every call passes here: whence it comes, by whose key, whether that key opens it; then it is answered, what goes wrong becomes a problem, and
/// the call is noted. Nothing of a patient is: an endpoint is named by its template.
/// </summary>
internal sealed partial class ApiGate(ApiParts parts, ILogger<ApiGate> logger, CancellationToken stopping)
{
    private const string RequestIdHeader = "X-Request-Id";
    private const int RequestIdLengthMax = 64;
    private const int ClientClosed = 499;

    /// <summary>What nobody has described.</summary>
    private static readonly ApiEndpoint _unknown = new("ANY", "(unknown)", Roles.Anybody, ApiScope.Nobody, "Not here.", _ => Task.CompletedTask);

    private readonly BadKeys _badKeys = new(parts.Options.BadKeysMax, parts.Options.LockedFor, parts.Engine.Time);

    /// <summary>Answers one call.</summary>
    public async Task AnswerAsync(HttpContext context, ApiEndpoint endpoint)
    {
        var call = Begin(context, endpoint);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await PassAsync(call);
            await endpoint.Answer(call);
        }
        catch (Exception failure) when (!context.Response.HasStarted && ProblemOf(failure) is { } problem)
        {
            await ApiProblem.WriteAsync(call, problem);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await TurnAwayAsync(call);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            call.Fault = "the caller hung up";
            context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : ClientClosed;
        }
        catch (Exception failure)
        {
            // The top of a call: it is ours to mend, and the other calls go on.
            Log.CallFailed(logger, endpoint.Name, call.RequestId, new ExceptionPlace(failure));
            await BreakOffAsync(call);
        }

        Note(call, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Answers what is not there, or not by this method.</summary>
    public async Task AnswerUnknownAsync(HttpContext context)
    {
        var call = Begin(context, _unknown);
        if (context.GetEndpoint() is { RequestDelegate: { } refuse })
        {
            // Known, and not by this method: it says in Allow by which.
            await refuse(context);
        }

        await ApiProblem.WriteAsync(call, !IsAllowed(context) ? Foreign() : context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? new ApiException(StatusCodes.Status405MethodNotAllowed, "Not by this method", $"It is called by {context.Response.Headers.Allow}.")
            : ApiException.NotFound("There is no such endpoint; GET /openapi.json lists those that there are."));
        Note(call, TimeSpan.Zero);
    }

    private ApiCall Begin(HttpContext context, ApiEndpoint endpoint)
    {
        var given = context.Request.Headers[RequestIdHeader];
        var id = given.Count == 1 && IsRequestId(given[0]) ? given[0]! : Guid.CreateVersion7(parts.Engine.Time.GetUtcNow()).ToString("N");
        context.Response.Headers[RequestIdHeader] = id;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return new ApiCall(context, endpoint, parts, id, stopping);
    }

    private async Task PassAsync(ApiCall call)
    {
        var (context, endpoint) = (call.Http, call.Endpoint);
        if (!IsAllowed(context))
        {
            throw Foreign();
        }

        if (endpoint.Roles is { } roles)
        {
            call.Key = await KeyAsync(context);
            if (!roles.Contains(call.Key.Role))
            {
                throw ApiException.Forbidden($"The role {call.Key.Role} does not open this; it takes one of {string.Join(", ", roles)}.");
            }

            if (endpoint.Scope == ApiScope.AllPractices && call.Practices is not null)
            {
                throw ApiException.Forbidden("This speaks of all practices, and the key is bound to some.");
            }
        }

        if (!endpoint.TakesOtherParameters && context.Request.QueryString.HasValue)
        {
            CheckParameters(call);
        }
    }

    private async Task<ApiKey> KeyAsync(HttpContext context)
    {
        var shown = ShownKey(context.Request.Headers);
        if (shown is null)
        {
            throw new ApiException(StatusCodes.Status401Unauthorized, "No key", "An API key is expected, as Authorization: Bearer KEY or X-Api-Key: KEY.");
        }

        var check = await parts.Keys.CheckAsync(shown, context.RequestAborted);
        if (check.Key is { } key)
        {
            return key;
        }

        var address = CallerOf(context);
        if (_badKeys.Count(address) is { } wait)
        {
            throw new ApiException(
                StatusCodes.Status429TooManyRequests,
                "Too many bad keys",
                $"This address tried too many keys that are none: wait {Math.Ceiling(wait.TotalSeconds):0} seconds.")
            { RetryAfter = wait };
        }

        Log.KeyRefused(logger, address, check.Problem!);
        throw new ApiException(StatusCodes.Status401Unauthorized, "Bad key", "This API key is not in force: it is unknown, was revoked, or has expired.");
    }

    private static string? ShownKey(IHeaderDictionary headers)
    {
        const string scheme = "Bearer ";
        var authorization = headers.Authorization.ToString();
        return authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..].Trim()
            : headers["X-Api-Key"] is { Count: 1 } key ? key.ToString().Trim() : null;
    }

    /// <summary>A word that is misspelt would ask for more than is wanted: of all patients, since ever.</summary>
    private static void CheckParameters(ApiCall call)
    {
        foreach (var (name, _) in call.Http.Request.Query)
        {
            if (!call.Endpoint.Parameters.Any(known => known.Name == name && known.Place == "query"))
            {
                var known = call.Endpoint.Parameters.Where(one => one.Place == "query").Select(one => one.Name).ToList();
                throw ApiException.BadRequest(known.Count == 0
                    ? "Nothing is expected behind the question mark."
                    : $"Behind the question mark stands a word that is not known here; known are {string.Join(", ", known)}.");
            }
        }
    }

    private bool IsAllowed(HttpContext context) => parts.Options.AllowFrom.IsEveryone || parts.Options.AllowFrom.Contains(CallerOf(context));

    /// <summary>Who calls: of a proxy that is believed, the last address it names, which is the one it saw itself.</summary>
    private IPAddress CallerOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return parts.Options.ProxyFrom is { } proxies && proxies.Contains(address)
            && context.Request.Headers["X-Forwarded-For"] is { Count: > 0 } forwarded && IPAddress.TryParse(forwarded[^1]!.Split(',')[^1].Trim(), out var caller) ? caller : address;
    }

    private static ApiException Foreign() => new(StatusCodes.Status403Forbidden, "Foreign address", "From this address nothing is answered.");

    /// <summary>What a failure is for the caller; null for one that is ours.</summary>
    private static ApiException? ProblemOf(Exception failure) => failure switch
    {
        ApiException refused => refused,
        RequestException refused => ApiProblem.Of(refused.Kind, refused.Message, refused.RetryAfter),
        StoreUnavailableException => ApiException.Unavailable("The store can't be read or written now: try again later."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ApiException(StatusCodes.Status413PayloadTooLarge, "Too large", "The body is larger than what is taken."),
        BadHttpRequestException bad => new ApiException(bad.StatusCode, "Not HTTP as it should be", "The request broke off, or is none."),
        _ => null,
    };

    /// <summary>The engine's stop broke it off. Nobody is told where the connection is closed by now.</summary>
    private static async Task TurnAwayAsync(ApiCall call)
    {
        var (context, problem) = (call.Http, ApiException.Unavailable("The engine stops: ask again once it runs. What was to be changed may be changed already."));
        if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await ApiProblem.WriteAsync(call, problem);
        }
        else if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = problem.Status;
        }

        call.Fault = "the engine stopped";
    }

    private static async Task BreakOffAsync(ApiCall call)
    {
        call.Fault = "failed";
        if (call.Http.Response.HasStarted)
        {
            call.Http.Abort();
            return;
        }

        await ApiProblem.WriteAsync(call, new ApiException(StatusCodes.Status500InternalServerError, "Failed", "The engine failed at this; its log says where, under this request id."));
    }

    private void Note(ApiCall call, TimeSpan took)
    {
        var status = call.Http.Response.StatusCode;
        parts.Metrics.CallAnswered(call.Endpoint.Name, status, took);
        parts.Calls.Note(new CallEntry
        {
            Practice = call.Practice,
            Connection = LogEndpoints.ApiCalls,
            Endpoint = call.Endpoint.Name,
            Status = status,
            Fault = call.Fault,
            At = parts.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Milliseconds = (int)took.TotalMilliseconds,
            Sent = call.Answered,
            Received = call.Http.Request.ContentLength ?? 0,
            RequestId = call.RequestId,
            Actor = call.Actor,
        });
    }

    private static bool IsRequestId(string? text) =>
        text is { Length: > 0 and <= RequestIdLengthMax } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, EventName = "ApiKeyRefused", Message = "{Address} showed an API key that is not in force: {Problem}")]
        public static partial void KeyRefused(ILogger logger, IPAddress address, string problem);

        [LoggerMessage(Level = LogLevel.Error, EventName = "ApiCallFailed", Message = "{Endpoint} failed, request {RequestId}: {Place}")]
        public static partial void CallFailed(ILogger logger, string endpoint, string requestId, ExceptionPlace place);
    }
}
