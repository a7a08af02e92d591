using System.Net;
using InterfaceEngine.Health;

namespace InterfaceEngine;

/// <summary>Where others ask how this node is.</summary>
internal sealed partial class SettingsReader
{
    private static HealthOptions ReadHealth(SettingsSection section)
    {
        var defaults = new HealthOptions();
        var host = section.Text("Host", "127.0.0.1");
        var port = section.Number("Port", -1, 0, 65535, "a port");
        if (!IPAddress.TryParse(host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" : host, out var address))
        {
            section.Problem("Host", $"{host} is not an IP address of this machine");
            address = IPAddress.Loopback;
        }

        if (port < 0 && section.Has("Host"))
        {
            section.Required("Port", "the port that health is asked for on; 0 takes a free one");
        }

        var (hour, minute) = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        var options = new HealthOptions
        {
            Listens = port < 0 ? null : new IPEndPoint(address, port),
            DrainFor = section.Duration(nameof(defaults.DrainFor), defaults.DrainFor, TimeSpan.Zero, hour),
            StoreInterval = section.Duration(nameof(defaults.StoreInterval), defaults.StoreInterval, TimeSpan.FromMilliseconds(100), hour),
            StoreTimeout = section.Duration(nameof(defaults.StoreTimeout), defaults.StoreTimeout, TimeSpan.FromMilliseconds(100), minute),
        };
        section.Close();
        return options;
    }
}
