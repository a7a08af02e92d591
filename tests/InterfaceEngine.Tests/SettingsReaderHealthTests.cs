using System.Net;
using InterfaceEngine.Health;

namespace InterfaceEngine.Tests;

/// <summary>What the settings say about health, and about balancers before a listener.</summary>
public sealed class SettingsReaderHealthTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Health_is_answered_nowhere_by_default()
    {
        Read("").Health.Should().Be(new HealthOptions());
        Read(""", "Health": { "DrainFor": "0s" }""").Health.Should().Be(new HealthOptions { DrainFor = TimeSpan.Zero });
    }

    [Fact]
    public void A_port_alone_is_answered_on_loopback()
    {
        Read(""", "Health": { "Port": 8080 }""").Health.Listens.Should().Be(new IPEndPoint(IPAddress.Loopback, 8080));
        Read(""", "Health": { "Host": "localhost", "Port": 0 }""").Health.Listens.Should().Be(new IPEndPoint(IPAddress.Loopback, 0));
    }

    [Fact]
    public void Every_setting_of_health_is_read() =>
        Read(""", "Health": { "Host": "0.0.0.0", "Port": 8080, "DrainFor": "20s", "StoreInterval": "10s", "StoreTimeout": "1s" }""").Health.Should().Be(new HealthOptions
        {
            Listens = new IPEndPoint(IPAddress.Any, 8080),
            DrainFor = TimeSpan.FromSeconds(20),
            StoreInterval = TimeSpan.FromSeconds(10),
            StoreTimeout = TimeSpan.FromSeconds(1),
        });

    [Fact]
    public void A_listener_believes_no_PROXY_header_by_default_and_then_only_those_of_this_machine()
    {
        Read("").Sources[0].Access.ProxyProtocol.Should().BeFalse();

        var access = Read("", """, "ProxyProtocol": true""").Sources[0].Access;

        access.ProxyProtocol.Should().BeTrue();
        access.MayConnect(IPAddress.Parse("127.0.0.9")).Should().BeTrue();
        access.MayConnect(IPAddress.IPv6Loopback).Should().BeTrue();
        access.MayConnect(IPAddress.Parse("10.0.0.1")).Should().BeFalse();
    }

    [Fact]
    public void Balancers_are_named_apart_from_senders()
    {
        var access = Read("", """, "ProxyProtocol": true, "ProxyFrom": ["10.0.0.5"], "AllowFrom": ["198.51.100.0/24"]""").Sources[0].Access;

        access.MayConnect(IPAddress.Parse("10.0.0.5")).Should().BeTrue();
        access.MayConnect(IPAddress.Loopback).Should().BeFalse();
        access.AllowFrom.Ranges.Should().Equal(IPNetwork.Parse("198.51.100.0/24"));
    }

    [Theory]
    [InlineData(""", "Health": { "Host": "0.0.0.0" }""", "", "Health:Port: is missing: the port that health is asked for on; 0 takes a free one")]
    [InlineData(""", "Health": { "Port": 70000 }""", "", "Health:Port: 70000 is not a port (0..65535)")]
    [InlineData(""", "Health": { "Host": "node-a", "Port": 1 }""", "", "Health:Host: node-a is not an IP address of this machine")]
    [InlineData(""", "Health": { "Port": 1, "DrainFor": "2h" }""", "", "Health:DrainFor: 2h is out of bounds (0ms..1h)")]
    [InlineData(""", "Health": { "Port": 1, "StoreInterval": "0s" }""", "", "Health:StoreInterval: 0s is out of bounds (100ms..1h)")]
    [InlineData(""", "Health": { "Port": 1, "StoreTimeout": "2m" }""", "", "Health:StoreTimeout: 2m is out of bounds (100ms..1m)")]
    [InlineData(""", "Health": { "Port": 1, "Path": "/" }""", "", "Health:Path: is not a setting.")]
    [InlineData(""", "Health": 8080""", "", "Health: is one value, and a section is expected")]
    [InlineData("", """, "ProxyProtocol": "v2" """, "Sources:front-desk:ProxyProtocol: v2 is neither true nor false")]
    [InlineData("", """, "ProxyFrom": ["10.0.0.5"]""", "Sources:front-desk:ProxyFrom: would believe nobody: say \"ProxyProtocol\": true")]
    [InlineData("", """, "ProxyProtocol": true, "ProxyFrom": []""", "Sources:front-desk:ProxyFrom: is an empty list, and so nobody could connect; leave it out to let this machine")]
    [InlineData("", """, "ProxyProtocol": true, "ProxyFrom": ["balancer"]""", "Sources:front-desk:ProxyFrom:0: balancer is neither an address nor a range of addresses, such as 10.1.0.0/16 or ::1")]
    public void A_wrong_setting_is_reported_with_its_path(string root, string listener, string expected) =>
        FluentActions.Invoking(() => Read(root, listener)).Should().Throw<SettingsException>().Which.Problems.Should().Equal(expected);

    private EngineSettings Read(string root, string listener = "")
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "guide" } },
              "Sources": { "front-desk": { "Port": 2575, "Practices": ["1959"]{{listener}} } }{{root}}
            }
            """);
        return SettingsReader.Read(file, []);
    }
}
