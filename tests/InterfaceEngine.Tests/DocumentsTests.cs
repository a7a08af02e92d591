using System.Text.RegularExpressions;
using InterfaceEngine.Api;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Files.Packed;
using InterfaceEngine.Health;
using InterfaceEngine.Intake;
using InterfaceEngine.Intake.Files;
using InterfaceEngine.Intake.Ledger;
using InterfaceEngine.Intake.Retention;
using InterfaceEngine.Nodes;
using InterfaceEngine.Protection;
using InterfaceEngine.Sources.Files;
using InterfaceEngine.Sources.Mllp;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Support;
using InterfaceEngine.Tls;

namespace InterfaceEngine.Tests;

/// <summary>What the documents say of the repository is so.</summary>
public sealed partial class DocumentsTests
{
    public static TheoryData<string> Documents => [.. Document.All()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_into_the_repository_leads_somewhere(string name)
    {
        var document = new Document(name);
        var folder = Path.GetDirectoryName(Path.Combine(RepositoryRoot.Path, name))!;
        foreach (var (place, path, anchor) in document.Links())
        {
            var target = path.Length == 0 ? Path.Combine(RepositoryRoot.Path, name) : Path.GetFullPath(path, folder);
            Path.Exists(target).Should().BeTrue("{0} links to {1}", place, path);
            if (anchor.Length > 0)
            {
                new Document(Path.GetRelativePath(RepositoryRoot.Path, target)).Anchors().Should().Contain(anchor, "{0} links to it", place);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void No_document_names_a_folder_of_the_machine_it_was_written_on_or_a_host_of_packages(string name)
    {
        var document = new Document(name);

        document.Lines.Should().NotContain(line => line.Contains(RepositoryRoot.Path, StringComparison.Ordinal) && RepositoryRoot.Path.Length > 1)
            .And.NotContain(line => MachineForm().IsMatch(line));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_engines_commands_stand_only_where_they_are_tried(string name) =>
        new Document(name).CommandsInOtherBlocks().Should().BeEmpty("a block of commands is marked sh, or bash in a walk-through, and its commands are run by a test");

    [Fact]
    public void Every_sample_is_told_of_in_its_folder()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "samples")))
        {
            var told = File.ReadAllLines(Path.Combine(folder, "README.md")).Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim());
            told.Should().Contain(Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Except(["README.md"]));
        }
    }

    [Fact]
    public void The_operators_guide_lists_every_setting_and_no_other() => Stated().Select(setting => setting.Key).Should().BeEquivalentTo(
    [
        "Data", "Mappings",
        .. Keys<KeyOptions>("Keys"),
        .. Keys<Practice>("Practices").Except(["Practices:Id", "Practices:VendorNumber"]),
        "Sources:Kind", "Sources:Host", "Sources:Port", "Sources:AllowsRemote",
        .. Keys<MllpAccess>("Sources").Except(["Sources:Plain"]),
        .. Keys<ListenerTlsOptions>("Sources:Tls").Except(["Sources:Tls:Own"]), .. Keys<CertificateFiles>("Sources:Tls").Except(["Sources:Tls:Paths"]),
        .. Keys<SourceBinding>("Sources").Except(["Sources:Name"]), .. Keys<MllpLimits>("Sources"),
        "Destinations:Kind", "Destinations:AllowsRemote", "Destinations:Tls",
        .. Keys<MllpClientOptions>("Destinations"), .. Keys<OutboundAddress>("Destinations").Except(["Destinations:Destination", "Destinations:Form", "Destinations:TakesPatients", "Destinations:TakesVisits"]), "Destinations:Visits", "Destinations:MakeSlots", "Destinations:CancelReason", .. Keys<DeliveryOptions>("Destinations"),
        .. Keys<MllpDestinationOptions>("Destinations").Except(["Destinations:Client", "Destinations:Limit"]),
        .. Keys<SenderTlsOptions>("Destinations:Tls").Except(["Destinations:Tls:Own"]), .. Keys<CertificateFiles>("Destinations:Tls").Except(["Destinations:Tls:Paths"]),
        .. Keys<StoreOptions>("Store").Except(["Store:Folder", "Store:Node", "Store:PagesMax", "Store:FileLayer", "Store:UsesServerTime", "Store:SchemaMax", "Store:ConnectionsMin"]), "Store:ConnectionFile", "Store:AllowsPlain",
        .. Keys<NodeOptions>("Node"), .. Keys<MessageOptions>("Messages"), .. Keys<LedgerOptions>("Ledger"), .. Keys<RetentionOptions>("Retention"),
        "Api:Host", "Api:Port", .. Keys<ApiOptions>("Api").Except(["Api:Listens"]),
        "Health:Host", "Health:Port", .. Keys<HealthOptions>("Health").Except(["Health:Listens"]), .. Keys<LogSettings>("Logging").Except(["Logging:DebuggedCategories"]),
    ]);

