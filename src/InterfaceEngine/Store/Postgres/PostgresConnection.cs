using System.Data.Common;
using System.Net;
using Npgsql;

namespace InterfaceEngine.Store.Postgres;

/// <summary>
/// The connection string of the settings: where the database is, as whom, and how it is encrypted. The rest the engine sets itself or has
/// a setting for, so that no two places say two things. No problem quotes a value, nor a key that may be a piece of one: a password may be among them.
/// </summary>
internal static class PostgresConnection
{
    private static readonly HashSet<string> _allowed =
    [
        "Host", "Port", "Database", "Username", "Password", "Passfile", "Search Path", "Options",
        "SSL Mode", "SSL Negotiation", "SSL Certificate", "SSL Key", "SSL Password", "Root Certificate", "Check Certificate Revocation",
        "Channel Binding", "Require Auth", "GSS Encryption Mode", "Kerberos Service Name", "Include Realm",
        "Target Session Attributes", "Load Balance Hosts", "Host Recheck Seconds", "Keepalive", "TCP Keepalive", "TCP Keepalive Time", "TCP Keepalive Interval",
    ];

    /// <summary>What has a setting of its own.</summary>
    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Timeout"] = nameof(StoreOptions.ConnectTimeout),
        ["Command Timeout"] = nameof(StoreOptions.StatementTimeout),
        ["Maximum Pool Size"] = nameof(StoreOptions.ConnectionsMax),
    };

    /// <summary>Reads and completes a connection string.</summary>
    /// <param name="text">As Npgsql writes it.</param>
    /// <param name="allowsPlain">The network between here and the server is protected otherwise, so TLS is not asked for.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <returns>The same, with TLS to every server that is not on this machine.</returns>
    public static string Read(string text, bool allowsPlain, ICollection<string> problems)
    {
        var address = new NpgsqlConnectionStringBuilder();
        var said = Pairs(text, problems);
        for (var index = 0; index < said.Count; index++)
        {
            var (key, value) = said[index];
            if (!address.ContainsKey(key))
            {
                problems.Add($"its key number {index + 1} is none that Npgsql knows. A value with ; or = in it stands in quotes");
            }
            else if (Name(key, value) is not { } name)
            {
                problems.Add($"{key} has a value that it can't have");
            }
            else if (!_allowed.Contains(name))
            {
                problems.Add($"{name} is set by the engine itself{(_settings.TryGetValue(name, out var setting) ? $": see Store:{setting}" : "")}");
            }
            else
            {
                address[key] = value;
            }
        }

        if (problems.Count == 0)
        {
            Complete(address, hasMode: said.Any(pair => Name(pair.Key, pair.Value) == "SSL Mode"), allowsPlain, problems);
        }

        return address.ConnectionString;
    }

    /// <summary>Host and database, for people.</summary>
    public static string Place(string? connection)
    {
        var address = new NpgsqlConnectionStringBuilder(connection);
        return $"{string.Join(",", Hosts(address).Select(host => host.Port is null ? $"{host.Text}:{address.Port}" : host.Text))}/{address.Database}";
    }

    private static void Complete(NpgsqlConnectionStringBuilder address, bool hasMode, bool allowsPlain, ICollection<string> problems)
    {
        foreach (var (key, value) in ((string, string?)[])[("Host", address.Host), ("Database", address.Database)])
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                problems.Add($"{key} is missing, as in Host=db1;Database=engine;Username=engine");
            }
        }

        if (allowsPlain || Hosts(address).All(host => IsLocal(host.Name)))
        {
            return;
        }

        if (!hasMode)
        {
            address.SslMode = SslMode.VerifyFull;
        }
        else if (address.SslMode is SslMode.Disable or SslMode.Allow or SslMode.Prefer)
        {
            problems.Add($"SSL Mode={address.SslMode} may send everything unencrypted to another machine. Leave it out (VerifyFull is taken then) or say Require or more; where the network itself is protected (a VPN), say \"AllowsPlain\": true");
        }
    }

    private static List<(string Key, string Value)> Pairs(string text, ICollection<string> problems)
    {
        try
        {
            var said = new DbConnectionStringBuilder { ConnectionString = text };
            return [.. said.Keys.Cast<string>().Select(key => (key, (string)said[key]))];
        }
        catch (ArgumentException)
        {
            problems.Add("can't be read: Key=Value;Key=Value is expected, and a value with ; or = in it stands in quotes");
            return [];
        }
    }

    /// <summary>The key as Npgsql calls it; null when it can't have such a value.</summary>
    private static string? Name(string key, string value)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder { [key] = value }.Keys.Cast<string>().SingleOrDefault();
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The hosts, each with the port that it names itself.</summary>
    private static IEnumerable<(string Text, string Name, string? Port)> Hosts(NpgsqlConnectionStringBuilder address)
    {
        foreach (var text in (address.Host ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = text.LastIndexOf(':');
            yield return colon < 0 || text.StartsWith('/') || IPAddress.TryParse(text, out _)
                ? (text, text, null)
                : (text, text[..colon].Trim('[', ']'), text[(colon + 1)..]);
        }
    }

    /// <summary>This machine itself, or a Unix socket on it.</summary>
    private static bool IsLocal(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
