using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace InterfaceEngine.Ehr.Tokens;

/// <summary>One private key by which the engine proves who it is: RSA signs RS384, P-384 signs ES384. Dispose it.</summary>
internal sealed class ClientKey : IDisposable
{
    private const int RsaBitsMin = 2048;
    private const string Curve = "1.3.132.0.34";

    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;

    private ClientKey(RSA? rsa, ECDsa? ec, string? kid)
    {
        (_rsa, _ec) = (rsa, ec);
        Kid = kid ?? Thumbprint();
    }

    public string Kid { get; }

    public string Algorithm => _rsa is null ? "ES384" : "RS384";

    /// <param name="options">Where it is, and its name.</param>
    /// <exception cref="EhrException">The file can't be read, or holds no such key. The message holds nothing of it.</exception>
    public static ClientKey Load(ClientKeyOptions options)
    {
        try
        {
            var text = File.ReadAllText(options.File).Trim();
            return text.StartsWith('{') ? FromJwk(text, options) : FromPem(text, options);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EhrException(EhrFault.TokenRefused, $"the key {options.File} can't be read.", failure);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EhrException(EhrFault.TokenRefused, $"{options.File} is no private key: RSA or P-384 is expected, in PEM without a password or as JWK.");
        }
    }

    /// <summary>What signs by it, as long as it is not disposed of: nothing of it is kept for another one.</summary>
    public SigningCredentials Signing => new(_rsa is null ? new ECDsaSecurityKey(_ec) { KeyId = Kid } : new RsaSecurityKey(_rsa) { KeyId = Kid }, Algorithm)
    {
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
    };

    /// <summary>Its public half, as a vendor is given it.</summary>
    public void WritePublic(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Members())
        {
            writer.WriteString(name, value);
        }

        writer.WriteString("use", "sig");
        writer.WriteString("alg", Algorithm);
        writer.WriteString("kid", Kid);
        writer.WriteStartArray("key_ops");
        writer.WriteStringValue("verify");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }

    private static ClientKey FromPem(string text, ClientKeyOptions options)
    {
        if (text.Contains("EC PRIVATE KEY", StringComparison.Ordinal) || !IsRsa(text, out var rsa))
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(text);
            return Checked(null, ec, options.Kid);
        }

        return Checked(rsa, null, options.Kid);
    }

    private static bool IsRsa(string text, out RSA rsa)
    {
        rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            return true;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return false;
        }
    }

    private static ClientKey FromJwk(string text, ClientKeyOptions options)
    {
        using var document = JsonDocument.Parse(text);
        var jwk = document.RootElement;
        var kid = options.Kid ?? (jwk.TryGetProperty("kid", out var named) ? named.GetString() : null);
        byte[] Member(string name) => Base64Text.Bytes(jwk.GetProperty(name).GetString()!);
        if (jwk.GetProperty("kty").GetString() == "RSA")
        {
            var key = new RSAParameters
            {
                Modulus = Member("n"),
                Exponent = Member("e"),
                D = Member("d"),
                P = Member("p"),
                Q = Member("q"),
                DP = Member("dp"),
                DQ = Member("dq"),
                InverseQ = Member("qi"),
            };
            return Checked(RSA.Create(key), null, kid);
        }

        return Checked(null, ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue(Curve), Q = new ECPoint { X = Member("x"), Y = Member("y") }, D = Member("d") }), kid);
    }

    private static ClientKey Checked(RSA? rsa, ECDsa? ec, string? kid)
    {
        var isFit = rsa is not null
            ? rsa.KeySize >= RsaBitsMin && rsa.ExportParameters(includePrivateParameters: true).D is not null
            : ec!.KeySize == 384 && ec.ExportParameters(includePrivateParameters: true).D is not null;
        return isFit ? new ClientKey(rsa, ec, kid) : throw new CryptographicException();
    }

    /// <summary>In the order of their names, as a thumbprint wants them.</summary>
    private (string Name, string Value)[] Members()
    {
        if (_rsa is not null)
        {
            var rsa = _rsa.ExportParameters(includePrivateParameters: false);
            return [("e", Base64Text.Of(rsa.Exponent)), ("kty", "RSA"), ("n", Base64Text.Of(rsa.Modulus))];
        }

        var ec = _ec!.ExportParameters(includePrivateParameters: false);
        return [("crv", "P-384"), ("kty", "EC"), ("x", Base64Text.Of(ec.Q.X)), ("y", Base64Text.Of(ec.Q.Y))];
    }

    private string Thumbprint() => Base64Text.Of(SHA256.HashData(Encoding.UTF8.GetBytes("{" + string.Join(',', Members().Select(member => $"\"{member.Name}\":\"{member.Value}\"")) + "}")));
}
