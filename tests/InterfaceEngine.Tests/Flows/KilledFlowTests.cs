using System.Text.Json;
using InterfaceEngine.Cli;
using InterfaceEngine.Cli.Durability;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;
using InterfaceEngine.Store.Sqlite;
using InterfaceEngine.Tests.Cli;
using InterfaceEngine.Tests.Support;

namespace InterfaceEngine.Tests.Flows;

/// <summary>
/// A real engine, as a process of its own, is killed at given moments of an import and of a booking: the vendor, or its own store, keeps it waiting until it is dead. Started again it goes
/// on, and everything is there once. What is kept before each step holds, step by step, <see cref="Sources.Ehr.Bulk.BulkKillTests"/>.
/// </summary>
public sealed class KilledFlowTests : IAsyncLifetime, IDisposable
{
    private const string Practice = "195900";
    private const int People = 3;

    /// <summary>More than the engine takes of a file at once.</summary>
    private const int Further = 8_000;

    /// <summary>Up to here the file is read and no further: the store does not come to the end of this row's commit.</summary>
    private const int StandsAt = 4_000;

    private readonly WorkFolder _folder = WorkFolder.Create(null, Path.Combine(RepositoryRoot.Path, "mappings"));
    private VendorServer _vendor = null!;
    private ChildEngine _engine = null!;

