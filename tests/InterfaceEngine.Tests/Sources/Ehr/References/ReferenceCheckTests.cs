using InterfaceEngine.Control;
using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Sources.Ehr.References;
using InterfaceEngine.Store;
using InterfaceEngine.Tests.Destinations.Ehr;
using InterfaceEngine.Tests.Ehr;
using InterfaceEngine.Tests.Support;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace InterfaceEngine.Tests.Sources.Ehr.References;

/// <summary>A vendor's places and providers beside the practice's tables, where the vendor has FHIR alone.</summary>
public sealed class ReferenceCheckTests : IAsyncLifetime
{
    private const string Practice = FhirClinic.Practice;

    private static readonly DateTimeOffset _now = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RecordingLogger<ReferenceCheck> _log = new();
    private TestEngine _engine = null!;

    private string LocationsFile => Path.Combine(_engine.Settings.Mappings, "practices", Practice, "locations.ref.md");

    private IEnumerable<LogLine> Warnings => _log.Lines.Where(line => line.Level == LogLevel.Warning);

    /// <summary>The tables have one place of the stand-in's two, and one of its providers with another NPI, and somebody whom it does not know.</summary>
    public async Task InitializeAsync() => _engine = await TestEngine.StartAsync(
        settings => settings with { Practices = [.. settings.Practices, new Practice { Id = Practice, Name = "Elm Street Practice", Vendor = "eclinicalworks", Profile = "standard", Zone = DateTimeZoneProviders.Tzdb["America/Chicago"] }] },
        [
            .. FhirClinic.TablesOf(Practice).Where(table => table.Path.Contains("codes", StringComparison.Ordinal)),
            ($"practices/{Practice}/locations.ref.md", $"---\nreferences: location\npractice: {Practice}\n---\n\n| Practice Studio | eclinicalworks | Name | Zone |\n|---|---|---|---|\n| loc-main | 1 | Main Street Clinic | America/Chicago |\n"),
            ($"practices/{Practice}/providers.ref.md", $"---\nreferences: provider\npractice: {Practice}\n---\n\n| Practice Studio | eclinicalworks | NPI | Name |\n|---|---|---|---|\n| prov-johnson | 12345 | 1487600099 | Jane Johnson, MD |\n| prov-rivera | 54321 |  | Maria Rivera, NP |\n| prov-past | 999 | | Somebody |\n"),
        ]);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task What_a_server_of_FHIR_has_and_the_tables_have_otherwise_is_told_and_what_is_new_is_written_once()
    {
        await using var vendor = await VendorAsync("ecw-guide");
        await using var connection = To(vendor, isWritten: true);
        var check = Check(connection);

        (await check.RunByClockAsync(default)).Should().BeNull();

        var state = (await check.LastAsync(default))!;
        state.Differences.Should().Equal(
            new ReferenceDifference("locations", "new", "2", "WESTSIDE CLINIC", null, "America/Chicago", null),
            new ReferenceDifference("providers", "changed", "12345", "JANE JOHNSON", "1487600012", null, "NPI 1487600099"),
            new ReferenceDifference("providers", "gone", "999", "Somebody", null, null, null));
        state.Written.Should().Equal($"practices/{Practice}/locations.ref.md");
        var written = await File.ReadAllTextAsync(LocationsFile);
        written.Should().Contain("| loc-westside-clinic | 2").And.Contain("WESTSIDE CLINIC");
        Warnings.Should().ContainSingle().Which.Text.Should().Contain("1 are new, 1 changed and 1 gone");
        (await _engine.Store.ReadAsync(reader => reader.Audit(Practice, 10), default)).Should().ContainSingle(row => row.Action == "ehr references" && row.Actor == "engine" && row.Subject == "conn_1: 1 new");

        // The next day it is still not deployed: nobody is told again, and no row stands there twice.
        _engine.Time.Advance(TimeSpan.FromDays(1));
        (await check.RunByClockAsync(default)).Should().BeNull();

        (await File.ReadAllTextAsync(LocationsFile)).Should().Be(written);
        (await check.LastAsync(default))!.Should().Match<ReferenceState>(again => again.New == 1 && again.Written.Count == 1 && again.At == _now.AddDays(1));
        Warnings.Should().ContainSingle();
        (await check.RunAsync("maria", CallPriority.Interactive, null, default)).State.Written.Should().ContainSingle("who looks takes nothing back");

        await _engine.DeployAsync();
        await _engine.RestartAsync();

        var deployed = await Check(connection).RunAsync("maria", CallPriority.Interactive, null, default);
        deployed.Differences.Should().NotContain(one => one.Change == "new");
        deployed.State.Written.Should().BeEmpty();
    }

