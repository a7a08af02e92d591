using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Tests.Ehr.Tokens;

public sealed class ClientKeysTests : IDisposable
{
    private static readonly Uri _audience = new("https://login.example.com/token");
    private static readonly DateTimeOffset _now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_statement_is_signed_so_that_the_published_key_proves_it()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var (pem, algorithm) in ((string, string)[])[(rsa.ExportRSAPrivateKeyPem(), "RS384"), (rsa.ExportPkcs8PrivateKeyPem(), "RS384"), (ec.ExportECPrivateKeyPem(), "ES384"), (ec.ExportPkcs8PrivateKeyPem(), "ES384")])
        {
            var client = Client((pem, null, null));
            var parts = ClientKeys.Assertion(client, _audience, _now).Split('.');
            var (head, claims) = (Json(parts[0]), Json(parts[1]));
            var key = JsonDocument.Parse(ClientKeys.Published(client)).RootElement.GetProperty("keys")[0];

            (head.GetProperty("alg").GetString(), head.GetProperty("typ").GetString(), head.GetProperty("kid").GetString()).Should().Be((algorithm, "JWT", key.GetProperty("kid").GetString()));
            (claims.GetProperty("iss").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString()).Should().Be(("me", "me", _audience.AbsoluteUri));
            claims.GetProperty("exp").GetInt64().Should().BeInRange(_now.ToUnixTimeSeconds() + 1, _now.ToUnixTimeSeconds() + 300);
            var (signed, signature) = (Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Text.Bytes(parts[2]));
            (algorithm == "RS384"
                ? rsa.VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)
                : signature.Length == 96 && ec.VerifyData(signed, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)).Should().BeTrue();
            key.EnumerateObject().Select(member => member.Name).Should().NotContain(["d", "p", "q"]);
        }
    }

    [Fact]
    public void Statements_are_never_the_same_twice()
    {
        var client = Client((NewPem(), null, null));

        Json(ClientKeys.Assertion(client, _audience, _now).Split('.')[1]).GetProperty("jti").GetString()
            .Should().NotBe(Json(ClientKeys.Assertion(client, _audience, _now).Split('.')[1]).GetProperty("jti").GetString());
    }

    [Fact]
    public void The_newest_key_in_force_signs_and_all_are_published()
    {
        var client = Client((NewPem(), "old", null), (NewPem(), "current", new DateOnly(2026, 11, 1)), (NewPem(), "next", new DateOnly(2026, 12, 1)));

        Kid(client, _now).Should().Be("current");
        Kid(client, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)).Should().Be("next");
        Kid(client, new DateTimeOffset(2026, 10, 31, 0, 0, 0, TimeSpan.Zero)).Should().Be("old");
        JsonDocument.Parse(ClientKeys.Published(client)).RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).Should().Equal("old", "current", "next");
    }

    [Fact]
    public void A_key_may_be_a_JWK_and_is_named_by_its_thumbprint_where_nothing_names_it()
    {
        using var rsa = RSA.Create(2048);
        var all = rsa.ExportParameters(includePrivateParameters: true);
        var jwk = JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["kty"] = "RSA",
            ["n"] = Base64Text.Of(all.Modulus),
            ["e"] = Base64Text.Of(all.Exponent),
            ["d"] = Base64Text.Of(all.D),
            ["p"] = Base64Text.Of(all.P),
            ["q"] = Base64Text.Of(all.Q),
            ["dp"] = Base64Text.Of(all.DP),
            ["dq"] = Base64Text.Of(all.DQ),
            ["qi"] = Base64Text.Of(all.InverseQ),
        });

        Kid(Client((jwk, null, null)), _now).Should().Be(Kid(Client((rsa.ExportPkcs8PrivateKeyPem(), null, null)), _now)).And.HaveLength(43);
        Kid(Client((jwk.Replace("{", "{\"kid\":\"mine\",", StringComparison.Ordinal), null, null)), _now).Should().Be("mine");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}")]
    [InlineData("P-256")]
    [InlineData("1024")]
    [InlineData("public")]
    public void What_is_no_such_key_is_refused_and_not_shown(string content)
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var small = RSA.Create(1024);
        var text = content switch { "P-256" => p256.ExportPkcs8PrivateKeyPem(), "1024" => small.ExportPkcs8PrivateKeyPem(), "public" => small.ExportSubjectPublicKeyInfoPem(), _ => content };

        var fault = FluentActions.Invoking(() => ClientKeys.Assertion(Client((text, null, null)), _audience, _now)).Should().Throw<EhrException>().Which;

        fault.Fault.Should().Be(EhrFault.TokenRefused);
        fault.Message.Should().Contain("is no private key").And.NotContain("BEGIN");
    }

    [Fact]
    public void A_file_that_is_not_there_and_keys_that_are_not_in_force_are_told_apart()
    {
        var client = new EhrClient { Id = "me", Keys = [new ClientKeyOptions(Path.Combine(_folder, "none.pem"), null, null)] };
        FluentActions.Invoking(() => ClientKeys.Assertion(client, _audience, _now)).Should().Throw<EhrException>().WithMessage("*can't be read*");
        FluentActions.Invoking(() => ClientKeys.Assertion(Client((NewPem(), null, new DateOnly(2027, 1, 1))), _audience, _now)).Should().Throw<EhrException>().WithMessage("*no key is in force yet*");
    }

    private static string NewPem()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return ec.ExportPkcs8PrivateKeyPem();
    }

    private static string? Kid(EhrClient client, DateTimeOffset now) => Json(ClientKeys.Assertion(client, _audience, now).Split('.')[0]).GetProperty("kid").GetString();

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64Text.Bytes(part)).RootElement;

    private EhrClient Client(params (string Text, string? Kid, DateOnly? From)[] keys) => new()
    {
        Id = "me",
        Proof = ClientProof.PrivateKey,
        Keys = [.. keys.Select(key =>
        {
            var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.key");
            File.WriteAllText(file, key.Text);
            return new ClientKeyOptions(file, key.Kid, key.From);
        })],
    };
}
