using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Protection;
using InterfaceEngine.Sources.Mllp;
using NodaTime;
using Serilog.Events;

namespace InterfaceEngine;

/// <summary>
/// Reads and checks the settings, once, at start. Every problem is reported with its path; with one problem or more
/// there are no settings. Paths in the file are taken from the file's own folder.
/// </summary>
internal sealed partial class SettingsReader
{
    private static readonly string[] _profiles = ["athena", "standard", "guide"];

    private readonly string _file;
    private readonly SettingsSection _root;
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, string?> _environment;
    private string _data = "";

    private SettingsReader(string file, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        _file = file;
        _environment = new Dictionary<string, string?>(environment);
        _root = new SettingsSection(SettingsFile.Load(file, _environment), "", _problems);
    }

    /// <param name="file">The settings file.</param>
    /// <param name="environment">Variables; those that begin with <c>INTERFACE_ENGINE__</c> win over the file.</param>
    /// <param name="data">The data folder as the command line names it; null takes the settings' own.</param>
    /// <exception cref="SettingsException">At least one problem.</exception>
    public static EngineSettings Read(string file, IEnumerable<KeyValuePair<string, string?>> environment, string? data = null)
    {
        var reader = new SettingsReader(Path.GetFullPath(file), environment);
        var settings = reader.ReadAll(data);
        return reader._problems.Count == 0 ? settings : throw new SettingsException(reader._file, reader._problems);
    }

    private EngineSettings ReadAll(string? data)
    {
        var ownData = Folder(_root, "Data", "data/engine");
        var folder = _data = data ?? ownData;
        var practices = ReadPractices();
        var (listeners, files) = ReadSources(practices);
        var connections = ReadConnections(practices);
        var settings = new EngineSettings
        {
            File = _file,
            Data = folder,
            Mappings = Folder(_root, "Mappings", "mappings"),
            Keys = ReadKeys(_root.Section("Keys")),
            Store = ReadStore(_root.Section("Store")),
            Node = ReadNode(_root.Section("Node")),
            Practices = Numbered(practices, connections),
            Sources = listeners,
            FileSources = files,
            Messages = ReadMessages(_root.Section("Messages")),
            Ledger = ReadLedger(_root.Section("Ledger")),
            Retention = ReadRetention(_root.Section("Retention")),
            Destinations = ReadDestinations(practices),
            Exports = ReadExports(practices),
            Connections = connections,
            Health = ReadHealth(_root.Section("Health")),
            Api = ReadApi(_root.Section("Api")),
            Logging = ReadLogging(_root.Section("Logging"), folder),
        };
        settings = settings with { Logging = settings.Logging with { DebuggedCategories = [.. settings.Connections.Where(connection => connection.IsDebugged).Select(connection => connection.LogCategory)] } };
        CheckConflicts(practices, [.. listeners.Select(source => source.Binding.Name), .. files.Select(source => source.Binding.Name)]);
        CheckReplyDestinations(settings);
        CheckConnections(settings);
        CheckVendors(settings);
        CheckRetention(settings);
        _root.Close();
        return settings;
    }

    private KeyOptions ReadKeys(SettingsSection section)
    {
        var defaults = new KeyOptions();
        var options = new KeyOptions
        {
            MasterKeyFile = FilePath(section, nameof(defaults.MasterKeyFile)),
            MasterKeyVariable = section.Text(nameof(defaults.MasterKeyVariable), defaults.MasterKeyVariable),
        };
        section.Close();
        return options;
    }