    [Fact]
    public async Task The_real_server_is_asked_with_scopes_of_their_own_and_says_no_zone()
    {
        await using var clinic = await FhirClinic.StartAsync("ecw-real");

        var (differences, _) = await new ReferenceCheck(clinic.Client.Connection, _engine.Core.Appointments, new ReferenceFiles(null), _engine.Store, _engine.Time, _log).RunAsync("maria", CallPriority.Interactive, null, default);

        differences[0].Should().Be(new ReferenceDifference("locations", "new", "2", "WESTSIDE CLINIC", null, null, null));
        clinic.Calls("GET Location").Should().Be(1);
        (await clinic.Client.Connection.TokenAsync("system/Location.read system/Practitioner.read", default)).Missing.Should().BeEmpty();
        clinic.Calls("POST token").Should().Be(1, "it is the token that the lists were read with");
    }

    [Fact]
    public async Task What_was_found_is_shown_with_the_connection()
    {
        await using var vendor = await VendorAsync("ecw-guide");
        await using var connection = To(vendor);
        await using var operations = new EngineOperations(_engine.Core.Parts() with { Connections = new Dictionary<string, EhrConnection> { [Connected.Id] = connection } });
        (await operations.AskAsync(new ListConnectionsRequest { Actor = "maria" }, default)).Should().BeOfType<ConnectionsAnswer>().Which.Connections.Single().References.Should().BeNull();

        (await operations.AskAsync(new EhrReferencesRequest(Connected.Id) { Actor = "maria" }, default)).Should().BeOfType<EhrReferencesAnswer>().Which.Written.Should().BeEmpty();

        (await operations.AskAsync(new ListConnectionsRequest { Actor = "maria" }, default)).Should().BeOfType<ConnectionsAnswer>().Which.Connections.Single().References
            .Should().BeEquivalentTo(new ReferencesView(_now, 1, 1, 1, [], null));
        (await Check(connection).RunByClockAsync(default)).Should().BeNull();
        Warnings.Should().BeEmpty("somebody has just seen it");
    }

    [Fact]
    public async Task All_pages_are_read_and_what_is_no_place_or_nobody_any_more_is_not_new()
    {
        await using var server = await StartAsync("Location", "Organization", "PractitionerRole");
        server
            .On("GET /fhir/r4/Location", 200, Bundle(
                $"{server.Address}/fhir/r4/page2",
                """{ "resourceType": "Location", "id": "L-1", "managingOrganization": { "reference": "Organization/O-1" } }""",
                """{ "resourceType": "Location", "id": "L-2", "mode": "kind", "name": "Ambulance" }""",
                """{ "resourceType": "Location", "id": "L-3", "status": "inactive", "name": "Closed" }"""))
            .On("GET /fhir/r4/page2", 200, Bundle(
                null, """{ "resourceType": "Location", "id": "1", "status": "inactive", "name": "Main", "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/tz-code", "valueCode": "America/New_York" } ] }"""))
            .On("GET /fhir/r4/Organization/O-1", 200, """{ "resourceType": "Organization", "id": "O-1", "name": "Elm Street" }""")
            .On("GET /fhir/r4/PractitionerRole", 200, Bundle(
                null,
                """{ "resourceType": "PractitionerRole", "id": "r1", "active": false, "practitioner": { "reference": "Practitioner/P-1", "display": "Ann Lee, MD" } }""",
                """{ "resourceType": "PractitionerRole", "id": "r2", "practitioner": { "reference": "Practitioner/P-1", "display": "Ann Lee, MD" }, "identifier": [ { "system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999984" } ] }""",
                """{ "resourceType": "PractitionerRole", "id": "r3", "active": false, "practitioner": { "reference": "Practitioner/P-2", "display": "Bob Roe" } }""",
                """{ "resourceType": "PractitionerRole", "id": "r4" }"""));
        await using var connection = Connected.To(Options(server.Address));

        var (differences, _) = await Check(connection).RunAsync("maria", CallPriority.Interactive, new AuditEntry("maria", "ehr references", Practice, null, null), default);

        differences.Where(one => one.Change != "gone").Should().Equal(
            new ReferenceDifference("locations", "new", "L-1", "Elm Street", null, null, null),
            new ReferenceDifference("locations", "changed", "1", "Main", null, "America/New_York", "zone America/Chicago"),
            new ReferenceDifference("providers", "new", "P-1", "Ann Lee, MD", "1999999984", null, null));
        (await File.ReadAllTextAsync(LocationsFile.Replace("locations", "providers", StringComparison.Ordinal))).Should().Contain("| prov-lee");
        MappingFolder.LoadUsable(_engine.Settings.Mappings, _engine.Settings.Practices).Set.Problems.Should().NotContain(problem => problem.Severity == MappingSeverity.Error);
    }

