using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace InterfaceEngine.Tests.Sandbox.Vendors;

/// <summary>People's leave by code with PKCE, which launches for a patient need.</summary>
public sealed class VendorConsentTests
{
    private const string Back = "http://127.0.0.1:9/api/ehr/callback";
    private const string Verifier = "a-verifier-of-forty-three-characters-or-more-1";
    private static readonly string _challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    [Theory]
    [InlineData("athena-real")]
    [InlineData("athena-guide")]
    [InlineData("ecw-real")]
    [InlineData("ecw-guide")]
    public async Task A_code_gives_a_token_of_one_patient_once(string profile)
    {
        await using var client = await VendorClient.StartAsync(profile);
        var code = await CodeAsync(client);

        var first = await RedeemAsync(client, code);
        var second = await RedeemAsync(client, code);
        client.AccessToken = first.Json["access_token"]!.GetValue<string>();
        var id = first.Json["patient"]!.GetValue<string>();

        second.Status.Should().Be(HttpStatusCode.BadRequest);
        (await client.GetAsync($"Patient/{id}")).Json["id"]!.GetValue<string>().Should().Be(id);
    }

    [Theory]
    [InlineData("another-verifier-of-forty-three-characters-or-more", Back)]
    [InlineData(Verifier, "http://127.0.0.1:9/elsewhere")]
    public async Task A_code_is_good_for_who_asked_for_it_alone(string verifier, string back)
    {
        await using var client = await VendorClient.StartAsync();

        var reply = await RedeemAsync(client, await CodeAsync(client), verifier, back);

        reply.Json["error"]!.GetValue<string>().Should().Be("invalid_grant");
    }

    [Fact]
    public async Task A_code_is_over_after_a_minute()
    {
        await using var client = await VendorClient.StartAsync();
        var code = await CodeAsync(client);

        client.Time.Advance(TimeSpan.FromMinutes(1));

        (await RedeemAsync(client, code)).Json["error"]!.GetValue<string>().Should().Be("invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_is_replaced_each_time()
    {
        await using var client = await VendorClient.StartAsync();
        var first = (await RedeemAsync(client, await CodeAsync(client))).Json["refresh_token"]!.GetValue<string>();

        var second = await client.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", first));
        var again = await client.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", first));

        second.Json["refresh_token"]!.GetValue<string>().Should().NotBe(first);
        again.Json["error"]!.GetValue<string>().Should().Be("invalid_grant");
    }

    [Fact]
    public async Task Without_a_challenge_there_is_no_code()
    {
        await using var client = await VendorClient.StartAsync();

        var sent = await client.GetAsync($"{client.Server.AuthorizeAddress}?response_type=code&client_id={client.Server.ClientId}&redirect_uri={Uri.EscapeDataString(Back)}&state=s");

        sent.Headers["Location"].Should().Be($"{Back}?error=invalid_request&state=s");
        (await client.GetAsync($"{client.Server.AuthorizeAddress}?response_type=code&client_id=somebody&redirect_uri={Uri.EscapeDataString(Back)}")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    private static async Task<string> CodeAsync(VendorClient client)
    {
        var sent = await client.GetAsync(
            $"{client.Server.AuthorizeAddress}?response_type=code&client_id={client.Server.ClientId}&redirect_uri={Uri.EscapeDataString(Back)}&scope=launch/patient%20patient/*.read%20offline_access"
            + $"&state=our-state&code_challenge={_challenge}&code_challenge_method=S256&aud={Uri.EscapeDataString(client.Server.Fhir.ToString())}");
        sent.Status.Should().Be(HttpStatusCode.Redirect);
        sent.Headers["Location"].Should().StartWith($"{Back}?code=").And.EndWith("&state=our-state");
        return sent.Headers["Location"].Split("code=")[1].Split('&')[0];
    }

    private static Task<VendorReply> RedeemAsync(VendorClient client, string code, string verifier = Verifier, string back = Back) =>
        client.TokenAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back), ("code_verifier", verifier));
}
