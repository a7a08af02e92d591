using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Ehr.Trials;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Tests.Sources.Ehr.Events;

namespace InterfaceEngine.Tests.Ehr.Trials;

/// <summary>What trying a connection says of visits that a destination books over it, with a stand-in that holds tokens to their scopes.</summary>
public sealed class ConnectionTrialTests : IAsyncLifetime
{
    private VendorServer _vendor = null!;

    public async Task InitializeAsync() => _vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "ecw-guide", People = 1, Limits = VendorLimits.None }, TimeProvider.System);

    public async Task DisposeAsync() => await _vendor.DisposeAsync();

    [Fact]
    public async Task What_the_profile_asks_for_lets_visits_be_booked()
    {
        var step = await ScopesAsync(scopes => scopes, isBookedOver: true);

        step.Should().Be((true, "what the practice's tables read is covered"));
        _vendor.TokensIssued.Should().Be(2, "one reads, and one is for visits");
    }

    [Fact]
    public async Task Where_nothing_is_booked_no_token_for_it_is_asked_for()
    {
        (await ScopesAsync(scopes => scopes with { Visits = "system/Appointment.read" }, isBookedOver: false)).Works.Should().BeTrue();

        _vendor.TokensIssued.Should().Be(1);
    }

    [Fact]
    public async Task A_token_that_lets_none_be_booked_fails_the_step_and_says_why()
    {
        (await ScopesAsync(scopes => scopes with { Visits = "system/Appointment.read" }, isBookedOver: true))
            .Should().Be((false, "what the practice's tables read is covered. Visits that a destination books over it will be refused: no scope that was granted lets an Appointment be written"));
        (await ScopesAsync(scopes => scopes with { Visits = "" }, isBookedOver: true)).Evidence.Should().EndWith("no scope that was granted lets an Appointment be written", "those of FHIR read");
        (await ScopesAsync(scopes => scopes with { Visits = "appointments" }, isBookedOver: true)).Evidence.Should().Contain("will be refused: ").And.Contain("a scope was not granted to the client");
        (await ScopesAsync(scopes => scopes with { Fhir = "", Visits = "" }, isBookedOver: true)).Works.Should().BeTrue("a server that gives tokens without scopes holds them to none");
    }

    private async Task<(bool? Works, string Evidence)> ScopesAsync(Func<EhrScopes, EhrScopes> change, bool isBookedOver)
    {
        var options = EventPlace.OptionsOf(_vendor, "ecw-guide", "1959");
        await using var connection = Connected.To(options with { Scopes = change(options.Scopes) });
        var step = (await new ConnectionTrial(connection, ["Patient", "Appointment"], isBookedOver, TimeProvider.System).RunAsync(default)).Single(one => one.Name == "scopes");
        return (step.Works, step.Evidence);
    }
}
