using System.Net;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

public sealed class VendorTokenTests
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    [Fact]
    public async Task A_secret_in_the_header_gives_a_token_for_an_hour()
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await client.TokenAsync(("scope", VendorClient.AthenaScope));

        reply.Status.Should().Be(HttpStatusCode.OK);
        reply.Json["expires_in"]!.GetValue<int>().Should().Be(3_600);
        reply.Json["token_type"]!.GetValue<string>().Should().Be("Bearer");
        reply.Json["scope"]!.GetValue<string>().Should().Be(VendorClient.AthenaScope);
    }

    [Fact]
    public async Task A_secret_in_the_body_does_too()
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await client.TokenByFieldsAsync(("client_id", client.Server.ClientId), ("client_secret", client.Server.ClientSecret), ("scope", VendorClient.AthenaScope));

        reply.Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused()
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await client.TokenByFieldsAsync(("client_id", client.Server.ClientId), ("client_secret", "guess"), ("scope", VendorClient.AthenaScope));

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["error"]!.GetValue<string>().Should().Be("invalid_client");
    }

    [Fact]
    public async Task Without_a_scope_athenahealth_says_that_a_policy_failed()
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await client.TokenAsync();

        reply.Status.Should().Be(HttpStatusCode.Unauthorized);
        reply.Body.Should().Be("""{"error":"access_denied","detailedmessage":"Policy evaluation failed for this request, please check the policy configurations."}""");
    }

    [Fact]
    public async Task The_guides_ask_for_no_scope()
    {
        await using var client = await VendorClient.StartAsync("athena-guide");

        (await client.TokenAsync()).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("system/*.read")]
    [InlineData("patient/*.read launch/patient")]
    [InlineData("athena/service/Other")]
    public async Task A_scope_that_is_not_granted_fails_the_whole(string scope)
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await client.TokenAsync(("scope", $"{VendorClient.AthenaScope} {scope}"));

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["error"]!.GetValue<string>().Should().Be("invalid_scope");
    }

    [Theory]
    [InlineData("RS384")]
    [InlineData("ES384")]
    public async Task A_signed_assertion_gives_a_token_once(string algorithm)
    {
        using var signed = new SignedAssertion();
        await using var client = await VendorClient.StartAsync(change: options => options with { ClientKeys = signed.Jwks });
        var assertion = signed.Sign(algorithm, client.Server.ClientId, client.Server.TokenAddress.ToString(), client.Time.GetUtcNow().AddMinutes(4), "id-1");

        var first = await AssertAsync(client, assertion);
        var second = await AssertAsync(client, assertion);

        first.Status.Should().Be(HttpStatusCode.OK);
        second.Status.Should().Be(HttpStatusCode.BadRequest);
        second.Body.Should().Contain("jti");
    }

    [Theory]
    [InlineData("audience", "aud")]
    [InlineData("late", "exp")]
    [InlineData("over", "exp")]
    [InlineData("client", "iss")]
    [InlineData("key", "kid")]
    [InlineData("algorithm", "alg")]
    [InlineData("signature", "signature")]
    public async Task An_assertion_that_breaks_a_rule_is_refused(string what, string named)
    {
        using var signed = new SignedAssertion();
        using var other = new SignedAssertion();
        await using var client = await VendorClient.StartAsync(change: options => options with { ClientKeys = signed.Jwks });
        var now = client.Time.GetUtcNow();
        var assertion = (what == "signature" ? other : signed).Sign(
            what == "algorithm" ? "RS256" : "RS384",
            what == "client" ? "somebody" : client.Server.ClientId,
            what == "audience" ? "https://elsewhere.example/token" : client.Server.TokenAddress.ToString(),
            what == "late" ? now.AddMinutes(6) : what == "over" ? now.AddSeconds(-1) : now.AddMinutes(2),
            "id-1",
            what == "key" ? "unknown" : null);

        var reply = await AssertAsync(client, assertion);

        reply.Status.Should().Be(HttpStatusCode.BadRequest);
        reply.Json["error_description"]!.GetValue<string>().Should().Contain(named);
    }

    [Fact]
    public async Task Keys_can_be_changed_while_it_runs()
    {
        using var old = new SignedAssertion();
        using var next = new SignedAssertion();
        await using var client = await VendorClient.StartAsync(change: options => options with { ClientKeys = old.Jwks });

        client.Server.Trust(next.Jwks);

        (await AssertAsync(client, Assertion(old, client, "id-1"))).Status.Should().Be(HttpStatusCode.BadRequest);
        (await AssertAsync(client, Assertion(next, client, "id-2"))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task EClinicalWorks_takes_no_secret_and_no_ES384()
    {
        using var signed = new SignedAssertion();
        await using var client = await VendorClient.StartAsync("ecw-real", options => options with { ClientKeys = signed.Jwks });

        var bySecret = await client.TokenAsync(("scope", "system/Patient.read"));
        var byCurve = await AssertAsync(client, signed.Sign("ES384", client.Server.ClientId, client.Server.TokenAddress.ToString(), client.Time.GetUtcNow().AddMinutes(4), "id-1"), "system/Patient.read");
        var byRsa = await AssertAsync(client, Assertion(signed, client, "id-2"), "system/Patient.read");

        bySecret.Status.Should().Be(HttpStatusCode.Unauthorized);
        byCurve.Body.Should().Contain("alg");
        byRsa.Status.Should().Be(HttpStatusCode.OK);
        byRsa.Json["expires_in"]!.GetValue<int>().Should().Be(300);
    }

    [Fact]
    public async Task A_token_ends_when_its_time_is_over_and_when_it_is_revoked()
    {
        await using var client = await VendorClient.LoggedInAsync();
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.OK);

        client.Time.Advance(TimeSpan.FromHours(1));
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.Unauthorized);

        await client.LogInAsync(VendorClient.AthenaScope);
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.OK);
        client.Server.RevokeTokens();
        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.Unauthorized);
        client.Server.TokensIssued.Should().Be(2);
    }

    [Fact]
    public async Task Too_many_tokens_are_refused_until_the_minute_turns()
    {
        await using var client = await VendorClient.StartAsync(change: options => options with { Limits = new VendorLimits { TokensPerMinute = 2 } });
        var scope = ("scope", VendorClient.AthenaScope);
        await client.TokenAsync(scope);
        await client.TokenAsync(scope);

        (await client.TokenAsync(scope)).Status.Should().Be(HttpStatusCode.TooManyRequests);

        client.Time.Advance(TimeSpan.FromMinutes(1));
        (await client.TokenAsync(scope)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_without_the_scope_of_athenaNet_is_forbidden_there()
    {
        await using var client = await VendorClient.LoggedInAsync(scope: "system/Patient.read");

        (await client.GetAsync("/departments")).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    private static string Assertion(SignedAssertion signed, VendorClient client, string id) =>
        signed.Sign("RS384", client.Server.ClientId, client.Server.TokenAddress.ToString(), client.Time.GetUtcNow().AddMinutes(4), id);

    private static Task<VendorReply> AssertAsync(VendorClient client, string assertion, string scope = VendorClient.AthenaScope) =>
        client.TokenByFieldsAsync(("client_assertion_type", AssertionType), ("client_assertion", assertion), ("scope", scope));
}
