using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Fhir;

namespace InterfaceEngine.Sandbox.Vendors.OAuth;

/// <summary>Gives tokens to clients that prove themselves, and knows what each is for. Not for concurrent use.</summary>
internal sealed class TokenDesk(VendorServerOptions options, VendorProfile profile, TimeProvider time)
{
    private const string AccessDenied = "Policy evaluation failed for this request, please check the policy configurations.";

    private readonly ClientAssertion _assertions = new(options.ClientId, profile.Algorithms);
    private readonly Dictionary<string, IssuedToken> _tokens = [];
    private readonly UserConsents _consents = new(options, time);
    private IReadOnlyList<ClientKey> _keys = options.ClientKeys is { } keys ? ClientKey.Read(keys) : [];

    /// <summary>How many were given.</summary>
    public int Issued { get; private set; }

    /// <summary>Takes other keys of the client from now on.</summary>
    /// <exception cref="FormatException">It is no JWKS.</exception>
    public void Trust(string jwks) => _keys = ClientKey.Read(jwks);

    /// <summary>No token is good any more.</summary>
    public void RevokeAll() => _tokens.Clear();

    /// <summary>What a token is for; null where it is unknown, revoked or over.</summary>
    public IReadOnlyList<string>? ScopesOf(string token) =>
        _tokens.TryGetValue(token, out var issued) && issued.Ends > time.GetUtcNow() ? issued.Scopes : null;

    public VendorAnswer Answer(VendorRequest request)
    {
        var isBasic = request.Header("Authorization").StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);
        if (Refuse(request) is { } reason)
        {
            return Failed(isBasic ? 401 : 400, "invalid_client", reason);
        }

        return request.Field("grant_type") switch
        {
            "client_credentials" => AnswerClient(request),
            "authorization_code" => AnswerUser(request, _consents.TakeCode(request.Field("code"), request.Field("redirect_uri"), request.Field("code_verifier"))),
            "refresh_token" => AnswerUser(request, _consents.TakeRefresh(request.Field("refresh_token"))),
            _ => Failed(400, "unsupported_grant_type", "grant_type: client_credentials, authorization_code or refresh_token is expected."),
        };
    }

    /// <summary>Sends somebody who is to give leave back with a code.</summary>
    public VendorAnswer Authorize(VendorRequest request) => _consents.Authorize(request);

    private VendorAnswer AnswerClient(VendorRequest request)
    {
        var scopes = request.Field("scope").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (scopes.Length == 0 && profile.IsScopeNeeded)
        {
            return profile.IsAthena
                ? VendorAnswer.Json(new JsonObject { ["error"] = "access_denied", ["detailedmessage"] = AccessDenied }, 401)
                : Failed(400, "invalid_scope", "scope: at least one is expected.");
        }

        if (scopes.FirstOrDefault(scope => !TokenScopes.IsGranted(profile, scope)) is { } unknown)
        {
            return Failed(400, "invalid_scope", $"scope: '{unknown}' is not granted to this client.");
        }

        return VendorAnswer.Json(Give(scopes)).With("Cache-Control", "no-store");
    }

    /// <summary>A token for the first patient's record, who is who agreed.</summary>
    private VendorAnswer AnswerUser(VendorRequest request, string[]? scopes)
    {
        if (scopes is null)
        {
            return Failed(400, "invalid_grant", "The code or the refresh token is unknown, used or over, or not this client's.");
        }

        var practice = request.Vendor.Practices.Values.First();
        var token = Give(scopes);
        token["patient"] = new FhirIds(practice.House.Id, profile is { IsAthena: true, IsGuide: false }).Patient(practice.Patients[0].Person.Id);
        if (scopes.Contains("offline_access"))
        {
            token["refresh_token"] = _consents.GiveRefresh(scopes);
        }

        return VendorAnswer.Json(token).With("Cache-Control", "no-store");
    }

    private JsonObject Give(string[] scopes)
    {
        foreach (var over in _tokens.Where(one => one.Value.Ends <= time.GetUtcNow()).Select(one => one.Key).ToList())
        {
            _tokens.Remove(over);
        }

        var life = options.TokenLife ?? profile.TokenLife;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = new IssuedToken(time.GetUtcNow() + life, scopes);
        Issued++;
        return new JsonObject
        {
            ["access_token"] = token,
            ["token_type"] = profile.IsAthena ? "Bearer" : "bearer",
            ["expires_in"] = (long)life.TotalSeconds,
            ["scope"] = string.Join(' ', scopes),
        };
    }

    /// <summary>Why the client is not believed; null where it is.</summary>
    private string? Refuse(VendorRequest request)
    {
        if (request.Field("client_assertion") is { Length: > 0 } assertion)
        {
            return request.Field("client_assertion_type") != ClientAssertion.Type
                ? $"client_assertion_type: {ClientAssertion.Type} is expected."
                : _assertions.Refuse(assertion, [.. profile.Token.Select(path => request.Vendor.Address + path)], _keys, time.GetUtcNow());
        }

        if (profile.IsSecretRefused && request.Field("grant_type") == "client_credentials")
        {
            return "client_assertion: a signed one is expected.";
        }

        var (id, secret) = Basic(request.Header("Authorization")) ?? (request.Field("client_id"), request.Field("client_secret"));
        return options.ClientSecret.Length > 0 && id == options.ClientId && secret == options.ClientSecret ? null : "the client is unknown or its secret is wrong.";
    }

    private static (string Id, string Secret)? Basic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        var text = Convert.TryFromBase64String(header[6..].Trim(), bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("", "") : (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    private static VendorAnswer Failed(int status, string error, string reason) =>
        VendorAnswer.Json(new JsonObject { ["error"] = error, ["error_description"] = reason }, status);

    private sealed record IssuedToken(DateTimeOffset Ends, IReadOnlyList<string> Scopes);
}
