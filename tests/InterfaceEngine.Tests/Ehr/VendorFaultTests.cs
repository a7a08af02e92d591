using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;

namespace InterfaceEngine.Tests.Ehr;

/// <summary>What the engine's own calls make of every fault that the stand-in of a vendor knows, over real HTTP: each ends in its time, within its limits, and is told apart.</summary>
public sealed class VendorFaultTests : IAsyncLifetime
{
    private const string Endpoint = "GET /departments/{departmentid}";

    /// <summary>Null where the answer is good all the same.</summary>
    private static readonly Dictionary<VendorFault, EhrFault?> _expected = new()
    {
        [VendorFault.Hang] = EhrFault.Unanswered,
        [VendorFault.HangAfterDoing] = EhrFault.Unanswered,
        [VendorFault.Drop] = EhrFault.Unanswered,
        [VendorFault.DropAfterDoing] = EhrFault.Unanswered,
        [VendorFault.ServerError] = EhrFault.ServerFailed,
        [VendorFault.BadGateway] = EhrFault.ServerFailed,
        [VendorFault.Unavailable] = EhrFault.ServerFailed,
        [VendorFault.Transient] = EhrFault.ServerFailed,
        [VendorFault.JobFailed] = EhrFault.ServerFailed,
        [VendorFault.RateLimited] = EhrFault.RateLimited,
        [VendorFault.RateLimitedBare] = EhrFault.RateLimited,
        [VendorFault.Unauthorized] = EhrFault.Unauthorized,
        [VendorFault.GatewayText] = EhrFault.NotUnderstood,
        [VendorFault.NotSuccess] = EhrFault.Refused,
        [VendorFault.Forbidden] = EhrFault.Forbidden,
        [VendorFault.WrongContentType] = null,
        [VendorFault.Truncated] = EhrFault.Unanswered,
        [VendorFault.SlowDrip] = EhrFault.Unanswered,
        [VendorFault.RedirectElsewhere] = EhrFault.ForeignHost,
        [VendorFault.Endless] = EhrFault.TooLarge,
        [VendorFault.DeepJson] = EhrFault.TooLarge,
    };

    private VendorServer _vendor = null!;
    private EhrConnection _connection = null!;

    public async Task InitializeAsync() =>
        _vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "athena-real", People = 2, Limits = VendorLimits.None }, TimeProvider.System);

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    public static TheoryData<VendorFault> Faults => [.. Enum.GetValues<VendorFault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_fault_of_an_answer_is_told_apart_and_the_next_call_goes_well(VendorFault fault)
    {
        await ConnectAsync(fault);

        // One that refuses a token is given a new one before that is believed.
        _vendor.Faults.Add(Endpoint, fault, times: fault is VendorFault.Unauthorized ? 2 : 1);
        var found = (EhrFault?)null;
        try
        {
            (await ReadAsync()).GetProperty("departmentid").ToString().Should().Be("1");
        }
        catch (EhrException failure)
        {
            found = failure.Fault;
            failure.Message.Should().Contain(Endpoint[4..]);
        }

        found.Should().Be(_expected[fault]);
        _vendor.Faults.Counts.Should().ContainKey(fault);
        if (found is not EhrFault.RateLimited)
        {
            (await ReadAsync()).GetProperty("departmentid").ToString().Should().Be("1");
        }
    }

    [Theory]
    [InlineData(VendorFault.Unavailable)]
    [InlineData(VendorFault.SlowDrip)]
    [InlineData(VendorFault.Truncated)]
    [InlineData(VendorFault.GatewayText)]
    [InlineData(VendorFault.Endless)]
    public async Task A_server_of_tokens_that_fails_gives_none_and_the_next_call_asks_it_again(VendorFault fault)
    {
        await ConnectAsync(fault);
        _vendor.Faults.Add("POST token", fault);

        await FluentActions.Awaiting(() => _connection.NewTokenAsync("athena/service/Athenanet.MDP.*", default)).Should().ThrowAsync<EhrException>();

        _vendor.Faults.Counts.Should().ContainKey(fault);
        (await _connection.NewTokenAsync("athena/service/Athenanet.MDP.*", default)).Missing.Should().BeEmpty();
    }

    /// <summary>A connection that has its token. It gives up soon where nothing comes, and else has the patience that a busy machine needs.</summary>
    private async Task ConnectAsync(VendorFault fault)
    {
        var patience = TimeSpan.FromSeconds(fault is VendorFault.Hang or VendorFault.HangAfterDoing or VendorFault.SlowDrip ? 2 : 60);
        _connection = Connected.To(Connected.Options("http://127.0.0.1") with
        {
            Rest = _vendor.Rest,
            Fhir = _vendor.Fhir,
            Token = _vendor.TokenAddress,
            Client = new EhrClient { Id = _vendor.ClientId, Secret = new EhrSecret(_vendor.ClientSecret) },
            Scopes = new EhrScopes { Rest = "athena/service/Athenanet.MDP.*" },
            Http = Connected.Limits with { AnswerTimeout = patience, BodyTimeout = patience, AnswerBytesMax = 2_000_000 },
        });
        await ReadAsync();
    }

    private async Task<JsonElement> ReadAsync()
    {
        var call = AthenaCalls.Get("/departments/{departmentid}").With("departmentid", "1") with { MayRepeat = false };
        return EhrBody.ReadOne(call, await _connection.SendAsync(call, default));
    }
}
