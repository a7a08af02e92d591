using InterfaceEngine.Sources.Ehr.Events;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Api.Guides;

/// <summary>What vendors' servers and browsers call. They have no key of ours: a state, a signature or a secret of its own proves each of them.</summary>
internal static class VendorEndpoints
{
    public static IReadOnlyList<ApiEndpoint> All { get; } =
    [
        new("GET", "/api/ehr/callback", Roles.Anybody, ApiScope.Nobody, "Where a vendor's server of tokens sends a browser back to, with a code for the authorization that was begun.", CompleteAsync)
        {
            Group = "For vendors",
            IsOfGuides = true,
            TakesOtherParameters = true,
            Parameters =
            [
                ApiParameter.Query("state", "Names the authorization that was begun; good once.") with { IsRequired = true },
                ApiParameter.Query("code", "What a token is had for."),
                ApiParameter.Query("error", "Why there is none, in a word of OAuth."),
            ],
            Result = ApiJson.Camel.GuideAnswerAuthorizedResult,
            ResultExample = """{"success":true,"data":{"connection":"conn_123"}}""",
        },
        new("GET", "/api/ehr/jwks", Roles.Anybody, ApiScope.Nobody, "The public keys that vendors check our signatures with.", PublicKeysAsync)
        {
            Group = "For vendors",
            ContentTypes = ["application/jwk-set+json"],
            ResultExample = """{"keys":[]}""",
        },
        new("POST", "/api/ehr/{system}/events/{connection}", Roles.Anybody, ApiScope.Nobody, "Takes a vendor's event. Its signature, or its secret, is checked; it is answered once it is on disk.", TakeEventAsync)
        {
            Group = "For vendors",
            TakesOtherParameters = true,
            Parameters =
            [
                ApiParameter.Path("system", "The vendor."),
                ApiParameter.Path("connection", "The connection whose event it is."),
                new ApiParameter("X-Hub-Signature", "header", "athenahealth's signature of the body: sha256= and the HMAC in hexadecimal, by the subscription's secret."),
                new ApiParameter(WebhookIntake.SecretHeader, "header", "The subscription's secret, of servers that follow the standard; Authorization: Bearer does as well."),
            ],
            Forms = NotificationForms.All,
            ResultExample = "{}",
        },
    ];

    private static async Task CompleteAsync(ApiCall call)
    {
        if (call.Query("state") is not { } state || (call.Query("code") is null && call.Query("error") is null))
        {
            throw ApiException.BadRequest("state, and code or error, are expected: this address is where a vendor's server sends a browser back to.");
        }

        if (call.Parts.CompleteAuthorization is not { } complete)
        {
            throw ApiException.NotFound("No connection waits for an authorization.");
        }

        // The browser may be gone; what it brought is good once, so it is used to the end.
        var outcome = await complete(new AuthorizationReply(state, call.Query("code"), call.Query("error")), CancellationToken.None);
        if (outcome.Connection is not { } connection)
        {
            throw ApiException.BadRequest(outcome.Problem ?? "Nothing came of the authorization.");
        }

        await call.AnswerAsync(new GuideAnswer<AuthorizedResult>(true, new AuthorizedResult(connection)), ApiJson.Camel.GuideAnswerAuthorizedResult);
    }

    private static async Task PublicKeysAsync(ApiCall call)
    {
        call.Http.Response.Headers.CacheControl = "public, max-age=300";
        await call.SendAsync(StatusCodes.Status200OK, "application/jwk-set+json", call.Parts.PublicKeys());
    }

    private static async Task TakeEventAsync(ApiCall call)
    {
        var connection = call.OneConnection(call.Route("connection"), call.Route("system"));
        if (call.Parts.Events is not { } events)
        {
            throw ApiException.NotFound("No events are taken here.");
        }

        var request = call.Http.Request;
        var answer = await events.TakeAsync(connection, name => request.Headers[name] is { Count: 1 } one ? one.ToString() : null, await call.BytesAsync(), call.Aborted);
        if (answer.Problem is { } problem)
        {
            throw new ApiException(answer.Status, "The event was not taken", problem);
        }

        await call.SendAsync(answer.Status, "application/json", "{}"u8.ToArray());
    }
}