    public async Task InitializeAsync()
    {
        var export = new VendorExport { Polls = 1, FurtherObservations = Further };
        _vendor = await VendorServer.StartAsync(new VendorServerOptions { Profile = "athena-real", People = People, Limits = VendorLimits.None, Export = export }, TimeProvider.System);
        var secret = Path.Combine(_folder.Path, "secret");
        await File.WriteAllTextAsync(secret, _vendor.ClientSecret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(_folder.Settings, $$"""
            {
              "Data": {{JsonSerializer.Serialize(_folder.Data)}},
              "Mappings": {{JsonSerializer.Serialize(Path.Combine(RepositoryRoot.Path, "mappings"))}},
              "Keys": { "MasterKeyFile": {{JsonSerializer.Serialize(_folder.MasterKey)}} },
              "Practices": { "{{Practice}}": { "Zone": "America/Chicago", "Profile": "athena" } },
              "Sources": { "feed": { "Port": {{_folder.Port}}, "Practices": ["{{Practice}}"] } },
              "Connections": {
                "conn_123": {
                  "Practice": "{{Practice}}", "Profile": "athena-real", "Rest": "{{_vendor.Rest}}", "Fhir": "{{_vendor.Fhir}}", "Token": "{{_vendor.TokenAddress}}",
                  "Client": { "Id": "{{_vendor.ClientId}}", "SecretFile": "secret" }
                }
              },
              "Destinations": { "visits": { "Kind": "athenanet", "Connection": "conn_123", "Practices": ["{{Practice}}"], "BackOffMin": "10ms", "PollInterval": "200ms" } },
              "Logging": { "Level": "Warning" }
            }
            """);
        _engine = new ChildEngine(ChildEngine.OwnCommand, _folder, TimeSpan.FromMinutes(2), TimeProvider.System);
        await _engine.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    public void Dispose() => _folder.Delete();

    [Fact]
    public async Task Killed_at_four_moments_of_an_import_it_goes_on_and_has_every_resource_once()
    {
        _vendor.Faults.Add("GET export status", VendorFault.Hang);
        var begun = await TypeAsync("ehr", "bulk", "start", "conn_123", "--types", "Patient,Observation");
        await KillAsync(() => Held(1), "it asks how far the export is");

        _vendor.Faults.Add("GET file", VendorFault.Hang);
        await _engine.StartAsync(default);
        await KillAsync(() => Held(2), "it waits for a file");

        Execute($"CREATE TRIGGER stands_still BEFORE UPDATE OF position ON file_runs WHEN NEW.position > {StandsAt} BEGIN SELECT count(*) FROM messages a, messages b, messages c, messages d, messages e; END");
        await _engine.StartAsync(default);
        await KillAsync(() => Task.FromResult(Position() is > People and < Further), "it is within the rows of a file");

        Execute("DROP TRIGGER stands_still");
        _vendor.Faults.Add("DELETE export status", VendorFault.Hang);
        await _engine.StartAsync(default);
        await KillAsync(() => Held(3), "it has everything, and tells the vendor so");

        await _engine.StartAsync(default);
        var job = begun.GetProperty("id").GetString()!;
        await RunningEngine.UntilAsync(async () => (await TypeAsync("ehr", "bulk", "show", job)).GetProperty("step").GetString() == "loaded");
        var observed = (await TypeAsync("ehr", "bulk", "show", job)).GetProperty("files").EnumerateArray().Sum(file => file.GetProperty("rows").GetInt64()) - People;
        (await RunAsync("ledger", "--full")).Should().Match<Ran>(ledger => ledger.Code == 0);
        _vendor.Calls.Count(call => call.Endpoint == "GET Group/{id}/$export").Should().Be(1);
        await _engine.KillAsync();

        await using var store = await _folder.OpenStoreAsync(TimeProvider.System, default);
        var counts = await store.ReadAsync(reader => reader.MessageCounts(), default);
        counts.Select(count => count.State).Distinct().Should().Equal(MessageState.Applied);
        counts.Sum(count => count.Count).Should().Be(People + observed, "each row is one message");
        (await store.ReadAsync(reader => reader.Records(Practice, "patient", EngineId.None, 100), default)).Should().HaveCount(People);
    }

    [Fact]
    public async Task Killed_between_the_vendors_answer_and_our_own_record_a_booking_is_there_once()
    {
        var patient = _vendor.At(practice => practice.Patients[0].Person.Id);
        await TypeAsync("ehr", "sync", "conn_123", "--patient", patient, "--no-enhanced");
        var (from, until) = (DateTime.UtcNow.AddDays(7), DateTime.UtcNow.AddDays(14));
        var slot = (await TypeAsync("ehr", "slots", "conn_123", "--from", $"{from:yyyy-MM-dd}", "--until", $"{until:yyyy-MM-dd}", "--limit", "1")).GetProperty("slots")[0].GetProperty("id").GetString()!;
        string[] booking = ["ehr", "book", "conn_123", "--slot", slot, "--patient", patient, "--key", "call-1", "--because", "the patient called"];

        _vendor.Faults.Add("PUT /appointments/{appointmentid}", VendorFault.HangAfterDoing);
        var booked = await TypeAsync(booking);
        await KillAsync(() => Task.FromResult(_vendor.Faults.Counts.GetValueOrDefault(VendorFault.HangAfterDoing) == 1), "the visit is booked at the vendor, who has not said so");

        _vendor.Faults.Add("GET /appointments/{appointmentid}", VendorFault.Hang, skip: 1);
        await _engine.StartAsync(default);
        await KillAsync(() => Held(1), "it reads what it has booked");

        await _engine.StartAsync(default);
        await RunningEngine.UntilAsync(async () => (await RunAsync("deliveries", "list", "--state", "delivered", "--json")).Out.Contains("\"visits\"", StringComparison.Ordinal));
        var again = await TypeAsync(booking);

        (again.GetProperty("record").GetString(), again.GetProperty("isRepeat").GetBoolean()).Should().Be((booked.GetProperty("record").GetString(), true));
        _vendor.Calls.Count(call => call.Endpoint == "PUT /appointments/{appointmentid}").Should().Be(1);
        _vendor.At(practice => practice.Schedule.Appointments.Where(one => one.Patient == patient && one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal)).Select(one => one.Id).ToList()).Should().Equal(slot);
        (await RunAsync("ledger", "--full")).Should().Match<Ran>(ledger => ledger.Code == 0);
        await _engine.KillAsync();

        await using var store = await _folder.OpenStoreAsync(TimeProvider.System, default);
        var visit = (await store.ReadAsync(reader => reader.Records(Practice, "appointment", EngineId.None, 100), default)).Should().ContainSingle().Subject;
        visit.Aliases.Should().Contain(new RecordAlias("appointment", "athenahealth", slot));
    }

    /// <summary>Whether the vendor has kept so many calls waiting.</summary>
    private Task<bool> Held(int calls) => Task.FromResult(_vendor.Faults.Counts.GetValueOrDefault(VendorFault.Hang) == calls);

    /// <summary>SIGKILL, at a moment.</summary>
    private async Task KillAsync(Func<Task<bool>> moment, string what)
    {
        await RunningEngine.UntilAsync(moment);
        _engine.IsRunning.Should().BeTrue(what);
        await _engine.KillAsync();
    }

    /// <summary>How many rows of the export's file of observations are read.</summary>
    private long Position()
    {
        using var database = SqliteDatabase.Open(Path.Combine(_folder.Data, StoreFiles.Database), SqliteAccess.Read);
        database.Execute("PRAGMA busy_timeout = 60000");
        return database.Number("SELECT coalesce(max(position), 0) FROM file_runs");
    }

    /// <summary>Changes the store of an engine that is not there.</summary>
    private void Execute(string sql)
    {
        using var database = SqliteDatabase.Open(Path.Combine(_folder.Data, StoreFiles.Database), SqliteAccess.Write);
        database.Execute(sql);
    }

    private async Task<JsonElement> TypeAsync(params string[] arguments)
    {
        var ran = await RunAsync([.. arguments, "--json"]);
        ran.Code.Should().Be(0, $"{string.Join(' ', arguments)} said {ran.Error}");
        return JsonDocument.Parse(ran.Out).RootElement;
    }

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: false) { WorkingFolder = _folder.Path, Environment = [], Actor = "maria" };
        var code = await new EngineCommandLine(terminal, StandAloneEngine.OpenAsync).RunAsync([.. arguments, "--settings", _folder.Settings], default);
        return new Ran(code, output.ToString(), error.ToString());
    }
}
