using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Trials;
using InterfaceEngine.Tests.Tls;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>Calls over real TLS, and a connection that is tried step by step.</summary>
public sealed class EhrTlsTests : IDisposable
{
    private static readonly EhrCall _call = new() { Template = "/departments" };

    private readonly string _folder = Directory.CreateTempSubdirectory("tls-").FullName;
    private readonly TestAuthority _authority;

    public EhrTlsTests() => _authority = new TestAuthority(_folder, TimeProvider.System.GetUtcNow());

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_server_whom_a_known_authority_vouches_for_is_asked()
    {
        await using var server = await ScriptedServer.StartAsync(_authority.Issue("localhost"));
        server.On("GET /v1/195900/departments", 200, "{}");
        await using var connection = To(server, _authority.File);

        for (var call = 0; call < 3; call++)
        {
            (await connection.SendAsync(_call, default)).Body.Length.Should().Be(2);
        }
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_gets_nothing()
    {
        using var stranger = new TestAuthority(_folder, TimeProvider.System.GetUtcNow(), "Strange Authority");
        foreach (var (certificate, ca) in ((string, string?)[])[(stranger.Issue("localhost"), _authority.File), (_authority.Issue("other.example"), _authority.File), (_authority.Issue("localhost", -9, -1), _authority.File), (_authority.Issue("localhost", -2), null)])
        {
            await using var server = await ScriptedServer.StartAsync(certificate);
            await using var connection = To(server, ca);

            var fault = (await FluentActions.Awaiting(() => connection.SendAsync(_call, default)).Should().ThrowAsync<EhrException>()).Which;

            (fault.Fault, fault.Message.Contains("TLS with localhost", StringComparison.Ordinal)).Should().Be((EhrFault.Unreachable, true), fault.Message);
            server.Requests.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Trying_it_tells_version_chain_and_days_left()
    {
        await using var server = await ScriptedServer.StartAsync(_authority.Issue("localhost", until: 30));
        server.On("GET /v1/195900/departments", 200, "{}").On("GET /fhir/r4/metadata", 200, "{}");
        await using var good = To(server, _authority.File);
        await using var untrusted = To(server, null);

        var steps = await new ConnectionTrial(good, [], TimeProvider.System).RunAsync(default);
        steps.Should().OnlyContain(step => step.Works == true);
        steps.Single(step => step.Name == "TLS").Evidence.Should().MatchRegex("Tls1[23], .*localhost < Test Authority, ends .* \\((29|30) days left\\)");
        steps.Single(step => step.Name == "read").Evidence.Should().StartWith("GET /departments: 200, 2 bytes");

        var refused = await new ConnectionTrial(untrusted, [], TimeProvider.System).RunAsync(default);
        refused.Select(step => step.Works).Should().Equal(true, true, false, null, null, null);
        refused[2].Evidence.Should().Contain("is not vouched for by an authority that is trusted here").And.Contain("chain: localhost");
    }

    [Fact]
    public async Task Trying_one_whose_certificate_has_ended_tells_when()
    {
        await using var server = await ScriptedServer.StartAsync(_authority.Issue("localhost", -9, -1));
        await using var connection = To(server, _authority.File);

        var refused = (await new ConnectionTrial(connection, [], TimeProvider.System).RunAsync(default)).Single(step => step.Name == "TLS");

        refused.Evidence.Should().MatchRegex(@"; localhost holds from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d; chain: localhost");
    }

    [Fact]
    public async Task Trying_one_that_is_off_or_not_there_says_so()
    {
        await using var off = Connected.To(Connected.Options("https://api.example.com"));
        (await new ConnectionTrial(off, [], TimeProvider.System).RunAsync(default))[0].Evidence.Should().Contain("is off");

        await using var nobody = Connected.To(Connected.Options(Connected.Nowhere()));
        (await new ConnectionTrial(nobody, [], TimeProvider.System).RunAsync(default)).Select(step => (step.Name, step.Works)).Take(3).Should().Equal(("name", true), ("port", false), ("TLS", (bool?)null));
    }

    private static EhrConnection To(ScriptedServer server, string? ca) =>
        Connected.To(Connected.Options(server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)) with { Tls = ca is null ? null : new SenderTlsOptions { Ca = ca } });
}
