using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

/// <summary>A vendor's stand-in and a plain HTTP client that speaks to it: no part of the engine between.</summary>
internal sealed class VendorClient : IAsyncDisposable
{
    public const string AthenaScope = "athena/service/Athenanet.MDP.*";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private VendorClient(VendorServer server, FakeTimeProvider time) => (Server, Time) = (server, time);

    public VendorServer Server { get; }

    public FakeTimeProvider Time { get; }

    public string? AccessToken { get; set; }

    public static async Task<VendorClient> StartAsync(string profile = "athena-real", Func<VendorServerOptions, VendorServerOptions>? change = null)
    {
        var time = new FakeTimeProvider();
        var options = new VendorServerOptions { Profile = profile, People = 40, Limits = VendorLimits.None, Day = new DateOnly(2026, 1, 5) };
        return new VendorClient(await VendorServer.StartAsync(change?.Invoke(options) ?? options, time), time);
    }

    /// <summary>One with a token.</summary>
    public static async Task<VendorClient> LoggedInAsync(string profile = "athena-real", string scope = AthenaScope, Func<VendorServerOptions, VendorServerOptions>? change = null)
    {
        var client = await StartAsync(profile, change);
        await client.LogInAsync(scope);
        return client;
    }

    public async Task LogInAsync(string scope) => AccessToken = (await TokenAsync(("scope", scope))).Json["access_token"]!.GetValue<string>();

    /// <summary>Asks for a token with the secret in the header.</summary>
    public Task<VendorReply> TokenAsync(params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Server.TokenAddress) { Content = Form(WithGrant(fields)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Server.ClientId}:{Server.ClientSecret}")));
        return SendAsync(request);
    }

    /// <summary>Asks for a token with what the fields say alone.</summary>
    public Task<VendorReply> TokenByFieldsAsync(params (string Name, string Value)[] fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Server.TokenAddress) { Content = Form(WithGrant(fields)) });

    private static (string Name, string Value)[] WithGrant((string Name, string Value)[] fields) =>
        fields.Any(field => field.Name == "grant_type") ? fields : [("grant_type", "client_credentials"), .. fields];

    /// <summary>Ends when the vendor has made so many attempts to tell something.</summary>
    public Task ToldAsync(int attempts) => Server.Events.WaitForAsync(attempts).WaitAsync(TimeSpan.FromMinutes(1));

    public Task<VendorReply> GetAsync(string pathOrAddress) => SendAsync(HttpMethod.Get, pathOrAddress);

    public Task<VendorReply> PostAsync(string path, params (string Name, string Value)[] fields) => SendAsync(HttpMethod.Post, path, Form(fields));

    public Task<VendorReply> PutAsync(string path, params (string Name, string Value)[] fields) => SendAsync(HttpMethod.Put, path, Form(fields));

    /// <param name="method">Of the call.</param>
    /// <param name="pathOrAddress">Below athenaNet's base where it begins with a slash, below FHIR's where it does not, or a whole address.</param>
    /// <param name="content">Null for none.</param>
    /// <param name="headers">Further ones.</param>
    public Task<VendorReply> SendAsync(HttpMethod method, string pathOrAddress, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var address = pathOrAddress.StartsWith("http", StringComparison.Ordinal) ? pathOrAddress
            : pathOrAddress.StartsWith('/') ? $"{Server.Rest}{pathOrAddress}" : $"{Server.Fhir}/{pathOrAddress}";
        var request = new HttpRequestMessage(method, address) { Content = content };
        if (AccessToken is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return SendAsync(request);
    }

    public static FormUrlEncodedContent Form(IEnumerable<(string Name, string Value)> fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    public static StringContent JsonContent(string json, string type = "application/json") => new(json, Encoding.UTF8, type);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }

    private async Task<VendorReply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await _http.SendAsync(request);
            return new VendorReply(
                answer.StatusCode,
                await answer.Content.ReadAsStringAsync(),
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(one => one.Key, one => string.Join(',', one.Value), StringComparer.OrdinalIgnoreCase));
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record VendorReply(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The only row of the answer.</summary>
    public JsonObject One => ((JsonArray)Json).Should().ContainSingle().Subject!.AsObject();
}

/// <summary>A client's signed assertion, made anew here.</summary>
internal sealed class SignedAssertion : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    /// <summary>The public halves, as a client publishes them.</summary>
    public string Jwks
    {
        get
        {
            var (rsa, curve) = (_rsa.ExportParameters(false), _curve.ExportParameters(false));
            return JsonSerializer.Serialize(new
            {
                keys = new object[]
                {
                    new { kty = "RSA", kid = "rsa-1", alg = "RS384", n = Url(rsa.Modulus!), e = Url(rsa.Exponent!) },
                    new { kty = "EC", kid = "ec-1", alg = "ES384", crv = "P-384", x = Url(curve.Q.X!), y = Url(curve.Q.Y!) },
                },
            });
        }
    }

    public string Sign(string algorithm, string client, string audience, DateTimeOffset expires, string id, string? key = null)
    {
        var header = JsonSerializer.Serialize(new { alg = algorithm, typ = "JWT", kid = key ?? (algorithm == "ES384" ? "ec-1" : "rsa-1") });
        var claims = JsonSerializer.Serialize(new { iss = client, sub = client, aud = audience, exp = expires.ToUnixTimeSeconds(), jti = id });
        var content = $"{Url(Encoding.UTF8.GetBytes(header))}.{Url(Encoding.UTF8.GetBytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(content);
        var signature = algorithm == "ES384"
            ? _curve.SignData(bytes, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : _rsa.SignData(bytes, algorithm == "RS256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        return string.Create(CultureInfo.InvariantCulture, $"{content}.{Url(signature)}");
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _curve.Dispose();
    }

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
