using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InterfaceEngine.Sandbox.Vendors.OAuth;

/// <summary>One public key of a client.</summary>
/// <param name="Id">Its <c>kid</c>.</param>
/// <param name="Verify">Whether a signature under an algorithm is this key's: RS384 and ES384 alone.</param>
internal sealed record ClientKey(string Id, Func<string, byte[], byte[], bool> Verify)
{
    /// <summary>The keys of a JWKS; those of other kinds are left out.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<ClientKey> Read(string jwks)
    {
        try
        {
            var keys = JsonNode.Parse(jwks)?["keys"] as JsonArray ?? throw new FormatException("a key set has 'keys'.");
            return [.. keys.Select(key => Of((JsonObject)key!)).OfType<ClientKey>()];
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or InvalidCastException or CryptographicException)
        {
            throw new FormatException("the client's keys are no JWKS.", broken);
        }
    }

    private static ClientKey? Of(JsonObject key)
    {
        byte[] Part(string name) => Base64Url.Read(key[name]!.GetValue<string>());
        var id = key["kid"]?.GetValue<string>() ?? "";
        switch (key["kty"]?.GetValue<string>())
        {
            case "RSA":
                var rsa = new RSAParameters { Modulus = Part("n"), Exponent = Part("e") };
                return new ClientKey(id, (algorithm, content, signature) => algorithm == "RS384" && IsRsa(rsa, content, signature));
            case "EC" when key["crv"]?.GetValue<string>() == "P-384":
                var curve = new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = new ECPoint { X = Part("x"), Y = Part("y") } };
                return new ClientKey(id, (algorithm, content, signature) => algorithm == "ES384" && IsCurve(curve, content, signature));
            default:
                return null;
        }
    }

    private static bool IsRsa(RSAParameters key, byte[] content, byte[] signature)
    {
        using var rsa = RSA.Create(key);
        return rsa.VerifyData(content, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
    }

    private static bool IsCurve(ECParameters key, byte[] content, byte[] signature)
    {
        using var curve = ECDsa.Create(key);
        return curve.VerifyData(content, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}

/// <summary>Base 64 as JSON Web Tokens have it.</summary>
internal static class Base64Url
{
    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Read(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(plain.PadRight(plain.Length + ((4 - (plain.Length % 4)) % 4), '='));
    }

    public static byte[] ReadAscii(string text) => Encoding.ASCII.GetBytes(text);
}
