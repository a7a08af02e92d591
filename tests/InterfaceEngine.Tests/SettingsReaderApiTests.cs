using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Sources;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests;

/// <summary>What the settings say about the HTTP interface.</summary>
public sealed class SettingsReaderApiTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_answered_by_default()
    {
        Read("").Api.Should().BeEquivalentTo(new ApiOptions());
        Read("").Api.Listens.Should().BeNull();
    }

    [Fact]
    public void A_port_alone_is_answered_on_loopback() =>
        Read(""", "Api": { "Port": 8080 }""").Api.Listens.Should().Be(new IPEndPoint(IPAddress.Loopback, 8080));

    [Fact]
    public void Every_setting_of_the_interface_is_read()
    {
        var options = Read(""", "Api": { "Host": "0.0.0.0", "Port": 8443, "Tls": { "Certificate": "api.pem" }, "AllowFrom": ["198.51.100.0/24"], "ProxyFrom": ["127.0.0.1"], "ConnectionsMax": 10, "BodyBytesMax": "64KiB", "HeadTimeout": "5s", "IdleTimeout": "1m", "StopTimeout": "20s", "BadKeysMax": 5, "LockedFor": "10m", "AppointmentTypes": { "follow_up": "82", "physical": "annual" } }""").Api;

        options.Listens.Should().Be(new IPEndPoint(IPAddress.Any, 8443));
        options.Tls!.Own.Should().Be(new CertificateFiles { Certificate = Path.Combine(_folder, "api.pem") });
        options.AllowFrom.Ranges.Should().Equal(IPNetwork.Parse("198.51.100.0/24"));
        options.ProxyFrom!.Ranges.Should().Equal(IPNetwork.Parse("127.0.0.1/32"));
        options.AppointmentTypes.Should().Equal(new Dictionary<string, string> { ["follow_up"] = "82", ["physical"] = "annual" });
        (options with { Listens = null, Tls = null, AllowFrom = AddressRanges.Everyone, ProxyFrom = null, AppointmentTypes = new Dictionary<string, string>() }).Should().BeEquivalentTo(new ApiOptions
        {
            ConnectionsMax = 10,
            BodyBytesMax = 64 * 1024,
            HeadTimeout = TimeSpan.FromSeconds(5),
            IdleTimeout = TimeSpan.FromMinutes(1),
            StopTimeout = TimeSpan.FromSeconds(20),
            BadKeysMax = 5,
            LockedFor = TimeSpan.FromMinutes(10),
        });
    }

    [Theory]
    [InlineData(""", "Api": { "Host": "127.0.0.1" }""", "Api:Port: is missing: the port that programs call; 0 takes a free one")]
    [InlineData(""", "Api": { "Port": 70000 }""", "Api:Port: 70000 is not a port (0..65535)")]
    [InlineData(""", "Api": { "Port": 1, "Host": "engine" }""", "Api:Host: engine is not an IP address of this machine")]
    [InlineData(""", "Api": { "Port": 1, "Host": "0.0.0.0" }""", "Api:Host: 0.0.0.0 would answer other machines unencrypted. Say how it is encrypted (\"Tls\"), or use 127.0.0.1")]
    [InlineData(""", "Api": { "Port": 1, "Tls": {} }""", "Api:Tls:Certificate: is missing: the file of our own certificate, PEM or PFX")]
    [InlineData(""", "Api": { "Port": 1, "AllowFrom": ["studio"] }""", "Api:AllowFrom:0: studio is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1")]
    [InlineData(""", "Api": { "Port": 1, "AllowFrom": [] }""", "Api:AllowFrom: is an empty list, and so nobody could connect; leave it out to let everyone")]
    [InlineData(""", "Api": { "Port": 1, "ProxyFrom": [] }""", "Api:ProxyFrom: is an empty list, and so nobody could connect; leave it out to believe none")]
    [InlineData(""", "Api": { "Port": 1, "BodyBytesMax": "1GiB" }""", "Api:BodyBytesMax: 1GiB is out of bounds (1024..67108864 bytes)")]
    [InlineData(""", "Api": { "Port": 1, "AppointmentTypes": { "folow_up": "82" } }""", "Api:AppointmentTypes:folow_up: is not a setting.")]
    [InlineData(""", "Api": { "Prot": 1 }""", "Api:Port: is missing: the port that programs call; 0 takes a free one", "Api:Prot: is not a setting. Did you mean Port?")]
    public void A_wrong_setting_is_reported_with_its_path(string root, params string[] expected) =>
        FluentActions.Invoking(() => Read(root)).Should().Throw<SettingsException>().Which.Problems.Should().Equal(expected);

    private EngineSettings Read(string root)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } },
              "Sources": { "front-desk": { "Port": 2575, "Practices": ["1959"] } }{{root}}
            }
            """);
        return SettingsReader.Read(file, []);
    }
}
