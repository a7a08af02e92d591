using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Sandbox.Vendors.OAuth;

/// <summary>
/// People's leave to see their own record, by code with PKCE: whoever is sent here signs in and agrees at once. A code is good once and for a minute; a
/// refresh token is replaced each time. Not for concurrent use.
/// </summary>
internal sealed class UserConsents(VendorServerOptions options, TimeProvider time)
{
    private static readonly TimeSpan _codeLife = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Given> _codes = [];
    private readonly Dictionary<string, string[]> _refreshes = [];

    /// <summary>Sends the browser back with a code.</summary>
    public VendorAnswer Authorize(VendorRequest request)
    {
        string Asked(string name) => request.Query[name].ToString();
        if (Asked("client_id") != options.ClientId || !Uri.TryCreate(Asked("redirect_uri"), UriKind.Absolute, out var back))
        {
            return VendorAnswer.Text(400, "The client or its redirect_uri is unknown.");
        }

        var isRight = Asked("response_type") == "code" && Asked("code_challenge_method") == "S256" && Asked("code_challenge").Length > 0;
        var code = NewSecret();
        if (isRight)
        {
            _codes[code] = new Given(Asked("redirect_uri"), Asked("code_challenge"), Words(Asked("scope")), time.GetUtcNow() + _codeLife);
        }

        var answer = isRight ? $"code={code}" : "error=invalid_request";
        var separator = back.Query.Length > 0 ? '&' : '?';
        return new VendorAnswer(302).With("Location", $"{Asked("redirect_uri")}{separator}{answer}&state={Uri.EscapeDataString(Asked("state"))}");
    }

    /// <summary>The scopes of a code, which is used up with it; null where it is none, or not this client's.</summary>
    public string[]? TakeCode(string code, string redirect, string verifier) =>
        _codes.Remove(code, out var given) && given.Ends > time.GetUtcNow() && given.Redirect == redirect && given.Challenge == Challenge(verifier) ? given.Scopes : null;

    /// <summary>The scopes of a refresh token, which is used up with it; null where it is none.</summary>
    public string[]? TakeRefresh(string token) => _refreshes.Remove(token, out var scopes) ? scopes : null;

    public string GiveRefresh(string[] scopes)
    {
        var token = NewSecret();
        _refreshes[token] = scopes;
        return token;
    }

    private static string Challenge(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private sealed record Given(string Redirect, string Challenge, string[] Scopes, DateTimeOffset Ends);
}
