using System.Text.RegularExpressions;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;

namespace InterfaceEngine.Tests;

/// <summary>The pages of the connection profiles: their settings load, and no profile is without one.</summary>
public sealed partial class ConnectionPagesTests : IDisposable
{
    private static readonly string _pages = Path.Combine(RepositoryRoot.Path, "docs", "connections");
    private static readonly DateOnly _today = new(2026, 11, 26);

    private readonly string _folder = Directory.CreateTempSubdirectory("pages").FullName;

    private static IEnumerable<string> Names => Directory.EnumerateFiles(_pages, "*.md").Select(file => Path.GetFileNameWithoutExtension(file));

    public static TheoryData<string> Pages => [.. Names];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_profile_has_its_page() => Names.Should().BeEquivalentTo(EhrProfiles.All.Select(profile => profile.Name));

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_settings_of_a_page_load_and_may_be_used(string page)
    {
        var connections = Settings(page).Connections;

        connections.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Profile = page, Practice = page.StartsWith("athena", StringComparison.Ordinal) ? "1959" : "7410" });
        EhrProfiles.WhyOff(connections[0], _today).Should().BeNull("whoever copies them has the agreement and switches it on");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Where_a_page_has_slots_its_settings_have_the_destination_that_tells_of_what_is_booked(string page)
    {
        var settings = Settings(page);
        var connection = settings.Connections.Single();
        var hasSlots = connection.Dialect.Booking switch { BookingForm.Fhir => connection.Fhir, BookingForm.None => null, _ => connection.Rest } is not null;

        settings.Destinations.Select(destination => (destination.Calls?.Connection, destination.Outbound.Connection)).Should().Equal(hasSlots ? [(connection.Id, connection.Id)] : []);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_says_what_the_others_say(string page) =>
        HeadingForm().Matches(File.ReadAllText(Path.Combine(_pages, page + ".md"))).Select(heading => heading.Groups[1].Value)
            .Should().Contain(["Settings", "Scopes", "Limits", "What is there", "What to do when"])
            .And.Contain(heading => heading.StartsWith("What to ask", StringComparison.Ordinal));

    private EngineSettings Settings(string page)
    {
        var text = File.ReadAllText(Path.Combine(_pages, page + ".md"));
        var block = BlockForm().Matches(text).Should().ContainSingle("a page has one block of settings").Which.Groups[1].Value;
        Directory.CreateDirectory(Path.Combine(_folder, "keys"));
        using (var key = System.Security.Cryptography.RSA.Create(2048))
        {
            var pem = Path.Combine(_folder, "keys", "ecw.pem");
            File.WriteAllText(pem, key.ExportPkcs8PrivateKeyPem());
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(pem, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": { "1959": { "Zone": "America/Chicago", "Profile": "athena" }, "7410": { "Zone": "America/Chicago", "Vendor": "eclinicalworks", "Profile": "standard" } },
              "Sources": { "front": { "Port": 0, "Practices": ["1959"] } },
            {{block.Trim().TrimStart('{')}}
            """);
        return SettingsReader.Read(file, new Dictionary<string, string?> { ["ATHENA_SECRET"] = "s3cret", ["ECW_SECRET"] = "s3cret", ["OTHER_SECRET"] = "s3cret" });
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex BlockForm();

    [GeneratedRegex("^## (.*)$", RegexOptions.Multiline)]
    private static partial Regex HeadingForm();
}