    private static MessageOptions ReadMessages(SettingsSection section)
    {
        var defaults = new MessageOptions();
        var options = new MessageOptions { ParkedFor = section.Duration(nameof(defaults.ParkedFor), defaults.ParkedFor, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)) };
        section.Close();
        return options;
    }

    private static LedgerOptions ReadLedger(SettingsSection section)
    {
        var defaults = new LedgerOptions();
        var options = new LedgerOptions
        {
            Interval = section.Duration(nameof(defaults.Interval), defaults.Interval, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            FullAtHour = section.Number(nameof(defaults.FullAtHour), defaults.FullAtHour, 0, 23, "an hour of the day"),
            ClosesAfter = section.Duration(nameof(defaults.ClosesAfter), defaults.ClosesAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
        };
        section.Close();
        return options;
    }

    private List<Practice> ReadPractices()
    {
        var practices = new List<Practice>();
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, section) in _root.Map("Practices"))
        {
            if (!NameForm().IsMatch(id))
            {
                _root.Problem($"Practices:{id}", "a practice's id has letters, digits, _ and - only");
            }

            var practice = ReadPractice(id, section);
            practices.Add(practice);
            foreach (var facility in practice.Facilities.Prepend(id))
            {
                if (!owners.TryAdd(facility, id))
                {
                    section.Problem("Facilities", $"{facility} already belongs to practice {owners[facility]}");
                }
            }
        }

        if (practices.Count == 0)
        {
            _root.Problem("Practices", "at least one practice is needed");
        }

        return practices;
    }

    private static Practice ReadPractice(string id, SettingsSection section)
    {
        var zone = section.Required("Zone", "the practice's time zone, such as America/Chicago");
        var known = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone);
        if (known is null && zone.Length > 0)
        {
            section.Problem("Zone", $"{zone} is not an IANA time zone.{Spelling.DidYouMean(zone, DateTimeZoneProviders.Tzdb.Ids)}");
        }

        if (!section.Has("Profile"))
        {
            section.Problem("Profile", $"is missing: how the vendor lays out messages, one of {string.Join(", ", _profiles)}");
        }

        var vendor = section.Text("Vendor", "athenahealth");
        if (!NameForm().IsMatch(vendor))
        {
            section.Problem("Vendor", $"{vendor} is not a folder of the mappings");
        }

        var practice = new Practice
        {
            Conflicts = ReadConflicts(section.Section("Conflicts")),
            Id = id,
            Name = section.Text("Name", $"Practice {id}"),
            Zone = known ?? DateTimeZone.Utc,
            Profile = section.Choice("Profile", _profiles) ?? "standard",
            Vendor = vendor,
            // Its own id is one of them by itself.
            FallbackCharacterSet = ReadCharacterSet(section),
            Facilities = [.. (section.List("Facilities") ?? []).Distinct(StringComparer.OrdinalIgnoreCase).Where(facility => !facility.Equals(id, StringComparison.OrdinalIgnoreCase))],
        };
        section.Close();
        return practice;
    }

    private static Hl7CharacterSet ReadCharacterSet(SettingsSection section)
    {
        var name = section.Text("FallbackCharacterSet", Hl7CharacterSet.Windows1252.Name);
        if (Hl7CharacterSet.Find(name) is { } set)
        {
            return set;
        }

        section.Problem("FallbackCharacterSet", $"{name} is not a character set, such as {Hl7CharacterSet.Windows1252.Name}, {Hl7CharacterSet.Latin1.Name} or {Hl7CharacterSet.Utf8.Name}");
        return Hl7CharacterSet.Windows1252;
    }

    private (List<SourceSettings> Listeners, List<FileSourceSettings> Files) ReadSources(List<Practice> practices)
    {
        var (listeners, files) = (new List<SourceSettings>(), new List<FileSourceSettings>());
        foreach (var (name, section) in _root.Map("Sources"))
        {
            if (!NameForm().IsMatch(name))
            {
                _root.Problem($"Sources:{name}", "a source's name has letters, digits, _ and - only");
            }

            var kind = section.Choice("Kind", Catalog.SourceKinds) ?? Catalog.SourceKinds[0];
            if (Catalog.IsOfFiles(kind))
            {
                files.Add(ReadFileSource(kind, name, section, practices));
            }
            else
            {
                listeners.Add(ReadListener(kind, name, section, practices, listeners));
            }

            section.Close();
        }

        CheckFileSources(files);
        return (listeners, files);
    }

    private SourceSettings ReadListener(string kind, string name, SettingsSection section, List<Practice> practices, List<SourceSettings> others)
    {
        var access = ReadAccess(section);
        var source = new SourceSettings(kind, ReadBinding(name, section, practices), ReadEndPoint(section, isEncrypted: access.Tls is not null), ReadLimits(section)) { Access = access };
        if (others.FirstOrDefault(other => Collides(other.Listens, source.Listens)) is { } taken)
        {
            section.Problem("Port", $"{source.Listens.Port} is already the port of {taken.Binding.Name}");
        }

        if (source.Binding is { SequenceNumbers: true, Filters.Count: > 0 })
        {
            section.Problem("SequenceNumbers", "does not go with Filters here: a message that is filtered before its practice is known would leave a gap. Put the filters into the practice's own tables");
        }

        if (!source.Access.ProxyProtocol && section.Has(nameof(source.Access.ProxyFrom)))
        {
            section.Problem(nameof(source.Access.ProxyFrom), "would believe nobody: say \"ProxyProtocol\": true");
        }

        return source;
    }

    private static IReadOnlyList<string> ReadBoundPractices(SettingsSection section, List<Practice> practices, string meaning, bool mayBeEmpty = false)
    {
        var named = section.List("Practices");
        var bound = named ?? [];
        if (named is null || (bound.Count == 0 && !mayBeEmpty))
        {
            section.Problem("Practices", $"is missing: {meaning}");
        }

        for (var index = 0; index < bound.Count; index++)
        {
            if (practices.TrueForAll(practice => practice.Id != bound[index]))
            {
                var known = practices.Select(practice => practice.Id).ToList();
                section.Problem($"Practices:{index}", $"{bound[index]} is not a practice of these settings ({string.Join(", ", known)}).{Spelling.DidYouMean(bound[index], known)}");
            }
        }

        return bound;
    }

    private static SourceBinding ReadBinding(string name, SettingsSection section, List<Practice> practices)
    {
        var bound = ReadBoundPractices(section, practices, "the practices whose messages come this way");
        return new SourceBinding
        {
            Name = name,
            Practices = bound,
            BadContent = section.Choice("BadContent", Enum.GetNames<BadContentPolicy>()) is { } bad ? Enum.Parse<BadContentPolicy>(bad) : null,
            UnmappedEvent = section.Choice("UnmappedEvent", Enum.GetNames<UnmappedEventPolicy>()) is { } unmapped ? Enum.Parse<UnmappedEventPolicy>(unmapped) : null,
            ProcessingIds = section.List("ProcessingIds") ?? ["P", "T"],
            SequenceNumbers = section.Flag("SequenceNumbers", false),
            Acknowledge = section.Choice("Acknowledge", Enum.GetNames<AcknowledgePolicy>()) is { } policy ? Enum.Parse<AcknowledgePolicy>(policy) : AcknowledgePolicy.OnCommit,
            ApplicationReplies = section.OptionalSection("ApplicationReplies") is { } replies ? ReadApplicationReplies(replies) : null,
            Strict = section.Flag("Strict", false),
            BatchReply = section.Choice("BatchReply", Enum.GetNames<BatchReplyPolicy>()) is { } reply ? Enum.Parse<BatchReplyPolicy>(reply) : BatchReplyPolicy.Batch,
            Filters = ReadFilters(section),
        };
    }

    private static ApplicationReplyOptions ReadApplicationReplies(SettingsSection section)
    {
        var options = new ApplicationReplyOptions(section.Required("Destination", "the name of the destination that application replies go to"));
        section.Close();
        return options;
    }

    private static IPEndPoint ReadEndPoint(SettingsSection section, bool isEncrypted)
    {
        var host = section.Text("Host", "127.0.0.1");
        var port = section.Has("Port") ? section.Number("Port", 0, 0, 65535, "a port") : -1;
        if (port < 0)
        {
            section.Required("Port", "the port to listen on; 0 takes a free one");
        }

        var allowsRemote = section.Flag("AllowsRemote", false);
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            host = "127.0.0.1";
        }

        if (!IPAddress.TryParse(host, out var address))
        {
            section.Problem("Host", $"{host} is not an IP address of this machine");
            address = IPAddress.Loopback;
        }
        else if (!IPAddress.IsLoopback(address) && !allowsRemote && !isEncrypted)
        {
            section.Problem("Host", $"{host} would take unencrypted messages from other machines. Say how it is encrypted (\"Tls\"), or, where the network itself is protected (a VPN), \"AllowsRemote\": true; otherwise use 127.0.0.1");
        }

        return new IPEndPoint(address, Math.Max(port, 0));
    }

    private static MllpLimits ReadLimits(SettingsSection section)
    {
        var (second, hour) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        var limits = new MllpLimits();
        return new MllpLimits
        {
            FrameBytesMax = section.Bytes(nameof(limits.FrameBytesMax), limits.FrameBytesMax, 1024, 256 * 1024 * 1024),
            ConnectionsMax = section.Number(nameof(limits.ConnectionsMax), limits.ConnectionsMax, 1, 10_000, "a number of connections"),
            IdleTimeout = section.Duration(nameof(limits.IdleTimeout), limits.IdleTimeout, second, TimeSpan.FromDays(30)),
            FrameTimeout = section.Duration(nameof(limits.FrameTimeout), limits.FrameTimeout, second, hour),
            HandshakeTimeout = section.Duration(nameof(limits.HandshakeTimeout), limits.HandshakeTimeout, second, hour),
            ReplyTimeout = section.Duration(nameof(limits.ReplyTimeout), limits.ReplyTimeout, second, hour),
            StopTimeout = section.Duration(nameof(limits.StopTimeout), limits.StopTimeout, second, hour),
        };
    }

    private LogSettings ReadLogging(SettingsSection section, string data)
    {
        var settings = new LogSettings
        {
            Level = section.Choice("Level", Enum.GetNames<LogEventLevel>()) is { } level ? Enum.Parse<LogEventLevel>(level) : LogEventLevel.Information,
            ShowsOnConsole = section.Flag("ShowsOnConsole", true),
            Folder = Folder(section, "Folder", Path.Combine(data, "logs")),
            FilesKept = section.Number("FilesKept", 31, 1, 10_000, "a number of files"),
            FileBytesMax = section.Bytes("FileBytesMax", 100 * 1024 * 1024, 64 * 1024, 1024 * 1024 * 1024),
        };
        section.Close();
        return settings;
    }

    private string Folder(SettingsSection section, string name, string otherwise) =>
        Path.GetFullPath(section.Text(name, otherwise), Path.GetDirectoryName(_file)!);

    private string FullPath(SettingsSection section, string name, string meaning) =>
        Path.GetFullPath(section.Required(name, meaning), Path.GetDirectoryName(_file)!);

    /// <summary>Port 0 takes a free port, so it never collides.</summary>
    private static bool Collides(IPEndPoint one, IPEndPoint other) =>
        one.Port != 0 && one.Port == other.Port && (one.Address.Equals(other.Address) || IsAny(one.Address) || IsAny(other.Address));

    private static bool IsAny(IPAddress address) =>
        address.Equals(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any);

    /// <summary>Whether a practice or a source can be called so.</summary>
    public static bool IsName(string name) => NameForm().IsMatch(name);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex NameForm();
}