    [Fact]
    public async Task Of_a_list_that_the_server_does_not_have_nothing_is_said_to_be_gone_and_a_role_that_is_forbidden_is_left_out()
    {
        await using var server = await StartAsync("Practitioner", "PractitionerRole");
        server
            .On("GET /fhir/r4/Practitioner", 200, Bundle(
                null, """{ "resourceType": "Practitioner", "id": "12345", "name": [ { "use": "old", "family": "Smith" }, { "use": "official", "family": "Johnson", "given": [ "Jane" ], "suffix": [ "MD" ] } ] }""", """{ "resourceType": "Practitioner", "id": "54321" }""", """{ "resourceType": "Practitioner", "id": "999" }""", """{ "resourceType": "Practitioner", "id": "p|7", "active": true, "name": [ { "text": "Ann Lee" } ] }"""))
            .On("GET /fhir/r4/PractitionerRole", 403, "{}");
        await using var connection = Connected.To(Options(server.Address));

        var (differences, _) = await Check(connection).RunAsync("maria", CallPriority.Interactive, null, default);

        differences.Should().Equal(new ReferenceDifference("providers", "new", "p|7", "Ann Lee", null, null, null));
    }

    [Fact]
    public async Task A_server_that_lists_nothing_is_named_once_and_one_that_fails_is_asked_again()
    {
        await using var server = await StartAsync("Patient");
        await using var connection = Connected.To(Options(server.Address));
        var check = Check(connection);

        (await check.RunByClockAsync(default)).Should().BeNull("it would say the same in five minutes");
        (await check.RunByClockAsync(default)).Should().BeNull();

        Warnings.Should().ContainSingle().Which.Text.Should().Contain("no search for Location, Practitioner or PractitionerRole");
        (await check.LastAsync(default))!.Should().Match<ReferenceState>(state => state.At == null && state.Fault!.Contains("no search for Location"));

        await using var failing = await StartAsync("Location");
        failing.On("GET /fhir/r4/Location", 503, "{}");
        await using var other = Connected.To(Options(failing.Address) with { Id = "conn_2" });
        (await Check(other).RunByClockAsync(default)).Should().StartWith("conn_2 GET /Location: 503");
    }

    [Fact]
    public async Task Nothing_is_written_where_there_is_no_folder_and_what_was_found_is_kept()
    {
        await using var vendor = await VendorAsync("ecw-guide");
        await using var connection = To(vendor, isWritten: true);
        var check = new ReferenceCheck(connection, _engine.Core.Appointments, new ReferenceFiles(null), _engine.Store, _engine.Time, _log);

        (await check.RunByClockAsync(default)).Should().BeNull();

        (await check.LastAsync(default))!.Should().Match<ReferenceState>(state => state.New == 1 && state.Written.Count == 0 && state.Fault!.StartsWith("This engine has no mapping folder"));
    }

    private ReferenceCheck Check(EhrConnection connection) => new(connection, _engine.Core.Appointments, new ReferenceFiles(_engine.Settings.Mappings), _engine.Store, _engine.Time, _log);

    private static Task<VendorServer> VendorAsync(string profile) =>
        VendorServer.StartAsync(new VendorServerOptions { Profile = profile, People = 3, Limits = VendorLimits.None }, new FakeTimeProvider(_now));

    private static EhrConnection To(VendorServer vendor, bool isWritten = false)
    {
        var profile = EhrProfiles.Find("ecw-guide")!;
        var options = Options("http://127.0.0.1") with { Fhir = vendor.Fhir, VendorPractice = "FFBJCD", Dialect = profile.Dialect, Scopes = profile.Scopes, References = new ReferenceOptions { IsWritten = isWritten } };
        return new EhrConnection(options, new HttpMessageInvoker(new VendorTokenHandler(vendor, "system/Location.read system/Practitioner.read system/PractitionerRole.read")), TimeProvider.System);
    }

    private static ConnectionOptions Options(string address) => Connected.Options(address) with { Practice = Practice, Rest = null };

    private static async Task<ScriptedServer> StartAsync(params string[] types) => (await ScriptedServer.StartAsync())
        .On("GET /fhir/r4/metadata", 200, $$"""
            { "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [ { "mode": "server", "resource": [
              {{string.Join(',', types.Select(type => $$"""{ "type": "{{type}}", "interaction": [ { "code": "read" }, { "code": "search-type" } ] }"""))}} ] } ] }
            """);

    private static string Bundle(string? next, params string[] resources) => $$"""
        { "resourceType": "Bundle", "type": "searchset", "link": [ {{(next is null ? "" : $$"""{ "relation": "next", "url": "{{next}}" }""")}} ],
          "entry": [ {{string.Join(',', resources.Select(resource => $$"""{ "resource": {{resource}} }"""))}} ] }
        """;
}
