using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Rates;
using InterfaceEngine.Ehr.Tokens;

namespace InterfaceEngine.Tests;

public sealed class SettingsReaderConnectionsTests : IDisposable
{
    private static readonly DateOnly _today = new(2026, 11, 26);

    private readonly string _folder = Directory.CreateTempSubdirectory("settings").FullName;
    private readonly Dictionary<string, string?> _environment = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_profile_says_what_the_settings_leave_out()
    {
        _environment["MY_SECRET"] = "s3cret";
        var connection = Read("""{ "conn_123": { "Practice": "1959", "Profile": "athena-real", "VendorPractice": "195900", "Client": { "Id": "me", "SecretVariable": "MY_SECRET" } } }""");

        connection.Should().BeEquivalentTo(new
        {
            Id = "conn_123",
            System = "athenahealth",
            Rest = new Uri("https://api.platform.athenahealth.com/v1/195900"),
            Fhir = new Uri("https://api.platform.athenahealth.com/fhir/r4"),
            Token = new Uri("https://api.platform.athenahealth.com/oauth2/v1/token"),
            IsEnabled = false,
        });
        (connection.Client.Id, connection.Client.Secret!.Value, connection.Client.Proof).Should().Be(("me", "s3cret", ClientProof.Basic));
        connection.ToString().Should().NotContain("s3cret");
        (connection.Rate.PerSecond, connection.Rate.PerDay, connection.Rate.TokensPerMinute).Should().Be((100, 500_000, 50));
        connection.Scopes.Rest.Should().Be("athena/service/Athenanet.MDP.*");
        connection.Dialect.Should().Be(AthenaProfiles.Real.Dialect);
    }

    [Theory]
    [InlineData("1959", "athena-real", "sandbox", "https://api.preview.platform.athenahealth.com/v1/7", "https://api.preview.platform.athenahealth.com/fhir/r4", "https://api.preview.platform.athenahealth.com/oauth2/v1/token", 15)]
    [InlineData("1959", "athena-guide", "production", "https://api.athenahealth.com/v1/7", "https://api.platform.athenahealth.com/fhir/r4", "https://api.athenahealth.com/v1/oauth2/token", 8)]
    [InlineData("7410", "ecw-real", "production", null, "https://fhir4.eclinicalworks.com/fhir/r4/7", null, 4)]
    [InlineData("7410", "ecw-guide", "production", null, "https://fhir.eclinicalworks.com/fhir/r4", null, 7)]
    [InlineData("7410", "ecw-guide", "sandbox", null, "https://fhir-sandbox.eclinicalworks.com/fhir/r4", null, 7)]
    public void Each_profile_knows_its_hosts(string practice, string profile, string environment, string? rest, string fhir, string? token, int perSecond)
    {
        var connection = Read($$"""{ "c": { "Practice": "{{practice}}", "Profile": "{{profile}}", "Environment": "{{environment}}", "VendorPractice": "7" } }""");

        (connection.Rest?.AbsoluteUri, connection.Fhir?.AbsoluteUri, connection.Token?.AbsoluteUri, connection.Rate.PerSecond).Should().Be((rest, fhir, token, perSecond));
    }

