using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Http;

namespace InterfaceEngine.Tests.Ehr.Http;

public sealed class EhrAddressesTests
{
    private static readonly ConnectionOptions _options = new()
    {
        Id = "conn_1",
        Practice = "1959",
        Profile = "athena-real",
        System = "athenahealth",
        VendorPractice = "195900",
        Rest = new Uri("https://api.example.com/v1/195900"),
        Fhir = new Uri("https://fhir.example.com/fhir/r4/"),
        Token = new Uri("https://login.example.com/token"),
        Hosts = ["files.example.com", "spare.example.com:8443"],
    };

    private readonly EhrAddresses _addresses = new(_options);

    [Fact]
    public void A_template_is_filled_behind_its_base_and_its_values_are_escaped()
    {
        var call = new EhrCall { Template = "/patients/{patientid}", Path = new Dictionary<string, string> { ["patientid"] = "a/b?c" }, Query = [new("firstname", "Zoë & Jo"), new("limit", "1")] };

        _addresses.Of(call).AbsoluteUri.Should().Be("https://api.example.com/v1/195900/patients/a%2Fb%3Fc?firstname=Zo%C3%AB%20%26%20Jo&limit=1");
        _addresses.Of(new EhrCall { Template = "metadata", Of = EhrInterface.Fhir }).AbsoluteUri.Should().Be("https://fhir.example.com/fhir/r4/metadata");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_value_that_would_lead_elsewhere_is_refused(string value) =>
        Of(new EhrCall { Template = "/patients/{patientid}/chart", Path = new Dictionary<string, string> { ["patientid"] = value } }).Which.Fault.Should().Be(EhrFault.Invalid);

    [Fact]
    public void A_template_that_is_not_filled_is_our_own_fault() =>
        FluentActions.Invoking(() => _addresses.Of(new EhrCall { Template = "/patients/{patientid}" })).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("https://fhir.example.com/fhir/r4/$export-poll-location?job_id=A%2fb|c", "https://fhir.example.com/fhir/r4/$export-poll-location?job_id=A%2fb|c")]
    [InlineData("/v1/195900/patients?OFFSET=10&x=%7e", "https://api.example.com/v1/195900/patients?OFFSET=10&x=%7e")]
    [InlineData("patients?offset=10", "https://api.example.com/v1/195900/patients?offset=10")]
    [InlineData("https://files.example.com/a/../b.ndjson#part", "https://files.example.com/a/../b.ndjson")]
    [InlineData("https://spare.example.com:8443/x", "https://spare.example.com:8443/x")]
    [InlineData("https://LOGIN.example.com/x", "https://login.example.com/x")]
    public void An_address_of_the_vendor_is_used_byte_for_byte(string given, string sent) =>
        _addresses.Of(new EhrCall { Template = "next", Address = given }).AbsoluteUri.Should().Be(sent);

    [Theory]
    [InlineData("https://evil.example.org/x")]
    [InlineData("https://api.example.com:8443/x")]
    [InlineData("//evil.example.org/x")]
    [InlineData("https://api.example.com@evil.example.org/x")]
    [InlineData("https://someone:secret@api.example.com/x")]
    [InlineData("http://api.example.com/x")]
    [InlineData("ftp://api.example.com/x")]
    [InlineData("https://api.example.com\\@evil.example.org/x")]
    [InlineData("/x\r\nHost: evil")]
    [InlineData("/x y")]
    public void An_address_where_the_token_may_not_go_is_refused_and_not_repeated(string given)
    {
        var fault = Of(new EhrCall { Template = "next", Address = given }).Which;

        fault.Fault.Should().Be(EhrFault.ForeignHost);
        fault.Message.Should().NotContain("secret").And.NotContain("/x");
    }

    [Fact]
    public void A_file_without_a_token_may_lie_on_another_host_with_a_name_of_the_open_net()
    {
        _addresses.Of(new EhrCall { Template = "file", HasToken = false, Address = "https://store.example.org/f?sig=1" }).Host.Should().Be("store.example.org");
        foreach (var inside in (string[])["https://10.0.0.1/f", "https://169.254.169.254/f", "https://[::1]/f", "https://localhost/f", "https://intranet/f", "http://store.example.org/f", "https://2130706433/f"])
        {
            Of(new EhrCall { Template = "file", HasToken = false, Address = inside }).Which.Fault.Should().Be(EhrFault.ForeignHost, inside);
        }
    }

    [Fact]
    public void A_call_of_an_interface_without_an_address_says_what_to_set()
    {
        var addresses = new EhrAddresses(_options with { Fhir = null });

        FluentActions.Invoking(() => addresses.Of(new EhrCall { Template = "metadata", Of = EhrInterface.Fhir })).Should().Throw<EhrException>()
            .Which.Message.Should().Contain("Set Connections:conn_1:Fhir");
    }

    private FluentAssertions.Specialized.ExceptionAssertions<EhrException> Of(EhrCall call) => FluentActions.Invoking(() => _addresses.Of(call)).Should().Throw<EhrException>();
}
