using System.Security.Cryptography;
using System.Text;
using System.Web;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Store.Sqlite;
using InterfaceEngine.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace InterfaceEngine.Tests.Ehr.Tokens;

/// <summary>Tokens from a vendor's stand-in over real HTTP, and from servers that a vendor would not run.</summary>
public sealed class EhrTokensTests : IAsyncLifetime, IDisposable
{
    private static readonly EhrCall _call = new() { Template = "/departments" };

    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private SqliteStore _store = null!;

    public Task InitializeAsync()
    {
        _store = _folder.Open(_time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData((int)ClientProof.Basic)]
    [InlineData((int)ClientProof.Post)]
    public async Task One_token_serves_many_callers_until_shortly_before_its_end(int proof)
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var connection = To(vendor, client => client with { Proof = (ClientProof)proof });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => connection.SendAsync(_call, default)));
        vendor.TokensIssued.Should().Be(1);
        _time.Advance(TimeSpan.FromMinutes(58));
        await connection.SendAsync(_call, default);
        vendor.TokensIssued.Should().Be(1);
        _time.Advance(TimeSpan.FromSeconds(61));
        await connection.SendAsync(_call, default);
        vendor.TokensIssued.Should().Be(2, "it would end within a minute");
    }

    [Fact]
    public async Task Another_node_and_a_restart_use_the_token_that_is_there()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using (var one = To(vendor))
        {
            await one.SendAsync(_call, default);
        }

        await using var other = To(vendor);
        await other.SendAsync(_call, default);

        vendor.TokensIssued.Should().Be(1);
        Encoding.UTF8.GetString(File.ReadAllBytes(_folder.Database)).Should().NotContain("access", "it is sealed");
    }

    [Fact]
    public async Task Two_practices_of_one_client_have_one_token_and_one_count()
    {
        await using var vendor = await VendorAsync("athena-real");
        Func<ConnectionOptions, ConnectionOptions> counted = options => options with { Rate = new RateOptions { PerDay = 100 } };
        await using var one = To(vendor, more: counted);
        await using var other = To(vendor, more: options => counted(options) with { Id = "conn_2", Practice = "195900", SharedWith = (options.Practice, options.Id) });

        await one.SendAsync(_call, default);
        await other.SendAsync(_call, default);

        vendor.TokensIssued.Should().Be(1);
        (await one.RateAsync(default)).UsedToday.Should().Be(3, "a token and two calls");
        (await other.RateAsync(default)).UsedToday.Should().Be(3);
    }

    [Fact]
    public async Task A_token_that_is_revoked_in_the_middle_is_renewed_once_and_even_a_change_is_sent_again()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var connection = To(vendor);
        await connection.SendAsync(_call, default);
        vendor.RevokeTokens();

        await connection.SendAsync(_call, default);
        vendor.TokensIssued.Should().Be(2);
        vendor.Faults.Add("GET /departments", VendorFault.Unauthorized, times: 2);
        (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Unauthorized);
        vendor.TokensIssued.Should().Be(3, "a second refusal is not the token's fault");
    }

    [Fact]
    public async Task Refusals_say_what_to_look_at()
    {
        await using var vendor = await VendorAsync("athena-real");
        await using var stranger = To(vendor, client => client with { Secret = new EhrSecret("wrong") });
        await using var scopeless = To(vendor, client => client, options => options with { Scopes = new EhrScopes() });
        await using var nobody = To(vendor, _ => new EhrClient());

        var fault = await FaultAsync(stranger);
        (fault.Fault, fault.Message.Contains("Look at Client", StringComparison.Ordinal), fault.Message.Contains("wrong", StringComparison.Ordinal)).Should().Be((EhrFault.TokenRefused, true, false));
        (await FaultAsync(scopeless)).Message.Should().Contain("Look at Scopes");
        (await FaultAsync(nobody)).Message.Should().Contain("Set Connections:conn_1:Client:Id");
    }

    [Theory]
    [InlineData("RSA", 0)]
    [InlineData("RSA", 20)]
    [InlineData("RSA", -20)]
    public async Task A_private_key_proves_who_we_are_even_where_two_clocks_differ(string kind, int minutesAhead)
    {
        using var key = RSA.Create(2048);
        var file = Path.Combine(_folder.Root, $"{kind}.pem");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        var keys = new EhrClient { Id = "sandbox-client", Proof = ClientProof.PrivateKey, Keys = [new ClientKeyOptions(file, "k1", null)] };
        var clock = new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromMinutes(minutesAhead));
        await using var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "ecw-real", ClientKeys = Encoding.UTF8.GetString(ClientKeys.Published(keys)) }, clock);
        await using var connection = To(vendor, _ => keys, options => options with { Scopes = new EhrScopes { Fhir = "system/Patient.read" } });

        var token = await connection.TokenAsync("system/Patient.read", default);

        token.Missing.Should().BeEmpty();
    }

    [Fact]
    public async Task A_new_key_signs_once_the_vendor_knows_it()
    {
        var (old, next) = (await KeyAsync("old"), await KeyAsync("next"));
        var both = new EhrClient { Id = "sandbox-client", Proof = ClientProof.PrivateKey, Keys = [old, next with { From = new DateOnly(2026, 12, 1) }] };
        await using var vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "ecw-real", ClientKeys = Encoding.UTF8.GetString(ClientKeys.Published(both)) }, _time);
        await using var connection = To(vendor, _ => both);

        await connection.TokenAsync("system/Patient.read", default);
        _time.Advance(TimeSpan.FromDays(5));
        await connection.TokenAsync("system/Patient.read", default);

        vendor.TokensIssued.Should().Be(2);

        async Task<ClientKeyOptions> KeyAsync(string name)
        {
            using var key = RSA.Create(2048);
            var file = Path.Combine(_folder.Root, $"{name}.pem");
            await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
            return new ClientKeyOptions(file, name, null);
        }
    }

    [Theory]
    [InlineData("""{"access_token":"abc","token_type":"Bearer","expires_in":"3600","scope":"a"}""", 3600, "b")]
    [InlineData("""{"access_token":"abc","token_type":"bearer","expires_in":40}""", 40, "")]
    [InlineData("""{"access_token":"abc"}""", 300, "")]
    [InlineData("""{"access_token":"abc","expires_in":"soon"}""", 300, "")]
    public async Task A_servers_answer_is_read_however_it_writes_it(string answer, int seconds, string missing)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("POST /token", 200, answer, "text/html");
        await using var connection = To(server);

        var token = await connection.TokenAsync("a b", default);

        (token.EndsAt - _time.GetUtcNow(), token.Missing, token.ToString().Contains("abc", StringComparison.Ordinal)).Should().Be((TimeSpan.FromSeconds(seconds), missing, false));
        token.Margin.Should().Be(TimeSpan.FromSeconds(Math.Min(60, seconds / 4.0)));
    }

    [Theory]
    [InlineData(200, """{"token_type":"bearer"}""", (int)EhrFault.NotUnderstood)]
    [InlineData(200, """{"access_token":"a\r\nX: y"}""", (int)EhrFault.NotUnderstood)]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", (int)EhrFault.NotUnderstood)]
    [InlineData(200, "<html>", (int)EhrFault.NotUnderstood)]
    [InlineData(400, """{"error":"invalid_scope"}""", (int)EhrFault.TokenRefused)]
    [InlineData(404, "", (int)EhrFault.TokenRefused)]
    [InlineData(429, "", (int)EhrFault.RateLimited)]
    [InlineData(502, "<html>", (int)EhrFault.ServerFailed)]
    [InlineData(302, "", (int)EhrFault.TokenRefused)]
    public async Task What_gives_no_token_is_told_apart(int status, string body, int fault)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("POST /token", status, body, headers: ("Location", "/elsewhere"));
        await using var connection = To(server);

        (await FluentActions.Awaiting(() => connection.TokenAsync("", default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be((EhrFault)fault);
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task The_server_is_asked_where_tokens_are_when_the_settings_do_not_say()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/.well-known/smart-configuration", 200, $$"""{"token_endpoint":"{{server.Address}}/token"}""")
            .On("POST /token", 200, """{"access_token":"abc","expires_in":3600}""").On("GET /v1/195900/departments", 200, "{}");
        await using var connection = To(server, options => options with { Token = null });

        await connection.SendAsync(_call, default);

        server.Requests.Select(request => request.Path).Should().Equal("/fhir/r4/.well-known/smart-configuration", "/token", "/v1/195900/departments");
        server.Requests.First().Headers.Should().NotContainKey("Authorization");
        server.Requests.Last().Headers["Authorization"].Should().Be("Bearer abc");
    }

    [Fact]
    public async Task No_secret_goes_to_a_host_that_a_page_names()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var stranger = await ScriptedServer.StartAsync();
        server.On("GET /fhir/r4/.well-known/smart-configuration", 200, $$"""{"token_endpoint":"{{stranger.Address}}/token","authorization_endpoint":"{{stranger.Address}}/authorize"}""");
        await using var connection = To(server, options => options with { Token = null });
        await using var known = To(server, options => options with { Token = null, Hosts = [new Uri(stranger.Address).Authority] });
        await using var sent = To(server, options => options with { Token = null, Fhir = new Uri($"{server.Address}/away") });
        server.On("GET /away/.well-known/smart-configuration", 302, "", headers: ("Location", $"{stranger.Address}/smart"));
        stranger.On("POST /token", 200, """{"access_token":"abc","expires_in":3600}""");

        (await FaultAsync(connection)).Should().Match<EhrException>(fault => fault.Fault == EhrFault.TokenRefused && fault.Message.Contains("which is no host of this connection. If it is the vendor's, set Connections:conn_1:Token, or add it to Hosts.", StringComparison.Ordinal));
        (await FaultAsync(sent)).Fault.Should().Be(EhrFault.ForeignHost);
        stranger.Requests.Should().BeEmpty();
        (await known.TokenAsync("", default)).Value.Value.Should().Be("abc");
    }

    [Fact]
    public async Task A_token_that_ends_while_a_call_waits_is_renewed_and_the_call_takes_another_turn()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("POST /token", 200, """{"access_token":"abc","expires_in":40}""");
        server.On("GET /v1/195900/departments", 200, "{}").On("GET /v1/195900/departments", 429, "", headers: ("Retry-After", "38")).On("GET /v1/195900/departments", 200, "{}");
        await using var connection = To(server, options => options with { Rate = new RateOptions { PerSecond = 10, PerDay = 100 } });
        await connection.SendAsync(_call, default);
        await FaultAsync(connection);

        var waiting = connection.SendAsync(_call, default);
        await Soon.HoldsAsync(() => _time.Timers.Should().BePositive());
        _time.Advance(TimeSpan.FromSeconds(39));
        await waiting;

        server.Requests.Count(request => request.Path == "/token").Should().Be(2);
        (await connection.RateAsync(default)).UsedToday.Should().Be(6, "two tokens, three calls that went, and a turn that was given back");
    }

    [Fact]
    public async Task A_server_whose_tokens_end_at_once_is_not_asked_without_end()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("POST /token", 200, """{"access_token":"abc","expires_in":0}""").On("GET /v1/195900/departments", 200, "{}");
        await using var connection = To(server);

        await connection.SendAsync(_call, default);

        server.Requests.Select(request => request.Path).Should().Equal("/token", "/token", "/v1/195900/departments");
    }

    [Fact]
    public async Task A_server_that_fails_does_so_once_for_all_who_wait()
    {
        await using var server = await ScriptedServer.StartAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.On("POST /token", async context =>
        {
            await goOn.Task;
            context.Response.StatusCode = 503;
        });
        await using var connection = To(server);
        var waiting = Enumerable.Range(0, 5).Select(_ => connection.TokenAsync("", default)).ToList();
        goOn.SetResult();

        foreach (var one in waiting)
        {
            (await FluentActions.Awaiting(() => one).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.ServerFailed);
        }

        server.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_server_of_tokens_that_has_had_enough_pauses_the_connection()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.On("POST /token", 429, "", headers: ("Retry-After", "40"));
        await using var connection = To(server);
        await FluentActions.Awaiting(() => connection.TokenAsync("", default)).Should().ThrowAsync<EhrException>();

        (await connection.RateAsync(default)).PausedUntil.Should().Be(_time.GetUtcNow().AddSeconds(40).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task What_a_refresh_gave_is_kept_whatever_is_written_meanwhile()
    {
        var options = Connected.Options("http://127.0.0.1");
        var (grant, key) = (new UserGrant(options, _store.Connections, _time), new ConnectionKey(options.Practice, options.Id, EhrTokens.Kind, UserGrant.Name));
        await grant.KeepAsync(new TokenAnswer(new EhrSecret("t0"), TimeSpan.FromMinutes(5)) { Refresh = new EhrSecret("r0") }, _time.GetUtcNow().AddMinutes(5).ToUnixTimeMilliseconds(), default);

        var token = await grant.TokenAsync(
            async (refresh, _, _) =>
            {
                refresh.Should().Be("r0");
                await grant.ForgetAccessAsync("t0", default);
                var kept = await _store.Connections.FindAsync(key, default);
                (await _store.Connections.WriteAsync([new ConnectionWrite(key, kept.Version, kept.Content)], default)).Should().BeTrue();
                var answer = new TokenAnswer(new EhrSecret("t1"), TimeSpan.FromMinutes(5)) { Refresh = new EhrSecret("r1") };
                return (answer, new EhrToken(answer.Access, _time.GetUtcNow() + answer.Life, answer.Margin));
            },
            refused: "t0",
            default);

        var document = TokenDocument.Read((await _store.Connections.FindAsync(key, default)).Content)!;
        (token.Value.Value, document.Access, document.Refresh, document.ClaimedUntil).Should().Be(("t1", "t1", "r1", 0));
    }

    [Fact]
    public async Task The_token_does_not_go_along_to_another_host()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var files = await ScriptedServer.StartAsync();
        server.On("POST /token", 200, """{"access_token":"abc","expires_in":3600}""").On("GET /v1/195900/file", 302, "", headers: ("Location", $"{files.Address}/f"));
        files.On("GET /f", 200, "content");
        await using var connection = To(server, options => options with { Hosts = [] });

        var call = new EhrCall { Template = "/file" };
        (await FluentActions.Awaiting(() => connection.SendAsync(call, default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.ForeignHost);
        files.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_user_consents_once_and_what_they_gave_is_refreshed_by_one_at_a_time()
    {
        await using var server = await ScriptedServer.StartAsync();
        var refreshes = 0;
        server.On("POST /token", async context =>
        {
            var form = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync($$"""{"access_token":"t{{refreshes}}","expires_in":300,"refresh_token":"r{{++refreshes}}","scope":"patient/*.read","patient":"77"}""");
        }).On("GET /v1/195900/departments", 200, "{}");
        ConnectionOptions User(ConnectionOptions options) => options with
        {
            Client = options.Client with { Proof = ClientProof.None, Grant = TokenGrant.AuthorizationCode, RedirectUri = new Uri("https://me.example.org/api/ehr/callback"), Authorize = new Uri("https://login.example.org/authorize?brand=1") },
            Scopes = new EhrScopes { User = "openid patient/*.read" },
        };
        await using var connection = To(server, User);
        (await FaultAsync(connection)).Message.Should().Contain("nobody has consented yet");

        var begun = await connection.Consent.BeginAsync(default);
        var query = HttpUtility.ParseQueryString(begun.Address.Query);
        (query["brand"], query["response_type"], query["client_id"], query["scope"], query["code_challenge_method"], query["aud"], query["state"]).Should()
            .Be(("1", "code", "me", "openid patient/*.read", "S256", $"{server.Address}/fhir/r4", begun.State));
        UserConsent.ConnectionOf(begun.State).Should().Be("conn_1");
        (await connection.Consent.CompleteAsync(begun.State, "the code", default)).Should().Be(new ConsentGiven("77", "patient/*.read", true));
        var sent = HttpUtility.ParseQueryString(server.Requests.Last().Body);
        Base64Text.Of(SHA256.HashData(Encoding.ASCII.GetBytes(sent["code_verifier"]!))).Should().Be(query["code_challenge"]);
        (sent["grant_type"], sent["code"], sent["client_id"]).Should().Be(("authorization_code", "the code", "me"));

        foreach (var replay in (string[])[begun.State, "conn_1.made-up"])
        {
            (await FluentActions.Awaiting(() => connection.Consent.CompleteAsync(replay, "the code", default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Invalid);
        }

        var all = new Dictionary<string, EhrConnection> { ["conn_1"] = connection };
        (await FluentActions.Awaiting(() => UserConsent.CompleteAsync(all, "conn_2.made-up", "code", default)).Should().ThrowAsync<EhrException>()).Which.Message.Should().Contain("not asked for by any connection");
        (await FluentActions.Awaiting(() => UserConsent.CompleteAsync(all, begun.State, null, default)).Should().ThrowAsync<EhrException>()).Which.Message.Should().Contain("refused consent");
        var late = await connection.Consent.BeginAsync(default);
        _time.Advance(TimeSpan.FromMinutes(10));
        (await FluentActions.Awaiting(() => connection.Consent.CompleteAsync(late.State, "late", default)).Should().ThrowAsync<EhrException>()).Which.Fault.Should().Be(EhrFault.Invalid);
        var last = await connection.Consent.BeginAsync(default);
        (await _store.Connections.ListAsync("1959", "conn_1", "consent", "", 10, default)).Should().ContainSingle("what nobody came back to is forgotten");
        last.State.Should().NotBe(late.State);

        await using var other = To(server, User);
        await connection.SendAsync(_call, default);
        await other.SendAsync(_call, default);
        refreshes.Should().Be(2, "the token had ended, and the other node uses what the first one was given");
        HttpUtility.ParseQueryString(server.Requests.Single(request => request.Body.Contains("refresh_token", StringComparison.Ordinal)).Body)["refresh_token"].Should().Be("r1");
        server.Requests.Last().Headers["Authorization"].Should().Be("Bearer t1");
    }

    private Task<VendorServer> VendorAsync(string profile) => VendorServer.StartAsync(new VendorServerOptions { Profile = profile, Limits = VendorLimits.None }, _time);

    private EhrConnection To(VendorServer vendor, Func<EhrClient, EhrClient>? change = null, Func<ConnectionOptions, ConnectionOptions>? more = null)
    {
        var client = new EhrClient { Id = vendor.ClientId, Secret = new EhrSecret(vendor.ClientSecret) };
        var options = Connected.Options(vendor.Address.AbsoluteUri.TrimEnd('/')) with
        {
            Rest = vendor.Rest,
            Fhir = vendor.Fhir,
            Token = vendor.TokenAddress,
            Client = change?.Invoke(client) ?? client,
            Scopes = new EhrScopes { Rest = "athena/service/Athenanet.MDP.*" },
            Rate = new RateOptions(),
        };
        return Connected.To(more?.Invoke(options) ?? options, _time, _store.Connections);
    }

    private EhrConnection To(ScriptedServer server, Func<ConnectionOptions, ConnectionOptions>? more = null)
    {
        var options = Connected.Options(server.Address) with { Token = new Uri($"{server.Address}/token"), Client = new EhrClient { Id = "me", Secret = new EhrSecret("s") } };
        return Connected.To(more?.Invoke(options) ?? options, _time, _store.Connections);
    }

    private static async Task<EhrException> FaultAsync(EhrConnection connection) =>
        (await FluentActions.Awaiting(() => connection.SendAsync(_call with { MayRepeat = false }, default)).Should().ThrowAsync<EhrException>()).Which;
}
