using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Ehr.Trials;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Schedules;
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

    [Fact]
    public async Task A_token_that_lets_no_patient_be_registered_fails_the_step_where_a_destination_tells_of_patients()
    {
        (await ScopesAsync(scopes => scopes, isBookedOver: true, isRegisteredOver: true)).Should().Be((true, "what the practice's tables read is covered"));
        _vendor.TokensIssued.Should().Be(3, "one reads, one is for visits and one for patients");

        (await ScopesAsync(scopes => scopes with { Patients = "system/Patient.read" }, isBookedOver: false, isRegisteredOver: true))
            .Should().Be((false, "what the practice's tables read is covered. Patients of whom a destination tells over it will be refused: no scope that was granted lets a Patient be written"));
        (await ScopesAsync(scopes => scopes with { Patients = "patients" }, isBookedOver: false, isRegisteredOver: true)).Evidence.Should().Contain("Patients of whom a destination tells over it will be refused: ").And.Contain("a scope was not granted to the client");
        (await ScopesAsync(scopes => scopes with { Patients = "system/Patient.read" }, isBookedOver: true)).Works.Should().BeTrue("nobody is told of patients");
    }

    [Fact]
    public async Task That_places_and_providers_can_not_be_compared_is_told_and_fails_nothing()
    {
        var daily = new ReferenceOptions { Schedule = new IntervalSchedule(TimeSpan.FromDays(1)) };

        (await ScopesAsync(scopes => scopes with { References = "system/Location.read" }, isBookedOver: false, references: daily)).Should().Be((true, "what the practice's tables read is covered"));
        var (works, evidence) = await ScopesAsync(scopes => scopes with { References = "places" }, isBookedOver: false, references: daily);

        works.Should().BeTrue();
        evidence.Should().Contain(". Departments and providers can't be compared with the tables: ").And.Contain("a scope was not granted to the client");
    }

    private async Task<(bool? Works, string Evidence)> ScopesAsync(Func<EhrScopes, EhrScopes> change, bool isBookedOver, bool isRegisteredOver = false, ReferenceOptions? references = null)
    {
        var options = EventPlace.OptionsOf(_vendor, "ecw-guide", "1959");
        await using var connection = Connected.To(options with { Scopes = change(options.Scopes), References = references ?? options.References });
        var step = (await new ConnectionTrial(connection, ["Patient", "Appointment"], TimeProvider.System) { IsBookedOver = isBookedOver, IsRegisteredOver = isRegisteredOver }.RunAsync(default)).Single(one => one.Name == "scopes");
        return (step.Works, step.Evidence);
    }
}
