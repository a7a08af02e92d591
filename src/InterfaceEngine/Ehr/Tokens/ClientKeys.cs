using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>
/// The keys of a client: all are published, so that a vendor knows the next one before it signs; of those in force the newest signs. Files are read
/// when they are needed, which is seldom, so a new one counts at once.
/// </summary>
internal static class ClientKeys
{
    /// <summary>How long a signed statement holds; five minutes are the most that servers take.</summary>
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(4);

    /// <summary>Times are those of the server that reads them, and not what this machine takes for now.</summary>
    private static readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>The statement by which the client proves who it is.</summary>
    /// <param name="client">Who.</param>
    /// <param name="audience">The server of tokens.</param>
    /// <param name="now">By that server's clock.</param>
    /// <exception cref="EhrException">No key can be used.</exception>
    public static string Assertion(EhrClient client, Uri audience, DateTimeOffset now)
    {
        using var key = ClientKey.Load(Signing(client.Keys, DateOnly.FromDateTime(now.UtcDateTime)));
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = client.Id,
            Audience = audience.AbsoluteUri,
            IssuedAt = now.UtcDateTime,
            Expires = (now + _life).UtcDateTime,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = client.Id!, [JwtRegisteredClaimNames.Jti] = Base64Text.Random(16) },
            SigningCredentials = key.Signing,
        });
    }

    /// <summary>The public halves of all keys, as JWKS.</summary>
    /// <exception cref="EhrException">A key can't be used.</exception>
    public static byte[] Published(params IEnumerable<EhrClient> clients) => Json(writer =>
    {
        writer.WriteStartArray("keys");
        foreach (var options in clients.SelectMany(client => client.Keys).DistinctBy(key => (key.File, key.Kid)))
        {
            using var key = ClientKey.Load(options);
            key.WritePublic(writer);
        }

        writer.WriteEndArray();
    });

    private static ClientKeyOptions Signing(IReadOnlyList<ClientKeyOptions> keys, DateOnly today) =>
        keys.Where(key => key.From is null || key.From <= today).OrderBy(key => key.From ?? DateOnly.MinValue).LastOrDefault()
            ?? throw new EhrException(EhrFault.TokenRefused, "no key is in force yet; see the dates (From) of Client:Keys.");

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
