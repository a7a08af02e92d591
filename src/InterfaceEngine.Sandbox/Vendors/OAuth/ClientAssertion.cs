using System.Text.Json;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.OAuth;

/// <summary>Holds a signed assertion of a client to the rules of SMART Backend Services.</summary>
internal sealed class ClientAssertion(string clientId, IReadOnlyList<string> algorithms)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly TimeSpan _lifeMax = TimeSpan.FromMinutes(5);

    /// <summary>The <c>jti</c> that were used, until what they were of is over.</summary>
    private readonly Dictionary<string, DateTimeOffset> _used = [];

    /// <summary>What is wrong with it; null for nothing, and then it can't be used again.</summary>
    /// <param name="assertion">As it came.</param>
    /// <param name="audiences">Where it may be meant for.</param>
    /// <param name="keys">The client's.</param>
    /// <param name="now">By the server's clock.</param>
    public string? Refuse(string assertion, IReadOnlyList<string> audiences, IReadOnlyList<ClientKey> keys, DateTimeOffset now)
    {
        try
        {
            return assertion.Split('.') is [var header, var claims, var signature]
                ? Refuse(Object(header), Object(claims), $"{header}.{claims}", Base64Url.Read(signature), audiences, keys, now)
                : "client_assertion: three parts are expected.";
        }
        catch (Exception broken) when (broken is FormatException or JsonException or InvalidOperationException or InvalidCastException)
        {
            return "client_assertion: it can't be read.";
        }
    }

    private string? Refuse(
        JsonObject header, JsonObject claims, string content, byte[] signature, IReadOnlyList<string> audiences, IReadOnlyList<ClientKey> keys, DateTimeOffset now)
    {
        var algorithm = Text(header, "alg");
        if (!algorithms.Contains(algorithm))
        {
            return $"client_assertion: alg is to be one of {string.Join(", ", algorithms)}.";
        }

        if (keys.FirstOrDefault(key => key.Id == Text(header, "kid")) is not { } known)
        {
            return "client_assertion: kid names no key of this client.";
        }

        if (!known.Verify(algorithm, Base64Url.ReadAscii(content), signature))
        {
            return "client_assertion: the signature does not fit.";
        }

        if (Text(claims, "iss") != clientId || Text(claims, "sub") != clientId)
        {
            return "client_assertion: iss and sub are to be the client.";
        }

        if (!Audiences(claims).Any(audiences.Contains))
        {
            return "client_assertion: aud is to be the address of the token endpoint.";
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds(claims["exp"]?.GetValue<long>() ?? 0);
        if (expires <= now || expires > now + _lifeMax)
        {
            return "client_assertion: exp is over, or more than five minutes away.";
        }

        foreach (var over in _used.Where(one => one.Value < now).Select(one => one.Key).ToList())
        {
            _used.Remove(over);
        }

        return Text(claims, "jti") is { Length: > 0 } id && _used.TryAdd(id, expires) ? null : "client_assertion: jti is missing or was used before.";
    }

    private static JsonObject Object(string part) => (JsonObject)JsonNode.Parse(Base64Url.Read(part))!;

    private static string Text(JsonObject claims, string name) => claims[name]?.GetValue<string>() ?? "";

    private static IEnumerable<string> Audiences(JsonObject claims) =>
        claims["aud"] is JsonArray several ? several.Select(one => one!.GetValue<string>()) : [Text(claims, "aud")];
}
