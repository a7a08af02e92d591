using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Ehr.Http;
using InterfaceEngine.Ehr.Rates;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>Asks a vendor's server of tokens, once per call, and tells its refusals apart. It keeps nothing but how far that server's clock is off.</summary>
internal sealed class TokenServer(ConnectionOptions options, EhrExchange exchange, RateDesk rate, CallNotes notes, TimeProvider time)
{
    private const int AnswerBytesMax = 64 * 1024;

    /// <summary>A statement signed by a clock that is further off than this is likely refused.</summary>
    private static readonly TimeSpan _skewMax = TimeSpan.FromSeconds(30);

    private TimeSpan _skew;

    /// <param name="address">Where.</param>
    /// <param name="fields">Grant and scope; who asks is added.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EhrException"><see cref="EhrFault.TokenRefused"/> when the server refused; else as for every call.</exception>
    public async Task<TokenAnswer> AskAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        var skew = _skew;
        try
        {
            return await OnceAsync(address, fields, cancellationToken);
        }
        catch (EhrException fault) when (fault.Fault is EhrFault.TokenRefused && options.Client.Proof is ClientProof.PrivateKey && (_skew - skew).Duration() > _skewMax)
        {
            // What was signed was out of date by that server's clock, which is known now.
            return await OnceAsync(address, fields, cancellationToken);
        }
    }

    private async Task<TokenAnswer> OnceAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        var name = $"{options.Id} token";
        if (!EhrAddresses.IsSecure(address))
        {
            throw new EhrException(EhrFault.ForeignHost, $"{name}: {address.GetLeftPart(UriPartial.Authority)} is not https, so no secret goes there.");
        }

        await TurnAsync(cancellationToken);
        using var content = new FormUrlEncodedContent(fields.Concat(Proof(address)));
        var note = notes.BeginToken(content.Headers.ContentLength ?? 0);
        try
        {
            var answer = await AnswerAsync(address, content, note.RequestId, name, cancellationToken);
            if (!EhrStatuses.IsGood(answer.Status))
            {
                note.End(answer.Status, answer.Body.Length, null);
                throw Refusal(answer, name);
            }

            var token = Good(answer, name);
            note.End(answer.Status, answer.Body.Length, null);
            return token;
        }
        catch (EhrException fault)
        {
            note.End(fault.Status ?? 0, 0, fault.Fault);
            throw;
        }
        catch (OperationCanceledException)
        {
            note.End(0, 0, EhrFault.Unanswered);
            throw;
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var note = notes.BeginToken(0);
        try
        {
            await rate.TurnAsync(CallPriority.Booking, isToken: true, cancellationToken);
        }
        catch (EhrException fault)
        {
            note.Unsent(fault.Fault);
            throw;
        }
    }

    private async Task<EhrAnswer> AnswerAsync(Uri address, FormUrlEncodedContent content, string requestId, string name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("X-Request-Id", requestId);
        if (options.Client is { Proof: ClientProof.Basic, Secret: { } secret })
        {
            var pair = $"{Uri.EscapeDataString(options.Client.Id!)}:{Uri.EscapeDataString(secret.Value)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        using var response = await exchange.HeadAsync(request, name, cancellationToken);
        var head = exchange.Read(response);
        _skew = head.ServerTime - time.GetUtcNow();
        await rate.ObserveAsync(head, EhrStatuses.FaultOf(head) is EhrFault.RateLimited, cancellationToken);
        return head with
        {
            Body = EhrStatuses.IsGood(head.Status) ? await exchange.BodyAsync(response, AnswerBytesMax, name, cancellationToken) : await exchange.ErrorBodyAsync(response, name, cancellationToken),
        };
    }

    private IEnumerable<KeyValuePair<string, string>> Proof(Uri address)
    {
        var client = options.Client;
        switch (client.Proof)
        {
            case ClientProof.Post:
                yield return new("client_id", client.Id!);
                yield return new("client_secret", client.Secret?.Value ?? "");
                break;
            case ClientProof.None:
                yield return new("client_id", client.Id!);
                break;
            case ClientProof.PrivateKey:
                yield return new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
                yield return new("client_assertion", ClientKeys.Assertion(client, address, time.GetUtcNow() + _skew));
                break;
        }
    }

    private static TokenAnswer Good(EhrAnswer answer, string name)
    {
        var body = EhrBody.Read(new EhrCall { Method = HttpMethod.Post, Template = "token" }, answer);
        return TokenAnswer.Read(body) ?? throw new EhrException(EhrFault.NotUnderstood, $"{name}: the answer ({(int)answer.Status}) has no bearer token.") { Status = answer.Status };
    }

    private static EhrException Refusal(EhrAnswer answer, string name)
    {
        var fault = EhrStatuses.FaultOf(answer);
        if (fault is EhrFault.RateLimited or EhrFault.ServerFailed)
        {
            return new EhrException(fault, $"{name}: {(int)answer.Status}.") { Status = answer.Status, RetryAfter = answer.RetryAfter };
        }

        var word = ErrorWord(answer);
        var advice = word switch
        {
            "invalid_client" or "unauthorized_client" => "the client, its secret or its key is not known there, or not for this grant. Look at Client in the settings, and whether the key is published",
            "invalid_scope" => "a scope was not granted to the client. Look at Scopes in the settings, and at the vendor's portal",
            "access_denied" => "its policy lets this through to nobody: most often a scope is missing. Look at Scopes in the settings",
            "invalid_grant" => "what a user consented to is used up or was withdrawn. Ask for consent anew",
            _ => answer.Status is HttpStatusCode.NotFound ? "there is no server of tokens at this address. Look at Token in the settings" : "it refuses",
        };
        return new EhrException(EhrFault.TokenRefused, $"{name}: {(int)answer.Status}{(word is null ? "" : $" {word}")}: {advice}.") { Status = answer.Status, Reply = answer.Body };
    }

    /// <summary>The error's code, where it looks like one.</summary>
    private static string? ErrorWord(EhrAnswer answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            return body.RootElement.ValueKind is JsonValueKind.Object && body.RootElement.TryGetProperty("error", out var error)
                && error.TextOrNull() is { Length: > 0 and <= 40 } word && word.All(sign => sign is '_' or (>= 'a' and <= 'z')) ? word : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