    [Fact]
    public void The_operators_guide_states_the_defaults_as_they_are()
    {
        var stated = Stated();
        Check("Sources", new MllpLimits());
        Check("Destinations", new DeliveryOptions());
        Check("Store", new StoreOptions());
        Check("Messages", new MessageOptions());
        Check("Ledger", new LedgerOptions());
        Check("Retention", new RetentionOptions());
        Check("Health", new HealthOptions());
        Check("Api", new ApiOptions());
        Check("Logging", new LogSettings { Folder = "" });

        void Check(string section, object options)
        {
            foreach (var property in options.GetType().GetProperties())
            {
                // The last ones are told in words.
                if (stated.TryGetValue($"{section}:{property.Name}", out var said) && property.Name is not ("ReadersMax" or "ConnectionsMax" or "Connection" or "Folder" or "Tls" or "AllowFrom" or "ProxyFrom" or "AppointmentTypes"))
                {
                    said.Should().Be(property.GetValue(options) is { } value ? Written(property.Name, value) : "for ever", "it is the default of {0}", property.Name);
                }
            }
        }
    }

    [Fact]
    public void The_guide_on_file_drops_lists_every_setting_and_no_other() =>
        new Document("docs/file-drops.md").Lines.SkipWhile(line => line != "## Settings").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',')).Select(name => name.Trim(' ', '`')).Should().BeEquivalentTo(
            [
                "Kind", "Path", "Practices", "Server", "Every", "EntriesMax",
                .. typeof(FileSourceOptions).GetProperties().Select(property => property.Name)
                    .Except([nameof(FileSourceOptions.Practice), nameof(FileSourceOptions.Expects), nameof(FileSourceOptions.Rows), nameof(FileSourceOptions.Limits)]),
                .. typeof(RowFileRules).GetProperties().Select(property => property.Name).Except([nameof(RowFileRules.IsQuiet)]),
                .. typeof(UnpackOptions).GetProperties().Select(property => property.Name),
            ]);

    /// <summary>An operator searches the guide for what is on the screen. Where the program fills in, the guide has an ellipsis.</summary>
    [Fact]
    public void The_operators_guide_quotes_what_the_program_says()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src", "InterfaceEngine"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var quotes = new List<string>();
        var isQuoting = false;
        foreach (var line in new Document("docs/operations.md").Lines)
        {
            isQuoting = line.StartsWith("| it says", StringComparison.Ordinal) || (isQuoting && line.StartsWith('|'));
            if (isQuoting && QuoteForm().Match(line) is { Success: true } quote)
            {
                quotes.Add(quote.Groups[1].Value);
            }
        }

        quotes.Should().HaveCountGreaterThan(12);
        quotes.SelectMany(quote => quote.Split('…')).Select(part => part.Trim(' ', ':', '\'', '.', ';')).Where(part => part.Length > 0 && !sources.Contains(part, StringComparison.Ordinal))
            .Should().BeEmpty();
    }

    private static IEnumerable<string> Keys<T>(string section) => typeof(T).GetProperties().Select(property => $"{section}:{property.Name}");

    /// <summary>The settings in the guide's tables, by path, with what stands beside them as the default.</summary>
    private static Dictionary<string, string> Stated()
    {
        var stated = new Dictionary<string, string>();
        var section = "";
        foreach (var line in new Document("docs/operations.md").Lines.SkipWhile(line => line != "## Settings").TakeWhile(line => line != "### Environment"))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                section = line.Contains(',', StringComparison.Ordinal) ? "" : line[4..].Trim('`') + ":";
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                var cells = line.Split('|', StringSplitOptions.TrimEntries);
                stated.Add(section + cells[1].Trim('`'), cells[2].Trim('`'));
            }
        }

        return stated;
    }

    private static string Written(string name, object value) => value switch
    {
        TimeSpan { TotalMinutes: < 1 } time => $"{time.TotalSeconds}s",
        TimeSpan { TotalHours: < 1 } time => $"{time.TotalMinutes}m",
        TimeSpan { TotalDays: < 1 } time => $"{time.TotalHours}h",
        TimeSpan time => $"{time.TotalDays}d",
        int bytes when name.Contains("Bytes", StringComparison.Ordinal) => $"{bytes >> 20}MiB",
        bool flag => flag ? "true" : "false",
        _ => $"{value}",
    };

    [GeneratedRegex("^\\| `([^`]+)`")]
    private static partial Regex QuoteForm();

    [GeneratedRegex(@"(?<![\w.~:/])/(work|root|home|Users|tmp|mnt)\b|\b(registry|nuget|artifacts|artifactory|packages|proxy)\.[a-z0-9-]+\.[a-z]{2,}|https?://(?!localhost|127\.|[a-z0-9.-]*\bexample\.org\b)", RegexOptions.IgnoreCase)]
    private static partial Regex MachineForm();
}
