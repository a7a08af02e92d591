using System.Globalization;
using InterfaceEngine.Control;
using InterfaceEngine.Core.Records;
using InterfaceEngine.Delivery;
using InterfaceEngine.Destinations.Ehr;
using InterfaceEngine.Destinations.Mllp;
using InterfaceEngine.Ehr;
using InterfaceEngine.Ehr.Profiles;
using InterfaceEngine.Ehr.Tokens;
using InterfaceEngine.Intake;
using InterfaceEngine.Sandbox.Clinic;
using InterfaceEngine.Sandbox.Vendors;
using InterfaceEngine.Store;

namespace InterfaceEngine.Cli.Demo;

/// <summary>
/// athenahealth's other interfaces, from the sandbox, for the people of the same morning: an export of everything, a synchronisation of one patient, a visit that is booked
/// into a free slot, and what the clinic does with it afterwards. Everything goes over a connection as the settings would have one.
/// </summary>
internal sealed class DemoVendor : IAsyncDisposable
{
    private const string Connection = "demo-athenahealth";
    private const string Destination = "demo-visits";

    /// <summary>How often it is looked how far what goes on by itself is.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    /// <summary>The feeds are read each second; what has not come then does not come.</summary>
    private static readonly TimeSpan _arrivalMax = TimeSpan.FromSeconds(30);

    private readonly VendorServer _server;
    private readonly TimeSpan _startedIn;

    private DemoVendor(VendorServer server, TimeSpan startedIn) => (_server, _startedIn) = (server, startedIn);

    /// <summary>Null where the settings have no practice of the sandbox's.</summary>
    public static async Task<DemoVendor?> StartAsync(EngineSettings settings, TimeProvider time)
    {
        if (settings.FindPractice(DemoDay.Practice) is null)
        {
            return null;
        }

        var start = time.GetTimestamp();
        var server = await VendorServer.StartAsync(new VendorServerOptions { Profile = "athena-real", Seed = DemoDay.Clinic.Seed, People = DemoDay.Clinic.People }, time);
        return new DemoVendor(server, time.GetElapsedTime(start));
    }

    /// <summary>The settings with the connection, and a destination that tells of visits over it.</summary>
    public EngineSettings In(EngineSettings settings)
    {
        var profile = AthenaProfiles.Real;
        return settings with
        {
            Connections =
            [
                new ConnectionOptions
                {
                    Id = Connection,
                    Practice = DemoDay.Practice,
                    Profile = profile.Name,
                    System = profile.System,
                    VendorPractice = DemoDay.Practice,
                    Rest = _server.Rest,
                    Fhir = _server.Fhir,
                    Token = _server.TokenAddress,
                    Client = new EhrClient { Id = _server.ClientId, Secret = new EhrSecret(_server.ClientSecret) },
                    Scopes = profile.Scopes,
                    Rate = profile.Production.Rate,
                    Dialect = profile.Dialect,
                    Changed = new ChangedOptions { Feeds = ["appointments"], Every = TimeSpan.FromSeconds(1) },
                },
            ],
            Destinations =
            [
                new DestinationSettings(
                    "athenanet", new OutboundAddress { Destination = Destination, Form = OutboundForm.AthenaNet, Connection = Connection, Practices = [DemoDay.Practice] }, new MllpDestinationOptions(), new DeliveryOptions())
                {
                    Calls = new CalledDestinationOptions { Connection = Connection },
                },
            ],
        };
    }

