using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.AthenaNet;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Support;

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

    /// <summary>The connection's: it stands still but for a call that is to be given up.</summary>
    private readonly FakeTimeProvider _time = new();

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
        await ConnectAsync();

        // One that refuses a token is given a new one before that is believed.
        _vendor.Faults.Add(Endpoint, fault, times: fault is VendorFault.Unauthorized ? 2 : 1);
        var found = (EhrFault?)null;
        try
        {
            (await EndedAsync(ReadAsync(), fault)).GetProperty("departmentid").ToString().Should().Be("1");
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
        await ConnectAsync();
        _vendor.Faults.Add("POST token", fault);

        await FluentActions.Awaiting(() => EndedAsync(_connection.NewTokenAsync("athena/service/Athenanet.MDP.*", default), fault)).Should().ThrowAsync<EhrException>();

        _vendor.Faults.Counts.Should().ContainKey(fault);
        (await _connection.NewTokenAsync("athena/service/Athenanet.MDP.*", default)).Missing.Should().BeEmpty();
    }

    /// <summary>A connection that has its token.</summary>
    private async Task ConnectAsync()
    {
        _connection = Connected.To(Connected.Options("http://127.0.0.1") with
        {
            Rest = _vendor.Rest,
            Fhir = _vendor.Fhir,
            Token = _vendor.TokenAddress,
            Client = new EhrClient { Id = _vendor.ClientId, Secret = new EhrSecret(_vendor.ClientSecret) },
            Scopes = new EhrScopes { Rest = "athena/service/Athenanet.MDP.*" },
            Http = Connected.Limits with { AnswerTimeout = TimeSpan.FromSeconds(10), BodyTimeout = TimeSpan.FromSeconds(10), AnswerBytesMax = 2_000_000 },
        }, _time);
        await ReadAsync();
    }

    /// <summary>The end of a call; what comes to none by itself is given up, once the time for it has passed.</summary>
    private async Task<T> EndedAsync<T>(Task<T> call, VendorFault fault)
    {
        if (fault is VendorFault.Hang or VendorFault.HangAfterDoing or VendorFault.SlowDrip)
        {
            await Soon.HoldsAsync(() => _vendor.Faults.Counts.Should().ContainKey(fault));
            await Soon.HoldsAsync(() =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                call.IsCompleted.Should().BeTrue();
            });
        }

        return await call;
    }

    private async Task<JsonElement> ReadAsync()
    {
        var call = AthenaCalls.Get("/departments/{departmentid}").With("departmentid", "1") with { MayRepeat = false };
        return EhrBody.ReadOne(call, await _connection.SendAsync(call, default));
    }
}