    [Fact]
    public void The_guides_variables_go_before_the_profile_and_behind_the_settings()
    {
        foreach (var (name, value) in new (string, string)[]
        {
            ("ATHENA_CLIENT_ID", "receptionist"), ("ATHENAHEALTH_CLIENT_ID", "ehr"), ("ATHENAHEALTH_CLIENT_SECRET", "s3cret"), ("ATHENA_PRACTICE_ID", "123456"),
            ("ATHENA_BASE_URL", "https://api.preview.platform.athenahealth.com/v1"), ("ATHENA_DEFAULT_DEPARTMENT_ID", "123"), ("ATHENA_DEFAULT_PROVIDER_ID", "456"),
            ("ATHENAHEALTH_REDIRECT_URI", "https://your-app.com/api/ehr/callback"), ("FEATURE_EHR_ATHENA", "true"), ("DEBUG", "other,athenahealth:*"), ("ECLINICALWORKS_CLIENT_ID", "no"),
        })
        {
            _environment[name] = value;
        }

        var connection = Read("""{ "c": { "Practice": "1959", "Profile": "athena-guide", "DefaultProvider": "9" } }""");

        connection.Should().BeEquivalentTo(new
        {
            VendorPractice = "123456",
            Rest = new Uri("https://api.preview.platform.athenahealth.com/v1/123456"),
            Fhir = new Uri("https://api.preview.platform.athenahealth.com/fhir/r4"),
            Token = new Uri("https://api.preview.platform.athenahealth.com/v1/oauth2/token"),
            DefaultDepartment = "123",
            DefaultProvider = "9",
            IsEnabled = true,
            IsDebugged = true,
        });
        (connection.Client.Id, connection.Client.Secret!.Value, connection.Client.RedirectUri!.AbsoluteUri).Should().Be(("ehr", "s3cret", "https://your-app.com/api/ehr/callback"));
        Settings("""{ "c": { "Practice": "1959", "Profile": "athena-guide" } }""").Logging.DebuggedCategories.Should().Equal("InterfaceEngine.Ehr.c");
        Read("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Enabled": false } }""").IsEnabled.Should().BeFalse();
        Read("""{ "c": { "Practice": "7410", "Profile": "ecw-guide", "Client": { "SecretVariable": "ATHENAHEALTH_CLIENT_SECRET" } } }""").IsEnabled.Should().BeFalse();
        Read("""{ "c": { "Practice": "1959", "Profile": "athena-real" } }""").Rate.PerSecond.Should().Be(15, "the base is the host for practice");
    }

    [Fact]
    public void The_guides_variables_of_eClinicalWorks_are_read_as_they_stand()
    {
        _environment["ECLINICALWORKS_FHIR_ENDPOINT"] = "https://fhir4.eclinicalworks.com/fhir/r4/ABCDEF";
        _environment["DEBUG"] = "eclinicalworks:*";

        var connection = Read("""{ "c": { "Practice": "7410", "Profile": "ecw-real" } }""");

        (connection.Fhir!.AbsoluteUri, connection.IsDebugged, connection.Hosts.Single()).Should().Be(("https://fhir4.eclinicalworks.com/fhir/r4/ABCDEF", true, "oauthserver.eclinicalworks.com"));
    }

    [Theory]
    [InlineData("athena-real", "", "Enabled to true")]
    [InlineData("athena-real", """, "Enabled": true""", "AgreementOn to the date")]
    [InlineData("athena-real", """, "Enabled": true, "AgreementOn": "2026-12-01" """, "begins on 2026-12-01")]
    [InlineData("athena-real", """, "Enabled": true, "AgreementOn": "2026-11-26" """, null)]
    [InlineData("athena-real", """, "Environment": "sandbox" """, null)]
    [InlineData("athena-guide", """, "Environment": "sandbox" """, "Enabled to true")]
    [InlineData("custom", """, "System": "athenahealth", "Fhir": "https://fhir.example.org/r4" """, "Enabled to true")]
    [InlineData("custom", """, "System": "athenahealth", "Fhir": "http://127.0.0.1:8080/r4" """, null)]
    public void A_production_host_is_asked_only_with_its_switch_and_the_agreement(string profile, string more, string? why)
    {
        var reason = EhrProfiles.WhyOff(Read($$"""{ "c": { "Practice": "1959", "Profile": "{{profile}}"{{more}} } }"""), _today);

        (reason?.Contains(why ?? "-", StringComparison.Ordinal) ?? why is null).Should().BeTrue(reason);
    }

    [Fact]
    public async Task A_connection_that_is_off_sends_nothing()
    {
        var off = new ConnectionOptions { Id = "c", Practice = "1959", Profile = "custom", System = "athenahealth", VendorPractice = "1", Fhir = new Uri("https://fhir.example.org/r4") };

        (await FluentActions.Awaiting(() => Ehr.Connected.To(off).SendAsync(new EhrCall { Template = "metadata", Of = EhrInterface.Fhir }, default)).Should().ThrowAsync<EhrException>())
            .Which.Fault.Should().Be(EhrFault.Disabled);
    }

    [Fact]
    public void Everything_can_be_said_otherwise()
    {
        File.WriteAllText(Path.Combine(_folder, "key.pem"), "-");
        var connection = Read("""
            {
              "c": {
                "Practice": "7410", "Profile": "ecw-real", "Rest": "https://r.example.org/v1/1", "Fhir": "https://f.example.org/r4", "Token": "https://t.example.org/token", "Hosts": ["x.example.org"],
                "Client": { "Id": "me", "Proof": "private-key", "Keys": [ { "File": "key.pem", "Kid": "k1", "From": "2026-12-01" } ], "Grant": "authorization-code", "RedirectUri": "https://me.example.org/cb", "Authorize": "https://t.example.org/authorize" },
                "Scopes": { "Rest": ["a", "b"], "Fhir": ["system/Patient.rs"], "Visits": ["system/Appointment.crus"], "Patients": ["system/Patient.crus"], "References": ["system/Location.rs"], "Events": ["system/Subscription.crus"], "User": ["openid"] },
                "Rate": { "PerSecond": 1, "Burst": 2, "BurstWindow": "5s", "PerMinute": 3, "PerDay": 4, "ResetZone": "America/New_York", "TokensPerMinute": 5, "SlackPercent": 0, "WaitMax": "1s", "WaitingMax": 6, "BareLimitToTheMinute": false, "Headers": [ { "Remaining": "Left", "Reset": "Until", "OfDay": true } ] },
                "Http": { "ConnectTimeout": "1s", "AnswerTimeout": "2s", "QuestionTimeout": "7s", "BodyTimeout": "3s", "SilenceTimeout": "4s", "FileBytesMin": "1", "AnswerBytesMax": "1MiB", "FileBytesMax": "2MiB", "HeaderBytesMax": "8KiB", "RedirectsMax": 1, "ConnectionsMax": 2, "AttemptsMax": 3, "PauseMin": "5ms", "PauseMax": "6ms" },
                "Dialect": { "Body": "json", "PatientSearch": "/p", "Booking": "Fhir", "FhirTenant": "t=1", "FhirPatientId": "x-{}", "SearchedByPatient": false, "AppointmentSearch": true, "ExportGroup": "Group/9", "AthenaEvents": true, "Events": true }
              }
            }
            """);

        connection.Client.Should().BeEquivalentTo(new { Id = "me", Proof = ClientProof.PrivateKey, Grant = TokenGrant.AuthorizationCode, Authorize = new Uri("https://t.example.org/authorize") });
        connection.Client.Keys.Should().Equal(new ClientKeyOptions(Path.Combine(_folder, "key.pem"), "k1", new DateOnly(2026, 12, 1)));
        connection.Scopes.Should().Be(new EhrScopes { Rest = "a b", Fhir = "system/Patient.rs", Visits = "system/Appointment.crus", Patients = "system/Patient.crus", References = "system/Location.rs", Export = "system/Patient.rs", Events = "system/Subscription.crus", User = "openid" });
        connection.Rate.Should().BeEquivalentTo(new { PerSecond = 1, Burst = 2, BurstWindow = TimeSpan.FromSeconds(5), PerMinute = 3, PerDay = 4, TokensPerMinute = 5, SlackPercent = 0, WaitMax = TimeSpan.FromSeconds(1), WaitingMax = 6, IsBareLimitToTheMinute = false });
        connection.Rate.ResetZone.Id.Should().Be("America/New_York");
        connection.Rate.Headers.Should().Equal(new RateHeaders("Left", "Until", null, true));
        connection.Http.Should().BeEquivalentTo(new { ConnectTimeout = TimeSpan.FromSeconds(1), QuestionTimeout = TimeSpan.FromSeconds(7), FileBytesMax = 2L * 1024 * 1024, RedirectsMax = 1, PauseMax = TimeSpan.FromMilliseconds(6) });
        connection.Dialect.Should().Be(new EhrDialect
        {
            IsJsonBody = true,
            PatientSearch = "/p",
            Booking = BookingForm.Fhir,
            FhirTenant = "t=1",
            FhirPatientId = "x-{}",
            IsSearchedByPatient = false,
            ExportGroup = "Group/9",
            HasAthenaEvents = true,
        });
    }

    [Theory]
    [InlineData("""{ "c": { } }""", "Connections:c:Profile: is missing", "Connections:c:Practice: is missing", "Connections:c:System: is missing", "Connections:c:Fhir: is missing")]
    [InlineData("""{ "a b": { "Practice": "1959", "Profile": "athena-real" } }""", "Connections:a b: a connection's id")]
    [InlineData("""{ "front": { "Practice": "1959", "Profile": "athena-real" } }""", "Connections:front: is the name of a source as well")]
    [InlineData("""{ "c": { "Practice": "1960", "Profile": "athena-rael" } }""", "Connections:c:Practice: 1960 is not a practice", "Connections:c:Profile: athena-rael is not one of")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "System": "eclinicalworks" } }""", "Connections:c:System: is athenahealth by its profile")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Fhir": "http://fhir.example.org", "Base": "nowhere", "Token": "https://u:p@x.org" } }""", "Fhir: http://fhir.example.org is not https", "Base: nowhere is not an address", "Token: https://u:p@x.org is not an address")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Client": { "Id": "me" } } }""", "Connections:c:Client:SecretVariable: is missing")]
    [InlineData("""{ "c": { "Practice": "7410", "Profile": "ecw-real", "Client": { "Id": "me" } } }""", "Connections:c:Client:Keys: is missing")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Client": { "SecretFile": "none", "Secret": "x" } } }""", "Client:Secret: is not a setting", "Client:Id: is missing")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Client": { "Grant": "authorization-code" } } }""", "Client:RedirectUri: is missing")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "AgreementOn": "soon", "Rate": { "ResetZone": "America/NewYork", "PerSecond": -1 } } }""", "AgreementOn: soon is not a day", "Rate:ResetZone: America/NewYork is not an IANA time zone", "Rate:PerSecond: -1 is not a number of calls")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Dialect": { "FhirPatientId": "x" }, "Http": { "PauseMin": "2m" } } }""", "Dialect:FhirPatientId: x has no {}", "Http:PauseMin: is longer than PauseMax")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Bulk": { "Schedule": "never", "Types": ["observation"] }, "Sync": { "Often": true, "AppointmentsAhead": "0d" } } }""", "Sync:AppointmentsAhead: 0d", "Bulk:Schedule: 'never' is no cron expression", "Bulk:Types: observation is not a type", "Sync:Often: is not a setting")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "custom", "System": "athenahealth", "Fhir": "https://x.org", "Sync": { "Chart": "Rest" } } }""", "Sync:Chart: is Rest, and this connection has no Rest address (Base or Rest)")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "custom", "System": "athenahealth", "Rest": "https://x.org", "Sync": { "Chart": "Fhir" } } }""", "Sync:Chart: is Fhir, and this connection has no Fhir address")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Sync": { "Chart": "Rest" }, "Bulk": { "Schedule": "0 2 1 * *" } } }""", "Bulk: exports by the clock, which is FHIR's, and patients and their charts come by athenaNet")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Sync": { "Chart": "athenaNet" } } }""", "Sync:Chart: ", "Rest")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Changed": { "Feeds": ["patient", "orders"], "Every": "0s", "Often": true } } }""", "Changed:Feeds: patient is not one of patients, appointments,", "Did you mean", "Changed:Feeds: orders is not one of", "Changed:Every: 0s", "Changed:Often: is not a setting")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "custom", "System": "eclinicalworks", "Fhir": "https://x.org", "Changed": { "Feeds": ["patients"] } } }""", "Changed:Feeds: are athenaNet's, and this connection has no Rest address")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Events": { "Topics": ["Patient.update"] } } }""", "Events:Callback: is missing: where the vendor reaches the HTTP interface")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Events": { "Topics": ["Patient.update"], "Callback": "http://engine.example.org" } } }""", "Events:Callback: http://engine.example.org is not https")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Events": { "Topics": ["Patient.update"], "Callback": "https://engine.example.org:8443" } } }""", "Events:Callback: is on port 8443, and athenahealth calls port 443 alone")]
    [InlineData("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Events": { "Topics": ["A.b", "A.b"], "Callback": "https://engine.example.org", "Lasts": "1m", "Secret": "s" } } }""", "Events:Topics: has A.b 2 times", "Events:Lasts: ", "Events:Secret: is not a setting")]
    [InlineData("""{ "c": { "Practice": "7410", "Profile": "ecw-real", "Events": { "Topics": ["Patient.update"], "Callback": "https://engine.example.org" } } }""", "Events:Topics: are there, and the vendor tells of nothing as it happens")]
    public void What_is_wrong_is_reported_with_its_path(string connections, params string[] problems)
    {
        var reported = FluentActions.Invoking(() => Settings(connections)).Should().Throw<SettingsException>().Which.Problems;

        foreach (var problem in problems)
        {
            reported.Should().Contain(one => one.Contains(problem, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_a_connection_does_by_itself_is_read_with_its_times()
    {
        var connection = Read("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Bulk": { "Schedule": "0 2 1 * *", "Types": ["Patient"], "Method": "post", "CompleteWithin": "3d" }, "Sync": { "Every": "15m", "AppointmentsBack": "7d" } } }""");

        (connection.Bulk.Schedule!.Text, connection.Bulk.IsPosted, connection.Bulk.CompleteWithin).Should().Be(("0 2 1 * * (America/Chicago)", true, TimeSpan.FromDays(3)));
        connection.Bulk.Types.Should().Equal("Patient");
        connection.Sync.Schedule!.Text.Should().Be("every 15 min");
        (connection.Sync.AppointmentsBack, connection.Sync.AppointmentsAhead).Should().Be((TimeSpan.FromDays(7), TimeSpan.FromDays(180)));
        Read("""{ "c": { "Practice": "1959", "Profile": "athena-real" } }""").Should().Match<ConnectionOptions>(one => one.Sync.Schedule == null && one.Changed.Feeds.Count == 0 && one.Changed.Every == TimeSpan.FromMinutes(1));
        Read("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Changed": { "Feeds": ["patients", "labresults"], "Every": "30s" } } }""").Changed.Should().BeEquivalentTo(
            new ChangedOptions { Feeds = ["patients", "labresults"], Every = TimeSpan.FromSeconds(30) });
    }

    [Theory]
    [InlineData(""" "Profile": "athena-real", "Practice": "1959" """, false)]
    [InlineData(""" "Profile": "athena-real", "Sync": { "Chart": "Fhir" }, "Practice": "1959" """, false)]
    [InlineData(""" "Profile": "athena-real", "Sync": { "Chart": "Rest" }, "Practice": "1959" """, true)]
    [InlineData(""" "Profile": "custom", "Practice": "1959", "System": "athenahealth", "Rest": "https://x.org/v1/1959" """, true)]
    [InlineData(""" "Profile": "custom", "Practice": "1959", "System": "athenahealth", "Rest": "https://x.org/v1/1959", "Fhir": "https://x.org/r4" """, false)]
    [InlineData(""" "Profile": "ecw-real", "Practice": "7410" """, false)]
    public void A_chart_comes_by_one_interface(string settings, bool isByRest) =>
        Read($$"""{ "c": { {{settings}} } }""").IsChartByRest.Should().Be(isByRest);

    [Fact]
    public void What_a_vendor_tells_as_it_happens_is_read_with_where_it_calls()
    {
        var events = Read("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Events": { "Topics": ["Patient.update"], "Callback": "https://engine.example.org", "Lasts": "7d", "Heartbeat": "1m", "Poll": "12h" } } }""").Events;

        events.Should().BeEquivalentTo(new EventOptions
        {
            Topics = ["Patient.update"],
            Callback = new Uri("https://engine.example.org/api/ehr/athenahealth/events/c"),
            Lasts = TimeSpan.FromDays(7),
            Heartbeat = TimeSpan.FromMinutes(1),
            Poll = TimeSpan.FromHours(12),
        });
        Read("""{ "c": { "Practice": "7410", "Profile": "ecw-guide", "Events": { "Topics": ["Patient"], "Callback": "https://gate.example.org:8443/vendors/7" } } }""").Events.Callback
            .Should().Be(new Uri("https://gate.example.org:8443/vendors/7"), "a proxy may have an address of its own for it");
        Read("""{ "c": { "Practice": "1959", "Profile": "athena-real" } }""").Events.Should().BeEquivalentTo(new EventOptions());
    }

    [Fact]
    public void A_secret_that_this_machine_does_not_have_puts_one_connection_off_and_no_other()
    {
        var connections = Settings("""
            { "c": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox", "Client": { "Id": "me", "SecretVariable": "NOT_SET" } },
              "k": { "Practice": "7410", "Profile": "ecw-real", "Client": { "Id": "me", "SecretVariable": "NOT_SET" } },
              "d": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox" } }
            """).Connections.ToDictionary(connection => connection.Id);

        EhrProfiles.WhyOff(connections["c"], _today).Should().Be("c can't prove who it is: the environment variable NOT_SET is not set (Connections:c:Client:SecretVariable). Set it and start the engine anew.");
        (connections["c"].Client.Proof, connections["k"].Client.Proof).Should().Be((ClientProof.Basic, ClientProof.Basic), "a secret is what proves it, once it is there");
        EhrProfiles.WhyOff(connections["d"], _today).Should().BeNull();

        _environment["NOT_SET"] = "s3cret";
        EhrProfiles.WhyOff(Settings("""{ "c": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox", "Client": { "Id": "me", "SecretVariable": "NOT_SET" } } }""").Connections[0], _today).Should().BeNull();
    }

    [Fact]
    public void A_secret_file_that_can_not_be_used_puts_one_connection_off_and_no_other()
    {
        var secret = Path.Combine(_folder, "secret");
        string? WhyOff() => EhrProfiles.WhyOff(Settings("""
            { "c": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox", "Client": { "Id": "me", "SecretFile": "secret" } },
              "d": { "Practice": "1959", "Profile": "athena-real", "Environment": "sandbox" } }
            """).Connections.Single(connection => connection.Id == "c"), _today);

        _environment["ATHENAHEALTH_CLIENT_SECRET"] = "another";
        WhyOff().Should().Be($"c can't prove who it is: {secret} can't be read (Connections:c:Client:SecretFile). Set it and start the engine anew.");
        File.WriteAllText(secret, "\n");
        Open(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        WhyOff().Should().Contain($"{secret} holds nothing");
        File.WriteAllText(secret, "s3cret");
        if (!OperatingSystem.IsWindows())
        {
            Open(UnixFileMode.UserRead | UnixFileMode.OtherRead);
            WhyOff().Should().Contain($"{secret} can be read by others").And.NotContain("s3cret");
        }

        Open(UnixFileMode.UserRead);
        WhyOff().Should().BeNull();

        void Open(UnixFileMode mode)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(secret, mode);
            }
        }
    }

    [Fact]
    public void Connections_of_one_client_at_one_host_share_what_it_is_granted_unless_one_says_otherwise()
    {
        _environment["S"] = "s3cret";
        const string Client = """ "Profile": "athena-real", "Client": { "Id": "me", "SecretVariable": "S" } """;
        var connections = Settings($$"""
            {
              "b": { {{Client}}, "Practice": "1959" }, "a": { {{Client}}, "Practice": "195900" }, "own": { {{Client}}, "Practice": "1959", "OwnLimits": true },
              "sandbox": { {{Client}}, "Practice": "1959", "Environment": "sandbox", "SharesIds": true }, "other": { "Practice": "1959", "Profile": "athena-real" }
            }
            """).Connections.ToDictionary(one => one.Id, one => one.Granted.Id);

        connections.Should().BeEquivalentTo(new Dictionary<string, string> { ["b"] = "a", ["a"] = "a", ["own"] = "own", ["sandbox"] = "sandbox", ["other"] = "other" });
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData(""", "Sync": { "Every": "1h" }""", "every 1 d", false)]
    [InlineData(""", "Bulk": { "Every": "7d" }""", "every 1 d", false)]
    [InlineData(""", "Sync": { "Every": "1h" }, "References": { "Enabled": false }""", null, false)]
    [InlineData(""", "Sync": { "Every": "1h" }, "References": { "Write": true }""", "every 1 d", true)]
    [InlineData(""", "References": { "Every": "12h", "Write": true }""", "every 12 h", true)]
    public void Departments_and_providers_are_compared_daily_where_something_comes_by_itself(string more, string? when, bool isWritten)
    {
        var references = Read($$"""{ "c": { "Practice": "7410", "Profile": "ecw-guide"{{more}} } }""").References;

        (references.Schedule?.Text, references.IsWritten).Should().Be((when, isWritten));
    }

    [Theory]
    [InlineData("""{ "Write": true }""", "Connections:c:References:Write", "is for what is compared by the clock: say \"Every\", such as \"1d\"")]
    [InlineData("""{ "Enabled": false, "Every": "1d" }""", "Connections:c:References:Enabled", "is false, and a time is set as well")]
    public void A_comparison_that_never_comes_writes_nothing(string references, string path, string problem) =>
        FluentActions.Invoking(() => Read($$"""{ "c": { "Practice": "7410", "Profile": "ecw-guide", "References": {{references}} } }""")).Should().Throw<SettingsException>()
            .Which.Problems.Should().ContainSingle().Which.ToString().Should().Contain(path).And.Contain(problem);

    private ConnectionOptions Read(string connections) => Settings(connections).Connections.Single();

    private EngineSettings Settings(string connections)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              "Practices": {
                "1959": { "Zone": "America/Chicago", "Profile": "athena" }, "195900": { "Zone": "America/Chicago", "Profile": "athena" },
                "7410": { "Zone": "America/Chicago", "Profile": "standard", "Vendor": "eclinicalworks" }
              },
              "Sources": { "front": { "Port": 0, "Practices": ["1959"] } },
              "Connections": {{connections}}
            }
            """);
        return SettingsReader.Read(file, _environment);
    }
}
