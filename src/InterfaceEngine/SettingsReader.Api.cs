using System.Net;
using InterfaceEngine.Api;
using InterfaceEngine.Api.Tools;
using InterfaceEngine.Sources;

namespace InterfaceEngine;

/// <summary>Where programs reach the engine over HTTP.</summary>
internal sealed partial class SettingsReader
{
    private ApiOptions ReadApi(SettingsSection section)
    {
        var defaults = new ApiOptions();
        var (host, port) = (section.Text("Host", "127.0.0.1"), section.Number("Port", -1, 0, 65535, "a port"));
        if (!IPAddress.TryParse(host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" : host, out var address))
        {
            section.Problem("Host", $"{host} is not an IP address of this machine");
            address = IPAddress.Loopback;
        }

        if (port < 0 && section.Names.Count > 0)
        {
            section.Required("Port", "the port that programs call; 0 takes a free one");
        }

        var tls = section.OptionalSection("Tls") is { } files ? ReadListenerTls(files) : null;
        if (tls is null && !IPAddress.IsLoopback(address))
        {
            section.Problem("Host", $"{host} would answer other machines unencrypted. Say how it is encrypted (\"Tls\"), or use 127.0.0.1");
        }

        var (second, hour) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        var options = new ApiOptions
        {
            Listens = port < 0 ? null : new IPEndPoint(address, port),
            Tls = tls,
            AllowFrom = ReadRanges(section, nameof(defaults.AllowFrom), "let everyone") ?? AddressRanges.Everyone,
            ProxyFrom = ReadRanges(section, nameof(defaults.ProxyFrom), "believe none"),
            ConnectionsMax = section.Number(nameof(defaults.ConnectionsMax), defaults.ConnectionsMax, 1, 10_000, "a number of connections"),
            BodyBytesMax = section.Bytes(nameof(defaults.BodyBytesMax), defaults.BodyBytesMax, 1024, 64 * 1024 * 1024),
            HeadTimeout = section.Duration(nameof(defaults.HeadTimeout), defaults.HeadTimeout, second, hour),
            IdleTimeout = section.Duration(nameof(defaults.IdleTimeout), defaults.IdleTimeout, second, hour),
            StopTimeout = section.Duration(nameof(defaults.StopTimeout), defaults.StopTimeout, second, hour),
            BadKeysMax = section.Number(nameof(defaults.BadKeysMax), defaults.BadKeysMax, 1, 10_000, "a number of keys"),
            LockedFor = section.Duration(nameof(defaults.LockedFor), defaults.LockedFor, second, hour),
            AppointmentTypes = ReadAppointmentTypes(section.Section(nameof(defaults.AppointmentTypes))),
        };
        section.Close();
        return options;
    }

    private static Dictionary<string, string> ReadAppointmentTypes(SettingsSection section)
    {
        var types = ToolEndpoints.Kinds.Where(section.Has).ToDictionary(kind => kind, kind => section.Text(kind, ""));
        section.Close();
        return types;
    }
}