    /// <returns>Whether everything came to what it must.</returns>
    public async Task<bool> ShowAsync(CommandContext context, EngineHost engine)
    {
        var terminal = context.Terminal;
        terminal.Line();
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"athenahealth's calls and FHIR from the sandbox, in this process and there in {_startedIn.TotalSeconds:0.0} s, for the people of the same morning"));
        foreach (var told in new ClinicDay(DemoDay.Clinic).Run())
        {
            _server.Happen(told);
        }

        await using var operations = new EngineOperations(engine.Core.Parts());
        var export = await AskAsync(operations, new StartEhrBulkRequest(Connection) { Actor = terminal.Actor, ResourceTypes = ["Patient", "Condition", "Observation"] }, context);
        var person = _server.At(practice => practice.Patients[0].Person);
        var synced = await AskAsync(operations, new EhrSyncRequest(Connection) { Actor = terminal.Actor, Patient = person.Id }, context);
        terminal.Line($"  synchronised patient {person.Id}: {string.Join(", ", synced.Types.Where(type => type.Fetched > 0).Select(type => $"{type.Fetched} {type.Type}"))}");
        var (isBooked, slot) = await BookAsync(operations, engine, person, context);
        while (export.Step is not ("loaded" or "failed" or "cancelled"))
        {
            await Task.Delay(_look, terminal.Time, context.CancellationToken);
            export = await AskAsync(operations, new EhrBulkRequest(Connection, export.Id) { Actor = terminal.Actor }, context);
        }

        terminal.Line($"  exported in bulk: {string.Join(", ", export.Files.Select(file => $"{file.Rows} {file.Type} ({file.State})"))}{(export.ErrorMessage is { } error ? $": {error}" : "")}");
        var hasArrived = await CancelThereAsync(engine, slot, person, context);
        return isBooked && hasArrived && synced.Types.All(type => !type.HasFailed) && export.Step == "loaded";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<(bool IsBooked, string Slot)> BookAsync(EngineOperations operations, EngineHost engine, Person person, CommandContext context)
    {
        var actor = context.Terminal.Actor;
        var slot = (await AskAsync(operations, new EhrSlotsRequest(Connection) { Actor = actor, Limit = 1 }, context)).Slots[0];
        var booked = await AskAsync(operations, new BookAppointmentRequest(DemoDay.Practice, person.Id) { Actor = actor, Reason = "demo", Slot = slot.Id, VisitReason = "Check-up" }, context);
        _ = EngineId.TryParse(booked.Deliveries[0].Id, out var delivery);
        DeliveryState state;
        while ((state = await engine.Core.Store.ReadAsync(reader => reader.Delivery(delivery)!.State, context.CancellationToken)) == DeliveryState.Waiting)
        {
            await Task.Delay(_look, context.Terminal.Time, context.CancellationToken);
        }

        var there = _server.At(practice => practice.Schedule.Appointments.Count(one => one.Patient == person.Id && one.ScheduledBy.StartsWith("API-", StringComparison.Ordinal)));
        context.Terminal.Line($"  booked slot {slot.Id} for patient {person.Id}: {state.ToString().ToLowerInvariant()}, and athenahealth has it {(there == 1 ? "once" : $"{there} times")}");
        return (state == DeliveryState.Delivered && there == 1, slot.Id);
    }

    /// <summary>Somebody at the clinic cancels the visit: the feed of changed appointments brings it, and nobody asks.</summary>
    private async Task<bool> CancelThereAsync(EngineHost engine, string slot, Person person, CommandContext context)
    {
        var (terminal, house, there) = (context.Terminal, Practice.Athena, _server.At(practice => practice.Schedule.Find(slot)!));

        // A feed tells of what changes after it was first asked.
        await UntilAsync(() => Task.FromResult(_server.Calls.Any(call => call.Endpoint == "GET /appointments/changed")), context);
        _server.Happen(new ClinicEvent("SIU^S15", there.Start.AddDays(-1), person)
        {
            Visit = new Visit
            {
                Id = slot,
                Provider = house.Providers.First(one => one.Id == there.Provider),
                Department = house.Departments.First(one => one.Id == there.Department),
                Type = house.VisitTypes.First(one => one.Number == there.Type),
                Start = there.Start,
                Minutes = there.Minutes,
                Reason = VisitReasons.OfVisits[0],
                Status = VisitStatus.Cancelled,
            },
        });
        var start = terminal.Time.GetTimestamp();
        var visit = new RecordAlias(AppointmentDesk.Type, AthenaProfiles.Real.System, slot);
        var hasArrived = await UntilAsync(async () => await engine.Core.Store.ReadAsync(reader => reader.Record(DemoDay.Practice, visit)?["status"], context.CancellationToken) == "cancelled", context);
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  the clinic cancelled slot {slot}: {(hasArrived ? "cancelled here" : "NOT cancelled here")} after {terminal.Time.GetElapsedTime(start).TotalSeconds:0.0} s, by the feed of what changed"));
        return hasArrived;
    }

    /// <returns>False when it is not so in time.</returns>
    private static async Task<bool> UntilAsync(Func<Task<bool>> isSo, CommandContext context)
    {
        var (time, start) = (context.Terminal.Time, context.Terminal.Time.GetTimestamp());
        while (!await isSo())
        {
            if (time.GetElapsedTime(start) > _arrivalMax)
            {
                return false;
            }

            await Task.Delay(_look, time, context.CancellationToken);
        }

        return true;
    }

    private static async Task<T> AskAsync<T>(EngineOperations operations, ControlRequest<T> request, CommandContext context)
        where T : ControlAnswer =>
        await operations.AskAsync(request, context.CancellationToken) switch
        {
            T answer => answer,
            FailureAnswer failure => throw new CommandFailedException(failure.Message),
            var other => throw new InvalidOperationException($"{request.GetType().Name} was answered by {other.GetType().Name}."),
        };
}
