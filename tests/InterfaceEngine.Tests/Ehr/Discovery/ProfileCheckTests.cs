using System.Text.Json;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Discovery;
using InterfaceEngine.Ehr.Fhir;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Tests.Ehr.Discovery;

public sealed class ProfileCheckTests
{
    private static readonly ConnectionOptions _options = Connected.Options("https://api.example.com") with
    {
        Token = new Uri("https://api.example.com/token"),
        Client = new EhrClient { Id = "me", Proof = ClientProof.PrivateKey },
        Scopes = new EhrScopes { Fhir = "system/Patient.read" },
        Dialect = new EhrDialect { ExportGroup = "Group/1", HasNoAppointmentSearch = true },
    };

    private static readonly FhirCapabilities _capabilities = Capabilities("""{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[{"type":"Group","operation":[{"name":"export"}]}]}]}""");

    [Fact]
    public void What_agrees_is_not_mentioned()
    {
        var smart = Smart("""{"token_endpoint":"https://api.example.com/token","token_endpoint_auth_methods_supported":["private_key_jwt"],"scopes_supported":["system/*.rs","openid"]}""");

        ProfileCheck.Disagreements(_options, smart, _capabilities).Should().BeEmpty();
    }

    [Fact]
    public void Every_disagreement_says_both_sides()
    {
        var smart = Smart("""{"token_endpoint":"https://login.example.com/t","token_endpoint_auth_methods_supported":["client_secret_basic"],"scopes_supported":["patient/*.read","system/Group.read"]}""");
        var capabilities = Capabilities("""{"resourceType":"CapabilityStatement","fhirVersion":"5.0.0","rest":[]}""");

        ProfileCheck.Disagreements(_options with { Dialect = new EhrDialect { ExportGroup = "Group/1", Booking = BookingForm.Fhir } }, smart, capabilities).Should().Equal(
            "tokens are had at https://api.example.com/token by the settings, and at https://login.example.com/t as the server says",
            "the client proves itself by private_key_jwt, and the server takes client_secret_basic",
            "the server lists other scopes than are asked for: system/Patient.read",
            "the server speaks FHIR 5.0.0, and 4.0 (R4) is expected",
            "exports are asked for by group, and the server names no export of groups",
            "appointments are to be searched by FHIR, and the server can't",
            "visits are to be booked by FHIR, and the server does not create appointments");
        ProfileCheck.Disagreements(_options with { Dialect = new EhrDialect { HasNoAppointmentSearch = true } }, null, _capabilities).Should().Equal(
            "the server has no smart-configuration, so how to sign in can't be compared", "exports are asked for by Patient/$export, and the server names none");
    }

    [Theory]
    [InlineData("system/*.read", "system/Appointment.write")]
    [InlineData("system/*.read system/*.write")]
    [InlineData("system/Appointment.cruds system/Patient.rs")]
    [InlineData("system/*.*")]
    [InlineData("system/*.read system/Appointment.u", "system/Appointment.write")]
    public void Scopes_for_booking_are_compared_where_visits_are_booked_by_FHIR(string listed, params string[] unknown)
    {
        var smart = Smart($$"""{"token_endpoint":"https://api.example.com/token","scopes_supported":{{JsonSerializer.Serialize(listed.Split(' '))}}}""");
        var booking = _options with { Scopes = new EhrScopes { Fhir = "system/Patient.read", Visits = "system/Appointment.read system/Appointment.write" } };

        IEnumerable<string> Of(BookingForm form) => ProfileCheck.Disagreements(booking with { Dialect = booking.Dialect with { Booking = form } }, smart, _capabilities).Where(one => one.StartsWith("the server lists", StringComparison.Ordinal));

        Of(BookingForm.Fhir).Should().Equal(unknown.Select(scope => $"the server lists other scopes than are asked for: {scope}"));
        Of(BookingForm.Slot).Should().BeEmpty();
    }

    [Fact]
    public void Of_a_type_that_is_listed_twice_the_server_can_do_what_either_says()
    {
        var can = Capabilities("""
            {"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[
              {"type":"Patient","interaction":[{"code":"read"},{"code":"search-type"}]},
              {"type":"Patient","operation":[{"name":"export","definition":"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"}]}]}]}
            """);

        (can.Can("Patient", "search-type"), can.Exports.Contains("Patient")).Should().Be((true, true));
    }

    [Theory]
    [InlineData("system/Patient.read", true)]
    [InlineData("system/*.read", true)]
    [InlineData("patient/Patient.rs", true)]
    [InlineData("system/Patient.cruds", true)]
    [InlineData("system/Patient.*", true)]
    [InlineData("system/Patient.rs?_id=1", true)]
    [InlineData("system/Patient.r", false)]
    [InlineData("system/Patient.write", false)]
    [InlineData("system/Observation.read", false)]
    [InlineData("launch/patient", false)]
    [InlineData("athena/service/Athenanet.MDP.*", false)]
    public void A_scope_covers_what_it_lets_be_read_and_searched(string scope, bool covers) => ProfileCheck.Covers(scope, "Patient").Should().Be(covers);

    private static SmartConfiguration Smart(string json) => SmartConfiguration.Read(JsonDocument.Parse(json).RootElement);

    private static FhirCapabilities Capabilities(string json) => FhirCapabilities.Read(JsonDocument.Parse(json).RootElement)!;
}
